"""Pictures that `local` draws in the request that asks for them; journalled as the factory does it.

What does not belong here: working off jobs in a request (`work_at_once.py`), when that is done (the
router), vendors: whoever is paid is asked by the factory alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.work import Tools
from resources.gateway import Gateway
from resources.providers.local_images import LocalImages
from resources.rate_limiter import RateLimiter
from resources.work_at_once import WorkAtOnce

if TYPE_CHECKING:
    from resources.work_queue import PostgresWorkQueue

_NOT_HERE: Any = None
"""Pictures need no texts; whoever asks for one breaks here."""


@dataclass(frozen=True, slots=True)
class DrawingAtOnce(WorkAtOnce):
    """Works off jobs for images of which each is drawn here."""

    def _tools(self, queue: PostgresWorkQueue) -> Tools:
        gateway = Gateway(
            database=self.database,
            text=_NOT_HERE,
            images=LocalImages(),
            limiter=RateLimiter(self.database, {}),
            media=self.media,
            finishing=self.studio.finishing,
        )
        return replace(WorkAtOnce._tools(self, queue), images=gateway)


def drawing_at_once(work: WorkAtOnce) -> DrawingAtOnce:
    """Give what draws on the same cores as `work` formats."""
    return DrawingAtOnce(work.database, work.media, work.studio, work.slots)

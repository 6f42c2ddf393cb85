"""The port through which pictures are finished: cut, laid over with facts, marked and signed.

Implemented in `resources/studio/finishing.py`; pixels are worked on in the darkroom.
What does not belong here: implementations, buying paintings (`domain/ports.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from posthub_assets.domain.media.library import NewPicture
from posthub_assets.domain.media.overlay.facts import EventFacts
from posthub_assets.domain.media.overlay.wish import Wish
from posthub_assets.domain.media.provenance.claims import MadeBy


@dataclass(frozen=True, slots=True)
class Laid:
    """A picture with facts on it: a signed JPEG."""

    data: bytes = field(repr=False)
    width_px: int
    height_px: int
    alt_text: str
    notes: Sequence[str] = ()
    """What was left out or changed, in sentences."""


class Finishing(Protocol):
    """Makes pictures of ours out of bytes of others, and marks them as what they are."""

    async def finished(self, data: bytes, width_px: int, height_px: int) -> bytes:
        """Cut a painting to a size, as JPEG. Raises InvalidInput where it is no picture."""
        ...

    async def shrunk(self, data: bytes) -> bytes:
        """Give a picture as it is sent to a model, as JPEG. Raises InvalidInput."""
        ...

    async def signed(
        self,
        data: bytes,
        made_by: MadeBy,
        *,
        alt_text: str,
        language: str,
        media_type: str = "image/jpeg",
        source: bytes | None = None,
    ) -> bytes:
        """Put into a picture where it comes from; `source` is the one that a model changed.

        Raises InvalidInput where the source's history is broken, StorageError where nothing can be
        signed.
        """
        ...

    async def laid_over(
        self, picture: bytes, facts: EventFacts, wish: Wish, made_by: MadeBy, *, alt_text: str
    ) -> Laid:
        """Lay facts over a picture of ours. `made_by` and `alt_text` are the picture's.

        Raises InvalidInput where the facts or the picture cannot be used.
        """
        ...


class FactsLayer(Protocol):
    """Lays facts over pictures of the library, and keeps what comes of it."""

    async def compose(
        self,
        organization_id: UUID,
        ground: NewPicture,
        facts: EventFacts,
        wish: Wish,
    ) -> NewPicture:
        """Give the composed picture, its bytes stored already; it costs nothing.

        `ground` is the picture as the library has it, or will have it. Raises InvalidInput where
        the facts cannot be laid over it, NotFound, StorageError.
        """
        ...

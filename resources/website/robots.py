"""What a site allows: robots.txt, as RFC 9309 reads it.

What does not belong here: asking for pages (`client.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.website.client import AGENT, CarefulClient, PageUnreachable
from resources.website.targets import Target, WebsiteRefused

if TYPE_CHECKING:
    from protego import Protego

MAX_BYTES = 500 * 1024
"""RFC 9309, section 2.5: a crawler reads at least 500 KiB. A longer file counts as none at all."""

MAX_DELAY_S = 5.0
"""A longer pause would end every visit after its first page; the visit is short as it is."""


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site. `rules` None: everything is allowed, or (`closed`) nothing is."""

    rules: Protego | None
    closed: bool = False

    def allows(self, url: str) -> bool:
        """Say whether we may ask for a URL."""
        if self.rules is None:
            return not self.closed
        return bool(self.rules.can_fetch(url, AGENT))

    @property
    def delay_s(self) -> float:
        """The pause between two pages that the site asks for, up to a bound."""
        delay = self.rules.crawl_delay(AGENT) if self.rules is not None else None
        return min(float(delay or 0), MAX_DELAY_S)

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps that the file names."""
        return list(self.rules.sitemaps) if self.rules is not None else []


async def read_robots(client: CarefulClient, site: Target) -> Robots:
    """Ask for robots.txt.

    RFC 9309, section 2.3.1: where there is none (4xx) all is allowed; where the server fails or is
    not reached nothing is.
    """
    try:
        answer = await client.get(site.joined("/robots.txt"), MAX_BYTES)
    except (PageUnreachable, WebsiteRefused):
        return Robots(None, closed=True)
    if answer.status >= 500:
        return Robots(None, closed=True)
    if answer.status >= 400:
        return Robots(None)
    from protego import Protego

    return Robots(Protego.parse(answer.body.decode("utf-8", "replace")))

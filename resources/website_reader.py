"""The company's website as the graph's port `WebsiteReader` wants it: pages, and a sentence.

What does not belong here: fetching (`resources/website/`), storing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from posthub_assets.domain.errors import PostHubError
from posthub_assets.domain.ports import WebPage

if TYPE_CHECKING:
    from resources.website import Page

NAME_CHARS = 80


@dataclass(frozen=True, slots=True)
class CarefulReader:
    """Visits websites through the client that refuses what is not public."""

    async def read(self, url: str) -> tuple[tuple[WebPage, ...], str]:
        """Visit a website; what goes wrong there is told, not raised."""
        from resources.website import visit_website

        try:
            visit = await visit_website(url)
        except PostHubError as error:
            return (), f"the website was not read: {error}"
        pages = _named(visit.pages)
        refused = f", {len(visit.refused)} not read" if visit.refused else ""
        return pages, f"{len(pages)} pages of the website{refused}"


@dataclass(frozen=True, slots=True)
class NoReader:
    """Reads nothing: websites are switched off, or nothing may leave the house."""

    async def read(self, url: str) -> tuple[tuple[WebPage, ...], str]:
        """Give no page and no sentence."""
        return (), ""


def _named(pages: tuple[Page, ...]) -> tuple[WebPage, ...]:
    """Name pages by their path; where two would be called alike, the later one gets a number."""
    named: dict[str, WebPage] = {}
    for page in pages:
        stem, number = _stem(page.url), 1
        name = f"{stem}.md"
        while name in named:
            number += 1
            name = f"{stem}-{number}.md"
        named[name] = WebPage(url=page.url, name=name, title=page.title, text=page.text)
    return tuple(named.values())


def _stem(url: str) -> str:
    path = re.sub(r"\W+", "-", urlsplit(url).path).strip("-")
    return path[:NAME_CHARS] or "home"

"""A visit of a website: which pages are read, how many, and for how long.

The start page comes first, then what sitemap and links offer, short and telling paths before deep
ones, one page at a time with a pause between two.
What does not belong here: single requests (`client.py`), texts (`extraction.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from posthub_assets.domain.errors import PostHubError, UnreadableDocument
from resources.website.client import CarefulClient, Fetched, PageUnreachable
from resources.website.extraction import PAGE_TYPES, TEXT_TYPES, text_of
from resources.website.robots import Robots, read_robots
from resources.website.sitemap import links_of_page, urls_of_sitemap
from resources.website.targets import Target, WebsiteRefused, without_fragment

MAX_SITEMAPS = 3
TELLING = re.compile(
    r"about|service|product|offer|work|team|mission|value|faq|guide|blog|contact"
    r"|o-nas|sluzby|produkty|kontakt|pro-nas|poslugy|darbare",
    re.IGNORECASE,
)
_BINARY = re.compile(
    r"\.(?:pdf|zip|gz|jpe?g|png|gif|webp|svg|ico|mp[34]|mov|avi|docx?|xlsx?|pptx?|css|js|xml|rss"
    r"|woff2?|exe|dmg|iso)$",
    re.IGNORECASE,
)
MAX_PATH_PARTS = 5


class WebsiteUnreachable(PostHubError):
    """The website's first page did not come; the message says why. Worth another visit."""

    code = "website-unreachable"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a website is read, and how fast."""

    pages: int = 20
    page_bytes: int = 2_000_000
    total_bytes: int = 20_000_000
    visit_s: float = 60.0
    pause_s: float = 0.5
    """Between two pages; the site may ask for more."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as text. `sha256` is that of the text in UTF-8."""

    url: str
    title: str
    text: str
    media_type: str
    fetched_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page that was not read, and why, in a sentence."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a visit. `ended_early` is a sentence where time or size ran out."""

    pages: tuple[Page, ...]
    refused: tuple[Refusal, ...]
    ended_early: str = ""


@dataclass(slots=True)
class _Walk:
    client: CarefulClient
    limits: Limits
    start: Target
    robots: Robots
    waiting: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    pages: list[Page] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    bytes_read: int = 0

    def offer(self, urls: Iterable[str]) -> None:
        """Put pages of this site in line, the telling and short ones first; each once."""
        for url in urls:
            key = without_fragment(url)
            if key not in self.seen and self._is_ours(key):
                self.seen.add(key)
                self.waiting.append(key)
        self.waiting.sort(key=_promise)

    def _is_ours(self, url: str) -> bool:
        try:
            target = self.client.target(url)
        except WebsiteRefused:
            return False
        path = target.path.partition("?")[0]
        return (
            target.site == self.start.site
            and target.port in (self.start.port, 443)
            and target.path.count("&") < 2
            and path.count("/") <= MAX_PATH_PARTS
            and not _BINARY.search(path)
        )

    async def run(self) -> None:
        pause_s = max(self.limits.pause_s, self.robots.delay_s)
        while self.waiting and len(self.pages) < self.limits.pages:
            if self.bytes_read >= self.limits.total_bytes:
                return
            await asyncio.sleep(pause_s)
            await self.read(self.waiting.pop(0))

    async def read(self, url: str) -> None:
        """Read one page; what goes wrong is a refusal with its reason."""
        if not self.robots.allows(url):
            self.refused.append(Refusal(url, "its robots.txt says that it is not to be read"))
            return
        try:
            self.keep(await self.client.get(url, self.limits.page_bytes))
        except (WebsiteRefused, PageUnreachable, UnreadableDocument) as error:
            self.refused.append(Refusal(url, str(error)))

    def keep(self, answer: Fetched) -> None:
        """Keep a page's text, and offer its links. Raises PageUnreachable, UnreadableDocument."""
        url = answer.target.url
        self.bytes_read += len(answer.body)
        if answer.status != 200:
            raise PageUnreachable(f"{url} answers {answer.status}.")
        if answer.target.site != self.start.site:
            raise PageUnreachable(f"{url} is another site's.")
        media_type = answer.media_type or "text/html"
        if media_type not in PAGE_TYPES | TEXT_TYPES:
            raise PageUnreachable(f"{url} is no page ({media_type}).")
        title, text = text_of(url, answer.body, media_type)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if not text or digest in self.texts:
            told = "says nothing" if not text else "says what another page says"
            self.refused.append(Refusal(url, f"{url} {told}."))
        else:
            self.texts.add(digest)
            now = datetime.now(UTC)
            self.pages.append(Page(url, title, text, "text/markdown", now, digest))
        self.seen.add(url)
        if media_type in PAGE_TYPES:
            self.offer(_links(answer))


def _links(answer: Fetched) -> list[str]:
    found = []
    for href in links_of_page(answer.body.decode("utf-8", "replace")):
        try:
            found.append(answer.target.joined(href))
        except ValueError:
            continue
    return found


def _promise(url: str) -> tuple[bool, int, int]:
    path = url.partition("://")[2].partition("/")[2]
    return (not TELLING.search(path), path.count("/"), len(path))


async def visit_website(
    url: str, *, limits: Limits | None = None, client: CarefulClient | None = None
) -> Visit:
    """Visit a website and give its pages as text.

    A URL without a scheme is asked by https. Raises WebsiteRefused where the start is never asked
    (its address, its scheme, its robots.txt), WebsiteUnreachable where it does not come.
    """
    limits, client = limits or Limits(), client or CarefulClient()
    start = client.target(url if "://" in url else f"https://{url}")
    walk = _Walk(client, limits, start, Robots(None))
    try:
        async with asyncio.timeout(limits.visit_s):
            await _begin(walk)
            await walk.run()
    except TimeoutError:
        if not walk.pages:
            raise WebsiteUnreachable(
                f"{start.url} was not read within {limits.visit_s:.0f} s."
            ) from None
        told = f"After {limits.visit_s:.0f} s the visit ended."
        return Visit(tuple(walk.pages), tuple(walk.refused), told)
    return Visit(tuple(walk.pages), tuple(walk.refused))


async def _begin(walk: _Walk) -> None:
    """Read robots.txt, the start page and the sitemaps."""
    walk.seen.add(walk.start.url)
    walk.robots = await read_robots(walk.client, walk.start)
    if walk.robots.closed:
        raise WebsiteUnreachable(
            f"The robots.txt of {walk.start.host} did not come, so nothing else is asked."
        )
    if not walk.robots.allows(walk.start.url):
        raise WebsiteRefused(
            f"{walk.start.url} is not read: its robots.txt says that it is not to be.",
            field="website",
        )
    try:
        answer = await walk.client.get(walk.start.url, walk.limits.page_bytes)
        await _move_in(walk, answer)
        walk.keep(answer)
    except (PageUnreachable, UnreadableDocument) as error:
        raise WebsiteUnreachable(str(error)) from error
    for sitemap in [*walk.robots.sitemaps, walk.start.joined("/sitemap.xml")][:MAX_SITEMAPS]:
        await _offer_sitemap(walk, sitemap)


async def _move_in(walk: _Walk, answer: Fetched) -> None:
    """Where the start leads to another host, that one is the website, by its own robots.txt."""
    if answer.target.site == walk.start.site:
        return
    walk.start = answer.target
    walk.robots = await read_robots(walk.client, walk.start)
    if walk.robots.closed or not walk.robots.allows(walk.start.url):
        raise WebsiteRefused(
            f"{walk.start.url} is not read: its robots.txt says that it is not to be.",
            field="website",
        )


async def _offer_sitemap(walk: _Walk, url: str) -> None:
    try:
        answer = await walk.client.get(url, walk.limits.page_bytes)
    except (WebsiteRefused, PageUnreachable):
        return  # a sitemap is a help, not a need
    if answer.status == 200:
        walk.offer(urls_of_sitemap(answer.body))

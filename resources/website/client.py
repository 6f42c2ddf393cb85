"""One request to a website: resolved once, connected to just that address, bounded in every way.

Redirects are followed here, each looked at like the first URL. No cookies, no referrer, no proxy of
the environment; certificates are checked against the name that was asked for.
What does not belong here: which pages are asked for (`visit.py`), robots.txt.
"""

from __future__ import annotations

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import PostHubError
from resources.website.addresses import Network, literal_address, refusal_of
from resources.website.targets import Target, WebsiteRefused, read_target, refused

if TYPE_CHECKING:
    import httpx

AGENT = "PostHub"
USER_AGENT = f"{AGENT}/0.1 (reads its customers' own websites; obeys robots.txt)"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_HEADER_VALUE_CHARS = 8_000
PLAIN = frozenset({"", "identity"})

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host, as text. Raises OSError where there are none."""


class PageUnreachable(PostHubError):
    """A page did not come: no connection, a timeout, an error of the server's."""

    code = "page-unreachable"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `body` is decompressed and whole."""

    target: Target
    status: int
    media_type: str
    """Without parameters, in lower case; empty where the server did not say."""
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CarefulClient:
    """Asks one page at a time. `allowed_networks` are for tests with a server of their own."""

    page_s: float = 15.0
    """Seconds for one page, redirects and all, however slowly it trickles."""
    max_redirects: int = 5
    ports: tuple[int, ...] = (80, 443)
    allowed_networks: tuple[Network, ...] = ()
    resolver: Resolver | None = None

    async def get(self, url: str, max_bytes: int) -> Fetched:
        """Ask for a URL and what it redirects to.

        Raises WebsiteRefused for what is never asked or is too large, PageUnreachable.
        """
        try:
            async with asyncio.timeout(self.page_s):
                return await self._follow(url, max_bytes)
        except TimeoutError:
            raise PageUnreachable(f"{url} did not come within {self.page_s:.0f} s.") from None

    async def _follow(self, url: str, max_bytes: int) -> Fetched:
        target = self.target(url)
        for _ in range(self.max_redirects + 1):
            answer = await self._ask(target, max_bytes)
            if isinstance(answer, Fetched):
                return answer
            target = self.target(answer)
        raise refused(url, f"it redirects more than {self.max_redirects} times")

    def target(self, url: str) -> Target:
        """Read a URL. Raises WebsiteRefused."""
        return read_target(url, ports=self.ports, allowed=self.allowed_networks)

    async def _ask(self, target: Target, max_bytes: int) -> Fetched | str:
        """Ask once; a text is where it redirects to."""
        import httpx

        address = await self.address(target)
        shown = f"[{address}]" if ":" in address else address
        try:
            async with (
                httpx.AsyncClient(trust_env=False, timeout=self.page_s, max_redirects=0) as client,
                client.stream(
                    "GET",
                    f"{target.scheme}://{shown}:{target.port}{target.path}",
                    headers=_headers(target),
                    # The certificate is that of the name, although the address is dialled.
                    extensions={"sni_hostname": target.host},
                    follow_redirects=False,
                ) as answer,
            ):
                if answer.status_code in REDIRECTS and "location" in answer.headers:
                    return _joined(target, answer.headers["location"])
                return await _read(target, answer, max_bytes)
        except httpx.HTTPError as error:
            told = type(error).__name__
            raise PageUnreachable(f"{target.url} did not come ({told}).") from error

    async def address(self, target: Target) -> str:
        """Resolve a host once. All of its addresses must be public, not only the one taken."""
        if (literal := literal_address(target.host)) is not None:
            return str(literal)
        try:
            found = await (self.resolver or _resolve)(target.host, target.port)
        except OSError as error:
            raise PageUnreachable(f"{target.host} is not found: {error.strerror}.") from error
        if not found:
            raise PageUnreachable(f"{target.host} is not found.")
        for one in found:
            if told := refusal_of(ip_address(one.partition("%")[0]), self.allowed_networks):
                raise refused(target.url, f"{target.host} leads to {one}: {told}")
        return found[0]


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _headers(target: Target) -> dict[str, str]:
    port = "" if target.port in (80, 443) else f":{target.port}"
    host = f"[{target.host}]" if ":" in target.host else target.host
    return {
        "Host": f"{host}{port}",
        "User-Agent": USER_AGENT,
        "Accept": "text/html, application/xhtml+xml, text/plain, application/xml;q=0.5",
        "Accept-Encoding": "gzip",
    }


def _joined(target: Target, location: str) -> str:
    if len(location) > MAX_HEADER_VALUE_CHARS:
        raise refused(target.url, "its redirect is too long")
    try:
        return target.joined(location)
    except ValueError:
        raise refused(target.url, "its redirect leads nowhere") from None


async def _read(target: Target, answer: httpx.Response, max_bytes: int) -> Fetched:
    encoding = answer.headers.get("content-encoding", "").strip().casefold()
    if encoding not in PLAIN | {"gzip", "x-gzip"}:
        raise refused(target.url, f"it comes packed as {encoding[:40]}, which was not asked for")
    packed = encoding not in PLAIN
    body = await _bounded(target, answer.aiter_raw(), packed=packed, max_bytes=max_bytes)
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().casefold()
    return Fetched(target, answer.status_code, media_type[:100], body)


async def _bounded(
    target: Target, chunks: AsyncIterator[bytes], *, packed: bool, max_bytes: int
) -> bytes:
    """Read until the end or the bound, unpacking no more than the bound leaves room for."""
    unpack = zlib.decompressobj(wbits=31) if packed else None
    body = bytearray()
    async for chunk in chunks:
        room = max_bytes - len(body) + 1
        try:
            body += unpack.decompress(chunk, room) if unpack else chunk[:room]
        except zlib.error as error:
            raise PageUnreachable(f"{target.url} came damaged.") from error
        if len(body) > max_bytes:
            raise too_large(target, max_bytes)
    return bytes(body)


def too_large(target: Target, max_bytes: int) -> WebsiteRefused:
    """Make the error of a page that is over its bound."""
    return refused(target.url, f"it is larger than {max_bytes // 1000:,} kB")

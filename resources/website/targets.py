"""Which URLs may be asked at all, before any name is resolved.

What does not belong here: addresses behind names (`client.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from posthub_assets.domain.errors import InvalidInput
from resources.website.addresses import Network, literal_address, refusal_of

PORTS = {"http": 80, "https": 443}
MAX_URL_CHARS = 2_000
MAX_HOST_CHARS = 253
OWN_NAMES = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "home.arpa",
    "lan",
    "corp",
    "localdomain",
)
"""Names, and ends of names, that mean somebody's own network (RFC 6761, RFC 8375, and custom)."""


class WebsiteRefused(InvalidInput):
    """A URL that is never asked; the message names it and says why."""

    code = "website-refused"


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked. `host` is in its ASCII form, `port` is always set."""

    scheme: str
    host: str
    port: int
    path: str
    """With its query, as it is sent."""

    @property
    def url(self) -> str:
        """The URL, without what is left out by custom."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def site(self) -> str:
        """The host without `www.`: pages of one site share it."""
        return self.host.removeprefix("www.")

    def joined(self, reference: str) -> str:
        """Give the URL that a link on this page leads to. Raises ValueError for what is none."""
        return urljoin(self.url, reference)


def read_target(
    url: str, *, ports: Sequence[int] = (80, 443), allowed: Sequence[Network] = ()
) -> Target:
    """Read a URL. Raises WebsiteRefused that names it and says why it is not asked."""
    parts = _split(url)
    host = _host(url, parts)
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise refused(url, "its port is no number") from None
    if port not in ports:
        raise refused(url, f"port {port} is not one of {', '.join(map(str, ports))}")
    address = literal_address(host)
    if address is not None:
        if told := refusal_of(address, allowed):
            raise refused(url, told)
        host = str(address)
    elif told := _own_name(host):
        raise refused(url, told)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=?~-._')}" if parts.query else ""
    return Target(parts.scheme, host, port, f"{path}{query}")


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_CHARS:
        raise refused(url[:80] + "…", "it is too long")
    if any(ord(one) < 33 or ord(one) == 127 for one in url) or "\\" in url:
        raise refused(url, "it holds a character that no URL has")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise refused(url, "it is no URL") from None
    if parts.scheme not in PORTS:
        raise refused(url, "only http and https are asked")
    if parts.username is not None or parts.password is not None:
        raise refused(url, "it carries a user name or password")
    return parts


def _host(url: str, parts: SplitResult) -> str:
    """Give the host in lower case and in ASCII (IDNA), without the dot at its end."""
    host = (parts.hostname or "").removesuffix(".")
    if not host or len(host) > MAX_HOST_CHARS:
        raise refused(url, "it names no host")
    try:
        return host if ":" in host else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise refused(url, "its host is no name") from None


def _own_name(host: str) -> str:
    if "." not in host:
        return "a name without a dot is one of somebody's own network"
    if any(host == name or host.endswith(f".{name}") for name in OWN_NAMES):
        return "it is a name of somebody's own network"
    return ""


def refused(url: str, reason: str) -> WebsiteRefused:
    """Make the error; control characters of the URL are not repeated."""
    shown = "".join(one if one.isprintable() else "?" for one in url[:200])
    return WebsiteRefused(f"{shown} is not read: {reason}.", field="website")


def without_fragment(url: str) -> str:
    """Give a URL without what stands behind `#`: it is the same page."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(fragment=""))

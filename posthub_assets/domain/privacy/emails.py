"""E-mail addresses. Each `@` is looked at once, with a bounded piece on both sides.

What does not belong here: addresses that are written so that nobody finds them ("info at ...").
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from posthub_assets.domain.privacy.kinds import PiiKind, Span

LOCAL_MOST = 64
DOMAIN_MOST = 255
"""RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.2, in octets."""
_ASCII = frozenset(string.ascii_letters + string.digits + "._+-'")
_MARKS = "._+-'"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\."
_DOMAIN = re.compile(
    rf"(?>(?:{_LABEL})+(?:xn--[A-Za-z0-9-]{{1,59}}|[A-Za-z]{{2,63}}))(?![\u00c0-\u024f])"
    r"|(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"
)
"""Latin letters end where another script begins, as when a Persian word follows without a space."""
_NO_DOMAIN = re.compile(r"\d+\.\d|\d+x\.(?:png|jpe?g|webp|svg|gif|avif)\Z", re.IGNORECASE)


def emails(text: str) -> Iterator[Span]:
    """Give the addresses of a folded text, also those in links and in addresses of the web."""
    at = text.find("@")
    while at >= 0:
        start = _local_start(text, at)
        domain = _DOMAIN.match(text, at + 1, at + 1 + DOMAIN_MOST) if start < at else None
        if domain and not _is_technical(text, start, domain):
            yield Span(start, domain.end(), PiiKind.EMAIL)
        at = text.find("@", at + 1)


def _local_start(text: str, at: int) -> int:
    least = max(0, at - LOCAL_MOST)
    is_ascii = text[at - 1 : at].isascii()
    start = at
    while start > least and _is_local(text[start - 1], is_ascii):
        if text[start - 1 : start + 1] == "..":
            break
        start -= 1
    while start < at and text[start] in _MARKS:
        start += 1
    return start


def _is_local(character: str, is_ascii: bool) -> bool:
    return character in _ASCII or (not is_ascii and character.isalnum())


def _is_technical(text: str, start: int, domain: re.Match[str]) -> bool:
    """Versions (`left-pad@1.3.0-a.b`), pictures (`logo@2x.png`), and the login of a repository."""
    if _NO_DOMAIN.match(domain.group()):
        return True
    is_git = text[start : domain.start()] == "git@"
    return is_git and text[domain.end() : domain.end() + 1] == ":"

"""What stands in a text instead of a value, and how it is found again in an answer.

`XPII-EMAIL-12-KD`: a prefix that no language has, the kind, a number, two check letters. It is made
so that it comes back from a model:

- letters, digits and hyphens mean nothing in JSON, HTML, URLs, and nothing in the middle of a line
  of Markdown;
- the last part has a fixed length, so an ending may be glued to it (`XPII-EMAIL-12-KDu`);
- the check letters tell a changed number or kind from another placeholder;
- `X` is no check letter and stands nowhere else in the prefix, so that no text before or after a
  placeholder can make another one together with it.

What does not belong here: the values (`redaction.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from posthub_assets.domain.privacy.kinds import PiiKind

PREFIX = "XPII"
LOOKALIKE = "WORD"
"""The kind of what looked like a placeholder before anything was replaced."""
WORDS = {
    PiiKind.EMAIL: "EMAIL",
    PiiKind.PHONE: "PHONE",
    PiiKind.IBAN: "IBAN",
    PiiKind.CARD: "CARD",
    PiiKind.IRANIAN_MOBILE: "MOBILE",
    PiiKind.IRANIAN_NATIONAL_ID: "NATIONALID",
    PiiKind.CZECH_BIRTH_NUMBER: "BIRTHNUMBER",
    PiiKind.UKRAINIAN_TAX_NUMBER: "TAXNUMBER",
}
_ORDER = (*WORDS.values(), LOOKALIKE)
_LETTERS = "BCDFGHJKLMNPQRSTVWZY"
_MODULUS = 397
"""A prime below 20 * 20: a digit changed or two swapped always changes the check letters."""
_KIND_STEP = 37
_NUMBER_STEP = 7
_DIGITS = "0-9۰-۹٠-٩"
_GAP = r"[ \u00a0\u200b-\u200f\u2060]?"
_HYPHEN = rf"{_GAP}\\{{0,2}}[-_‐‑‒–—−]{_GAP}"


def _unnamed(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


_FLAGS = re.ASCII | re.IGNORECASE
_REST = (
    rf"{_HYPHEN}(?P<word>{'|'.join(_ORDER)}){_HYPHEN}(?P<number>[{_DIGITS}]{{1,9}}){_HYPHEN}"
    rf"(?P<check>[{_LETTERS}]{{2}})"
)
_EXACT = re.compile(PREFIX + _REST, _FLAGS)
_BARE = re.compile(
    rf"(?P<word>{'|'.join(WORDS.values())})-(?P<number>[0-9]{{1,9}})-(?P<check>[{_LETTERS}]{{2}})",
    _FLAGS,
)
_LIKE = re.compile(
    rf"{PREFIX}(?:{_unnamed(_REST)})?|{_unnamed(_BARE.pattern)}",
    _FLAGS,
)
_MAY_BE_BARE = re.compile(rf"-[0-9]{{1,9}}-[{_LETTERS}]{{2}}", _FLAGS)
_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_SHOWN = re.compile(r"[\w\\‐‑‒–—−-]{1,40}")


def placeholder(word: str, number: int) -> str:
    """Make the placeholder of a kind's `number`th value, from 1."""
    code = (_ORDER.index(word) * _KIND_STEP + number * _NUMBER_STEP) % _MODULUS
    high, low = divmod(code, len(_LETTERS))
    return f"{PREFIX}-{word}-{number}-{_LETTERS[high]}{_LETTERS[low]}"


def like(text: str) -> Iterator[re.Match[str]]:
    """Give what is a placeholder, begins as one, or is one without its prefix, in order.

    What is found depends on nothing before or after it, so that a text in which nothing is found
    may be cut anywhere, and put together with placeholders.
    """
    if PREFIX.lower() in text.lower() or _MAY_BE_BARE.search(text):
        yield from _LIKE.finditer(text)


def read(text: str, start: int) -> tuple[str, int] | None:
    """Read the placeholder that begins at `start`: as it was made, and where it ends in `text`.

    Case, Persian digits, another hyphen, an escaped hyphen or a space around it change nothing.
    None where it is not whole, or its check letters are those of another one.
    """
    match = _EXACT.match(text, start)
    made = _made(match)
    return (made, match.end()) if match and made else None


def is_plain_text(text: str, start: int) -> bool:
    """Say whether what `like` found at `start` is no placeholder, nor a part of one.

    "email-2-sms" is plain text; with the right check letters it has lost its prefix.
    """
    match = _BARE.match(text, start)
    return match is not None and not _made(match)


def _made(match: re.Match[str] | None) -> str:
    if not match:
        return ""
    made = placeholder(match["word"].upper(), int(match["number"].translate(_LATIN)))
    return made if made.endswith(match["check"].upper()) else ""


def shown(text: str, start: int) -> str:
    """Give what stands at `start`, for an error: letters, digits and hyphens, 40 at most."""
    match = _SHOWN.match(text, start)
    return match.group() if match else PREFIX

"""A text as the detectors read it, and the way back to the places in the text as it is.

Persian and Arabic-Indic digits become Latin ones, all spaces and dashes plain ones; marks that
nobody sees (direction, joiners) are gone; HTML's and JSON's spaces are spaces.
What does not belong here: what is looked for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_PLAIN = dict(
    zip(
        "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩０１２３４５６７８９٫٬"
        "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
        "‐‑‒–—−﹣－＋＠يكھ",
        "012345678901234567890123456789,," + " " * 12 + "-" * 8 + "+@یکه",
        strict=True,
    )
)
_TO_PLAIN = re.compile(f"[{''.join(_PLAIN)}]")
_UNSEEN = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_SHORTENED = re.compile(
    rf"[{_UNSEEN}]+"
    r"|&(?:nbsp|#160|#xa0|#8239|ensp|thinsp);|&(?:zwnj|lrm|rlm|shy|#8204|#8206|#8207);"
    r"|&(?:#43|plus);|&(?:#64|commat);"
    r"|\\[nrt]|\\u00[aA]0"
)
_ASCII_SHORTENED = ("&", "\\")


@dataclass(frozen=True, slots=True)
class Folded:
    """The text to look in. `cuts` and `shifts` are parallel; `cuts` rise.

    Character `i` of `text` stands at `i + shift` in the original, where `shift` is that of the last
    cut at or before `i`.
    """

    text: str
    cuts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Give the offsets in the original of a part of `text`; both half open, not empty."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, index: int) -> int:
        at = bisect_right(self.cuts, index)
        return index + (self.shifts[at - 1] if at else 0)


def fold(text: str) -> Folded:
    """Fold a text. Takes time in proportion to its length; never fails."""
    if text.isascii():
        if not any(mark in text for mark in _ASCII_SHORTENED):
            return Folded(text)
        return _shorten(text)
    return _shorten(_TO_PLAIN.sub(lambda match: _PLAIN[match.group()], text))


def _shorten(text: str) -> Folded:
    pieces: list[str] = []
    cuts: list[int] = []
    shifts: list[int] = []
    done = length = shift = 0
    for match in _SHORTENED.finditer(text):
        kept = _instead_of(match.group())
        pieces += (text[done : match.start()], kept)
        length += match.start() - done + len(kept)
        shift += match.end() - match.start() - len(kept)
        done = match.end()
        cuts.append(length)
        shifts.append(shift)
    if not cuts:
        return Folded(text)
    pieces.append(text[done:])
    return Folded("".join(pieces), tuple(cuts), tuple(shifts))


def _instead_of(found: str) -> str:
    if found[0] == "\\":
        return " " if found.startswith("\\u") else "\n"
    if found in ("&#43;", "&plus;"):
        return "+"
    if found in ("&#64;", "&commat;"):
        return "@"
    return " " if found[0] == "&" and found[1:-1] in _SPACES else ""


_SPACES = frozenset({"nbsp", "#160", "#xa0", "#8239", "ensp", "thinsp"})

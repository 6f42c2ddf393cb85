"""Text that remembers where each character came from.

Cleaning changes lengths, sources are spans of the uncleaned document: this keeps the two together.
What does not belong here: what is cleaned (`markup.py`, `inline.py`).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass

Piece = str | tuple[int, int]
"""New text, or a span (start, end) of the text that is being rewritten."""


@dataclass(frozen=True, slots=True)
class Traced:
    """`text`, and for each of its characters the offset in the source it came from."""

    text: str
    offsets: array[int]

    @classmethod
    def of(cls, text: str, start: int = 0) -> Traced:
        """Give `text` as it stands at offset `start` of its source."""
        return cls(text, array("L", range(start, start + len(text))))

    def cut(self, start: int, end: int) -> Traced:
        """Give a part of the text, half open."""
        return Traced(self.text[start:end], self.offsets[start:end])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the source, half open, behind a part of the text."""
        if not self.offsets or start >= end:
            return (0, 0)
        first = self.offsets[start]
        return (first, max(first, self.offsets[end - 1]) + 1)

    def sub(
        self, pattern: re.Pattern[str], rewrite: Callable[[re.Match[str]], tuple[Piece, ...] | None]
    ) -> Traced:
        """Rewrite each match into pieces; None leaves the match as it is."""
        texts: list[str] = []
        offsets: array[int] = array("L")
        done = 0
        for match in pattern.finditer(self.text):
            pieces = rewrite(match)
            if pieces is None:
                continue
            texts.append(self.text[done : match.start()])
            offsets.extend(self.offsets[done : match.start()])
            for piece in pieces:
                self._append(piece, match.start(), texts, offsets)
            done = match.end()
        if not texts and not done:
            return self
        texts.append(self.text[done:])
        offsets.extend(self.offsets[done:])
        return Traced("".join(texts), offsets)

    def _append(self, piece: Piece, at: int, texts: list[str], offsets: array[int]) -> None:
        if isinstance(piece, str):
            texts.append(piece)
            offsets.extend([self.offsets[at]] * len(piece))
        else:
            texts.append(self.text[piece[0] : piece[1]])
            offsets.extend(self.offsets[piece[0] : piece[1]])

    def drop(self, pattern: re.Pattern[str], put: str = "") -> Traced:
        """Put `put` in the place of every match."""
        return self.sub(pattern, lambda _: (put,))


def join(parts: list[Traced], glue: str = " ") -> Traced:
    """Set parts one after another with `glue` between them."""
    offsets: array[int] = array("L")
    for index, part in enumerate(parts):
        if index:
            last = offsets[-1] if offsets else 0
            offsets.extend([last] * len(glue))
        offsets.extend(part.offsets)
    return Traced(glue.join(part.text for part in parts), offsets)

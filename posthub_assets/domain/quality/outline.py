"""The skeleton of a Markdown text: headings, their sections, and where code stands, with offsets.

Works on the raw Markdown, because a reviewer sees and edits exactly that; `domain/text` reads
documents into clean blocks instead.
What does not belong here: judging the skeleton (`structure.py`, `headings.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_INLINE_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)(?:.+?)(?<!`)\1(?!`)")
_LABEL_MARKS = re.compile(r"[*_`]+|^\s*\d+[.)]\s*")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its section. Offsets are characters into the Markdown, half open.

    `start`..`end` is the heading's line(s); `body_end` is where the next heading of any level
    begins, `section_end` where the next heading of this level or above begins.
    """

    level: int
    text: str
    start: int
    end: int
    body_end: int
    section_end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """Headings in order, and the ranges of code, which no rule about prose reads."""

    markdown: str
    headings: tuple[Heading, ...]
    code: tuple[tuple[int, int], ...]

    def body_of(self, heading: Heading) -> str:
        """Give the text directly under a heading, before the next one."""
        return self.markdown[heading.end : heading.body_end]

    def section_of(self, heading: Heading) -> str:
        """Give the whole section under a heading, with its sub-sections."""
        return self.markdown[heading.end : heading.section_end]

    def without_code(self, *, headings: bool = True) -> str:
        """Give the Markdown with code (and headings) blanked out; offsets stay the same."""
        lines = () if headings else tuple((h.start, h.end) for h in self.headings)
        return blank(self.markdown, (*self.code, *lines))


def read_outline(markdown: str) -> Outline:
    """Read the headings and code of CommonMark text. Any string is valid input."""
    tokens = _parser().parse(markdown)
    lines = _line_offsets(markdown)
    found = _heading_lines(tokens, lines)
    blocks = [
        (lines[token.map[0]], lines[min(token.map[1], len(lines) - 1)])
        for token in tokens
        if token.type in ("fence", "code_block") and token.map
    ]
    prose = blank(markdown, tuple(blocks))
    inline = [match.span() for match in _INLINE_CODE.finditer(prose)]
    return Outline(markdown, _with_sections(found, len(markdown)), tuple(sorted(blocks + inline)))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable("inline")


def plain_label(heading_text: str) -> str:
    """Give a heading's words without emphasis marks and numbering."""
    return _LABEL_MARKS.sub("", heading_text).strip()


def blank(text: str, ranges: tuple[tuple[int, int], ...]) -> str:
    """Replace the ranges by spaces (line ends stay), so that offsets hold."""
    parts: list[str] = []
    at = 0
    for start, end in sorted(ranges):
        if end <= at:
            continue
        parts.append(text[at : max(start, at)])
        parts.append(re.sub(r"[^\n]", " ", text[max(start, at) : end]))
        at = end
    parts.append(text[at:])
    return "".join(parts)


def _line_offsets(text: str) -> list[int]:
    """Give the offset of each line as markdown-it counts lines, and the end as the last entry."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    return [*starts, len(text)]


def _heading_lines(tokens: list[Token], lines: list[int]) -> list[tuple[int, str, int, int]]:
    found = []
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.map:
            first, last = token.map
            start, end = lines[first], lines[min(last, len(lines) - 1)]
            found.append((int(token.tag[1]), tokens[index + 1].content, start, end))
    return found


def _with_sections(found: list[tuple[int, str, int, int]], length: int) -> tuple[Heading, ...]:
    headings = []
    for index, (level, text, start, end) in enumerate(found):
        after = found[index + 1 :]
        body_end = after[0][2] if after else length
        section_end = next((other[2] for other in after if other[0] <= level), length)
        headings.append(Heading(level, text, start, end, body_end, section_end))
    return tuple(headings)

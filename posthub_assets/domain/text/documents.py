"""A company's document as clean blocks, each with its place in the document.

Works on Markdown with HTML in it, on HTML pages and on plain text. Never raises on odd markup.
What does not belong here: sentences (`sentences.py`), files and their types (`resources/`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.text.front_matter import Value, split_front_matter
from posthub_assets.domain.text.inline import clean
from posthub_assets.domain.text.markup import to_markdown
from posthub_assets.domain.text.traced import Traced, join

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class BlockKind(StrEnum):
    """What a block is. Code and tables keep their place and have no text."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document.

    `level`: 1 to 6 for headings, depth from 1 for list items, else 0. `start` and `end` are
    character offsets into the document's text, half open. `list_id` numbers the document's lists
    (-1 outside of them). `gaps` are places in `text` where a templated value or an address was.
    """

    kind: BlockKind
    level: int
    text: str
    start: int
    end: int
    heading_path: tuple[str, ...]
    list_id: int = -1
    ordered: bool = False
    gaps: tuple[int, ...] = ()
    traced: Traced | None = field(default=None, repr=False, compare=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the document's span, half open, behind a part of `text`."""
        return self.traced.span(start, end) if self.traced else (self.start, self.end)


def read_blocks(document: SourceDocument) -> tuple[Block, ...]:
    """Give the blocks of a document, in its order; what is empty after cleaning is left out.

    A front matter's title comes first as a heading of level 1, its description, lead, excerpt or
    summary as a paragraph after it.
    """
    values, start = split_front_matter(document.text)
    html = _is_html(document, start)
    source = to_markdown(Traced.of(document.text[start:], start), html)
    plain = document.media_type == "text/plain"
    reader = _Reader(source, plain)
    reader.front_matter(document.text, values)
    reader.read()
    return tuple(reader.blocks)


def _is_html(document: SourceDocument, start: int) -> bool:
    if document.media_type in ("text/html", "application/xhtml+xml"):
        return True
    if document.name.lower().endswith((".html", ".htm", ".xhtml")):
        return True
    return bool(re.match(r"\s*<(?:!doctype html|html)\b", document.text[start:], re.IGNORECASE))


_BOLD_ONLY = re.compile(r"\s*(\*\*|__)(?=\S)(?:(?!\1).)+\1\s*:?\s*", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!:;,…]$")


class _Reader:
    """Walks the tokens of one document and collects its blocks."""

    def __init__(self, source: Traced, plain: bool) -> None:
        self.source = source
        self.plain = plain
        self.blocks: list[Block] = []
        self._path: list[tuple[int, str]] = []
        self._lists: list[tuple[int, bool]] = []
        self._list_count = 0
        self._quotes = 0
        self._heading = 0
        self._line_starts = [0, *(m.end() for m in re.finditer("\n", source.text))]

    def front_matter(self, text: str, values: tuple[Value, ...]) -> None:
        for value in sorted(values, key=lambda v: v.key != "title"):
            traced, gaps = clean(Traced.of(text[value.start : value.end], value.start))
            if value.key == "title":
                self._open_heading(1, traced, gaps)
            elif all(b.text != traced.text for b in self.blocks):
                self._add(BlockKind.PARAGRAPH, 0, traced, gaps)

    def read(self) -> None:
        for token in _block_tokens(self.source.text):
            self._take(token)

    def _take(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self._lists.append((self._list_count, token.type.startswith("ordered")))
            self._list_count += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif token.type in ("blockquote_open", "blockquote_close"):
            self._quotes += token.nesting
        elif token.type == "heading_open":
            self._heading = int(token.tag[1])
        elif token.type == "heading_close":
            self._heading = 0
        elif token.type in ("fence", "code_block", "table_open"):
            self._hole(token)
        elif token.type == "inline" and token.map:
            self._inline(token)

    def _hole(self, token: Token) -> None:
        first, last = token.map or (0, 1)
        start, end = self._line_starts[first], self._line_start(last)
        kind = BlockKind.TABLE if token.type == "table_open" else BlockKind.CODE
        span = self.source.span(start, end)
        self.blocks.append(Block(kind, 0, "", *span, self._headings()))

    def _line_start(self, line: int) -> int:
        if line < len(self._line_starts):
            return self._line_starts[line]
        return len(self.source.text)

    def _inline(self, token: Token) -> None:
        raw = self._located(token)
        traced, gaps = clean(raw)
        if self._heading:
            self._open_heading(self._heading, traced, gaps)
        elif self._lists:
            self._add(BlockKind.ITEM, len(self._lists), traced, gaps)
        elif self._quotes:
            self._add(BlockKind.QUOTE, 0, traced, gaps)
        elif self._is_heading_in_disguise(raw.text, traced.text):
            deepest = self._path[-1][0] if self._path else 1
            level = deepest if deepest == 6 else 5 if deepest < 5 else 6
            self._open_heading(level, traced, gaps)
        else:
            self._add(BlockKind.PARAGRAPH, 0, traced, gaps)

    def _located(self, token: Token) -> Traced:
        """Find the token's lines in the source, without their list, quote and heading marks."""
        parts: list[Traced] = []
        first = token.map[0] if token.map else 0
        for number, line in enumerate(token.content.split("\n")):
            start = self._line_start(first + number)
            end = self._line_start(first + number + 1)
            at = self.source.text.find(line.strip(), start, end)
            if at >= 0 and line.strip():
                parts.append(self.source.cut(at, at + len(line.strip())))
        return join(parts, "\n")

    def _is_heading_in_disguise(self, raw: str, text: str) -> bool:
        if not text or len(text.split()) > 10 or _SENTENCE_END.search(text):
            return False
        if self.plain:
            return "\n" not in raw and len(text.split()) <= 8 and text[0].isupper()
        return bool(_BOLD_ONLY.fullmatch(raw))

    def _open_heading(self, level: int, traced: Traced, gaps: tuple[int, ...]) -> None:
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._add(BlockKind.HEADING, level, traced, gaps)
        if traced.text:
            self._path.append((level, traced.text))

    def _headings(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._path)

    def _add(self, kind: BlockKind, level: int, traced: Traced, gaps: tuple[int, ...]) -> None:
        if not re.search(r"\w", traced.text):
            return
        list_id, ordered = self._lists[-1] if self._lists else (-1, False)
        start, end = traced.span(0, len(traced.text))
        self.blocks.append(
            Block(
                kind,
                level,
                traced.text,
                start,
                end,
                self._headings(),
                list_id,
                ordered,
                gaps,
                traced,
            )
        )


def _block_tokens(text: str) -> list[Token]:
    """Parse blocks only: the marks inside them are cleaned with their places kept."""
    parser = _parser()
    tokens: list[Token] = []
    parser.block.parse(text, parser, {}, tokens)
    return _without_table_cells(tokens)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable(["html_block", "reference"])


def _without_table_cells(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    inside = 0
    for token in tokens:
        if token.type == "table_open":
            kept.append(token)
        inside += token.nesting if token.type.startswith("table_") else 0
        if not inside and token.type != "table_close":
            kept.append(token)
    return kept

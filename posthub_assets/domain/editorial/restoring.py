"""From a topic's passages back to units: their words from the quote, their headings from the page.

The post is written from the quotes, so an edit of the document in between does no harm.
What does not belong here: how passages came about (`extraction.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from posthub_assets.domain.bodies import Passage
from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.editorial.fitness import is_lead
from posthub_assets.domain.editorial.units import FENCE, Item, Unit, is_code
from posthub_assets.domain.text.documents import Block, BlockKind, read_blocks
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.sentences import split_sentences
from posthub_assets.domain.text.typography import typeset

_ITEM = re.compile(r"^(?P<indent> *)(?P<mark>-|\d+\.) (?P<text>.+)$")


def restore_units(
    passages: Iterable[Passage], documents: Iterable[SourceDocument], language: str
) -> list[Unit]:
    """Give a unit for each passage that has a quote, in the order of the passages.

    The heading path is empty where the document is missing or no longer says the quote's words.
    """
    blocks = {document.id: read_blocks(document) for document in documents}
    units: list[Unit] = []
    for passage in passages:
        if not passage.quote.strip():
            continue
        paragraphs, items, ordered = parse_quote(_typeset(passage.quote, language), language)
        path = _heading_path(passage, blocks.get(passage.document_id, ()))
        units.append(
            Unit(
                passage.document_id, passage.document, passage.start, passage.end, path,
                len(units), paragraphs, items, ordered,
            )
        )  # fmt: skip
    return units


def parse_quote(
    quote: str, language: str
) -> tuple[tuple[tuple[str, ...], ...], tuple[Item, ...], bool]:
    """Give the paragraphs, the list items, and whether the list is ordered."""
    paragraphs: list[tuple[str, ...]] = []
    items: list[Item] = []
    ordered = False
    for line in _lines(quote):
        item = _ITEM.match(line)
        if is_code(line):
            paragraphs.append((line,))
        elif item and (items or not paragraphs or is_lead(paragraphs[-1][-1]) or _in_list(quote)):
            ordered = ordered or (not items and item["mark"] != "-")
            step = 3 if ordered else 2
            items.append(Item(item["text"], len(item["indent"]) // step + 1))
        elif line.strip():
            text = line.strip()
            spans = split_sentences(text, language)
            paragraphs.append(tuple(text[start:end] for start, end in spans))
    return tuple(paragraphs), tuple(items), ordered


def _typeset(quote: str, language: str) -> str:
    """Set the quotation marks of the words; code stays as it is."""
    pack = language_pack(language)
    return "\n".join(part if is_code(part) else typeset(part, pack) for part in _code_apart(quote))


def _lines(quote: str) -> list[str]:
    """Give the lines, with fenced code as one of them."""
    return [
        line
        for part in _code_apart(quote)
        for line in ([part] if is_code(part) else part.split("\n"))
    ]


def _code_apart(quote: str) -> list[str]:
    """Split into words and fenced code, in their order."""
    parts: list[list[str]] = [[]]
    inside = False
    for line in quote.split("\n"):
        if line.startswith(FENCE) and not inside:
            parts.append([line])
            inside = True
            continue
        parts[-1].append(line)
        if inside and line == FENCE:
            parts.append([])
            inside = False
    return ["\n".join(part) for part in parts if part]


def _in_list(quote: str) -> bool:
    return sum(bool(_ITEM.match(line)) for line in quote.split("\n")) >= 2


def _heading_path(passage: Passage, blocks: tuple[Block, ...]) -> tuple[str, ...]:
    opening = passage.quote.lstrip("-0123456789. ").split("\n")[0][:24]
    for block in blocks:
        inside = block.start <= passage.start < block.end and block.kind is not BlockKind.HEADING
        if inside and opening in block.text:
            return block.heading_path
    return ()

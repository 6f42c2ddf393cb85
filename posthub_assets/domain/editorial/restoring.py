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
from posthub_assets.domain.editorial.units import Item, Unit
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
        quote = typeset(passage.quote, language_pack(language))
        paragraphs, items, ordered = parse_quote(quote, language)
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
    for line in quote.split("\n"):
        item = _ITEM.match(line)
        if item and (items or not paragraphs or is_lead(paragraphs[-1][-1]) or _in_list(quote)):
            ordered = ordered or (not items and item["mark"] != "-")
            step = 3 if ordered else 2
            items.append(Item(item["text"], len(item["indent"]) // step + 1))
        elif line.strip():
            text = line.strip()
            spans = split_sentences(text, language)
            paragraphs.append(tuple(text[start:end] for start, end in spans))
    return tuple(paragraphs), tuple(items), ordered


def _in_list(quote: str) -> bool:
    return sum(bool(_ITEM.match(line)) for line in quote.split("\n")) >= 2


def _heading_path(passage: Passage, blocks: tuple[Block, ...]) -> tuple[str, ...]:
    opening = passage.quote.lstrip("-0123456789. ").split("\n")[0][:24]
    for block in blocks:
        inside = block.start <= passage.start < block.end and block.kind is not BlockKind.HEADING
        if inside and opening in block.text:
            return block.heading_path
    return ()

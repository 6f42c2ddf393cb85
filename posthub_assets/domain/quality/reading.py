"""One item being read: its main text, outline, sentences and paragraphs, each made once.

What does not belong here: judging (the rules), splitting text (`domain/text`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.context import GateContext, PastItem, main_text
from posthub_assets.domain.quality.duplicates import comparable
from posthub_assets.domain.quality.languages import Part
from posthub_assets.domain.quality.outline import Outline, read_outline
from posthub_assets.domain.text.documents import Block, BlockKind, read_blocks
from posthub_assets.domain.text.sentences import Sentence, block_sentences

UNPUBLISHED = frozenset({"passages", "evidence", "media_sha256", "media_sha256s", "media_type"})
"""Fields that no reader sees: sources keep the words of the documents as they are."""


class Reading:
    """An item and its surroundings, as the rules read it."""

    def __init__(self, kind: Kind, body: Body, context: GateContext) -> None:
        self.kind = kind
        self.body = body
        self.context = context
        self.text = main_text(body)

    @cached_property
    def outline(self) -> Outline:
        """Headings and code of the main text."""
        return read_outline(self.text)

    @cached_property
    def prose(self) -> str:
        """The main text with code blanked out; offsets are those of the main text."""
        return self.outline.without_code()

    @cached_property
    def _document(self) -> SourceDocument:
        return SourceDocument(id="item", name="item", text=self.text)

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        return read_blocks(self._document)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Sentences of paragraphs, lists and quotes; offsets are those of the main text."""
        return block_sentences(self._document, self._blocks, self.context.language)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Headings, paragraphs and list items: clean words and span in the main text."""
        silent = (BlockKind.CODE, BlockKind.TABLE)
        return tuple((b.text, b.start, b.end) for b in self._blocks if b.kind not in silent)

    @cached_property
    def others(self) -> tuple[PastItem, ...]:
        """Past and siblings that may be compared with this item, itself left out, each once."""
        found: dict[str, PastItem] = {}
        for item in (*self.context.siblings, *self.context.past):
            if self._is_another(item) and comparable(self.body, self.kind, item):
                found.setdefault(item.id, item)
        return tuple(found.values())

    def _is_another(self, item: PastItem) -> bool:
        """Say whether it is neither this item nor made from it."""
        me = self.context.item_id
        return not me or me not in (item.id, item.parent_id)

    @cached_property
    def siblings(self) -> tuple[PastItem, ...]:
        """The siblings of this kind, itself left out."""
        return tuple(
            item
            for item in self.context.siblings
            if item.id != self.context.item_id and item.kind is self.kind
        )

    def fields(self) -> Iterator[tuple[str, str]]:
        """Give (path, words) of every text that a reader may see, but the main text."""
        for path, words in _strings(self.body.model_dump(mode="json"), ""):
            if words != self.text:
                yield path, words


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, child in value.items():
            if key not in UNPUBLISHED:
                yield from _strings(child, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _strings(child, f"{path}[{index}]")

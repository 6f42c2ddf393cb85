"""Finding a quote in the company's documents, letter by letter.

White space may differ, and so may marks that Markdown or HTML put between the words; letters,
digits and punctuation may not.
What does not belong here: what follows when a quote is not there (`dna.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from posthub_assets.domain.bodies import Passage
from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.text.documents import Block, BlockKind, read_blocks

MIN_QUOTE_CHARS = 8
"""Shorter words stand in any document; they prove nothing."""
MAX_QUOTE_CHARS = 1_000

_TRIM = " \t\n\"'“”„«»…"


@dataclass(frozen=True)
class Quotes:
    """The documents, read once. `blocks` holds the clean blocks of each, in order."""

    documents: tuple[SourceDocument, ...]
    blocks: tuple[tuple[Block, ...], ...]
    _found: dict[str, Passage | None] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, documents: Iterable[SourceDocument]) -> Quotes:
        """Read the documents."""
        listed = tuple(documents)
        return cls(listed, tuple(read_blocks(one) for one in listed))

    def find(self, quote: str) -> Passage | None:
        """Give the first place where a quote of 8 to 1,000 characters stands; None where nowhere.

        Within one block of one document, on word boundaries. The passage's own quote is the
        document's words.
        """
        wanted = " ".join(quote.strip(_TRIM).split())
        if not MIN_QUOTE_CHARS <= len(wanted) <= MAX_QUOTE_CHARS:
            return None
        if wanted not in self._found:
            self._found[wanted] = self._look(wanted)
        return self._found[wanted]

    def _look(self, wanted: str) -> Passage | None:
        pattern = _pattern(wanted)
        for document, blocks in zip(self.documents, self.blocks, strict=True):
            for block in blocks:
                match = pattern.search(block.text) if _has_words(block) else None
                if match:
                    start, end = block.span(*match.span())
                    return Passage(
                        document_id=document.id,
                        document=document.name,
                        start=start,
                        end=end,
                        quote=" ".join(match.group().split()),
                    )
        return None


def _pattern(wanted: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, wanted.split(" ")))
    before = r"(?<!\w)" if re.match(r"\w", wanted) else ""
    after = r"(?!\w)" if re.search(r"\w$", wanted) else ""
    return re.compile(f"{before}{words}{after}")


def _has_words(block: Block) -> bool:
    return block.kind not in (BlockKind.CODE, BlockKind.TABLE)

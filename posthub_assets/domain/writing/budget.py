"""How much of a company's documents goes into a prompt, and which part of it.

The rule: overview pages come first, whole as far as a page of theirs may be; what is left of the
budget is shared out evenly among the other documents, the beginning of each; what a short document
does not need goes to the others.
What does not belong here: passages that are set aside for a topic (`topics.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.research.cues import cues_for
from posthub_assets.domain.text.documents import Block, BlockKind

DNA_WORDS = 24_000
"""About 32,000 tokens of English, twice that of Persian or Ukrainian: a quarter of the smallest
context window of the models in use, and more than a person reads of a company."""
OVERVIEW_WORDS = 2_500
"""The most of one overview page."""
MOST_DOCUMENTS = 120
CHARS_PER_WORD = 8
"""Text without spaces counts by its characters."""

_GUIDE = re.compile(r"\b(?:guide|manual|tutorial|handbook|lesson|chapter)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of one document: clean text, with `#` before headings and `-` before items."""

    document: SourceDocument
    text: str
    is_cut: bool


def size_in_words(text: str) -> int:
    """Count words roughly, and fast: by white space, or by characters where there is none."""
    return max(len(text.split()), len(text) // CHARS_PER_WORD)


def choose_excerpts(
    documents: Sequence[SourceDocument],
    blocks: Sequence[Sequence[Block]],
    language: str,
    budget: int = DNA_WORDS,
) -> tuple[Excerpt, ...]:
    """Give excerpts of at most 120 documents, at most `budget` words together, by the rule above.

    `blocks` are those of each document. Overview pages stand first, the others in their order.
    """
    texts = [clean_text(own) for own in blocks]
    overview = [i for i, one in enumerate(documents) if _is_overview(one, blocks[i], language)]
    first = set(overview)
    order = [*overview, *(i for i in range(len(documents)) if i not in first)][:MOST_DOCUMENTS]
    sizes = {i: size_in_words(texts[i]) for i in order}
    left = budget
    shares: dict[int, int] = {}
    for index in [i for i in order if i in first]:
        shares[index] = min(sizes[index], OVERVIEW_WORDS, left)
        left -= shares[index]
    rest = [i for i in order if i not in first]
    shares |= fair_shares({i: sizes[i] for i in rest}, left)
    chosen = [(i, beginning(texts[i], shares[i])) for i in order if shares[i]]
    return tuple(
        Excerpt(documents[i], text, len(text) < len(texts[i])) for i, text in chosen if text
    )


def fair_shares(sizes: dict[int, int], budget: int) -> dict[int, int]:
    """Share a budget out evenly; nobody gets more than its size, and the rest goes on.

    The sum is at most `budget`.
    """
    shares: dict[int, int] = {}
    left = max(0, budget)
    by_size = sorted(sizes, key=lambda one: (sizes[one], one))
    for number, index in enumerate(by_size):
        shares[index] = min(sizes[index], left // (len(by_size) - number))
        left -= shares[index]
    return shares


def beginning(text: str, words: int) -> str:
    """Give the beginning of a text, whole lines as far as they go, at most so many words."""
    if size_in_words(text) <= words:
        return text
    kept: list[str] = []
    left = words
    for line in text.split("\n"):
        size = size_in_words(line)
        if size > left:
            if not any(one.strip() for one in kept):
                kept.append(" ".join(line.split()[:left])[: left * CHARS_PER_WORD])
            break
        kept.append(line)
        left -= size
    return "\n".join(kept).strip()


def clean_text(blocks: Sequence[Block]) -> str:
    """Give blocks as plain Markdown, without links, markup and code."""
    parts: list[str] = []
    for block in blocks:
        text = " ".join(block.text.split())
        if not text:
            continue
        if block.kind is BlockKind.HEADING:
            parts.append(f"\n{'#' * block.level} {text}\n")
        elif block.kind is BlockKind.ITEM:
            parts.append(f"{'  ' * (block.level - 1)}- {text}")
        else:
            parts.append(f"{text}\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip()


def _is_overview(document: SourceDocument, blocks: Sequence[Block], language: str) -> bool:
    """Tell whether a page is about the company itself, by its name or its first heading."""
    stem = re.sub(r"[-_./]+", " ", document.name.rpartition(".")[0] or document.name)
    if _GUIDE.search(stem):
        return False
    names = re.compile(cues_for(language).known_names, re.IGNORECASE)
    title = next((b.text for b in blocks if b.kind is BlockKind.HEADING), "")
    return bool(names.search(stem) or names.search(title))

"""Sections and paragraphs of a text as Markdown.

What does not belong here: what goes into them (`outline.py`, `selection.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from posthub_assets.domain.editorial.outline import Leaf
from posthub_assets.domain.editorial.units import Unit, list_markdown
from posthub_assets.domain.text.words import count_words

PARAGRAPH_SENTENCES = 4
PARAGRAPH_WORDS = 75


def sections(leaves: Sequence[Leaf]) -> list[str]:
    """Write leaves under their H2 and H3; a leaf without a heading follows the one before it."""
    parts: list[str] = []
    top = ""
    for leaf in leaves:
        if leaf.top and leaf.top != top:
            top = leaf.top
            parts.append(f"## {top}")
        if leaf.sub:
            parts.append(f"### {leaf.sub}" if top else f"## {leaf.sub}")
        parts += paragraphs(leaf.units)
    return parts


def paragraphs(units: Sequence[Unit]) -> list[str]:
    """Write units as paragraphs of two to five sentences; a list or code follows its lead-in."""
    parts: list[str] = []
    open_: list[str] = []

    def close() -> None:
        if open_:
            parts.append(" ".join(open_))
            open_.clear()

    for unit in units:
        if not unit.is_prose and not unit.is_list:
            close()
            parts += [" ".join(paragraph) for paragraph in unit.paragraphs]
            continue
        sentences = [s for paragraph in unit.paragraphs for s in paragraph]
        full = len(open_) + len(sentences) > PARAGRAPH_SENTENCES + 1
        if full or count_words(" ".join(open_)) >= PARAGRAPH_WORDS:
            close()
        open_ += sentences
        if unit.is_list:
            close()
            parts.append(list_markdown(unit.items, unit.ordered))
        elif len(open_) >= PARAGRAPH_SENTENCES:
            close()
    close()
    return parts

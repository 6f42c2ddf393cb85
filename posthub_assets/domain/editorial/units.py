"""Units: the smallest runs of sentences of a document that can stand by themselves.

A prose unit is one or several consecutive sentences, each of which needs at most those before it.
A block of code may stand among its paragraphs, as a paragraph that is one fence.
A list unit is a list with the sentence that leads it in, or a list right under its heading.
What does not belong here: grouping units into topics (`chapters.py`) or posts (`outline.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from posthub_assets.domain.bodies import Passage
from posthub_assets.domain.text.words import count_words, normalise

FENCE = "```"
"""Opens and closes code, on lines of its own."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: its text and its depth, from 1."""

    text: str
    depth: int = 1


@dataclass(frozen=True)
class Unit:
    """What may be moved as a whole. `start` and `end` are offsets into the document, half open.

    `paragraphs` holds the sentences, paragraph by paragraph; for a list it holds its lead-in. Code
    is a paragraph of its own, fence and all (see `is_code`).
    `order` counts the document's units.
    """

    document_id: str
    document: str
    start: int
    end: int
    heading_path: tuple[str, ...]
    order: int
    paragraphs: tuple[tuple[str, ...], ...]
    items: tuple[Item, ...] = ()
    ordered: bool = False

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """All sentences and items, in order; no code."""
        said = (s for p in self.paragraphs for s in p if not is_code(s))
        return (*said, *(item.text for item in self.items))

    @cached_property
    def text(self) -> str:
        """The words, without marks."""
        return " ".join(self.sentences)

    @cached_property
    def words(self) -> int:
        """The number of words."""
        return count_words(self.text)

    @property
    def is_list(self) -> bool:
        """Whether it holds a list."""
        return bool(self.items)

    @property
    def is_prose(self) -> bool:
        """Whether it holds sentences and nothing else: no list, no code."""
        return not self.is_list and not any(is_code(p[0]) for p in self.paragraphs if p)

    @property
    def headed(self) -> bool:
        """Whether it is a list that only its heading leads in."""
        return self.is_list and not self.paragraphs

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The sentences as they are compared with others."""
        return tuple(sentence_key(s) for s in self.sentences)

    def markdown(self) -> str:
        """The unit as Markdown: paragraphs, then the list."""
        parts = [" ".join(p) for p in self.paragraphs]
        if self.items:
            parts.append(list_markdown(self.items, self.ordered))
        return "\n\n".join(parts)

    def passage(self) -> Passage:
        """The unit as a passage; `quote` keeps the list's form, so it can be read back."""
        return Passage(
            document_id=self.document_id,
            document=self.document,
            start=self.start,
            end=self.end,
            quote=self.markdown(),
        )


def is_code(text: str) -> bool:
    """Tell whether a paragraph is fenced code."""
    return text.startswith(FENCE)


def list_markdown(items: tuple[Item, ...], ordered: bool) -> str:
    """Write a list as Markdown; only its first level is numbered."""
    lines: list[str] = []
    number = 0
    for item in items:
        number += item.depth == 1
        mark = f"{number}." if ordered and item.depth == 1 else "-"
        indent = ("   " if ordered else "  ") * (item.depth - 1)
        lines.append(f"{indent}{mark} {item.text}")
    return "\n".join(lines)


SAID_WORDS = 6
_STOPS = re.compile(r"[.!?…؟۔\n]+")


def said_keys(text: str) -> frozenset[str]:
    """Give the keys under which a text counts as said: itself, and each part between stops.

    Parts of fewer than six words state nothing and may be said again.
    """
    parts = (part for part in _STOPS.split(text) if count_words(part) >= SAID_WORDS)
    return frozenset({sentence_key(text), *(sentence_key(part) for part in parts)})


def sentence_key(text: str) -> str:
    """Give the form by which the same sentence is found in two documents."""
    return normalise(text).rstrip(" .!?…؟:;,")

"""The part of a text that shows why it was found, with the places of the hits.

What does not belong here: finding (the database does), marking up: hits are places, not HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posthub_assets.domain.searching.questions import Question, Term
from posthub_assets.domain.searching.stems import stem
from posthub_assets.domain.searching.words import Word, words_of

SNIPPET_CHARS = 240
_BEFORE_CHARS = 60
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a text, `text[start:end]`, counted in characters (code points)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """Plain text of some 240 characters; an ellipsis where the whole goes on."""

    text: str
    hits: tuple[Hit, ...]


def hits_in(text: str, language: str, question: Question) -> tuple[Hit, ...]:
    """Give where the wanted terms stand, in order, without overlaps."""
    return tuple(hit for hit, _ in _found(text, language, question))


def snippet_of(text: str, language: str, question: Question) -> Snippet:
    """Give the part where most of the wanted terms are; the beginning where none is."""
    found = _found(text, language, question)
    start, end = _window(text, found)
    before = _ELLIPSIS if start else ""
    after = _ELLIPSIS if end < len(text) else ""
    shift = len(before) - start
    return Snippet(
        f"{before}{text[start:end]}{after}",
        tuple(
            Hit(hit.start + shift, hit.end + shift)
            for hit, _ in found
            if start <= hit.start and hit.end <= end
        ),
    )


def _found(text: str, language: str, question: Question) -> list[tuple[Hit, int]]:
    words = words_of(text)
    stems = [stem(word.key, language) for word in words]
    places = [
        (hit, number)
        for number, term in enumerate(question.wanted)
        for hit in _places(term, words, stems)
    ]
    places.sort(key=lambda one: (one[0].start, -one[0].end))
    kept: list[tuple[Hit, int]] = []
    for hit, number in places:
        if not kept or hit.start >= kept[-1][0].end:
            kept.append((hit, number))
    return kept


def _places(term: Term, words: Sequence[Word], stems: Sequence[str]) -> list[Hit]:
    fits = [
        {one for one in set(stems) if any(wanted.fits(one) for wanted in each)}
        for each in term.words
    ]
    length = len(fits)
    return [
        Hit(words[at].start, words[at + length - 1].end)
        for at in range(len(stems) - length + 1)
        if all(stems[at + step] in fits[step] for step in range(length))
    ]


def _window(text: str, found: Sequence[tuple[Hit, int]]) -> tuple[int, int]:
    best, at = (0, 0), 0
    for index, (first, _) in enumerate(found):
        near = [
            number
            for hit, number in found[index : index + 40]
            if hit.end <= first.start + SNIPPET_CHARS - _BEFORE_CHARS
        ]
        if (len(set(near)), len(near)) > best:
            best, at = (len(set(near)), len(near)), first.start
    start = max(0, at - _BEFORE_CHARS)
    if len(text) - start < SNIPPET_CHARS:
        start = max(0, min(at, len(text) - SNIPPET_CHARS))
    end = min(len(text), start + SNIPPET_CHARS)
    return _to_words(text, start, end, at)


def _to_words(text: str, start: int, end: int, hit: int) -> tuple[int, int]:
    """Move the ends to spaces, where there are some; the hit stays inside."""
    if start:
        space = text.find(" ", start, hit)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", max(start, hit + 1), end)
        end = space if space > hit else end
    return start, end

"""Entries and questions as PostgreSQL reads them: the text forms of `tsvector` and `tsquery`.

Every lexeme begins with its organisation's mark, so that one index serves all and a question
reads the words of one organisation only; a mark that two share costs time and shows nothing.
What does not belong here: statements, and which rows may be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from posthub_assets.domain.searching.questions import Question, Stem, Term
from posthub_assets.domain.searching.stems import stem
from posthub_assets.domain.searching.words import words_of

MAX_WORDS = 16_000
"""Words of one text that are found; PostgreSQL counts places up to 16,383."""
MAX_PLACES = 200
"""Places of one word that are kept; PostgreSQL keeps 255."""
MAX_BYTES = 600_000
"""Of an entry; PostgreSQL's limit is a megabyte."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of a version: the words of its title, and of all of it."""

    title: str
    all: str


def mark_of(organization_id: UUID) -> str:
    """Give the six characters that an organisation's lexemes begin with.

    The end of the identifier, which is random in a UUIDv7.
    """
    return organization_id.hex[-6:]


def entry_of(organization_id: UUID, language: str, title: str, text: str) -> Entry:
    """Give the entry of a version. What is past the limits above is not found."""
    mark = mark_of(organization_id)
    title_stems = [stem(word.key, language) for word in words_of(title)]
    rest = [stem(word.key, language) for word in words_of(text)]
    return Entry(_vector(mark, title_stems), _vector(mark, [*title_stems, *rest]))


def _vector(mark: str, stems: Sequence[str]) -> str:
    places: dict[str, list[int]] = {}
    size = 0
    for place, one in enumerate(stems[:MAX_WORDS], start=1):
        there = places.get(one)
        size += 2 if there is not None else len(one.encode()) + len(mark) + 10
        if size > MAX_BYTES:
            break
        if there is None:
            places[one] = [place]
        elif len(there) < MAX_PLACES:
            there.append(place)
    return " ".join(
        f"{_quoted(mark + one)}:{','.join(map(str, there))}" for one, there in places.items()
    )


def query_of(question: Question, organizations: Iterable[UUID]) -> str:
    """Give the `tsquery` of a question to some organisations."""
    return " | ".join(f"({_whole(question, mark)})" for mark in _marks(organizations))


def any_of(question: Question, organizations: Iterable[UUID]) -> str:
    """Give the `tsquery` of any wanted term."""
    return " | ".join(
        _said(term, mark) for mark in _marks(organizations) for term in question.wanted
    )


def _marks(organizations: Iterable[UUID]) -> list[str]:
    return sorted({mark_of(one) for one in organizations})


def _whole(question: Question, mark: str) -> str:
    wanted = [_said(term, mark) for term in question.wanted]
    return " & ".join([*wanted, *(f"!{_said(term, mark)}" for term in question.excluded)])


def _said(term: Term, mark: str) -> str:
    return f"({' <-> '.join(_either(stems, mark) for stems in term.words)})"


def _either(stems: Iterable[Stem], mark: str) -> str:
    said = sorted(f"{_quoted(mark + one.text)}{':*' if one.is_beginning else ''}" for one in stems)
    return f"({' | '.join(said)})"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"

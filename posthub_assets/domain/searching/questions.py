"""What somebody types into a search box: words, "phrases", -excluded ones, beginnings*.

What does not belong here: how a question is said to the database (`lexemes.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.searching.stems import beginnings, roots, variants
from posthub_assets.domain.searching.words import key_of, unaccented, words_of
from posthub_assets.domain.text.languages import WELL_WRITTEN, language_pack

MAX_QUESTION_CHARS = 500
MAX_WORDS = 20
WIDE_FROM_CHARS = 5
"""A stem of so many letters also finds longer words that begin with it: `market`, `marketing`."""
LEAST_BEGINNING_CHARS = 2

_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
_MINUSES = str.maketrans("−﹣－", "---")
_PART = re.compile(r"(?P<minus>-)?(?:\"(?P<phrase>[^\"]*)(?:\"|$)|(?P<plain>[^\s\"]+))")


@dataclass(frozen=True, slots=True)
class Stem:
    """One form under which a word may stand in the index; `is_beginning`: of a longer one too."""

    text: str
    is_beginning: bool = False

    def fits(self, stem: str) -> bool:
        """Tell whether a stem of a text is meant."""
        return stem.startswith(self.text) if self.is_beginning else stem == self.text


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand beside one another, often a single one; each with its possible stems."""

    words: tuple[frozenset[Stem], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Every wanted term is there, no excluded one is. There is a wanted one at least."""

    wanted: tuple[Term, ...]
    excluded: tuple[Term, ...] = ()


def read_question(text: str) -> Question:
    """Read a question. Words that every text has count only where there are no others.

    Raises InvalidInput, which says what to write, for a question without a word to look for, or
    with more than 20 words or 500 characters.
    """
    if len(text) > MAX_QUESTION_CHARS:
        raise InvalidInput(
            f"The question has {len(text):,} characters; the limit is {MAX_QUESTION_CHARS}. "
            "Give the words that matter.",
            field="q",
        )
    wanted: list[tuple[Term, bool]] = []
    excluded: list[Term] = []
    for match in _PART.finditer(text.translate(_QUOTES).translate(_MINUSES)):
        is_phrase = match.group("phrase") is not None
        part = match.group("phrase") if is_phrase else match.group("plain")
        term = _term(part, wide=not is_phrase and not match.group("minus"))
        if term is None:
            continue
        if match.group("minus"):
            excluded.append(term)
        else:
            wanted.append((term, not is_phrase and key_of(part) in _stop_words()))
    _refuse(wanted, excluded)
    telling = tuple(term for term, is_common in wanted if not is_common)
    return Question(telling or tuple(term for term, _ in wanted), tuple(excluded))


def _refuse(wanted: list[tuple[Term, bool]], excluded: list[Term]) -> None:
    if not wanted and excluded:
        raise InvalidInput(
            "All words are excluded. Give a word to look for, such as: contract -draft.", field="q"
        )
    if not wanted:
        raise InvalidInput(
            "There is no word to look for. Write some, such as: winter lights.", field="q"
        )
    count = sum(len(term.words) for term in (*(one for one, _ in wanted), *excluded))
    if count > MAX_WORDS:
        raise InvalidInput(
            f"The question has {count} words; the limit is {MAX_WORDS}. Leave some out.", field="q"
        )


def _term(part: str, *, wide: bool) -> Term | None:
    keys = [word.key for word in words_of(part)]
    if not keys:
        return None
    if wide and len(keys) == 1:
        if part.rstrip().endswith("*") and len(keys[0]) >= LEAST_BEGINNING_CHARS:
            return Term((frozenset(Stem(one, True) for one in beginnings(keys[0])),))
        return Term((_wide(keys[0]),))
    return Term(tuple(frozenset(Stem(one) for one in variants(key)) for key in keys))


def _wide(key: str) -> frozenset[Stem]:
    """Give the stems of a word, and what longer words of its root begin with."""
    if any(mark.isdigit() for mark in key):
        return frozenset(Stem(one) for one in variants(key))
    long_roots = {one for one in roots(key) if len(one) >= WIDE_FROM_CHARS}
    stems = {Stem(one, len(one) >= WIDE_FROM_CHARS) for one in variants(key)}
    return frozenset(stems | {Stem(one, True) for one in long_roots})


@cache
def _stop_words() -> frozenset[str]:
    keys = {key_of(word) for code in WELL_WRITTEN for word in language_pack(code).stop_words}
    return frozenset(keys | {unaccented(key) for key in keys})

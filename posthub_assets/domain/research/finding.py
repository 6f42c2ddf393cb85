"""Finding the statements that fill a point of the DNA, by the cues of the language.

Precision goes before recall: what is not clearly said of the company stays out.
What does not belong here: reading documents (`corpus.py`), composing the body (`dna.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from posthub_assets.domain.research.corpus import Corpus, Statement, without_conjunction
from posthub_assets.domain.research.cues import Cue, company_pattern
from posthub_assets.domain.text.documents import BlockKind
from posthub_assets.domain.text.words import count_words, normalise

_MIN_WORDS, _MAX_WORDS = 4, 45
_LEFTOVER = re.compile(r"[\[\]{}<>|]|\.\.$|^\(|https?://|[:,;]\.$")


@dataclass(frozen=True, slots=True)
class Found:
    """A statement that fits a point: the words that count, and how well it fits (more is better).

    `text` is the statement's text or, of a sentence that points back, its clause.
    """

    statement: Statement
    text: str
    score: int
    from_heading: str = ""


def find(corpus: Corpus, key: str, most: int, used: set[str]) -> tuple[Found, ...]:
    """Give at most `most` statements for the point `key`, best first, none of `used`.

    Statements are told apart by their normalised text, so a sentence that stands in two documents
    is taken once. Adds what it takes to `used`. Empty where the language has no cue for the point.
    """
    cue = corpus.cues.points.get(key)
    if cue is None:
        return ()
    matcher = _Matcher(cue, corpus)
    found = [f for s in (*corpus.statements, *corpus.headings) if (f := matcher.match(s))]
    found.sort(key=lambda f: (-f.score, f.statement.rank))
    return _take(found, most, cue.most_from_heading or most, used)


def _take(
    found: list[Found], most: int, most_from_heading: int, used: set[str]
) -> tuple[Found, ...]:
    taken: list[Found] = []
    forms: list[str] = []
    below = 0
    for candidate in found:
        form = normalise(candidate.text)
        if len(taken) == most or form in used or any(f in form or form in f for f in forms):
            continue
        if candidate.from_heading and below == most_from_heading:
            continue
        below += bool(candidate.from_heading)
        used.add(form)
        forms.append(form)
        taken.append(candidate)
    return tuple(taken)


class _Matcher:
    """One cue, compiled for one company."""

    def __init__(self, cue: Cue, corpus: Corpus) -> None:
        self.cue = cue
        self.chrome = corpus.pack.chrome_pattern
        self.cues = corpus.cues
        names = corpus.names
        self.sentence = company_pattern(cue.sentence, names) if cue.sentence else None
        self.heading = company_pattern(cue.heading, names) if cue.heading else None
        self.within = company_pattern(cue.within, names) if cue.within else None
        self.item = company_pattern(cue.item, names) if cue.item else None
        self.title = company_pattern(cue.title, names) if cue.title else None
        self.under = company_pattern(cue.title_under, names) if cue.title_under else None
        self.unless = company_pattern(cue.unless, names) if cue.unless else None

    def match(self, statement: Statement) -> Found | None:
        """Give the find with a rough worth: an own, known, independent sentence is worth most."""
        if self._refused(statement):
            return None
        if statement.kind is BlockKind.HEADING:
            return self._match_title(statement)
        if worth := self._heading_worth(statement):
            return Found(statement, statement.text, worth, from_heading=statement.heading)
        return self._match_sentence(statement)

    def _refused(self, statement: Statement) -> bool:
        text = statement.text
        if text.endswith((":", "?", "؟", "…")) or _LEFTOVER.search(text):
            return True
        if count_words(text) > _MAX_WORDS:
            return True
        return bool(self.unless and self.unless.search(text))

    def _match_title(self, heading: Statement) -> Found | None:
        above = heading.heading_path[-2] if len(heading.heading_path) > 1 else ""
        if self.title and self.title.search(heading.text) and heading.known:
            return Found(heading, heading.text, 8)
        if self.under and self.under.search(above) and heading.known:
            return Found(heading, heading.text, 7)
        if self.heading and self.cue.items_only and self.heading.search(above) and heading.own:
            return Found(heading, heading.text, 7)
        return None

    def _match_sentence(self, statement: Statement) -> Found | None:
        text = statement.text
        if self.item and self.item.search(text) and (statement.known or statement.own):
            return Found(statement, text, 4)
        match = self.sentence.search(text) if self.sentence and statement.is_full else None
        if not match or (self.cue.known and not statement.known):
            return None
        if (self.cue.own and not statement.own) or self.chrome.search(text):
            return None
        if statement.dangling:
            if not self.cue.clause:
                return None
            text = text[match.start() :]
        if count_words(text) < _MIN_WORDS:
            return None
        worth = 5 + 2 * statement.known + statement.names_company
        return Found(statement, without_conjunction(text, self.cues), worth)

    def _heading_worth(self, statement: Statement) -> int:
        """A section whose heading says what it holds: its list items, or its first sentences."""
        if not self.heading or not statement.known or not self.heading.search(statement.heading):
            return 0
        if self.within and not self.within.search(statement.text):
            return 0
        if statement.kind is BlockKind.ITEM:
            return 8
        if self.cue.items_only or not statement.is_full or statement.dangling:
            return 0
        return 7

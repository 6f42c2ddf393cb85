"""Planning a month: groups of chapters that make topics, each with a title of its own.

What does not belong here: slots, personas and passages (`topics.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from posthub_assets.domain.editorial.chapters import Chapter, split_chapters
from posthub_assets.domain.editorial.clusters import affinities, cluster
from posthub_assets.domain.editorial.keywords import text_phrases, title_keywords
from posthub_assets.domain.editorial.material import Material
from posthub_assets.domain.editorial.titles import (
    TitleBook,
    capitalised,
    chapter_names,
    in_sentence,
    title_options,
)
from posthub_assets.domain.editorial.units import Unit
from posthub_assets.domain.editorial.vectors import TextSpace
from posthub_assets.domain.text.words import normalise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FULL_TOPIC_WORDS = 1560
"""Carries a post of 1,500 words with a margin for what the post leaves out."""
LEAST_SEED_WORDS = 24
LEAST_TOPIC_WORDS = 110
"""Below this no post can be written."""
CAP = 1.15
FIT = 0.55
SHRINK = 0.8
MAX_SHARED = 0.5
"""At most this share of a topic's words may stand in one earlier text."""


@dataclass(frozen=True)
class Candidate:
    """A possible topic: its chapters in the order of the post, its title and its keyword."""

    chapters: tuple[Chapter, ...]
    title: str
    keyword: str

    @property
    def words(self) -> int:
        """The words of all its chapters."""
        return sum(chapter.words for chapter in self.chapters)

    @property
    def text(self) -> str:
        """All its words."""
        return chapters_text(self.chapters)


def chapters_text(chapters: Sequence[Chapter]) -> str:
    """Give the words of chapters, headings and all."""
    return "\n".join(
        [*(h for c in chapters for h in c.path), *(u.text for c in chapters for u in c.units)]
    )


def prose_text(chapters: Sequence[Chapter]) -> str:
    """Give the sentences of chapters, without headings and lists: what an opening may say."""
    return "\n".join(
        sentence
        for chapter in chapters
        for unit in chapter.units
        for paragraph in unit.paragraphs
        for sentence in paragraph
        if unit.is_prose
    )


@dataclass
class Planner:
    """Makes candidates out of units, with titles that differ from all in `book`."""

    material: Material
    book: TitleBook
    company_name: str
    keywords: set[str] = field(default_factory=set)
    refused: tuple[str, ...] = ()
    """Normalised words that must not stand in a title or a description."""

    def candidates(self, units: Sequence[Unit], target: int) -> list[Candidate]:
        """Give all candidates of about `target` words, best ones not yet chosen."""
        chapters = split_chapters(units, int(target * CAP))
        chapters = [c for c in chapters if c.words >= min(40, target // 4)]
        if not chapters:
            return []
        cosines = TextSpace([chapters_text([c]) for c in chapters], self.material.language)
        affinity = self._apart(chapters, affinities(chapters, cosines.similarities()))
        groups = cluster([c.words for c in chapters], affinity, target, int(target * CAP))
        found: list[Candidate] = []
        for group in sorted(groups, key=lambda g: -sum(chapters[i].words for i in g)):
            members = [chapters[i] for i in group]
            words = sum(c.words for c in members)
            if words < max(LEAST_TOPIC_WORDS, int(target * FIT)) or self._said(members):
                continue
            candidate = self.named(members)
            if candidate:
                found.append(candidate)
        return found

    def seeded(self, units: Sequence[Unit], count: int, target: int, piece: int) -> list[Candidate]:
        """Give up to `count` candidates around headings that were never announced.

        `piece`: the most words of one part.

        For the months in which the documents have been told already: each part under a new
        heading is joined by parts of other sections, so that no earlier text is repeated.
        """
        chapters = [c for c in split_chapters(units, piece) if c.words >= LEAST_SEED_WORDS]
        if not chapters:
            return []
        space = TextSpace([chapters_text([c]) for c in chapters], self.material.language)
        affinity = affinities(chapters, space.similarities())
        trial = self.trial()
        seeds: dict[int, Candidate] = {}
        for index in sorted(range(len(chapters)), key=lambda i: -chapters[i].words):
            candidate = trial.named([chapters[index]]) if len(seeds) < count else None
            if candidate:
                trial.claim(candidate)
                seeds[index] = candidate
        groups = self._grown(chapters, affinity, list(seeds), target)
        found = [
            replace(seeds[seed], chapters=tuple(chapters[i] for i in group))
            for seed, group in groups.items()
        ]
        return [c for c in found if c.words >= LEAST_TOPIC_WORDS and not self._said(c.chapters)]

    def _grown(
        self,
        chapters: list[Chapter],
        affinity: NDArray[np.float64],
        seeds: list[int],
        target: int,
    ) -> dict[int, list[int]]:
        """Let each seed in turn take the nearest free chapter that no earlier text had by it."""
        homes = [self._homes(chapter) for chapter in chapters]
        groups = {seed: [seed] for seed in seeds}
        free = [i for i in range(len(chapters)) if i not in groups]
        growing = True
        while free and growing:
            growing = False
            for group in groups.values():
                told = set[int]().union(*(homes[i] for i in group))
                room = target - sum(chapters[i].words for i in group)
                fitting = [i for i in free if not homes[i] & told and chapters[i].words <= room]
                if fitting:
                    best = max(fitting, key=lambda i: (max(affinity[i, j] for j in group), -i))
                    group.append(best)
                    free.remove(best)
                    growing = True
        return groups

    def trial(self) -> Planner:
        """Give a planner that may claim titles without this one knowing."""
        book = TitleBook(self.book.language, list(self.book.stems))
        return Planner(self.material, book, self.company_name, set(self.keywords), self.refused)

    def named(
        self, chapters: Sequence[Chapter], prefix: str = "", lead: Chapter | None = None
    ) -> Candidate | None:
        """Give chapters a title and a keyword that no earlier topic has; None where none is left.

        `prefix` (an event) stands before the title; `lead` is the chapter that gives the title
        if it can.
        """
        ordered = tuple(chapters)
        text = prose_text(ordered)
        titles = self._titles((lead,), text) if lead else []
        titles = [*titles, *self._titles(ordered, text)]
        if prefix:
            titles = [t for t in titles if not re.search(r"[?؟!:]", t)]
        for strict in (True, False):
            found = self._first_free(titles, text if strict else chapters_text(ordered), strict)
            if found:
                title, keyword = found
                whole = (
                    f"{prefix}: {in_sentence(title, self.material.vocabulary)}" if prefix else title
                )
                return Candidate(_leading_first(ordered, title), whole, keyword)
        return None

    def _first_free(self, titles: Sequence[str], text: str, strict: bool) -> tuple[str, str] | None:
        """Give the first title that is new, with a free keyword; `strict` wants a good one."""
        for title in titles:
            if not self.book.is_new(title, strict=strict) or self.refuses(title):
                continue
            for keyword, good in title_keywords(title, text, self.material.pack):
                if (good or not strict) and self._is_free(keyword):
                    return title, keyword
        return None

    def claim(self, candidate: Candidate) -> None:
        """Take the candidate's title and keyword, so that nobody else gets them."""
        self.book.add(candidate.title)
        self.keywords.add(normalise(candidate.keyword))

    def refuses(self, text: str) -> bool:
        """Tell whether a text holds words that a reviewer marked."""
        plain = normalise(text)
        return any(words in plain for words in self.refused)

    def _is_free(self, keyword: str) -> bool:
        plain = normalise(keyword)
        return plain not in self.keywords and plain not in normalise(self.company_name)

    def _titles(self, chapters: tuple[Chapter, ...], text: str) -> list[str]:
        titles = title_options(chapters, self.material.sense, self.material.vocabulary)
        phrases = text_phrases(text, self.material.pack)[:6]
        names = chapter_names(chapters, self.material.sense)[:2]
        for phrase in phrases:
            for name in names:
                if normalise(phrase) not in normalise(name):
                    titles.append(
                        f"{capitalised(phrase)}: {in_sentence(name, self.material.vocabulary)}"
                    )
        return titles

    def _apart(self, chapters: list[Chapter], affinity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Keep apart what an earlier text already put together."""
        homes = [self._homes(chapter) for chapter in chapters]
        for i, home in enumerate(homes):
            for j in range(len(chapters)):
                if i != j and home & homes[j]:
                    affinity[i, j] = -1.0
        return affinity

    def _homes(self, chapter: Chapter) -> set[int]:
        keys = {key for unit in chapter.units for key in unit.keys}
        homes = set()
        for number, past in enumerate(self.material.past_keys):
            if len(keys & past) * 3 > len(keys):
                homes.add(number)
        return homes

    def told_together(self, chapters: Sequence[Chapter], piece: Chapter) -> bool:
        """Tell whether an earlier text already had the piece beside one of the chapters."""
        homes = self._homes(piece)
        return any(homes & self._homes(chapter) for chapter in chapters)

    def _said(self, chapters: Sequence[Chapter]) -> bool:
        """Tell whether an earlier text has said most of this."""
        units = [unit for chapter in chapters for unit in chapter.units]
        words = sum(unit.words for unit in units)
        own = {key for unit in units for key in unit.keys}
        for past in self.material.past_keys:
            if own.isdisjoint(past):
                continue
            shared = sum(u.words for u in units if any(key in past for key in u.keys))
            if shared > MAX_SHARED * words:
                return True
        return False


def _leading_first(chapters: Sequence[Chapter], title: str) -> tuple[Chapter, ...]:
    """Put the documents that the title speaks of first; within a document the order stays."""
    plain = normalise(title)
    places: dict[str, tuple[int, int]] = {}
    for chapter in chapters:
        headings = [*chapter.path, *(h for unit in chapter.units for h in unit.heading_path)]
        found = [plain.find(normalise(h)) for h in headings]
        place = min((at for at in found if at >= 0), default=len(plain))
        words = sum(c.words for c in chapters if c.document_id == chapter.document_id)
        known = places.get(chapter.document_id, (len(plain), 0))
        places[chapter.document_id] = min(known, (place, -words))
    return tuple(sorted(chapters, key=lambda c: (places[c.document_id], c.document_id)))

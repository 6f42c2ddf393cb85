"""Titles: natural ones, made of the documents' own headings, unlike any that was used before.

What does not belong here: keywords (`keywords.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from posthub_assets.domain.editorial.chapters import Chapter
from posthub_assets.domain.editorial.fitness import depends
from posthub_assets.domain.editorial.units import Unit
from posthub_assets.domain.text.languages import LanguagePack
from posthub_assets.domain.text.similarity import jaccard
from posthub_assets.domain.text.words import content_stems, count_words, normalise, words

MAX_TITLE_CHARS = 80
ALIKE = 0.5
"""From this share of common stems on, two titles announce the same subject."""
COMMON_HEADING = 3
"""A heading in so many documents belongs to their template, not to their subject."""


@dataclass(frozen=True)
class HeadingSense:
    """Which headings say something, judged over all documents of a company."""

    pack: LanguagePack
    repeated: frozenset[str]

    @classmethod
    def over(cls, units: Iterable[Unit], pack: LanguagePack) -> HeadingSense:
        """Learn from the units of all documents."""
        where: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
        for unit in units:
            for depth, heading in enumerate(unit.heading_path[1:], start=1):
                place = (unit.document_id, unit.heading_path[:depth])
                where.setdefault(normalise(heading), set()).add(place)
        repeated = frozenset(h for h, places in where.items() if len(places) >= COMMON_HEADING)
        return cls(pack, repeated)

    def speaks(self, heading: str) -> bool:
        """Tell whether a heading names a subject."""
        plain = normalise(heading).rstrip(" .:!")
        if plain in self.pack.empty_headings or plain.rstrip("?؟") in self.pack.empty_headings:
            return False
        if self.pack.dangling_pattern.search(heading) or self.pack.chrome_pattern.search(heading):
            return False
        asks = heading.split(maxsplit=1)[0].casefold() in self.pack.interrogatives
        points = self.pack.pointing_pattern.search(heading) if asks else depends(heading, self.pack)
        if points or re.search(r"\.\.|…", heading):
            return False
        if heading.rstrip().endswith("!") and count_words(heading) < 3:
            return False
        if plain in self.repeated or not content_stems(heading, self.pack.code):
            return False
        return count_words(heading) <= 12 and not heading.rstrip().endswith((":", ","))

    def leads(self, heading: str, headed: bool) -> bool:
        """Tell whether a heading that names no subject may still stand over its section."""
        plain = normalise(heading).rstrip(" .:!")
        if plain in self.pack.skipped_headings or self.pack.dangling_pattern.search(heading):
            return False
        return headed or (plain in self.repeated and count_words(heading) >= 3)

    def name(self, path: Sequence[str]) -> str:
        """Give the deepest heading of a path that says something, or an empty text."""
        return next((tidy(h) for h in reversed(path) if self.speaks(h)), "")


def tidy(heading: str) -> str:
    """Take numbering, trailing stops and doubled spaces off a heading."""
    text = re.sub(r"^\s*(?:(?:\w+\s+)?#?\d+\s*[.:)]|[IVX]+\.|#+)\s+", "", heading).strip()
    return re.sub(r"[\s:;,.!،؛–—-]+$", "", text)


def chapter_names(chapters: Sequence[Chapter], sense: HeadingSense) -> list[str]:
    """Give one name for each chapter that has one, largest chapters first, no name twice."""
    names: list[str] = []
    for chapter in sorted(chapters, key=lambda c: -c.words):
        name = sense.name(chapter.path) or _largest_heading(chapter, sense)
        if name and all(jaccard(_stems(name, sense), _stems(n, sense)) < ALIKE for n in names):
            names.append(name)
    return names


def _largest_heading(chapter: Chapter, sense: HeadingSense) -> str:
    weight: Counter[str] = Counter()
    for unit in chapter.units:
        name = sense.name(unit.heading_path)
        if name:
            weight[name] += unit.words
    return weight.most_common(1)[0][0] if weight else ""


def _stems(text: str, sense: HeadingSense) -> frozenset[str]:
    return frozenset(content_stems(text, sense.pack.code))


def title_options(chapters: Sequence[Chapter], sense: HeadingSense, known: Vocabulary) -> list[str]:
    """Give titles for chapters that go together, best first.

    One chapter gives its heading, with its document's title before it where that says more;
    several short names give "A, B and C". `known` tells which words stand in small letters.
    """
    names = chapter_names(chapters, sense)
    if not names:
        return []
    options: list[str] = []
    named = _proper_names(chapters, names, sense.pack)
    if named:
        options.append(named)
    parent = _document_title(chapters, sense)
    share = max(c.words for c in chapters) / max(1, sum(c.words for c in chapters))
    enumerated = _enumeration(names, sense.pack, known)
    if len(names) > 1 and share < 0.6 and enumerated:
        options.append(enumerated)
    for name in names:
        if parent and jaccard(_stems(parent, sense), _stems(name, sense)) < ALIKE:
            options.append(f"{parent}: {in_sentence(name, known)}")
        options.append(name)
    if enumerated:
        options.append(enumerated)
    inner = [sense.name(u.heading_path) for c in chapters for u in c.units]
    apart = [n for n in inner if n and jaccard(_stems(parent, sense), _stems(n, sense)) < ALIKE]
    options += [f"{parent}: {in_sentence(n, known)}" for n in apart if parent]
    options += [n for n in inner if n]
    fitting = [o for o in dict.fromkeys(options) if len(o) <= MAX_TITLE_CHARS]
    return sorted(fitting, key=_poverty)


def _proper_names(chapters: Sequence[Chapter], names: list[str], pack: LanguagePack) -> str:
    """Where long headings cannot be joined, join the proper names that the chapters are about."""
    documents = {chapter.document_id for chapter in chapters}
    if pack.code != "en" or len(documents) < 3 or any(_is_joinable(n, pack) for n in names[:2]):
        return ""
    found: list[str] = []
    for chapter in sorted(chapters, key=lambda c: -c.words):
        name = proper_name("\n".join(unit.text for unit in chapter.units))
        if name and name not in found:
            found.append(name)
    if len(found) < 3:
        return ""
    return join_names(found[:3], pack)


def _poverty(title: str) -> int:
    """One bare word makes a poor title; the rest keeps its order."""
    return int(count_words(title) < 2)


def _document_title(chapters: Sequence[Chapter], sense: HeadingSense) -> str:
    documents = {chapter.document_id for chapter in chapters}
    path = chapters[0].units[0].heading_path
    if len(documents) > 1 or not path or not sense.speaks(path[0]):
        return ""
    title = tidy(path[0])
    return title if count_words(title) <= 6 and not title.endswith(("?", "؟", "!")) else ""


def _enumeration(names: list[str], pack: LanguagePack, known: Vocabulary) -> str:
    """Join up to three names that have one form: "A, B and C"."""
    form = _form(names[0], pack)
    alike = [n for n in names if _form(n, pack) == form and _is_joinable(n, pack)][:3]
    if len(alike) < 2 or alike[0] != names[0]:
        return ""
    whole = join_names([alike[0], *(in_sentence(name, known) for name in alike[1:])], pack)
    if len(whole) > MAX_TITLE_CHARS:
        whole = join_names([alike[0], in_sentence(alike[1], known)], pack)
    return whole


def join_names(names: Sequence[str], pack: LanguagePack) -> str:
    """Give "A", "A and B" or "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    comma = "، " if pack.code == "fa" else ", "
    return comma.join(names[:-1]) + pack.conjunction + names[-1]


def _form(name: str, pack: LanguagePack) -> str:
    """Tell whether a name is a question, tells to do something, or names a thing or an activity."""
    first = name.split(maxsplit=1)[0].casefold()
    if name.endswith(("?", "؟")) or first in pack.interrogatives:
        return "question"
    if first in pack.imperatives:
        return "imperative"
    return "activity" if pack.code == "en" and first.endswith("ing") else "name"


def _is_joinable(name: str, pack: LanguagePack) -> bool:
    longest = 5 if pack.code == "en" else 3
    if count_words(name) > longest or re.search(r"[?؟!:,،(]", name):
        return False
    if pack.code == "en" and re.search(r"\b(?:is|are|was|were|should|can|will)\b", name):
        return False
    return f" {pack.conjunction.strip()} " not in name and _form(name, pack) != "question"


_NAME = re.compile(
    r"(?<![.!?:] )(?<!^)(?<![\w’'-])((?:[A-Z][\w’-]+)"
    r"(?: (?:of|the|in|a|for|and) (?=[A-Z])| (?=[A-Z]))"
    r"(?:(?:of|the|in|a|for|and|[A-Z][\w’-]+) ?)*[A-Z][\w’-]+)"
)


def proper_name(text: str) -> str:
    """Give the proper name of two to four words that an English text uses most, twice at least."""
    found = Counter(m.group(1) for m in _NAME.finditer(text) if len(m.group(1).split()) <= 4)
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return best[0][0] if best and best[0][1] >= 2 else ""


@dataclass(frozen=True)
class Vocabulary:
    """The words of a text as they stand, and those with a capital inside a sentence."""

    words: frozenset[str]
    inner_capitals: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Vocabulary:
        """Collect from prose."""
        inner = re.findall(r"(?<=[\w,] )[^\W\d_][\w’'-]*", text)
        capitals = frozenset(word for word in inner if word[0].isupper())
        return cls(frozenset(words(text)), capitals)


def in_sentence(heading: str, known: Vocabulary) -> str:
    """Give a heading as it stands inside a sentence: small first letter unless it is a name.

    A name is what the prose writes with a capital in the middle of a sentence, and never without.
    """
    first = heading.split(" ", 1)[0].rstrip("?,:;")
    if not first[:1].isupper() or any(mark.isupper() for mark in first[1:]):
        return heading
    small = first[0].lower() + first[1:]
    if small not in known.words and first in known.inner_capitals:
        return heading
    return heading[0].lower() + heading[1:]


def capitalised(text: str) -> str:
    """Give a text with a capital first letter; the rest as it is."""
    return text[:1].upper() + text[1:]


@dataclass
class TitleBook:
    """Titles that were used, with the stems of their parts: what a new one must differ from."""

    language: str
    stems: list[frozenset[str]]

    @classmethod
    def of(cls, titles: Iterable[str], language: str) -> TitleBook:
        """Begin with titles of the past."""
        book = cls(language, [])
        for title in titles:
            book.add(title)
        return book

    def is_new(self, title: str, *, strict: bool = True) -> bool:
        """Tell whether a title announces a subject that no earlier title announced.

        Titles of the form "A: b" are taken apart. Strictly no part may have been announced; else
        it is enough that the last part is new.
        """
        parts = self._parts(title) if strict else self._parts(title)[-1:]
        return bool(parts) and all(
            jaccard(part, other) < ALIKE for part in parts for other in self.stems
        )

    def add(self, title: str) -> None:
        """Remember a title and its parts."""
        self.stems += self._parts(title)

    def _parts(self, title: str) -> list[frozenset[str]]:
        texts = [title, *title.split(": ")] if ": " in title else [title]
        parts = (frozenset(content_stems(text, self.language)) for text in texts)
        return [part for part in parts if part]

"""What the documents are about: themes, terms, questions and the sentences that say most.

What does not belong here: topics of a month (`editorial/`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from posthub_assets.domain.research.corpus import Corpus, Statement, without_conjunction
from posthub_assets.domain.text.documents import BlockKind
from posthub_assets.domain.text.similarity import near_duplicate
from posthub_assets.domain.text.words import content_stems, count_words, normalise, words

_ENOUGH_THEMES = 4
_MIN_USES = 3
"""A heading is a theme when the text below and elsewhere uses its words at least this often."""


class Themes:
    """Counts over one corpus, made once: stems by sentence and how many sentences hold each."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        language = corpus.company.language
        self.stems = [content_stems(s.text, language) for s in corpus.statements]
        self.spread: Counter[str] = Counter(stem for line in self.stems for stem in set(line))
        self.runs = _count_runs(self.stems)
        self._own_stems = set(content_stems(corpus.company.name, language))

    def content_themes(self, most: int) -> tuple[Statement, ...]:
        """Give headings that are terms: short, no question, and used again in the text.

        A single word counts only as the title of a document; a heading that many documents have
        ("Goals", "Resources") is their scheme and no theme. Where fewer than four are found so,
        single words at any place and little words inside a heading are let in.
        """
        found = self._themes(most, strict=True)
        if len(found) < _ENOUGH_THEMES:
            loose = [t for t in self._themes(most, strict=False) if t not in found]
            found = (*found, *loose)[:most]
        return tuple(replace(theme, text=self._as_in_text(theme.text)) for theme in found)

    def _as_in_text(self, heading: str) -> str:
        """Write a heading in small letters where the sentences do so more often than not."""
        small = heading[:1].lower() + heading[1:]
        if small == heading:
            return heading
        text = " ".join(s.text for s in self.corpus.statements)
        inside = len(re.findall(rf"(?<=[\w,] ){re.escape(small)}\b", text))
        capital = len(re.findall(rf"(?<=[\w,] ){re.escape(heading)}\b", text))
        return small if inside > capital else heading

    def _themes(self, most: int, *, strict: bool) -> tuple[Statement, ...]:
        often = Counter(normalise(heading.text) for heading in self.corpus.headings)
        scored: list[tuple[int, Statement, tuple[str, ...]]] = []
        for heading in self.corpus.headings:
            stems = tuple(content_stems(heading.text, self.corpus.company.language))
            uses = self.runs[stems] if stems and self._is_term(heading.text, strict) else 0
            is_title = len(heading.heading_path) == 1
            if uses < _MIN_USES or heading.own or often[normalise(heading.text)] > 2:
                continue
            if len(stems) > 3 or (strict and len(stems) == 1 and not is_title):
                continue
            scored.append((uses * (len(stems) + is_title), heading, stems))
        scored.sort(key=lambda row: (len(row[2]) == 1, -row[0], row[1].rank))
        return _diverse(scored, most)

    def _is_term(self, text: str, strict: bool = True) -> bool:
        if not 1 <= count_words(text) <= 4 or re.search(r"[?؟!:;.,\d()/&“”\"«»]", text):
            return False
        pack = self.corpus.pack
        found = [normalise(word) for word in words(text)]
        if normalise(text) in {normalise(h) for h in pack.empty_headings}:
            return False
        whole = strict and self.corpus.cues.terms_by_pairs
        where = found if whole else (found[0], found[-1])
        if pack.interrogatives.intersection(found) or pack.stop_words.intersection(where):
            return False
        return not any(word in pack.dangling_starts for word in found)

    def terminology(self, most: int, themes: Iterable[str]) -> tuple[tuple[str, Statement], ...]:
        """Give terms that a sentence of the documents defines, then pairs of words used often.

        Pairs only where the language does not decline them. A term stands as the sentences
        mostly write it, so "Lists" becomes "lists" and "Python" stays.
        """
        language = self.corpus.company.language
        known = {tuple(content_stems(theme, language)) for theme in themes}
        found: dict[tuple[str, ...], tuple[str, Statement]] = {}
        for term, statement in (*self._defined(), *self._pairs()):
            form = tuple(content_stems(term, language))
            if form not in known and form not in found and len(found) < most:
                found[form] = (term, statement)
        return tuple(found.values())

    def _defined(self) -> Iterable[tuple[str, Statement]]:
        rows: list[tuple[int, str, Statement]] = []
        titles = {normalise(h.text) for h in self.corpus.headings if len(h.heading_path) == 1}
        for statement in self.corpus.statements:
            match = self.corpus.pack.definition_pattern.search(statement.text)
            if not match or not statement.is_full or statement.dangling:
                continue
            term = re.sub(r"^(?:An?|The) (?=\w)", "", match["term"]).strip("“”\"'„«» ")
            stems = tuple(content_stems(term, self.corpus.company.language))
            if not stems or not self._is_term(term) or self._own_stems & set(stems):
                continue
            plain_word = len(stems) == 1 and not (term.isupper() or normalise(term) in titles)
            if not plain_word and len(stems) <= 3 and self.runs[stems] >= _MIN_USES:
                rows.append((-self.runs[stems] * len(stems), term, statement))
        rows.sort(key=lambda row: (row[0], row[2].rank))
        return [(term, statement) for _, term, statement in rows]

    def _pairs(self) -> Iterable[tuple[str, Statement]]:
        if not self.corpus.cues.terms_by_pairs:
            return []
        counts: Counter[str] = Counter()
        first: dict[str, Statement] = {}
        stop = self.corpus.pack.stop_words
        for statement in self.corpus.statements:
            found = [word.lower() for word in words(statement.text)]
            for left, right in pairwise(found):
                pair = f"{left} {right}"
                if left in stop or right in stop or not pair.replace(" ", "").isalpha():
                    continue
                if min(len(left), len(right)) < 3 or pair not in statement.text.lower():
                    continue
                counts[pair] += 1
                first.setdefault(pair, statement)
        often = [pair for pair, count in counts.most_common(60) if count >= 5]
        return [(pair, first[pair]) for pair in often if not self._own_stems & set(pair.split())]

    def questions(self, most: int) -> tuple[Statement, ...]:
        """Give headings that ask a question which stands on its own."""
        found: dict[str, Statement] = {}
        for heading in self.corpus.headings:
            text = heading.text
            if not text.endswith(("?", "؟")) or count_words(text) < 4:
                continue
            if not content_stems(text, self.corpus.company.language):
                continue
            if any(normalise(w) in self.corpus.pack.dangling_starts for w in words(text)):
                continue
            found.setdefault(normalise(text), heading)
        ranked = sorted(found.values(), key=lambda h: (not h.known, not h.own, h.rank))
        return tuple(ranked[:most])

    def testimonials(self, most: int) -> tuple[Statement, ...]:
        """Give quotations in which somebody speaks well of the company: marked, and naming it."""
        found = (s for s in self.corpus.statements if s.kind is BlockKind.QUOTE and s.known)
        named = [s for s in found if s.names_company and s.text[0] in '“„«"']
        return tuple(_unquoted(s) for s in named[:most])

    def key_messages(self, most: int) -> tuple[Statement, ...]:
        """Give own, whole, independent sentences that say most of what the brief names.

        Worth: words shared with the brief's field, industry and audience; then the company's name.
        """
        company = self.corpus.company
        said = f"{company.business_field} {company.industry} {company.audience}"
        brief = set(content_stems(said, company.language))
        rows: list[tuple[float, Statement]] = []
        for statement, stems in zip(self.corpus.statements, self.stems, strict=True):
            if self._speaks(statement) and stems:
                shared = len(brief & set(stems))
                rows.append((shared + statement.names_company / 2, statement))
        rows.sort(key=lambda row: (-row[0], row[1].rank))
        taken: list[Statement] = []
        for worth, statement in rows:
            if len(taken) == most or worth < 1:
                break
            if all(near_duplicate(statement.text, t.text, company.language) < 0.2 for t in taken):
                taken.append(statement)
        return tuple(_begun(statement, self.corpus) for statement in taken)

    def _speaks(self, statement: Statement) -> bool:
        if not (statement.own and statement.known and statement.is_full) or statement.dangling:
            return False
        text = statement.text
        if text.endswith(("?", "؟")) or self.corpus.pack.chrome_pattern.search(text):
            return False
        return statement.kind is not BlockKind.QUOTE and 7 <= count_words(text) <= 28


def _begun(statement: Statement, corpus: Corpus) -> Statement:
    return replace(statement, text=without_conjunction(statement.text, corpus.cues))


def _unquoted(statement: Statement) -> Statement:
    """Take off a quotation mark that the end of the sentence does not close."""
    text = statement.text.strip('“”"„«» ')
    passage = statement.passage.model_copy(update={"quote": text})
    return replace(statement, text=text, passage=passage)


def _count_runs(lines: list[list[str]]) -> Counter[tuple[str, ...]]:
    runs: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        for size in (1, 2, 3):
            runs.update(tuple(line[i : i + size]) for i in range(len(line) - size + 1))
    return runs


def _diverse(
    scored: list[tuple[int, Statement, tuple[str, ...]]], most: int
) -> tuple[Statement, ...]:
    """Take from the top, but nothing that shares a word with two that are taken already."""
    taken: list[Statement] = []
    used: Counter[str] = Counter()
    for _, statement, stems in scored:
        if len(taken) == most:
            break
        if any(used[stem] for stem in stems):
            continue
        used.update(stems)
        taken.append(statement)
    return tuple(taken)

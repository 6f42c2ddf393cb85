"""What is taken out of a post's sections: opening, questions, takeaways and close.

Each pick removes its sentences from the outline, so nothing is said twice.
What does not belong here: headings (`outline.py`), meta texts (`metas.py`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from posthub_assets.domain.bodies import Question
from posthub_assets.domain.editorial.descriptions import opening_worth
from posthub_assets.domain.editorial.fitness import depends, is_labelled
from posthub_assets.domain.editorial.keywords import text_phrases
from posthub_assets.domain.editorial.outline import Leaf
from posthub_assets.domain.editorial.titles import HeadingSense, Vocabulary, in_sentence
from posthub_assets.domain.editorial.units import Unit
from posthub_assets.domain.text.languages import LanguagePack
from posthub_assets.domain.text.words import content_stems, count_words, normalise

MIN_OPENING_WORDS, MAX_OPENING_WORDS = 20, 90
MAX_ANSWER_WORDS = 80
MIN_ANSWER_WORDS = 10
MAX_QUESTIONS = 5
MAX_TAKEAWAYS = 5
LEAST_TAKEAWAYS = 3
TAKEAWAY_WORDS = (7, 26)
CLOSE_WORDS = (14, 75)
SMALL_POST_WORDS = 350
"""A smaller post is one train of thought; only what stands last in a section is taken out of it."""
LEAST_LEFT = 2
"""So many units stay in a section when others are taken out of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that could be asked: what it is about, and the units that answer it."""

    question: str
    subject: str
    leaf: Leaf
    units: list[Unit]


@dataclass
class Selector:
    """Picks from an outline in place. `turn` varies the picks by persona and round."""

    leaves: list[Leaf]
    keyword: str
    pack: LanguagePack
    turn: int
    sense: HeadingSense
    formal: bool = True

    def __post_init__(self) -> None:
        """Weigh each stem by how many of the post's units use it."""
        self._lengths = {id(leaf): len(leaf.units) for leaf in self.leaves}
        self._known = Vocabulary.of(self._prose())
        self._weights: Counter[str] = Counter()
        for leaf in self.leaves:
            for unit in leaf.units:
                self._weights.update(set(self._stems(unit.text)))

    def _stems(self, text: str) -> list[str]:
        return content_stems(text, self.pack.code)

    def _is_template(self, unit: Unit) -> bool:
        """Tell whether a unit fills a section that every page of its sort has."""
        path = unit.heading_path
        return bool(path) and normalise(path[-1]) in self.sense.repeated

    def centrality(self, text: str) -> float:
        """Give how much a text speaks of what the whole post speaks of."""
        stems = set(self._stems(text))
        shared = sum(math.log1p(self._weights[stem]) for stem in stems)
        return shared / math.sqrt(len(stems) + 1)

    def opening(self) -> list[Unit]:
        """Take one to three sentences that open the post, with the keyword early."""
        ranked = self._openings()
        close = [row for row in ranked[:4] if row[0] > ranked[0][0] - 0.3]
        chosen = close[self.turn % len(close) :][:1] if close else []
        taken: list[Unit] = []
        for _, leaf, unit in [*chosen, *ranked]:
            if sum(one.words for one in taken) >= MIN_OPENING_WORDS:
                break
            after = self._after(leaf, unit)
            short = unit.words < 30 and after and after.is_prose and after.words <= 60
            for one in (unit, after) if short else (unit,):
                if one and one not in taken:
                    taken.append(one)
        for leaf in self.leaves:
            self._remove(leaf, taken)
        if not any(self._names_subject(one) for one in taken):
            taken += self._naming()
        return taken

    def _openings(self) -> list[tuple[float, Leaf, Unit]]:
        """Rank the units that may open the post, best first."""
        ranked: list[tuple[float, Leaf, Unit]] = []
        place = 0
        for leaf in self.leaves:
            for unit in leaf.units:
                place += 1
                if not unit.is_prose or unit.words > MAX_OPENING_WORDS or self._is_template(unit):
                    continue
                worth = opening_worth(unit.sentences[0], self.keyword, place, self.pack)
                if worth > 0:
                    ranked.append((worth + 0.1 * (len(unit.sentences) > 1), leaf, unit))
        return sorted(ranked, key=lambda row: -row[0])

    def _names_subject(self, unit: Unit) -> bool:
        return normalise(self.keyword) in normalise(unit.text)

    def _naming(self) -> list[Unit]:
        """Take a unit that names the subject, for an opening that does not; the first short one."""
        found = [
            (unit.words > MAX_OPENING_WORDS, leaf, unit)
            for leaf in self.leaves
            for unit in leaf.units
            if unit.is_prose and self._names_subject(unit)
        ]
        for _, leaf, unit in sorted(found, key=lambda row: row[0])[:1]:
            self._remove(leaf, [unit])
            return [unit]
        return []

    def _after(self, leaf: Leaf, unit: Unit) -> Unit | None:
        index = leaf.units.index(unit)
        return leaf.units[index + 1] if index + 1 < len(leaf.units) else None

    def _remove(self, leaf: Leaf, taken: Sequence[Unit]) -> None:
        leaf.units = [unit for unit in leaf.units if unit not in taken]

    def questions(self) -> list[tuple[Question, list[Unit]]]:
        """Take up to five questions: the documents' own, then definitions, then by heading.

        What the text repeats is asked about where these are too few.
        """
        found: list[tuple[Question, list[Unit]]] = []
        asked: set[str] = set()
        most = self._most_questions()
        few = min(3, most)
        self._ask(self._asked_by_headings(), found, asked, most)
        self._ask(self._definitions(), found, asked, most)
        self._ask(self._about_headings(), found, asked, few)
        self._ask(self._about_phrases(), found, asked, min(2, most))
        return found

    def _ask(
        self,
        rows: Sequence[Asked],
        found: list[tuple[Question, list[Unit]]],
        asked: set[str],
        wanted: int,
    ) -> None:
        for row in rows:
            subject = " ".join(sorted(set(self._stems(row.subject)))) or normalise(row.subject)
            there = all(unit in row.leaf.units for unit in row.units)
            if len(found) < wanted and there and subject not in asked:
                asked.add(subject)
                self._remove(row.leaf, row.units)
                answer = " ".join(s for unit in row.units for s in unit.sentences)
                found.append((Question(question=row.question, answer=answer), row.units))

    def _most_questions(self) -> int:
        total = sum(leaf.words for leaf in self.leaves)
        return MAX_QUESTIONS if total > 600 else 3 if total > 350 else 2

    def _about_phrases(self) -> list[Asked]:
        """Ask about the keyword and about what the text repeats, answered where it is named."""
        rows: list[Asked] = []
        phrases = [self.keyword, *text_phrases(self._prose(), self.pack)]
        for phrase in dict.fromkeys(phrases):
            wanted = normalise(phrase)
            fitting = [
                (self.centrality(unit.text), leaf, unit)
                for leaf in self.leaves
                for unit in leaf.units
                if unit.is_prose and wanted in normalise(unit.text) and self._answers(unit)
            ]
            if fitting and len(rows) < 8:
                _, leaf, unit = max(fitting, key=lambda row: row[0])
                name = in_sentence(phrase, self._known) if self.pack.code == "en" else phrase
                template = self.pack.about[len(rows) % len(self.pack.about)]
                rows.append(Asked(template.format(heading=name), phrase, leaf, [unit]))
        return rows

    def _asked_by_headings(self) -> list[Asked]:
        rows: list[Asked] = []
        for leaf in self.leaves:
            heading = leaf.heading
            if not heading.endswith(("?", "؟")) or depends(heading, self.pack):
                continue
            if len(leaf.units) < self._lengths[id(leaf)]:
                continue  # its first answer opens the post
            answer = [u for u in leaf.units if u.is_prose]
            words = sum(u.words for u in answer)
            whole = len(answer) == len(leaf.units)
            if whole and MIN_ANSWER_WORDS <= words <= MAX_ANSWER_WORDS + 40:
                rows.append(Asked(heading, heading, leaf, answer))
        return rows

    def _definitions(self) -> list[Asked]:
        rows: list[Asked] = []
        for leaf in self.leaves:
            for unit in leaf.units:
                question, term = self._defining(unit)
                if question and len(leaf.units) > 1:
                    rows.append(Asked(question, term, leaf, [unit]))
        return rows

    def _defining(self, unit: Unit) -> tuple[str, str]:
        """Give the question that the unit's first sentence answers, and the term it defines."""
        if not unit.is_prose or not MIN_ANSWER_WORDS <= unit.words <= MAX_ANSWER_WORDS:
            return "", ""
        match = self.pack.definition_pattern.match(unit.sentences[0])
        if not match or not self._is_term(match["term"].strip()):
            return "", ""
        template = self.pack.what_is.get(match["verb"], "")
        term = in_sentence(match["term"].strip(), self._known)
        return template.format(term=term), term

    def _is_term(self, term: str) -> bool:
        """Tell whether a subject is a term that readers ask about: named again in the post."""
        first = term.split(maxsplit=1)[0].casefold()
        meant = set(self._stems(term))
        little = first in self.pack.stop_words and first not in ("a", "an", "the")
        if not meant or little or first in self.pack.dangling_starts or len(term) < 3:
            return False
        if self.pack.code == "en" and (first.endswith("ing") or len(term.split()) > 4):
            return False
        return all(self._weights[stem] >= 2 for stem in meant)

    def _about_headings(self) -> list[Asked]:
        rows: list[Asked] = []
        for leaf in sorted(self.leaves, key=lambda one: -one.words):
            heading = leaf.heading
            if not heading or len(leaf.units) < LEAST_LEFT or count_words(heading) > 7:
                continue
            question = self._question_about(heading, len(rows))
            fitting = [u for u in leaf.units if u.is_prose and self._answers(u)]
            if question and fitting:
                unit = max(fitting, key=lambda u: self._nearness(u.text, heading))
                rows.append(Asked(question, heading, leaf, [unit]))
        return rows

    def _question_about(self, heading: str, number: int) -> str:
        """Ask about a heading in the form that its grammar allows; "" where none fits."""
        pack = self.pack
        first, second, *_ = [*heading.casefold().split(), "", ""]
        if not self._may_be_asked(heading, first, second):
            return ""
        inside = heading[0].lower() + heading[1:]
        if first in pack.imperatives or first in pack.verbs_or_nouns:
            return pack.about_doing.format(heading=inside)
        if pack.about_activity and first.endswith("ing"):
            names = second in pack.stop_words or second.endswith("s")
            return pack.about_activity.format(heading=inside) if names else ""
        name = in_sentence(heading, self._known) if pack.code == "en" else heading
        return pack.about[number % len(pack.about)].format(heading=name)

    def _may_be_asked(self, heading: str, first: str, second: str) -> bool:
        """Tell whether a question can be made of a heading: a name, an activity, an instruction."""
        pack = self.pack
        if re.search(r"[?؟!:…,،()]|\.\.", heading) or len(self._stems(heading)) < 2:
            return False
        if first in pack.interrogatives or first in pack.stop_words:
            return False
        return first not in pack.verbs_or_nouns or second in pack.determiners

    def _answers(self, unit: Unit) -> bool:
        first = unit.sentences[0]
        fitting = MIN_ANSWER_WORDS <= unit.words <= MAX_ANSWER_WORDS
        pointing = bool(self.pack.pointing_pattern.search(first)) or is_labelled(first)
        asserting = self.pack.asserts(first) and not first.endswith(("?", "؟"))
        return fitting and asserting and not pointing

    def _nearness(self, text: str, heading: str) -> float:
        shared = set(self._stems(text)) & set(self._stems(heading))
        return 3.0 * len(shared) + self.centrality(text)

    def _prose(self) -> str:
        return "\n".join(unit.text for leaf in self.leaves for unit in leaf.units)

    def takeaways(self) -> list[tuple[str, Unit]]:
        """Take three to five short sentences that can be taken without breaking what is left."""
        total = sum(leaf.words for leaf in self.leaves)
        wanted = MAX_TAKEAWAYS if total > 500 else 3 if total > 280 else 2
        taken: list[tuple[str, Unit]] = []
        homes: Counter[int] = Counter()
        for patience in (1, 2, 4):
            for worth, _, sentence, leaf, unit in self._takeaway_rows():
                if len(taken) == wanted or worth <= 0:
                    break
                if homes[id(leaf)] < patience and unit in leaf.units and len(leaf.units) > 1:
                    homes[id(leaf)] += 1
                    taken.append((sentence, self._sever(leaf, unit, sentence)))
            if len(taken) >= min(wanted, LEAST_TAKEAWAYS):
                break
        return taken

    def _takeaway_rows(self) -> list[tuple[float, int, str, Leaf, Unit]]:
        rows: list[tuple[float, int, str, Leaf, Unit]] = []
        small = sum(leaf.words for leaf in self.leaves) < SMALL_POST_WORDS
        for number, leaf in enumerate(self.leaves):
            if len(leaf.units) < LEAST_LEFT:
                continue
            for unit in leaf.units[-1:] if small else leaf.units:
                sentence = self._severable(unit)
                if sentence:
                    first = 1.0 * (unit is leaf.units[0])
                    worth = self._takeaway_worth(sentence) - first
                    rows.append((worth, -number, sentence, leaf, unit))
        return sorted(rows, key=lambda row: (-row[0], -row[1]))

    def _severable(self, unit: Unit) -> str:
        """Give the unit's last sentence if nothing depends on it and it depends on nothing."""
        if not unit.is_prose or len(unit.sentences) > 2 or self._is_template(unit):
            return ""
        sentence = unit.sentences[-1]
        low, high = TAKEAWAY_WORDS
        if not low <= count_words(sentence) <= high or depends(sentence, self.pack):
            return ""
        if self.pack.pointing_pattern.search(sentence) or not self.pack.asserts(sentence):
            return ""
        if not sentence.endswith((".", "!")) or re.search(r"[:;«“\"„]", sentence):
            return ""
        return sentence if len(unit.sentences) == 1 else ""

    def _takeaway_worth(self, sentence: str) -> float:
        worth = self.centrality(sentence)
        worth += 1.0 * (normalise(self.keyword) in normalise(sentence))
        worth -= 2.0 * bool(re.search(r"\d{2,}|\b[A-Z]{3,}\b.*\b[A-Z]{3,}\b", sentence))
        short = count_words(sentence) < 16
        return worth + 0.5 * (short != self.formal)

    def _sever(self, leaf: Leaf, unit: Unit, sentence: str) -> Unit:
        self._remove(leaf, [unit])
        return replace(unit, paragraphs=((sentence,),))

    def close(self) -> list[Unit]:
        """Take the sentences that close the post: central, whole, from its later part if it can."""
        low, high = CLOSE_WORDS
        rows: list[tuple[float, Leaf, Unit]] = []
        count = max(1, len(self.leaves))
        for number, leaf in enumerate(self.leaves):
            if len(leaf.units) < LEAST_LEFT:
                continue
            for unit in leaf.units[1:]:
                if not unit.is_prose or not low <= unit.words <= high or len(unit.sentences) > 4:
                    continue
                if self._is_template(unit):
                    continue
                if not unit.sentences[-1].endswith((".", "!")) or '"' in unit.text:
                    continue
                if not self._answers(unit):
                    continue
                worth = (
                    self.centrality(unit.text) + number / count + 0.4 * (len(unit.sentences) > 1)
                )
                rows.append((worth, leaf, unit))
        if not rows:
            return []
        rows.sort(key=lambda row: -row[0])
        _, leaf, unit = rows[self.turn % min(2, len(rows))]
        self._remove(leaf, [unit])
        return [unit]

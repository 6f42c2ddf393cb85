"""Company DNA by a model: the sources it is shown, and its answer checked against them.

A model words the points; every claim leans on a quote, and the quote is looked up. What is nowhere
in the sources is not kept. What needs no model stays ours: the brief's own fields, measured tone,
public addresses.
What does not belong here: how much of the documents is shown (`budget.py`), the meaning of the
points (`domain/research/points.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from posthub_assets.domain.bodies import DnaBody, DnaPoint, FactSource, Passage, Segment
from posthub_assets.domain.briefs import DnaBrief
from posthub_assets.domain.editorial.revisions import Wishes
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.quality.emptiness import says_nothing
from posthub_assets.domain.research.cues import cues_for
from posthub_assets.domain.research.dna import compose_dna
from posthub_assets.domain.research.points import POINTS, Point
from posthub_assets.domain.text.languages import WELL_WRITTEN, language_pack
from posthub_assets.domain.text.typography import typeset
from posthub_assets.domain.text.words import normalise
from posthub_assets.domain.writing.answers import (
    WrittenDna,
    WrittenNeed,
    WrittenPoint,
    WrittenSegment,
    WrittenSource,
)
from posthub_assets.domain.writing.budget import choose_excerpts
from posthub_assets.domain.writing.facts import company_facts, language_facts, revision_facts
from posthub_assets.domain.writing.quoting import MIN_QUOTE_CHARS, Quotes

OURS = ("tone", "communication_style", "contact_channel")
"""Measured or found by rule; a model that saw redacted text could not know them."""
MOST_SEGMENTS = 4
MOST_NEEDS = 4


class DnaWork:
    """One DNA: read once, told to the model, made of its answer."""

    def __init__(self, brief: DnaBrief) -> None:
        self.brief = brief
        self.quotes = Quotes.of(brief.documents)
        self.ours = compose_dna(brief)
        self.company = company_facts(brief.company)
        self.brief_words = normalise(self.company["sheet"])
        self.pack = language_pack(brief.company.language)
        self.wishes = Wishes.read(brief.revision, self.pack)

    def variables(self) -> dict[str, Any]:
        """Give what the prompt is told: the company, the points, excerpts of the documents."""
        chosen = choose_excerpts(
            self.brief.documents, self.quotes.blocks, self.brief.company.language
        )
        return {
            "company": self.company,
            "language": language_facts(self.brief.company.language),
            "points": [
                {"key": one.key, "title": one.title, "about": one.description, "most": one.most}
                for one in POINTS.values()
                if _is_asked(one)
            ],
            "sources": [
                {"name": one.document.name, "text": one.text, "is_cut": one.is_cut}
                for one in chosen
            ],
            "documents_left_out": len(self.brief.documents) - len(chosen),
            "most_segments": MOST_SEGMENTS,
            "most_needs": MOST_NEEDS,
            "least_quote_chars": MIN_QUOTE_CHARS,
            "revision": revision_facts(self.brief.revision),
        }

    def body(self, answer: WrittenDna) -> DnaBody:
        """Make the DNA: all points in order, each with evidence, from the brief, or missing.

        Raises InvalidAnswer where a point is unknown or answered twice.
        """
        written = self._by_key(answer.points)
        points = {
            key: self._point(point, written.get(key)) if _is_asked(point) else self.ours.points[key]
            for key, point in POINTS.items()
        }
        formal, playful = self._tone(answer)
        summary = " ".join(answer.summary.split())
        return DnaBody(
            company=self.brief.company.name,
            summary=typeset(summary, self.pack),
            points=points,
            segments=self._segments(answer.segments),
            tone_formal_casual=formal,
            tone_serious_playful=playful,
        )

    def _by_key(self, points: Sequence[WrittenPoint]) -> dict[str, WrittenPoint]:
        found: dict[str, WrittenPoint] = {}
        for point in points:
            if point.key not in POINTS:
                raise InvalidAnswer(
                    f"There is no point “{point.key[:60]}”. Use the keys as they are listed."
                )
            if point.key in found:
                raise InvalidAnswer(
                    f"The point “{point.key}” is answered twice. Put all its values in one entry."
                )
            found[point.key] = point
        return found

    def _point(self, point: Point, written: WrittenPoint | None) -> DnaPoint:
        """Keep of a written point what its quotes prove: by documents first, else by the brief.

        A point that the model forgot is what `local` found for it, sentences of the documents.
        """
        if written is None:
            return self.ours.points[point.key]
        if written.source is WrittenSource.MISSING:
            return self._missing(point)
        proved: list[tuple[str, Passage]] = []
        from_brief: list[str] = []
        for value, quote in _pairs(written.values, written.quotes):
            passage = self.quotes.find(quote)
            if passage:
                proved.append((value, passage))
            elif self._is_in_brief(quote):
                from_brief.append(value)
        if kept := self._allowed([value for value, _ in proved], point.most):
            evidence = {value: passage for value, passage in reversed(proved)}
            return DnaPoint(
                values=kept,
                source=FactSource.DOCUMENT,
                evidence=tuple(evidence[value] for value in kept),
            )
        if kept := self._allowed(from_brief, point.most):
            return DnaPoint(values=kept, source=FactSource.BRIEF)
        return self._missing(point, removed=bool(proved or from_brief))

    def _allowed(self, values: Sequence[str], most: int) -> tuple[str, ...]:
        kept = (v for v in values if not says_nothing(v) and not self.wishes.forbids(v))
        return tuple(dict.fromkeys(kept))[:most]

    def _is_in_brief(self, quote: str) -> bool:
        said = normalise(quote)
        return len(said) >= MIN_QUOTE_CHARS and said in self.brief_words

    def _missing(self, point: Point, *, removed: bool = False) -> DnaPoint:
        cues = cues_for(self.brief.company.language)
        note = cues.removed if removed and self.wishes.spans else cues.missing
        return DnaPoint(note=note.format(title=cues.titles.get(point.key, point.title)))

    def _tone(self, answer: WrittenDna) -> tuple[int, int]:
        """Keep what was measured; where our measure does not know the language, the model's."""
        code = self.brief.company.language.partition("-")[0].casefold()
        if code in WELL_WRITTEN and self.ours.points["tone"].values:
            return self.ours.tone_formal_casual, self.ours.tone_serious_playful
        return answer.tone_formal_casual, answer.tone_serious_playful

    def _segments(self, written: Sequence[WrittenSegment]) -> tuple[Segment, ...]:
        """Keep segments with something proved, and those that the brief names."""
        found: list[Segment] = []
        names: set[str] = set()
        for one in written:
            pains, desires = self._needs(one.pains), self._needs(one.desires)
            named = normalise(one.name) in normalise(self.brief.company.audience)
            is_new = normalise(one.name) not in names and not self.wishes.forbids(one.name)
            if is_new and (pains or desires or named):
                names.add(normalise(one.name))
                found.append(
                    Segment(
                        name=" ".join(one.name.split()),
                        pains=tuple(text for text, _ in pains),
                        desires=tuple(text for text, _ in desires),
                        evidence=tuple(passage for _, passage in (*pains, *desires)),
                    )
                )
        return tuple(found[:MOST_SEGMENTS]) or self.ours.segments

    def _needs(self, needs: Sequence[WrittenNeed]) -> list[tuple[str, Passage]]:
        found = ((" ".join(one.text.split()), self.quotes.find(one.quote)) for one in needs)
        kept = [
            (t, p) for t, p in found if p and not says_nothing(t) and not self.wishes.forbids(t)
        ]
        return kept[:MOST_NEEDS]


def _is_asked(point: Point) -> bool:
    return not point.brief_field and point.key not in OURS


def _pairs(values: Sequence[str], quotes: Sequence[str]) -> list[tuple[str, str]]:
    """Give each value with its quote; a single quote stands for all values of a point."""
    clean = [" ".join(value.split()) for value in values]
    if len(quotes) == 1:
        return [(value, quotes[0]) for value in clean]
    return list(zip(clean, quotes, strict=False))

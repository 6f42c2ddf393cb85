"""Composing a company's DNA from its brief and its documents. Nothing is invented.

What does not belong here: the points' meaning (`points.py`), their cues (`cues/`), how statements
are found (`finding.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from posthub_assets.domain.bodies import DnaBody, DnaPoint, FactSource, Passage
from posthub_assets.domain.briefs import CompanyFacts, DnaBrief, SourceDocument
from posthub_assets.domain.research.corpus import Statement, read_corpus
from posthub_assets.domain.research.finding import find
from posthub_assets.domain.research.points import POINTS, Point
from posthub_assets.domain.research.segments import find_segments
from posthub_assets.domain.research.themes import Themes
from posthub_assets.domain.research.tone import Tone, measure_tone, style_line, tone_line
from posthub_assets.domain.text.words import normalise

_ROLE_ADDRESS = re.compile(
    r"\b(?:info|hello|hi|contact|kontakt|office|press|media|support|help|sales|shop|inquir\w*|"
    r"enquir\w*|team|workshop|studio|podpora|obchod)[\w.+-]*@[\w-]+(?:\.[\w-]+)+\b",
    re.IGNORECASE,
)


def compose_dna(brief: DnaBrief) -> DnaBody:
    """Give all points of `POINTS`, in order, with segments and measured tone.

    A fact comes from the brief (source `brief`) or is a sentence, heading or list item of a
    document (source `document`, with a passage for each value in the same order). What neither
    says is empty, source `missing`, with a note on what would fill it. With a revision, nothing
    that contains one of its spans occurs again. The same brief gives the same body.
    """
    return _Composer(brief).body()


class _Composer:
    def __init__(self, brief: DnaBrief) -> None:
        self.company = brief.company
        self.documents = brief.documents
        spans = brief.revision.spans if brief.revision else ()
        self.avoid = tuple(form for span in spans if (form := normalise(span)))
        self.corpus = read_corpus(brief.company, brief.documents)
        self.themes = Themes(self.corpus)
        self.tone = measure_tone(self.corpus)
        self.used: set[str] = set()

    def body(self) -> DnaBody:
        points = {key: self._point(point) for key, point in POINTS.items()}
        return DnaBody(
            company=self.company.name,
            summary=self._summary(points),
            points=points,
            segments=find_segments(self.corpus, self.avoid),
            tone_formal_casual=self.tone.formal_casual,
            tone_serious_playful=self.tone.serious_playful,
        )

    def _point(self, point: Point) -> DnaPoint:
        values = _brief_values(self.company, point.brief_field, self.corpus.cues.language_name)
        if values:
            return self._kept(point, values, FactSource.BRIEF)
        if point.key in ("tone", "communication_style"):
            return self._measured(point)
        if point.key == "contact_channel":
            return self._addresses(point)
        if point.key == "terminology":
            return self._terms(point)
        return self._from_documents(point, self._said(point))

    def _said(self, point: Point) -> list[tuple[str, Passage]]:
        """Give the point's values with their passages; some to spare where a reviewer removes."""
        if point.key == "content_themes":
            return _pairs(self.themes.content_themes(point.most))
        if point.key == "faq":
            return _pairs(self.themes.questions(point.most))
        if point.key == "testimonials":
            return _pairs(self.themes.testimonials(point.most))
        spare = 3 if self.avoid else 0
        found = find(self.corpus, point.key, point.most + spare, self.used)
        if point.key == "key_messages" and not found:
            return _pairs(self.themes.key_messages(point.most + spare))
        return [(f.text, f.statement.passage.model_copy(update={"quote": f.text})) for f in found]

    def _terms(self, point: Point) -> DnaPoint:
        themes = [s.text for s in self.themes.content_themes(POINTS["content_themes"].most)]
        found = self.themes.terminology(point.most, themes)
        return self._from_documents(point, [(term, s.passage) for term, s in found])

    def _addresses(self, point: Point) -> DnaPoint:
        return self._from_documents(point, list(_role_addresses(self.documents)))

    def _from_documents(self, point: Point, pairs: list[tuple[str, Passage]]) -> DnaPoint:
        kept = [pair for pair in pairs if self._allowed(pair[0])][: point.most]
        if not kept:
            return self._missing(point, removed=bool(pairs))
        return DnaPoint(
            values=tuple(value for value, _ in kept),
            source=FactSource.DOCUMENT,
            evidence=tuple(passage for _, passage in kept),
        )

    def _measured(self, point: Point) -> DnaPoint:
        tone: Tone = self.tone
        if not tone.sentences:
            return self._missing(point)
        line = tone_line if point.key == "tone" else style_line
        cues = self.corpus.cues
        return DnaPoint(
            values=(line(self.corpus, tone),),
            source=FactSource.MEASURED,
            note=cues.tone_note if point.key == "tone" else cues.style_note,
        )

    def _kept(self, point: Point, values: tuple[str, ...], source: FactSource) -> DnaPoint:
        kept = tuple(value for value in values if self._allowed(value))
        if not kept:
            return self._missing(point, removed=True)
        return DnaPoint(values=kept, source=source)

    def _missing(self, point: Point, *, removed: bool = False) -> DnaPoint:
        cues = self.corpus.cues
        note = cues.removed if removed else cues.missing
        return DnaPoint(note=note.format(title=cues.titles.get(point.key, point.title)))

    def _allowed(self, value: str) -> bool:
        form = normalise(value)
        return not any(span in form for span in self.avoid)

    def _summary(self, points: dict[str, DnaPoint]) -> str:
        """Say in two sentences who they are, from the first points that are filled."""
        name = self.company.name
        said: list[str] = []
        for key in ("business_field", "identity", "core_purpose", "mission"):
            said += points[key].values[:1]
        chosen = list(dict.fromkeys(said))[:2]
        if not chosen:
            return f"{name}."
        first = _sentence(chosen[0])
        if name not in first:
            first = f"{name}: {first[:1].lower() if first[1:2].islower() else first[:1]}{first[1:]}"
        return " ".join([first, *chosen[1:]])


def _pairs(statements: Iterable[Statement]) -> list[tuple[str, Passage]]:
    return [(s.text, s.passage) for s in statements]


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "؟", "…")) else f"{text}."


def _brief_values(company: CompanyFacts, field: str, language_name: str) -> tuple[str, ...]:
    """Give what the brief says of a field, as clean lines."""
    if not field:
        return ()
    if field == "language":
        return (language_name if company.language else "",)
    if field == "organization" and normalise(company.organization) == normalise(company.name):
        return ()
    value = getattr(company, field)
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(" ".join(str(part).split()) for part in parts if str(part).strip())


def _role_addresses(documents: Iterable[SourceDocument]) -> Iterable[tuple[str, Passage]]:
    """Find e-mail addresses that belong to a role, never to a person, each once."""
    seen: set[str] = set()
    for document in documents:
        for match in _ROLE_ADDRESS.finditer(document.text):
            address = match.group()
            if address.casefold() in seen:
                continue
            seen.add(address.casefold())
            yield (
                address,
                Passage(
                    document_id=document.id,
                    document=document.name,
                    start=match.start(),
                    end=match.end(),
                    quote=address,
                ),
            )

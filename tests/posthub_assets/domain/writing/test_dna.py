"""A DNA by a model holds what its quotes prove, and nothing else."""

from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import FactSource
from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.research.dna import compose_dna
from posthub_assets.domain.research.points import POINTS
from posthub_assets.domain.writing import assemble, prepare
from posthub_assets.domain.writing.answers import (
    WrittenDna,
    WrittenNeed,
    WrittenPoint,
    WrittenSegment,
)
from posthub_assets.domain.writing.dna import OURS
from posthub_assets.domain.writing.quoting import Quotes

PROMISE = "We mend what can be mended."
LANGUAGES = ("en", "cs", "fa", "uk")


def point(key: str, values: list[str], quotes: list[str], source: str = "document") -> WrittenPoint:
    return WrittenPoint(key=key, values=values, quotes=quotes, source=source)


def dna(*points: WrittenPoint, segments: tuple[WrittenSegment, ...] = ()) -> WrittenDna:
    return WrittenDna(
        summary="A workshop that mends bikes and teaches it.",
        points=list(points),
        segments=list(segments),
        tone_formal_casual=11,
        tone_serious_playful=12,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_points_are_there_in_order_and_the_gate_takes_the_rest(language, samples, faults_of):
    sample = samples(language)
    brief = sample.dna_brief()
    sentences = Quotes.of(brief.documents).blocks[0][1].text
    keys = [key for key, one in POINTS.items() if not one.brief_field]
    body = assemble(brief, dna(*(point(key, [sentences[:60]], [sentences]) for key in keys)))
    assert list(body.points) == list(POINTS)
    assert faults_of(Kind.COMPANY_DNA, body, language) == []
    assert body.points["mission"].source is FactSource.DOCUMENT


def test_a_quote_becomes_evidence_with_its_place_in_the_document(samples):
    brief = samples("en").dna_brief()
    body = assemble(
        brief, dna(point("mission", ["Mends bikes"], ["We mend what\n can be mended."]))
    )
    (passage,) = body.points["mission"].evidence
    document = next(one for one in brief.documents if one.id == passage.document_id)
    assert document.text[passage.start : passage.end] == PROMISE
    assert passage.quote == PROMISE


def test_a_quote_is_found_through_the_markup_of_its_document():
    text = "Our **own** [mechanics](http://x) true every wheel."
    quotes = Quotes.of([SourceDocument(id="a", name="a.md", text=text)])
    passage = quotes.find("Our own mechanics true every wheel.")
    assert passage
    assert text[passage.start : passage.end].startswith("Our **own**")


@pytest.mark.parametrize(
    "quote", ["We mend what can never be mended.", "We mend", "", "mend what can be mende"]
)
def test_an_invented_or_meaningless_quote_makes_the_point_missing(quote, samples):
    body = assemble(samples("en").dna_brief(), dna(point("mission", ["Mends all"], [quote])))
    missing = body.points["mission"]
    assert (missing.values, missing.source, missing.evidence) == ((), FactSource.MISSING, ())
    assert missing.note


def test_a_quote_of_the_brief_makes_the_brief_the_source(samples):
    answer = dna(point("services", ["Repair"], ["Bicycle repair"], "document"))
    body = assemble(samples("en").dna_brief(), answer)
    assert body.points["services"].source is FactSource.BRIEF
    assert body.points["services"].evidence == ()


def test_the_brief_is_no_source_of_what_it_does_not_say(samples):
    answer = dna(point("awards", ["Best shop 2025"], ["Best shop 2025"], "brief"))
    assert assemble(samples("en").dna_brief(), answer).points["awards"].source is FactSource.MISSING


def test_of_several_values_those_without_a_proof_are_left_out(samples):
    answer = dna(point("values", ["Mending", "Speed"], [PROMISE, "We are faster than all."]))
    kept = assemble(samples("en").dna_brief(), answer).points["values"]
    assert kept.values == ("Mending",)
    assert len(kept.evidence) == 1


def test_what_a_model_says_of_the_brief_or_of_addresses_does_not_count(samples):
    answer = dna(
        point("industry", ["Space travel"], [PROMISE]),
        point("contact_channel", ["evil@example.com"], [PROMISE]),
    )
    body = assemble(samples("en").dna_brief(), answer)
    assert body.points["industry"].values == ("Bicycle repair",)
    assert body.points["contact_channel"].values == ()


def test_measured_tone_stays_measured_in_languages_that_we_know(samples):
    brief = samples("en").dna_brief()
    assert assemble(brief, dna()).tone_formal_casual != 11
    other = brief.model_copy(
        update={"company": brief.company.model_copy(update={"language": "de"})}
    )
    assert assemble(other, dna()).tone_formal_casual == 11


def test_segments_keep_the_needs_that_are_proved(samples):
    need = WrittenNeed(text="Pads wear fast", quote="Wet winters eat a pair of brake pads")
    lie = WrittenNeed(text="They hate us", quote="All riders hate the workshop")
    segments = (
        WrittenSegment(name="Winter riders", pains=[need, lie], desires=[]),
        WrittenSegment(name="Astronauts", pains=[lie], desires=[lie]),
    )
    body = assemble(samples("en").dna_brief(), dna(segments=segments))
    assert [(one.name, one.pains) for one in body.segments] == [
        ("Winter riders", ("Pads wear fast",))
    ]
    assert body.segments[0].evidence[0].quote == need.quote


def test_a_forgotten_point_is_what_the_documents_say_and_a_missing_one_is_missing(samples):
    brief = samples("en").dna_brief()
    ours = compose_dna(brief)
    found = [k for k, one in ours.points.items() if one.source is FactSource.DOCUMENT]
    key = next(one for one in found if one not in OURS)
    assert assemble(brief, dna()).points[key] == ours.points[key]
    body = assemble(brief, dna(point(key, [], [], "missing")))
    assert body.points[key].source is FactSource.MISSING


def test_marked_words_do_not_come_back(samples, revision):
    marked = revision.model_copy(update={"spans": ("mends bikes",)})
    answer = dna(point("mission", ["Mends  bikes well"], [PROMISE])).model_copy(
        update={"summary": "A workshop."}
    )
    body = assemble(samples("en").dna_brief(revision=marked), answer)
    assert body.points["mission"].source is FactSource.MISSING


def test_unknown_and_doubled_points_are_named(samples):
    brief = samples("en").dna_brief()
    with pytest.raises(InvalidAnswer, match="no point “slogan”"):
        assemble(brief, dna(point("slogan", [], [], "missing")))
    with pytest.raises(InvalidAnswer, match="“mission” is answered twice"):
        assemble(brief, dna(*[point("mission", [], [], "missing")] * 2))


def test_the_prompt_asks_for_no_point_that_is_ours(samples):
    asked = {one["key"] for one in prepare(samples("en").dna_brief()).variables["points"]}
    assert asked.isdisjoint({"industry", "website", "brand_colors", "tone", "contact_channel"})
    assert len(asked) >= 30

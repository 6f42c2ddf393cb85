from __future__ import annotations

from pathlib import Path

import pytest

from posthub_assets.domain.bodies import DnaBody, FactSource
from posthub_assets.domain.briefs import CompanyFacts, DnaBrief, Revision, SourceDocument
from posthub_assets.domain.research.cues import cues_for
from posthub_assets.domain.research.dna import compose_dna
from posthub_assets.domain.research.points import POINTS
from posthub_assets.domain.text.words import words


def test_every_point_is_there_in_the_registry_s_order(language, brief_in):
    dna = compose_dna(brief_in(language))
    assert list(dna.points) == list(POINTS)
    assert len(POINTS) >= 34


def test_points_are_titled_in_every_language(language):
    assert set(cues_for(language).titles) == set(POINTS)


def test_a_point_without_a_source_is_empty_and_says_what_would_fill_it(language, brief_in):
    dna = compose_dna(brief_in(language))
    missing = {key: p for key, p in dna.points.items() if p.source is FactSource.MISSING}
    assert "awards" in missing
    for key, point in missing.items():
        assert point.values == () and point.evidence == ()
        assert cues_for(language).titles[key] in point.note
    assert all(p.values for key, p in dna.points.items() if key not in missing)


def test_mission_history_values_and_partners_are_found_in_each_language(language, brief_in):
    points = compose_dna(brief_in(language)).points
    found = {
        "en": ("afford every day", "2011", "Patience", "three mills"),
        "cs": ("vracet starým nástrojům hlas", "2009", "Trpělivost", "lidovou školou"),
        "uk": ("повертати людям час", "2010", "Терпіння", "музеєм"),
        "fa": ("دوباره خوانده شوند", "۱۳۹۰", "شکیبایی", "کتابخانهٔ محله"),
    }[language]
    for key, part in zip(("mission", "history", "values", "partners"), found, strict=True):
        assert part in points[key].values[0], key
        assert points[key].source is FactSource.DOCUMENT


def test_what_a_guide_tells_its_reader_is_no_fact_of_the_company(language, brief_in):
    points = compose_dna(brief_in(language)).points
    assert len(points["mission"].values) == 1
    assert points["vision"].values == ()
    assert points["unique_selling_proposition"].values == ()


def test_partners_are_never_taken_for_competitors(language, brief_in):
    points = compose_dna(brief_in(language)).points
    assert points["partners"].values and points["competitors"].values == ()


def test_each_value_of_a_document_has_the_span_that_it_came_from(language, brief_in):
    brief = brief_in(language)
    _assert_evidence_holds(brief, compose_dna(brief))


def test_facts_of_the_brief_are_taken_as_they_are(language, brief_in):
    brief = brief_in(language)
    points = compose_dna(brief).points
    assert points["industry"].values == (brief.company.industry,)
    assert points["website"].source is FactSource.BRIEF
    assert points["brand_colors"].values == brief.company.brand_colors


def test_marked_words_do_not_occur_again(language, brief_in):
    first = compose_dna(brief_in(language))
    span = first.points["mission"].values[0]
    revision = Revision(
        round=1, previous=first.model_dump(mode="json"), reasons=("wrong",), spans=(span,)
    )
    second = compose_dna(brief_in(language, revision=revision))
    assert second.points["mission"].values == ()
    assert second.points["mission"].note == cues_for(language).removed
    assert span not in second.model_dump_json()


def test_the_same_brief_gives_the_same_body(language, brief_in):
    assert compose_dna(brief_in(language)) == compose_dna(brief_in(language))


def test_a_company_without_documents_gets_its_brief_and_notes(language, brief_in):
    dna = compose_dna(brief_in(language, documents=()))
    assert dna.points["industry"].values
    assert dna.points["tone"].source is FactSource.MISSING
    assert dna.points["key_messages"].source is FactSource.MISSING


def test_pains_go_to_the_segment_that_the_sentence_names(brief_in):
    segments = {s.name: s for s in compose_dna(brief_in("en")).segments}
    assert list(segments) == ["Home bakers", "families", "cafés"]
    assert "sticky dough" in segments["Home bakers"].pains[0]
    assert segments["families"].pains == ()


def test_a_question_about_a_worry_is_a_pain(brief_in):
    segment = compose_dna(brief_in("fa")).segments[0]
    assert segment.pains[0].endswith("؟")


def test_a_testimonial_is_quoted_without_its_marks(brief_in):
    values = compose_dna(brief_in("en")).points["testimonials"].values
    assert values == (
        "We bought our wedding bread from Larkmill, and every guest asked for the name.",
    )


def test_only_addresses_of_roles_are_contacts(brief_in):
    text = "# About\n\nWrite to hello@larkmill.example or to rosa.field@larkmill.example.\n"
    document = SourceDocument(id="c", name="about.md", text=text)
    point = compose_dna(brief_in("en", documents=(document,))).points["contact_channel"]
    assert point.values == ("hello@larkmill.example",)
    passage = point.evidence[0]
    assert text[passage.start : passage.end] == "hello@larkmill.example"


TONES = {
    "en": (
        "Hi! You’ll love this, it’s so much fun! We can’t wait to see you. You’re awesome!",
        "The undersigned shall not proceed until the committee has approved the documents that "
        "were submitted, and it is not possible to shorten the period thus established.",
    ),
    "cs": (
        "Ahoj! Máš chuť to zkusit? Budeš to milovat, je to zábavné! Ukážeme ti, jak na to!",
        "Žádost, kterou jste podali, bude vyřízena ve lhůtě, o níž vás budeme písemně informovat, "
        "jakmile budete mít všechny přílohy a jakmile je předložíte na podatelně úřadu.",
    ),
    "uk": (
        "Привіт! Хочеш спробувати? Ти будеш у захваті, це весело! Покажемо тобі, що робити!",
        "Заяву, яку ви подали, буде розглянуто у встановлений строк, про який вас буде письмово "
        "повідомлено, щойно ви матимете всі додатки та передасте їх до канцелярії установи.",
    ),
    "fa": (
        "سلام رفیق عزیز من! تو عاشق این کار می‌شوی! خیلی جالب و عالی است! تو فوق‌العاده‌ای!",
        "درخواستی که شما ارائه نموده‌اید در مهلت مقرر بررسی می‌گردد و نتیجهٔ آن پس از تکمیل همهٔ "
        "پیوست‌ها و تأیید کارگروه به آگاهی شما رسانده خواهد شد و امکان کوتاه‌کردن مهلت نیست.",
    ),
}


def test_a_chatty_text_measures_as_more_casual_and_more_playful_than_an_official_one(
    language, brief_in
):
    chatty, official = (
        compose_dna(
            brief_in(language, documents=(SourceDocument(id="t", name="t.md", text=text * 3),))
        )
        for text in TONES[language]
    )
    assert chatty.tone_formal_casual > official.tone_formal_casual + 15
    assert chatty.tone_serious_playful > official.tone_serious_playful + 15
    assert chatty.points["tone"].source is FactSource.MEASURED


def test_odd_documents_do_no_harm(brief_in):
    texts = (
        "",
        "   \n",
        "# \n\n---\n",
        "{% if x %}",
        "<p>",
        "|a|b|\n|-|-|\n",
        "\u200c",
        "a" * 5000,
    )
    documents = tuple(
        SourceDocument(id=str(i), name=f"{i}.md", text=text) for i, text in enumerate(texts)
    )
    assert compose_dna(brief_in("en", documents=documents)).points["mission"].values == ()


def _assert_evidence_holds(brief: DnaBrief, dna: DnaBody) -> None:
    texts = {document.id: document.text for document in brief.documents}
    for key, point in dna.points.items():
        if point.source is not FactSource.DOCUMENT:
            continue
        assert len(point.values) == len(point.evidence), key
        for value, passage in zip(point.values, point.evidence, strict=True):
            source = texts[passage.document_id][passage.start : passage.end]
            shown = words(value.casefold())
            assert set(shown) <= set(words(source.casefold())) | _glued(source), (key, value)


def _glued(source: str) -> set[str]:
    """Words of a source whose marks are taken off inside of words, as in `**W**ord`."""
    plain = source.replace("*", "").replace("_", "").replace("`", "")
    return set(words(plain.casefold()))


def _real_brief(folder: Path, language: str, name: str) -> DnaBrief:
    facts = {
        "slug": name.lower().replace(" ", "-"),
        "name": name,
        "language": language,
        "timezone": "UTC",
        "audience": "Beginners",
        "tier": "PRO",
        "platforms": ("x",),
    }
    documents = tuple(
        SourceDocument(
            id=path.name,
            name=path.name,
            text=path.read_text(encoding="utf-8"),
            media_type="text/html" if path.suffix == ".html" else "text/markdown",
        )
        for path in sorted(folder.iterdir())
    )
    return DnaBrief(company=CompanyFacts.model_validate(facts), documents=documents)


@pytest.fixture(scope="module")
def real_brief(shared_data):
    return _real_brief(shared_data / "companies/18f/documents", "en", "18F")


@pytest.fixture(scope="module")
def real_dna(real_brief):
    return compose_dna(real_brief)


@pytest.mark.shared_data
def test_a_real_company_s_facts_are_found_and_hold(real_brief, real_dna):
    _assert_evidence_holds(real_brief, real_dna)
    points = real_dna.points
    assert "digital services" in points["mission"].values[0]
    assert "2014" in points["history"].values[0]
    assert len(points["services"].values) >= 5
    assert len(points["content_themes"].values) >= 8
    assert sum(bool(point.values) for point in points.values()) >= 28


@pytest.mark.shared_data
def test_nothing_is_said_of_a_real_company_that_its_pages_do_not_say(real_dna):
    for key in ("competitors", "awards", "guarantees", "vision", "certifications"):
        assert real_dna.points[key].values == (), key


@pytest.mark.shared_data
def test_no_markup_reaches_a_value(real_dna):
    for key, point in real_dna.points.items():
        if point.source is FactSource.DOCUMENT:
            for value in point.values:
                assert not set("{}<>[]|") & set(value), (key, value)
                assert "http" not in value


@pytest.mark.shared_data
def test_a_tutorial_fills_what_it_carries_in_each_language(shared_data, language):
    folder = shared_data / "companies/django-girls/documents" / language
    brief = _real_brief(folder, language, "Django Girls")
    dna = compose_dna(brief)
    _assert_evidence_holds(brief, dna)
    assert dna.points["core_purpose"].values
    assert dna.points["content_themes"].values
    assert dna.segments[0].pains
    for key in ("competitors", "awards", "guarantees", "pricing_model", "vision", "mission"):
        assert dna.points[key].values == (), key

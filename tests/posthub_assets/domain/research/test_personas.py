from __future__ import annotations

import re

import pytest

from posthub_assets.domain.bodies import Archetype, Level
from posthub_assets.domain.briefs import PersonasBrief, Revision
from posthub_assets.domain.errors import InvalidInput, SourcesExhausted
from posthub_assets.domain.research.dna import compose_dna
from posthub_assets.domain.research.personas import compose_personas
from posthub_assets.domain.research.personas_data import pack_for
from posthub_assets.domain.text.sentences import split_sentences

SCRIPTS = {
    "en": re.compile(r"[A-Za-z]"),
    "cs": re.compile(r"[A-Za-zÁ-ž]"),
    "uk": re.compile(r"[а-яіїєґА-ЯІЇЄҐ]"),
    "fa": re.compile(r"[\u0600-\u06ff]"),
}


@pytest.fixture
def personas(language, brief_in, company_in):
    return _personas(brief_in, company_in, language, 12)


def _personas(brief_in, company_in, language, count, **changes):
    dna = compose_dna(brief_in(language))
    company = company_in(language)
    fields = {"company": company, "dna": dna, "count": count} | changes
    return compose_personas(PersonasBrief.model_validate(fields)).personas


def _texts(value):
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value
    return [t for child in children if not isinstance(child, int) for t in _texts(child)]


def test_twelve_personas_are_all_different(personas):
    for field in ("archetype", "mbti", "name", "signature_ending", "biography"):
        assert len({getattr(p, field) for p in personas}) == 12, field
    firsts = {p.name.split()[0] for p in personas}
    assert len(firsts) == 12


def test_levels_are_varied(personas):
    levels = [p.level for p in personas]
    assert set(levels) == set(Level)
    assert all(levels.count(level) == 2 for level in Level)


def test_six_more_differ_from_those_that_are_taken(language, brief_in, company_in):
    first = _personas(brief_in, company_in, language, 6)
    second = _personas(brief_in, company_in, language, 6, taken=first)
    assert {p.archetype for p in first} | {p.archetype for p in second} == set(Archetype)
    for field in ("mbti", "name"):
        assert not {getattr(p, field) for p in first} & {getattr(p, field) for p in second}


def test_more_personas_than_archetypes_are_refused(brief_in, company_in):
    first = _personas(brief_in, company_in, "en", 8)
    with pytest.raises(InvalidInput, match="4 are free"):
        _personas(brief_in, company_in, "en", 5, taken=first)


def test_a_biography_has_three_sentences_about_work_at_this_company(language, personas, company_in):
    company = company_in(language)
    for persona in personas:
        assert len(split_sentences(persona.biography, language)) == 3, persona.biography
        assert company.name in persona.biography
        assert company.industry[1:] in persona.biography
        assert persona.name in persona.biography


def test_titles_agree_with_the_gender_of_the_name(language, personas):
    pack = pack_for(language)
    for persona in personas:
        first = persona.name.split()[0]
        feminine = first in pack.feminine.first_names
        right, wrong = pack.feminine, pack.masculine
        if not feminine:
            right, wrong = wrong, right
        assert first in right.first_names
        assert persona.name.split(" ", 1)[1] in right.surnames
        assert right.titles[persona.level] in persona.biography
        if right.titles[persona.level] not in wrong.titles[persona.level]:
            assert f"{wrong.titles[persona.level]}." not in persona.biography


def test_both_genders_occur(language, personas):
    firsts = {p.name.split()[0] for p in personas}
    assert firsts & set(pack_for(language).feminine.first_names)
    assert firsts & set(pack_for(language).masculine.first_names)


def test_texts_are_of_the_company_s_language_without_leftovers(language, personas):
    for persona in personas:
        body = persona.model_dump(mode="json", exclude={"archetype", "mbti", "level"})
        body["visual_style"].pop("palette")
        for text in _texts(body):
            assert not set("{}[]|") & set(text), text
            if not text.isascii() or language == "en":
                assert SCRIPTS[language].search(text), text
        assert SCRIPTS[language].search(persona.signature_ending)


def test_a_signature_ending_is_one_or_two_whole_sentences(language, personas):
    for persona in personas:
        assert persona.signature_ending.endswith((".", "?", "؟", "!"))
        assert len(split_sentences(persona.signature_ending, language)) <= 2


def test_the_palette_begins_with_the_brand_s_colours(personas, company_in):
    for persona in personas:
        palette = persona.visual_style.palette
        assert palette[:2] == ("#203040", "#C0A020")
        assert len(set(palette)) == len(palette) == 5
        assert all(re.fullmatch("#[0-9A-F]{6}", color) for color in palette)


def test_a_brand_without_colours_still_gets_palettes_that_differ(brief_in, company_in):
    company = company_in("en", brand_colors=())
    personas = _personas(brief_in, company_in, "en", 6, company=company)
    assert len({p.visual_style.palette for p in personas}) == 6


def test_the_same_brief_gives_the_same_personas_and_another_company_others(brief_in, company_in):
    first = _personas(brief_in, company_in, "cs", 6)
    again = _personas(brief_in, company_in, "cs", 6)
    other = _personas(
        brief_in, company_in, "cs", 6, company=company_in("cs", slug="jina", name="Jiná")
    )
    assert first == again
    assert {p.name for p in first} != {p.name for p in other}


def test_a_revised_persona_stays_who_it_is_without_the_marked_words(language, brief_in, company_in):
    six = _personas(brief_in, company_in, language, 6)
    refused, others = six[0], six[1:]
    spans = (refused.signature_ending, refused.favourite_phrases[0], refused.values[0])
    revision = Revision(
        round=1, previous=refused.model_dump(mode="json"), reasons=("dull",), spans=spans
    )
    (revised,) = _personas(brief_in, company_in, language, 1, taken=others, revision=revision)
    assert (revised.name, revised.archetype, revised.mbti, revised.level) == (
        refused.name, refused.archetype, refused.mbti, refused.level,
    )  # fmt: skip
    assert not [s for s in spans if s.casefold() in revised.model_dump_json().casefold()]


def test_a_marked_name_is_replaced(brief_in, company_in):
    six = _personas(brief_in, company_in, "uk", 6)
    revision = Revision(
        round=1, previous=six[2].model_dump(mode="json"), reasons=("x",), spans=(six[2].name,)
    )
    taken = (*six[:2], *six[3:])
    (revised,) = _personas(brief_in, company_in, "uk", 1, taken=taken, revision=revision)
    assert revised.name not in {p.name for p in six}
    assert revised.archetype == six[2].archetype


def test_words_that_cannot_be_avoided_are_named_as_the_reason(brief_in, company_in):
    six = _personas(brief_in, company_in, "en", 6)
    revision = Revision(round=1, previous={}, reasons=("x",), spans=("e",))
    with pytest.raises(SourcesExhausted):
        _personas(brief_in, company_in, "en", 1, taken=six, revision=revision)


def test_a_company_that_says_du_to_its_readers_gets_personas_that_do_so_too(brief_in, company_in):
    dna = compose_dna(brief_in("cs"))
    formal = _personas(brief_in, company_in, "cs", 12, dna=dna)
    point = dna.points["key_messages"].model_copy(
        update={"values": ("Ukážeme ti, co můžeš dělat, když máš chuť a budeš cvičit.",)}
    )
    casual = _personas(
        brief_in,
        company_in,
        "cs",
        12,
        dna=dna.model_copy(update={"points": dna.points | {"key_messages": point}}),
    )
    said = " ".join(p.signature_ending + " ".join(p.favourite_phrases) for p in formal)
    assert "Podívejte se blíž." in said and "Podívej se blíž." not in said
    said = " ".join(p.signature_ending + " ".join(p.favourite_phrases) for p in casual)
    assert "Podívej se blíž." in said and "Podívejte se blíž." not in said


def test_every_voice_has_what_a_persona_needs(language):
    pack = pack_for(language)
    assert set(pack.voices) == set(Archetype)
    endings = [text for voice in pack.voices.values() for text in voice.endings]
    assert len(set(endings)) == len(endings) >= 24
    for voice in pack.voices.values():
        assert len(voice.values) == 4 and len(set(voice.values)) == 4
        assert len(voice.phrases) == 4 and len(voice.character) >= 2
        assert len(voice.frustrations) == 3
    for gendered in (pack.feminine, pack.masculine):
        assert set(gendered.titles) == set(Level)
        assert len(gendered.first_names) >= 12 and len(set(gendered.surnames)) >= 12


def test_an_unknown_language_gets_english_personas(brief_in, company_in):
    assert pack_for("sv-SE") is pack_for("en")

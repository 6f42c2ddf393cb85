"""Answers become bodies that the quality gate takes, or faults that a model can mend."""

from __future__ import annotations

from itertools import pairwise

import pytest

from posthub_assets.domain.bodies import Archetype, ArticleTask, Platform
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import EmptyAnswer, InvalidAnswer
from posthub_assets.domain.quality.lengths import MIN_WORDS
from posthub_assets.domain.research.dna import compose_dna
from posthub_assets.domain.text.words import count_words
from posthub_assets.domain.writing import answer_schema_of, assemble, code_of, prepare
from posthub_assets.domain.writing.answers import WrittenPersonas, WrittenTopic, WrittenTopics

LANGUAGES = ("en", "cs", "fa", "uk")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_good_blog_post_passes_the_gate_in_its_language(language, samples, faults_of):
    sample = samples(language)
    brief = sample.blog_post_brief()
    body = assemble(brief, sample.written_post())
    assert faults_of(Kind.BLOG_POST, body, language) == []
    assert body.focus_keyword == brief.topic.focus_keyword
    assert body.passages == brief.topic.passages
    assert body.short_draft is True


def test_a_post_of_the_asked_length_is_no_short_draft(samples):
    sample = samples("en")
    brief = sample.blog_post_brief()
    more = "\n\n".join(f"Rider number {n} looked at the pads and rode on." for n in range(200))
    text = sample.written_post().markdown.replace("## What to do", f"{more}\n\n## What to do")
    body = assemble(brief, sample.written_post(markdown=text))
    assert count_words(body.markdown) >= MIN_WORDS
    assert body.short_draft is False


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("platform", list(Platform))
def test_a_good_social_post_passes_the_gate_on_every_platform(
    language, platform, samples, faults_of
):
    sample = samples(language)
    brief = sample.social_brief(platform)
    answer = sample.written_social(
        hashtags=sample.written_social().hashtags[: 2 + (platform != "x")]
    )
    if platform is Platform.FACEBOOK:
        answer = sample.written_social(hashtags=answer.hashtags[:1])
    body = assemble(brief, answer)
    assert faults_of(Kind.SOCIAL_POST, body, language) == []
    assert body.platform is platform
    assert set(body.passages) <= set(brief.blog_post.passages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_good_personas_pass_the_gate_and_begin_with_the_brand(language, samples, faults_of):
    sample = samples(language)
    found = assemble(sample.personas_brief(), sample.written_personas()).personas
    assert [faults_of(Kind.PERSONA, one, language) for one in found] == [[], []]
    assert all(one.visual_style.palette[:2] == ("#1C304A", "#00CFFF") for one in found)
    assert found[0].visual_style.palette != found[1].visual_style.palette


@pytest.mark.parametrize("language", LANGUAGES)
def test_topics_get_the_passages_of_their_slots_and_pass_the_gate(language, samples, faults_of):
    sample = samples(language)
    prepared = prepare(sample.topics_brief(1))
    title, keyword, description = sample.topic().title, *_rest_of(sample)
    answer = WrittenTopics(
        topics=[WrittenTopic(slot=1, title=title, description=description, focus_keyword=keyword)]
    )
    (topic,) = prepared.assemble(answer).topics
    assert faults_of(Kind.TOPIC, topic, language) == []
    assert topic.passages
    first = " ".join(topic.passages[0].quote.split())[:40]
    assert first in " ".join(prepared.variables["slots"][0]["material"].split())


def _rest_of(sample):
    topic = sample.topic()
    return topic.focus_keyword, topic.description


def written(*numbers: int) -> WrittenTopics:
    return WrittenTopics(
        topics=[
            WrittenTopic(
                slot=number,
                title=f"Wheels, part {number}",
                description="What wheels do.",
                focus_keyword="wheels",
            )
            for number in numbers
        ]
    )


def test_topics_come_in_the_order_of_their_slots_with_disjoint_passages(samples):
    brief = samples("en").topics_brief(3, slots=samples("en").shop.slots(3, {1: "Bicycle day"}))
    found = assemble(brief, written(3, 1, 2)).topics
    assert [one.title for one in found] == [f"Wheels, part {n}" for n in (1, 2, 3)]
    assert [one.event for one in found] == ["", "Bicycle day", ""]
    assert [one.planned_on for one in found] == [slot.planned_on for slot in brief.slots]
    spans = sorted((p.document_id, p.start, p.end) for one in found for p in one.passages)
    assert len(spans) > 3
    assert all(before[0] != after[0] or before[2] <= after[1] for before, after in pairwise(spans))


def test_slots_beyond_the_documents_get_a_topic_without_material(samples):
    sample = samples("cs")
    brief = sample.topics_brief(8)
    prepared = prepare(brief)
    with_material = [bool(slot["material"]) for slot in prepared.variables["slots"]]
    assert True in with_material
    assert False in with_material
    found = prepared.assemble(written(*range(1, 9))).topics
    assert [bool(one.passages) for one in found] == with_material


def test_few_documents_still_give_their_material_to_some_of_many_slots(samples):
    sample = samples("en")
    brief = sample.topics_brief(72, slots=sample.shop.slots(72, {70: "Bicycle day"}))
    told = prepare(brief).variables["slots"]
    assert sum(bool(slot["material"]) for slot in told) >= 2
    assert told[70]["material"]


def test_a_company_without_documents_still_gets_topics(samples):
    brief = samples("en").topics_brief(2, documents=())
    assert [one.passages for one in assemble(brief, written(1, 2)).topics] == [(), ()]


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ((1,), "no topic: 2"),
        ((1, 2, 2), "two topics: 2"),
        ((1, 2, 7), "do not exist: 7"),
        ((), "no topic: 1, 2"),
    ],
)
def test_wrong_slots_are_named_so_that_a_model_can_mend_them(numbers, says, samples):
    with pytest.raises(InvalidAnswer, match=says) as caught:
        assemble(samples("en").topics_brief(2), written(*numbers))
    assert "slots 1 to 2" in str(caught.value)


def test_too_many_personas_are_refused_with_the_number(samples):
    sample = samples("en")
    with pytest.raises(InvalidAnswer, match="Give exactly 1"):
        assemble(sample.personas_brief(count=1), sample.written_personas())


def test_a_persona_like_one_that_exists_is_refused_with_what_is_shared(samples):
    sample = samples("en")
    taken = (sample.persona,)
    assert sample.persona.archetype is Archetype.SAGE
    with pytest.raises(InvalidAnswer, match="archetype sage") as caught:
        assemble(sample.personas_brief(taken=taken), sample.written_personas())
    assert "MBTI" not in str(caught.value)


def test_a_revision_that_says_the_marked_words_again_is_refused_with_them(samples, revision):
    sample = samples("en")
    marked = revision.model_copy(update={"spans": ("half a\n minute",)})
    with pytest.raises(InvalidAnswer, match="“half a minute”"):
        assemble(sample.social_brief(revision=marked), sample.written_social())
    assert assemble(sample.social_brief(revision=revision), sample.written_social())


def test_marked_words_in_the_source_passages_do_no_harm(samples, revision):
    sample = samples("en")
    quote = sample.passages()[0].quote.split(". ")[0]
    marked = revision.model_copy(update={"spans": (quote,)})
    assert assemble(sample.blog_post_brief(revision=marked), sample.written_post())


def test_a_marked_ending_or_keyword_does_not_corner_the_model(samples, revision):
    sample = samples("en")
    topic = sample.topic().model_copy(update={"focus_keyword": "rim savers"})
    marked = revision.model_copy(update={"spans": (sample.persona.signature_ending, "rim savers")})
    prepared = prepare(sample.blog_post_brief(topic=topic, revision=marked))
    assert prepared.variables["signature_ending"] == ""
    text = sample.written_post().markdown.replace(sample.persona.signature_ending, "")
    assert prepared.assemble(sample.written_post(markdown=text))


def test_a_refused_version_is_told_in_words_without_places_and_days(samples, revision):
    sample = samples("en")
    dumped = compose_dna(sample.dna_brief()).model_dump(mode="json")
    told = prepare(
        sample.dna_brief(revision=revision.model_copy(update={"previous": dumped}))
    ).variables["revision"]["previous"]
    value = next(one["values"][0] for one in dumped["points"].values() if one["evidence"])
    assert value in told
    assert "document_id" not in told


def test_an_answer_of_another_shape_is_refused(samples):
    sample = samples("en")
    with pytest.raises(InvalidAnswer, match="WrittenSocialPost"):
        assemble(sample.social_brief(), sample.written_post())
    with pytest.raises(InvalidAnswer, match="Markdown"):
        assemble(sample.article_brief(ArticleTask.DRAFT), sample.written_post())


def test_an_empty_text_is_an_empty_answer(samples):
    with pytest.raises(EmptyAnswer):
        assemble(samples("en").article_brief(ArticleTask.DRAFT), " \n")


def test_an_article_takes_its_title_from_its_heading(samples):
    body = assemble(
        samples("en").article_brief(ArticleTask.DRAFT), "```markdown\n# Dry rims\n\nThey stop.\n```"
    )
    assert (body.title, body.markdown) == ("Dry rims", "# Dry rims\n\nThey stop.\n")
    caption = assemble(samples("en").article_brief(ArticleTask.CAPTION), "Rims, dry at last.")
    assert caption.title == "Winter brakes"


def test_an_outline_without_headings_is_refused(samples):
    with pytest.raises(InvalidAnswer, match="no headings"):
        assemble(samples("en").article_brief(ArticleTask.OUTLINE), "I would write about rims.")


def test_every_brief_has_a_code_and_only_markdown_has_no_schema(samples):
    sample = samples("en")
    codes = [code_of(brief) for brief in (*sample.all_briefs(), sample.research_brief())]
    assert len(set(codes)) == 10
    assert code_of(sample.image_brief()) == "IMAGE_GEN"
    for brief in sample.all_briefs():
        assert (answer_schema_of(brief) is None) == code_of(brief).startswith("ARTICLE_")


def test_a_schema_refuses_fields_that_nobody_asked_for(samples):
    dumped = samples("en").written_personas().model_dump()
    dumped["personas"][0]["palette"] = ["#000000"]
    with pytest.raises(ValueError, match="palette"):
        WrittenPersonas.model_validate(dumped)


def test_the_shape_says_how_many_are_asked_for(samples):
    sample = samples("en")
    for brief, field in ((sample.topics_brief(3), "topics"), (sample.personas_brief(), "personas")):
        schema = answer_schema_of(brief)
        listed = schema.model_json_schema()["properties"][field]
        count = getattr(brief, "count", None) or len(brief.slots)
        assert (listed["minItems"], listed["maxItems"]) == (count, count)
        assert answer_schema_of(brief) is schema
        assert schema.model_json_schema()["title"] == schema.__name__ == f"Written{field.title()}"
    with pytest.raises(ValueError, match="at least 3 items"):
        answer_schema_of(sample.topics_brief(3)).model_validate(written(1, 2).model_dump())

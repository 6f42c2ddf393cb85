"""Faults planted in topics, social posts, personas, DNA and images."""

from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import Archetype, DnaPoint, FactSource, Passage, Platform
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.findings import Verdict
from posthub_assets.domain.quality.gate import PastItem, past_item
from posthub_assets.domain.quality.pictures import contrast_percent
from posthub_assets.domain.social.rules import rules_for

FAULTS = [
    (Kind.TOPIC, {"title": "Bike"}, "title_length", "too short"),
    (Kind.TOPIC, {"title": "Bicycle care " * 12}, "title_length", "110"),
    (Kind.TOPIC, {"title": "What survives a wet winter"}, "focus_keyword", "bicycle care"),
    (Kind.TOPIC, {"description": "For {{ audience }}."}, "template_leftovers", "{{ audience }}"),
    (
        Kind.TOPIC,
        {
            "title": "Péče o kolo",
            "description": "Co je třeba čistit, co kontrolovat a čeho si až do března nevšímat.",
        },
        "language",
        "Czech",
    ),
    (
        Kind.SOCIAL_POST,
        {"hashtags": ("a1", "b2", "c3", "d4", "e5", "f6")},
        "platform_rules",
        "6 hashtags",
    ),
    (Kind.SOCIAL_POST, {"hashtags": ("one",)}, "hook", "at least"),
    (Kind.SOCIAL_POST, {"hashtags": ("#one", "two", "three")}, "platform_rules", "“#one”"),
    (Kind.SOCIAL_POST, {"hashtags": ("one", "two", "One")}, "platform_rules", "twice"),
    (Kind.SOCIAL_POST, {"text": ""}, "platform_rules", "no text"),
    (
        Kind.SOCIAL_POST,
        {"text": "Look at your pads #cycling today."},
        "platform_rules",
        "“#cycling”",
    ),
    (
        Kind.SOCIAL_POST,
        {"text": "Look " + "and look again " * 30 + "now."},
        "hook",
        "first sentence",
    ),
    (
        Kind.SOCIAL_POST,
        {"text": "Sure! Here is your post. Look at your pads."},
        "template_leftovers",
        "chatbot",
    ),
    (
        Kind.SOCIAL_POST,
        {"call_to_action": "Visit [your website]"},
        "template_leftovers",
        "call_to_action",
    ),
    (Kind.PERSONA, {"biography": "She repairs bicycles."}, "biography", "1 sentences"),
    (
        Kind.PERSONA,
        {"biography": "One is here. Two is here. Three is here. Four is here."},
        "biography",
        "4",
    ),
    (
        Kind.PERSONA,
        {"biography": "As a language model she helps. She is kind."},
        "template_leftovers",
        "biography",
    ),
    (Kind.PERSONA, {"values": ("care", " ", "patience")}, "completeness", "values"),
    (Kind.PERSONA, {"signature_ending": ""}, "completeness", "signature ending"),
    (Kind.IMAGE, {"alt_text": " "}, "alt_text", "no alternative text"),
    (Kind.IMAGE, {"width_px": 1080, "height_px": 1080}, "dimensions", "1.91:1"),
    (Kind.IMAGE, {"width_px": 300, "height_px": 157}, "dimensions", "only 300"),
    (Kind.IMAGE, {"text_color": "#777777", "background_color": "#888888"}, "contrast", "4.50"),
    (Kind.IMAGE, {"contrast_percent": 449}, "contrast", "4.49"),
    (Kind.IMAGE, {"headline": "Hello {name}"}, "template_leftovers", "headline"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{f[0]}-{f[2]}-{f[3]}" for f in FAULTS])
def test_a_planted_fault_is_named_by_its_rule(fault, good, check):
    kind, change, rule, words = fault
    found = check(good[kind].model_copy(update=change), rule)
    assert any(words in f.message and f.verdict is Verdict.FAIL for f in found), found


def test_a_title_of_one_word_is_a_warning(good, check):
    found = check(good[Kind.TOPIC].model_copy(update={"title": "Brakes"}), "title_length")
    assert [f.verdict for f in found] == [Verdict.WARN]


def test_x_counts_weighted_characters_with_the_hashtags(good, check):
    text = "🚲" * 100 + " pads look fine. "
    body = good[Kind.SOCIAL_POST].model_copy(
        update={"platform": Platform.X, "text": text, "hashtags": ("bike",)}
    )
    assert check(body, "platform_rules") == ()
    longer = body.model_copy(update={"text": text + "🚲" * 40})
    found = check(longer, "platform_rules")
    assert "280" in found[0].message
    assert found[0].span_end == len(longer.text)


@pytest.mark.parametrize("platform", list(Platform))
def test_every_platform_takes_a_picture_of_its_own_size(platform, good, check):
    rules = rules_for(platform)
    size = {"width_px": rules.image_width_px, "height_px": rules.image_height_px}
    body = good[Kind.IMAGE].model_copy(update={"platform": platform, **size})
    assert check(body, "dimensions") == ()


def test_contrast_is_that_of_wcag():
    assert contrast_percent("#000000", "#FFFFFF") == 2100
    assert contrast_percent("#FFFFFF", "#FFFFFF") == 100
    assert contrast_percent("#767676", "#FFFFFF") == 454
    assert contrast_percent("#777777", "#FFFFFF") == 447


def test_a_picture_without_words_has_no_contrast_to_judge(good, check):
    pale = {"text_color": "#777777", "background_color": "#888888", "contrast_percent": 120}
    body = good[Kind.IMAGE].model_copy(update={**pale, "headline": ""})
    assert check(body, "contrast") == ()
    assert check(body.model_copy(update={"headline": "Look"}), "contrast") != ()


def test_a_topic_that_was_published_before_is_named(good, check):
    past = PastItem("2019-05-01-care", Kind.BLOG_POST, "Bicycle care: surviving a wet winter")
    found = check(good[Kind.TOPIC], "near_duplicates", past=(past,))
    assert found[0].verdict is Verdict.FAIL
    assert "2019-05-01-care" in found[0].message


def test_a_topic_is_not_held_against_its_own_blog_post(good, check):
    topic = good[Kind.TOPIC]
    child = PastItem("b1", Kind.BLOG_POST, topic.title, parent_id="t1")
    assert check(topic, "near_duplicates", past=(child,), item_id="t1") == ()
    assert check(topic, "near_duplicates", past=(child,), item_id="t2")


def test_another_side_of_a_subject_is_another_topic(good, check):
    past = PastItem("p", Kind.BLOG_POST, "Bicycle care for children in summer")
    assert check(good[Kind.TOPIC], "near_duplicates", past=(past,)) == ()


def test_social_posts_are_compared_on_one_platform_only(good, check):
    body = good[Kind.SOCIAL_POST]
    same = past_item("s1", Kind.SOCIAL_POST, body, "en", keep_text=True)
    elsewhere = past_item(
        "s2",
        Kind.SOCIAL_POST,
        body.model_copy(update={"platform": Platform.X}),
        "en",
        keep_text=True,
    )
    assert check(body, "near_duplicates", siblings=(elsewhere,)) == ()
    assert "s1" in check(body, "near_duplicates", siblings=(same, elsewhere))[0].message


def test_personas_share_neither_archetype_nor_type(good, check):
    body = good[Kind.PERSONA]
    twin = body.model_copy(update={"name": "Ada Brook", "archetype": Archetype.HERO})
    other = past_item("q", Kind.PERSONA, twin, "en", keep_text=False)
    found = check(body, "distinct", siblings=(other,))
    assert "MBTI type" in found[0].message
    assert "Ada Brook" in found[0].message
    unlike = past_item(
        "q", Kind.PERSONA, twin.model_copy(update={"mbti": "ENFP"}), "en", keep_text=False
    )
    assert check(body, "distinct", siblings=(unlike,)) == ()


def test_missing_points_are_a_warning_that_names_them(good, check):
    dna = good[Kind.COMPANY_DNA]
    points = {**dna.points, "core_purpose": DnaPoint(note="Say why the company exists.")}
    found = check(dna.model_copy(update={"points": points}), "empty_facts")
    assert [f.verdict for f in found] == [Verdict.WARN]
    assert "core purpose" in found[0].message


def test_dna_without_almost_all_points_fails(good, check):
    dna = good[Kind.COMPANY_DNA]
    points = {**dna.points, **{f"point_{i}": DnaPoint() for i in range(30)}}
    found = check(dna.model_copy(update={"points": points}), "empty_facts")
    assert found[0].verdict is Verdict.FAIL
    assert "30 of 33" in found[0].message
    by_hand = check(dna.model_copy(update={"points": points}), "empty_facts", machine_written=False)
    assert [f.verdict for f in by_hand] == [Verdict.WARN]


@pytest.mark.parametrize(
    ("point", "rule"),
    [
        (DnaPoint(values=("x",), source=FactSource.DOCUMENT), "evidence"),
        (
            DnaPoint(
                values=("x",),
                source=FactSource.DOCUMENT,
                evidence=(Passage(document_id="d", document="a", start=0, end=4, quote=" "),),
            ),
            "evidence",
        ),
        (DnaPoint(values=(), source=FactSource.BRIEF), "empty_facts"),
        (DnaPoint(values=("unknown",), source=FactSource.BRIEF), "empty_facts"),
        (DnaPoint(values=("x",), source=FactSource.MISSING), "empty_facts"),
    ],
)
def test_a_point_that_claims_what_it_does_not_show_fails(point, rule, good, check):
    dna = good[Kind.COMPANY_DNA]
    found = check(dna.model_copy(update={"points": {**dna.points, "vision": point}}), rule)
    assert found[0].verdict is Verdict.FAIL
    assert "vision" in found[0].message


def test_sources_may_hold_templating_since_nobody_publishes_them(good, check):
    passage = Passage(document_id="d", document="a", start=0, end=9, quote="{{ raw }}")
    topic = good[Kind.TOPIC].model_copy(update={"passages": (passage,)})
    assert check(topic) == ()

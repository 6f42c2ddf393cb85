from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.social.rules import (
    RULES,
    escape_linkedin,
    post_length,
    published_text,
    rules_for,
    weighted_length,
)


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("plain words", 11),
        ("Привіт", 6),
        ("سلام دوستان", 11),
        ("می\u200cخواهیم", 9),
        ("日本", 4),
        ("한", 2),
        ("“quoted” – so", 13),
        ("wait…", 6),
        ("👍", 2),
        ("👍🏽", 2),
        ("👩\u200d👩\u200d👧", 2),
        ("🇨🇿", 2),
        ("cafe\u0301", 4),
        ("https://larkmill.example/a/very/long/address?with=query#part", 23),
        ("Read larkmill.com now", 32),
        ("Read it (https://larkmill.example).", 34),
        ("rosa@larkmill.com", 17),
        ("open main.py", 12),
        ("Done.Next", 9),
    ],
)
def test_x_counts_by_weight(text, weight):
    assert weighted_length(text) == weight


def test_only_x_weighs_what_others_count():
    assert post_length("日本", Platform.X) == 4
    assert post_length("日本", Platform.LINKEDIN) == 2


def test_every_platform_has_dated_rules_with_a_source():
    assert set(RULES) == set(Platform)
    for platform, rules in RULES.items():
        assert rules.platform is platform
        assert rules.dated.year >= 2025 and len(rules.source) > 20
        assert 1 <= rules.hashtags_min <= rules.hashtags_max
        assert 0 <= rules.best_hour <= 23
        assert rules.hook_characters <= rules.max_characters


def test_hashtag_limits_are_those_of_the_platforms():
    limits = {p: (r.hashtags_min, r.hashtags_max) for p, r in RULES.items()}
    assert limits[Platform.LINKEDIN] == (3, 5)
    assert limits[Platform.X] == (1, 2)
    assert limits[Platform.INSTAGRAM][1] == limits[Platform.TIKTOK][1] == 5


def test_image_sizes_have_the_ratio_that_is_named():
    for rules in RULES.values():
        wide, high = (float(part) for part in rules.image_ratio.split(":"))
        assert rules.image_width_px / rules.image_height_px == pytest.approx(wide / high, rel=0.01)


def test_every_reserved_character_of_little_text_is_escaped_once():
    reserved = "\\()[]{}@#*_~<>|"
    assert escape_linkedin(reserved) == "".join(f"\\{char}" for char in reserved)
    assert escape_linkedin("Bread, salt & 5 % off: “now”!") == "Bread, salt & 5 % off: “now”!"


def test_hashtags_follow_the_text():
    assert published_text("Text.", ("Bread", "نان_گرم")) == "Text.\n\n#Bread #نان_گرم"
    assert published_text("Text.", ()) == "Text."


def test_a_platform_s_rules_are_found_by_its_name():
    assert rules_for(Platform.X).max_characters == 280

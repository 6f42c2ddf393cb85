from __future__ import annotations

import pytest

from posthub_assets.domain.social.hashtags import hashtag, hashtags


@pytest.mark.parametrize(
    ("phrase", "tag"),
    [
        ("sourdough starter", "SourdoughStarter"),
        ("18F", "18F"),
        ("user-centered design", "UserCenteredDesign"),
        ("baker's yeast", "BakersYeast"),
        ("opravy houslí", "OpravyHouslí"),
        ("ремонт годинників", "РемонтГодинників"),
        ("об’єктив", "Обєктив"),
        ("صحافی کتاب", "صحافی_کتاب"),
        ("کتاب\u200cهای کهنه", "کتاب_های_کهنه"),
        ("cloud.gov", "CloudGov"),
        ("iOS", "iOS"),
        ("2026", ""),
        ("…", ""),
        ("x", ""),
        ("one two three four", ""),
    ],
)
def test_a_phrase_becomes_a_valid_hashtag_of_its_script(phrase, tag):
    assert hashtag(phrase) == tag


def test_a_long_phrase_gives_its_parts():
    assert hashtags(["Bicycle repair and cargo bikes"], 5) == ("BicycleRepair", "CargoBikes")
    assert hashtags(["Opravy kol a půjčovna nákladních kol"], 5) == (
        "OpravyKol", "PůjčovnaNákladníchKol",
    )  # fmt: skip


def test_no_hashtag_comes_twice():
    assert hashtags(["bread", "Bread", "BREAD", "rye bread"], 5) == ("Bread", "RyeBread")


def test_no_more_come_than_are_asked_for():
    assert len(hashtags(["a1", "b2", "c3", "d4"], 2)) == 2

"""What follows from what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from posthub_assets.domain.content import Kind
from posthub_assets.domain.flow import (
    ASSET_OF,
    ASSETS,
    MONTH_ASSETS,
    NEXT_ASSET,
    DecidedItem,
    Priority,
    calendar_work,
    work_after_approval,
    work_after_change_request,
    work_after_edit,
    work_for_month,
)
from posthub_assets.domain.tiers import Tier

MONTH = date(2026, 12, 1)
TOPIC = DecidedItem(
    content_id="c", kind=Kind.TOPIC, version_id="v", month=MONTH, round=0, tier=Tier.PRO
)


def kinds(requests) -> list[str]:
    return [one.kind for one in requests]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.TOPIC, ["create_blog_posts", "create_content_calendar"]),
        (Kind.BLOG_POST, ["create_social_posts", "create_content_calendar"]),
        (Kind.SOCIAL_POST, ["create_image_variants", "create_content_calendar"]),
        (Kind.IMAGE, ["create_content_calendar"]),
    ],
)
def test_a_yes_calls_for_the_next_stage_and_the_months_calendar(kind, expected):
    assert kinds(work_after_approval(replace(TOPIC, kind=kind))) == expected


def test_approved_dna_calls_for_personas_and_no_calendar():
    dna = replace(TOPIC, kind=Kind.COMPANY_DNA, month=None)
    assert kinds(work_after_approval(dna)) == ["create_personas"]


def test_work_after_a_yes_names_the_version_that_was_approved():
    request = work_after_approval(TOPIC)[0]
    assert (request.content_id, request.source_version_id, request.month) == ("c", "v", MONTH)
    assert request.priority == Priority.AFTER_DECISION


@pytest.mark.parametrize(
    ("tier", "images"),
    [(Tier.TRIAL, False), (Tier.BASIC, False), (Tier.PRO, True), (Tier.ULTIMATE, True)],
)
def test_images_follow_from_pro_up(tier, images):
    found = kinds(work_after_approval(replace(TOPIC, kind=Kind.SOCIAL_POST, tier=tier)))
    assert ("create_image_variants" in found) is images


def test_a_calendar_may_be_asked_for_again_and_other_work_only_once():
    stage, calendar = work_after_approval(TOPIC)
    assert (stage.again, calendar.again) == (False, True)


def test_a_change_request_calls_for_the_next_round_before_a_backfill():
    (request,) = work_after_change_request(replace(TOPIC, round=1))
    assert (request.kind, request.round) == ("revise_topics", 2)
    assert request.priority < Priority.AFTER_DECISION < Priority.BACKFILL


def test_after_three_rounds_a_person_writes():
    rounds = [len(work_after_change_request(replace(TOPIC, round=n))) for n in range(5)]
    assert rounds == [1, 1, 1, 0, 0]


def test_kinds_without_an_asset_are_not_revised_by_a_machine():
    assert work_after_change_request(replace(TOPIC, kind=Kind.PHOTO_CALENDAR)) == ()


def test_an_edit_calls_for_a_check_and_for_the_calendar_where_a_yes_was_withdrawn():
    assert kinds(work_after_edit(TOPIC, was_approved=False)) == ["check_topics"]
    assert kinds(work_after_edit(TOPIC, was_approved=True)) == [
        "check_topics",
        "create_content_calendar",
    ]


def test_personas_and_dna_are_on_no_calendar():
    for kind in (Kind.PERSONA, Kind.COMPANY_DNA):
        assert calendar_work(replace(TOPIC, kind=kind, month=None)) == ()


def test_a_later_round_fills_gaps():
    assert work_for_month(MONTH) != work_for_month(MONTH, round_number=1)
    assert work_for_month(MONTH).kind == "create_topics"


def test_research_may_take_longer_than_writing():
    assert work_after_approval(TOPIC)[0].time_limit_s == 180
    assert work_after_change_request(replace(TOPIC, kind=Kind.COMPANY_DNA))[0].time_limit_s == 240


def test_every_stage_is_an_asset_of_the_graph():
    assert set(ASSET_OF.values()) | set(NEXT_ASSET.values()) < set(ASSETS)
    assert set(MONTH_ASSETS) < set(ASSETS)

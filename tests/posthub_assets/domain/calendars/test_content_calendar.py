"""The content calendar as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from posthub_assets.domain.calendars.content_calendar import COLUMNS, build_calendar


def entry(number: int, **changes):
    row = {
        "id": UUID(int=number),
        "kind": "blog_post",
        "status": "scheduled",
        "title": f"Title {number}",
        "scheduled_at": datetime(2026, 12, number, 8, 0, tzinfo=UTC),
        "parent_id": None,
        "version": 1,
        "body": {"meta_description": "What it says."},
        "word_count": 1800,
        "persona": None,
        "timezone": "Europe/Prague",
    }
    return {**row, **changes}


def test_an_empty_month_has_the_columns_and_no_lines():
    table = build_calendar([])
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == 0


def test_lines_come_in_the_order_of_their_moments_and_the_unscheduled_last():
    table = build_calendar([entry(9), entry(3, scheduled_at=None), entry(2)])
    assert list(table["title"]) == ["Title 2", "Title 9", "Title 3"]
    assert list(table["date"]) == ["2026-12-02", "2026-12-09", ""]


def test_a_day_is_the_companys_day_not_utcs():
    late = entry(1, scheduled_at=datetime(2026, 12, 1, 23, 30, tzinfo=UTC))
    table = build_calendar([late])
    assert list(table["date"] + " " + table["time"]) == ["2026-12-02 00:30"]


def test_the_order_of_the_rows_does_not_matter():
    rows = [entry(n) for n in (4, 2, 8, 6)]
    assert build_calendar(rows).equals(build_calendar(rows[::-1]))


def test_images_have_no_lines_of_their_own():
    image = entry(5, kind="image", parent_id=UUID(int=2), body={"media_sha256": "abc"})
    post = entry(2, kind="social_post", body={"platform": "x", "text": "Hi.", "hashtags": []})
    table = build_calendar([image, post])
    assert list(table["image"]) == ["abc"]
    assert list(table["kind"]) == ["social_post"]


def test_a_post_without_a_persona_has_an_empty_cell():
    assert list(build_calendar([entry(1)])["persona"]) == [""]


def test_lines_of_the_hour_that_comes_twice_keep_their_order_and_say_which_is_which():
    half_past = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    rows = [
        entry(1, scheduled_at=half_past + timedelta(minutes=45)),
        entry(2, scheduled_at=half_past),
        entry(3, scheduled_at=half_past + timedelta(minutes=60)),
    ]
    table = build_calendar(rows)
    assert list(table["title"]) == ["Title 2", "Title 1", "Title 3"]
    assert list(table["time"]) == ["02:30", "02:15", "02:30"]
    assert list(table["utc_offset"]) == ["UTC+02:00", "UTC+01:00", "UTC+01:00"]


def test_what_has_no_time_has_no_offset():
    assert list(build_calendar([entry(1, scheduled_at=None)])["utc_offset"]) == [""]

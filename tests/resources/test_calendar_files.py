"""The content calendar as files that spreadsheets and calendars read."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from posthub_assets.domain.calendars.content_calendar import build_calendar
from resources.calendar_files import to_csv, to_ics

ID = UUID(int=7)


def entry(**changes):
    row = {
        "id": ID,
        "kind": "blog_post",
        "status": "scheduled",
        "title": "A title",
        "scheduled_at": datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        "parent_id": None,
        "version": 2,
        "body": {"meta_description": "What it says."},
        "word_count": 1800,
        "persona": "Ada",
        "timezone": "Europe/Prague",
    }
    return {**row, **changes}


def read(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets need the mark to read other scripts"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_line_has_the_companys_own_time():
    (line,) = read(to_csv(build_calendar([entry()])))
    assert (line["date"], line["time"], line["version"]) == ("2026-12-01", "09:00", "2")


def test_persian_and_commas_survive_the_file():
    title = "سلام، دنیا, hello"
    (line,) = read(to_csv(build_calendar([entry(title=title)])))
    assert line["title"] == title


def test_a_cell_is_never_a_formula():
    for title in ("=HYPERLINK(1)", "+1", "-1", "@x"):
        (line,) = read(to_csv(build_calendar([entry(title=title)])))
        assert line["title"] == f"'{title}"


def test_an_event_stands_at_the_same_moment_in_utc():
    table = build_calendar([entry()])
    calendar = Calendar.from_ical(to_ics(table, timezone="Europe/Prague", name="Shop 2026-12"))
    (event,) = calendar.walk("VEVENT")
    assert event["dtstart"].dt == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert str(event["summary"]) == "blog: A title"
    assert str(event["uid"]) == f"{ID}@posthub"


def test_what_has_no_time_is_in_the_table_and_not_in_the_calendar():
    table = build_calendar([entry(scheduled_at=None), entry()])
    assert [line["date"] for line in read(to_csv(table))] == ["2026-12-01", ""]
    calendar = Calendar.from_ical(to_ics(table, timezone="Europe/Prague", name="x"))
    assert len(calendar.walk("VEVENT")) == 1


def test_an_empty_month_is_a_header_and_an_empty_calendar():
    table = build_calendar([])
    assert read(to_csv(table)) == []
    assert to_csv(table).decode("utf-8-sig").startswith("date,time,kind,platform,title")
    assert Calendar.from_ical(to_ics(table, timezone="UTC", name="x")).walk("VEVENT") == []


def test_an_approved_image_stands_in_the_line_of_its_post():
    post = entry(
        id=UUID(int=1),
        kind="social_post",
        body={"platform": "x", "text": "Words.", "hashtags": ["one", "two"]},
    )
    image = entry(id=UUID(int=2), kind="image", parent_id=UUID(int=1), body={"media_sha256": "a"})
    (line,) = read(to_csv(build_calendar([post, image])))
    assert (line["platform"], line["image"], line["hashtags"]) == ("x", "a", "#one #two")


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Prague", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
        ("Europe/Prague", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("Europe/Kyiv", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2027, 4, 3, 15, 0, tzinfo=UTC)),
        ("Asia/Tehran", datetime(2027, 3, 21, 20, 30, tzinfo=UTC)),
    ],
)
def test_every_event_around_a_change_of_the_clocks_stands_at_its_moment(zone, change):
    moments = [change + timedelta(minutes=15 * step) for step in range(-8, 9)]
    rows = [
        entry(id=UUID(int=number), scheduled_at=moment, timezone=zone)
        for number, moment in enumerate(moments)
    ]
    table = build_calendar(rows)
    calendar = Calendar.from_ical(to_ics(table, timezone=zone, name="x"))
    assert [event["dtstart"].dt for event in calendar.walk("VEVENT")] == moments
    lines = read(to_csv(table))
    written = [f"{one['date']}T{one['time']}{one['utc_offset'][3:]}" for one in lines]
    assert [datetime.fromisoformat(one) for one in written] == moments

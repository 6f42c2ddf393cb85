"""Local times around the changes of the clocks, in zones that change differently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from posthub_assets.domain.calendars.local_time import (
    local_of,
    moment_of,
    read_local,
    refuse_out_of_reach,
    zone_named,
)
from posthub_assets.domain.errors import InvalidInput, RepeatedTime, SkippedTime, UnknownZone


def moment(local: str, zone: str, fold=None) -> datetime:
    return moment_of(read_local(local), zone_named(zone), fold)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Prague", "2027-01-15T09:00", "2027-01-15T08:00"),
        ("Europe/Prague", "2027-07-15T09:00", "2027-07-15T07:00"),
        ("Europe/Prague", "2027-03-28T01:59", "2027-03-28T00:59"),
        ("Europe/Prague", "2027-03-28T03:00", "2027-03-28T01:00"),
        ("Europe/Kyiv", "2027-03-28T02:59", "2027-03-28T00:59"),
        ("Europe/Kyiv", "2027-03-28T04:00", "2027-03-28T01:00"),
        # No daylight saving since 2022: the night on which it began is a night like others.
        ("Asia/Tehran", "2027-03-22T00:30", "2027-03-21T21:00"),
        ("Asia/Tehran", "2027-07-15T09:00", "2027-07-15T05:30"),
        ("America/New_York", "2027-03-14T03:00", "2027-03-14T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-10-04T01:59", "2026-10-03T15:29"),
        ("UTC", "2027-03-28T02:30", "2027-03-28T02:30"),
    ],
)
def test_a_time_that_exists_once_is_one_moment(zone, local, utc):
    expected = datetime.fromisoformat(f"{utc}+00:00")
    for fold in (None, "earlier", "later"):
        assert moment(local, zone, fold).astimezone(UTC) == expected


@pytest.mark.parametrize(
    ("zone", "local", "before", "after"),
    [
        ("Europe/Prague", "2027-03-28T02:30", "01:59+01:00", "03:00+02:00"),
        ("Europe/Prague", "2027-03-28T02:00", "01:59+01:00", "03:00+02:00"),
        ("Europe/Prague", "2027-03-28T02:59:59", "01:59+01:00", "03:00+02:00"),
        ("Europe/Kyiv", "2027-03-28T03:30", "02:59+02:00", "04:00+03:00"),
        ("America/New_York", "2027-03-14T02:30", "01:59-05:00", "03:00-04:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "01:59+10:30", "02:30+11:00"),
        ("Asia/Tehran", "2022-03-22T00:30", "23:59+03:30", "01:00+04:30"),
        # A whole day: Samoa went over the date line.
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-29T23:59-10:00", "2011-12-31T00:00+14:00"),
    ],
)
def test_a_time_that_the_clocks_skip_names_its_neighbours(zone, local, before, after):
    with pytest.raises(SkippedTime) as caught:
        moment(local, zone, "later")
    assert f"{before} and " in str(caught.value)
    assert str(caught.value).endswith(f"{after}.")
    assert zone in str(caught.value)
    assert (caught.value.field, caught.value.code) == ("local", "time-does-not-exist")


@pytest.mark.parametrize(
    ("zone", "local", "earlier", "later"),
    [
        ("Europe/Prague", "2026-10-25T02:30", "02:30+02:00", "02:30+01:00"),
        ("Europe/Prague", "2026-10-25T02:00", "02:00+02:00", "02:00+01:00"),
        ("Europe/Kyiv", "2026-10-25T03:30", "03:30+03:00", "03:30+02:00"),
        ("America/New_York", "2026-11-01T01:30", "01:30-04:00", "01:30-05:00"),
        ("Australia/Lord_Howe", "2027-04-04T01:45", "01:45+11:00", "01:45+10:30"),
    ],
)
def test_a_time_that_exists_twice_is_asked_back(zone, local, earlier, later):
    with pytest.raises(RepeatedTime) as caught:
        moment(local, zone)
    assert earlier in str(caught.value)
    assert later in str(caught.value)
    assert (caught.value.field, caught.value.code) == ("fold", "time-exists-twice")
    first, second = moment(local, zone, "earlier"), moment(local, zone, "later")
    shift = timedelta(minutes=30 if zone.endswith("Howe") else 60)
    assert second.astimezone(UTC) - first.astimezone(UTC) == shift
    assert [local_of(one, zone)[11:] for one in (first, second)] == [earlier, later]


@pytest.mark.parametrize(
    "zone",
    ["Europe/Prague", "Europe/Kyiv", "Asia/Tehran", "America/New_York", "Australia/Lord_Howe"],
)
def test_every_moment_of_two_years_goes_there_and_back(zone):
    """Each quarter of an hour, as its clocks show it, is that moment again."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at < datetime(2028, 1, 1, tzinfo=UTC):
        shown = at.astimezone(ZoneInfo(zone))
        fold = "later" if shown.fold else "earlier"
        assert moment_of(shown.replace(tzinfo=None), shown.tzinfo, fold).astimezone(UTC) == at
        at += timedelta(minutes=15)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Prague",
        "Europe/Praha",
        "../../etc/passwd",
        "/etc/passwd",
        "Europe",
        "x" * 5000,
        "a\x00b",
    ],
)
def test_a_zone_that_is_none_is_named(name):
    with pytest.raises(UnknownZone, match="is no time zone") as caught:
        zone_named(name)
    assert caught.value.field == "zone"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2027-03-28",
        "2027-03-28T14:30Z",
        "2027-03-28T14:30+02:00",
        "2027-02-30T14:30",
        "2027-03-28T24:30",
        "14:30",
        "1806157800",
        "۲۰۲۷-۰۳-۲۸T۱۴:۳۰x",
    ],
)
def test_what_is_no_local_time_says_how_to_write_one(text):
    with pytest.raises(InvalidInput, match="2027-03-28T14:30") as caught:
        read_local(text)
    assert caught.value.field == "local"


def test_the_ends_of_the_calendar_are_refused_and_never_break():
    for local in ("0001-01-01T00:00", "9999-12-31T23:59"):
        for zone in ("Pacific/Kiritimati", "America/New_York"):
            try:
                moment(local, zone)
            except InvalidInput as error:
                assert "out of reach" in str(error)
    assert local_of(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "Asia/Tehran") is not None


def test_a_time_that_has_passed_says_what_time_it_is():
    now = datetime(2027, 3, 28, 1, 30, 12, tzinfo=UTC)
    with pytest.raises(InvalidInput) as caught:
        refuse_out_of_reach(datetime(2027, 3, 28, 0, 59, tzinfo=UTC), now, "Europe/Prague")
    assert str(caught.value) == (
        "2027-03-28T01:59+01:00 has passed; in Europe/Prague it is 2027-03-28T03:30+02:00. "
        "Choose a later time."
    )
    refuse_out_of_reach(now - timedelta(minutes=4), now, "Europe/Prague")
    refuse_out_of_reach(now + timedelta(days=700), now, "Europe/Prague")
    with pytest.raises(InvalidInput, match="Is the year right"):
        refuse_out_of_reach(datetime(2072, 1, 1, tzinfo=UTC), now, "Europe/Prague")


def test_no_time_is_none_in_every_zone():
    assert local_of(None, "Europe/Prague") is None

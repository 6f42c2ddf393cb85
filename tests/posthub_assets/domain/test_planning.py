"""Where a month's topics go, and when posts go out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posthub_assets.domain.calendar import days_of, working_days
from posthub_assets.domain.planning import (
    Event,
    local_moment,
    open_places,
    plan_places,
    posting_moment,
)

MONTH = date(2026, 12, 1)
DAYS = working_days(MONTH, "CZ")


def plan(quota: int = 24, days=DAYS, personas=("a", "b", "c"), events=()):
    return plan_places(quota=quota, days=days, personas=list(personas), events=list(events))


@pytest.mark.parametrize("quota", [1, 12, 24, 72])
def test_topics_are_spread_evenly_over_days_and_personas(quota):
    slots = list(plan(quota).values())
    by_day = Counter(slot.planned_on for slot in slots)
    by_persona = Counter(slot.persona_id for slot in slots)
    assert len(slots) == quota
    assert set(by_day) <= set(DAYS)
    for counts in ([by_day[day] for day in DAYS], [by_persona[one] for one in "abc"]):
        assert max(counts) - min(counts) <= 1


def test_a_small_quota_reaches_from_the_beginning_to_the_end_of_the_month():
    days = [slot.planned_on for slot in plan(12).values()]
    gaps = [(after - before).days for before, after in pairwise(days)]
    assert days[0] == DAYS[0]
    assert days[-1] >= DAYS[-3]
    assert max(gaps) <= 6


def test_places_are_numbered_in_the_order_of_their_days():
    slots = plan(24, events=[Event(date(2026, 12, 23), "Sale")])
    assert list(slots) == [f"{number:02d}" for number in range(1, 25)]
    days = [slot.planned_on for slot in slots.values()]
    assert days == sorted(days)


def test_the_same_input_gives_the_same_plan():
    events = [Event(date(2026, 12, 9), "Fair"), Event(date(2026, 12, 23), "Sale")]
    assert plan(24, events=events) == plan(24, days=DAYS[::-1], events=events[::-1])


def test_gaps_are_filled_without_changing_what_is_there():
    whole = plan(24)
    taken = {place for place in whole if place not in ("03", "17")}
    assert open_places(whole, taken) == {"03": whole["03"], "17": whole["17"]}
    assert open_places(whole, whole) == {}


def test_an_event_gets_a_topic_on_the_last_working_day_before_it():
    sunday = date(2026, 12, 13)
    slots = plan(12, events=[Event(sunday, "Concert")])
    (slot,) = [slot for slot in slots.values() if slot.event]
    assert (slot.event, slot.planned_on) == ("Concert", date(2026, 12, 11))


def test_an_event_before_the_first_working_day_is_told_on_that_day():
    days = [day for day in DAYS if day >= date(2026, 12, 10)]
    slots = plan(3, days=days, events=[Event(date(2026, 12, 2), "Early")])
    (slot,) = [slot for slot in slots.values() if slot.event]
    assert slot.planned_on == days[0]


def test_more_events_than_places_fill_every_place_once():
    events = [Event(MONTH + timedelta(days=n), f"Event {n}") for n in range(20)]
    slots = list(plan(5, events=events).values())
    assert len(slots) == 5
    assert all(slot.event for slot in slots)
    assert len({slot.event for slot in slots}) == 5


def test_two_events_on_one_day_get_a_topic_each():
    events = [Event(date(2026, 12, 9), "One"), Event(date(2026, 12, 9), "Two")]
    told = [slot for slot in plan(12, events=events).values() if slot.event]
    assert {slot.event for slot in told} == {"One", "Two"}
    assert {slot.planned_on for slot in told} == {date(2026, 12, 9)}


def test_nothing_to_spread_over_is_an_error():
    with pytest.raises(ValueError, match="working day and one persona"):
        plan(1, days=[])
    with pytest.raises(ValueError, match="working day and one persona"):
        plan(1, personas=[])
    assert plan(0, days=[], personas=[]) == {}


@settings(max_examples=60, deadline=None)
@given(
    quota=st.integers(1, 80),
    count=st.integers(1, 31),
    people=st.integers(1, 12),
    events=st.lists(st.integers(1, 31), max_size=8),
)
def test_any_plan_has_its_quota_on_given_days_with_given_people(quota, count, people, events):
    days = days_of(MONTH)[:count]
    names = [str(number) for number in range(people)]
    told = [Event(MONTH.replace(day=day), f"E{n}") for n, day in enumerate(events)]
    slots = plan_places(quota=quota, days=days, personas=names, events=told)
    by_persona = Counter(slot.persona_id for slot in slots.values())
    assert len(slots) == quota
    assert {slot.planned_on for slot in slots.values()} <= set(days)
    assert max(by_persona.values()) - min(by_persona[name] for name in names) <= 1
    assert sum(bool(slot.event) for slot in slots.values()) == min(len(told), quota)


# Times


def test_nine_in_the_morning_is_nine_where_the_company_is():
    for zone in ("Europe/Prague", "Asia/Tehran", "America/New_York", "Pacific/Auckland"):
        moment = local_moment(date(2026, 12, 1), 9, zone)
        assert (moment.hour, moment.minute, moment.date()) == (9, 0, date(2026, 12, 1))
        assert moment.tzinfo == ZoneInfo(zone)


def test_the_hour_stays_when_the_clocks_change():
    before = local_moment(date(2026, 10, 24), 9, "Europe/Prague")
    after = local_moment(date(2026, 10, 25), 9, "Europe/Prague")
    assert (before.hour, after.hour) == (9, 9)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=25)


def test_an_hour_that_is_skipped_becomes_the_next_one():
    moment = local_moment(date(2026, 3, 29), 2, "Europe/Prague", minute=30)
    assert (moment.hour, moment.minute) == (3, 30)
    assert moment.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_the_first_of_the_two():
    moment = local_moment(date(2026, 10, 25), 2, "Europe/Prague", minute=30)
    assert moment.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_social_post_may_follow_days_after_its_blog_post():
    assert posting_moment(date(2026, 12, 31), 18, "UTC", days_after=2) == datetime(
        2027, 1, 2, 18, tzinfo=UTC
    )

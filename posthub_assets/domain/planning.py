"""Where a month's topics go: which day, which persona, which event; and when posts go out.

What does not belong here: what the topics are (`editorial/`), which days are working days
(`calendar.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from posthub_assets.domain.briefs import TopicSlot

BLOG_HOUR = 9
"""Blog posts go out at nine in the company's zone: a plain default that people can change."""


@dataclass(frozen=True, slots=True)
class Event:
    """A marketing event of the month."""

    on_date: date
    title: str


def plan_places(
    *, quota: int, days: Sequence[date], personas: Sequence[str], events: Sequence[Event]
) -> dict[str, TopicSlot]:
    """Spread `quota` topics evenly over working days and personas; give them by place.

    Places are `01`, `02`, ... in order of their days. Personas take turns. Each event takes the
    place whose day is nearest to it, and moves it to the last working day that is not after the
    event. The same input gives the same plan, so filling gaps later changes nothing that is there.
    Raises ValueError where there are no days or no personas to spread over.
    """
    if quota and (not days or not personas):
        raise ValueError("topics need at least one working day and one persona")
    ordered = sorted(days)
    planned = [ordered[index * len(ordered) // quota] for index in range(quota)]
    titles = [""] * quota
    for event in sorted(events, key=lambda one: (one.on_date, one.title)):
        free = [index for index in range(quota) if not titles[index]]
        if not free:
            break
        nearest = min(free, key=lambda index: (abs((planned[index] - event.on_date).days), index))
        titles[nearest] = event.title
        planned[nearest] = _day_for(event.on_date, ordered)
    in_order = sorted(range(quota), key=lambda index: (planned[index], index))
    return {
        f"{number + 1:02d}": TopicSlot(
            planned_on=planned[index],
            persona_id=personas[number % len(personas)],
            event=titles[index],
        )
        for number, index in enumerate(in_order)
    }


def _day_for(event_day: date, days: Sequence[date]) -> date:
    not_after = [day for day in days if day <= event_day]
    return not_after[-1] if not_after else days[0]


def open_places(plan: dict[str, TopicSlot], taken: Collection[str]) -> dict[str, TopicSlot]:
    """Give the places that no living topic holds, no more than the month has room for.

    A topic that a person made stands at a place of its own (`taken`, but not in the plan); it
    counts against the quota like any other.
    """
    free = {place: slot for place, slot in plan.items() if place not in taken}
    return dict(list(free.items())[: max(0, len(plan) - len(taken))])


def local_moment(day: date, hour: int, timezone: str, *, minute: int = 0) -> datetime:
    """Give a wall-clock time in an IANA zone as an aware datetime.

    An hour that daylight saving skips becomes the one after it; an hour that comes twice is the
    first of the two (PEP 495, fold=0).
    """
    zone = ZoneInfo(timezone)
    moment = datetime.combine(day, time(hour, minute), tzinfo=zone)
    shown = moment.astimezone(ZoneInfo("UTC")).astimezone(zone)
    return shown if shown.replace(tzinfo=None) != moment.replace(tzinfo=None) else moment


def posting_moment(day: date, hour: int, timezone: str, *, days_after: int) -> datetime:
    """Give the time of a social post: `days_after` its blog post, at the platform's hour."""
    return local_moment(day + timedelta(days=days_after), hour, timezone)

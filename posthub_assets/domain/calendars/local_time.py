"""Wall-clock times of a zone and the moments they mean, with daylight saving right.

An hour that the clocks skip is no time, one that they show twice is two: both are asked back, since
only a person knows which was meant. What does not belong here: the clock (`now` is given), default
hours of posts (`planning.py`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from posthub_assets.domain.errors import InvalidInput, RepeatedTime, SkippedTime, UnknownZone

Fold = Literal["earlier", "later"]

PATIENCE = timedelta(minutes=5)
"""A time that has just passed is taken: clocks differ, and a person thinks before they click."""
MOST_YEARS = 5
"""How far ahead a time may lie; further is a slip of the keyboard."""

_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?")
_MINUTE = timedelta(minutes=1)


def zone_named(name: str) -> ZoneInfo:
    """Give an IANA zone. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(
            f"{name[:60]!r} is no time zone. Write it as a place, such as Europe/Prague or UTC.",
            field="zone",
        ) from None


def read_local(text: str) -> datetime:
    """Read `YYYY-MM-DDTHH:MM`, with seconds or without. Raises InvalidInput, also for an offset."""
    try:
        if not _LOCAL.fullmatch(text):
            raise ValueError("not of this form")
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"{text[:60]!r} is no local time. Write it like 2027-03-28T14:30, without an offset; "
            "one with an offset goes into scheduled_at.",
            field="local",
        ) from None


def moment_of(local: datetime, zone: ZoneInfo, fold: Fold | None = None) -> datetime:
    """Give the moment at which the clocks of a zone show a local (naive) time, in that zone.

    Of a time that they show twice `fold` says which; else it has no effect. Raises SkippedTime,
    which names the valid times before and after, RepeatedTime, which names both offsets.
    """
    try:
        first, second = (_shown(local, zone, number) for number in (0, 1))
    except OverflowError:
        raise InvalidInput(f"The year {local.year} is out of reach.", field="local") from None
    before, after = _offset(first), _offset(second)
    if before == after:
        return first
    if before < after:
        last, next_ = _around(local, zone)
        raise SkippedTime(
            f"{_clock(local)} does not exist in {zone.key}: the clocks are set forward there. "
            f"The nearest times are {written(last)} and {written(next_)}.",
            field="local",
        )
    if fold is None:
        raise RepeatedTime(
            f"{_clock(local)} exists twice in {zone.key}: the clocks are set back there. Say "
            f'"fold": "earlier" for {written(first)} or "later" for {written(second)}.',
            field="fold",
        )
    return first if fold == "earlier" else second


def _shown(local: datetime, zone: ZoneInfo, fold: int) -> datetime:
    made = local.replace(tzinfo=zone, fold=fold)
    made.astimezone(UTC)  # refuses what is out of reach
    return made


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _around(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the last minute before the clocks are set forward over `local`, and the first after.

    PEP 495: of a skipped time fold=0 has the offset before the change and fold=1 that after it, so
    the change lies between the moments that the two stand for.
    """
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = _offset(early.astimezone(zone))
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if _offset(middle.astimezone(zone)) == offset:
            early = middle
        else:
            late = middle
    return (late - _MINUTE).astimezone(zone), late.astimezone(zone)


def _clock(local: datetime) -> str:
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def written(moment: datetime) -> str:
    """Give a moment of a zone as people read it: `2027-03-28T03:00+02:00`."""
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def local_of(moment: datetime | None, zone: str) -> str | None:
    """Give what the clocks of a zone show at a moment, with the offset; None for no moment.

    Raises UnknownZone.
    """
    if moment is None:
        return None
    try:
        return written(moment.astimezone(zone_named(zone)))
    except OverflowError:
        return written(moment)


def refuse_out_of_reach(
    moment: datetime, now: datetime, zone: str, *, field: str = "scheduled_at"
) -> None:
    """Refuse a time in the past, five minutes granted, or more than five years ahead.

    Raises InvalidInput, which says what time it is.
    """
    if moment < now - PATIENCE:
        raise InvalidInput(
            f"{local_of(moment, zone)} has passed; in {zone} it is {local_of(_minute(now), zone)}. "
            "Choose a later time.",
            field=field,
        )
    if moment > now + timedelta(days=366 * MOST_YEARS):
        raise InvalidInput(
            f"{local_of(moment, zone)} is more than {MOST_YEARS} years ahead. Is the year right?",
            field=field,
        )


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)

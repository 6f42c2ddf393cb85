"""Months and working days.

What does not belong here: schedules of posts (`editorial/`), the clock: `today` is always given.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import cache

from posthub_assets.domain.errors import InvalidInput

MONTHS_AHEAD = 3
"""How far ahead a month may be opened; the graph's window of months ends there too."""


def parse_month(value: str) -> date:
    """Read `YYYY-MM` as the first of that month. Raises InvalidInput that says how to write it."""
    found = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", value.strip())
    if found is None:
        raise InvalidInput(
            f"{value[:40]!r} is not a month. Write it as YYYY-MM, such as 2026-12.", field="month"
        )
    return date(int(found[1]), int(found[2]), 1)


def month_name(month: date) -> str:
    """Give `YYYY-MM`."""
    return f"{month:%Y-%m}"


def add_months(month: date, count: int) -> date:
    """Give the first of the month that is `count` months later."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def days_of(month: date) -> tuple[date, ...]:
    """Give all days of a month."""
    length = calendar.monthrange(month.year, month.month)[1]
    return tuple(month.replace(day=1) + timedelta(days=n) for n in range(length))


def working_days(month: date, country: str, start: date | None = None) -> tuple[date, ...]:
    """Give the working days of a month in a country, from `start` on where it is given.

    `country` is ISO 3166-1 alpha-2. Where it is empty, or the package `holidays` does not know it,
    Saturdays and Sundays are off and nothing else is.
    """
    weekend, off = _days_off(country, month.year)
    return tuple(
        day
        for day in days_of(month)
        if day.weekday() not in weekend and day not in off and (start is None or day >= start)
    )


@cache
def _days_off(country: str, year: int) -> tuple[frozenset[int], frozenset[date]]:
    """Give the weekdays and the dates that are off.

    Ukraine under martial law works on public holidays: since 2022 the package lists them in the
    category WORKDAY only, and content still wants to keep clear of them.
    """
    import holidays

    categories = ("public", "workday") if country == "UA" else None
    try:
        # Asked for by name: the package's list of countries imports every one of them.
        known = holidays.country_holidays(country, years=year, categories=categories)
    except NotImplementedError:
        return frozenset({5, 6}), frozenset()
    return frozenset(known.weekend), frozenset(known)


def refuse_month(month: date, today: date) -> None:
    """Refuse a month in the past or more than three months ahead. Raises InvalidInput."""
    current = today.replace(day=1)
    if month < current:
        raise InvalidInput(
            f"{month_name(month)} is in the past; the first month that can be opened is "
            f"{month_name(current)}.",
            field="month",
        )
    last = add_months(current, MONTHS_AHEAD)
    if month > last:
        raise InvalidInput(
            f"{month_name(month)} is too far ahead; the last month that can be opened now is "
            f"{month_name(last)}.",
            field="month",
        )

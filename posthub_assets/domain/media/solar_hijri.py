"""The solar Hijri calendar of Iran and Afghanistan, as far as posters need it.

What does not belong here: words (`show_facts.py`).
"""

from __future__ import annotations

from datetime import date, timedelta

_LEAP = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
"""Remainders by 33 of the leap years: the rule that gives Iran's official calendar in our time
(K. M. Borkowski, "The Persian calendar for 3000 years", 1996)."""
_MONTH_DAYS = (31, 31, 31, 31, 31, 31, 30, 30, 30, 30, 30, 29)
_KNOWN = (1403, date(2024, 3, 20))
"""A year, and its first day."""
_YEARS = (1300, 1500)


def solar_hijri(day: date) -> tuple[int, int, int]:
    """Give year, month (1 to 12) and day of month. Raises ValueError outside of 1300 to 1500."""
    year, first = _KNOWN
    while day < first:
        year -= 1
        first -= timedelta(days=_days_of(year))
        _refuse(year, day)
    while day >= (following := first + timedelta(days=_days_of(year))):
        year, first = year + 1, following
        _refuse(year, day)
    left = (day - first).days
    for month, days in enumerate(_MONTH_DAYS, start=1):
        if left < days or month == 12:
            return year, month, left + 1
        left -= days
    raise AssertionError("a year has twelve months")


def _days_of(year: int) -> int:
    return 366 if year % 33 in _LEAP else 365


def _refuse(year: int, day: date) -> None:
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise ValueError(f"the solar Hijri calendar is known here for other years than {day.year}")

"""Months and working days."""

from __future__ import annotations

from datetime import date

import pytest

from posthub_assets.domain.calendar import (
    add_months,
    days_of,
    parse_month,
    refuse_month,
    working_days,
)
from posthub_assets.domain.errors import InvalidInput


def test_a_month_is_read():
    assert parse_month(" 2026-12 ") == date(2026, 12, 1)


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-00", "26-12", "2026-1", "2026/12", "2026-12-01", "", "soon", "1999-01"],
)
def test_what_is_no_month_is_refused_and_told_how_to_write(text):
    with pytest.raises(InvalidInput, match="YYYY-MM") as caught:
        parse_month(text)
    assert caught.value.field == "month"


def test_months_are_added_over_the_year():
    assert add_months(date(2026, 11, 1), 3) == date(2027, 2, 1)
    assert add_months(date(2026, 1, 1), -1) == date(2025, 12, 1)


def test_a_leap_february_has_29_days():
    assert len(days_of(date(2028, 2, 1))) == 29


def test_holidays_of_the_country_are_no_working_days():
    czech = working_days(date(2026, 12, 1), "CZ")
    assert date(2026, 12, 24) not in czech
    assert date(2026, 12, 23) in czech
    assert len(working_days(date(2026, 12, 1), "")) == 23


def test_ukrainian_holidays_are_kept_free_though_people_work_on_them():
    assert date(2026, 12, 25) not in working_days(date(2026, 12, 1), "UA")
    assert date(2026, 8, 24) not in working_days(date(2026, 8, 1), "UA")


def test_the_weekend_is_the_countrys():
    iranian = working_days(date(2026, 12, 1), "IR")
    assert date(2026, 12, 4) not in iranian  # a Friday
    assert date(2026, 12, 6) in iranian  # a Sunday


def test_an_unknown_country_has_saturdays_and_sundays():
    assert working_days(date(2026, 12, 1), "XX") == working_days(date(2026, 12, 1), "")


def test_days_before_the_start_do_not_count():
    left = working_days(date(2026, 12, 1), "CZ", date(2026, 12, 28))
    assert left == (date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31))


def test_this_month_and_three_ahead_may_be_opened():
    today = date(2026, 11, 20)
    for month in (date(2026, 11, 1), date(2027, 2, 1)):
        refuse_month(month, today)
    for month, words in ((date(2026, 10, 1), "past"), (date(2027, 3, 1), "ahead")):
        with pytest.raises(InvalidInput, match=words):
            refuse_month(month, today)

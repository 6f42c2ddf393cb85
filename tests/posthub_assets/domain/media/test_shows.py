"""Shows: what is taken for a date and a price, and how it reads in four languages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from posthub_assets.domain.errors import InvalidInput, SkippedTime
from posthub_assets.domain.media.show_words import dates_in_words, price_in_words, show_in_words
from posthub_assets.domain.media.shows import (
    MOST_DATES,
    Occasion,
    Price,
    Show,
    read_occasions,
    read_price,
    show_of,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def occasions(*times: str | tuple[str, str], zone: str = "Europe/Prague") -> tuple[Occasion, ...]:
    entries = [
        {"starts_at": one} if isinstance(one, str) else {"starts_at": one[0], "ends_at": one[1]}
        for one in times
    ]
    return read_occasions(entries, zone, NOW)


def price(lowest: str, highest: str | None, currency: str) -> Price | None:
    return read_price(Decimal(lowest), None if highest is None else Decimal(highest), currency)


def test_dates_are_kept_in_order_and_each_once():
    found = occasions("2026-12-05T19:30", "2026-12-04T19:30", "2026-12-05 19:30:00")
    assert [one.as_json()["starts_at"] for one in found] == ["2026-12-04T19:30", "2026-12-05T19:30"]


def test_a_show_of_last_year_is_still_a_show():
    assert occasions("2025-12-05T19:30")


def test_an_hour_that_the_clocks_skip_is_no_time_for_a_show():
    with pytest.raises(SkippedTime, match="does not exist in Europe/Prague") as caught:
        occasions("2026-12-04T19:30", "2027-03-28T02:30")
    assert caught.value.field == "dates[1].starts_at"
    assert occasions("2027-03-28T02:30", zone="UTC"), "there they skip nothing"


def test_an_hour_that_the_clocks_show_twice_reads_the_same_both_times():
    assert occasions("2027-10-31T02:30")


@pytest.mark.parametrize(
    ("times", "says", "field"),
    [
        ("4 December, half past seven", "no local time", "dates[0].starts_at"),
        ("2026-12-04T19:30+01:00", "the time at the venue", "dates[0].starts_at"),
        (("2026-12-04T19:30", "2026-12-04T18:00"), "ends on the next day", "dates[0].ends_at"),
        (("2026-12-04T19:30", "2026-12-04T19:30"), "before it begins", "dates[0].ends_at"),
        ("2062-12-04T19:30", "Is the year right", "dates[0].starts_at"),
        ("9999-12-31T23:59", "years ahead", "dates[0].starts_at"),
    ],
)
def test_what_is_no_date_of_a_show_is_refused_by_its_place(times, says, field):
    with pytest.raises(InvalidInput, match=says) as caught:
        occasions(times)
    assert caught.value.field == field


def test_more_dates_than_a_person_reads_are_refused():
    with pytest.raises(InvalidInput, match=f"at most {MOST_DATES} dates"):
        occasions(*["2026-12-04T19:30"] * (MOST_DATES + 1))


@pytest.mark.parametrize(
    ("lowest", "highest", "currency", "field"),
    [
        (None, "500", "CZK", "price_from"),
        ("300", "500", "", "currency"),
        ("300", "500", "XYZ", "currency"),
        ("500", "300", "CZK", "price_to"),
        ("300.5", None, "JPY", "price_from"),
        ("1", "1.005", "EUR", "price_to"),
        ("-1", None, "EUR", "price_from"),
    ],
)
def test_a_price_that_cannot_be_is_refused_by_its_field(lowest, highest, currency, field):
    amounts = [None if one is None else Decimal(one) for one in (lowest, highest)]
    with pytest.raises(InvalidInput) as caught:
        read_price(*amounts, currency)
    assert caught.value.field == field


def test_without_a_price_there_is_none_and_a_code_may_be_small():
    assert read_price(None, None, "") is None
    assert price("300", None, "czk") == Price(Decimal(300), None, "CZK")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Fri 4 December, 19:30"),
        ("cs", "pá 4. prosince, 19:30"),
        ("uk", "пт 4 грудня, 19:30"),
        ("fa", "جمعه ۴ دسامبر، ۱۹:۳۰"),
        ("fa-IR", "جمعه ۴ دسامبر، ۱۹:۳۰"),
        ("de", "Fri 4 December, 19:30"),
    ],
)
def test_a_date_reads_as_its_language_writes_it(language, said):
    assert dates_in_words(occasions("2026-12-04T19:30"), language) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((4, 5), "4. a 5. prosince, 19:30"),
        ((4, 5, 6), "4.–6. prosince, 19:30"),
        ((4, 6, 7), "4., 6. a 7. prosince, 19:30"),
    ],
)
def test_dates_at_the_same_hour_are_written_together(days, said):
    found = occasions(*(f"2026-12-0{day}T19:30" for day in days))
    assert dates_in_words(found, "cs") == said


def test_other_hours_and_other_months_stand_by_themselves():
    found = occasions("2026-12-30T19:30", "2026-12-31T18:00", "2027-01-01T18:00")
    assert dates_in_words(found, "en") == (
        "Wed 30 December 2026, 19:30; Thu 31 December 2026, 18:00; Fri 1 January 2027, 18:00"
    )


def test_an_end_is_told_by_its_hour_and_days_later_by_its_day():
    night = occasions(("2026-12-04T22:00", "2026-12-05T04:00"))
    fair = occasions(("2026-12-04T10:00", "2026-12-06T18:00"))
    assert dates_in_words(night, "en") == "Fri 4 December, 22:00–04:00"
    assert dates_in_words(fair, "en") == "Fri 4 December, 10:00 – Sun 6 December, 18:00"


def test_the_year_is_written_where_it_is_another_one():
    found = occasions("2027-01-08T19:30")
    assert dates_in_words(found, "en", this_year=2026) == "Fri 8 January 2027, 19:30"
    assert dates_in_words(found, "en", this_year=2027) == "Fri 8 January, 19:30"


@pytest.mark.parametrize(
    ("given", "en", "cs", "fa"),
    [
        (("300", "500", "CZK"), "300–500 Kč", "300–500 Kč", "۳۰۰–۵۰۰ کرون"),
        (("1200.50", None, "EUR"), "from €1,200.50", "od 1 200,50 €", "از ۱٬۲۰۰٫۵۰ یورو"),
        (("20", "20.00", "GBP"), "£20", "20 £", "۲۰ پوند"),
        (("0", "0", "UAH"), "Free", "Zdarma", "رایگان"),
        (("10", "20", "CHF"), "10–20 CHF", "10–20 CHF", "۱۰–۲۰ CHF"),
    ],
)
def test_a_price_reads_as_its_language_writes_it(given, en, cs, fa):
    said = [price_in_words(price(*given), one).replace("\u00a0", " ") for one in ("en", "cs", "fa")]
    assert said == [en, cs, fa]


def test_a_show_in_words_is_plain_texts_and_what_is_lacking_is_empty():
    row = {
        "title": "Večer písní",
        "venue": "Divadlo",
        "address": "Ulice 1",
        "dates": [{"starts_at": "2026-12-04T19:30", "ends_at": None}],
        "price_from": Decimal("300.00"),
        "price_to": Decimal("500.00"),
        "currency": "CZK",
        "performers": ["A", "B"],
        "call_to_action": "Kupte si lístky",
    }
    words = show_in_words(show_of(row), "cs")
    assert (words.dates, words.performers) == ("pá 4. prosince, 19:30", "A, B")
    assert words.price == "300–500\u00a0Kč"
    bare = show_in_words(Show("A title"), "en")
    assert (bare.title, bare.dates, bare.price, bare.performers) == ("A title", "", "", "")

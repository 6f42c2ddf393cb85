"""A show in words, as they are laid over pictures: dates and price as each language writes them.

Dates are those of the Gregorian calendar in all languages, as in the rest of PostHub. Short words
only: a picture has room for four lines. A language that is not known is written in English.
What does not belong here: where the words stand in a picture (`overlay/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from posthub_assets.domain.media.currencies import BEFORE_THE_AMOUNT, symbol_of
from posthub_assets.domain.media.shows import Occasion, Price, Show

NBSP = "\u00a0"
DASH = "–"
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
LEAST_OF_A_RUN = 3
"""Days in a row that are written as a span; two are named both."""


@dataclass(frozen=True, slots=True)
class ShowWords:
    """Plain texts; what a show does not have is empty."""

    title: str
    performers: str
    dates: str
    venue: str
    price: str
    call_to_action: str


@dataclass(frozen=True, slots=True)
class _Language:
    """How a language writes dates and amounts. `day`, `from_` are patterns of str.format."""

    weekdays: tuple[str, ...]
    """From Monday."""
    months: tuple[str, ...]
    """As they stand after a day."""
    day: str
    comma: str
    last: str
    thousands: str
    point: str
    from_: str
    free: str


_EN = _Language(
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=(
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
    day="{}",
    comma=", ",
    last=" and ",
    thousands=",",
    point=".",
    from_="from {}",
    free="Free",
)
_CS = _Language(
    weekdays=("po", "út", "st", "čt", "pá", "so", "ne"),
    months=(
        *("ledna", "února", "března", "dubna", "května", "června", "července", "srpna"),
        *("září", "října", "listopadu", "prosince"),
    ),
    day="{}.",
    comma=", ",
    last=" a ",
    thousands=NBSP,
    point=",",
    from_="od {}",
    free="Zdarma",
)
_UK = _Language(
    weekdays=("пн", "вт", "ср", "чт", "пт", "сб", "нд"),
    months=(
        *("січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня"),
        *("вересня", "жовтня", "листопада", "грудня"),
    ),
    day="{}",
    comma=", ",
    last=" і ",
    thousands=NBSP,
    point=",",
    from_="від {}",
    free="Безкоштовно",
)
_FA = _Language(
    weekdays=("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
    months=(
        *("ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت"),
        *("سپتامبر", "اکتبر", "نوامبر", "دسامبر"),
    ),
    day="{}",
    comma="، ",
    last=" و ",
    thousands="٬",
    point="٫",
    from_="از {}",
    free="رایگان",
)
_LANGUAGES = {"en": _EN, "cs": _CS, "uk": _UK, "fa": _FA}


def show_in_words(show: Show, language: str, *, this_year: int | None = None) -> ShowWords:
    """Give a show in the words of a language (a BCP 47 tag).

    Years are written where they are not `this_year`; where that is None, only where the dates
    differ in it.
    """
    return ShowWords(
        title=show.title,
        performers=_language(language)[1].comma.join(show.performers),
        dates=dates_in_words(show.occasions, language, this_year=this_year),
        venue=show.venue,
        price=price_in_words(show.price, language),
        call_to_action=show.call_to_action,
    )


def dates_in_words(
    occasions: Sequence[Occasion], language: str, *, this_year: int | None = None
) -> str:
    """Give dates as one text, such as `Fri 4 December, 19:30` or `4–6 December, 19:30`.

    Dates of one month at the same hours are written together. Empty where there are none.
    """
    code, words = _language(language)
    years = {one.starts_at.year for one in occasions}
    tells_year = len(years) > 1 or (this_year is not None and years != {this_year})
    groups = groupby(sorted(occasions, key=_sorting), key=_together)
    said = [_group(list(group), words, tells_year=tells_year) for _, group in groups]
    return _digits("; ".join(said) if code != "fa" else "؛ ".join(said), code)


def _sorting(one: Occasion) -> tuple[datetime, datetime]:
    return one.starts_at, one.ends_at or one.starts_at


def _together(one: Occasion) -> tuple[object, ...]:
    """Give what dates have in common that are written together; one over days stands alone."""
    begins, ends = one.starts_at, one.ends_at
    if ends is not None and ends.date() > begins.date() + timedelta(days=1):
        return (begins, ends)
    return (begins.year, begins.month, begins.time(), ends.time() if ends else None)


def _group(group: list[Occasion], words: _Language, *, tells_year: bool) -> str:
    first = group[0]
    begins, ends = first.starts_at, first.ends_at
    if ends is not None and ends.date() > begins.date() + timedelta(days=1):
        spans = (
            f"{_day(one, words, tells_year=tells_year)}{words.comma}{one:%H:%M}"
            for one in (begins, ends)
        )
        return f" {DASH} ".join(spans)
    hours = f"{begins:%H:%M}" + (f"{DASH}{ends:%H:%M}" if ends else "")
    days = sorted({one.starts_at.date() for one in group})
    if len(days) == 1:
        return f"{_day(begins, words, tells_year=tells_year)}{words.comma}{hours}"
    year = f" {begins.year}" if tells_year else ""
    return f"{_days(days, words)}{year}{words.comma}{hours}"


def _day(local: datetime, words: _Language, *, tells_year: bool) -> str:
    weekday, month = words.weekdays[local.weekday()], words.months[local.month - 1]
    year = f" {local.year}" if tells_year else ""
    return f"{weekday} {words.day.format(local.day)} {month}{year}"


def _days(days: Sequence[date], words: _Language) -> str:
    """Give several days of one month: `4 and 6 December`, `4–6 December`."""
    numbers = [words.day.format(one.day) for one in days]
    if len(days) >= LEAST_OF_A_RUN and (days[-1] - days[0]).days == len(days) - 1:
        said = f"{numbers[0]}{DASH}{numbers[-1]}"
    else:
        said = words.comma.join(numbers[:-1]) + words.last + numbers[-1]
    return f"{said} {words.months[days[0].month - 1]}"


def price_in_words(price: Price | None, language: str) -> str:
    """Give a price as one text, such as `300–500 Kč` or `from €30`; empty where there is none."""
    if price is None:
        return ""
    code, words = _language(language)
    if price.is_free:
        return words.free
    symbol = symbol_of(price.currency, code)
    amounts = [price.lowest] if price.highest in (None, price.lowest) else [
        price.lowest,
        price.highest,
    ]  # fmt: skip
    said = DASH.join(_amount(one, words) for one in amounts if one is not None)
    if code == "en" and symbol in BEFORE_THE_AMOUNT:
        said = f"{symbol}{said}"
    else:
        said = f"{said}{NBSP}{symbol}"
    said = words.from_.format(said) if price.highest is None else said
    return _digits(said, code)


def _amount(amount: Decimal, words: _Language) -> str:
    """Give an amount with its thousands set apart, and cents only where there are some."""
    whole = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    number, _, cents = whole.partition(".")
    return number.replace(",", words.thousands) + (f"{words.point}{cents}" if cents else "")


def _language(tag: str) -> tuple[str, _Language]:
    code = tag.replace("_", "-").partition("-")[0].lower()
    return (code, _LANGUAGES[code]) if code in _LANGUAGES else ("en", _EN)


def _digits(text: str, code: str) -> str:
    return text.translate(_PERSIAN_DIGITS) if code == "fa" else text

"""A show's facts in the words that stand on a picture: dates, prices and names as people write them.

Written for en, cs, fa and uk; other languages get days as YYYY-MM-DD. Persian has the solar Hijri
calendar and its own digits.
What does not belong here: which of the facts find room, how they are set (`overlay/`), rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from posthub_assets.domain.media.overlay.facts import IN_ORDER, EventFacts
from posthub_assets.domain.media.solar_hijri import solar_hijri

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "cs": ("pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle"),
    "uk": ("понеділок", "вівторок", "середа", "четвер", "п’ятниця", "субота", "неділя"),
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
}
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "cs": (
        *("ledna", "února", "března", "dubna", "května", "června"),
        *("července", "srpna", "září", "října", "listopadu", "prosince"),
    ),
    "uk": (
        *("січня", "лютого", "березня", "квітня", "травня", "червня"),
        *("липня", "серпня", "вересня", "жовтня", "листопада", "грудня"),
    ),
    "fa": (
        *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
        *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
    ),
}
"""As they follow a day's number."""
_DOTTED = frozenset(("cs",))
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_FREE = {"en": "Free entry", "cs": "Vstup zdarma", "uk": "Вхід вільний", "fa": "ورود آزاد"}
_FROM = {"en": "from {}", "cs": "od {}", "uk": "від {}", "fa": "از {}"}
_UP_TO = {"en": "up to {}", "cs": "do {}", "uk": "до {}", "fa": "تا {}"}
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "CZK": "Kč", "UAH": "₴", "IRR": "ریال"}
_BEFORE = frozenset(("$", "£", "€"))
"""Signs that stand before the number in English."""
_AT = {"fa": "، ساعت "}
_COMMA = {"fa": "، "}


@dataclass(frozen=True, slots=True)
class ShowWords:
    """A show as it is kept. `dates` are local (starts, ends or None), in any order."""

    title: str
    venue: str = ""
    address: str = ""
    dates: Sequence[tuple[datetime, datetime | None]] = ()
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    currency: str = ""
    performers: Sequence[str] = ()
    call_to_action: str = ""


def facts_of(show: ShowWords | None, language: str, given: Mapping[str, str]) -> EventFacts:
    """Give the facts to lay over a picture: the show's, and what a person gave in their place.

    `language` is a BCP 47 tag; `given` is by name, and a blank one leaves a fact of the show out.
    """
    tag = _tag(language)
    facts = EventFacts(language=language)
    if show is not None:
        comma = _COMMA.get(tag, ", ")
        facts = EventFacts(
            title=show.title,
            performers=comma.join(one for one in show.performers if one.strip()),
            dates=dates_in_words(show.dates, language),
            venue=comma.join(one for one in (show.venue, show.address) if one.strip()),
            price=price_in_words(show.price_from, show.price_to, show.currency, language),
            call_to_action=show.call_to_action,
            language=language,
        )
    return replace(facts, **{name: given[name] for name in IN_ORDER if name in given})


def dates_in_words(dates: Sequence[tuple[datetime, datetime | None]], language: str) -> str:
    """Write one date whole, two dates one after the other, more as the first and the last.

    The hour is said where it is the same for all.
    """
    starts = sorted({one for one, _ in dates})
    if not starts:
        return ""
    tag = _tag(language)
    days = sorted({one.date() for one in starts})
    hours = {one.strftime("%H:%M") for one in starts}
    if len(days) == 1:
        said = _day(days[0], tag, weekday=True)
    elif len(days) == 2:
        said = _COMMA.get(tag, ", ").join(
            (_day(days[0], tag, year=not _same_year(days, tag)), _day(days[1], tag))
        )
    else:
        said = " – ".join(
            (_day(days[0], tag, year=not _same_year(days, tag)), _day(days[-1], tag))
        )
    if len(hours) == 1:
        said += _AT.get(tag, ", ") + hours.pop()
    return _digits(said, tag)


def price_in_words(
    least: Decimal | None, most: Decimal | None, currency: str, language: str
) -> str:
    """Write a price or a range; nothing where there is none, and that it is free where it is."""
    tag = _tag(language)
    if least is None and most is None:
        return ""
    if most == 0 or (least == 0 and most is None):
        return _FREE.get(tag, _FREE["en"])
    sign = _SIGNS.get(currency.upper(), currency.upper())
    if least is None:
        said = _UP_TO.get(tag, _UP_TO["en"]).format(_money(_amount(most), sign, tag))
    elif most is None:
        said = _FROM.get(tag, _FROM["en"]).format(_money(_amount(least), sign, tag))
    elif least == most:
        said = _money(_amount(least), sign, tag)
    else:
        said = _money(f"{_amount(least)}–{_amount(most)}", sign, tag)
    return _digits(said, tag)


def _tag(language: str) -> str:
    return language.partition("-")[0].casefold()


def _day(day: date, tag: str, *, weekday: bool = False, year: bool = True) -> str:
    if tag not in _MONTHS:
        return day.isoformat()
    number, month, year_number = day.day, day.month, day.year
    if tag == "fa":
        year_number, month, number = solar_hijri(day)
    words = [
        _DAYS[tag][day.weekday()] if weekday else "",
        f"{number}." if tag in _DOTTED else str(number),
        _MONTHS[tag][month - 1],
        str(year_number) if year else "",
    ]
    return " ".join(word for word in words if word)


def _same_year(days: Sequence[date], tag: str) -> bool:
    if tag == "fa":
        return len({solar_hijri(day)[0] for day in days}) == 1
    return len({day.year for day in days}) == 1


def _amount(amount: Decimal | None) -> str:
    whole = amount or Decimal(0)
    text = f"{whole:,.0f}" if whole == whole.to_integral_value() else f"{whole:,.2f}"
    return text.replace(",", "\u202f")


def _money(amount: str, sign: str, tag: str) -> str:
    if tag == "en" and sign in _BEFORE:
        return f"{sign}{amount}"
    return f"{amount}\u00a0{sign}".rstrip()


def _digits(text: str, tag: str) -> str:
    return text.translate(_PERSIAN_DIGITS) if tag == "fa" else text

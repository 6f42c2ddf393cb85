"""What a show is: an event of a company with its place, times, price and performers.

Times are what the clocks of the company's zone show, without an offset: that is what stands on a
poster. An hour that the clocks skip is no time; one that they show twice reads the same both times.
What does not belong here: words for people (`show_words.py`), the clock, rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from posthub_assets.domain.calendars.local_time import (
    moment_of,
    read_local,
    refuse_out_of_reach,
    zone_named,
)
from posthub_assets.domain.errors import InvalidInput, SkippedTime
from posthub_assets.domain.media.currencies import CODES, WITHOUT_DECIMALS

MOST_DATES = 60
MOST_PERFORMERS = 40
MOST_PRICE = Decimal(999_999_999)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One date of a show, in local time without a zone; `ends_at` None where nobody says."""

    starts_at: datetime
    ends_at: datetime | None = None

    def as_json(self) -> dict[str, str | None]:
        """Give it as it is kept and sent: `{"starts_at": "2026-12-04T19:30", "ends_at": null}`."""
        return {"starts_at": _plain(self.starts_at), "ends_at": _plain(self.ends_at)}


@dataclass(frozen=True, slots=True)
class Price:
    """A price, or a range of prices; `highest` None means "from" the lowest upwards."""

    lowest: Decimal
    highest: Decimal | None
    currency: str
    """ISO 4217."""

    @property
    def is_free(self) -> bool:
        """True where nobody pays anything."""
        return self.lowest == 0 and self.highest == 0


@dataclass(frozen=True, slots=True)
class Show:
    """The facts of a show. Only the title is there for certain."""

    title: str
    venue: str = ""
    address: str = ""
    occasions: tuple[Occasion, ...] = ()
    price: Price | None = None
    performers: tuple[str, ...] = ()
    call_to_action: str = ""


def read_occasions(
    entries: Sequence[Mapping[str, str | None]], zone: str, now: datetime
) -> tuple[Occasion, ...]:
    """Read dates of `{"starts_at": "2026-12-04T19:30", "ends_at": ...}`, sorted, each once.

    Raises InvalidInput that names the date: a time that does not exist in the zone, an end before
    its start, more than five years ahead, too many dates. A date may have passed.
    """
    if len(entries) > MOST_DATES:
        raise InvalidInput(f"A show has at most {MOST_DATES} dates.", field="dates")
    found = {_occasion(entry, zone, now, f"dates[{n}]") for n, entry in enumerate(entries)}
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.ends_at or one.starts_at)))


def _occasion(entry: Mapping[str, str | None], zone: str, now: datetime, field: str) -> Occasion:
    starts_at = _time(entry.get("starts_at") or "", zone, now, f"{field}.starts_at")
    if not entry.get("ends_at"):
        return Occasion(starts_at)
    ends_at = _time(entry["ends_at"] or "", zone, now, f"{field}.ends_at")
    if ends_at <= starts_at:
        raise InvalidInput(
            f"The show ends ({_plain(ends_at)}) before it begins ({_plain(starts_at)}). "
            "A show that goes on after midnight ends on the next day.",
            field=f"{field}.ends_at",
        )
    return Occasion(starts_at, ends_at)


def _time(text: str, zone: str, now: datetime, field: str) -> datetime:
    try:
        local = read_local(text.strip())
    except InvalidInput as error:
        said = str(error).partition(";")[0].rstrip(".")
        raise InvalidInput(f"{said}: it is the time at the venue.", field=field) from None
    try:
        moment = moment_of(local, zone_named(zone), fold="earlier")
        refuse_out_of_reach(max(moment, now), now, zone, field=field)
    except SkippedTime as error:
        raise SkippedTime(str(error), field=field) from None
    except InvalidInput as error:
        raise InvalidInput(str(error), field=field) from None
    return local.replace(second=0)


def read_price(lowest: Decimal | None, highest: Decimal | None, currency: str) -> Price | None:
    """Check a price; None where none is given. Raises InvalidInput that names the field."""
    currency = currency.strip().upper()
    if lowest is None:
        if highest is not None:
            raise InvalidInput(
                "Say price_from too: 0 where some come in for free.", field="price_from"
            )
        return None
    if not currency:
        raise InvalidInput(
            "A price needs its currency, such as CZK or EUR (ISO 4217).", field="currency"
        )
    if currency not in CODES:
        raise InvalidInput(
            f"{currency[:10]!r} is no currency of ISO 4217. Write CZK, EUR, UAH or the like.",
            field="currency",
        )
    if highest is not None and highest < lowest:
        raise InvalidInput("price_to is below price_from.", field="price_to")
    for name, amount in (("price_from", lowest), ("price_to", highest)):
        if amount is not None:
            _refuse_amount(amount, currency, name)
    return Price(lowest, highest, currency)


def _refuse_amount(amount: Decimal, currency: str, field: str) -> None:
    if not 0 <= amount <= MOST_PRICE:
        raise InvalidInput(f"A price is between 0 and {MOST_PRICE:,}.", field=field)
    smallest = Decimal(1) if currency in WITHOUT_DECIMALS else CENT
    if amount % smallest:
        raise InvalidInput(f"{amount} {currency} is finer than {currency} can be.", field=field)


def show_of(row: Mapping[str, Any]) -> Show:
    """Give the facts of a show as they are kept: a row of the table `show` by column names."""
    lowest: Decimal | None = row["price_from"]
    price = None
    if lowest is not None:
        price = Price(lowest, row["price_to"], row["currency"])
    return Show(
        title=row["title"],
        venue=row["venue"],
        address=row["address"],
        occasions=tuple(_kept(one) for one in row["dates"]),
        price=price,
        performers=tuple(row["performers"]),
        call_to_action=row["call_to_action"],
    )


def _kept(entry: Mapping[str, str | None]) -> Occasion:
    ends_at = entry.get("ends_at")
    starts_at = datetime.fromisoformat(entry["starts_at"] or "")
    return Occasion(starts_at, datetime.fromisoformat(ends_at) if ends_at else None)


def _plain(local: datetime | None) -> str | None:
    return None if local is None else local.isoformat(timespec="minutes")

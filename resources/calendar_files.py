"""The content calendar as files: CSV for spreadsheets, iCalendar for calendars.

What does not belong here: what stands in the calendar (`posthub_assets/domain/calendars/`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from posthub_assets.domain.csv_cells import FORMULA_STARTS

if TYPE_CHECKING:
    import pandas as pd

EVENT_MINUTES = 15


def to_csv(table: pd.DataFrame) -> bytes:
    """Give UTF-8 with a byte order mark, which spreadsheets need to read other scripts.

    A cell that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection).
    """
    safe = table.map(_guarded)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _guarded(cell: object) -> object:
    return f"'{cell!s}" if str(cell).startswith(FORMULA_STARTS) else cell


def to_ics(table: pd.DataFrame, *, timezone: str, name: str) -> bytes:
    """Give an RFC 5545 calendar: one event per scheduled entry, times in UTC.

    Programs show them in their own zone; `timezone` is where the company is.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//PostHub//content calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", timezone)
    for row in table.itertuples(index=False):
        if not row.date:
            continue
        offset = str(row.utc_offset).removeprefix("UTC")
        start = datetime.fromisoformat(f"{row.date!s}T{row.time!s}{offset}")
        event = Event()
        event.add("uid", f"{row.content_id}@posthub")
        event.add("dtstamp", start.astimezone(UTC))
        event.add("dtstart", start.astimezone(UTC))
        event.add("dtend", start.astimezone(UTC) + timedelta(minutes=EVENT_MINUTES))
        event.add("summary", f"{row.platform}: {row.title}")
        event.add("description", f"{row.text}\n\n{row.hashtags}".strip())
        event.add("categories", [row.kind, row.platform])
        calendar.add_component(event)
    return bytes(calendar.to_ical())

"""`posthub usage ...`: what was bought, by whom, for what; beside its forecast.

What does not belong here: sums (`resources/database/repositories/usage.py`), limits (`limits.py`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args
from uuid import UUID

from posthub_assets.commands.limits import find_company
from posthub_assets.commands.prompts import as_administrator
from posthub_assets.commands.speaking import say, say_good
from posthub_assets.commands.tables import table
from posthub_assets.domain.calendar import parse_month
from posthub_assets.domain.errors import InvalidInput, StorageError
from posthub_assets.domain.tiers import Tier
from posthub_assets.domain.usage import (
    HEADINGS,
    UsageRow,
    as_csv,
    as_data,
    in_words,
    money,
    totals,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from resources.database.repositories.companies import CompanyRow
    from resources.database.repositories.usage import Dimension, SumRow


def show_month(company: str, month: str, csv: Path | None, data: Path | None) -> None:
    """`posthub usage COMPANY YYYY-MM`. Raises InvalidInput, NotFound, StorageError."""
    from resources.database.repositories import usage

    wanted = parse_month(month)

    async def read(
        connection: AsyncConnection, _: UUID | None
    ) -> tuple[CompanyRow, list[UsageRow]]:
        found = await find_company(connection, company)
        rows = await usage.usage_of(connection, found.organization_id, found.id, wanted)
        return found, rows

    found, rows = as_administrator(read)
    for path, content in ((csv, as_csv(rows)), (data, _json(rows))):
        if path is not None:
            _write(path, content)
    for line in table([one.upper() for one in HEADINGS], in_words(rows)):
        say(line)
    all_in_all = totals(rows)
    say()
    say(
        f"{all_in_all.requests:,} requests, {all_in_all.tokens:,} tokens, "
        f"{money(all_in_all.cost_usd)} USD; {money(all_in_all.invoiced_usd)} USD on our keys."
    )
    _beside_forecast(found, rows)


def _json(rows: Sequence[UsageRow]) -> bytes:
    return json.dumps(as_data(rows), ensure_ascii=False, indent=1).encode()


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error
    say_good(f"Written to {path}.")


def _beside_forecast(company: CompanyRow, rows: Sequence[UsageRow]) -> None:
    """Show each stage beside what a full month was expected to be, at the models that were used."""
    from resources.month_forecast import beside_forecast

    found = beside_forecast(Tier(company.tier), len(company.platforms), rows)
    if found is None:
        say("Nothing was paid: `local` costs nothing.")
        return
    lines = [
        (
            one.stage,
            f"{one.forecast.requests:,}",
            money(one.forecast.cost_usd),
            f"{one.actual.requests:,}",
            money(one.actual.cost_usd),
        )
        for one in found
    ]
    say()
    say("Beside the forecast of a full month, everything approved at first sight:")
    for line in table(("STAGE", "EXPECTED", "USD", "CAME", "USD"), lines):
        say(line)


def show_between(organization: str | None, begins: str | None, ends: str | None, by: str) -> None:
    """`posthub usage --by provider`: any span of time. Raises InvalidInput."""
    from resources.database.repositories import usage

    if by not in get_args(usage.Dimension):
        raise InvalidInput(f"--by is one of {', '.join(usage.DIMENSIONS)}.", field="by")
    today = datetime.now(UTC).date()
    first = _day(begins) if begins else today.replace(day=1)
    last = _day(ends) if ends else today
    span = (_midnight(first), _midnight(last + timedelta(days=1)))

    async def read(connection: AsyncConnection, found: UUID | None) -> Sequence[SumRow]:
        wanted = cast("Dimension", by)
        return await usage.usage_between(connection, *span, wanted, organization_id=found)

    rows = as_administrator(read, organization)
    shown = [
        (one.name, f"{one.requests:,}", f"{one.failed:,}", f"{one.tokens:,}", money(one.cost_usd))
        for one in rows
    ]
    for line in table((by.upper(), "REQUESTS", "FAILED", "TOKENS", "USD"), shown):
        say(line)
    cost = sum((one.cost_usd for one in rows), start=Decimal(0))
    say(f"From {first} to {last} (UTC): {money(cost)} USD.")


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise InvalidInput(f"{told!r} is not a date like 2026-12-31.") from None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)

"""Limits as people see them: what is written down, what holds, what of it is used.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: writing limits (`limits.py`), reserving (`budgets.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import BudgetExceeded
from posthub_assets.domain.spending.limits import (
    Ceiling,
    Limit,
    LimitDefaults,
    Owner,
    Period,
    WrittenLimit,
    limits_on,
)
from posthub_assets.domain.tiers import Tier
from resources.database.repositories.companies import CompanyRow

OPEN = Ceiling()

_TIERS = text(
    """
    SELECT tier, count(*) AS companies FROM posthub.company
    WHERE organization_id = :organization_id AND is_active AND deleted_at IS NULL GROUP BY tier
    """
)
_WRITTEN = text(
    """
    SELECT company_id, period, requests, tokens, cost_usd FROM posthub.usage_limit
    WHERE organization_id = :organization_id AND provider IS NULL
        AND (company_id IS NULL OR company_id = CAST(:company_id AS uuid))
    """
)
_USED = text(
    """
    SELECT period, starts_on, spent_requests, spent_tokens, spent_usd, reserved_requests,
        reserved_tokens, reserved_usd
    FROM posthub.budget
    WHERE organization_id = :organization_id AND provider IS NULL
        AND company_id IS NOT DISTINCT FROM CAST(:company_id AS uuid)
        AND ((period = 'month' AND starts_on = :month) OR (period = 'day' AND starts_on = :day))
    """
)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Calls, tokens in and out, and USD."""

    requests: int = 0
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class LimitView:
    """One period. `written` is None where nothing is written down and the tiers' limit holds."""

    period: Period
    starts_on: date
    resets_at: datetime
    written: Ceiling | None
    holds: Ceiling
    spent: Amounts
    reserved: Amounts


async def holding(
    connection: AsyncConnection,
    organization_id: UUID,
    company: CompanyRow | None,
    defaults: LimitDefaults,
    now: datetime | None = None,
) -> list[LimitView]:
    """Read the limits of an organisation, or of one of its companies, for this month and day.

    Spent and reserved are what the limits count: calls on the organisation's own keys are not.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC)
    company_id = company.id if company else None
    values = {"organization_id": organization_id, "company_id": company_id}
    written = await _written(connection, values)
    found = limits_on(
        at,
        company_id=str(company_id),
        tier=Tier(company.tier) if company else Tier.BASIC,
        tiers=await _tiers(connection, organization_id),
        written=written,
        provider_month_usd=None,
        defaults=defaults,
    )
    owner = "company" if company else "organization"
    holds = {one.period: one.ceiling for one in found if one.owner == owner}
    key = str(company_id) if company_id else None
    told = {one.period: one.ceiling for one in written if one.company_id == key}
    firsts: dict[Period, date] = {"month": at.date().replace(day=1), "day": at.date()}
    rows = await connection.execute(
        _USED, {**values, "month": firsts["month"], "day": firsts["day"]}
    )
    used = {row.period: row for row in rows}
    return [
        LimitView(
            period,
            starts_on,
            Limit("organization", period, starts_on, OPEN).resets_at,
            told.get(period),
            holds.get(period, OPEN),
            _amounts(used.get(period), "spent"),
            _amounts(used.get(period), "reserved"),
        )
        for period, starts_on in firsts.items()
    ]


def refuse_used_up(views: Sequence[LimitView], whose: Owner, asked: Amounts | None = None) -> None:
    """Raise BudgetExceeded where a limit leaves nothing for another call, or less than `asked`."""
    wanted = asked or Amounts()
    for view in views:
        for name, most, spent, reserved in _counted(view):
            needed = Decimal(getattr(wanted, name))
            used = spent + reserved
            if most is None or (used < most and used + needed <= most):
                continue
            shown = _in_words(name, most)
            left = f"is used up. It begins anew on {view.resets_at:%Y-%m-%d} (UTC)"
            if used < most:
                left = (
                    f"has {_in_words(name, most - used)} left, and this may need "
                    f"{_in_words(name, needed)}. It begins anew on {view.resets_at:%Y-%m-%d} (UTC)"
                )
            raise BudgetExceeded(
                f"The {whose}'s limit of {shown} a {view.period} {left}; a manager can raise it: "
                "PUT /v1/usage/limits.",
                limit_source=f"{whose}/{view.period}/{name}",
                spent=spent,
                reserved=reserved,
                limit=most,
                asked=needed,
                resets_at=view.resets_at,
            )


def _in_words(name: str, amount: Decimal) -> str:
    if name == "cost_usd":
        return f"{amount:,.2f} USD" if amount >= 1 or not amount else f"{amount:.4f} USD"
    return f"{amount:,} {name}"


def _counted(view: LimitView) -> list[tuple[str, Decimal | None, Decimal, Decimal]]:
    """Give (name, limit, spent, reserved) of what a limit counts, money first."""
    names = ("cost_usd", "tokens", "requests")
    limits = (getattr(view.holds, name) for name in names)
    return [
        (
            name,
            None if most is None else Decimal(most),
            Decimal(getattr(view.spent, name)),
            Decimal(getattr(view.reserved, name)),
        )
        for name, most in zip(names, limits, strict=True)
    ]


async def _written(connection: AsyncConnection, values: dict[str, Any]) -> list[WrittenLimit]:
    return [
        WrittenLimit(
            str(row.company_id) if row.company_id else None,
            row.period,
            Ceiling(row.requests, row.tokens, row.cost_usd),
        )
        for row in await connection.execute(_WRITTEN, values)
    ]


async def _tiers(connection: AsyncConnection, organization_id: UUID) -> dict[Tier, int]:
    """Count the active companies by tier; without any, the first one is taken to be BASIC."""
    rows = await connection.execute(_TIERS, {"organization_id": organization_id})
    return {Tier(row.tier): row.companies for row in rows} or {Tier.BASIC: 1}


def _amounts(row: Row[Any] | None, what: str) -> Amounts:
    if row is None:
        return Amounts()
    values = row._mapping
    return Amounts(values[f"{what}_requests"], values[f"{what}_tokens"], values[f"{what}_usd"])

"""Budgets: reserved before a call, settled after it, whole again where the caller died.

The arithmetic is in three functions of the database (migration 0005), so that a reservation is one
round trip and no number of callers can overshoot a limit. Every function takes an open connection;
the caller owns the transaction, which also writes the journal's row.
What does not belong here: what the limits are (`posthub_assets/domain/spending/`), prices.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import BudgetExceeded, NotFound
from posthub_assets.domain.ports import Call
from posthub_assets.domain.spending.limits import (
    Ceiling,
    Limit,
    LimitDefaults,
    WrittenLimit,
    limits_on,
)
from posthub_assets.domain.tiers import Tier
from resources.ids import new_id

if TYPE_CHECKING:
    from resources.pricing import Estimate

_LIMITS = text(
    """
    SELECT c.tier,
        (SELECT jsonb_object_agg(t.tier, t.companies) FROM (
            SELECT k.tier, count(*) AS companies FROM posthub.company k
            WHERE k.organization_id = :organization_id AND k.is_active AND k.deleted_at IS NULL
            GROUP BY k.tier) t) AS tiers,
        (SELECT jsonb_agg(jsonb_build_object('company', l.company_id, 'period', l.period,
            'requests', l.requests, 'tokens', l.tokens, 'usd', l.cost_usd::text))
         FROM posthub.usage_limit l
         WHERE l.organization_id = :organization_id AND l.provider IS NULL
            AND (l.company_id IS NULL OR l.company_id = :company_id)) AS written,
        (SELECT posthub.provider_budget_usd(:provider)) AS provider_usd
    FROM posthub.company c WHERE c.id = :company_id AND c.organization_id = :organization_id
    """
)


async def limits_for(
    connection: AsyncConnection,
    call: Call,
    provider: str,
    defaults: LimitDefaults,
    now: datetime | None = None,
) -> tuple[Limit, ...]:
    """Read the limits that a call has to fit under, in one query. Raises NotFound."""
    values = {
        "organization_id": UUID(call.organization_id),
        "company_id": UUID(call.company_id),
        "provider": provider,
    }
    row = (await connection.execute(_LIMITS, values)).first()
    if row is None:
        raise NotFound("The company is not there any more.")
    tier = Tier(row.tier)
    tiers = {Tier(name): count for name, count in (row.tiers or {}).items()}
    return limits_on(
        now or datetime.now(UTC),
        company_id=call.company_id,
        tier=tier,
        tiers=tiers or {tier: 1},
        written=[_written(one) for one in row.written or ()],
        provider_month_usd=row.provider_usd,
        defaults=defaults,
    )


def _written(one: dict[str, Any]) -> WrittenLimit:
    usd = None if one["usd"] is None else Decimal(one["usd"])
    ceiling = Ceiling(one["requests"], one["tokens"], usd)
    return WrittenLimit(one["company"], one["period"], ceiling)


_RESERVE = text(
    """
    SELECT posthub.reserve_budget(:id, :generation_id, :organization_id,
        make_interval(secs => :hold_s), :tokens, :usd, CAST(:scopes AS jsonb))
    """
)


async def reserve(
    connection: AsyncConnection,
    call: Call,
    *,
    generation_id: UUID,
    provider: str,
    estimate: Estimate,
    limits: tuple[Limit, ...],
    hold_s: float,
) -> None:
    """Set aside what a call may cost, for `hold_s` seconds.

    Raises BudgetExceeded that names the limit in the way; the caller's transaction must roll back.
    """
    if not limits:
        return
    scopes = [scope_of(limit, call, provider) for limit in limits]
    values = {
        "id": new_id(),
        "generation_id": generation_id,
        "organization_id": UUID(call.organization_id),
        "hold_s": hold_s,
        "tokens": estimate.tokens,
        "usd": estimate.cost_usd,
        "scopes": json.dumps(scopes),
    }
    refusal = (await connection.execute(_RESERVE, values)).scalar_one()
    if refusal is not None:
        raise exceeded(limits, refusal, estimate, provider)


def exceeded(
    limits: tuple[Limit, ...], refusal: dict[str, Any], estimate: Estimate, provider: str
) -> BudgetExceeded:
    """Make the error of a refused reservation; `refusal` is what the database told."""
    return _exceeded(limits[int(refusal["number"])], refusal, estimate, provider)


def scope_of(limit: Limit, call: Call, provider: str) -> dict[str, Any]:
    """Give a limit as the database's function takes it."""
    ceiling = limit.ceiling
    return {
        "platform": limit.owner == "provider",
        "company": call.company_id if limit.owner == "company" else None,
        "provider": provider if limit.owner == "provider" else None,
        "period": limit.period,
        "starts_on": limit.starts_on.isoformat(),
        "requests": ceiling.requests,
        "tokens": ceiling.tokens,
        "usd": None if ceiling.cost_usd is None else str(ceiling.cost_usd),
    }


@dataclass(frozen=True, slots=True)
class _Unit:
    """One of the three things that a limit counts."""

    name: str
    key: str
    asked: Decimal
    most: Decimal | None

    def shown(self, amount: Decimal) -> str:
        """Write an amount for people."""
        if self.key == "usd":
            return f"{amount:,.2f} USD"
        return f"{int(amount):,} {self.name}"


def _units(limit: Limit, estimate: Estimate) -> tuple[_Unit, ...]:
    ceiling = limit.ceiling
    tokens, requests = ceiling.tokens, ceiling.requests
    return (
        _Unit("cost_usd", "usd", estimate.cost_usd, ceiling.cost_usd),
        _Unit("tokens", "tokens", Decimal(estimate.tokens), _decimal(tokens)),
        _Unit("requests", "requests", Decimal(1), _decimal(requests)),
    )


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _exceeded(
    limit: Limit, refusal: dict[str, Any], estimate: Estimate, provider: str
) -> BudgetExceeded:
    """Name the unit that does not fit; where several do not, the first: money."""
    for unit in _units(limit, estimate):
        spent = Decimal(str(refusal[f"spent_{unit.key}"]))
        reserved = Decimal(str(refusal[f"reserved_{unit.key}"]))
        if unit.most is not None and spent + reserved + unit.asked > unit.most:
            return BudgetExceeded(
                f"{_told(limit, unit, unit.most, provider)} It begins anew on "
                f"{limit.resets_at:%Y-%m-%d} (UTC); an administrator can raise it: "
                "posthub limits set.",
                limit_source=f"{limit.owner}/{limit.period}/{unit.name}",
                spent=spent,
                reserved=reserved,
                limit=unit.most,
                asked=unit.asked,
                resets_at=limit.resets_at,
            )
    raise AssertionError("the database refused what fits")


def _told(limit: Limit, unit: _Unit, most: Decimal, provider: str) -> str:
    whose = WHOSE[limit.owner].format(provider=provider)
    shown = f"{whose} limit of {unit.shown(most)} a {limit.period}"
    if unit.asked > most:
        return f"One call may need {unit.shown(unit.asked)}, and {shown} is less than that."
    return f"{shown[0].upper()}{shown[1:]} is used up."


WHOSE = {
    "provider": "the platform's {provider}",
    "organization": "the organisation's",
    "company": "the company's",
}

_SETTLE = text("SELECT posthub.settle_budget(:generation_id, :requests, :tokens, :usd)")
_RELEASE_EXPIRED = text("SELECT posthub.release_expired(:organization_id)")


async def settle(
    connection: AsyncConnection,
    generation_id: UUID,
    *,
    tokens: int,
    cost_usd: Decimal,
    requests: int = 1,
) -> bool:
    """Book what a call really came to, and set the rest of its reservation free.

    A second settling books nothing and gives False; so does one without a reservation. A call that
    is settled after its reservation expired is booked all the same.
    """
    values = {
        "generation_id": generation_id,
        "requests": requests,
        "tokens": tokens,
        "usd": cost_usd,
    }
    return bool((await connection.execute(_SETTLE, values)).scalar_one())


async def release(connection: AsyncConnection, generation_id: UUID) -> bool:
    """Set a reservation free: the call was never made."""
    return await settle(connection, generation_id, tokens=0, cost_usd=Decimal(0), requests=0)


async def release_expired(connection: AsyncConnection, organization_id: UUID) -> int:
    """Set free what callers of an organisation reserved and died over; give how many.

    Every reservation of the organisation does the same first, so nobody has to call this.
    """
    values = {"organization_id": organization_id}
    return int((await connection.execute(_RELEASE_EXPIRED, values)).scalar_one())

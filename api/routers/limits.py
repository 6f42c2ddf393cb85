"""Limits of an organisation or a company, and a month beside its forecast.

What does not belong here: a provider's monthly budget, which is the platform's (`providers.py`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, field_serializer, model_validator

from api.reach import company_within, readable, writable
from api.services import acting, origin_of, services_of, signed_in
from api.shapes import Exact, Input, Month, Output
from api.strictness import Usd
from posthub_assets.domain.calendar import month_name, parse_month
from posthub_assets.domain.errors import InvalidInput, NotFound
from posthub_assets.domain.spending.limits import Ceiling
from posthub_assets.domain.tiers import Tier
from posthub_assets.domain.usage import totals
from resources.database.repositories import companies, limit_views, limits, usage
from resources.limit_defaults import limit_defaults
from resources.month_forecast import beside_forecast

router = APIRouter(prefix="/v1", tags=["usage"], dependencies=[Depends(signed_in)])

Count = Annotated[int, Field(ge=0, le=10**15)]


class CeilingOut(Output):
    """The most of each in a period; null is no limit of that sort."""

    requests: int | None
    tokens: int | None
    cost_usd: Exact | None


class AmountsOut(Output):
    """Calls, tokens and exact USD."""

    requests: int
    tokens: int
    cost_usd: Exact


class LimitOut(Output):
    """One period. Where `written` is null the tiers' own limit holds."""

    period: Literal["month", "day"]
    starts_on: date
    resets_at: datetime
    written: CeilingOut | None
    holds: CeilingOut
    spent: AmountsOut
    reserved: AmountsOut


class Limits(Output):
    """The limits of an organisation, or of one of its companies."""

    organization_id: UUID
    company_id: UUID | None
    items: list[LimitOut]


class LimitChange(Input):
    """A limit to write down, whole: what is null is not limited. `remove` takes it away."""

    organization_id: UUID | None = None
    company: UUID | None = None
    period: Literal["month", "day"] = "month"
    requests: Count | None = None
    tokens: Count | None = None
    cost_usd: Usd | None = None
    remove: bool = False

    @model_validator(mode="after")
    def _says_one_thing(self) -> LimitChange:
        if self.remove == (not self.ceiling.is_open):
            raise InvalidInput(
                "Give requests, tokens or cost_usd; or `remove`, which lets the tier's hold again.",
                field="cost_usd",
            )
        return self

    @property
    def ceiling(self) -> Ceiling:
        """The limit as the domain takes it."""
        return Ceiling(self.requests, self.tokens, self.cost_usd)


class StageOut(Output):
    """What a stage of a month came to, or is expected to."""

    requests: int
    tokens: int
    cost_usd: Exact


class DifferenceOut(Output):
    """A stage as forecast and as it came; `share` is actual over forecast cost."""

    stage: str
    forecast: StageOut
    actual: StageOut
    share: Exact | None


class Forecast(Output):
    """A full month, everything approved at first sight, beside what came so far.

    Forecasts are at the models that were used; before anything was paid `stages` is empty and
    `forecast_usd` null.
    """

    company_id: UUID
    month: date
    requests: int
    tokens: int
    cost_usd: Exact
    invoiced_usd: Exact
    forecast_usd: Exact | None
    stages: list[DifferenceOut]

    @field_serializer("month")
    def _month(self, month: date) -> str:
        return month_name(month)


@router.get("/usage/limits")
async def get_limits(
    request: Request, organization_id: UUID | None = None, company: UUID | None = None
) -> Limits:
    """Read what holds for this month and day (UTC), what is written down, and what is used."""
    async with acting(request) as act:
        found = await company_within(act, company, organization_id)
        given = found.organization_id if found else organization_id
        owner = await readable(act, given)
        defaults = limit_defaults(services_of(request).settings)
        rows = await limit_views.holding(act.connection, owner, found, defaults)
    items = [LimitOut.model_validate(row) for row in rows]
    return Limits(organization_id=owner, company_id=company, items=items)


@router.put("/usage/limits")
async def put_limit(request: Request, body: LimitChange) -> Limits:
    """Write a limit down; it holds from the next call on. Managers and above."""
    async with acting(request) as act:
        found = await company_within(act, body.company, body.organization_id)
        given = found.organization_id if found else body.organization_id
        owner = await writable(act, given)
        changed = await limits.write(
            act.connection,
            owner,
            found.id if found else None,
            body.period,
            ceiling=None if body.remove else body.ceiling,
            by=act.person.id,
            origin=origin_of(request),
        )
        if not changed:
            raise NotFound("There is no such limit to take away.")
        defaults = limit_defaults(services_of(request).settings)
        rows = await limit_views.holding(act.connection, owner, found, defaults)
    items = [LimitOut.model_validate(row) for row in rows]
    return Limits(organization_id=owner, company_id=body.company, items=items)


@router.get("/companies/{company_id}/forecast")
async def get_forecast(
    request: Request, company_id: UUID, month: Annotated[Month | None, Query()] = None
) -> Forecast:
    """Read what a month cost so far beside its forecast, by stage; this month of UTC by default."""
    wanted = parse_month(month) if month else datetime.now(UTC).date().replace(day=1)
    async with acting(request) as act:
        company = await companies.get(act.connection, company_id)
        rows = await usage.usage_of(act.connection, company.organization_id, company.id, wanted)
    sums = totals(rows)
    stages = beside_forecast(Tier(company.tier), len(company.platforms), rows)
    expected = sum((one.forecast.cost_usd for one in stages or ()), start=Decimal(0))
    return Forecast(
        company_id=company.id,
        month=wanted,
        requests=sums.requests,
        tokens=sums.tokens,
        cost_usd=sums.cost_usd,
        invoiced_usd=sums.invoiced_usd,
        forecast_usd=None if stages is None else expected,
        stages=[DifferenceOut.model_validate(one) for one in stages or ()],
    )

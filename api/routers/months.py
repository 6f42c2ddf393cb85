"""A company's months and the personas that write for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import once
from api.routers.companies import writable_company
from api.services import acting, origin_of, signed_in
from api.shapes import Input, Month, Output
from posthub_assets.domain.calendar import month_name, parse_month
from posthub_assets.domain.flow import Priority
from resources.database.repositories import companies, months, personas
from resources.database.repositories.months import MonthRow
from resources.database.repositories.personas import Choice

router = APIRouter(
    prefix="/v1/companies/{company_id}", tags=["months"], dependencies=[Depends(signed_in)]
)


class NewMonth(Input):
    """The month to open, as YYYY-MM: this one, or one of the next three."""

    month: Month


class MonthOut(Output):
    """An opened month: tier and quota as they were at its opening."""

    company_id: UUID
    month: str
    tier: str
    quota: int
    starts_on: date
    opened_by: str
    opened_at: datetime
    waits_for_personas: bool = False


class Months(Output):
    """The months of a company that are open."""

    items: list[MonthOut]


class ChosenPersona(Input):
    """A persona in the version that was read."""

    content_id: UUID
    version: Annotated[int, Field(ge=1)]


class PersonaChoice(Input):
    """All personas that write from now on: 3, 6 or 12 by tier."""

    personas: Annotated[list[ChosenPersona], Field(max_length=12)]


class ActiveOut(Output):
    """Who writes now, who was put away, and the months that go on with it."""

    active: list[UUID]
    archived: list[UUID]
    months: list[str]
    job_ids: list[UUID]


def _out(row: MonthRow) -> MonthOut:
    return MonthOut(
        company_id=row.company_id,
        month=month_name(row.month),
        tier=row.tier.value,
        quota=row.quota,
        starts_on=row.starts_on,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        waits_for_personas=row.waits_for_personas,
    )


@router.get("/months")
async def list_months(request: Request, company_id: UUID) -> Months:
    """List the months that are open."""
    async with acting(request) as act:
        row = await companies.get(act.connection, company_id)
        found = await months.opened_months(act.connection, row.organization_id, row.id)
    return Months(items=[_out(one) for one in found])


@router.post("/months", status_code=201, response_model=MonthOut)
async def open_month(request: Request, company_id: UUID, body: NewMonth) -> Response:
    """Open a month: its topics are made. A month that is open already stays as it is."""
    async with acting(request) as act:
        row = await writable_company(act, company_id)

        async def work() -> MonthOut:
            opened = await months.open_month(
                act.connection,
                row.organization_id,
                row.id,
                parse_month(body.month),
                opened_by="api",
                today=months.today_in(row.timezone, datetime.now(UTC)),
                actor_id=act.person.id,
                priority=Priority.PERSON_WAITS,
                origin=origin_of(request),
            )
            return _out(opened)

        return await once(request, act, 201, work)


@router.put("/personas/active")
async def choose_personas(request: Request, company_id: UUID, body: PersonaChoice) -> ActiveOut:
    """Choose the personas. Each gets an approval of the version named; the rest is archived."""
    async with acting(request) as act:
        row = await writable_company(act, company_id)
        result = await personas.set_active(
            act.connection,
            actor=act.actor,
            company_id=row.id,
            choices=[Choice(one.content_id, one.version) for one in body.personas],
            today=months.today_in(row.timezone, datetime.now(UTC)),
            origin=origin_of(request),
        )
    return ActiveOut(
        active=list(result.active),
        archived=list(result.archived),
        months=[month_name(month) for month in result.months],
        job_ids=list(result.job_ids),
    )

"""Companies: the brief, and the days that get their own topic."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import once
from api.services import Acting, acting, origin_of, signed_in
from api.shapes import Input, Output, Page, Pages, documented
from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.people import Role
from posthub_assets.domain.tiers import Tier
from resources.company_file import COLOR, MAX_SLUG_CHARS, SLUG, EventEntry, parse_company
from resources.database.repositories import companies
from resources.database.repositories.companies import CompanyRow

router = APIRouter(prefix="/v1/companies", tags=["companies"], dependencies=[Depends(signed_in)])

Text = Annotated[str, Field(max_length=5000)]
LanguageCode = Annotated[Text, documented("^([a-z]{2,3})?$")]
CountryCode = Annotated[Text, documented("^([A-Z]{2})?$")]


class Brand(Input):
    """How the company looks. Colours are written `#RRGGBB`."""

    colors: Annotated[
        list[Annotated[str, documented(f"^{COLOR.pattern}$")]], Field(default_factory=list)
    ]


class NewEvent(Input):
    """A day that gets its own topic."""

    date: date
    title: Annotated[str, Field(min_length=1, max_length=300)]


class BriefChange(Input):
    """Fields of the brief to change; what is left out stays."""

    name: Text | None = None
    organization: Text | None = None
    website: Text | None = None
    language: LanguageCode | None = None
    timezone: Text | None = None
    country: CountryCode | None = None
    industry: Text | None = None
    business_field: Text | None = None
    audience: Text | None = None
    tier: Tier | None = None
    platforms: list[Platform] | None = None
    brand: Brand | None = None
    is_active: bool | None = None


class NewCompany(BriefChange):
    """A brief, in the fields of `company.yaml`."""

    slug: Annotated[Text, documented(f"^{SLUG.pattern}$", maxLength=MAX_SLUG_CHARS)]
    organization_id: UUID | None = None
    marketing_events: Annotated[list[NewEvent], Field(default_factory=list)]


class CompanyOut(Output):
    """A company. `partition_key` is its name in the Dagster UI."""

    id: UUID
    organization_id: UUID
    slug: str
    partition_key: str
    name: str
    organization_name: str
    website: str
    language: str
    timezone: str
    country: str
    industry: str
    business_field: str
    audience: str
    tier: str
    platforms: list[str]
    brand_colors: list[str]
    is_active: bool
    created_at: datetime
    updated_at: datetime


class EventOut(Output):
    """A day that gets its own topic."""

    id: UUID
    on_date: date
    title: str


class Events(Output):
    """All events of a company, in order."""

    items: list[EventOut]


@router.get("")
async def list_companies(
    request: Request, paging: Pages, organization_id: UUID | None = None
) -> Page[CompanyOut]:
    """List the companies that I may see."""
    after = paging.after(UUID)
    async with acting(request) as act:
        mine = act.organizations if organization_id is None else (organization_id,)
        rows = await companies.page(
            act.connection,
            organizations=mine,
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[CompanyOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.post("", status_code=201, response_model=CompanyOut)
async def create_company(request: Request, body: NewCompany) -> Response:
    """Make a company; the graph begins to read its sources at once. Marketers and above."""
    async with acting(request) as act:
        organization_id = body.organization_id or act.only_organization()
        await act.write_in(organization_id)

        async def work() -> CompanyOut:
            fields = body.model_dump(exclude={"organization_id", "is_active"}, exclude_none=True)
            row = await companies.create(
                act.connection,
                organization_id=organization_id,
                brief=parse_company(fields, "The company"),
                actor_id=act.person.id,
                origin=origin_of(request),
            )
            return CompanyOut.model_validate(row)

        return await once(request, act, 201, work)


@router.get("/{company_id}")
async def get_company(request: Request, company_id: UUID) -> CompanyOut:
    """Read a company."""
    async with acting(request) as act:
        row = await companies.get(act.connection, company_id)
    return CompanyOut.model_validate(row)


@router.patch("/{company_id}")
async def change_company(request: Request, company_id: UUID, body: BriefChange) -> CompanyOut:
    """Change the brief. A new tier holds for months that are opened from now on."""
    async with acting(request) as act:
        row = await writable_company(act, company_id)
        changes = body.model_dump(exclude={"is_active"}, exclude_none=True)
        if changes:
            brief = parse_company({**_as_fields(row), **changes}, "The company")
            await companies.update(
                act.connection, row, brief, actor_id=act.person.id, origin=origin_of(request)
            )
        if body.is_active is not None and body.is_active != row.is_active:
            await companies.set_active(act.connection, row, body.is_active, act.person.id)
        row = await companies.get(act.connection, company_id)
    return CompanyOut.model_validate(row)


def _as_fields(row: CompanyRow) -> dict[str, Any]:
    names = ("slug", "name", "website", "language", "timezone", "country", "industry")
    return {
        **{name: getattr(row, name) for name in (*names, "business_field", "audience", "tier")},
        "organization": row.organization_name,
        "platforms": list(row.platforms),
        "brand": {"colors": list(row.brand_colors)},
    }


async def writable_company(
    act: Acting, company_id: UUID, role: Role | None = None, what: str | None = None
) -> CompanyRow:
    """Read a company and make its organisation the writable one. Raises NotFound, Forbidden."""
    row = await companies.get(act.connection, company_id)
    await act.write_in(row.organization_id, role, what)
    return row


@router.get("/{company_id}/events")
async def list_events(request: Request, company_id: UUID) -> Events:
    """List the company's marketing events."""
    async with acting(request) as act:
        row = await companies.get(act.connection, company_id)
        found = await companies.events(act.connection, row.organization_id, row.id)
    return Events(items=[EventOut.model_validate(one) for one in found])


@router.post("/{company_id}/events", status_code=201, response_model=EventOut)
async def add_event(request: Request, company_id: UUID, body: NewEvent) -> Response:
    """Add a marketing event; topics that are made from now on serve it."""
    async with acting(request) as act:
        row = await writable_company(act, company_id)
        title = " ".join(body.title.split())
        if not title:
            raise InvalidInput("The event has no title.", field="title")

        async def work() -> EventOut:
            entry = EventEntry(body.date, title)
            await companies.add_events(act.connection, row.organization_id, row.id, [entry])
            found = await companies.events(act.connection, row.organization_id, row.id)
            mine = next(one for one in found if (one.on_date, one.title) == (body.date, title))
            return EventOut.model_validate(mine)

        return await once(request, act, 201, work)

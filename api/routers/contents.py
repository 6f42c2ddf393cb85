"""Content items: lists, one item, its versions and verdicts, edits, and where it stands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, ConfigDict, Field, field_serializer, model_validator

from api.services import acting, origin_of, signed_in
from api.shapes import Input, Month, Output, Page, Pages
from posthub_assets.domain.calendar import month_name, parse_month
from posthub_assets.domain.calendars.local_time import (
    Fold,
    local_of,
    moment_of,
    read_local,
    refuse_out_of_reach,
    zone_named,
)
from posthub_assets.domain.content import Kind, Status
from resources.database.repositories import companies, contents, edits, lifecycle
from resources.database.repositories.contents import ContentFilter

router = APIRouter(prefix="/v1/contents", tags=["contents"], dependencies=[Depends(signed_in)])

Number = Annotated[int, Field(ge=1, le=2_000_000_000)]


class ContentOut(Output):
    """An item in a list. `version` is the number of its current version, 0 before the first.

    Where it has a time, `scheduled_local` is that time in `zone`, the company's.
    """

    id: UUID
    organization_id: UUID
    company_id: UUID
    month: date | None
    kind: Kind
    language: str
    parent_id: UUID | None
    persona_id: UUID | None
    place: str
    status: Status
    version: int
    title: str
    round: int
    scheduled_at: datetime | None
    scheduled_local: str | None
    zone: str | None
    review_since: datetime | None
    created_at: datetime
    updated_at: datetime

    @field_serializer("month")
    def _month(self, month: date | None) -> str | None:
        return month_name(month) if month else None


class VersionOut(Output):
    """A version. `sha256` is what an approval signs."""

    id: UUID
    number: int
    sha256: str
    word_count: int
    provider: str
    author_id: UUID | None
    author: str | None
    generation_id: UUID | None
    parent_version_id: UUID | None
    created_at: datetime
    erased_at: datetime | None


class VersionWithBody(VersionOut):
    """A version with its body, which is null where it was erased."""

    body: dict[str, Any] | None


class ContentDetailOut(ContentOut):
    """An item with its current version.

    `stale`: it was made from a version of its parent that is no longer the current one.
    """

    current: VersionWithBody | None
    stale: bool


class Versions(Output):
    """All versions of an item, without bodies."""

    items: list[VersionOut]


class CheckOut(Output):
    """The verdict of one rule. The span counts characters of the item's text."""

    rule: str
    verdict: str
    blocking: bool
    message: str
    span_start: int | None
    span_end: int | None
    quote: str
    measured: str


class Checks(Output):
    """The verdicts on a version, failures first."""

    version: int
    items: list[CheckOut]


class Edit(Input):
    """A whole new body, written over the version that was read."""

    version: Number
    body: dict[str, Any]


class Edited(Output):
    """The version that is current now; `changed` is false where the edit said the same."""

    content_id: UUID
    version: int
    sha256: str
    status: str
    changed: bool
    job_ids: list[UUID]


class Schedule(Input):
    """When: `scheduled_at` with its offset (null: no time), or what the clocks of a zone show.

    `zone` is the company's where it is left out. `fold` tells of a time that the clocks show twice
    which one is meant; of others it changes nothing.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"scheduled_at": None},
                {"local": "2027-03-28T14:30", "zone": "Europe/Prague"},
            ]
        }
    )

    scheduled_at: AwareDatetime | None = None
    local: Annotated[str, Field(max_length=40, examples=["2027-03-28T14:30"])] | None = None
    zone: Annotated[str, Field(max_length=64, examples=["Europe/Prague"])] | None = None
    fold: Fold | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Schedule:
        said = "scheduled_at" in self.model_fields_set if self.local is None else self.scheduled_at
        if bool(said) == (self.local is not None):
            raise ValueError(
                "Give either scheduled_at, with an offset (null takes the time away), or local."
            )
        if self.local is None and (self.zone or self.fold):
            raise ValueError("zone and fold belong to local; scheduled_at has its offset.")
        return self


class Moved(Output):
    """Where the item stands now. `scheduled_local` is its time in `zone`."""

    content_id: UUID
    status: str
    scheduled_at: datetime | None
    scheduled_local: str | None
    zone: str | None


@router.get("")
async def list_contents(
    request: Request,
    paging: Pages,
    *,
    company: UUID | None = None,
    month: Annotated[Month | None, Query()] = None,
    kind: Kind | None = None,
    status: Status | None = None,
) -> Page[ContentOut]:
    """List items, by company, month, kind and status."""
    after = paging.after(UUID)
    async with acting(request) as act:
        mine = act.organizations
        if company is not None:
            mine = ((await companies.get(act.connection, company)).organization_id,)
        wanted = ContentFilter(mine, company, parse_month(month) if month else None, kind, status)
        rows = await contents.page(
            act.connection, wanted, after=after[0] if after else None, limit=paging.limit + 1
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[ContentOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.get("/{content_id}")
async def get_content(request: Request, content_id: UUID) -> ContentDetailOut:
    """Read an item with its current version."""
    async with acting(request) as act:
        found = await contents.get(act.connection, content_id)
    return ContentDetailOut(
        **ContentOut.model_validate(found.item).model_dump(exclude={"month"}),
        month=found.item.month,
        current=VersionWithBody.model_validate(found.version) if found.version else None,
        stale=found.stale,
    )


@router.patch("/{content_id}")
async def edit_content(request: Request, content_id: UUID, body: Edit) -> Edited:
    """Write a new version. It is a draft until its checks pass, and needs a new yes."""
    async with acting(request) as act:
        result = await edits.edit(
            act.connection,
            actor=act.actor,
            content_id=content_id,
            version=body.version,
            body=body.body,
            origin=origin_of(request),
        )
    return Edited.model_validate(result)


@router.get("/{content_id}/versions")
async def list_versions(request: Request, content_id: UUID) -> Versions:
    """List an item's versions."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        found = await contents.versions(act.connection, item)
    return Versions(items=[VersionOut.model_validate(one) for one in found])


@router.get("/{content_id}/versions/{number}")
async def get_version(request: Request, content_id: UUID, number: Number) -> VersionWithBody:
    """Read one version."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        found = await contents.version(act.connection, item, number)
    return VersionWithBody.model_validate(found)


@router.get("/{content_id}/versions/{number}/checks")
async def get_checks(request: Request, content_id: UUID, number: Number) -> Checks:
    """Read the verdicts on a version."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        found = await contents.checks(act.connection, item, number)
    return Checks(version=number, items=[CheckOut.model_validate(one) for one in found])


@router.get("/{content_id}/checks")
async def get_current_checks(request: Request, content_id: UUID) -> Checks:
    """Read the verdicts on the current version."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        found = await contents.checks(act.connection, item, item.version) if item.version else []
    return Checks(version=item.version, items=[CheckOut.model_validate(one) for one in found])


@router.post("/{content_id}/schedule")
async def schedule(request: Request, content_id: UUID, body: Schedule) -> Moved:
    """Set or take away the item's time. It is no edit: an approval stays."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        zone = body.zone or (await companies.get(act.connection, item.company_id)).timezone
        at = _moment(body, zone)
        result = await lifecycle.reschedule(
            act.connection,
            actor=act.actor,
            content_id=content_id,
            at=at,
            origin=origin_of(request),
        )
    return _moved(result, zone)


def _moment(body: Schedule, zone: str) -> datetime | None:
    """Give the moment that is meant. Raises InvalidInput that names what to say instead."""
    at = body.scheduled_at
    if body.local is not None:
        at = moment_of(read_local(body.local), zone_named(zone), body.fold).astimezone(UTC)
    if at is not None:
        field = "scheduled_at" if body.local is None else "local"
        refuse_out_of_reach(at, datetime.now(UTC), zone, field=field)
    return at


def _moved(result: lifecycle.Moved, zone: str | None) -> Moved:
    at = result.scheduled_at
    return Moved(
        content_id=result.content_id,
        status=result.status,
        scheduled_at=at,
        scheduled_local=local_of(at, zone) if zone else None,
        zone=zone if at else None,
    )


@router.post("/{content_id}/archive")
async def archive(request: Request, content_id: UUID) -> Moved:
    """Put an item away; it frees its place in the quota."""
    async with acting(request) as act:
        result = await lifecycle.archive(
            act.connection, actor=act.actor, content_id=content_id, origin=origin_of(request)
        )
        zone = (await contents.row(act.connection, content_id)).zone
    return _moved(result, zone)


@router.post("/{content_id}/restore")
async def restore(request: Request, content_id: UUID) -> Moved:
    """Bring an archived item back into review."""
    async with acting(request) as act:
        result = await lifecycle.restore(
            act.connection, actor=act.actor, content_id=content_id, origin=origin_of(request)
        )
        zone = (await contents.row(act.connection, content_id)).zone
    return _moved(result, zone)

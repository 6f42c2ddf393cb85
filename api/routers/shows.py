"""Shows: a company's events, whose facts are laid over pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api.idempotency import once
from api.reach import company_within
from api.routers.companies import writable_company
from api.services import Acting, acting, origin_of, signed_in
from api.shapes import Exact, Input, Output, Page, Pages, documented
from api.strictness import Amount
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.show_words import show_in_words
from posthub_assets.domain.media.shows import (
    MOST_DATES,
    MOST_PERFORMERS,
    Show,
    read_occasions,
    read_price,
)
from resources.database.repositories import audit, media_flags, shows
from resources.database.repositories.shows import ShowFilter, ShowRow

router = APIRouter(prefix="/v1/shows", tags=["shows"], dependencies=[Depends(signed_in)])

LOCAL = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?$"
LocalTime = Annotated[
    str, documented(LOCAL, description="what the clocks at the venue show: `2026-12-04T19:30`")
]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Line = Annotated[str, Field(max_length=300)]
Currency = Annotated[
    str, Field(max_length=3), documented("^([A-Za-z]{3})?$", description="ISO 4217, such as CZK")
]


class OccasionIn(Input):
    """A date of a show, in local time of the company's zone."""

    starts_at: LocalTime
    ends_at: LocalTime | None = None


class ShowChange(Input):
    """Facts to change; what is left out stays. `dates` and `performers` are given whole.

    `price_from` of null takes the price away.
    """

    title: Title | None = None
    venue: Line | None = None
    address: Line | None = None
    dates: Annotated[list[OccasionIn], Field(max_length=MOST_DATES)] | None = None
    price_from: Amount | None = None
    price_to: Amount | None = None
    currency: Currency | None = None
    performers: Annotated[list[Title], Field(max_length=MOST_PERFORMERS)] | None = None
    call_to_action: Line | None = None


class NewShow(ShowChange):
    """A show. Only company and title are needed; the rest is laid over pictures where it is known.

    With `price_from` alone it reads "from 300 Kč"; the same amount twice is one price.
    """

    company_id: UUID
    title: Title


class OccasionOut(Output):
    """A date of a show, in local time of the company's zone."""

    starts_at: str
    ends_at: str | None


class ShowWordsOut(Output):
    """The facts as they are laid over pictures, in the company's language."""

    title: str
    performers: str
    dates: str
    venue: str
    price: str
    call_to_action: str


class ShowOut(Output):
    """A show. `palette_content_id` is the approved palette that was applied to it."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    title: str
    venue: str
    address: str
    dates: list[OccasionOut]
    zone: str
    price_from: Exact | None
    price_to: Exact | None
    currency: str
    performers: list[str]
    call_to_action: str
    palette_content_id: UUID | None
    words: ShowWordsOut
    created_at: datetime
    updated_at: datetime


@router.get("")
async def list_shows(
    request: Request,
    paging: Pages,
    *,
    organization_id: UUID | None = None,
    company: UUID | None = None,
    q: Annotated[str | None, Query(max_length=200, description="a part of the title")] = None,
    upcoming: Annotated[
        bool | None, Query(description="true: some date is still to come; false: none is")
    ] = None,
) -> Page[ShowOut]:
    """List shows, the newest first."""
    after = paging.after(UUID)
    async with acting(request) as act:
        organizations = await organizations_of(act, company, organization_id)
        rows = await shows.page(
            act.connection,
            ShowFilter(organizations, company, plain(q), upcoming),
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(list(rows), "id")
    return Page(items=[_shown(row) for row in shown], next_cursor=cursor)


def plain(words: str | None) -> str | None:
    """Give words to look for, None for blanks. Raises InvalidInput for what no text can hold."""
    if words and "\x00" in words:
        raise InvalidInput("A text holds a NUL character; remove it.", field="q")
    return (words or "").strip() or None


async def organizations_of(
    act: Acting, company: UUID | None, organization_id: UUID | None
) -> tuple[UUID, ...] | None:
    """Give whose shows or pictures are listed; None for everybody's.

    Raises Forbidden where the one that is named has no media assistant, NotFound for strangers.
    """
    row = await company_within(act, company, organization_id)
    one = row.organization_id if row else organization_id
    if one is None:
        return act.organizations
    act.may(one)
    await media_flags.require(act.connection, one, MediaPart.ASSISTANT)
    return (one,)


@router.post("", status_code=201, response_model=ShowOut)
async def create_show(request: Request, body: NewShow) -> Response:
    """Make a show."""
    async with acting(request) as act:
        company = await writable_company(act, body.company_id)
        await media_flags.require(act.connection, company.organization_id, MediaPart.ASSISTANT)

        async def work() -> ShowOut:
            given = body.model_dump(exclude={"company_id"}, exclude_none=True)
            id_ = await shows.create(
                act.connection,
                _facts(given, company.timezone),
                organization_id=company.organization_id,
                company_id=company.id,
                created_by=act.person.id,
            )
            row = await shows.get(act.connection, id_)
            await _leave_trace(request, act, row, "show.create", {"title": row.title})
            return _shown(row)

        return await once(request, act, 201, work)


@router.get("/{show_id}")
async def get_show(request: Request, show_id: UUID) -> ShowOut:
    """Read a show."""
    async with acting(request) as act:
        row = await shows.get(act.connection, show_id)
        await media_flags.require(act.connection, row.organization_id, MediaPart.ASSISTANT)
    return _shown(row)


@router.patch("/{show_id}")
async def change_show(request: Request, show_id: UUID, body: ShowChange) -> ShowOut:
    """Change facts of a show. Pictures that were made with the old ones stay as they are."""
    async with acting(request) as act:
        row = await _writable(act, show_id)
        given = _changes(body)
        if given:
            facts = _facts({**_kept(row), **given}, row.zone)
            await shows.change(act.connection, row.id, facts)
            changed = {"fields": sorted(given)}
            await _leave_trace(request, act, row, "show.change", changed)
            row = await shows.get(act.connection, row.id)
    return _shown(row)


@router.delete("/{show_id}", status_code=204)
async def delete_show(request: Request, show_id: UUID) -> None:
    """Delete a show. Its pictures stay in the library."""
    async with acting(request) as act:
        row = await _writable(act, show_id)
        if await shows.delete(act.connection, row.id):
            await _leave_trace(request, act, row, "show.delete", {"title": row.title})


async def _writable(act: Acting, show_id: UUID) -> ShowRow:
    row = await shows.get(act.connection, show_id)
    await act.write_in(row.organization_id)
    await media_flags.require(act.connection, row.organization_id, MediaPart.ASSISTANT)
    return await shows.get(act.connection, show_id, lock=True)


def _changes(body: ShowChange) -> dict[str, Any]:
    """Give what was said; null takes a price away and else says nothing."""
    said = body.model_dump(exclude_unset=True)
    given = {name: value for name, value in said.items() if value is not None}
    if "price_from" in said and said["price_from"] is None:
        given.update(price_from=None, price_to=None, currency="")
    elif "price_to" in said and said["price_to"] is None:
        given["price_to"] = None
    return given


def _kept(row: ShowRow) -> dict[str, Any]:
    names = ("title", "venue", "address", "dates", "price_from", "price_to", "currency")
    return {name: getattr(row, name) for name in (*names, "performers", "call_to_action")}


def _facts(given: dict[str, Any], zone: str) -> Show:
    """Check facts as a whole. Raises InvalidInput that names the field."""
    lines = ("title", "venue", "address", "call_to_action")
    texts = {name: " ".join(given.get(name, "").split()) for name in lines}
    if not texts["title"]:
        raise InvalidInput("The show has no title.", field="title")
    performers = (" ".join(one.split()) for one in given.get("performers", ()))
    price = read_price(given.get("price_from"), given.get("price_to"), given.get("currency", ""))
    return Show(
        **texts,
        occasions=read_occasions(given.get("dates", ()), zone, datetime.now(UTC)),
        price=price,
        performers=tuple(one for one in performers if one),
    )


def _shown(row: ShowRow) -> ShowOut:
    words = show_in_words(row.facts, row.language)
    values = {name: getattr(row, name) for name in ShowOut.model_fields if name != "words"}
    return ShowOut.model_validate({**values, "words": words})


async def _leave_trace(
    request: Request, act: Acting, row: ShowRow, action: str, after: dict[str, Any]
) -> None:
    await audit.record(
        act.connection,
        organization_id=row.organization_id,
        actor_id=act.person.id,
        action=action,
        subject_kind="show",
        subject_id=row.id,
        after={"company_id": str(row.company_id), **after},
        origin=origin_of(request),
    )

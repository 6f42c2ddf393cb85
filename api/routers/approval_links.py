"""Links by which somebody without an account decides: making, listing, revoking them.

What does not belong here: the page that a link opens (`approving.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import once
from api.services import Acting, acting, origin_of, services_of, signed_in
from api.shapes import Input, Month, Output, Page, Pages, Paging
from posthub_assets.domain.calendar import parse_month
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import InvalidInput, NotFound
from posthub_assets.domain.links import (
    DEFAULT_DAYS,
    MAX_DAYS,
    MAX_ITEMS,
    PAGE,
    ItemState,
    LinkState,
)
from resources.database.repositories import (
    approval_links,
    audit,
    companies,
    contents,
    reminder_links,
)
from resources.database.repositories.approval_links import LinkRow, Pair
from resources.notifying.loop import public_url

router = APIRouter(prefix="/v1", tags=["decisions"], dependencies=[Depends(signed_in)])

Recipient = Annotated[
    str, Field(min_length=1, max_length=254, description="the e-mail or the name of the person")
]
Days = Annotated[int, Field(ge=1, le=MAX_DAYS)]
Version = Annotated[int, Field(ge=1, le=2_000_000_000)]


class NewItemLink(Input):
    """For whom the link is. `version` is the one you read, which must be the current one."""

    recipient: Recipient
    version: Version
    expires_in_days: Days = DEFAULT_DAYS


class LinkedVersion(Input):
    """An item, in the version that you read."""

    content_id: UUID
    version: Version


class NewLink(Input):
    """For whom, and over what: either `items`, or all that waits of a `company_id` now.

    `month` and `kind` narrow the latter. One link covers at most a hundred versions.
    """

    recipient: Recipient
    expires_in_days: Days = DEFAULT_DAYS
    items: Annotated[list[LinkedVersion], Field(min_length=1, max_length=MAX_ITEMS)] | None = None
    company_id: UUID | None = None
    month: Month | None = None
    kind: Kind | None = None


class LinkItemOut(Output):
    """A version of a link. `action` is what was decided by the link."""

    content_id: UUID
    version: int
    kind: str
    title: str
    state: ItemState
    action: str | None
    decided_at: datetime | None


class LinkOut(Output):
    """A link; only an open one decides anything. `made_by` is null for a reminder's."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    recipient: str
    made_by: UUID | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    state: LinkState
    items: list[LinkItemOut]


class MadeLink(LinkOut):
    """A new link. The URL is shown this once; send it to the person."""

    url: str | None


@router.post("/contents/{content_id}/approval-links", status_code=201, response_model=MadeLink)
async def make_item_link(request: Request, content_id: UUID, body: NewItemLink) -> Response:
    """Make a link by which somebody without an account decides about this version, once.

    Whoever may decide may make one. A replay under the same Idempotency-Key holds no URL.
    """
    async with acting(request) as act:

        async def work() -> MadeLink:
            pairs = [Pair(content_id, body.version)]
            return await _make(request, act, pairs, body.recipient, body.expires_in_days)

        return await once(request, act, 201, work, withheld=("url",))


@router.post("/approval-links", status_code=201, response_model=MadeLink)
async def make_link(request: Request, body: NewLink) -> Response:
    """Make one link over several versions of a company: each is decided once.

    A replay under the same Idempotency-Key holds no URL.
    """
    async with acting(request) as act:

        async def work() -> MadeLink:
            pairs = await _pairs(act, body)
            return await _make(request, act, pairs, body.recipient, body.expires_in_days)

        return await once(request, act, 201, work, withheld=("url",))


async def _pairs(act: Acting, body: NewLink) -> list[Pair]:
    if (body.items is None) == (body.company_id is None):
        raise InvalidInput("Name either items, or a company_id for all that waits.", field="items")
    if body.items is not None:
        if body.month is not None or body.kind is not None:
            raise InvalidInput("month and kind go with a company_id.", field="items")
        return [Pair(one.content_id, one.version) for one in body.items]
    assert body.company_id is not None
    company = await companies.get(act.connection, body.company_id)
    await act.write_in(company.organization_id)
    return await approval_links.waiting(
        act.connection,
        actor=act.actor,
        company_id=company.id,
        organization_id=company.organization_id,
        month=parse_month(body.month) if body.month else None,
        kind=body.kind,
    )


async def _make(
    request: Request, act: Acting, pairs: list[Pair], recipient: str, days: int
) -> MadeLink:
    link, secret = await approval_links.make(
        act.connection,
        actor=act.actor,
        pairs=pairs,
        recipient=recipient,
        lifetime=timedelta(days=days),
    )
    items = [f"{pair.content_id} v{pair.version}" for pair in pairs]
    after: dict[str, object] = {"items": items, "expires_at": link.expires_at.isoformat()}
    await _leave_trace(request, act, link, "approval_link.create", after)
    url = public_url(services_of(request).settings) + PAGE + secret
    return MadeLink(**LinkOut.model_validate(link).model_dump(), url=url)


@router.get("/contents/{content_id}/approval-links")
async def list_item_links(request: Request, content_id: UUID, paging: Pages) -> Page[LinkOut]:
    """List the links that cover this item, the newest first, without their secrets."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        return await _page(act, paging, (item.organization_id,), content_id=content_id)


@router.get("/approval-links")
async def list_links(request: Request, paging: Pages, company: UUID | None = None) -> Page[LinkOut]:
    """List the links of my organisations, the newest first, without their secrets."""
    async with acting(request) as act:
        mine = act.organizations
        if company is not None:
            mine = ((await companies.get(act.connection, company)).organization_id,)
        return await _page(act, paging, mine, company_id=company)


async def _page(
    act: Acting, paging: Paging, organizations: tuple[UUID, ...] | None, **of: UUID | None
) -> Page[LinkOut]:
    after = paging.after(UUID)
    rows = await approval_links.page(
        act.connection,
        organizations,
        after=after[0] if after else None,
        limit=paging.limit + 1,
        **of,
    )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[LinkOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.delete("/approval-links/{link_id}", status_code=204)
async def revoke_link(request: Request, link_id: UUID) -> None:
    """Make a link useless at once. What was decided by it stays decided."""
    async with acting(request) as act:
        link = await approval_links.get(act.connection, link_id)
        await act.write_in(link.organization_id)
        if await approval_links.revoke(act.connection, link.id):
            await _leave_trace(request, act, link, "approval_link.revoke", {})


class LinksInReminders(Input):
    """Whether reminder e-mails bring a link by which their reader decides without signing in."""

    in_reminders: bool


@router.get("/organizations/{organization_id}/reminder-links")
async def get_links_in_reminders(request: Request, organization_id: UUID) -> LinksInReminders:
    """Read whether reminder e-mails bring links. They do not, until a manager says so."""
    async with acting(request) as act:
        if act.actor.role_in(organization_id) is None:
            raise NotFound("There is no such organisation.")
        found = await reminder_links.are_on(act.connection, organization_id)
    return LinksInReminders(in_reminders=found)


@router.put("/organizations/{organization_id}/reminder-links")
async def set_links_in_reminders(
    request: Request, organization_id: UUID, body: LinksInReminders
) -> LinksInReminders:
    """Say whether reminder e-mails bring links. Managers and above.

    Who can read such an e-mail can decide.
    """
    async with acting(request) as act:
        await act.write_in(organization_id)
        before = await reminder_links.are_on(act.connection, organization_id)
        await reminder_links.switch(act.connection, organization_id, on=body.in_reminders)
        await audit.record(
            act.connection,
            organization_id=organization_id,
            actor_id=act.person.id,
            action="organization.links_in_reminders",
            subject_kind="organization",
            subject_id=organization_id,
            before={"in_reminders": before},
            after=body.model_dump(),
            origin=origin_of(request),
        )
    return body


async def _leave_trace(
    request: Request, act: Acting, link: LinkRow, action: str, after: dict[str, object]
) -> None:
    await audit.record(
        act.connection,
        organization_id=link.organization_id,
        actor_id=act.person.id,
        action=action,
        subject_kind="approval_link",
        subject_id=link.id,
        after=after,
        origin=origin_of(request),
    )

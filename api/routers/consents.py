"""Consents: people and contacts say yes or no to a text; what they said stays."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api.idempotency import once
from api.reach import readable
from api.services import Acting, acting, origin_of, signed_in
from api.shapes import Input, Output, Page, Pages
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.people import Role, at_least
from resources.database.repositories import audit, consents
from resources.database.repositories.consents import Word

router = APIRouter(prefix="/v1/consents", tags=["privacy"], dependencies=[Depends(signed_in)])

Purpose = Annotated[str, Field(pattern="^[a-z][a-z0-9_.-]{0,79}$")]


class Given(Input):
    """A yes to a text: what for, and which version of the text was read."""

    purpose: Annotated[Purpose, Field(description="Such as `terms`, `newsletter`.")]
    text_version: Annotated[str, Field(min_length=1, max_length=100)]


class NewConsent(Given):
    """Whose word: mine, unless `person_id` or the e-mail of a `contact` says another's."""

    given: Annotated[bool, Field(description="False withdraws it.")] = True
    person_id: UUID | None = None
    contact: Annotated[str, Field(max_length=320)] | None = None
    organization_id: UUID | None = None


class ConsentOut(Output):
    """What was said, and who wrote it down."""

    id: UUID
    organization_id: UUID
    person_id: UUID | None
    contact: str | None
    purpose: str
    text_version: str
    given: bool
    recorded_by: UUID | None
    at: datetime


@router.get("")
async def list_consents(
    request: Request,
    paging: Pages,
    *,
    organization_id: UUID | None = None,
    purpose: Annotated[Purpose | None, Query()] = None,
    person_id: UUID | None = None,
    current: Annotated[bool, Query(description="Only the last word of each.")] = False,
) -> Page[ConsentOut]:
    """List consents, the newest first. Marketers and above see all, others their own."""
    after = paging.after(UUID)
    async with acting(request) as act:
        home = await readable(act, organization_id)
        if not _sees_all(act, home):
            person_id = act.person.id
        rows = await consents.page(
            act.connection,
            home,
            person_id=person_id,
            purpose=purpose,
            current=current,
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[ConsentOut.model_validate(row) for row in shown], next_cursor=cursor)


def _sees_all(act: Acting, organization_id: UUID) -> bool:
    role = act.actor.role_in(organization_id)
    return act.actor.is_admin or (role is not None and at_least(role, Role.MARKETER))


@router.post("", status_code=201, response_model=ConsentOut)
async def record_consent(request: Request, body: NewConsent) -> Response:
    """Write down a yes or a no: my own, or as a marketer and above that of others."""
    if body.person_id is not None and body.contact is not None:
        raise InvalidInput("Give a person_id or a contact, not both.", field="contact")
    async with acting(request) as act:
        home = body.organization_id or act.only_organization()
        own = body.contact is None and body.person_id in (None, act.person.id)
        role = None if own else Role.MARKETER
        await act.write_in(home, role, "record what others consent to")

        async def work() -> ConsentOut:
            person_id = None if body.contact else body.person_id or act.person.id
            if person_id is not None and not own:
                await consents.refuse_strangers(act.connection, home, person_id)
            row = await consents.record(
                act.connection,
                organization_id=home,
                person_id=person_id,
                contact=body.contact,
                word=Word(body.purpose, body.text_version, body.given),
                recorded_by=act.person.id,
            )
            await audit.record(
                act.connection,
                organization_id=home,
                actor_id=act.person.id,
                action="consent.give" if row.given else "consent.withdraw",
                subject_kind="consent",
                subject_id=row.id,
                after={"purpose": row.purpose, "text_version": row.text_version},
                origin=origin_of(request),
            )
            return ConsentOut.model_validate(row)

        return await once(request, act, 201, work)

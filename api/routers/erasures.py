"""Erasure of companies and people, the way back within 90 days, and the receipts.

What does not belong here: what is erased (`resources/erasing.py`).
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import JSON, REPLAYED, hash_of, key_of, once, rendered
from api.routers.accounts import LOCKS, Password
from api.routers.auth import Login, attempt
from api.routers.companies import CompanyOut
from api.services import Acting, acting, origin_of, services_of, signed_in
from api.shapes import Input, Output, Page, Pages
from posthub_assets.domain.erasing import Reason, Standing, refuse_other_name
from posthub_assets.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, StorageError
from resources.database.engine import Scope, set_scope
from resources.database.repositories import (
    audit,
    companies,
    erasing,
    erasures,
    idempotency,
    identity,
)
from resources.database.repositories.erasures import ErasureRow
from resources.database.repositories.identity import PersonRow
from resources.erasing import Eraser

router = APIRouter(prefix="/v1", tags=["privacy"], dependencies=[Depends(signed_in)])

log = logging.getLogger("posthub.api")
Confirmation = Annotated[str, Field(max_length=400)]
WHY = "A word of ours, so that the receipt names nobody."


class CompanyErasure(Input):
    """Which company, by its name; when; and why."""

    confirm: Annotated[Confirmation, Field(description="The company's name.")]
    reason: Annotated[Reason, Field(description=WHY)] = Reason.REQUEST
    at_once: Annotated[
        bool, Field(description="Erase now; else it is hidden, and erased in 90 days.")
    ] = False


class PersonErasure(Input):
    """Whom, by their e-mail address; and why."""

    confirm: Annotated[Confirmation, Field(description="The person's e-mail address.")]
    reason: Annotated[Reason, Field(description=WHY)] = Reason.REQUEST


class MyErasure(Input):
    """My e-mail address and my password."""

    confirm: Annotated[Confirmation, Field(description="My e-mail address.")]
    password: Password


class ContactErasure(Input):
    """An e-mail address of somebody without an account."""

    email: Annotated[str, Field(max_length=320)]
    organization_id: UUID | None = None


class ContactErased(Output):
    """In how many rows of which table the address was."""

    counts: dict[str, int]


class ErasureOut(Output):
    """A receipt: what was erased, when, at whose request. It names its subject by id only.

    `pending` names the parts that are still to come; `sha256` covers the finished receipt.
    """

    id: UUID
    organization_id: UUID | None
    subject_kind: str
    subject_id: UUID
    reason: str
    status: str
    asked_by: UUID | None
    asked_at: datetime
    due_at: datetime
    erased_at: datetime | None
    completed_at: datetime | None
    restored_at: datetime | None
    counts: dict[str, int]
    media_files: int | None
    dagster_rows: dict[str, int] | None
    sha256: str | None
    pending: list[str] = Field(default_factory=list)


def _told(row: ErasureRow) -> ErasureOut:
    parts = {"tables": row.erased_at, "media": row.media_files, "dagster": row.dagster_rows}
    left = [name for name, done in parts.items() if done is None]
    told = ErasureOut.model_validate(row)
    return told.model_copy(update={"pending": left if row.status == Standing.PENDING else []})


@router.post("/companies/{company_id}/erasure", status_code=202, response_model=ErasureOut)
async def erase_company(request: Request, company_id: UUID, body: CompanyErasure) -> Response:
    """Delete a company, or erase it at once. Managers and above.

    A deleted company is hidden, its work stops; it can be restored for 90 days and is then erased.
    At once: its words are gone from the tables and the disk when the answer comes, and from the
    factory's own records soon after: the receipt says so.
    """
    async with acting(request) as act:
        subject = await erasures.company(act.connection, company_id)
        await act.write_in(subject.organization_id)

        async def work() -> ErasureOut:
            if subject.is_erased:
                raise NotFound("There is no such company.")
            refuse_other_name(body.confirm, subject.name)
            row = await erasures.delete_company(
                act.connection,
                subject,
                reason=body.reason,
                asked_by=act.person.id,
                at_once=body.at_once,
            )
            action = "company.erase" if body.at_once else "company.delete"
            await _leave_trace(request, act, row, action)
            return _told(row)

        answer = await once(request, act, 202, work)
    if not body.at_once or REPLAYED in answer.headers:
        return answer
    row = ErasureOut.model_validate_json(bytes(answer.body))
    services = services_of(request)
    try:
        eraser = Eraser(services.database, services.media)
        await eraser.erase(row.id, subject.organization_id, subject.id)
    except StorageError:
        log.exception("erasure %s is finished by the factory", row.id)
    async with acting(request) as act:
        act.may(subject.organization_id)
        answer = rendered(_told(await erasures.get(act.connection, row.id)), 202)
        await _keep_again(request, act, answer)
    return answer


async def _keep_again(request: Request, act: Acting, answer: Response) -> None:
    """Keep the answer under its key: the erasure took all kept ones of the organisation."""
    key = key_of(request)
    if key is not None:
        await idempotency.keep_first(
            act.connection,
            act.person.id,
            key,
            request_hash=await hash_of(request),
            status_code=answer.status_code,
            response=bytes(answer.body),
            media_type=JSON,
        )


@router.post("/companies/{company_id}/restore")
async def restore_company(request: Request, company_id: UUID) -> CompanyOut:
    """Bring a deleted company back, within 90 days. Managers and above."""
    async with acting(request) as act:
        subject = await erasures.company(act.connection, company_id)
        await act.write_in(subject.organization_id)
        await erasures.restore_company(act.connection, subject)
        await audit.record(
            act.connection,
            organization_id=subject.organization_id,
            actor_id=act.person.id,
            action="company.restore",
            subject_kind="company",
            subject_id=subject.id,
            origin=origin_of(request),
        )
        row = await companies.get(act.connection, company_id)
    return CompanyOut.model_validate(row)


@router.post("/users/{user_id}/erasure")
async def erase_person(request: Request, user_id: UUID, body: PersonErasure) -> ErasureOut:
    """Put a pseudonym in a person's place, at once and for good.

    Managers may do so for people who belong to their organisations only, administrators for all.
    """
    async with acting(request) as act:
        person = await identity.person(act.connection, user_id)
        if person is None or person.email.endswith("@erased.invalid"):
            raise NotFound("There is no such person.")
        _refuse_beyond(act, person)
        refuse_other_name(body.confirm.lower(), person.email)
        return await _erase_person(request, act, person, body.reason)


def _refuse_beyond(act: Acting, person: PersonRow) -> None:
    """Refuse who may not erase this person. Raises NotFound for strangers, Forbidden."""
    if act.actor.is_admin:
        return
    shared = [one for one in person.actor.roles if act.actor.role_in(one) is not None]
    if not shared:
        raise NotFound("There is no such person.")
    for organization_id in shared:
        act.may(organization_id)
    if person.actor.is_admin or len(shared) < len(person.actor.roles):
        raise Forbidden(
            "This person belongs to more than your organisations. They can erase themselves with "
            "POST /v1/me/erasure, or an administrator does."
        )


@router.post("/me/erasure")
async def erase_me(request: Request, body: MyErasure) -> ErasureOut:
    """Put a pseudonym in my place, at once and for good. I am signed out everywhere."""
    services = services_of(request)
    async with acting(request) as act:
        email = act.person.email
        refuse_other_name(body.confirm.lower(), email)
    async with services.logins.of(email):
        given = Login(email=email, password=body.password)
        if await attempt(services, given, origin_of(request)) is None:
            raise InvalidInput(f"The password was not accepted. {LOCKS}", field="password")
    async with acting(request) as act:
        return await _erase_person(request, act, act.person, Reason.REQUEST)


@router.post("/contacts/erasure")
async def erase_contact(request: Request, body: ContactErasure) -> ContactErased:
    """Put a pseudonym in place of an address in consents and invitations. Managers and above."""
    async with acting(request) as act:
        home = body.organization_id or act.only_organization()
        await act.write_in(home)
        counts = await erasing.erase_contact(act.connection, home, body.email)
        await audit.record(
            act.connection,
            organization_id=home,
            actor_id=act.person.id,
            action="contact.erase",
            subject_kind="organization",
            subject_id=home,
            after=dict(counts),
            origin=origin_of(request),
        )
    return ContactErased(counts=counts)


async def _erase_person(
    request: Request, act: Acting, person: PersonRow, reason: Reason
) -> ErasureOut:
    connection, homes = act.connection, list(person.actor.roles)
    home = homes[0] if len(homes) == 1 else None
    await set_scope(connection, Scope(readable=None, writable=home, person=act.person.id))
    if person.actor.is_admin and await erasing.is_last_administrator(connection, person.id):
        raise Conflict("This is the last administrator; make another one first.")
    row = await erasures.person_done(
        connection,
        organization_id=home,
        person_id=person.id,
        reason=reason,
        asked_by=act.person.id,
        counts=await erasing.erase_person(connection, person.id),
    )
    # Without the address that it came from: the person may be the one who asks.
    await audit.record(
        connection,
        organization_id=home,
        actor_id=act.person.id,
        action="person.erase",
        subject_kind="user",
        subject_id=person.id,
        after={"receipt": str(row.id)},
    )
    return _told(row)


@router.get("/erasures")
async def list_erasures(request: Request, paging: Pages) -> Page[ErasureOut]:
    """List the receipts of my organisations, the newest first. Managers and above."""
    after = paging.after(UUID)
    async with acting(request) as act:
        rows = await erasures.page(
            act.connection,
            act.where_allowed(),
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[_told(row) for row in shown], next_cursor=cursor)


@router.get("/erasures/{erasure_id}")
async def get_erasure(request: Request, erasure_id: UUID) -> ErasureOut:
    """Read a receipt. Managers and above."""
    async with acting(request) as act:
        row = await erasures.get(act.connection, erasure_id)
        if row.organization_id is not None:
            act.may(row.organization_id)
        elif not act.actor.is_admin:
            raise NotFound("There is no such receipt.")
    return _told(row)


async def _leave_trace(request: Request, act: Acting, row: ErasureRow, action: str) -> None:
    await audit.record(
        act.connection,
        organization_id=row.organization_id,
        actor_id=act.person.id,
        action=action,
        subject_kind="company",
        subject_id=row.subject_id,
        after={"receipt": str(row.id), "reason": row.reason},
        origin=origin_of(request),
    )

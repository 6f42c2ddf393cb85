"""Invitations: a link into an organisation that works once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import once
from api.services import Acting, acting, origin_of, signed_in
from api.shapes import Input, Output, Page, Pages
from posthub_assets.domain.people import Role
from resources.database.repositories import audit, invitations

router = APIRouter(
    prefix="/v1/invitations", tags=["invitations"], dependencies=[Depends(signed_in)]
)


class NewInvitation(Input):
    """Whom to invite, and as what: nobody above yourself."""

    email: Annotated[str, Field(max_length=320)]
    role: Literal["MANAGER", "MARKETER", "SUPERVISOR"]
    organization_id: UUID | None = None


class InvitationOut(Output):
    """An invitation; it can be used while `accepted_at` and `revoked_at` are null."""

    id: UUID
    organization_id: UUID
    email: str
    role: str
    invited_by: UUID
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


class Invited(InvitationOut):
    """A new invitation. The token is shown this once; send it to the person."""

    token: str | None


@router.get("")
async def list_invitations(
    request: Request, paging: Pages, organization_id: UUID | None = None
) -> Page[InvitationOut]:
    """List the invitations into my organisations, the newest first. Marketers and above."""
    after = paging.after(UUID)
    async with acting(request) as act:
        chosen = organization_id or _own(act)
        if chosen is not None:
            await act.write_in(chosen)
        rows = await invitations.page(
            act.connection, chosen, after=after[0] if after else None, limit=paging.limit + 1
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[InvitationOut.model_validate(row) for row in shown], next_cursor=cursor)


def _own(act: Acting) -> UUID | None:
    """Give the organisation of who has one; an administrator sees all."""
    return None if act.actor.is_admin else act.only_organization()


@router.post("", status_code=201, response_model=Invited)
async def invite(request: Request, body: NewInvitation) -> Response:
    """Invite somebody. Marketers and above, and nobody above themselves.

    A replay under the same Idempotency-Key holds no token: it is kept nowhere.
    """
    async with acting(request) as act:
        organization_id = body.organization_id or act.only_organization()
        role = Role(body.role)
        needed = Role.MARKETER if role is Role.SUPERVISOR else role
        await act.write_in(organization_id, needed, f"invite a {body.role.lower()}")

        async def work() -> Invited:
            row, token = await invitations.invite(
                act.connection,
                organization_id=organization_id,
                email=body.email,
                role=role,
                invited_by=act.person.id,
            )
            await _leave_trace(request, act, row, "invitation.create", {"role": row.role})
            return Invited(**InvitationOut.model_validate(row).model_dump(), token=token)

        return await once(request, act, 201, work, withheld=("token",))


@router.delete("/{invitation_id}", status_code=204)
async def revoke_invitation(request: Request, invitation_id: UUID) -> None:
    """Make an invitation useless. Marketers and above."""
    async with acting(request) as act:
        row = await invitations.get(act.connection, invitation_id)
        await act.write_in(row.organization_id)
        await invitations.revoke(act.connection, row.id)
        await _leave_trace(request, act, row, "invitation.revoke", {})


async def _leave_trace(
    request: Request,
    act: Acting,
    row: invitations.InvitationRow,
    action: str,
    after: dict[str, str],
) -> None:
    await audit.record(
        act.connection,
        organization_id=row.organization_id,
        actor_id=act.person.id,
        action=action,
        subject_kind="invitation",
        subject_id=row.id,
        after=after,
        origin=origin_of(request),
    )

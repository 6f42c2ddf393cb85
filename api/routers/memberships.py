"""Memberships: a person assigned to an organisation, and a marketer to a manager.

A manager sees every organisation in which one of the own marketers is a marketer.
What does not belong here: people (`users.py`), joining by a link (`invitations.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import model_validator

from api.idempotency import once
from api.services import Acting, acting, signed_in
from api.shapes import Input, Output, Page, Pages
from api.staff import administered, refuse_where_alone, seen, trail
from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from posthub_assets.domain.people import Role, refuse_above, refuse_oneself
from resources.database.repositories import api_tokens, identity, invitations, memberships, people
from resources.database.repositories.memberships import MembershipFilter
from resources.database.repositories.people import UserRow

router = APIRouter(prefix="/v1/memberships", tags=["people"], dependencies=[Depends(signed_in)])
ONE_OF_BOTH = "Name an organization_id or a manager_id, one of the two."


class NewMembership(Input):
    """Either `organization_id` and `role`, or `manager_id`: the person is that manager's marketer.

    People whom you do not see yet join by an invitation.
    """

    user_id: UUID
    organization_id: UUID | None = None
    role: Literal["MANAGER", "MARKETER", "SUPERVISOR"] | None = None
    manager_id: UUID | None = None

    @model_validator(mode="after")
    def _is_one_kind(self) -> NewMembership:
        if (self.organization_id is None) == (self.manager_id is None):
            raise ValueError(ONE_OF_BOTH)
        if (self.organization_id is None) != (self.role is None):
            raise ValueError("A role goes with an organization_id, and one needs the other.")
        return self


class MembershipOut(Output):
    """Who belongs where, as what; `manager_id` is whose marketer the person is."""

    organization_id: UUID
    user_id: UUID
    name: str
    email: str
    is_active: bool
    role: str
    manager_id: UUID | None
    created_at: datetime


class Assigned(Output):
    """What was assigned: a role in an organisation, or a manager."""

    user_id: UUID
    organization_id: UUID | None = None
    role: str | None = None
    manager_id: UUID | None = None


@router.get("")
async def list_memberships(
    request: Request,
    paging: Pages,
    *,
    organization_id: UUID | None = None,
    user_id: UUID | None = None,
    manager_id: UUID | None = None,
) -> Page[MembershipOut]:
    """List who belongs to my organisations, and as what. Marketers and above."""
    after = paging.after(UUID, UUID)
    async with acting(request) as act:
        if organization_id is not None:
            act.may(organization_id)
        where = [organization_id] if organization_id else act.where_allowed()
        rows = await memberships.page(
            act.connection,
            MembershipFilter(where, user_id, manager_id),
            after=(after[0], after[1]) if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(rows, "organization_id", "user_id")
    return Page(items=[MembershipOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.post("", status_code=201, response_model=Assigned)
async def assign(request: Request, body: NewMembership) -> Response:
    """Assign a person to an organisation, or a marketer to a manager. Managers and above.

    For a manager, you manage every organisation of the marketer's: the manager will see them.
    """
    async with acting(request) as act:
        if body.organization_id is not None and body.role is not None:
            await act.write_in(body.organization_id)
            refuse_oneself(act.person.id, body.user_id)
            row = await people.get(act.connection, body.user_id)
            wanted, role = body.organization_id, Role(body.role)
            return await once(request, act, 201, lambda: _join(act, row, wanted, role))
        manager_id = body.manager_id
        assert manager_id is not None
        row = await administered(act, body.user_id)
        return await once(request, act, 201, lambda: _give(act, row, manager_id))


async def _join(act: Acting, row: UserRow, organization_id: UUID, role: Role) -> Assigned:
    refuse_above(act.actor.role_in(organization_id) or Role.SUPERVISOR, role)
    if not row.is_active:
        raise Conflict(f"{row.name} is deactivated. PATCH /v1/users with is_active first.")
    held = row.roles.get(organization_id)
    if held is not None and held is not role:
        raise Conflict(
            f"{row.name} is a {held.value.lower()} there already. PATCH /v1/users changes a role."
        )
    if held is None:
        await identity.set_membership(
            act.connection, organization_id=organization_id, user_id=row.id, role=role
        )
        after = {"role": role.value}
        await trail(act, row.id, [organization_id], "membership.create", after=after)
    return Assigned(user_id=row.id, organization_id=organization_id, role=role.value)


async def _give(act: Acting, row: UserRow, manager_id: UUID) -> Assigned:
    manager = await people.get(act.connection, manager_id)
    if Role.MARKETER not in row.roles.values():
        raise Conflict(f"{row.name} is a marketer nowhere. Assign an organisation first.")
    if manager.id == row.id or Role.MANAGER not in manager.roles.values():
        raise Conflict(f"{manager.name} is no manager in an organisation of yours.")
    if not manager.is_active:
        raise Conflict(f"{manager.name} is deactivated.")
    await _set_manager(act, row, manager.id)
    return Assigned(user_id=row.id, manager_id=manager.id)


async def _set_manager(act: Acting, row: UserRow, manager_id: UUID | None) -> None:
    if manager_id == row.manager_id:
        return
    await memberships.set_manager(act.connection, row.id, manager_id)
    before, after = ({"manager_id": one and str(one)} for one in (row.manager_id, manager_id))
    await trail(act, row.id, list(row.roles), "membership.manager", before=before, after=after)


@router.delete("", status_code=204)
async def end_membership(
    request: Request,
    user_id: UUID,
    organization_id: UUID | None = None,
    manager_id: UUID | None = None,
) -> None:
    """End a membership: of a person in an organisation, or of a marketer with a manager.

    It holds at once; the person's tokens of that organisation end with it.
    """
    if (organization_id is None) == (manager_id is None):
        raise InvalidInput(ONE_OF_BOTH, field="organization_id")
    async with acting(request) as act:
        if organization_id is not None:
            await _leave(act, user_id, organization_id)
            return
        row = await administered(act, user_id)
        if row.manager_id is None or row.manager_id != manager_id:
            raise NotFound(f"{row.name} is no marketer of that manager.")
        await _set_manager(act, row, None)


async def _leave(act: Acting, user_id: UUID, organization_id: UUID) -> None:
    await act.write_in(organization_id)
    refuse_oneself(act.person.id, user_id)
    row = await seen(act, user_id)
    held = row.roles.get(organization_id)
    if held is None:
        raise NotFound(f"{row.name} is no member there.")
    refuse_above(act.actor.role_in(organization_id) or Role.SUPERVISOR, held)
    await people.refuse_who_manages_there(act.connection, row, organization_id)
    await refuse_where_alone(act, row, [organization_id])
    await api_tokens.revoke_of(act.connection, organization_id, user_id)
    await invitations.revoke_for(act.connection, organization_id, user_id)
    before: dict[str, Any] = {"role": held.value}
    await trail(act, user_id, [organization_id], "membership.end", before=before)
    await memberships.end(act.connection, organization_id, user_id)

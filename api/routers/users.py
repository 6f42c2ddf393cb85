"""People: made, listed, changed, deactivated.

What does not belong here: memberships (`memberships.py`), joining and passwords (`accounts.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api.idempotency import once
from api.reach import require_administrator
from api.services import Acting, acting, signed_in
from api.shapes import Input, Output, Page, Pages
from api.staff import administered, refuse_where_alone, seen, shut_out, trail
from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from posthub_assets.domain.people import Role, refuse_above, refuse_oneself
from resources.database.repositories import identity, invitations, people
from resources.database.repositories.people import UserRow
from resources.passwords import MAX_CHARS, hash_password_soon, refuse_weak_password

router = APIRouter(prefix="/v1/users", tags=["people"], dependencies=[Depends(signed_in)])

MemberRole = Literal["MANAGER", "MARKETER", "SUPERVISOR"]
Name = Annotated[str, Field(min_length=1, max_length=identity.MAX_NAME_CHARS)]


class NewUser(Input):
    """A person to be, in one organisation. Without a password there is a link to open the account.

    `organization_id` may be left out where you belong to one only.
    """

    email: Annotated[str, Field(max_length=320)]
    name: Name
    role: MemberRole
    organization_id: UUID | None = None
    password: Annotated[str | None, Field(max_length=MAX_CHARS)] = None


class UserChange(Input):
    """What to change. Of yourself only the name.

    `role` is of one organisation: `organization_id` names it where the person has several.
    """

    name: Name | None = None
    role: MemberRole | None = None
    organization_id: UUID | None = None
    is_active: bool | None = None
    is_admin: bool | None = None


class RoleOut(Output):
    """A role in an organisation that you may see."""

    organization_id: UUID
    role: str


class UserOut(Output):
    """A person. `is_open` is false until a password was chosen; `manager_id` is whose marketer."""

    id: UUID
    email: str
    name: str
    is_active: bool
    is_admin: bool
    is_open: bool
    manager_id: UUID | None
    created_at: datetime
    memberships: list[RoleOut]


class Link(Output):
    """A link that opens an account, once: its token goes to POST /v1/auth/accept-invitation."""

    user_id: UUID
    invitation_token: str | None
    expires_at: datetime


class MadeUser(UserOut):
    """A new person. The token is shown this once; it is null where a password was given."""

    invitation_token: str | None = None
    invitation_expires_at: datetime | None = None


@router.get("")
async def list_users(
    request: Request,
    paging: Pages,
    organization_id: UUID | None = None,
    is_active: Annotated[bool | None, Query()] = None,
) -> Page[UserOut]:
    """List the people of my organisations, in the order they were made. Marketers and above."""
    after = paging.after(UUID)
    async with acting(request) as act:
        if organization_id is not None:
            act.may(organization_id)
        rows = await people.page(
            act.connection,
            [organization_id] if organization_id else act.where_allowed(),
            is_active=is_active,
            after=after[0] if after else None,
            limit=paging.limit + 1,
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[_out(row) for row in shown], next_cursor=cursor)


@router.post("", status_code=201, response_model=MadeUser)
async def create_user(request: Request, body: NewUser) -> Response:
    """Make a person. Managers and above, and nobody above themselves.

    Without a password the answer holds a token, once: send it to the person, who opens the account
    with it at POST /v1/auth/accept-invitation within a week.
    """
    async with acting(request) as act:
        organization_id = body.organization_id or act.only_organization()
        act.may(organization_id)
    hashed = None
    if body.password is not None:  # hashing takes a while: no transaction waits for it
        refuse_weak_password(body.password)
        hashed = await hash_password_soon(body.password)
    async with acting(request) as act:
        await act.write_in(organization_id)
        refuse_above(act.actor.role_in(organization_id) or Role.SUPERVISOR, Role(body.role))

        async def work() -> MadeUser:
            return await _made(act, body, organization_id, hashed)

        return await once(request, act, 201, work, withheld=("invitation_token",))


async def _made(
    act: Acting, body: NewUser, organization_id: UUID, password_hash: str | None
) -> MadeUser:
    role = Role(body.role)
    try:
        user_id = await identity.create_user(
            act.connection, email=body.email, name=body.name, password_hash=password_hash
        )
    except Conflict as error:
        raise Conflict(f"{error} Ask them in with POST /v1/invitations.") from error
    await identity.set_membership(
        act.connection, organization_id=organization_id, user_id=user_id, role=role
    )
    row = await people.get(act.connection, user_id)
    told = {"name": row.name, "role": role.value, "is_open": row.is_open}
    await trail(act, row.id, [organization_id], "user.create", after=told)
    made = MadeUser(**_out(row).model_dump())
    if password_hash is None:
        link = await _link(act, row, organization_id)
        made.invitation_token, made.invitation_expires_at = link.invitation_token, link.expires_at
    return made


async def _link(act: Acting, row: UserRow, organization_id: UUID) -> Link:
    """Make a link that opens the account; those of before are useless."""
    await invitations.revoke_for(act.connection, organization_id, row.id)
    made, token = await invitations.invite(
        act.connection,
        organization_id=organization_id,
        email=row.email,
        role=row.roles[organization_id],
        invited_by=act.person.id,
        opens=row.id,
    )
    return Link(user_id=row.id, invitation_token=token, expires_at=made.expires_at)


@router.get("/{user_id}")
async def get_user(request: Request, user_id: UUID) -> UserOut:
    """Read a person. Everybody themselves; marketers and above, the people they work with."""
    async with acting(request) as act:
        row = await seen(act, user_id)
    return _out(row)


@router.post("/{user_id}/invitation", status_code=201, response_model=Link)
async def renew_link(request: Request, user_id: UUID) -> Response:
    """Make a new link for a person whose account is not open yet; the old ones are useless."""
    async with acting(request) as act:
        row = await administered(act, user_id)

        async def work() -> Link:
            if row.is_open or not row.is_active:
                raise Conflict(f"{row.name} has opened the account already, or is deactivated.")
            if not row.roles:
                raise Conflict(f"{row.name} belongs to no organisation. POST /v1/memberships.")
            organization_id = sorted(row.roles)[0]
            for one in row.roles:
                await identity.write_in(act.connection, one)
                await invitations.revoke_for(act.connection, one, row.id)
            await identity.write_in(act.connection, organization_id)
            made = await _link(act, row, organization_id)
            await trail(act, row.id, [organization_id], "user.link")
            return made

        return await once(request, act, 201, work, withheld=("invitation_token",))


@router.patch("/{user_id}")
async def change_user(request: Request, user_id: UUID, body: UserChange) -> UserOut:
    """Change a person: name, role, active, administrator. Everybody changes their own name.

    Deactivating ends sessions and tokens at once. Managers change people all of whose
    organisations they manage; a role, in the organisations that they manage. Administrators are
    made by administrators.
    """
    async with acting(request) as act:
        row = await _reached(act, user_id, body)
        if body.role is not None:
            await _set_role(act, row, body.organization_id, Role(body.role))
        if body.is_admin is not None and body.is_admin != row.is_admin:
            await _set_admin(act, row, is_admin=body.is_admin)
        if body.name is not None:
            await _rename(act, row, body.name)
        if body.is_active is not None and body.is_active != row.is_active:
            await _set_active(act, row, is_active=body.is_active)
        row = await people.get(act.connection, user_id)
    return _out(row)


async def _reached(act: Acting, user_id: UUID, body: UserChange) -> UserRow:
    """Give the person, where the asker may change them as the request wants."""
    if body.role is None and body.organization_id is not None:
        raise InvalidInput("organization_id goes with a role; name the role.", field="role")
    if act.is_oneself(user_id):
        if body.model_dump(exclude={"name"}, exclude_none=True):
            refuse_oneself(act.person.id, user_id)
        return await people.get(act.connection, user_id)
    if body.is_admin is not None:
        await seen(act, user_id)
        require_administrator(act, "make or unmake administrators")
    if body.name is None and body.is_active is None:
        return await seen(act, user_id)
    return await administered(act, user_id)


async def _set_role(act: Acting, row: UserRow, given: UUID | None, role: Role) -> None:
    if given is None and len(row.roles) != 1:
        raise InvalidInput(
            f"{row.name} belongs to none of your organisations, or to several; name the "
            "organization_id.",
            field="organization_id",
        )
    organization_id = given or next(iter(row.roles))
    await act.write_in(organization_id)
    held = row.roles.get(organization_id)
    if held is None:
        raise NotFound(f"{row.name} is no member there. POST /v1/memberships makes one.")
    refuse_above(act.actor.role_in(organization_id) or Role.SUPERVISOR, held, role)
    if held is role:
        return
    if role is not Role.MANAGER:
        await people.refuse_who_manages_there(act.connection, row, organization_id)
    await identity.set_membership(
        act.connection, organization_id=organization_id, user_id=row.id, role=role
    )
    before, after = {"role": held.value}, {"role": role.value}
    await trail(act, row.id, [organization_id], "user.role", before=before, after=after)


async def _set_admin(act: Acting, row: UserRow, *, is_admin: bool) -> None:
    if is_admin and not row.can_decide:
        raise Conflict(f"{row.name} cannot sign in yet, or is deactivated.")
    if not is_admin:
        await people.refuse_last_admin(act.connection, row)
    await people.change(act.connection, row.id, is_admin=is_admin)
    before, after = {"is_admin": row.is_admin}, {"is_admin": is_admin}
    await trail(act, row.id, list(row.roles), "user.admin", before=before, after=after)


async def _rename(act: Acting, row: UserRow, name: str) -> None:
    await people.change(act.connection, row.id, name=name)
    changed = await people.get(act.connection, row.id)
    if changed.name != row.name:
        before, after = {"name": row.name}, {"name": changed.name}
        await trail(act, row.id, list(row.roles), "user.rename", before=before, after=after)


async def _set_active(act: Acting, row: UserRow, *, is_active: bool) -> None:
    organizations = list(row.roles)
    if not is_active:
        if row.is_admin:
            await people.refuse_last_admin(act.connection, row)
        await refuse_where_alone(act, row, organizations)
        await shut_out(act, row, organizations, "the person was deactivated")
    await people.change(act.connection, row.id, is_active=is_active)
    before: dict[str, Any] = {"is_active": row.is_active}
    action = "user.activate" if is_active else "user.deactivate"
    await trail(act, row.id, organizations, action, before=before, after={"is_active": is_active})


def _out(row: UserRow) -> UserOut:
    shown = {name: getattr(row, name) for name in UserOut.model_fields if name != "memberships"}
    roles = [
        RoleOut(organization_id=one, role=role.value) for one, role in sorted(row.roles.items())
    ]
    return UserOut(**shown, memberships=roles)

"""Changing other people: who may be reached, what ends with them, the rows of the audit trail.

What does not belong here: routes (`routers/users.py`, `routers/memberships.py`), pure rules
(`domain/people.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from api.services import Acting
from posthub_assets.domain.errors import Forbidden
from posthub_assets.domain.people import Role, at_least
from resources.database.repositories import (
    api_tokens,
    audit,
    identity,
    invitations,
    people,
    sessions,
)
from resources.database.repositories.people import UserRow


async def seen(act: Acting, user_id: UUID) -> UserRow:
    """Read oneself, or a person of an organisation where the table lets the asker do this.

    Raises NotFound for who shares no organisation, Forbidden where the role is too low in all.
    """
    row = await people.get(act.connection, user_id)
    if act.is_oneself(user_id) or act.actor.is_admin:
        return row
    needed = act.permission.who.role or Role.SUPERVISOR
    shared = sorted(row.roles)  # policies show those of the asker's organisations only
    best = [one for one in shared if at_least(act.actor.roles[one], needed)]
    act.may((best or shared)[0])
    return row


async def administered(act: Acting, user_id: UUID) -> UserRow:
    """Read a person who may be changed as such. Raises NotFound, Forbidden that says what to do."""
    row = await seen(act, user_id)
    if act.is_oneself(user_id):
        raise Forbidden("This is for somebody else to do: another manager, or an administrator.")
    if not await people.administers(act.connection, user_id):
        raise Forbidden(
            f"{row.name} belongs to an organisation that you do not manage, or is an "
            "administrator: ask an administrator. A membership in your own organisation you may "
            "end yourself: DELETE /v1/memberships."
        )
    return row


async def refuse_where_alone(act: Acting, row: UserRow, organizations: Sequence[UUID]) -> None:
    """Refuse to leave an organisation without anybody who can approve. Raises Conflict."""
    await people.refuse_last_who_decides(act.connection, row, organizations)


async def shut_out(act: Acting, row: UserRow, organizations: Sequence[UUID], why: str) -> None:
    """End every session of a person, and their tokens and open links in the organisations."""
    await sessions.end_all(act.connection, row.id, why)
    for one in organizations:
        await identity.write_in(act.connection, one)
        await api_tokens.revoke_of(act.connection, one, row.id)
        await invitations.revoke_for(act.connection, one, row.id)


async def trail(
    act: Acting,
    user_id: UUID,
    organizations: Sequence[UUID],
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write a change into the trail of each organisation it concerns, else into the platform's."""
    for one in organizations or (None,):
        if one is not None:
            await identity.write_in(act.connection, one)
        await audit.record(
            act.connection,
            organization_id=one,
            actor_id=act.person.id,
            action=action,
            subject_kind="user",
            subject_id=user_id,
            before=before,
            after=after,
            origin=act.origin,
        )

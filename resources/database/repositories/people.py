"""People as others see and change them: listed, renamed, deactivated, raised.

Policies decide who is seen, and that nobody is changed but by themselves and by those who
administer them. The caller owns the transaction and its scope.
What does not belong here: who may do what (`domain/permissions/`), signing in (`sessions.py`),
memberships (`memberships.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import Conflict, NotFound
from posthub_assets.domain.people import Role
from resources.database.repositories.identity import clean_name


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person, with the memberships that the scope shows.

    `is_open` is false until the person has a password of their own.
    """

    id: UUID
    email: str
    name: str
    is_active: bool
    is_admin: bool
    is_open: bool
    manager_id: UUID | None
    created_at: datetime
    roles: dict[UUID, Role]

    @property
    def can_decide(self) -> bool:
        """Tell whether this person can sign in, and so approve where they belong."""
        return self.is_active and self.is_open


_COLUMNS = """
    u.id, u.email, u.name, u.is_active, u.is_admin, u.password_hash IS NOT NULL AS is_open,
    u.manager_id, u.created_at,
    coalesce((SELECT jsonb_object_agg(m.organization_id, m.role) FROM posthub.membership m
              WHERE m.user_id = u.id), jsonb_build_object()) AS roles
"""
_ONE = text(
    f"SELECT {_COLUMNS} FROM posthub.app_user u"  # noqa: S608 - fixed texts
    " WHERE u.id = :id AND u.deleted_at IS NULL"
)
_PAGE = f"""
    SELECT {_COLUMNS} FROM posthub.app_user u
    WHERE u.deleted_at IS NULL AND (CAST(:after AS uuid) IS NULL OR u.id > :after)
        AND (CAST(:is_active AS boolean) IS NULL OR u.is_active = :is_active) {{within}}
    ORDER BY u.id LIMIT :limit
"""  # noqa: S608
_ALL = text(_PAGE.format(within=""))
# Two statements, so that a few organisations' people are found by them and not among all.
_WITHIN = text(
    _PAGE.format(
        within="AND u.id IN (SELECT m.user_id FROM posthub.membership m"
        " WHERE m.organization_id = ANY(CAST(:organizations AS uuid[])))"
    )
)
_ADMINISTERS = text("SELECT posthub.administers(:id)")
_CHANGE = text(
    """
    UPDATE posthub.app_user SET name = coalesce(:name, name),
        is_active = coalesce(:is_active, is_active), is_admin = coalesce(:is_admin, is_admin)
    WHERE id = :id RETURNING id
    """
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_OTHER_ADMINS = text(
    "SELECT EXISTS (SELECT 1 FROM posthub.app_user WHERE is_admin AND is_active"
    " AND password_hash IS NOT NULL AND deleted_at IS NULL AND id <> :id)"
)
_OTHERS_WHO_DECIDE = text(
    """
    SELECT o.name, EXISTS (
        SELECT 1 FROM posthub.membership m JOIN posthub.app_user u ON u.id = m.user_id
        WHERE m.organization_id = o.id AND u.id <> :id AND u.is_active
            AND u.password_hash IS NOT NULL AND u.deleted_at IS NULL) AS remain
    FROM posthub.organization o WHERE o.id = :organization_id
    """
)


_MARKETER_THERE = text(
    """
    SELECT u.id, u.name FROM posthub.membership m JOIN posthub.app_user u ON u.id = m.user_id
    WHERE m.organization_id = :organization_id AND m.role = 'MARKETER' AND u.manager_id = :id
    ORDER BY u.id LIMIT 1
    """
)


async def page(
    connection: AsyncConnection,
    organizations: Sequence[UUID] | None,
    *,
    is_active: bool | None,
    after: UUID | None,
    limit: int,
) -> list[UserRow]:
    """Read people in the order in which they were made; None for whoever the scope shows."""
    values: dict[str, Any] = {"is_active": is_active, "after": after, "limit": limit}
    if organizations is None:
        return [_row(row) for row in await connection.execute(_ALL, values)]
    values["organizations"] = list(organizations)
    return [_row(row) for row in await connection.execute(_WITHIN, values)]


async def get(connection: AsyncConnection, user_id: UUID) -> UserRow:
    """Read a person. Raises NotFound, also for somebody who shares no organisation."""
    row = (await connection.execute(_ONE, {"id": user_id})).first()
    if row is None:
        raise NotFound("There is no such person.")
    return _row(row)


def _row(row: Any) -> UserRow:
    values = dict(row._mapping)
    roles = {UUID(one): Role(role) for one, role in values.pop("roles").items()}
    return UserRow(**values, roles=roles)


async def administers(connection: AsyncConnection, user_id: UUID) -> bool:
    """Tell whether who acts may change a person as such: they manage everywhere that one is."""
    return bool((await connection.execute(_ADMINISTERS, {"id": user_id})).scalar())


async def change(
    connection: AsyncConnection,
    user_id: UUID,
    *,
    name: str | None = None,
    is_active: bool | None = None,
    is_admin: bool | None = None,
) -> None:
    """Change what is given. Raises NotFound where the policies let nobody of that id be changed."""
    values = {
        "id": user_id,
        "name": None if name is None else clean_name(name),
        "is_active": is_active,
        "is_admin": is_admin,
    }
    if (await connection.execute(_CHANGE, values)).first() is None:
        raise NotFound("There is no such person whom you may change.")


async def refuse_last_admin(connection: AsyncConnection, person: UserRow) -> None:
    """Refuse to lose the last administrator. Two at once wait for each other. Raises Conflict."""
    await connection.execute(_LOCK, {"key": "administrators"})
    if not (await connection.execute(_OTHER_ADMINS, {"id": person.id})).scalar():
        raise Conflict(
            f"{person.name} is the last administrator who can sign in. Make another one first: "
            'PATCH /v1/users/{id} with {"is_admin": true}.'
        )


async def refuse_last_who_decides(
    connection: AsyncConnection, person: UserRow, organizations: Sequence[UUID]
) -> None:
    """Refuse to leave an organisation without anybody who can approve. Raises Conflict."""
    if not person.can_decide:
        return
    for organization_id in sorted(organizations):  # in one order, so that no two lock crosswise
        await connection.execute(_LOCK, {"key": f"members of {organization_id}"})
        values = {"id": person.id, "organization_id": organization_id}
        found = (await connection.execute(_OTHERS_WHO_DECIDE, values)).first()
        if found is not None and not found.remain:
            raise Conflict(
                f"{person.name} is the last person of {found.name} who can approve. Let somebody "
                "else in first: POST /v1/invitations, or POST /v1/users with a password."
            )


async def refuse_who_manages_there(
    connection: AsyncConnection, person: UserRow, organization_id: UUID
) -> None:
    """Refuse to end or lower a membership in name only. Raises Conflict.

    Whose marketer is a marketer of an organisation is a manager there, with a membership or not.
    """
    values = {"id": person.id, "organization_id": organization_id}
    found = (await connection.execute(_MARKETER_THERE, values)).first()
    if found is not None:
        raise Conflict(
            f"{found.name} is a marketer there and has {person.name} as manager, who would go on "
            "managing the organisation. End that first: DELETE /v1/memberships"
            f"?user_id={found.id}&manager_id={person.id}."
        )

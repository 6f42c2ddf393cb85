"""Memberships: who belongs to which organisation as what, and whose marketer somebody is.

The caller owns the transaction; the organisation that is written is the writable one.
What does not belong here: people (`people.py`), making a membership (`identity.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A person's role in an organisation; `manager_id` is whose marketer the person is."""

    organization_id: UUID
    user_id: UUID
    name: str
    email: str
    is_active: bool
    role: str
    manager_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MembershipFilter:
    """Which memberships are asked for; None means all that the scope shows."""

    organizations: Sequence[UUID] | None = None
    user_id: UUID | None = None
    manager_id: UUID | None = None


_PAGE = text(
    """
    SELECT m.organization_id, m.user_id, u.name, u.email, u.is_active, m.role, u.manager_id,
        m.created_at
    FROM posthub.membership m JOIN posthub.app_user u ON u.id = m.user_id
    WHERE u.deleted_at IS NULL
        AND (CAST(:organizations AS uuid[]) IS NULL OR m.organization_id = ANY(:organizations))
        AND (CAST(:user_id AS uuid) IS NULL OR m.user_id = :user_id)
        AND (CAST(:manager_id AS uuid) IS NULL OR u.manager_id = :manager_id)
        AND (CAST(:after_organization AS uuid) IS NULL
             OR (m.organization_id, m.user_id) > (:after_organization, CAST(:after_user AS uuid)))
    ORDER BY m.organization_id, m.user_id LIMIT :limit
    """
)
_END = text(
    "DELETE FROM posthub.membership WHERE organization_id = :organization_id"
    " AND user_id = :user_id RETURNING role"
)
_SET_MANAGER = text(
    "UPDATE posthub.app_user SET manager_id = :manager_id WHERE id = :user_id RETURNING id"
)


async def page(
    connection: AsyncConnection,
    wanted: MembershipFilter,
    *,
    after: tuple[UUID, UUID] | None,
    limit: int,
) -> list[MembershipRow]:
    """Read memberships by organisation and person; `after` is the last one of the page before."""
    values = {
        "organizations": None if wanted.organizations is None else list(wanted.organizations),
        "user_id": wanted.user_id,
        "manager_id": wanted.manager_id,
        "after_organization": after[0] if after else None,
        "after_user": after[1] if after else None,
        "limit": limit,
    }
    return [MembershipRow(**row._mapping) for row in await connection.execute(_PAGE, values)]


async def end(connection: AsyncConnection, organization_id: UUID, user_id: UUID) -> None:
    """End a membership. Raises NotFound where there is none."""
    values = {"organization_id": organization_id, "user_id": user_id}
    if (await connection.execute(_END, values)).first() is None:
        raise NotFound("There is no such membership.")


async def set_manager(connection: AsyncConnection, user_id: UUID, manager_id: UUID | None) -> None:
    """Make a person the marketer of a manager, or of nobody. Raises NotFound, as policies have it.

    The manager sees every organisation in which the person is a marketer.
    """
    values = {"user_id": user_id, "manager_id": manager_id}
    if (await connection.execute(_SET_MANAGER, values)).first() is None:
        raise NotFound("There is no such person whom you may assign.")

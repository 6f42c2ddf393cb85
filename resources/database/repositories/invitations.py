"""Invitations into an organisation: a link that works once, for a week.

The token is shown once and stored as a hash. The caller owns the transaction and its scope.
What does not belong here: making people (`identity.py`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.people import Role
from resources.database.repositories.identity import clean_email
from resources.database.repositories.sessions import token_hash
from resources.ids import new_id

LIFETIME = timedelta(days=7)
NOT_VALID = "This invitation is not valid any more. Ask for a new one."


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation; `accepted_at` and `revoked_at` are null while it can be used."""

    id: UUID
    organization_id: UUID
    email: str
    role: str
    invited_by: UUID
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """What a token stands for."""

    id: UUID
    organization_id: UUID
    email: str
    role: Role
    user_id: UUID | None
    """The account that it opens, where that was made beforehand."""


_COLUMNS = (
    "id, organization_id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at"
)
_INSERT = text(
    f"""
    INSERT INTO posthub.invitation (id, organization_id, email, role, token_hash, invited_by,
        expires_at, user_id)
    VALUES (:id, :organization_id, :email, :role, :hash, :invited_by, :expires_at, :user_id)
    RETURNING {_COLUMNS}
    """  # noqa: S608 - fixed texts
)
_PAGE = text(
    f"""
    SELECT {_COLUMNS} FROM posthub.invitation
    WHERE (CAST(:organization_id AS uuid) IS NULL OR organization_id = :organization_id)
        AND (CAST(:after AS uuid) IS NULL OR id < :after)
    ORDER BY id DESC LIMIT :limit
    """  # noqa: S608
)
_ONE = text(f"SELECT {_COLUMNS} FROM posthub.invitation WHERE id = :id")  # noqa: S608
_REVOKE = text(
    "UPDATE posthub.invitation SET revoked_at = now()"
    " WHERE id = :id AND accepted_at IS NULL AND revoked_at IS NULL"
)
_REVOKE_FOR = text(
    "UPDATE posthub.invitation SET revoked_at = now() WHERE user_id = :user_id"
    " AND organization_id = :organization_id AND accepted_at IS NULL AND revoked_at IS NULL"
)
_FIND = text("SELECT id, organization_id, email, role, user_id FROM posthub.invitation_of(:hash)")
# Of two who use a token at once the second waits for the first, and finds it used.
_USE = text(
    """
    UPDATE posthub.invitation SET accepted_at = now(), accepted_by = :user_id
    WHERE id = :id AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()
    RETURNING id
    """
)


async def invite(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    email: str,
    role: Role,
    invited_by: UUID,
    opens: UUID | None = None,
) -> tuple[InvitationRow, str]:
    """Make an invitation; give it and its token. Raises InvalidInput for what is no e-mail.

    `opens` is an account without a password, whose first password comes with this invitation.
    """
    token = secrets.token_urlsafe(32)
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "email": clean_email(email),
        "role": role.value,
        "hash": token_hash(token),
        "invited_by": invited_by,
        "expires_at": datetime.now(UTC) + LIFETIME,
        "user_id": opens,
    }
    row = (await connection.execute(_INSERT, values)).one()
    return InvitationRow(**row._mapping), token


async def page(
    connection: AsyncConnection, organization_id: UUID | None, *, after: UUID | None, limit: int
) -> list[InvitationRow]:
    """Read the invitations that the scope shows, the newest first."""
    values = {"organization_id": organization_id, "after": after, "limit": limit}
    return [InvitationRow(**row._mapping) for row in await connection.execute(_PAGE, values)]


async def get(connection: AsyncConnection, invitation_id: UUID) -> InvitationRow:
    """Read an invitation. Raises NotFound, also for another organisation's."""
    row = (await connection.execute(_ONE, {"id": invitation_id})).first()
    if row is None:
        raise NotFound("There is no such invitation.")
    return InvitationRow(**row._mapping)


async def revoke(connection: AsyncConnection, invitation_id: UUID) -> None:
    """Make an invitation useless; one that is used or revoked stays as it is."""
    await connection.execute(_REVOKE, {"id": invitation_id})


async def revoke_for(connection: AsyncConnection, organization_id: UUID, user_id: UUID) -> None:
    """Make the links useless that would open an account, as far as one organisation gave them."""
    await connection.execute(_REVOKE_FOR, {"user_id": user_id, "organization_id": organization_id})


async def find(connection: AsyncConnection, token: str) -> OpenInvitation:
    """Give what a token invites to, before anybody is known. Raises NotFound."""
    row = (await connection.execute(_FIND, {"hash": token_hash(token)})).first()
    if row is None:
        raise NotFound(NOT_VALID)
    return OpenInvitation(row.id, row.organization_id, row.email, Role(row.role), row.user_id)


async def use(connection: AsyncConnection, invitation: OpenInvitation, user_id: UUID) -> None:
    """Use an invitation up. Raises NotFound where somebody was faster."""
    values = {"id": invitation.id, "user_id": user_id}
    if (await connection.execute(_USE, values)).first() is None:
        raise NotFound(NOT_VALID)

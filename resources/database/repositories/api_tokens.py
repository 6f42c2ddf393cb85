"""Tokens for machines: of one person in one organisation, scoped, revocable, shown once.

Stored as a hash. The caller owns the transaction and its scope.
What does not belong here: what a scope allows (`domain/people.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.people import TokenScope
from resources.database.repositories.sessions import token_hash
from resources.ids import new_id

PREFIX = "ph_"
"""So that a token is known as one wherever it turns up, in a log above all."""


@dataclass(frozen=True, slots=True)
class ApiTokenRow:
    """A token without its secret."""

    id: UUID
    organization_id: UUID
    user_id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Whose a token is, and what it may be used for."""

    token_id: UUID
    user_id: UUID
    organization_id: UUID
    scopes: frozenset[TokenScope]


_COLUMNS = """
    id, organization_id, user_id, name, scopes -> 'allowed' AS scopes, created_at, expires_at,
    last_used_at, revoked_at
"""
_INSERT = text(
    f"""
    INSERT INTO posthub.api_token (id, organization_id, user_id, name, token_hash, scopes,
        expires_at)
    VALUES (:id, :organization_id, :user_id, :name, :hash, :scopes, :expires_at)
    RETURNING {_COLUMNS}
    """  # noqa: S608 - fixed texts
).bindparams(bindparam("scopes", type_=JSONB))
_LIST = text(
    f"""
    SELECT {_COLUMNS} FROM posthub.api_token WHERE organization_id = :organization_id
        AND (CAST(:after AS uuid) IS NULL OR id < :after) ORDER BY id DESC LIMIT :limit
    """  # noqa: S608
)
_ONE = text(f"SELECT {_COLUMNS} FROM posthub.api_token WHERE id = :id")  # noqa: S608
_REVOKE = text(
    "UPDATE posthub.api_token SET revoked_at = now() WHERE id = :id AND revoked_at IS NULL"
)
_REVOKE_OF = text(
    "UPDATE posthub.api_token SET revoked_at = now() WHERE organization_id = :organization_id"
    " AND user_id = :user_id AND revoked_at IS NULL"
)
_OWNER = text("SELECT * FROM posthub.api_token_owner(:hash)")
_USED = text(
    """
    UPDATE posthub.api_token SET last_used_at = now()
    WHERE id = :id AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
    """
)


async def create(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    user_id: UUID,
    name: str,
    scopes: Sequence[TokenScope],
    expires_at: datetime | None,
) -> tuple[ApiTokenRow, str]:
    """Make a token; give it and its secret, 46 characters that begin with `ph_`."""
    token = PREFIX + secrets.token_urlsafe(32)
    values: dict[str, Any] = {
        "id": new_id(),
        "organization_id": organization_id,
        "user_id": user_id,
        "name": name,
        "hash": token_hash(token),
        "scopes": {"allowed": sorted({one.value for one in scopes})},
        "expires_at": expires_at,
    }
    row = (await connection.execute(_INSERT, values)).one()
    return ApiTokenRow(**row._mapping), token


async def page(
    connection: AsyncConnection, organization_id: UUID, *, after: UUID | None, limit: int
) -> list[ApiTokenRow]:
    """Read an organisation's tokens, the newest first."""
    values = {"organization_id": organization_id, "after": after, "limit": limit}
    return [ApiTokenRow(**row._mapping) for row in await connection.execute(_LIST, values)]


async def get(connection: AsyncConnection, token_id: UUID) -> ApiTokenRow:
    """Read a token. Raises NotFound, also for another organisation's."""
    row = (await connection.execute(_ONE, {"id": token_id})).first()
    if row is None:
        raise NotFound("There is no such token.")
    return ApiTokenRow(**row._mapping)


async def revoke(connection: AsyncConnection, token_id: UUID) -> None:
    """Make a token useless at once; one that is revoked stays as it is."""
    await connection.execute(_REVOKE, {"id": token_id})


async def revoke_of(connection: AsyncConnection, organization_id: UUID, user_id: UUID) -> None:
    """Make all tokens useless that a person has in an organisation."""
    await connection.execute(_REVOKE_OF, {"user_id": user_id, "organization_id": organization_id})


async def owner_of(connection: AsyncConnection, token: str) -> TokenOwner | None:
    """Give whose a token is, before anybody is known; None where it is not valid."""
    row = (await connection.execute(_OWNER, {"hash": token_hash(token)})).first()
    if row is None:
        return None
    known = {scope.value for scope in TokenScope}
    allowed = frozenset(TokenScope(one) for one in row.scopes.get("allowed", ()) if one in known)
    return TokenOwner(row.token_id, row.user_id, row.organization_id, allowed)


async def note_use(connection: AsyncConnection, token_id: UUID) -> None:
    """Remember that a token was used, to the minute."""
    await connection.execute(_USED, {"id": token_id})

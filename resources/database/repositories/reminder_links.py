"""Links in reminders: whether an organisation wants them, and making one.

The caller owns the transaction and its scope.
What does not belong here: links that people make (`approval_links.py`), e-mails.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from resources.database.repositories.approval_links import new_secret
from resources.database.repositories.sessions import token_hash
from resources.ids import new_id

_ARE_ON = text(
    "SELECT coalesce(settings -> 'links_in_reminders' = 'true', false)"
    " FROM posthub.organization WHERE id = :id"
)
_SWITCH = text(
    "UPDATE posthub.organization SET settings = settings"
    " || jsonb_build_object('links_in_reminders', CAST(:on AS boolean)) WHERE id = :id"
)
_MAKE = text(
    "SELECT posthub.make_reminder_link(:id, :organization_id, :company_id, :user_id, :hash,"
    " :expires_at, :content_ids)"
).bindparams(bindparam("content_ids", type_=ARRAY(Uuid)))


async def are_on(connection: AsyncConnection, organization_id: UUID) -> bool:
    """Tell whether an organisation lets its reminders bring links."""
    return bool((await connection.execute(_ARE_ON, {"id": organization_id})).scalar())


async def switch(connection: AsyncConnection, organization_id: UUID, *, on: bool) -> None:
    """Let an organisation's reminders bring links, or not. Links that went out stay good."""
    await connection.execute(_SWITCH, {"id": organization_id, "on": on})


async def make(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    company_id: UUID,
    user_id: UUID,
    content_ids: Sequence[UUID],
    expires_at: datetime,
) -> tuple[str, int]:
    """Make a member's link over what waits of these items; give its secret and how many it covers.

    None are covered where the organisation wants no such links, or nothing waits: then there is
    none. For the factory's role.
    """
    secret = new_secret()
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "company_id": company_id,
        "user_id": user_id,
        "hash": token_hash(secret),
        "expires_at": expires_at,
        "content_ids": list(content_ids),
    }
    return secret, (await connection.execute(_MAKE, values)).scalar_one()

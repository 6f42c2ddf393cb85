"""What people set for themselves, as JSON in their own row.

What does not belong here: signing in (`sessions.py`), memberships (`identity.py`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

_READ = text("SELECT settings -> 'notifications' FROM posthub.app_user WHERE id = :id")
_KEEP = text(
    "UPDATE posthub.app_user SET settings = settings || jsonb_build_object('notifications',"
    " CAST(:value AS jsonb)) WHERE id = :id"
).bindparams(bindparam("value", type_=JSONB))


async def notifications(connection: AsyncConnection, user_id: UUID) -> dict[str, Any] | None:
    """Read a person's settings of notifications; None where nothing is set."""
    found: dict[str, Any] | None = (await connection.execute(_READ, {"id": user_id})).scalar()
    return found


async def keep_notifications(
    connection: AsyncConnection, user_id: UUID, value: dict[str, Any]
) -> None:
    """Keep a person's settings of notifications."""
    await connection.execute(_KEEP, {"id": user_id, "value": value})

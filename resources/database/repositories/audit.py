"""What happened, for later: the audit trail, and the outbox of what must be told.

Both are written in the transaction of the change they speak of. The caller owns it.
What does not belong here: delivering the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from. `request_id` ties log lines, audit rows and answers together."""

    ip: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


NOWHERE = Origin()
"""For work that no request asked for."""

_RECORD = text(
    """
    INSERT INTO posthub.audit (id, organization_id, actor_id, actor_kind, action, subject_kind,
        subject_id, before, after, ip, request_id)
    VALUES (:id, :organization_id, :actor_id, :actor_kind, :action, :subject_kind, :subject_id,
        :before, :after, :ip, :request_id)
    """
).bindparams(bindparam("before", type_=JSONB(True)), bindparam("after", type_=JSONB(True)))

_TELL = text(
    "INSERT INTO posthub.outbox (id, organization_id, topic, payload)"
    " VALUES (:id, :organization_id, :topic, :payload)"
).bindparams(bindparam("payload", type_=JSONB))


async def record(
    connection: AsyncConnection,
    *,
    organization_id: UUID | None,
    actor_id: UUID | None,
    action: str,
    subject_kind: str,
    subject_id: UUID | str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    origin: Origin = NOWHERE,
) -> None:
    """Write one row of the audit trail. `action` reads `content.approve`, `company.create`."""
    await connection.execute(
        _RECORD,
        {
            "id": new_id(),
            "organization_id": organization_id,
            "actor_id": actor_id,
            "actor_kind": "person" if actor_id else "system",
            "action": action,
            "subject_kind": subject_kind,
            "subject_id": str(subject_id),
            "before": before,
            "after": after,
            "ip": origin.ip,
            "request_id": origin.request_id,
        },
    )


async def tell(
    connection: AsyncConnection, *, organization_id: UUID, topic: str, payload: dict[str, Any]
) -> None:
    """Write one message for the outside. The payload names things by id and holds no content."""
    values = {"id": new_id(), "organization_id": organization_id, "topic": topic}
    await connection.execute(_TELL, {**values, "payload": payload})

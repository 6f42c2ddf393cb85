"""Handing an approved item over: its bytes are hashed again, and the yes over them is named.

A trigger of the database refuses a delivery whose version has no approval of exactly that hash,
whoever writes it. The caller owns the transaction, and hands over after it was committed.
What does not belong here: where content goes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import Status, Step, content_hash, next_status
from posthub_assets.domain.errors import Conflict, NotFound
from resources.database.repositories import audit
from resources.database.repositories.items import NOT_THERE
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class Delivered:
    """What goes out: exactly these bytes were approved."""

    delivery_id: UUID
    content_id: UUID
    version: int
    sha256: str
    body: dict[str, Any]
    decision_id: UUID


_LOCK = text(
    """
    SELECT i.status, i.current_version, i.scheduled_at FROM posthub.content i
    JOIN posthub.company k ON k.id = i.company_id AND k.deleted_at IS NULL
    WHERE i.id = :id AND i.organization_id = :organization_id FOR UPDATE OF i FOR SHARE OF k
    """
)
# The newest word over this very version is a yes: one that was taken back by archiving does not
# count, since a restored item is in review again and cannot be delivered.
_APPROVED = text(
    """
    SELECT v.id AS version_id, v.number, v.sha256, v.body, d.id AS decision_id
    FROM posthub.content_version v
    JOIN posthub.decision d ON d.organization_id = v.organization_id AND d.version_id = v.id
        AND d.action = 'approve' AND d.sha256 = v.sha256
    WHERE v.organization_id = :organization_id AND v.content_id = :id AND v.number = :version
    ORDER BY d.decided_at DESC, d.id DESC LIMIT 1
    """
)
_INSERT = text(
    """
    INSERT INTO posthub.delivery (id, organization_id, content_id, version_id, sha256, decision_id,
        channel, status, delivered_at)
    VALUES (:delivery_id, :organization_id, :id, :version_id, :sha256, :decision_id, :channel,
        'delivered', now())
    """
)
_SET_DELIVERED = text(
    "UPDATE posthub.content SET status = :status, updated_at = now()"
    " WHERE id = :id AND organization_id = :organization_id"
)


async def deliver(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    content_id: UUID,
    channel: str,
    now: datetime,
) -> Delivered:
    """Write that an item's current version goes out over a channel; give its bytes.

    The organisation is the writable one. Raises NotFound, IllegalTransition where it is not
    approved, Conflict where its time has not come, its bytes are not the approved ones or are
    erased, or it went out over this channel before.
    """
    values: dict[str, Any] = {"id": content_id, "organization_id": organization_id}
    item = (await connection.execute(_LOCK, values)).first()
    if item is None:
        raise NotFound(NOT_THERE)
    status = next_status(Status(item.status), Step.DELIVER)
    if item.scheduled_at is not None and item.scheduled_at > now:
        raise Conflict(f"Its time is {item.scheduled_at.isoformat()}, which has not come.")
    found = (
        await connection.execute(_APPROVED, {**values, "version": item.current_version})
    ).first()
    if found is None:
        raise Conflict("The current version has no approval of exactly these bytes.")
    _refuse_other_bytes(found.body, found.sha256)
    given = {**values, **found._mapping, "delivery_id": new_id(), "channel": channel}
    try:
        async with connection.begin_nested():
            await connection.execute(_INSERT, given)
    except IntegrityError as error:
        raise Conflict(f"This version went out over {channel} before.") from error
    await connection.execute(_SET_DELIVERED, {**values, "status": status.value})
    await _leave_trace(connection, given)
    return Delivered(
        given["delivery_id"],
        content_id,
        found.number,
        found.sha256,
        found.body,
        found.decision_id,
    )


def _refuse_other_bytes(body: dict[str, Any] | None, sha256: str) -> None:
    if body is None:
        raise Conflict("This version was erased; there is nothing to hand over.")
    if content_hash(body) != sha256:
        raise Conflict("The stored bytes are not the approved ones. Nothing is handed over.")


async def _leave_trace(connection: AsyncConnection, given: dict[str, Any]) -> None:
    await audit.record(
        connection,
        organization_id=given["organization_id"],
        actor_id=None,
        action="content.deliver",
        subject_kind="content",
        subject_id=given["id"],
        after={"version": given["number"], "sha256": given["sha256"], "channel": given["channel"]},
    )
    await audit.tell(
        connection,
        organization_id=given["organization_id"],
        topic="content.delivered",
        payload={
            "content_id": str(given["id"]),
            "delivery_id": str(given["delivery_id"]),
            "decision_id": str(given["decision_id"]),
            "version": given["number"],
            "sha256": given["sha256"],
            "channel": given["channel"],
        },
    )

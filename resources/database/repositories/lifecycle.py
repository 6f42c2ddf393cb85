"""What else a person does to an item: set its time, archive it, bring it back.

None of them changes a byte that was signed. The caller owns the transaction.
What does not belong here: decisions (`decisions.py`), edits (`edits.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import APPROVED_STATUSES, Status, Step, next_status
from posthub_assets.domain.errors import Conflict, IllegalTransition
from posthub_assets.domain.flow import calendar_work
from posthub_assets.domain.people import Actor
from resources.database.repositories import audit, jobs
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.items import HeldItem, Unwritten, hold, set_status


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the item stands now."""

    content_id: UUID
    status: Status
    scheduled_at: datetime | None


_SET_TIME = text(
    "UPDATE posthub.content SET scheduled_at = :at, updated_at = now()"
    " WHERE id = :id AND organization_id = :organization_id"
)


async def reschedule(
    connection: AsyncConnection,
    *,
    actor: Actor,
    content_id: UUID,
    at: datetime | None,
    origin: Origin = NOWHERE,
) -> Moved:
    """Set or take away the item's time. It is no edit: an approval stays.

    Raises NotFound, IllegalTransition for what is delivered, rejected or archived.
    """
    item = await hold(connection, actor=actor, content_id=content_id)
    if item.status in (Status.DELIVERED, Status.REJECTED, Status.ARCHIVED):
        raise IllegalTransition(f"An item that is {item.status.value} has no time to set.")
    status: Status = item.status
    if item.status in (Status.APPROVED, Status.SCHEDULED):
        status = Status.APPROVED if at is None else next_status(item.status, Step.SCHEDULE)
    values = {"id": item.id, "organization_id": item.organization_id, "at": at}
    await connection.execute(_SET_TIME, values)
    await _move(connection, item, status, "content.schedule", actor=actor, origin=origin)
    return Moved(item.id, status, at)


async def archive(
    connection: AsyncConnection, *, actor: Actor, content_id: UUID, origin: Origin = NOWHERE
) -> Moved:
    """Put an item away; it frees its place in the quota. Raises NotFound, IllegalTransition.

    What was ordered and never came can be put away too; it cannot be restored.
    """
    try:
        item = await hold(connection, actor=actor, content_id=content_id)
    except Unwritten as unwritten:
        owner = unwritten.organization_id
        return await _put_away(connection, owner, content_id, actor=actor, origin=origin)
    status = next_status(item.status, Step.ARCHIVE)
    await _move(connection, item, status, "content.archive", actor=actor, origin=origin)
    return Moved(item.id, status, item.scheduled_at)


_PUT_AWAY = text(
    "UPDATE posthub.content SET status = 'archived', updated_at = now()"
    " WHERE id = :id AND organization_id = :organization_id AND status = 'draft' RETURNING id"
)


async def _put_away(
    connection: AsyncConnection,
    organization_id: UUID,
    content_id: UUID,
    *,
    actor: Actor,
    origin: Origin,
) -> Moved:
    values = {"id": content_id, "organization_id": organization_id}
    if (await connection.execute(_PUT_AWAY, values)).first() is None:
        raise IllegalTransition("It is archived already.")
    await audit.record(
        connection,
        organization_id=organization_id,
        actor_id=actor.user_id,
        action="content.archive",
        subject_kind="content",
        subject_id=content_id,
        before={"status": Status.DRAFT.value, "version": 0},
        after={"status": Status.ARCHIVED.value},
        origin=origin,
    )
    return Moved(content_id, Status.ARCHIVED, None)


async def restore(
    connection: AsyncConnection, *, actor: Actor, content_id: UUID, origin: Origin = NOWHERE
) -> Moved:
    """Bring an archived item back into review.

    Raises NotFound, IllegalTransition, Conflict where another item has its place by now.
    """
    item = await hold(connection, actor=actor, content_id=content_id)
    status = next_status(item.status, Step.RESTORE)
    try:
        async with connection.begin_nested():
            await _move(connection, item, status, "content.restore", actor=actor, origin=origin)
    except IntegrityError as error:
        raise Conflict(
            "Another item has taken this one's place. Archive or reject that one first."
        ) from error
    return Moved(item.id, status, item.scheduled_at)


async def _move(
    connection: AsyncConnection,
    item: HeldItem,
    status: Status,
    action: str,
    *,
    actor: Actor,
    origin: Origin,
) -> None:
    await set_status(connection, item, status)
    if item.status in APPROVED_STATUSES or status in APPROVED_STATUSES:
        await jobs.ask_for(
            connection,
            organization_id=item.organization_id,
            company_id=item.company_id,
            requests=calendar_work(item.for_flow()),
            requested_by=actor.user_id,
        )
    await audit.record(
        connection,
        organization_id=item.organization_id,
        actor_id=actor.user_id,
        action=action,
        subject_kind="content",
        subject_id=item.id,
        before={"status": item.status.value},
        after={"status": status.value},
        origin=origin,
    )

"""Having the machine write an item anew, because a person wants another version.

What does not belong here: change requests (`decisions.py`), which are decisions; how it is
written (`posthub_assets/assets/`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import MAX_ROUNDS, TRANSITIONS, Kind, Status, Step
from posthub_assets.domain.errors import AlreadyRunning, Conflict, IllegalTransition
from posthub_assets.domain.flow import ASSET_OF, JobRequest, Priority
from posthub_assets.domain.people import Actor
from resources.database.repositories import audit, jobs
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.items import HeldItem, hold, refuse_stale

_OPEN = text(
    """
    SELECT id FROM posthub.job
    WHERE organization_id = :organization_id AND content_id = :content_id AND asset = :asset
        AND status IN ('pending', 'running') AND kind NOT LIKE 'check%'
    ORDER BY created_at LIMIT 1
    """
)
_NEXT_ROUND = text(
    "UPDATE posthub.content SET round = round + 1, updated_at = now()"
    " WHERE id = :content_id AND organization_id = :organization_id"
)


async def remake(
    connection: AsyncConnection,
    *,
    actor: Actor,
    content_id: UUID,
    version: int | None = None,
    instructions: str = "",
    origin: Origin = NOWHERE,
) -> UUID:
    """Ask for a new version by machine; give the job. The item stays as it is until it is written.

    It is one of the item's rounds. Raises NotFound, StaleVersion where `version` is not the current
    one, AlreadyRunning, IllegalTransition for what carries a yes or is put away, Conflict after the
    last round.
    """
    item = await hold(connection, actor=actor, content_id=content_id)
    if version is not None:
        refuse_stale(item, version)
    _refuse_status(item.status)
    if item.kind not in ASSET_OF:
        raise Conflict(f"No machine writes items of the kind {item.kind.value}.")
    values: dict[str, Any] = {
        "organization_id": item.organization_id,
        "content_id": item.id,
        "asset": ASSET_OF[item.kind],
    }
    await _refuse_running(connection, values)
    if item.round >= MAX_ROUNDS:
        raise Conflict(
            f"This item had its {MAX_ROUNDS} rounds by machine. A person writes the next version: "
            f"PATCH /v1/contents/{item.id}."
        )
    await connection.execute(_NEXT_ROUND, values)
    job_ids = await jobs.ask_for(
        connection,
        organization_id=item.organization_id,
        company_id=item.company_id,
        requests=[_request(item, instructions)],
        requested_by=actor.user_id,
    )
    await _leave_trace(connection, item, actor, origin)
    return job_ids[0]


def _refuse_status(status: Status) -> None:
    if status not in TRANSITIONS[Step.REMAKE]:
        raise IllegalTransition(
            f"The item is {status.value}; a machine changes nothing about that. Edit it, or "
            "restore it where it was archived."
        )


async def _refuse_running(connection: AsyncConnection, values: dict[str, Any]) -> None:
    running = (await connection.execute(_OPEN, values)).scalar()
    if running is not None:
        raise AlreadyRunning(str(running))


def _request(item: HeldItem, instructions: str) -> JobRequest:
    return JobRequest(
        verb="revise",
        asset=ASSET_OF[item.kind],
        month=item.month,
        content_id=str(item.id),
        source_version_id=str(item.version_id),
        round=item.round + 1,
        priority=Priority.PERSON_WAITS,
        params={"instructions": instructions} if instructions else {},
    )


async def _leave_trace(
    connection: AsyncConnection, item: HeldItem, actor: Actor, origin: Origin
) -> None:
    await audit.record(
        connection,
        organization_id=item.organization_id,
        actor_id=actor.user_id,
        action="content.generate",
        subject_kind="content",
        subject_id=item.id,
        before={"status": item.status.value, "version": item.version, "round": item.round},
        after={"round": item.round + 1},
        origin=origin,
    )


# Who waits here for the machine to write finds the version that it wrote; of two who press at once
# the second finds the first one's job.
_UNWRITTEN = text(
    """
    SELECT i.id, i.organization_id, i.company_id, i.kind, i.status FROM posthub.content i
    WHERE i.id = :content_id AND i.current_version = 0 FOR UPDATE
    """
)
_LAST_ORDER = text(
    """
    SELECT params, month, (SELECT max(round) FROM posthub.job j
            WHERE j.organization_id = :organization_id AND j.content_id = :content_id
            AND j.asset = :asset) AS round
    FROM posthub.job WHERE organization_id = :organization_id AND content_id = :content_id
        AND asset = :asset AND params ? 'order' ORDER BY created_at DESC, id DESC LIMIT 1
    """
)


async def order_again(
    connection: AsyncConnection, *, actor: Actor, content_id: UUID, origin: Origin = NOWHERE
) -> UUID | None:
    """Ask once more for an item that was ordered and never came; None where it has a version.

    The organisation has to be the writable one. Raises AlreadyRunning, Conflict where its order is
    not there, IllegalTransition.
    """
    found = (await connection.execute(_UNWRITTEN, {"content_id": content_id})).first()
    if found is None:
        return None
    _refuse_status(Status(found.status))
    values: dict[str, Any] = {
        "organization_id": found.organization_id,
        "content_id": content_id,
        "asset": ASSET_OF[Kind(found.kind)],
    }
    await _refuse_running(connection, values)
    last = (await connection.execute(_LAST_ORDER, values)).first()
    if last is None:
        raise Conflict("Its order is not there any more. Archive it and order it again.")
    request = JobRequest(
        verb="create",
        asset=values["asset"],
        month=last.month,
        content_id=str(content_id),
        round=last.round + 1,
        priority=Priority.PERSON_WAITS,
        params={key: last.params[key] for key in ("order", "persona_id") if key in last.params},
    )
    job_ids = await jobs.ask_for(
        connection,
        organization_id=found.organization_id,
        company_id=found.company_id,
        requests=[request],
        requested_by=actor.user_id,
    )
    await audit.record(
        connection,
        organization_id=found.organization_id,
        actor_id=actor.user_id,
        action="content.generate",
        subject_kind="content",
        subject_id=content_id,
        after={"job_id": str(job_ids[0])},
        origin=origin,
    )
    return job_ids[0]

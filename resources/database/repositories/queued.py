"""Questions that go to a vendor with a batch, the batches, and the jobs that wait for them.

A question is a journal row: `queued`, then named by its batch, then completed or failed like any
other. A job that waits holds no lease; it is pending again when none of its questions is open.
What does not belong here: talking to vendors (`resources/gateway/batches.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.ports import Call

WAITING = "waiting"
UNANSWERED = "unanswered"
UNANSWERED_CODE = "batch-unanswered"
"""A row that a batch gave back without an answer: it has to be bought singly."""

QUIET = timedelta(seconds=60)
"""A group is handed in when nothing was added for this long: a month's questions come together."""

PARKED = "batch"
"""What `job.external_ref` says while the job waits; no lease is held, so nobody takes it over."""

_STATE = text(
    """
    SELECT status, error_code, batch_id FROM posthub.generation
    WHERE organization_id = :organization_id AND company_id = :company_id
        AND request_hash = :request_hash
        AND (status = 'queued' OR (status = 'failed' AND error_code = :code))
    ORDER BY created_at DESC LIMIT 1
    """
)


async def state_of(connection: AsyncConnection, call: Call, request_hash: str) -> str | None:
    """Tell whether this question waits for a batch, came back unanswered, or is new (None)."""
    values = {
        "organization_id": UUID(call.organization_id),
        "company_id": UUID(call.company_id),
        "request_hash": request_hash,
        "code": UNANSWERED_CODE,
    }
    row = (await connection.execute(_STATE, values)).first()
    if row is None:
        return None
    return WAITING if row.status == "queued" else UNANSWERED


@dataclass(frozen=True, slots=True)
class Group:
    """Queued questions that can share a batch: one organisation, vendor, model and key."""

    organization_id: UUID
    provider: str
    model: str
    key_source: str
    questions: int


_READY = text(
    """
    SELECT organization_id, provider, model, key_source, count(*) AS questions
    FROM posthub.generation WHERE status = 'queued' AND batch_id IS NULL
    GROUP BY 1, 2, 3, 4
    HAVING max(created_at) < now() - CAST(:quiet AS interval)
        OR min(created_at) < now() - CAST(:longest AS interval) OR count(*) >= :full
    ORDER BY min(created_at) LIMIT 100
    """
)


async def ready(
    connection: AsyncConnection, *, quiet: timedelta, longest: timedelta, full: int
) -> list[Group]:
    """Find groups that are worth a batch: none was added for `quiet`, or it waited `longest`."""
    values = {"quiet": quiet, "longest": longest, "full": full}
    return [Group(**row._mapping) for row in await connection.execute(_READY, values)]


_FORM = text(
    """
    INSERT INTO posthub.vendor_batch (id, organization_id, provider, model, key_source, requests)
    VALUES (:id, :organization_id, :provider, :model, :key_source, 0)
    """
)
_TAKE = text(
    """
    WITH taken AS (
        SELECT id FROM posthub.generation
        WHERE organization_id = :organization_id AND provider = :provider AND model = :model
            AND key_source = :key_source AND status = 'queued' AND batch_id IS NULL
        ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED)
    UPDATE posthub.generation g SET batch_id = :id FROM taken WHERE g.id = taken.id
    RETURNING g.id, g.request
    """
)
_COUNT = text("UPDATE posthub.vendor_batch SET requests = :requests WHERE id = :id")


async def form(
    connection: AsyncConnection, group: Group, batch_id: UUID, most: int
) -> dict[UUID, dict[str, Any]]:
    """Name the batch that a group's questions go with; give the requests by row id."""
    values = {
        "id": batch_id,
        "organization_id": group.organization_id,
        "provider": group.provider,
        "model": group.model,
        "key_source": group.key_source,
    }
    await connection.execute(_FORM, values)
    rows = list(await connection.execute(_TAKE, {**values, "most": most}))
    await connection.execute(_COUNT, {"id": batch_id, "requests": len(rows)})
    return {row.id: row.request for row in rows}


@dataclass(frozen=True, slots=True)
class Open:
    """A batch that its vendor holds, or that was about to be handed in."""

    id: UUID
    organization_id: UUID
    provider: str
    model: str
    key_source: str
    status: str
    external_ref: str | None


_DUE = text(
    """
    SELECT id, organization_id, provider, model, key_source, status, external_ref
    FROM posthub.vendor_batch
    WHERE (status = 'submitted' AND look_at <= now())
        OR (status = 'submitting' AND created_at < now() - CAST(:stuck AS interval))
    ORDER BY look_at LIMIT 100
    """
)


async def due(connection: AsyncConnection, *, stuck: timedelta) -> list[Open]:
    """Find the batches to ask about, and those whose handing in broke off `stuck` ago."""
    return [Open(**row._mapping) for row in await connection.execute(_DUE, {"stuck": stuck})]


_SUBMITTED = text(
    """
    UPDATE posthub.vendor_batch SET status = 'submitted', external_ref = :reference,
        submitted_at = now(), look_at = now() + CAST(:wait AS interval)
    WHERE id = :id
    """
)
_LOOK_AGAIN = text(
    """
    UPDATE posthub.vendor_batch SET vendor_status = :status,
        look_at = now() + CAST(:wait AS interval) WHERE id = :id
    """
)
_ENDED = text(
    """
    UPDATE posthub.vendor_batch SET status = :status, vendor_status = :vendor_status,
        error = :error, ended_at = now() WHERE id = :id
    """
)


async def submitted(
    connection: AsyncConnection, batch_id: UUID, reference: str, wait: timedelta
) -> None:
    """Write down the vendor's name for the batch, and when to ask about it."""
    await connection.execute(_SUBMITTED, {"id": batch_id, "reference": reference, "wait": wait})


async def look_again(
    connection: AsyncConnection, batch_id: UUID, status: str, wait: timedelta
) -> None:
    """Write down how the batch stands, and when to ask again."""
    await connection.execute(_LOOK_AGAIN, {"id": batch_id, "status": status, "wait": wait})


async def ended(
    connection: AsyncConnection,
    batch_id: UUID,
    *,
    collected: bool,
    vendor_status: str,
    error: str | None = None,
) -> None:
    """Write down that nothing more will come of the batch."""
    values = {
        "id": batch_id,
        "status": "collected" if collected else "failed",
        "vendor_status": vendor_status,
        "error": error,
    }
    await connection.execute(_ENDED, values)


_OPEN_ROWS = text(
    """
    SELECT id, company_id, job_id, model FROM posthub.generation
    WHERE batch_id = :batch_id AND status = 'queued' FOR UPDATE SKIP LOCKED
    """
)


async def open_rows(connection: AsyncConnection, batch_id: UUID) -> Sequence[Any]:
    """Lock the questions of a batch that have no end yet."""
    return list(await connection.execute(_OPEN_ROWS, {"batch_id": batch_id}))


_PARK = text(
    """
    UPDATE posthub.job SET lease_until = NULL, leased_by = NULL, external_ref = :parked,
        step = 'waits for the answers of a batch'
    WHERE id = :id AND leased_by = :worker AND status = 'running'
    """
)
_WAKE = text(
    """
    UPDATE posthub.job j SET status = 'pending', external_ref = NULL, available_at = now(),
        step = 'the batch has come'
    WHERE j.status = 'running' AND j.external_ref = :parked AND j.lease_until IS NULL
        AND NOT EXISTS (SELECT 1 FROM posthub.generation g
                        WHERE g.job_id = j.id AND g.status = 'queued')
    RETURNING j.id
    """
)


async def park(connection: AsyncConnection, *, worker: str, job_id: UUID) -> None:
    """Put a claimed job aside: it has no lease, and only its batch's end makes it pending."""
    await connection.execute(_PARK, {"id": job_id, "worker": worker, "parked": PARKED})


async def wake(connection: AsyncConnection) -> int:
    """Make the jobs pending that wait for nothing any more; give how many."""
    return len(list(await connection.execute(_WAKE, {"parked": PARKED})))


ABANDONED = """
    SELECT b.id, b.organization_id, b.provider, b.model, b.key_source, b.status, b.external_ref
    FROM posthub.vendor_batch b
    WHERE b.status = 'submitted' AND b.external_ref IS NOT NULL AND b.error IS NULL
        AND EXISTS (SELECT 1 FROM posthub.generation g
                    WHERE g.batch_id = b.id AND g.status = 'queued')
        AND NOT EXISTS (SELECT 1 FROM posthub.generation g
                        LEFT JOIN posthub.job j ON j.id = g.job_id
                        WHERE g.batch_id = b.id AND g.status = 'queued'
                            AND coalesce(j.status, '') <> 'cancelled')
"""
"""Batches in which nobody's question is left but those of cancelled jobs."""
BUSY = text(
    f"""
    SELECT EXISTS (SELECT 1 FROM posthub.generation WHERE status = 'queued' AND batch_id IS NULL
                       AND created_at < now() - CAST(:quiet AS interval))
        OR EXISTS (SELECT 1 FROM posthub.vendor_batch
                   WHERE status IN ('submitting', 'submitted') AND look_at <= now())
        OR EXISTS (SELECT 1 FROM posthub.job j
                   WHERE j.status = 'running' AND j.external_ref = 'batch'
                       AND j.lease_until IS NULL
                       AND NOT EXISTS (SELECT 1 FROM posthub.generation g
                                       WHERE g.job_id = j.id AND g.status = 'queued'))
        OR EXISTS ({ABANDONED})
    """  # noqa: S608 - a constant of this module
)
"""The sensor's question: is there a batch to hand in, to ask about or to cancel, or a job to
wake?"""

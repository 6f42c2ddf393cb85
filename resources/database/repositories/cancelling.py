"""What follows when a person cancels a job: who still holds one, what it cost, what a vendor holds.

The cancel itself is a change of the job's row (`job_views.py`). What does not belong here: talking
to vendors (`resources/gateway/batches.py`), stopping work (`posthub_assets/draining.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import JobCancelled
from resources.database.engine import Database
from resources.database.repositories.queued import ABANDONED, Open

_HELD = text(
    """
    SELECT array_agg(id) FROM posthub.job
    WHERE id = ANY(:ids) AND leased_by = :worker AND status = 'running'
    """
)


async def still_held(database: Database, *, worker: str, ids: Sequence[UUID]) -> set[UUID]:
    """Give the ids that are still this worker's. One round trip, since it is asked each second."""
    return set(await database.at_once(_HELD, {"ids": list(ids), "worker": worker}) or ())


_BOOK = text(
    """
    UPDATE posthub.job j SET tokens = used.tokens, cost_usd = used.cost_usd,
        duration_s = round(extract(epoch FROM j.finished_at - j.started_at), 3),
        step = CASE WHEN used.kept = 0 THEN 'cancelled'
            ELSE 'cancelled; answers kept for another try: ' || used.kept END
    FROM (SELECT k.id, coalesce(sum(g.input_tokens + g.output_tokens), 0) AS tokens,
              coalesce(sum(g.cost_usd), 0) AS cost_usd,
              count(*) FILTER (WHERE g.status = 'completed') AS kept
          FROM posthub.job k LEFT JOIN posthub.generation g ON g.job_id = k.id
          WHERE k.id = ANY(:ids) GROUP BY k.id) used
    WHERE j.id = used.id AND j.status = 'cancelled'
    """
)


async def book(connection: AsyncConnection, job_ids: Sequence[UUID]) -> None:
    """Write down what cancelled jobs' calls cost; without effect on jobs that are not."""
    await connection.execute(_BOOK, {"ids": list(job_ids)})


_WITHDRAWABLE = text(
    """
    SELECT DISTINCT g.organization_id FROM posthub.generation g
    JOIN posthub.job j ON j.id = g.job_id AND j.status = 'cancelled'
    WHERE g.status = 'queued' AND g.batch_id IS NULL
    """
)
_WITHDRAW = text(
    """
    UPDATE posthub.generation g SET status = 'failed', error_code = :code, completed_at = now(),
        error = 'Cancelled by a person before it was handed in.'
    FROM posthub.job j
    WHERE j.id = g.job_id AND j.status = 'cancelled' AND g.organization_id = :organization_id
        AND g.status = 'queued' AND g.batch_id IS NULL
    RETURNING g.id
    """
)


async def with_questions_to_withdraw(connection: AsyncConnection) -> list[UUID]:
    """Find the organisations whose cancelled jobs have questions that no vendor has yet."""
    return list((await connection.execute(_WITHDRAWABLE)).scalars())


async def withdraw(connection: AsyncConnection, organization_id: UUID) -> list[UUID]:
    """Take those questions back; give their ids, whose reservations are to be settled."""
    values = {"organization_id": organization_id, "code": JobCancelled.code}
    return list((await connection.execute(_WITHDRAW, values)).scalars())


_ABANDONED = text(f"{ABANDONED} ORDER BY b.created_at LIMIT 100")
_GIVEN_UP = text(
    "UPDATE posthub.vendor_batch SET error = 'Cancelled by a person.', look_at = now()"
    " WHERE id = :id AND status = 'submitted'"
)


async def abandoned(connection: AsyncConnection) -> list[Open]:
    """Find batches to be cancelled at their vendor."""
    return [Open(**row._mapping) for row in await connection.execute(_ABANDONED)]


async def given_up(connection: AsyncConnection, batch_id: UUID) -> None:
    """Write down that the vendor was told, and that the batch is to be looked at now."""
    await connection.execute(_GIVEN_UP, {"id": batch_id})

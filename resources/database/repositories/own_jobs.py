"""Jobs that whoever asks for them works off at once, claimed by their ids as they are asked for.

The caller owns the transaction, in which the organisation is the writable one: that is what the
API's login role needs, which sees no queue across organisations.
What does not belong here: claiming from the queue (`jobs.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.work import Job
from resources.database.repositories.jobs import LEASE_S

_CLAIM = text(
    """
    UPDATE posthub.job j SET status = 'running',
        lease_until = now() + make_interval(secs => :lease), leased_by = :worker,
        started_at = now(), step = 'claimed'
    FROM posthub.company c
    WHERE c.id = j.company_id AND j.id = ANY(:ids) AND j.status = 'pending'
    RETURNING j.id, j.organization_id, j.company_id, j.asset, j.kind, j.month, j.content_id,
        j.source_version_id, j.round, j.attempts, j.crash_count, j.time_limit_s, j.priority,
        j.params, j.media_request_id, j.leased_by, c.partition_key
    """
)
_HELD = text(
    "SELECT id FROM posthub.job WHERE id = ANY(:ids) AND leased_by = :worker AND status = 'running'"
)


async def claim(connection: AsyncConnection, ids: Sequence[UUID], *, worker: str) -> list[Job]:
    """Take jobs under a lease of 30 s, in the order of their ids.

    Nobody else ever sees them pending, unless their worker dies.
    """
    values = {"ids": list(ids), "worker": worker, "lease": LEASE_S}
    rows = await connection.execute(_CLAIM, values)
    return sorted((Job(**row._mapping) for row in rows), key=lambda job: str(job.id))


async def held(connection: AsyncConnection, ids: Sequence[UUID], *, worker: str) -> set[UUID]:
    """Give those of the jobs that are still this worker's."""
    rows = await connection.execute(_HELD, {"ids": list(ids), "worker": worker})
    return set(rows.scalars())

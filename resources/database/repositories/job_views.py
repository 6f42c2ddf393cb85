"""Jobs as people see them: lists, one job, another try, cancelling.

What does not belong here: asking for, claiming and finishing jobs (`jobs.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import IllegalTransition, NotFound


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job. `error` is a sentence for people; `crash_count` counts killed processes."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    kind: str
    asset: str
    month: date | None
    content_id: UUID | None
    status: str
    progress: int
    step: str
    priority: int
    attempts: int
    max_attempts: int
    crash_count: int
    available_at: datetime
    tokens: int
    duration_s: Decimal | None
    cost_usd: Decimal
    error_code: str | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list holds; None means all."""

    organizations: tuple[UUID, ...] | None
    company_id: UUID | None = None
    month: date | None = None
    asset: str | None = None
    status: str | None = None
    content_id: UUID | None = None


_COLUMNS = """
    id, organization_id, company_id, kind, asset, month, content_id, status, progress, step,
    priority, attempts, max_attempts, crash_count, available_at, tokens, duration_s, cost_usd,
    error_code, error, created_at, started_at, finished_at
"""
_FILTERS = {
    "organizations": "organization_id = ANY(:organizations)",
    "company_id": "company_id = :company_id",
    "month": "month = :month",
    "asset": "asset = :asset",
    "status": "status = :status",
    "content_id": "content_id = :content_id",
    "after": "id < :after",
}
_ONE = text(f"SELECT {_COLUMNS} FROM posthub.job WHERE id = :id")  # noqa: S608 - fixed texts


async def page(
    connection: AsyncConnection, wanted: JobFilter, *, after: UUID | None, limit: int
) -> Sequence[JobRow]:
    """Read jobs, the newest first, `after` an id."""
    values: dict[str, Any] = {
        "organizations": None if wanted.organizations is None else list(wanted.organizations),
        "company_id": wanted.company_id,
        "month": wanted.month,
        "asset": wanted.asset,
        "status": wanted.status,
        "content_id": wanted.content_id,
        "after": after,
    }
    given = {name: value for name, value in values.items() if value is not None}
    where = " AND ".join(_FILTERS[name] for name in given) or "true"
    statement = text(
        f"SELECT {_COLUMNS} FROM posthub.job WHERE {where} ORDER BY id DESC LIMIT :limit"  # noqa: S608 - fixed texts
    )
    rows = await connection.execute(statement, {**given, "limit": limit})
    return [JobRow(**row._mapping) for row in rows]


async def get(connection: AsyncConnection, job_id: UUID) -> JobRow:
    """Read a job. Raises NotFound, also for another organisation's."""
    row = (await connection.execute(_ONE, {"id": job_id})).first()
    if row is None:
        raise NotFound("There is no such job.")
    return JobRow(**row._mapping)


_BY_IDS = text(f"SELECT {_COLUMNS} FROM posthub.job WHERE id = ANY(:ids)")  # noqa: S608


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, JobRow]:
    """Read jobs by their ids; those that are not there are left out."""
    rows = await connection.execute(_BY_IDS, {"ids": list(ids)})
    return {row.id: JobRow(**row._mapping) for row in rows}


_RETRY = text(
    """
    UPDATE posthub.job SET status = 'pending', attempts = 0, crash_count = 0, error = NULL,
        error_code = NULL, progress = 0, step = '', available_at = now(), finished_at = NULL,
        lease_until = NULL, leased_by = NULL, external_ref = NULL,
        tokens = CASE WHEN status = 'cancelled' THEN 0 ELSE tokens END,
        cost_usd = CASE WHEN status = 'cancelled' THEN 0 ELSE cost_usd END
    WHERE id = :id AND organization_id = :organization_id AND status IN ('failed', 'cancelled')
    RETURNING id
    """
)
# A worker that holds the job begins no further call, learns of it within a second, and writes
# nothing (`draining.py`). What a vendor's batch holds is withdrawn at the batches' next turn.
_CANCEL = text(
    """
    UPDATE posthub.job SET status = 'cancelled', lease_until = NULL, leased_by = NULL,
        finished_at = now(), error_code = 'cancelled', error = 'Cancelled by a person.'
    WHERE id = :id AND organization_id = :organization_id AND status IN ('pending', 'running')
    RETURNING id
    """
)


async def retry(connection: AsyncConnection, job: JobRow) -> JobRow:
    """Give a failed or cancelled job another try. Raises IllegalTransition for others."""
    values = {"id": job.id, "organization_id": job.organization_id}
    if (await connection.execute(_RETRY, values)).first() is None:
        raise IllegalTransition(
            f"This job is {job.status}. Only one that failed or was cancelled can be tried again."
        )
    return await get(connection, job.id)


async def cancel(connection: AsyncConnection, job: JobRow) -> JobRow:
    """Cancel a pending or running job. Raises IllegalTransition for one that is done."""
    values = {"id": job.id, "organization_id": job.organization_id}
    if (await connection.execute(_CANCEL, values)).first() is None:
        raise IllegalTransition(
            f"This job is {job.status}. Only one that waits or works can be cancelled."
        )
    return await get(connection, job.id)

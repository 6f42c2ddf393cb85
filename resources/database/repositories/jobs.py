"""Jobs in Postgres: asked for, claimed under a lease, finished, never lost.

Every function takes an open connection; the caller owns the transaction.
What does not belong here: what a job does (`posthub_assets/assets/`), which jobs follow from a
decision (`posthub_assets/domain/flow.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import Conflict
from posthub_assets.domain.flow import JobRequest
from posthub_assets.domain.work import Job, Partition
from resources.database.hot import HotStatement
from resources.ids import new_id

LEASE_S = 30
CRASH_CAP = 20
NOTHING = Decimal(0)
CALENDAR_DELAY_S = 3
"""Derived work waits a moment, so that a bulk of decisions is one renewal and not a hundred."""


class LeaseLost(Conflict):
    """The job is no longer this worker's: it was taken over or cancelled. Write nothing."""

    code = "lease-lost"


# All requests in one trip. Those with `renew` are derived work: back to pending; where it runs
# already, once more after that.
ASKED = """
    asked AS MATERIALIZED (
        SELECT DISTINCT ON (kind, month, content_id, source_version_id, round,
                media_request_id, renew) *
        FROM jsonb_to_recordset(:requests) AS r(place int, id uuid, asset text, kind text,
            month date, content_id uuid, source_version_id uuid, round int, priority int,
            time_limit_s int, delay_s int, renew boolean, params jsonb, media_request_id uuid)
        ORDER BY kind, month, content_id, source_version_id, round, media_request_id, renew,
            place),
    made AS (
        INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, month, content_id,
            source_version_id, round, priority, time_limit_s, requested_by, params,
            media_request_id)
        SELECT id, :organization_id, :company_id, asset, kind, month, content_id,
            source_version_id, round, priority, time_limit_s, CAST(:requested_by AS uuid), params,
            media_request_id
        FROM asked WHERE NOT renew ORDER BY place
        ON CONFLICT ON CONSTRAINT uq_job_once DO NOTHING RETURNING id),
    renewed AS (
        INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, month, content_id,
            source_version_id, round, priority, time_limit_s, requested_by, params, available_at)
        SELECT id, :organization_id, :company_id, asset, kind, month, content_id,
            source_version_id, round, priority, time_limit_s, CAST(:requested_by AS uuid), '{}',
            now() + make_interval(secs => delay_s)
        FROM asked WHERE renew ORDER BY place
        ON CONFLICT ON CONSTRAINT uq_job_once DO UPDATE SET
            status = CASE WHEN job.status = 'running' THEN 'running' ELSE 'pending' END,
            params = job.params || '{"again": true}', attempts = 0, error = NULL,
            error_code = NULL, progress = 0, finished_at = NULL,
            available_at = CASE WHEN job.status = 'pending'
                                THEN least(job.available_at, excluded.available_at)
                                ELSE excluded.available_at END
        RETURNING id)
"""
"""For a WITH: the jobs asked for by `:requests` (`asked_for()`), in `made` and `renewed`."""
ASKED_IDS = "SELECT id FROM made UNION ALL SELECT id FROM renewed"

_ASK = HotStatement(f"WITH {ASKED} {ASKED_IDS}")


async def ask_for(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    company_id: UUID,
    requests: Sequence[JobRequest],
    requested_by: UUID | None = None,
    at_once: bool = False,
) -> list[UUID]:
    """Insert the jobs that are not there yet; give the ids of those that are new or renewed.

    `at_once`: derived work does not wait for more of its kind, since a run is there to do it.
    """
    if not requests:
        return []
    values = {
        "organization_id": organization_id,
        "company_id": company_id,
        "requested_by": requested_by,
        "requests": asked_for(requests, at_once=at_once),
    }
    return [row["id"] for row in await _ASK.rows(connection, values)]


def asked_for(requests: Sequence[JobRequest], *, at_once: bool = False) -> list[dict[str, Any]]:
    """Give requests as `ASKED` takes them, with new ids; only derived work waits."""
    delay_s = 0 if at_once else CALENDAR_DELAY_S
    return [_asked(place, one, delay_s) for place, one in enumerate(requests)]


def _asked(place: int, request: JobRequest, delay_s: int) -> dict[str, Any]:
    return {
        "place": place,
        "id": str(new_id()),
        "asset": request.asset,
        "kind": request.kind,
        "month": request.month.isoformat() if request.month else None,
        "content_id": request.content_id,
        "source_version_id": request.source_version_id,
        "round": request.round,
        "priority": int(request.priority),
        "time_limit_s": request.time_limit_s,
        "delay_s": delay_s,
        "renew": request.again,
        "params": dict(request.params),
        "media_request_id": request.media_request_id,
    }


_RELEASE = text(
    """
    UPDATE posthub.job SET
        status = CASE WHEN crash_count + 1 >= :cap THEN 'failed' ELSE 'pending' END,
        crash_count = crash_count + 1, lease_until = NULL, leased_by = NULL, available_at = now(),
        error_code = CASE WHEN crash_count + 1 >= :cap THEN 'crashed' END,
        error = CASE WHEN crash_count + 1 >= :cap
                THEN 'The process that worked on this stopped too often ('
                     || CAST(:cap AS text) || ' times).' END,
        finished_at = CASE WHEN crash_count + 1 >= :cap THEN now() END
    WHERE id IN (SELECT id FROM posthub.job
                 WHERE asset = :asset AND status = 'running' AND lease_until < now()
                 ORDER BY lease_until LIMIT 500 FOR UPDATE SKIP LOCKED)
    """
)
_CLAIM = """
    WITH due AS (
        SELECT j.id FROM posthub.job j {join}
        WHERE j.asset = :asset AND j.status = 'pending' AND j.available_at <= now()
        ORDER BY j.priority, j.available_at, j.id LIMIT :limit FOR UPDATE OF j SKIP LOCKED)
    UPDATE posthub.job j SET status = 'running',
        lease_until = now() + make_interval(secs => :lease), leased_by = :worker,
        run_id = :run_id, started_at = coalesce(j.started_at, now()),
        params = j.params - 'again', progress = 0, step = 'claimed'
    FROM due, posthub.company c WHERE j.id = due.id AND c.id = j.company_id
    RETURNING j.id, j.organization_id, j.company_id, j.asset, j.kind, j.month, j.content_id,
        j.source_version_id, j.round, j.attempts, j.crash_count, j.time_limit_s, j.priority,
        j.params, j.media_request_id, j.leased_by, c.partition_key
"""
_CLAIM_ANY = text(_CLAIM.format(join=""))
_CLAIM_SCOPED = text(
    _CLAIM.format(
        join="""JOIN posthub.company k ON k.id = j.company_id
        JOIN unnest(CAST(:keys AS text[]), CAST(:months AS date[])) AS s(key, month)
          ON s.key = k.partition_key AND s.month IS NOT DISTINCT FROM j.month"""
    )
)


async def claim(
    connection: AsyncConnection,
    *,
    asset: str,
    worker: str,
    run_id: str,
    limit: int,
    only: Sequence[Partition] | None = None,
) -> list[Job]:
    """Take up to `limit` due jobs of an asset under a lease of 30 s, the most urgent first.

    `only` restricts to company-months (partition key, month). Expired leases of others are released
    first: their `crash_count` rises, their attempts do not. Two claimers never get the same job.
    """
    await connection.execute(_RELEASE, {"asset": asset, "cap": CRASH_CAP})
    values: dict[str, Any] = {
        "asset": asset,
        "worker": worker,
        "run_id": run_id,
        "limit": limit,
        "lease": LEASE_S,
    }
    if only is None:
        rows = await connection.execute(_CLAIM_ANY, values)
    else:
        values["keys"] = [key for key, _ in only]
        values["months"] = [month for _, month in only]
        rows = await connection.execute(_CLAIM_SCOPED, values)
    jobs = [Job(**row._mapping) for row in rows]
    return sorted(jobs, key=lambda job: (job.priority, str(job.id)))


_HEARTBEAT = text(
    """
    UPDATE posthub.job SET lease_until = now() + make_interval(secs => :lease)
    WHERE id = ANY(:ids) AND leased_by = :worker AND status = 'running' RETURNING id
    """
)


async def extend_leases(
    connection: AsyncConnection, *, worker: str, ids: Sequence[UUID]
) -> set[UUID]:
    """Prolong the leases by 30 s; give the ids that are still this worker's."""
    values = {"ids": list(ids), "worker": worker, "lease": LEASE_S}
    return set((await connection.execute(_HEARTBEAT, values)).scalars())


_PROGRESS = text(
    """
    UPDATE posthub.job SET progress = :progress, step = :step
    WHERE id = :id AND leased_by = :worker AND status = 'running'
    """
)


async def report_progress(
    connection: AsyncConnection, *, worker: str, job_id: UUID, progress: int, step: str
) -> None:
    """Tell how far a job is: `progress` 0 to 100, `step` in words."""
    values = {"id": job_id, "worker": worker, "progress": progress, "step": step}
    await connection.execute(_PROGRESS, values)


_COMPLETE = text(
    """
    UPDATE posthub.job SET
        status = CASE WHEN params ? 'again' THEN 'pending' ELSE 'completed' END,
        progress = 100, step = :step, lease_until = NULL, leased_by = NULL,
        finished_at = now(), duration_s = :duration_s, tokens = tokens + :tokens,
        cost_usd = cost_usd + :cost_usd, error = NULL, error_code = NULL
    WHERE id = :id AND leased_by = :worker AND status = 'running' RETURNING id
    """
)


async def complete(
    connection: AsyncConnection,
    *,
    worker: str,
    job_id: UUID,
    step: str = "done",
    duration_s: float = 0.0,
    tokens: int = 0,
    cost_usd: Decimal = Decimal(0),
) -> None:
    """Finish a job in the transaction that writes its result.

    Raises LeaseLost where the job is not this worker's any more, so that the result rolls back.
    """
    values = {
        "id": job_id,
        "worker": worker,
        "step": step,
        "duration_s": Decimal(str(round(duration_s, 3))),
        "tokens": tokens,
        "cost_usd": cost_usd,
    }
    if (await connection.execute(_COMPLETE, values)).first() is None:
        raise LeaseLost("The job was taken over or cancelled; its result is not written.")


async def explain(connection: AsyncConnection, job_id: UUID, step: str) -> None:
    """Say in a finished job's step what came of it."""
    statement = text("UPDATE posthub.job SET step = :step WHERE id = :id")
    await connection.execute(statement, {"id": job_id, "step": step})


_FAIL = text(
    """
    UPDATE posthub.job SET
        attempts = attempts + 1,
        status = CASE WHEN :retry AND attempts + 1 < max_attempts THEN 'pending' ELSE 'failed' END,
        available_at = now() + make_interval(secs => :delay_s),
        lease_until = NULL, leased_by = NULL, error_code = :code, error = :message,
        finished_at = CASE WHEN :retry AND attempts + 1 < max_attempts THEN NULL ELSE now() END
    WHERE id = :id AND leased_by = :worker AND status = 'running' RETURNING status
    """
)


async def fail(
    connection: AsyncConnection,
    *,
    worker: str,
    job_id: UUID,
    code: str,
    message: str,
    retry: bool,
    delay_s: float,
) -> str | None:
    """Count a failed attempt; give the job's new status, or None where the lease was lost.

    With `retry` the job is pending again after `delay_s`, as long as attempts are left.
    """
    values = {
        "id": job_id,
        "worker": worker,
        "code": code,
        "message": message[:2000],
        "retry": retry,
        "delay_s": delay_s,
    }
    return (await connection.execute(_FAIL, values)).scalar()


_GIVE_BACK = text(
    """
    UPDATE posthub.job SET status = 'pending', lease_until = NULL, leased_by = NULL,
        available_at = now() + make_interval(secs => :delay_s), step = :step
    WHERE id = ANY(:ids) AND leased_by = :worker AND status = 'running'
    """
)


async def give_back(
    connection: AsyncConnection,
    *,
    worker: str,
    ids: Sequence[UUID],
    delay_s: float = 0,
    step: str = "",
) -> None:
    """Return claimed jobs untouched: neither an attempt nor a crash."""
    values = {"ids": list(ids), "worker": worker, "delay_s": delay_s, "step": step}
    await connection.execute(_GIVE_BACK, values)


_PENDING = text(
    """
    SELECT c.partition_key, j.month, count(*) AS jobs, min(j.priority) AS priority
    FROM (
        SELECT company_id, month, priority FROM posthub.job
        WHERE asset = :asset AND status = 'pending' AND available_at <= now()
        UNION ALL
        SELECT company_id, month, priority FROM posthub.job
        WHERE asset = :asset AND status = 'running' AND lease_until < now()
    ) j JOIN posthub.company c ON c.id = j.company_id
    GROUP BY c.partition_key, j.month ORDER BY 4, 1, 2 LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class WaitingPartition:
    """A company-month with due jobs of one asset."""

    partition_key: str
    month: date | None
    jobs: int
    priority: int


async def waiting_partitions(
    connection: AsyncConnection, asset: str, limit: int = 1000
) -> list[WaitingPartition]:
    """Answer the sensor's one question: which company-months have due jobs of this asset?"""
    rows = await connection.execute(_PENDING, {"asset": asset, "limit": limit})
    return [WaitingPartition(**row._mapping) for row in rows]


_LIVE_WORKERS = text(
    """
    SELECT count(DISTINCT leased_by) FROM posthub.job
    WHERE asset = :asset AND status = 'running' AND lease_until >= now()
    """
)


async def live_workers(connection: AsyncConnection, asset: str) -> int:
    """Count the workers that hold a live lease on jobs of an asset."""
    return int((await connection.execute(_LIVE_WORKERS, {"asset": asset})).scalar_one())

"""Jobs: what is being made, what failed and why, another try, cancelling."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import field_serializer
from typing_extensions import TypeAliasType

from api.services import Acting, acting, origin_of, services_of, signed_in
from api.shapes import Exact, Month, Output, Page, Pages
from posthub_assets.domain.calendar import month_name, parse_month
from resources.database.repositories import audit, job_views
from resources.database.repositories.job_views import JobFilter, JobRow

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=[Depends(signed_in)])
JobStatus = TypeAliasType(
    "JobStatus", Literal["pending", "running", "completed", "failed", "cancelled"]
)


class JobOut(Output):
    """A job. `error` is a sentence for people; `crash_count` counts killed processes."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    kind: str
    asset: str
    month: date | None
    content_id: UUID | None
    status: JobStatus
    progress: int
    step: str
    priority: int
    attempts: int
    max_attempts: int
    crash_count: int
    available_at: datetime
    tokens: int
    duration_s: Exact | None
    cost_usd: Exact
    error_code: str | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @field_serializer("month")
    def _month(self, month: date | None) -> str | None:
        return month_name(month) if month else None


@router.get("")
async def list_jobs(
    request: Request,
    paging: Pages,
    *,
    company: UUID | None = None,
    month: Annotated[Month | None, Query()] = None,
    asset: Annotated[str | None, Query(pattern="^[a-z_]{1,60}$")] = None,
    status: JobStatus | None = None,
    content: UUID | None = None,
) -> Page[JobOut]:
    """List jobs, the newest first."""
    after = paging.after(UUID)
    async with acting(request) as act:
        wanted = JobFilter(
            act.organizations,
            company,
            parse_month(month) if month else None,
            asset,
            status,
            content,
        )
        rows = list(
            await job_views.page(
                act.connection, wanted, after=after[0] if after else None, limit=paging.limit + 1
            )
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[JobOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.get("/{job_id}")
async def get_job(request: Request, job_id: UUID) -> JobOut:
    """Read a job."""
    async with acting(request) as act:
        row = await job_views.get(act.connection, job_id)
    return JobOut.model_validate(row)


@router.post("/{job_id}/retry")
async def retry_job(request: Request, job_id: UUID) -> JobOut:
    """Give a failed or cancelled job another try. Marketers and above."""
    async with acting(request) as act:
        row = await _writable(act, job_id)
        changed = await job_views.retry(act.connection, row)
        await _leave_trace(request, act, row, changed, "job.retry")
    return JobOut.model_validate(changed)


@router.post("/{job_id}/cancel")
async def cancel_job(request: Request, job_id: UUID) -> JobOut:
    """Cancel a job. Marketers and above.

    One that runs begins no further call to a vendor and stops within a second; a call under way is
    waited for and booked. It writes nothing; what was bought is kept for another try.
    """
    async with acting(request) as act:
        row = await _writable(act, job_id)
        changed = await job_views.cancel(act.connection, row)
        await _leave_trace(request, act, row, changed, "job.cancel")
    services_of(request).streams.look_now()
    return JobOut.model_validate(changed)


async def _writable(act: Acting, job_id: UUID) -> JobRow:
    row = await job_views.get(act.connection, job_id)
    await act.write_in(row.organization_id)
    return row


async def _leave_trace(
    request: Request, act: Acting, before: JobRow, after: JobRow, action: str
) -> None:
    await audit.record(
        act.connection,
        organization_id=before.organization_id,
        actor_id=act.person.id,
        action=action,
        subject_kind="job",
        subject_id=before.id,
        before={"status": before.status},
        after={"status": after.status},
        origin=origin_of(request),
    )

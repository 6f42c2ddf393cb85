"""The graph's work queue: jobs in Postgres, results written with their completion.

Implements `WorkQueue` of `posthub_assets/domain/work.py`. What does not belong here: SQL
(`database/repositories/`), what stages read (`content_store.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.flow import JobRequest, Priority, work_for_month
from posthub_assets.domain.media.library import ASSET_FOR
from posthub_assets.domain.tiers import ALLOWANCES, Tier
from posthub_assets.domain.work import Job, Partition, Result
from resources.database.engine import EVERYTHING, Database, Scope
from resources.database.repositories import (
    cancelling,
    gaps,
    jobs,
    media_assets,
    media_gaps,
    media_requests,
    months,
    orders,
    palette_gaps,
    queued,
    results,
)

AskForMedia = Callable[[AsyncConnection, media_gaps.MediaCompany, date], Awaitable[int]]
MEDIA_GAPS: dict[str, AskForMedia] = {
    "formatted_images": media_gaps.ask_for_formats,
    "brand_palettes": palette_gaps.ask_for_palettes,
}
"""By asset of the media assistant: who asks for what a company's month lacks."""
BY_REQUEST = frozenset(ASSET_FOR.values())
"""Assets whose every job belongs to a request of the media assistant."""

_APPROVE_BY_ITSELF = text("SELECT posthub.approve_dna_automatically(:version_id)")


@dataclass(frozen=True, slots=True)
class PostgresWorkQueue:
    """Claims across organisations; writes inside one organisation at a time."""

    database: Database

    async def create_missing(self, asset: str, partitions: Sequence[Partition]) -> int:
        """Ask for the jobs that are missing; retry failed ones. Gives how many are new or retried.

        Topics of a month that is not open yet open it: who backfills a month wants it. A partition
        without a company, or of a month that cannot be opened, is skipped: its report says so.
        """
        if asset == "topics":
            await self._open_months(partitions)
        async with self.database.transaction(EVERYTHING) as connection:
            retried = await gaps.retry_failed(connection, asset, partitions)
            missing = await _missing_work(connection, asset, partitions)
        if asset in MEDIA_GAPS:
            retried += await self._ask_for_media(asset, partitions)
        return retried + await self.ask_for(missing)

    async def _ask_for_media(self, asset: str, partitions: Sequence[Partition]) -> int:
        """Ask for what the pictures of these months lack, each company-month by itself."""
        made = 0
        for key, month in partitions:
            async with self.database.transaction(EVERYTHING) as connection:
                company = await media_gaps.company_of(connection, key)
            if company is None or month is None:
                continue
            async with self.database.transaction(Scope.of(company.organization_id)) as connection:
                made += await MEDIA_GAPS[asset](connection, company, month)
        return made

    async def _open_months(self, partitions: Sequence[Partition]) -> None:
        async with self.database.transaction(EVERYTHING) as connection:
            found = [
                (month, await gaps.company_state(connection, "topics", key, month))
                for key, month in partitions
            ]
        for month, state in found:
            if state is None or month is None or state.quota is not None:
                continue
            today = months.today_in(state.timezone, datetime.now(UTC))
            try:
                async with self.database.transaction(Scope.of(state.organization_id)) as connection:
                    await months.open_month(
                        connection,
                        state.organization_id,
                        state.id,
                        month,
                        opened_by="backfill",
                        today=today,
                        priority=Priority.BACKFILL,
                    )
            except InvalidInput:
                continue  # past, too far ahead, or without working days: "waiting to be opened"

    async def ask_for(self, missing: Sequence[gaps.MissingWork]) -> int:
        """Insert jobs, those of a company in one transaction. Gives how many are new."""
        requests: dict[tuple[UUID, UUID], list[JobRequest]] = {}
        for one in missing:
            requests.setdefault((one.organization_id, one.company_id), []).append(one.request)
        made = 0
        for (organization_id, company_id), wanted in requests.items():
            async with self.database.transaction(Scope.of(organization_id)) as connection:
                ids = await jobs.ask_for(
                    connection,
                    organization_id=organization_id,
                    company_id=company_id,
                    requests=wanted,
                    at_once=True,
                )
            made += len(ids)
        return made

    async def claim(
        self, asset: str, *, worker: str, run_id: str, limit: int, only: Sequence[Partition] | None
    ) -> list[Job]:
        """Take due jobs under a lease of 30 s."""
        async with self.database.transaction(EVERYTHING) as connection:
            return await jobs.claim(
                connection, asset=asset, worker=worker, run_id=run_id, limit=limit, only=only
            )

    async def extend(self, worker: str, ids: Sequence[UUID]) -> set[UUID]:
        """Prolong leases by 30 s; give those that are still held."""
        async with self.database.transaction(EVERYTHING) as connection:
            return await jobs.extend_leases(connection, worker=worker, ids=ids)

    async def held(self, worker: str, ids: Sequence[UUID]) -> set[UUID]:
        """Give those of the jobs that are still this worker's, in one round trip."""
        return await cancelling.still_held(self.database, worker=worker, ids=ids)

    async def tell(self, job: Job, progress: int, step: str) -> None:
        """Say how far a job is; without effect where another has it by now."""
        async with self.database.transaction(Scope.of(job.organization_id)) as connection:
            await jobs.report_progress(
                connection, worker=job.leased_by, job_id=job.id, progress=progress, step=step
            )

    async def book_cancelled(self, job: Job) -> None:
        """Write down what a cancelled job cost, and what of it is kept for another try."""
        async with self.database.transaction(Scope.of(job.organization_id)) as connection:
            await cancelling.book(connection, [job.id])

    async def fail(
        self, job: Job, worker: str, *, code: str, message: str, retry: bool, delay_s: float
    ) -> str | None:
        """Count a failed attempt; give the job's new status, None where the lease was lost."""
        async with self.database.transaction(Scope.of(job.organization_id)) as connection:
            return await jobs.fail(
                connection,
                worker=worker,
                job_id=job.id,
                code=code,
                message=message,
                retry=retry,
                delay_s=delay_s,
            )

    async def give_back(
        self, worker: str, ids: Sequence[UUID], *, delay_s: float = 0, step: str = ""
    ) -> None:
        """Return jobs untouched."""
        async with self.database.transaction(EVERYTHING) as connection:
            await jobs.give_back(connection, worker=worker, ids=ids, delay_s=delay_s, step=step)

    async def park(self, job: Job, worker: str) -> None:
        """Put a job aside until none of its questions waits for a batch."""
        async with self.database.transaction(EVERYTHING) as connection:
            await queued.park(connection, worker=worker, job_id=job.id)

    async def save(self, job: Job, worker: str, result: Result, *, duration_s: float) -> None:
        """Write the result and complete the job in one transaction. Raises LeaseLost."""
        async with self.database.transaction(Scope.of(job.organization_id)) as connection:
            # The job's row first: a worker that lost its lease waits here, and then writes nothing.
            made = [one.generated for one in result.drafts if one.generated]
            calls = {one.generation_id: one for one in (*made, *result.calls)}
            usages = [call.usage for call in calls.values()]
            await jobs.complete(
                connection,
                worker=worker,
                job_id=job.id,
                step=result.note or "done",
                duration_s=duration_s,
                tokens=sum(one.input_tokens + one.output_tokens for one in usages),
                cost_usd=sum((one.cost_usd for one in usages), start=jobs.NOTHING),
            )
            await _write(connection, job, result)


async def _write(connection: AsyncConnection, job: Job, result: Result) -> None:
    made = 0
    drafts = result.drafts
    if job.asset == "topics" and job.month is not None and drafts:
        # The quota is a promise: two runs that fill one month wait for each other here, and so
        # does a person who makes a topic by hand.
        room = await months.lock_room(connection, job.organization_id, job.company_id, job.month)
        drafts = drafts[:room] if job.verb == "create" else drafts
    language = await orders.language_of(connection, job) if drafts else ""
    for draft in drafts:
        if job.asset == "image_variants" and draft.parent is not None:
            await results.archive_old_variants(connection, job.organization_id, draft.parent)
        written = await results.write_draft(connection, job, language, draft)
        made += written is not None
        if written and job.media_request_id is not None:
            await media_requests.note_item(connection, job, written.content_id)
        if written and job.asset == "company_dna":
            await connection.execute(_APPROVE_BY_ITSELF, {"version_id": written.version.id})
    if result.drafts and not made:
        await jobs.explain(connection, job.id, "Nothing written: what is there was kept.")
    if result.checked is not None:
        item, findings = result.checked
        await results.write_check(connection, job, item, findings)
    await _write_pictures(connection, job, result)
    if result.follow:
        await jobs.ask_for(
            connection,
            organization_id=job.organization_id,
            company_id=job.company_id,
            requests=result.follow,
            at_once=True,
        )


async def _write_pictures(connection: AsyncConnection, job: Job, result: Result) -> None:
    """Put what a media request came to into the library, each picture once."""
    if not result.pictures or job.media_request_id is None:
        return
    asked = await media_requests.get(connection, job.media_request_id)
    written: dict[str, UUID | None] = {}
    for picture in result.pictures:
        derived_from = picture.derived_from or written.get(picture.made_of)
        written[picture.sha256] = await media_assets.add(
            connection,
            replace(picture, derived_from=derived_from),
            organization_id=job.organization_id,
            company_id=job.company_id,
            month=asked.month,
            show_id=asked.show_id,
            media_request_id=asked.id,
            created_by=asked.requested_by,
        )


async def _missing_work(
    connection: AsyncConnection, asset: str, partitions: Sequence[Partition]
) -> list[gaps.MissingWork]:
    if asset in BY_REQUEST:
        return []
    if asset in gaps.CHILD_OF:
        return await gaps.missing_children(connection, asset, partitions)
    found = []
    for key, month in partitions:
        state = await gaps.company_state(connection, asset, key, month)
        request = state and _first_request(asset, month, state)
        if state and request:
            found.append(gaps.MissingWork(state.organization_id, state.id, request))
    return found


def _first_request(asset: str, month: date | None, state: gaps.CompanyState) -> JobRequest | None:
    """Give the job that a partition made by hand lacks, or None: it is there, or a gate is shut."""
    if asset in ("content_calendar", "monthly_usage"):
        return JobRequest(verb="create", asset=asset, month=month, again=True)
    if state.has_open_job or asset == "articles":
        return None  # articles are ordered by people; a partition by hand retries what failed
    if asset == "topics":
        return _topics_request(month, state)
    if asset == "personas":
        return _personas_request(state)
    if asset == "company_dna" and state.dna_id is not None:
        return None
    return JobRequest(
        verb="create", asset=asset, round=state.next_round, priority=Priority.BACKFILL
    )


def _topics_request(month: date | None, state: gaps.CompanyState) -> JobRequest | None:
    if month is None or state.quota is None or state.topics >= state.quota:
        return None
    if not state.active_personas:
        return None
    return work_for_month(month, round_number=state.next_round, priority=Priority.BACKFILL)


def _personas_request(state: gaps.CompanyState) -> JobRequest | None:
    if state.dna_id is None or state.approved_dna_version_id is None:
        return None
    if state.personas >= ALLOWANCES[Tier(state.tier)].personas_made:
        return None
    return JobRequest(
        verb="create",
        asset="personas",
        content_id=str(state.dna_id),
        source_version_id=str(state.approved_dna_version_id),
        round=state.next_round,
        priority=Priority.BACKFILL,
    )

"""What the graph's stages read. Implements `ContentStore` of `posthub_assets/domain/work.py`.

What does not belong here: SQL (`database/repositories/`), writing (`work_queue.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.bodies import DnaBody, PersonaBody
from posthub_assets.domain.briefs import PastText, SourceDocument
from posthub_assets.domain.calendar import working_days
from posthub_assets.domain.content import APPROVED_STATUSES, Kind
from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.library import MediaOrder, SourcePicture
from posthub_assets.domain.planning import Event, open_places, plan_places
from posthub_assets.domain.ports import WebPage
from posthub_assets.domain.quality.context import GateContext, PastItem, past_item
from posthub_assets.domain.quality.duplicates import compared_kinds
from posthub_assets.domain.usage import UsageRow, as_csv, as_data
from posthub_assets.domain.work import (
    Item,
    Job,
    MonthPlan,
    OpenFindings,
    Order,
    Partition,
    PartitionReport,
)
from resources.database.engine import EVERYTHING, Database, Scope
from resources.database.repositories import (
    documents,
    gaps,
    media_requests,
    media_sources,
    orders,
    planned,
    reports,
    usage,
)
from resources.database.repositories.bodies import Bodies
from resources.media_store import MediaStore

if TYPE_CHECKING:
    import pandas as pd

Span = tuple[str, int, int]
USAGE_FILES = ("usage.csv", "usage.json")


@dataclass(frozen=True, slots=True)
class PostgresContentStore:
    """Reads in the scope of one organisation, but for reports, which serve the Dagster UI."""

    database: Database
    media: MediaStore
    bodies: Bodies = field(default_factory=Bodies)
    _reading: AsyncConnection | None = field(default=None, repr=False)
    """The transaction that readings belong to; without it each opens its own."""

    @asynccontextmanager
    async def reading(self, order: Order) -> AsyncIterator[PostgresContentStore]:
        """Open one transaction for several readings of an order's company."""
        async with self._open(order.job) as connection:
            yield replace(self, _reading=connection)

    def _open(self, job: Job) -> AbstractAsyncContextManager[AsyncConnection]:
        if self._reading is not None:
            return nullcontext(self._reading)
        return self.database.transaction(Scope.of(job.organization_id))

    async def order(self, job: Job) -> Order:
        """Read the company and the item that the job names, at the version that it names."""
        async with self._open(job) as connection:
            company = await orders.company_facts(
                connection, job.organization_id, job.company_id, job.month
            )
            if job.content_id is None:
                return Order(job=job, company=company, subject=None)
            if job.source_version_id is None and await orders.is_unwritten(
                connection, job.organization_id, job.content_id
            ):
                return Order(job=job, company=company, subject=None)
            subject = await orders.item(
                connection,
                job.organization_id,
                job.content_id,
                job.source_version_id,
                bodies=self.bodies,
            )
            revision = None
            if job.verb == "revise":
                revision = await orders.revision(connection, job, subject)
            if subject.kind is Kind.ARTICLE:
                job = await orders.with_order(connection, job)
            return Order(job=job, company=company, subject=subject, revision=revision)

    async def documents(
        self, order: Order, ids: Sequence[str] | None = None, *, with_research: bool = False
    ) -> tuple[SourceDocument, ...]:
        """Read the company's documents, all or those named; with what the web says of it."""
        job = order.job
        if ids is not None and not ids:
            return ()
        async with self._open(job) as connection:
            return await orders.documents(
                connection, job.organization_id, job.company_id, ids, with_research=with_research
            )

    async def save_pages(self, order: Order, purpose: str, pages: Sequence[WebPage]) -> int:
        """Keep what was fetched as documents of `website` or `research`; drop what is gone."""
        job = order.job
        found = [
            documents.NewDocument(
                purpose=purpose,
                name=page.name,
                text=page.text,
                media_type="text/markdown",
                sha256=hashlib.sha256(page.text.encode("utf-8", "surrogatepass")).hexdigest(),
                title=page.title,
                url=page.url,
            )
            for page in pages
        ]
        async with self._open(job) as connection:
            counts = await documents.store(
                connection,
                organization_id=job.organization_id,
                company_id=job.company_id,
                language=order.company.language,
                documents=found,
            )
            names = [page.name for page in pages]
            gone = await documents.drop_others(
                connection, job.organization_id, job.company_id, purpose, names
            )
        return len(counts.created) + len(counts.updated) + gone

    async def dna(self, order: Order) -> DnaBody:
        """Read the company's DNA. Raises NotFound where there is none."""
        for item in await self._items(order, Kind.COMPANY_DNA, monthly=False):
            if isinstance(item.body, DnaBody):
                return item.body
        raise NotFound(f"{order.company.name} has no DNA yet. Materialize company_dna first.")

    async def personas(self, order: Order) -> tuple[Item, ...]:
        """Read the living personas."""
        return await self._items(order, Kind.PERSONA, monthly=False)

    async def cast(self, order: Order) -> tuple[Item, ...]:
        """Read all personas but rejected ones."""
        job = order.job
        async with self._open(job) as connection:
            return await orders.cast(connection, job.organization_id, job.company_id, self.bodies)

    async def has_approved_dna(self, order: Order) -> bool:
        """Tell whether a person has approved the company's DNA."""
        found = await self._items(order, Kind.COMPANY_DNA, monthly=False)
        return any(item.status in APPROVED_STATUSES for item in found)

    async def month_plan(self, order: Order) -> MonthPlan:
        """Read what is still to fill in the job's month. Where a gate is shut it says so."""
        job = order.job
        async with self._open(job) as connection:
            month = await planned.opened_month(connection, job)
            events = await planned.events_of(connection, job)
            personas = await self._living(connection, job, Kind.PERSONA, monthly=False)
            topics = await self._living(connection, job, Kind.TOPIC, monthly=True)
        if month is None or job.month is None:
            return MonthPlan((), (), 0, {}, "Waiting for the month to be opened.")
        active = [one for one in personas if one.status in APPROVED_STATUSES]
        if not active:
            return MonthPlan((), (), month.quota, {}, "Waiting for personas to be chosen.")
        plan = plan_places(
            quota=month.quota,
            days=working_days(job.month, order.company.country, month.starts_on),
            personas=[str(one.content_id) for one in active],
            events=[Event(on_date, title) for on_date, title in events],
        )
        free = open_places(plan, {one.place for one in topics})
        return MonthPlan(
            slots=tuple(free.values()),
            places=tuple(free),
            quota=month.quota,
            personas={
                str(one.content_id): one.body for one in active if isinstance(one.body, PersonaBody)
            },
        )

    async def past(self, order: Order) -> tuple[PastText, ...]:
        """Read what the company has used."""
        job = order.job
        async with self._open(job) as connection:
            return await orders.past_texts(connection, job.organization_id, job.company_id)

    async def passages(self, order: Order) -> tuple[list[Span], list[Span]]:
        """Read the passages set aside in the job's month, and those of other months."""
        job = order.job
        async with self._open(job) as connection:
            return await orders.passages_in_use(
                connection, job.organization_id, job.company_id, job.month
            )

    async def ancestor(self, order: Order, item: Item, kind: Kind) -> Item:
        """Read the item of `kind` above `item`, at the version that `item` was made from.

        Raises NotFound.
        """
        if item.kind is kind:
            return item
        found = item
        async with self._open(order.job) as connection:
            while found.kind is not kind:
                if found.parent_id is None:
                    raise NotFound(f"There is no {kind.value} above this {item.kind.value}.")
                found = await orders.item(
                    connection,
                    order.job.organization_id,
                    found.parent_id,
                    found.parent_version_id,
                    bodies=self.bodies,
                )
        return found

    async def persona_of(self, order: Order, item: Item) -> PersonaBody:
        """Read the persona who writes `item`. Raises NotFound."""
        if item.persona_id is None:
            raise NotFound("The item names no persona.")
        async with self._open(order.job) as connection:
            persona = await orders.item(
                connection, order.job.organization_id, item.persona_id, bodies=self.bodies
            )
        if not isinstance(persona.body, PersonaBody):
            raise NotFound("The item's persona is not a persona.")
        return persona.body

    async def children(self, order: Order, item: Item, kind: Kind) -> tuple[Item, ...]:
        """Read the living children of `item`."""
        job = order.job
        async with self._open(job) as connection:
            return await orders.children(
                connection, job.organization_id, item.content_id, kind, self.bodies
            )

    async def gate_context(self, order: Order, kind: Kind, item: Item | None = None) -> GateContext:
        """Read what the quality gate compares an item with; `item` is the one being replaced."""
        job, language = order.job, order.company.language
        if kind in (Kind.IMAGE, Kind.PALETTE):
            # These are judged by themselves; reading a month of texts for each would cost the most.
            return GateContext(language, order.company.name, order.company.tier.value)
        monthly = kind not in (Kind.COMPANY_DNA, Kind.PERSONA)
        async with self._open(job) as connection:
            siblings = await self._living(connection, job, kind, monthly=monthly)
            personas = await self._living(connection, job, Kind.PERSONA, monthly=False)
            rows = await orders.fingerprints(
                connection, job.organization_id, job.company_id, compared_kinds(kind)
            )
        past = tuple(
            PastItem(
                id=row.id,
                kind=Kind(row.kind),
                title=row.title,
                text_fingerprint=bytes(row.fingerprint),
                platform=row.platform,
                parent_id=row.parent_id,
            )
            for row in rows
        )
        stored = {one.id: one.text_fingerprint for one in past}
        return GateContext(
            language=language,
            company_name=order.company.name,
            tier=order.company.tier.value,
            past=past,
            siblings=tuple(
                past_item(
                    str(one.content_id),
                    kind,
                    one.body,
                    language,
                    keep_text=True,
                    stored=stored.get(str(one.content_id)),
                )
                for one in siblings
            ),
            item_id=str(item.content_id) if item else "",
            machine_written=not (item and item.written_by_person and job.verb == "check"),
            may_repeat=tuple(
                one.body.signature_ending for one in personas if isinstance(one.body, PersonaBody)
            ),
        )

    async def calendar_rows(self, order: Order) -> list[dict[str, Any]]:
        """Read what is approved for the job's month, in the order of its dates."""
        async with self._open(order.job) as connection:
            return await planned.approved_items(connection, order.job)

    async def usage(self, order: Order) -> list[UsageRow]:
        """Read what the job's month used. Raises NotFound where the job names no month."""
        job = order.job
        if job.month is None:
            raise NotFound("The work names no month.")
        async with self._open(job) as connection:
            return await usage.usage_of(connection, job.organization_id, job.company_id, job.month)

    async def save_usage(self, order: Order, rows: Sequence[UsageRow]) -> Sequence[str]:
        """Keep the month's usage as CSV and JSON; give the files' names."""
        job = order.job
        data = json.dumps(as_data(rows), ensure_ascii=False, indent=1).encode()
        for name, content in zip(USAGE_FILES, (as_csv(rows), data), strict=True):
            place = f"{job.partition_key}/{job.month:%Y-%m}/{name}"
            await asyncio.to_thread(self.media.put_derived, job.organization_id, place, content)
        return USAGE_FILES

    async def save_calendar(self, order: Order, table: pd.DataFrame) -> Sequence[str]:
        """Keep the month's calendar as CSV and iCalendar; give the files' names."""
        return await asyncio.to_thread(self._write_calendar, order, table)

    def _write_calendar(self, order: Order, table: pd.DataFrame) -> list[str]:
        from resources.calendar_files import to_csv, to_ics

        month = f"{order.job.month:%Y-%m}"
        files = {
            "calendar.csv": to_csv(table),
            "calendar.ics": to_ics(
                table, timezone=order.company.timezone, name=f"{order.company.name} {month}"
            ),
        }
        folder = f"{order.job.partition_key}/{month}"
        for name, data in files.items():
            self.media.put_derived(order.job.organization_id, f"{folder}/{name}", data)
        return list(files)

    async def media_order(self, order: Order) -> MediaOrder:
        """Read what was asked of the media assistant. Raises NotFound."""
        async with self._open(order.job) as connection:
            return await media_requests.of_job(connection, order.job)

    async def source_picture(self, order: Order, asked: MediaOrder) -> SourcePicture:
        """Read what is known of a request's picture. Raises NotFound where it is gone by now."""
        async with self._open(order.job) as connection:
            return await media_sources.source_of(connection, asked)

    async def source_pictures(self, order: Order, asked: MediaOrder) -> Sequence[SourcePicture]:
        """Read those of the pictures that a request names that are there. Raises NotFound."""
        async with self._open(order.job) as connection:
            return await media_sources.sources_of(connection, asked)

    async def reports(self, asset: str, partitions: Sequence[Partition]) -> list[PartitionReport]:
        """Read how partitions stand, and what each waits for."""
        async with self.database.transaction(EVERYTHING) as connection:
            found = await reports.partition_reports(connection, asset, partitions)
            told = []
            for one in found:
                state = await gaps.company_state(connection, asset, *one.partition)
                waiting = await planned.waiting_for(connection, asset, one, state)
                files = self._usage_files(one, state) if asset == "monthly_usage" else ()
                told.append(replace(one, waiting_for=waiting, files=files))
        return told

    def _usage_files(
        self, report: PartitionReport, state: gaps.CompanyState | None
    ) -> tuple[str, ...]:
        key, month = report.partition
        if state is None or month is None:
            return ()
        names = (f"{key}/{month:%Y-%m}/{name}" for name in USAGE_FILES)
        return tuple(
            self.media.where_derived(state.organization_id, name)
            for name in names
            if self.media.has_derived(state.organization_id, name)
        )

    async def findings(
        self, asset: str, partitions: Sequence[Partition], *, detailed: bool
    ) -> OpenFindings:
        """Count the verdicts on what these partitions hold now; name items if `detailed`."""
        async with self.database.transaction(EVERYTHING) as connection:
            return await reports.findings_of(connection, asset, partitions, detailed=detailed)

    async def _items(self, order: Order, kind: Kind, *, monthly: bool) -> tuple[Item, ...]:
        async with self._open(order.job) as connection:
            return await self._living(connection, order.job, kind, monthly=monthly)

    async def _living(
        self, connection: AsyncConnection, job: Job, kind: Kind, *, monthly: bool
    ) -> tuple[Item, ...]:
        month = job.month if monthly else None
        return await orders.living_items(
            connection, job.organization_id, job.company_id, kind, month, bodies=self.bodies
        )

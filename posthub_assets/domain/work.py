"""The shapes of work: a claimed job, what a stage reads, what it hands back, and the two ports.

What does not belong here: which work follows from a decision (`flow.py`), SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from posthub_assets.domain.bodies import Body, DnaBody, PersonaBody
from posthub_assets.domain.briefs import (
    CompanyFacts,
    PastText,
    Revision,
    SourceDocument,
    TopicSlot,
)
from posthub_assets.domain.content import APPROVED_STATUSES, Kind, Status
from posthub_assets.domain.flow import JobRequest
from posthub_assets.domain.media.library import MediaOrder, NewPicture, SourcePicture
from posthub_assets.domain.media.ports import Studio
from posthub_assets.domain.ports import (
    BatchDesk,
    Generated,
    ImageGenerator,
    Researcher,
    TextGenerator,
    WebPage,
    WebsiteReader,
)
from posthub_assets.domain.quality.context import GateContext
from posthub_assets.domain.quality.findings import Finding
from posthub_assets.domain.quality.personal_data import personal_data
from posthub_assets.domain.upkeep import Upkeep
from posthub_assets.domain.usage import UsageRow

if TYPE_CHECKING:
    import pandas as pd

Partition = tuple[str, date | None]
"""(the company's partition key, the first of the month or None)."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job under this worker's lease."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    asset: str
    kind: str
    month: date | None
    content_id: UUID | None
    source_version_id: UUID | None
    round: int
    attempts: int
    crash_count: int
    time_limit_s: int
    priority: int
    partition_key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    """What a person wished for; see `JobRequest`."""
    media_request_id: UUID | None = None
    """What was asked of the media assistant, for its jobs."""
    leased_by: str = ""
    """The worker that holds it."""

    @property
    def verb(self) -> str:
        """`create`, `revise` or `check`."""
        return self.kind.partition("_")[0]

    @property
    def partition(self) -> Partition:
        """The company-month (or company) that the job belongs to."""
        return (self.partition_key, self.month)


@dataclass(frozen=True, slots=True)
class Item:
    """A content item with its current version."""

    content_id: UUID
    version_id: UUID
    version: int
    kind: Kind
    status: Status
    body: Body
    place: str
    month: date | None
    parent_id: UUID | None
    parent_version_id: UUID | None
    persona_id: UUID | None
    round: int
    scheduled_at: datetime | None
    written_by_person: bool
    is_current: bool
    """False where a newer version is there by now."""


@dataclass(frozen=True, slots=True)
class Order:
    """What every stage needs to begin: the job, the company and the item that the job names."""

    job: Job
    company: CompanyFacts
    subject: Item | None
    """For `create` the approved parent, for `revise` and `check` the item itself."""
    revision: Revision | None = None

    @property
    def is_superseded(self) -> bool:
        """Tell whether the order has lost its ground: a newer version, or a yes withdrawn."""
        if self.subject is None:
            return False
        approved = self.subject.status in APPROVED_STATUSES
        return not self.subject.is_current or (self.job.verb == "create" and not approved)


@dataclass(frozen=True, slots=True)
class Draft:
    """A version to be written: a new item at its place, or a new version of `replaces`."""

    kind: Kind
    body: Body
    findings: tuple[Finding, ...]
    place: str = ""
    parent: Item | None = None
    persona_id: UUID | None = None
    scheduled_at: datetime | None = None
    generated: Generated[Any] | None = None
    replaces: UUID | None = None
    fingerprint: bytes | None = None

    @property
    def verdicts(self) -> tuple[Finding, ...]:
        """The gate's findings, and a warning where the prompt held personal data."""
        redacted = self.generated.redacted if self.generated else {}
        return (*self.findings, *personal_data(redacted))


@dataclass(frozen=True, slots=True)
class Result:
    """What a job comes to. Written in one transaction with the job's completion."""

    drafts: tuple[Draft, ...] = ()
    checked: tuple[Item, tuple[Finding, ...]] | None = None
    """For a `check`: the item as it stands, and the findings about it."""
    pictures: tuple[NewPicture, ...] = ()
    """For the library; written as what the job's media request came to."""
    calls: tuple[Generated[Any], ...] = ()
    """What was asked of providers for the pictures."""
    follow: tuple[JobRequest, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """What is still to fill in a month."""

    slots: tuple[TopicSlot, ...]
    places: tuple[str, ...]
    quota: int
    personas: Mapping[str, PersonaBody]
    waiting_for: str = ""
    """A sentence where a gate is still shut; then there are no slots."""


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """What a content person wants to see of one company-month and asset."""

    partition: Partition
    by_status: Mapping[str, int]
    jobs: Mapping[str, int]
    cost_usd: Decimal
    tokens: int
    waiting_for: str
    """A sentence, empty where nothing is waited for."""
    stuck: Sequence[tuple[str, str, str]] = ()
    """(title, rule, message) of drafts that the gate keeps, and (job, code, error) of failures."""
    titles: Sequence[tuple[str, str]] = ()
    """(title, status) of the items."""
    usage: Sequence[UsageRow] = ()
    """What the month used; of `monthly_usage` only."""
    files: Sequence[str] = ()
    """The paths of what was kept of it."""


@dataclass(frozen=True, slots=True)
class OpenFindings:
    """The verdicts on the current versions of one asset in some partitions, counted by rule."""

    by_rule: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    examples: Sequence[tuple[str, str, str, str]] = ()
    """(partition, item, rule, message); items are named only within one company's run."""
    failed_jobs: int = 0
    """Of the asset, in all partitions: what failed stays red until it is done."""
    failures: Sequence[tuple[Partition, str, str, str]] = ()
    """(partition, item, code, reason) of the last fifty of them."""


@dataclass(frozen=True, slots=True)
class Tools:
    """All that a run works with, open for the length of one step."""

    queue: WorkQueue
    store: ContentStore
    text: TextGenerator
    images: ImageGenerator
    upkeep: Upkeep
    research: Researcher
    website: WebsiteReader
    batches: BatchDesk
    studio: Studio


class Workshop(Protocol):
    """Opens the tools inside a run's event loop, and closes them after it."""

    def open(self) -> AbstractAsyncContextManager[Tools]:
        """Open connections; raises StorageError where the database does not answer."""
        ...


class WorkQueue(Protocol):
    """Jobs under leases."""

    async def create_missing(self, asset: str, partitions: Sequence[Partition]) -> int:
        """Ask for the jobs that are missing for these partitions; retry their failed ones."""
        ...

    async def claim(
        self, asset: str, *, worker: str, run_id: str, limit: int, only: Sequence[Partition] | None
    ) -> list[Job]:
        """Take due jobs under a lease."""
        ...

    async def extend(self, worker: str, ids: Sequence[UUID]) -> set[UUID]:
        """Prolong leases; give those that are still held."""
        ...

    async def held(self, worker: str, ids: Sequence[UUID]) -> set[UUID]:
        """Give those of the jobs that are still this worker's; changes nothing."""
        ...

    async def tell(self, job: Job, progress: int, step: str) -> None:
        """Say how far a job is: `progress` 0 to 100, `step` in words. Nothing where it is lost."""
        ...

    async def book_cancelled(self, job: Job) -> None:
        """Write down what a job cost that a person cancelled; without effect on others."""
        ...

    async def fail(
        self, job: Job, worker: str, *, code: str, message: str, retry: bool, delay_s: float
    ) -> str | None:
        """Count a failed attempt; give the job's new status."""
        ...

    async def give_back(
        self, worker: str, ids: Sequence[UUID], *, delay_s: float = 0, step: str = ""
    ) -> None:
        """Return jobs untouched."""
        ...

    async def park(self, job: Job, worker: str) -> None:
        """Put a job aside until the batch that brings its answers is over."""
        ...

    async def save(self, job: Job, worker: str, result: Result, *, duration_s: float) -> None:
        """Write the result and complete the job in one transaction; raises LeaseLost."""
        ...


class ContentStore(Protocol):
    """What stages read."""

    def reading(self, order: Order) -> AbstractAsyncContextManager[ContentStore]:
        """Open one transaction for several readings; not to be held while a provider works."""
        ...

    async def order(self, job: Job) -> Order:
        """Read what the job is about."""
        ...

    async def documents(
        self, order: Order, ids: Sequence[str] | None = None, *, with_research: bool = False
    ) -> tuple[SourceDocument, ...]:
        """Read the company's documents, all or those named; with what the web says of it."""
        ...

    async def save_pages(self, order: Order, purpose: str, pages: Sequence[WebPage]) -> int:
        """Keep what was fetched as documents of a purpose, in place of those before.

        Gives how many are new or changed. Documents that people uploaded are not touched.
        """
        ...

    async def dna(self, order: Order) -> DnaBody:
        """Read the approved DNA, or where none is approved the current one."""
        ...

    async def personas(self, order: Order) -> tuple[Item, ...]:
        """Read the living personas."""
        ...

    async def has_approved_dna(self, order: Order) -> bool:
        """Tell whether a person has approved the company's DNA."""
        ...

    async def cast(self, order: Order) -> tuple[Item, ...]:
        """Read all personas but rejected ones: those put away may be chosen later."""
        ...

    async def month_plan(self, order: Order) -> MonthPlan:
        """Read what is still to fill in the job's month."""
        ...

    async def past(self, order: Order) -> tuple[PastText, ...]:
        """Read what the company has used: published posts, earlier topics and posts."""
        ...

    async def passages(
        self, order: Order
    ) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
        """Read the passages set aside in the job's month, and those of other months."""
        ...

    async def ancestor(self, order: Order, item: Item, kind: Kind) -> Item:
        """Read the item of `kind` above `item`."""
        ...

    async def persona_of(self, order: Order, item: Item) -> PersonaBody:
        """Read the persona who writes `item`."""
        ...

    async def children(self, order: Order, item: Item, kind: Kind) -> tuple[Item, ...]:
        """Read the living children of `item`."""
        ...

    async def gate_context(self, order: Order, kind: Kind, item: Item | None = None) -> GateContext:
        """Read what the quality gate compares an item with; `item` is the one being replaced."""
        ...

    async def calendar_rows(self, order: Order) -> list[dict[str, Any]]:
        """Read what is approved for the job's month."""
        ...

    async def save_calendar(self, order: Order, table: pd.DataFrame) -> Sequence[str]:
        """Keep the month's calendar as files; give their names."""
        ...

    async def usage(self, order: Order) -> list[UsageRow]:
        """Read what the job's month used."""
        ...

    async def save_usage(self, order: Order, rows: Sequence[UsageRow]) -> Sequence[str]:
        """Keep the month's usage as files; give their names."""
        ...

    async def media_order(self, order: Order) -> MediaOrder:
        """Read what was asked of the media assistant. Raises NotFound."""
        ...

    async def source_picture(self, order: Order, asked: MediaOrder) -> SourcePicture:
        """Read what is known of the picture that a request works from. Raises NotFound."""
        ...

    async def source_pictures(self, order: Order, asked: MediaOrder) -> Sequence[SourcePicture]:
        """Read those of the pictures that a request names that are there. Raises NotFound."""
        ...

    async def reports(self, asset: str, partitions: Sequence[Partition]) -> list[PartitionReport]:
        """Read how partitions stand."""
        ...

    async def findings(
        self, asset: str, partitions: Sequence[Partition], *, detailed: bool
    ) -> OpenFindings:
        """Count the verdicts on what these partitions hold now; name items if `detailed`."""
        ...

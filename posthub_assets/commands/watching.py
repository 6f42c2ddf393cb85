"""A company's month at one moment, read over HTTP: its items and its jobs.

What does not belong here: what to do about it (`supervising.py`), printing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from posthub_assets.commands.api_client import ApiClient, Json
from posthub_assets.domain.content import APPROVED_STATUSES, Kind, Status
from posthub_assets.domain.errors import NotFound

OPEN = ("pending", "running")
MONTH_KINDS = (Kind.TOPIC, Kind.BLOG_POST, Kind.SOCIAL_POST, Kind.IMAGE)


@dataclass(frozen=True, slots=True)
class Company:
    """A company, as far as the command needs it."""

    id: str
    organization_id: str
    organization: str
    name: str
    key: str
    tier: str


@dataclass(frozen=True, slots=True)
class Content:
    """An item in its current version."""

    id: str
    kind: Kind
    status: Status
    version: int
    title: str
    parent_id: str | None
    updated_at: str

    @property
    def is_approved(self) -> bool:
        """Tell whether it carries a person's yes."""
        return self.status in APPROVED_STATUSES


@dataclass(frozen=True, slots=True)
class JobView:
    """A job. `error` is the sentence of its last attempt."""

    id: str
    kind: str
    asset: str
    month: str | None
    content_id: str | None
    status: str
    attempts: int
    error: str
    cost_usd: Decimal


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is there and what is being made, for the company and for its month."""

    items: tuple[Content, ...]
    open_jobs: tuple[JobView, ...] = ()
    failed_jobs: tuple[JobView, ...] = ()

    def of(self, kind: Kind) -> tuple[Content, ...]:
        """Give the items of a kind."""
        return tuple(item for item in self.items if item.kind is kind)

    @property
    def in_review(self) -> tuple[Content, ...]:
        """Give what waits for a person."""
        return tuple(item for item in self.items if item.status is Status.IN_REVIEW)


async def find_company(api: ApiClient, name: str) -> Company:
    """Find a company by partition key, or by slug. Raises NotFound, naming what is there."""
    rows = await api.rows("/v1/companies")
    found = [row for row in rows if row["partition_key"] == name]
    found = found or [row for row in rows if row["slug"] == name]
    if len(found) == 1:
        return _company(found[0])
    keys = sorted(row["partition_key"] for row in rows)
    if found:
        keys = sorted(row["partition_key"] for row in found)
        raise NotFound(f"{name!r} names {len(found)} companies. Name one: {', '.join(keys)}.")
    if not keys:
        raise NotFound(
            f"There is no company {name!r}, and no other. Import one: posthub company import DIR"
        )
    more = f" and {len(keys) - 20} more" if len(keys) > 20 else ""
    raise NotFound(f"There is no company {name!r}. These are here: {', '.join(keys[:20])}{more}.")


def _company(row: Json) -> Company:
    return Company(
        id=row["id"],
        organization_id=row["organization_id"],
        organization=row["organization_name"] or row["name"],
        name=row["name"],
        key=row["partition_key"],
        tier=row["tier"],
    )


async def read_snapshot(api: ApiClient, company: Company, month: str) -> Snapshot:
    """Read the company's DNA and personas, the month's items, and the jobs of both.

    Jobs are read before items: an item that a finished job made is then always among the items, so
    "no open jobs and nothing in review" is never a gap between the two.
    """
    jobs = [job for status in OPEN for job in await read_jobs(api, company, month, status)]
    failed = await read_jobs(api, company, month, "failed")
    items: list[Content] = []
    for kind in (Kind.COMPANY_DNA, Kind.PERSONA):
        items += await _contents(api, company=company.id, kind=kind.value)
    items += await _contents(api, company=company.id, month=month)
    return Snapshot(tuple(items), tuple(jobs), tuple(failed))


async def read_jobs(api: ApiClient, company: Company, month: str, status: str) -> list[JobView]:
    """Read the jobs of one status: those of the month, and those of the company as a whole."""
    rows = await api.rows("/v1/jobs", company=company.id, status=status)
    return [_job(row) for row in rows if row["month"] in (None, month)]


async def _contents(api: ApiClient, **query: str) -> list[Content]:
    return [_content(row) for row in await api.rows("/v1/contents", **query)]


def _content(row: Json) -> Content:
    return Content(
        id=row["id"],
        kind=Kind(row["kind"]),
        status=Status(row["status"]),
        version=row["version"],
        title=row["title"],
        parent_id=row["parent_id"],
        updated_at=row["updated_at"],
    )


def _job(row: Json) -> JobView:
    return JobView(
        id=row["id"],
        kind=row["kind"],
        asset=row["asset"],
        month=row["month"],
        content_id=row["content_id"],
        status=row["status"],
        attempts=row["attempts"],
        error=row["error"] or "",
        cost_usd=Decimal(str(row["cost_usd"])),
    )


def without(snapshot: Snapshot, given_up: Sequence[tuple[str, int]]) -> Snapshot:
    """Give the snapshot without the versions that could not be decided about."""
    left = set(given_up)
    kept = tuple(item for item in snapshot.items if (item.id, item.version) not in left)
    return replace(snapshot, items=kept)

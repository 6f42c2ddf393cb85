"""Work that should be there and is not: for a partition made by hand, and for the reconciler.

What does not belong here: work that follows from a decision at once (`flow.py`, `decisions.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.flow import JobRequest, Priority
from posthub_assets.domain.work import Partition

# An approved parent without its full set of children made from that very version, without approved
# children, and without a job that is open or has failed for good (which is shown, not hidden).
# What a person rejected or put away comes back only where somebody asks for it by hand.
_MISSING = """
    SELECT p.organization_id, p.company_id, p.month, p.id AS content_id, v.id AS version_id,
        coalesce((SELECT max(j.round) + 1 FROM posthub.job j WHERE j.kind = :kind
            AND j.content_id = p.id AND j.source_version_id = v.id), 0) AS round
    FROM posthub.content p
    JOIN posthub.content_version v ON v.content_id = p.id AND v.number = p.current_version
        AND v.organization_id = p.organization_id
    JOIN posthub.company c ON c.id = p.company_id AND c.deleted_at IS NULL
        AND c.organization_id = p.organization_id
    WHERE p.kind = :parent_kind AND p.status IN ('approved', 'scheduled', 'delivered')
        AND (NOT :with_images OR coalesce((SELECT m.tier FROM posthub.company_month m
                WHERE m.company_id = p.company_id AND m.month = p.month
                AND m.organization_id = p.organization_id), c.tier)
             IN ('PRO', 'ULTIMATE'))
        AND NOT EXISTS (SELECT 1 FROM posthub.job j WHERE j.kind = :kind
            AND j.content_id = p.id AND j.source_version_id = v.id
            AND j.status IN ('pending', 'running', 'failed'))
        AND (SELECT count(*) FROM posthub.content k JOIN posthub.content_version kv
                ON kv.content_id = k.id AND kv.number = k.current_version
                AND kv.organization_id = p.organization_id
             WHERE k.parent_id = p.id AND k.kind = :child_kind
                AND (NOT :by_hand OR k.status NOT IN ('rejected', 'archived'))
                AND (kv.parent_version_id = v.id OR (NOT :with_images
                     AND k.status IN ('approved', 'scheduled', 'delivered'))))
            < CASE WHEN :per_platform THEN jsonb_array_length(c.platforms) ELSE 1 END
        {scope}
"""
_SCOPE = """AND (c.partition_key, p.month) IN
    (SELECT s.key, s.month FROM unnest(CAST(:keys AS text[]), CAST(:months AS date[]))
     AS s(key, month))"""

CHILD_OF = {
    "blog_posts": ("topic", "blog_post"),
    "social_posts": ("blog_post", "social_post"),
    "image_variants": ("social_post", "image"),
}
"""By asset: the kind of the approved parent, the kind that is made from it."""


@dataclass(frozen=True, slots=True)
class MissingWork:
    """A job that should be there."""

    organization_id: UUID
    company_id: UUID
    request: JobRequest


def _parameters(asset: str, *, by_hand: bool) -> dict[str, object]:
    parent_kind, child_kind = CHILD_OF[asset]
    return {
        "kind": f"create_{asset}",
        "parent_kind": parent_kind,
        "child_kind": child_kind,
        "with_images": asset == "image_variants",
        "per_platform": asset == "social_posts",
        "by_hand": by_hand,
    }


_SLICE = "AND p.id > :after AND p.id <= :until"
_UNTIL = text(
    """
    SELECT count(*) AS items, max(id::text) AS until FROM (
        SELECT id FROM posthub.content WHERE id > :after ORDER BY id LIMIT :most) s
    """
)
BEGINNING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a look at a part of all items found; `until` is where the next one begins."""

    missing: int
    until: UUID


def count_missing(connection: Connection, after: UUID, most: int) -> Sweep:
    """Count what `missing_children` would find among the `most` items that follow `after`.

    All items are looked at in turns, so that a look costs the same however many there are. After
    the last item `until` is the beginning again.
    """
    part = connection.execute(_UNTIL, {"after": after, "most": most}).one()
    if not part.items:
        return Sweep(0, BEGINNING)
    until = UUID(part.until)
    statement = text(f"SELECT count(*) FROM ({_MISSING.format(scope=_SLICE)}) m")  # noqa: S608
    missing = 0
    for asset in CHILD_OF:
        values = {**_parameters(asset, by_hand=False), "after": after, "until": until}
        missing += connection.execute(statement, values).scalar_one()
    return Sweep(missing, until if part.items == most else BEGINNING)


async def missing_children(
    connection: AsyncConnection, asset: str, partitions: Sequence[Partition] | None
) -> list[MissingWork]:
    """Find approved items without what follows them; in all partitions where None is given."""
    values = _parameters(asset, by_hand=partitions is not None)
    if partitions is not None:
        values["keys"] = [key for key, _ in partitions]
        values["months"] = [month for _, month in partitions]
    statement = text(_MISSING.format(scope="" if partitions is None else _SCOPE))
    rows = await connection.execute(statement, values)
    priority = Priority.AFTER_DECISION if partitions is None else Priority.BACKFILL
    return [
        MissingWork(
            row.organization_id,
            row.company_id,
            JobRequest(
                verb="create",
                asset=asset,
                month=row.month,
                content_id=str(row.content_id),
                source_version_id=str(row.version_id),
                round=row.round,
                priority=priority,
            ),
        )
        for row in rows
    ]


_RETRY = text(
    """
    UPDATE posthub.job j SET status = 'pending', attempts = 0, available_at = now(),
        finished_at = NULL
    FROM posthub.company c
    WHERE c.id = j.company_id AND c.deleted_at IS NULL
        AND j.asset = :asset AND j.status = 'failed'
        AND EXISTS (SELECT 1 FROM unnest(CAST(:keys AS text[]), CAST(:months AS date[]))
                    AS s(key, month)
                    WHERE s.key = c.partition_key AND s.month IS NOT DISTINCT FROM j.month)
    """
)


async def retry_failed(
    connection: AsyncConnection, asset: str, partitions: Sequence[Partition]
) -> int:
    """Give the failed jobs of these partitions another chance; who asks by hand wants it tried."""
    values = {
        "asset": asset,
        "keys": [key for key, _ in partitions],
        "months": [month for _, month in partitions],
    }
    return (await connection.execute(_RETRY, values)).rowcount


_COMPANY = text(
    """
    SELECT c.id, c.organization_id, c.partition_key, c.tier, c.timezone,
        (SELECT i.id FROM posthub.content i WHERE i.organization_id = c.organization_id
            AND i.company_id = c.id AND i.month IS NULL AND i.kind = 'company_dna'
            AND i.status NOT IN ('rejected', 'archived') LIMIT 1) AS dna_id,
        (SELECT v.id FROM posthub.content i JOIN posthub.content_version v
            ON v.content_id = i.id AND v.number = i.current_version
            AND v.organization_id = c.organization_id
         WHERE i.organization_id = c.organization_id AND i.company_id = c.id
            AND i.month IS NULL AND i.kind = 'company_dna' AND i.status = 'approved'
         LIMIT 1) AS approved_dna_version_id,
        (SELECT count(*) FROM posthub.content i WHERE i.organization_id = c.organization_id
            AND i.company_id = c.id AND i.month IS NULL AND i.kind = 'persona'
            AND i.status <> 'rejected') AS personas,
        (SELECT count(*) FROM posthub.content i WHERE i.organization_id = c.organization_id
            AND i.company_id = c.id AND i.month IS NULL AND i.kind = 'persona'
            AND i.status = 'approved') AS active_personas,
        EXISTS (SELECT 1 FROM posthub.job j WHERE j.organization_id = c.organization_id
            AND j.company_id = c.id
            AND j.kind = :kind AND j.month IS NOT DISTINCT FROM :month
            AND j.status IN ('pending', 'running')) AS has_open_job,
        coalesce((SELECT max(j.round) + 1 FROM posthub.job j
            WHERE j.organization_id = c.organization_id AND j.company_id = c.id
            AND j.kind = :kind AND j.month IS NOT DISTINCT FROM :month), 0) AS next_round,
        (SELECT m.quota FROM posthub.company_month m
            WHERE m.organization_id = c.organization_id AND m.company_id = c.id
            AND m.month = :month) AS quota,
        (SELECT count(*) FROM posthub.content i WHERE i.organization_id = c.organization_id
            AND i.company_id = c.id AND i.kind = 'topic'
            AND i.month = :month AND i.status NOT IN ('rejected', 'archived')) AS topics
    FROM posthub.company c WHERE c.partition_key = :key AND c.deleted_at IS NULL
    """
)


@dataclass(frozen=True, slots=True)
class CompanyState:
    """Where a company stands before a stage, for one asset and month."""

    id: UUID
    organization_id: UUID
    partition_key: str
    tier: str
    timezone: str
    dna_id: UUID | None
    approved_dna_version_id: UUID | None
    personas: int
    """All but rejected ones: who was not chosen may be chosen later."""
    active_personas: int
    has_open_job: bool
    next_round: int
    quota: int | None
    topics: int


async def company_state(
    connection: AsyncConnection, asset: str, key: str, month: date | None
) -> CompanyState | None:
    """Read where a company stands; None where the partition has no company any more."""
    values = {"key": key, "month": month, "kind": f"create_{asset}"}
    row = (await connection.execute(_COMPANY, values)).first()
    return CompanyState(**row._mapping) if row else None

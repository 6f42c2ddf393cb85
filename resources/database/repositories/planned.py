"""Months and what is planned in them: the opened month, its events, its approved items, its gates.

What does not belong here: opening months (`months.py`), the plan itself (`domain/planning.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.tiers import ALLOWANCES, Tier
from posthub_assets.domain.work import Job, PartitionReport
from resources.database.repositories.gaps import CompanyState


@dataclass(frozen=True, slots=True)
class OpenedMonth:
    """The quota that held at the opening, and the first day that may be planned on."""

    quota: int
    starts_on: date


async def opened_month(connection: AsyncConnection, job: Job) -> OpenedMonth | None:
    """Read the job's month; None where it was not opened."""
    found = await connection.execute(
        text(
            "SELECT quota, starts_on FROM posthub.company_month"
            " WHERE organization_id = :organization_id AND company_id = :company_id"
            " AND month = :month"
        ),
        _values(job),
    )
    row = found.first()
    return OpenedMonth(row.quota, row.starts_on) if row else None


async def events_of(connection: AsyncConnection, job: Job) -> list[tuple[date, str]]:
    """Read the marketing events of the job's month."""
    rows = await connection.execute(
        text(
            "SELECT on_date, title FROM posthub.marketing_event"
            " WHERE organization_id = :organization_id AND company_id = :company_id"
            " AND on_date >= :month AND on_date < CAST(:month AS date) + interval '1 month'"
            " ORDER BY on_date, title"
        ),
        _values(job),
    )
    return [(row.on_date, row.title) for row in rows]


_APPROVED = text(
    """
    SELECT i.id, i.kind, i.status, i.title, i.scheduled_at, i.place, i.parent_id,
        v.number AS version,
        v.body, v.word_count, p.title AS persona, c.timezone, c.name AS company
    FROM posthub.content i
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    JOIN posthub.company c ON c.id = i.company_id
    LEFT JOIN posthub.content p ON p.id = i.persona_id
    WHERE i.organization_id = :organization_id AND i.company_id = :company_id
        AND i.month = :month AND i.kind IN ('blog_post', 'social_post', 'image')
        AND i.status IN ('approved', 'scheduled', 'delivered')
    ORDER BY i.scheduled_at NULLS LAST, i.kind, i.place, i.id
    """
)


async def approved_items(connection: AsyncConnection, job: Job) -> list[dict[str, Any]]:
    """Read the approved items of the job's month, in the order of their dates."""
    return [dict(row._mapping) for row in await connection.execute(_APPROVED, _values(job))]


_PARENTS = text(
    """
    SELECT count(*) FILTER (
            WHERE i.status IN ('draft', 'in_review', 'changes_requested')) AS waiting,
        count(*) FILTER (WHERE i.status IN ('approved', 'scheduled', 'delivered')) AS approved
    FROM posthub.content i JOIN posthub.company c ON c.id = i.company_id
        AND c.organization_id = i.organization_id
    WHERE c.partition_key = :key AND i.kind = :kind AND i.month IS NOT DISTINCT FROM :month
    """
)
_GATE = {
    "blog_posts": ("topic", "topic"),
    "social_posts": ("blog_post", "blog post"),
    "image_variants": ("social_post", "social post"),
}


async def waiting_for(
    connection: AsyncConnection, asset: str, report: PartitionReport, state: CompanyState | None
) -> str:
    """Say in one sentence what a partition waits for; empty where it waits for nothing."""
    if state is None:
        return "This company is not in PostHub any more."
    if asset in _GATE:
        return await _waiting_for_parents(connection, asset, report, state)
    return _shut_gate(asset, state) or _undecided(report) or report.waiting_for


def _shut_gate(asset: str, state: CompanyState) -> str:
    if asset == "personas" and not state.personas and not state.approved_dna_version_id:
        return "Waiting for the company's DNA to be approved."
    if asset == "topics" and state.quota is None:
        return "Waiting for the month to be opened."
    if asset == "topics" and not state.active_personas:
        return "Waiting for personas to be chosen."
    return ""


def _undecided(report: PartitionReport) -> str:
    waiting = report.by_status.get("in_review", 0)
    return f"Waiting for a person: {waiting} to decide." if waiting else ""


async def _waiting_for_parents(
    connection: AsyncConnection, asset: str, report: PartitionReport, state: CompanyState
) -> str:
    if asset == "image_variants" and not ALLOWANCES[Tier(state.tier)].image_variants:
        return f"Images are part of PRO and ULTIMATE; this company has {state.tier}."
    kind, name = _GATE[asset]
    values = {"key": report.partition[0], "month": report.partition[1], "kind": kind}
    parents = (await connection.execute(_PARENTS, values)).one()
    if parents.waiting:
        plural = "" if parents.waiting == 1 else "s"
        return f"Waiting for {parents.waiting} {name}{plural} to be approved."
    if not parents.approved:
        return f"Waiting for {name}s: none is there yet."
    return _undecided(report)


def _values(job: Job) -> dict[str, Any]:
    return {
        "organization_id": job.organization_id,
        "company_id": job.company_id,
        "month": job.month,
    }

"""What content ops see of a month's AI images in the Dagster UI, and what is amiss.

What does not belong here: items (`reports.py`), what the API shows of a request
(`picture_requests.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.media.image_rules import ALT_TEXT, VARIATIONS
from posthub_assets.domain.work import OpenFindings, Partition, PartitionReport

GENERATED = "generated_images"
SHOWN_CHARS = 60

# Requests whose job is done, with what they came to. A picture that somebody deleted was there.
_REQUESTS = """
    SELECT c.partition_key, r.wish ->> 'prompt' AS prompt, CAST(r.wish ->> 'variations' AS int) AS
        wanted, r.chosen_asset_id IS NOT NULL AS is_chosen, a.*
    FROM posthub.company c
    JOIN posthub.media_request r ON r.company_id = c.id AND r.organization_id = c.organization_id
        AND r.kind = 'image'
    JOIN posthub.job j ON j.media_request_id = r.id AND j.status = 'completed'
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE o.kind = 'generated') AS pictures,
            count(*) FILTER (WHERE o.kind = 'composed') AS composed,
            count(*) FILTER (WHERE o.alt_text = '') AS silent,
            coalesce(sum(o.cost_usd), 0) AS cost_usd
        FROM posthub.media_asset o WHERE o.media_request_id = r.id) a
    WHERE c.partition_key = ANY(:keys) AND r.month = ANY(CAST(:months AS date[]))
    ORDER BY r.id
"""
_MADE = text(_REQUESTS)
MESSAGES = {
    VARIATIONS: "Some pictures could not be had. The job says why; have them made anew.",
    ALT_TEXT: "A picture has no alternative text. Describe it in the library.",
}


async def completed(connection: AsyncConnection, report: PartitionReport) -> PartitionReport:
    """Add to a report what the month's requests came to, and what they cost."""
    rows = await _rows(connection, [report.partition])
    at_work = sum(report.jobs.get(status, 0) for status in ("pending", "running"))
    return replace(
        report,
        by_status={
            "requests done": len(rows),
            "pictures": sum(row.pictures for row in rows),
            "with facts": sum(row.composed for row in rows),
            "requests with a choice": sum(row.is_chosen for row in rows),
            "waiting to be made": at_work,
        },
        cost_usd=sum((row.cost_usd for row in rows), start=report.cost_usd * 0),
        titles=[(row.prompt[:SHOWN_CHARS], _in_words(row)) for row in rows],
        waiting_for="" if rows or at_work else "Waiting for people: nobody has asked for images.",
    )


def _in_words(row: Any) -> str:
    chosen = ", one is chosen" if row.is_chosen else ""
    return f"{row.pictures} of {row.wanted} pictures, {row.cost_usd:.4f} USD{chosen}"


async def with_findings(
    connection: AsyncConnection,
    found: OpenFindings,
    partitions: Sequence[Partition],
    *,
    detailed: bool,
) -> OpenFindings:
    """Add what is amiss with AI images of these partitions; requests are named if `detailed`."""
    rows = await _rows(connection, partitions)
    amiss = {
        VARIATIONS: [row for row in rows if row.pictures < row.wanted],
        ALT_TEXT: [row for row in rows if row.silent],
    }
    examples = [
        (row.partition_key, row.prompt[:SHOWN_CHARS], rule, MESSAGES[rule])
        for rule, wrong in amiss.items()
        for row in wrong
    ]
    return replace(
        found,
        warnings={rule: len(wrong) for rule, wrong in amiss.items() if wrong},
        passed={rule: len(rows) - len(wrong) for rule, wrong in amiss.items()},
        examples=examples if detailed else (),
    )


async def _rows(connection: AsyncConnection, partitions: Sequence[Partition]) -> list[Any]:
    values = {
        "keys": sorted({key for key, _ in partitions}),
        "months": sorted({month for _, month in partitions if month is not None}),
    }
    return list(await connection.execute(_MADE, values))

"""What content ops see of a month's formatted pictures in the Dagster UI, and what is amiss.

What does not belong here: items (`reports.py`), what the API shows of a job (`format_jobs.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.media.auto_format import SHOW_FORMATS
from posthub_assets.domain.media.format_rules import (
    ALT_TEXT,
    MOST_BITS_PER_PIXEL,
    SIZE,
    WEIGHT,
)
from posthub_assets.domain.media.formats import FORMATS
from posthub_assets.domain.work import OpenFindings, Partition, PartitionReport
from resources.database.repositories import media_gaps
from resources.database.repositories.media_gaps import OF_SOURCE, SOURCES

FORMATTED = "formatted_images"

_MADE = text(
    f"""
    SELECT s.filename, s.sha256, coalesce(f.formats, '{{}}') AS formats,
        coalesce(f.bytes, 0) AS bytes
    FROM ({SOURCES}) s LEFT JOIN LATERAL (
        SELECT array_agg(format) AS formats, sum(size_bytes) AS bytes FROM (
            SELECT DISTINCT ON (o.format) o.format, o.size_bytes
            FROM posthub.media_request r JOIN posthub.media_asset o ON o.media_request_id = r.id
                AND o.kind = 'formatted' AND o.deleted_at IS NULL
            WHERE {OF_SOURCE} ORDER BY o.format, o.id DESC) newest) f ON true
    ORDER BY s.created_at, s.sha256
    """  # noqa: S608 - fixed texts
)
_OUTPUTS = """
    SELECT c.partition_key,
        coalesce(nullif(u.filename, ''), 'a picture') || ': ' || o.format AS item, {columns}
    FROM posthub.company c
    JOIN posthub.media_asset o ON o.company_id = c.id AND o.organization_id = c.organization_id
        AND o.kind = 'formatted' AND o.deleted_at IS NULL
    LEFT JOIN posthub.media_asset u ON u.id = o.derived_from
    LEFT JOIN unnest(CAST(:codes AS text[]), CAST(:widths AS int[]), CAST(:heights AS int[]))
        AS f(code, width_px, height_px) ON f.code = o.format
    WHERE c.partition_key = ANY(:keys) AND o.month = ANY(CAST(:months AS date[]))
"""
_FAULTS = """
    (f.code IS NULL OR o.width_px <> f.width_px OR o.height_px <> f.height_px) AS size,
    (o.size_bytes * 8.0 > :most_bits * o.width_px * o.height_px) AS weight,
    (o.alt_text = '') AS alt_text
"""
_COUNTS = text(
    f"""
    SELECT count(*) AS pictures, count(*) FILTER (WHERE size) AS size,
        count(*) FILTER (WHERE weight) AS weight, count(*) FILTER (WHERE alt_text) AS alt_text
    FROM ({_OUTPUTS.format(columns=_FAULTS)}) o
    """  # noqa: S608 - fixed texts
)
_EXAMPLES = text(
    f"""
    SELECT * FROM ({_OUTPUTS.format(columns=_FAULTS)}) o WHERE size OR weight OR alt_text
    ORDER BY partition_key, item LIMIT 60
    """  # noqa: S608 - fixed texts
)
MESSAGES = {
    SIZE: "It has not the pixels of its format. Have it formatted again.",
    WEIGHT: "The file is large for its pixels. Have it formatted again, as a JPEG.",
    ALT_TEXT: "It has no alternative text. Write one for the picture that it was made from.",
}


async def completed(connection: AsyncConnection, report: PartitionReport) -> PartitionReport:
    """Add to a report how many pictures there are, and which formats of each."""
    key, month = report.partition
    company = await media_gaps.company_of(connection, key)
    if company is None or month is None:
        return report
    values = {
        "organization_id": company.organization_id,
        "company_id": company.id,
        "month": month,
    }
    rows = list(await connection.execute(_MADE, values))
    done = sum(set(SHOW_FORMATS) <= set(row.formats) for row in rows)
    at_work = sum(report.jobs.get(status, 0) for status in ("pending", "running"))
    is_on = await media_gaps.has_auto_format(connection, company.organization_id)
    return replace(
        report,
        by_status={
            "pictures": len(rows),
            "in all formats": done,
            "formats made": sum(len(row.formats) for row in rows),
            "waiting to be formatted": at_work,
        },
        titles=[(row.filename or f"{row.sha256[:12]}…", _made(row)) for row in rows],
        waiting_for=_waiting_for(len(rows), is_on=is_on),
    )


def _made(row: Any) -> str:
    if not row.formats:
        return "no format yet"
    known = [code for code in FORMATS if code in row.formats]
    return f"{', '.join(known)} ({row.bytes / 1e6:.1f} MB)"


def _waiting_for(pictures: int, *, is_on: bool) -> str:
    if not is_on:
        return "Auto-format is switched off for this organisation."
    return "" if pictures else "Waiting for pictures: none was uploaded, chosen or approved yet."


async def with_findings(
    connection: AsyncConnection,
    found: OpenFindings,
    partitions: Sequence[Partition],
    *,
    detailed: bool,
) -> OpenFindings:
    """Add what is amiss with the formatted pictures of these partitions; named if `detailed`."""
    values = {
        "keys": sorted({key for key, _ in partitions}),
        "months": sorted({month for _, month in partitions if month is not None}),
        "codes": list(FORMATS),
        "widths": [one.width_px for one in FORMATS.values()],
        "heights": [one.height_px for one in FORMATS.values()],
        "most_bits": MOST_BITS_PER_PIXEL,
    }
    counts = (await connection.execute(_COUNTS, values)).one()
    amiss = {rule: getattr(counts, rule) for rule in MESSAGES}
    examples = []
    if detailed:
        for row in await connection.execute(_EXAMPLES, values):
            wrong = [rule for rule in MESSAGES if getattr(row, rule)]
            examples += [(row.partition_key, row.item, rule, MESSAGES[rule]) for rule in wrong]
    return replace(
        found,
        warnings={rule: number for rule, number in amiss.items() if number},
        passed={rule: counts.pictures - number for rule, number in amiss.items()},
        examples=examples,
    )

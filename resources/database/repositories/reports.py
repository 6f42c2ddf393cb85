"""What content ops see in the Dagster UI: how partitions stand, and what is red now.

What does not belong here: the API's lists (`contents.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.flow import ASSET_OF
from posthub_assets.domain.usage import UsageRow
from posthub_assets.domain.work import OpenFindings, Partition, PartitionReport
from resources.database.repositories import (
    image_reports,
    media_gaps,
    media_reports,
    palette_gaps,
)
from resources.database.repositories.usage import usage_of

KIND_OF = {asset: kind for kind, asset in ASSET_OF.items()}

_SCOPE = """
    SELECT c.id AS company_id, c.organization_id, s.key, s.month
    FROM unnest(CAST(:keys AS text[]), CAST(:months AS date[])) AS s(key, month)
    JOIN posthub.company c ON c.partition_key = s.key
"""
_ITEMS = text(
    f"""
    SELECT s.key, s.month, i.title, i.status, i.id
    FROM ({_SCOPE}) s JOIN posthub.content i ON i.company_id = s.company_id
        AND i.organization_id = s.organization_id
        AND i.month IS NOT DISTINCT FROM s.month AND i.kind = :kind
    ORDER BY i.place, i.created_at
    """  # noqa: S608
)
_JOBS = text(
    f"""
    SELECT s.key, s.month, j.status, count(*) AS jobs, sum(j.cost_usd) AS cost_usd,
        sum(j.tokens) AS tokens
    FROM ({_SCOPE}) s JOIN posthub.job j ON j.company_id = s.company_id
        AND j.organization_id = s.organization_id
        AND j.month IS NOT DISTINCT FROM s.month AND j.asset = :asset
    GROUP BY s.key, s.month, j.status
    """  # noqa: S608
)
_PICTURE = """(SELECT nullif(a.filename, '') FROM posthub.media_request r
        JOIN posthub.media_asset a ON a.id = r.source_asset_id WHERE r.id = j.media_request_id)"""
"""What a job of the media assistant is about."""
_STUCK = text(
    f"""
    SELECT s.key, s.month, i.title, r.rule, r.message
    FROM ({_SCOPE}) s JOIN posthub.content i ON i.company_id = s.company_id
        AND i.organization_id = s.organization_id
        AND i.month IS NOT DISTINCT FROM s.month AND i.kind = :kind AND i.status = 'draft'
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    JOIN posthub.check_result r ON r.version_id = v.id AND r.verdict = 'fail' AND r.blocking
    UNION ALL
    SELECT s.key, s.month, coalesce(nullif(i.title, ''), {_PICTURE}, j.kind),
        coalesce(j.error_code, 'failed'),
        coalesce(j.error, 'It failed without a reason.')
    FROM ({_SCOPE}) s JOIN posthub.job j ON j.company_id = s.company_id
        AND j.organization_id = s.organization_id
        AND j.month IS NOT DISTINCT FROM s.month AND j.asset = :asset AND j.status = 'failed'
    LEFT JOIN posthub.content i ON i.id = j.content_id
    LIMIT 200
    """  # noqa: S608
)


async def partition_reports(
    connection: AsyncConnection, asset: str, partitions: Sequence[Partition]
) -> list[PartitionReport]:
    """Read how each partition stands for one asset. One query each for items, jobs, trouble."""
    values = {
        "keys": [key for key, _ in partitions],
        "months": [month for _, month in partitions],
        "kind": str(KIND_OF.get(asset, "")),
        "asset": asset,
    }
    titles: dict[Partition, list[tuple[str, str]]] = defaultdict(list)
    for row in await connection.execute(_ITEMS, values):
        titles[(row.key, row.month)].append((row.title, row.status))
    jobs: dict[Partition, dict[str, Any]] = defaultdict(dict)
    for row in await connection.execute(_JOBS, values):
        jobs[(row.key, row.month)][row.status] = row
    stuck: dict[Partition, list[tuple[str, str, str]]] = defaultdict(list)
    for row in await connection.execute(_STUCK, values):
        stuck[(row.key, row.month)].append((row.title, row.rule, row.message))
    told = [
        _report(one, titles.get(one, []), jobs.get(one, {}), stuck.get(one, []))
        for one in partitions
    ]
    if asset == media_reports.FORMATTED:
        return [await media_reports.completed(connection, one) for one in told]
    if asset == "brand_palettes":
        return [await _waiting_for_pictures(connection, one) for one in told]
    if asset == image_reports.GENERATED:
        return [await image_reports.completed(connection, one) for one in told]
    if asset != "monthly_usage":
        return told
    return [replace(one, usage=await _usage(connection, one.partition)) for one in told]


async def _waiting_for_pictures(
    connection: AsyncConnection, report: PartitionReport
) -> PartitionReport:
    key, month = report.partition
    company = await media_gaps.company_of(connection, key)
    if company is None or month is None or report.titles:
        return report
    waiting = await palette_gaps.waiting_for(connection, company, month)
    return replace(report, waiting_for=waiting)


_COMPANY = text("SELECT id, organization_id FROM posthub.company WHERE partition_key = :key")


async def _usage(connection: AsyncConnection, partition: Partition) -> list[UsageRow]:
    key, month = partition
    company = (await connection.execute(_COMPANY, {"key": key})).first()
    if company is None or month is None:
        return []
    return await usage_of(connection, company.organization_id, company.id, month)


def _report(
    partition: Partition,
    titles: list[tuple[str, str]],
    jobs: dict[str, Any],
    stuck: list[tuple[str, str, str]],
) -> PartitionReport:
    by_status: dict[str, int] = defaultdict(int)
    for _, status in titles:
        by_status[status] += 1
    return PartitionReport(
        partition=partition,
        by_status=dict(by_status),
        jobs={status: row.jobs for status, row in jobs.items()},
        cost_usd=sum((row.cost_usd for row in jobs.values()), Decimal(0)),
        tokens=sum(int(row.tokens) for row in jobs.values()),
        waiting_for="",
        stuck=stuck,
        titles=titles,
    )


_OPEN = text(
    """
    SELECT r.rule, r.verdict, r.blocking, count(*) AS items
    FROM posthub.content i
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    JOIN posthub.check_result r ON r.version_id = v.id
    JOIN posthub.company c ON c.id = i.company_id AND c.organization_id = i.organization_id
    WHERE i.kind = :kind AND c.partition_key = ANY(:keys)
        AND i.status NOT IN ('rejected', 'archived')
        AND (i.month IS NULL OR i.month = ANY(CAST(:months AS date[])))
    GROUP BY 1, 2, 3
    """
)
_EXAMPLES = text(
    """
    SELECT c.partition_key, i.title, r.rule, r.message
    FROM posthub.content i
    JOIN posthub.company c ON c.id = i.company_id AND c.partition_key = ANY(:keys)
        AND c.organization_id = i.organization_id
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    JOIN posthub.check_result r ON r.version_id = v.id AND r.verdict <> 'pass'
    WHERE i.kind = :kind AND i.status NOT IN ('rejected', 'archived')
        AND (i.month IS NULL OR i.month = ANY(CAST(:months AS date[])))
    ORDER BY r.verdict, c.partition_key, i.title LIMIT 60
    """
)
# Of all companies: the verdict stands until the work is done, whatever the last run was about.
_FAILED = text(
    f"""
    SELECT c.partition_key, j.month, coalesce(nullif(i.title, ''), {_PICTURE}, j.kind) AS item,
        coalesce(j.error_code, 'failed') AS code,
        coalesce(j.error, 'It failed without a reason.') AS reason, count(*) OVER () AS jobs
    FROM posthub.job j JOIN posthub.company c ON c.id = j.company_id
    LEFT JOIN posthub.content i ON i.id = j.content_id
    WHERE j.asset = :asset AND j.status = 'failed'
    ORDER BY j.finished_at DESC NULLS LAST, j.id LIMIT 50
    """  # noqa: S608
)


async def findings_of(
    connection: AsyncConnection, asset: str, partitions: Sequence[Partition], *, detailed: bool
) -> OpenFindings:
    """Count the verdicts on the current versions in these partitions; name items if `detailed`."""
    values = {
        "kind": str(KIND_OF.get(asset, "")),
        "keys": sorted({key for key, _ in partitions}),
        "months": sorted({month for _, month in partitions if month is not None}),
        "asset": asset,
    }
    counts: dict[str, dict[str, int]] = {"fail": {}, "warn": {}, "pass": {}}
    for row in await connection.execute(_OPEN, values):
        verdict = "warn" if row.verdict == "fail" and not row.blocking else row.verdict
        counts[verdict][row.rule] = counts[verdict].get(row.rule, 0) + row.items
    examples = []
    if detailed:
        examples = [tuple(row) for row in await connection.execute(_EXAMPLES, values)]
    failed = list(await connection.execute(_FAILED, values))
    open_findings = OpenFindings(
        by_rule=counts["fail"],
        warnings=counts["warn"],
        passed=counts["pass"],
        examples=examples,
        failed_jobs=failed[0].jobs if failed else 0,
        failures=[
            ((row.partition_key, row.month), row.item, row.code, row.reason) for row in failed
        ],
    )
    if asset == image_reports.GENERATED:
        return await image_reports.with_findings(
            connection, open_findings, partitions, detailed=detailed
        )
    if asset != media_reports.FORMATTED:
        return open_findings
    return await media_reports.with_findings(
        connection, open_findings, partitions, detailed=detailed
    )

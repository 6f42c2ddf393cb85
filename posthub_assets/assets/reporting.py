"""What a run tells the UI: a materialization for each partition it touched, counts, a preview.

Runs that serve several companies carry counts only. What does not belong here: reading
(`ContentStore.reports`), verdicts (`checks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

from posthub_assets.assets.checks import check_results, table
from posthub_assets.domain.usage import HEADINGS, in_words
from posthub_assets.domain.usage import totals as usage_totals
from posthub_assets.domain.work import Partition, PartitionReport, Tools
from posthub_assets.draining import Drained
from posthub_assets.partitions import partition_key

MOST_DETAILED = 5
"""Metadata costs some 50 ms a partition, so a run over many partitions carries it per run."""

STATUS_WORDS = {
    "draft": "kept by the gate",
    "in_review": "waiting for a person",
    "changes_requested": "being revised",
    "approved": "approved",
    "scheduled": "scheduled",
    "delivered": "delivered",
    "rejected": "rejected",
    "archived": "archived",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a run tells: its totals, how partitions stand, and the verdicts."""

    totals: dict[str, dg.MetadataValue]
    partitions: dict[Partition, dict[str, dg.MetadataValue]]
    checks: list[dg.AssetCheckResult]


async def draw_up(
    tools: Tools, asset: str, chosen: Sequence[Partition] | None, drained: Drained
) -> Report:
    """Read how the partitions stand that a run touched or was asked for."""
    touched = sorted(drained.partitions | set(chosen or ()), key=partition_key)
    one_company = len({company for company, _ in touched}) == 1
    few = len(touched) <= MOST_DETAILED
    found = await tools.store.findings(asset, touched, detailed=few and one_company)
    reports = await tools.store.reports(asset, touched) if few else []
    told = {one.partition: partition_metadata(one, preview=one_company) for one in reports}
    return Report(
        totals=totals(drained, touched),
        partitions={one: told.get(one, {}) for one in touched},
        checks=check_results(asset, found),
    )


def as_result(asset: str, report: Report) -> dg.MaterializeResult:
    """Give the result of a run that was asked for partitions: Dagster marks them itself."""
    metadata = report.totals
    if len(report.partitions) == 1:
        metadata = metadata | next(iter(report.partitions.values()))
    return dg.MaterializeResult(asset_key=asset, metadata=metadata, check_results=report.checks)


def tell(context: dg.OpExecutionContext, asset: str, report: Report) -> None:
    """Tell of a draining run: a materialization for each partition it touched, and the verdicts."""
    for partition, metadata in report.partitions.items():
        context.log_event(
            dg.AssetMaterialization(
                asset_key=asset, partition=partition_key(partition), metadata=metadata
            )
        )
    for check in report.checks if report.partitions else ():
        # Dagster 1.13 logs an evaluation like any event; its annotation has not caught up.
        context.log_event(
            dg.AssetCheckEvaluation(  # type: ignore[arg-type]
                asset_key=dg.AssetKey(asset),
                check_name=str(check.check_name),
                passed=check.passed,
                severity=check.severity,
                metadata=dict(check.metadata),
            )
        )
    context.add_output_metadata(report.totals)


def _usage(one: PartitionReport, *, preview: bool) -> dict[str, dg.MetadataValue]:
    found = usage_totals(one.usage)
    told: dict[str, dg.MetadataValue] = {
        "cost in USD": dg.MetadataValue.float(float(found.cost_usd)),
        "of it on our keys": dg.MetadataValue.float(float(found.invoiced_usd)),
        "requests": dg.MetadataValue.int(found.requests),
        "failed requests": dg.MetadataValue.int(found.failed),
        "tokens": dg.MetadataValue.int(found.tokens),
    }
    if preview:
        told["usage"] = table(HEADINGS, in_words(one.usage))
        told |= {file.rpartition("/")[2]: dg.MetadataValue.path(file) for file in one.files}
    return told


def totals(drained: Drained, touched: Sequence[Partition]) -> dict[str, dg.MetadataValue]:
    """Give the run's counts."""
    values = {
        "jobs done": drained.done,
        "jobs failed": drained.failed,
        "jobs to be tried again": drained.retried,
        "jobs that wait for a batch": drained.postponed,
        "partitions touched": len(touched),
    }
    return {name: dg.MetadataValue.int(count) for name, count in values.items()}


def partition_metadata(
    one: PartitionReport, *, preview: bool = True
) -> dict[str, dg.MetadataValue]:
    """Give what a content person wants to see of one partition."""
    metadata: dict[str, dg.MetadataValue] = {
        STATUS_WORDS.get(status, status): dg.MetadataValue.int(count)
        for status, count in one.by_status.items()
    }
    if one.usage:
        return metadata | _usage(one, preview=preview)
    metadata["cost in USD"] = dg.MetadataValue.float(float(one.cost_usd))
    metadata["tokens"] = dg.MetadataValue.int(one.tokens)
    if one.waiting_for:
        metadata["waiting for"] = dg.MetadataValue.text(one.waiting_for)
    if one.jobs.get("failed"):
        metadata["failed"] = dg.MetadataValue.int(one.jobs["failed"])
    if preview and one.titles:
        rows = [(title, STATUS_WORDS.get(status, status)) for title, status in one.titles]
        metadata["items"] = table(("Item", "Stands"), rows)
    if preview and one.stuck:
        metadata["what went wrong"] = table(("Item", "Rule", "Reason"), one.stuck)
    return metadata

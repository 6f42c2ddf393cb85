"""What a run tells the UI: a materialization for each partition it touched, counts, a preview.

Runs that serve several companies carry counts only. What does not belong here: reading
(`ContentStore.reports`), verdicts (`checks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from posthub_assets.assets.checks import check_results, table
from posthub_assets.domain.work import Partition, PartitionReport, Tools
from posthub_assets.draining import Drained
from posthub_assets.partitions import describe, partition_key

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


async def report(
    context: dg.AssetExecutionContext,
    tools: Tools,
    asset: str,
    chosen: Sequence[Partition] | None,
    drained: Drained,
) -> dg.MaterializeResult:
    """Report what a run did, and how the partitions stand that it touched or was asked for."""
    touched = sorted(drained.partitions | set(chosen or ()), key=partition_key)
    one_company = len({company for company, _ in touched}) == 1
    detailed = len(touched) <= MOST_DETAILED and one_company
    found = await tools.store.findings(asset, touched, detailed=detailed)
    reports = await tools.store.reports(asset, touched) if len(touched) <= MOST_DETAILED else []
    if chosen is None:
        _mark_materialized(context, asset, touched, reports, detailed)
    stuck = [
        (describe(one.partition), item, code, reason)
        for one in reports
        for item, code, reason in one.stuck
        if detailed
    ]
    metadata = totals(drained, touched)
    if chosen is not None and len(reports) == 1:
        metadata |= partition_metadata(reports[0])
    return dg.MaterializeResult(
        asset_key=asset, metadata=metadata, check_results=check_results(asset, found, stuck)
    )


def _mark_materialized(
    context: dg.AssetExecutionContext,
    asset: str,
    touched: Sequence[Partition],
    reports: Sequence[PartitionReport],
    detailed: bool,
) -> None:
    told = {one.partition: partition_metadata(one, preview=detailed) for one in reports}
    for partition in touched:
        context.log_event(
            dg.AssetMaterialization(
                asset_key=asset,
                partition=partition_key(partition),
                metadata=told.get(partition, {}),
            )
        )


def totals(drained: Drained, touched: Sequence[Partition]) -> dict[str, dg.MetadataValue]:
    """Give the run's counts."""
    values = {
        "jobs done": drained.done,
        "jobs failed": drained.failed,
        "jobs to be tried again": drained.retried,
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

"""The graph's partitions: companies, months, and company-months.

What does not belong here: which companies there are (a sensor adds them), which months are open
(rows in `company_month`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import dagster as dg

from posthub_assets.domain.calendar import add_months, month_name
from posthub_assets.domain.work import Partition

MONTHS_BACK = 12
MONTHS_AHEAD = 3
"""A rolling window: pages that list every key grow with it."""

companies = dg.DynamicPartitionsDefinition(name="companies")


def month_window(today: date) -> dg.MonthlyPartitionsDefinition:
    """Give the months from a year back to three ahead, as seen on `today`."""
    first = add_months(today.replace(day=1), -MONTHS_BACK)
    return dg.MonthlyPartitionsDefinition(start_date=str(first), end_offset=MONTHS_AHEAD + 1)


months = month_window(datetime.now(UTC).date())
company_months = dg.MultiPartitionsDefinition({"company": companies, "month": months})


def partition_key(partition: Partition) -> str:
    """Give Dagster's key of a company, or of a company-month."""
    company, month = partition
    if month is None:
        return company
    return dg.MultiPartitionKey({"company": company, "month": str(month)})


def read_partition(key: str) -> Partition:
    """Read Dagster's key of a company or of a company-month."""
    if isinstance(key, dg.MultiPartitionKey):
        parts = key.keys_by_dimension
        return parts["company"], date.fromisoformat(parts["month"])
    return key, None


def chosen_partitions(context: dg.AssetExecutionContext) -> Sequence[Partition]:
    """Give the partitions that a run of an asset was asked for."""
    return [read_partition(key) for key in context.partition_keys]


def describe(partition: Partition) -> str:
    """Give a partition as people read it: `18f 2026-12`."""
    company, month = partition
    return f"{company} {month_name(month)}" if month else company


def draining_job_name(asset: str) -> str:
    """Give the name of the job that works off an asset; sensors ask for it by name."""
    return f"drain_{asset}"

"""Named jobs and schedules: opening next month, repairing what fell through, tidying up,
erasing.

What does not belong here: draining runs (`sensors/`), asset code.
"""

import asyncio
from typing import Any, cast

import dagster as dg

from posthub_assets.domain.erasing import LeftInDagster
from posthub_assets.domain.work import Workshop


@dg.op(description="Open next month for every active company whose zone has reached the 20th.")
async def open_due_months(
    context: dg.OpExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> None:
    """Open months in one sweep; the draining runs of `topics` then work on all of them."""
    async with workshop.open() as tools:
        opened = await tools.upkeep.open_due_months()
    context.add_output_metadata({"months opened": opened})


@dg.op(description="Ask for work that should be there and is not. Finds nothing on a good day.")
async def ask_for_missing_work(
    context: dg.OpExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> None:
    """Insert the jobs that the reconciler found missing."""
    async with workshop.open() as tools:
        repaired = await tools.upkeep.repair()
    context.add_output_metadata({"jobs asked for": repaired})


@dg.op(description="Delete what is over; ask for the usage of months where something was bought.")
async def delete_what_is_over(
    context: dg.OpExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> None:
    """Delete in batches until nothing is left; then ask for usage."""
    async with workshop.open() as tools:
        deleted = await tools.upkeep.prune()
        renewed = await tools.upkeep.renew_usage()
    context.add_output_metadata({**deleted, "months whose usage is renewed": renewed})


@dg.op(description="Hand questions to vendors' batches, and collect the answers of those over.")
async def look_at_batches(
    context: dg.OpExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> None:
    """One look: nothing is waited for."""
    async with workshop.open() as tools:
        told = await tools.batches.turn()
    context.add_output_metadata(dict(told))


@dg.op(description="Erase the companies that are due; then what Dagster's storage holds of them.")
async def erase_what_is_due(
    context: dg.OpExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> None:
    """Go on with every erasure; a receipt is closed when Dagster holds nothing more."""
    counts = {"receipts closed": 0, "waiting for runs to end": 0}
    async with workshop.open() as tools:
        for left in await tools.upkeep.go_on_erasing():
            rows = await asyncio.to_thread(_erase_here, context.instance, left)
            if rows is None:
                counts["waiting for runs to end"] += 1
                continue
            await tools.upkeep.complete_erasure(left.erasure_id, rows)
            counts["receipts closed"] += 1
    context.add_output_metadata(counts)


def _erase_here(instance: dg.DagsterInstance, left: LeftInDagster) -> dict[str, int] | None:
    """Erase a company from this instance's storage; None while runs that know it go on."""
    from resources.dagster_erasure import erase_partition
    from resources.dagster_storage import shared_engine

    url = cast("Any", instance.event_log_storage).postgres_url
    engine = shared_engine(url).execution_options(isolation_level="READ COMMITTED")
    with engine.begin() as connection:
        return erase_partition(connection, left.partition_key, left.run_ids)


@dg.job(executor_def=dg.in_process_executor, description="Erase the companies that are due.")
def erase() -> None:
    """Run by its sensor, or by hand."""
    erase_what_is_due()


@dg.job(executor_def=dg.in_process_executor, description="Look at the vendors' batches.")
def turn_batches() -> None:
    """Run by its sensor, or by hand."""
    look_at_batches()


@dg.job(executor_def=dg.in_process_executor, description="Open next month for all companies.")
def open_months() -> None:
    """Run by the schedule, or by hand."""
    open_due_months()


@dg.job(executor_def=dg.in_process_executor, description="Repair work that fell through.")
def reconcile() -> None:
    """Run by the reconciler's sensor, or by hand."""
    ask_for_missing_work()


@dg.job(executor_def=dg.in_process_executor, description="Delete what is over.")
def tidy_up() -> None:
    """Run by the schedule every night, or by hand."""
    delete_what_is_over()


tidying_schedule = dg.ScheduleDefinition(
    name="tidy_up_at_night",
    job=tidy_up,
    cron_schedule="20 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night, expired keys and sessions and delivered messages are deleted.",
)

opening_schedule = dg.ScheduleDefinition(
    name="open_next_month",
    job=open_months,
    # Every hour around the 20th: each company's own zone decides when its day has come.
    cron_schedule="10 * 19-22 * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="On the 20th, in each company's zone, next month is opened.",
)

"""What every stage shares: its declaration, and the walk from partitions to a report.

What does not belong here: what one stage does with an order (the stage's own file).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import dagster as dg

from posthub_assets.assets.checks import check_specs
from posthub_assets.assets.reporting import as_result, draw_up, tell
from posthub_assets.domain.errors import PostHubError
from posthub_assets.domain.work import Partition, Tools, Workshop
from posthub_assets.draining import Drain, Drained, Handler
from posthub_assets.failures import as_failure
from posthub_assets.partitions import (
    chosen_partitions,
    companies,
    company_months,
    draining_job_name,
)

CONCURRENCY = 16
"""Jobs in flight per run. Calls to providers wait, so this is far more than the cores."""

BACKFILL_CHUNK = 50
"""Company-months per backfill run: 288 a minute in a first study, 10 with one each."""

StageFunction = Callable[..., Awaitable[dg.MaterializeResult]]


def declare(
    asset: str,
    *,
    monthly: bool,
    group: str,
    kinds: set[str],
    description: str,
    pool: str | None = None,
    deps: Sequence[str] = (),
) -> Callable[[StageFunction], dg.AssetsDefinition]:
    """Declare an asset with all that stages share: partitions, owners, checks, backfill policy."""
    return dg.asset(
        key=asset,
        deps=list(deps),
        description=description,
        partitions_def=company_months if monthly else companies,
        group_name=group,
        kinds=kinds,
        owners=["team:content-ops"],
        check_specs=check_specs(asset),
        backfill_policy=dg.BackfillPolicy.multi_run(BACKFILL_CHUNK),
        pool=pool,
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """An asset's work: who does it, how many items at once, and on which pool."""

    asset: str
    handle: Handler
    concurrency: int = CONCURRENCY
    pool: str | None = None


async def work_off(
    context: dg.AssetExecutionContext, workshop: Workshop, stage: Stage
) -> dg.MaterializeResult:
    """Make what is missing in the partitions asked for, work on it, and report."""
    chosen = chosen_partitions(context)
    try:
        async with workshop.open() as tools:
            await tools.queue.create_missing(stage.asset, chosen)
            drained = await _drain(context, tools, stage, chosen)
            return as_result(stage.asset, await draw_up(tools, stage.asset, chosen, drained))
    except PostHubError as error:
        raise as_failure(error) from error


def draining_job(stage: Stage) -> dg.JobDefinition:
    """Make the job that works off the due jobs of an asset in all its partitions.

    A plain job and not a run of the asset: Dagster looks up the partitions of an asset's inputs
    before its first line, and a run that serves many partitions names none.
    """

    @dg.op(
        name=f"work_off_{stage.asset}",
        pool=stage.pool,
        description=f"Claims due jobs of {stage.asset} across companies until none is left.",
    )
    async def work(context: dg.OpExecutionContext, workshop: dg.ResourceParam[Workshop]) -> None:
        try:
            async with workshop.open() as tools:
                drained = await _drain(context, tools, stage, None)
                tell(context, stage.asset, await draw_up(tools, stage.asset, None, drained))
        except PostHubError as error:
            raise as_failure(error) from error

    @dg.job(
        name=draining_job_name(stage.asset),
        executor_def=dg.in_process_executor,
        description=f"Works off {stage.asset}; asked for by its sensor, serves many partitions.",
    )
    def drain() -> None:
        work()

    return drain


async def _drain(
    context: dg.AssetExecutionContext | dg.OpExecutionContext,
    tools: Tools,
    stage: Stage,
    chosen: Sequence[Partition] | None,
) -> Drained:
    drain = Drain(
        tools=tools,
        asset=stage.asset,
        handle=stage.handle,
        run_id=context.run.run_id,
        only=chosen,
        concurrency=stage.concurrency,
        log=context.log,
    )
    return await drain.run()

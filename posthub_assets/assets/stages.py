"""What every stage shares: its declaration, and the walk from partitions to a report.

What does not belong here: what one stage does with an order (the stage's own file).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import dagster as dg

from posthub_assets.assets.checks import check_specs
from posthub_assets.assets.reporting import report
from posthub_assets.domain.errors import PostHubError
from posthub_assets.domain.work import Workshop
from posthub_assets.draining import Drain, Handler
from posthub_assets.failures import as_failure
from posthub_assets.partitions import chosen_partitions, companies, company_months

CONCURRENCY = 16
"""Jobs in flight per run. Calls to providers wait, so this is far more than the cores."""

BACKFILL_CHUNK = 50
"""Company-months per backfill run: 288 a minute in a first study, 10 with one each."""

StageFunction = Callable[..., Awaitable[dg.MaterializeResult]]


def stage(
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


async def work_off(
    context: dg.AssetExecutionContext,
    workshop: Workshop,
    asset: str,
    handle: Handler,
    *,
    concurrency: int = CONCURRENCY,
) -> dg.MaterializeResult:
    """Work off the due jobs of an asset, in the partitions asked for or in all, and report."""
    chosen = chosen_partitions(context)
    try:
        async with workshop.open() as tools:
            if chosen is not None:
                await tools.queue.create_missing(asset, chosen)
            drain = Drain(
                tools=tools,
                asset=asset,
                handle=handle,
                run_id=context.run_id,
                only=chosen,
                concurrency=concurrency,
                log=context.log,
            )
            drained = await drain.run()
            return await report(context, tools, asset, chosen, drained)
    except PostHubError as error:
        raise as_failure(error) from error

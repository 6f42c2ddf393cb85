"""Spending: what a company's month cost, as a table and as data for invoices.

What does not belong here: budgets and prices, which are the gateway's.
"""

import dagster as dg

from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.usage import money, totals
from posthub_assets.domain.work import Order, Result, Tools, Workshop


@declare(
    "monthly_usage",
    monthly=True,
    group="spending",
    kinds={"postgres"},
    description=(
        "What the month's calls used and cost, by provider, model, stage, prompt version and "
        "person; with CSV and JSON files. Renewed every night where something was bought."
    ),
)
async def monthly_usage(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Renew the usage of months in which something was bought."""
    return await work_off(context, workshop, MONTHLY_USAGE)


async def renew_usage(order: Order, tools: Tools) -> Result:
    """Add the journal up, and keep the sums as files."""
    rows = await tools.store.usage(order)
    names = await tools.store.save_usage(order, rows)
    found = totals(rows)
    note = f"{found.requests:,} calls, {money(found.cost_usd)} USD: {', '.join(names)}"
    return Result(note=note)


MONTHLY_USAGE = Stage("monthly_usage", renew_usage)
STAGES = (MONTHLY_USAGE,)

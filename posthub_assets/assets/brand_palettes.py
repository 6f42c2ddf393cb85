"""Brand palettes: the colours of a month's pictures and of each show, which wait for a yes.

What does not belong here: what is done with a job (`palette_work.py`), how colours are found
(`domain/media/palettes/`), where an approved palette is applied (the API).
"""

import dagster as dg

from posthub_assets.assets.gating import recheck
from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.work import Order, Result, Tools, Workshop
from posthub_assets.palette_work import make_palette

CONCURRENCY = 2
"""Pictures are decoded on this machine's cores."""


@declare(
    "brand_palettes",
    monthly=True,
    group="media",
    kinds={"postgres", "image"},
    description=(
        "A palette of the month's uploaded pictures, one of each show that has pictures and no "
        "palette, and what was asked for over the API. Each waits for a yes."
    ),
)
async def brand_palettes(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Make the palettes that each company's month lacks."""
    return await work_off(context, workshop, BRAND_PALETTES)


async def make_or_check(order: Order, tools: Tools) -> Result:
    """Make a palette, make it anew, or judge what a person wrote."""
    if order.job.verb == "check":
        return await recheck(order, tools)
    return await make_palette(order, tools)


BRAND_PALETTES = Stage("brand_palettes", make_or_check, concurrency=CONCURRENCY)
STAGES = (BRAND_PALETTES,)

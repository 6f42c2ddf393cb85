"""Calendars: what is approved for a month, derived, with no approval of its own.

What does not belong here: photo calendars (they are content), the table's shape (`domain/`).
"""

import asyncio

import dagster as dg

from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.work import Order, Result, Tools, Workshop


@declare(
    "content_calendar",
    monthly=True,
    group="calendars",
    kinds={"postgres", "pandas"},
    deps=["blog_posts", "social_posts", "image_variants"],
    description="All that is approved for the month, as a table with CSV and iCalendar files.",
)
async def content_calendar(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Renew the calendars of months in which something was decided."""
    return await work_off(context, workshop, CONTENT_CALENDAR)


async def renew_calendar(order: Order, tools: Tools) -> Result:
    """Build the month's table from what is approved now, and keep its files."""
    from posthub_assets.domain.calendars.content_calendar import build_calendar

    rows = await tools.store.calendar_rows(order)
    table = await asyncio.to_thread(build_calendar, rows)
    places = await tools.store.save_calendar(order, table)
    return Result(note=f"{len(table)} entries: {', '.join(places)}")


CONTENT_CALENDAR = Stage("content_calendar", renew_calendar)
STAGES = (CONTENT_CALENDAR,)

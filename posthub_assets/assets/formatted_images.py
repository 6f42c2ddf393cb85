"""Formatted images: every uploaded, chosen and approved picture in the formats of a show.

What does not belong here: how a picture is formatted (`domain/media/`), uploads, what a person
asks for over the API and is answered at once.
"""

import dagster as dg

from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.work import Order, Result, Tools, Workshop

CONCURRENCY = 2
"""Pictures are formatted on this machine's cores, so more in flight would only hold memory."""


@declare(
    "formatted_images",
    monthly=True,
    group="media",
    kinds={"postgres", "image"},
    deps=["image_variants", "generated_images"],
    description=(
        "Poster, square and banner of the month's uploaded pictures, approved images and chosen AI "
        "images; and what was asked for over the API."
    ),
)
async def formatted_images(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Format the pictures of each company's month that lack a format."""
    return await work_off(context, workshop, FORMATTED_IMAGES)


async def format_picture(order: Order, tools: Tools) -> Result:
    """Make the formats that a request names of its picture."""
    async with tools.store.reading(order) as store:
        asked = await store.media_order(order)
        source = await store.source_picture(order, asked)

    async def tell(progress: int, step: str) -> None:
        await tools.queue.tell(order.job, progress, step)

    pictures = await tools.studio.formats.format(asked, source, tell)
    return Result(pictures=pictures, note=f"{len(pictures)} formats")


FORMATTED_IMAGES = Stage("formatted_images", format_picture, concurrency=CONCURRENCY)
STAGES = (FORMATTED_IMAGES,)

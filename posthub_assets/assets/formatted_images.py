"""Formatted images: every uploaded, chosen and approved picture in the formats of a show.

What does not belong here: what is done with a job (`picture_work.py`), how a picture is formatted
(`domain/media/`), uploads.
"""

import dagster as dg

from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.work import Workshop
from posthub_assets.picture_work import format_picture

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


FORMATTED_IMAGES = Stage("formatted_images", format_picture, concurrency=CONCURRENCY)
STAGES = (FORMATTED_IMAGES,)

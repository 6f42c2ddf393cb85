"""Generated images: what people asked the media assistant to paint or draw, with a show's facts.

What does not belong here: what is done with a job (`picture_making.py`), how facts are laid over
(`domain/media/overlay/`), pictures for social posts (`visuals.py`).
"""

import dagster as dg

from posthub_assets.assets.stages import Stage, declare, work_off
from posthub_assets.domain.work import Workshop
from posthub_assets.picture_making import make_pictures

CONCURRENCY = 4
"""Each job makes up to four pictures at once."""


@declare(
    "generated_images",
    monthly=True,
    group="media",
    kinds={"postgres", "image"},
    pool="image_provider",
    deps=["company_sources"],
    description="AI images that people asked for over the API, with the facts of an event on them.",
)
async def generated_images(
    context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Workshop]
) -> dg.MaterializeResult:
    """Make the pictures that were asked for in each company's month."""
    return await work_off(context, workshop, GENERATED_IMAGES)


GENERATED_IMAGES = Stage(
    "generated_images", make_pictures, pool="image_provider", concurrency=CONCURRENCY
)
STAGES = (GENERATED_IMAGES,)

"""What the media assistant's stages do with a job: read, have it made, hand back.

Free of Dagster, since the API does the same work in a request where that is asked for
(`resources/work_at_once.py`). What does not belong here: assets (`assets/`), pixels.
"""

from __future__ import annotations

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.library import Mode
from posthub_assets.domain.work import Order, Result, Tools


async def format_picture(order: Order, tools: Tools) -> Result:
    """Make the formats that a request names of its picture.

    A picture that is gone by now fails the job of whoever waits for it; the graph has nothing to do
    then. Raises NotFound, and what the studio raises.
    """
    async with tools.store.reading(order) as store:
        asked = await store.media_order(order)
        try:
            source = await store.source_picture(order, asked)
        except NotFound as gone:
            if asked.mode is Mode.GRAPH:
                return Result(note=str(gone))
            raise

    async def tell(progress: int, step: str) -> None:
        await tools.queue.tell(order.job, progress, step)

    pictures = await tools.studio.formats.format(asked, source, tell)
    plural, size_bytes = "" if len(pictures) == 1 else "s", sum(one.size_bytes for one in pictures)
    note = f"{len(pictures)} format{plural}, {size_bytes / 1e6:.1f} MB"
    return Result(pictures=pictures, note=note)

"""The `local` image provider: pictures drawn with Pillow, without a key and without the network.

What does not belong here: the drawing itself (`posthub_assets/domain/visuals/`).
"""

from __future__ import annotations

import asyncio

from posthub_assets.domain.briefs import ImageBrief, PictureBrief
from posthub_assets.domain.ports import Picture
from posthub_assets.domain.vendors import Painting


class LocalImages:
    """Implements `ImageProvider`. Holds nothing but its name; fonts are read once per process."""

    name = "local"

    async def draw(self, brief: ImageBrief) -> Picture:
        """Draw in a thread, so that leases can beat meanwhile. Raises PermanentProviderError."""
        return await asyncio.to_thread(_draw, brief)

    async def ground(self, brief: PictureBrief) -> Painting:
        """Draw a picture without words from the palette, in a thread."""
        return await asyncio.to_thread(_ground, brief)


def _draw(brief: ImageBrief) -> Picture:
    from posthub_assets.domain.visuals.drawing import draw_image
    from resources.fonts import load_fonts

    return draw_image(brief, load_fonts())


def _ground(brief: PictureBrief) -> Painting:
    from io import BytesIO

    from posthub_assets.domain.media.ground_orders import ground_order
    from posthub_assets.domain.media.grounds.drawing import MODEL

    buffer = BytesIO()
    # Read again in a moment, and thrown away: no time is spent on making it small.
    ground_order(brief).draw().save(buffer, "PNG", compress_level=1)
    return Painting(buffer.getvalue(), "image/png", MODEL)

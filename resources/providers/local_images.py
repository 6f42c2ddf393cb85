"""The `local` image provider: pictures drawn with Pillow, without a key and without the network.

What does not belong here: the drawing itself (`posthub_assets/domain/visuals/`).
"""

from __future__ import annotations

import asyncio

from posthub_assets.domain.briefs import ImageBrief, PictureBrief
from posthub_assets.domain.ports import Picture
from posthub_assets.domain.vendors import Painting

GROUNDS = "local-grounds-1"
"""Changes when the same brief would give another ground."""


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
    import random
    from io import BytesIO

    from posthub_assets.domain.visuals.canvas import Canvas
    from posthub_assets.domain.visuals.composition import Layout, plan_frame
    from posthub_assets.domain.visuals.grounds import PAINTERS
    from posthub_assets.domain.visuals.palette import brand_palette, schemes

    turn = brief.variation - 1 + 4 * brief.round
    made = schemes(brand_palette(brief.palette, fallback_seed=brief.company.slug))
    scheme = made[("deep", "light", "vivid")[turn % 3]]
    layout = list(Layout)[turn % len(Layout)]
    canvas = Canvas(brief.width_px, brief.height_px, scheme.ground)
    frame = plan_frame(layout, brief.width_px, brief.height_px)
    PAINTERS[layout](canvas, frame, scheme, random.Random(turn))
    buffer = BytesIO()
    canvas.picture().save(buffer, "PNG", compress_level=1)
    return Painting(buffer.getvalue(), "image/png", GROUNDS)

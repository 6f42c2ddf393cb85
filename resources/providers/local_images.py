"""The `local` image provider: pictures drawn with Pillow, without a key and without the network.

What does not belong here: the drawing itself (`posthub_assets/domain/visuals/`).
"""

from __future__ import annotations

import asyncio

from posthub_assets.domain.briefs import ImageBrief, PictureBrief
from posthub_assets.domain.media.wanted import MOST_VARIATIONS, Preset
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

    from posthub_assets.domain.media.grounds.drawing import MODEL, draw_ground
    from posthub_assets.domain.media.templates.presets import image_type

    colors = brief.palette or brief.company.brand_colors
    variant = brief.variation + MOST_VARIATIONS * brief.round
    preset = (brief.preset or Preset.REALISTIC).value
    image = draw_ground(
        brief.width_px,
        brief.height_px,
        colors,
        preset,
        variant,
        seed=brief.company.slug,
        prefer=image_type(brief.type.value).grounds[preset],
    )
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=1)  # read again in a moment, and thrown away
    return Painting(buffer.getvalue(), "image/png", MODEL)

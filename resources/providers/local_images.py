"""The `local` image provider: pictures drawn with Pillow, without a key and without the network.

What does not belong here: the drawing itself (`posthub_assets/domain/visuals/`).
"""

from __future__ import annotations

import asyncio

from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.ports import Picture


class LocalImages:
    """Implements `ImageProvider`. Holds nothing but its name; fonts are read once per process."""

    name = "local"

    async def draw(self, brief: ImageBrief) -> Picture:
        """Draw in a thread, so that leases can beat meanwhile. Raises PermanentProviderError."""
        return await asyncio.to_thread(_draw, brief)


def _draw(brief: ImageBrief) -> Picture:
    from posthub_assets.domain.visuals.drawing import draw_image
    from resources.fonts import load_fonts

    return draw_image(brief, load_fonts())

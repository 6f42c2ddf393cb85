"""From a painting to a picture of the library: decoded in the darkroom, cut, signed, stored.

What does not belong here: buying the painting (`pictures.py`, `by_brief.py`), laying facts over it
(`resources/picture_room.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from posthub_assets.domain.bodies import PictureBody
from posthub_assets.domain.briefs import PictureBrief
from posthub_assets.domain.ports import Call
from resources.gateway.shelf import Shelf

if TYPE_CHECKING:
    from posthub_assets.domain.vendors import Painting


class Finishing(Protocol):
    """Makes pictures of ours out of bytes of others, and marks them as what they are."""

    async def finished(self, data: bytes, width_px: int, height_px: int) -> bytes:
        """Cut a painting to a size, as JPEG. Raises InvalidInput where it is no picture."""
        ...

    async def shrunk(self, data: bytes) -> bytes:
        """Give a picture as it is sent to a model, as JPEG. Raises InvalidInput."""
        ...

    async def marked(self, data: bytes, made: Made) -> bytes:
        """Put into a JPEG where it comes from. Raises StorageError where it cannot be signed."""
        ...


@dataclass(frozen=True, slots=True)
class Made:
    """A painting, and what its credentials say of it."""

    painting: Painting
    is_ai: bool
    prompt_version: str = ""
    parent: bytes | None = None
    """The picture that was changed."""


@dataclass(frozen=True, slots=True)
class Framer:
    """Finishes and keeps pictures of the media assistant."""

    shelf: Shelf
    finishing: Finishing

    async def frame(self, brief: PictureBrief, call: Call, made: Made) -> PictureBody:
        """Cut to the brief's size, sign, store, describe. Raises InvalidInput, StorageError."""
        from posthub_assets.domain.media.painting import MEDIA_TYPE
        from posthub_assets.domain.writing import picture_alt_text

        cut = await self.finishing.finished(made.painting.data, brief.width_px, brief.height_px)
        data = await self.finishing.marked(cut, made)
        sha256 = await self.shelf.put(call, data, MEDIA_TYPE, brief.width_px, brief.height_px)
        return PictureBody(
            media_sha256=sha256,
            media_type=MEDIA_TYPE,
            size_bytes=len(data),
            width_px=brief.width_px,
            height_px=brief.height_px,
            alt_text=picture_alt_text(brief, is_ai=made.is_ai),
            is_ai=made.is_ai,
            prompt_version=made.prompt_version,
        )

    async def source(self, brief: PictureBrief, call: Call) -> bytes:
        """Read the picture that is to be changed, as it is sent. Raises NotFound, InvalidInput."""
        return await self.finishing.shrunk(await self.shelf.take(call, brief.source_sha256))

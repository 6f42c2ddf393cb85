"""Pictures that people send: opened in the darkroom, and written anew by us.

What does not belong here: what is taken and what is refused (`domain/media/receiving.py`), rows.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field

from posthub_assets.domain.media.library import AssetKind, NewPicture
from resources.darkroom.room import Darkroom
from resources.scanning import Scanner


@dataclass(frozen=True, slots=True)
class ReceivedPicture:
    """A picture for the library and its bytes, which are in no store yet."""

    picture: NewPicture
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reception:
    """Where uploads are looked at, and where they are opened."""

    scanner: Scanner
    darkroom: Darkroom

    async def receive(
        self, data: bytes, *, filename: str, declared: str, alt_text: str = ""
    ) -> ReceivedPicture:
        """Take an upload in. `declared` is the media type that its sender names.

        Raises RefusedPicture, whose `reason` says what is wrong with the file; ScannerUnavailable,
        DarkroomUnavailable.
        """
        await self.scanner.scan(data)
        return await _developed(self.darkroom, data, filename, declared, alt_text)


async def _developed(
    darkroom: Darkroom, data: bytes, filename: str, declared: str, alt_text: str
) -> ReceivedPicture:
    asked = {"name": filename, "declared": declared}
    answer, (kept,) = await darkroom.run("receive", asked, [data])
    sha256 = await asyncio.to_thread(lambda: hashlib.sha256(kept).hexdigest())
    picture = NewPicture(
        sha256=sha256,
        media_type=str(answer["media_type"]),
        size_bytes=len(kept),
        width_px=int(answer["width_px"]),
        height_px=int(answer["height_px"]),
        kind=AssetKind.UPLOAD,
        filename=filename,
        alt_text=alt_text,
        is_ai=bool(answer["is_ai_marked"]),
        notes=tuple(str(one) for one in answer["notes"]),
    )
    return ReceivedPicture(picture, kept)

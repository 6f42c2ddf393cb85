"""The formats of a picture: read, made in the darkroom, marked where it is AI's, stored.

Implements `PictureFormatter` of `posthub_assets/domain/media/ports.py`.
What does not belong here: how formats are made (`posthub_assets/domain/media/formatting/`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from posthub_assets.domain.media.auto_format import output_name, read_wish
from posthub_assets.domain.media.library import AssetKind, MediaOrder, NewPicture, SourcePicture
from posthub_assets.domain.media.ports import Tell
from resources.darkroom.room import Darkroom
from resources.media_store import MediaStore

READ, MADE, STORED = 10, 60, 95
"""How far the work is when the picture is read, when its formats are made, when all are stored."""


@dataclass(frozen=True, slots=True)
class DarkroomFormatter:
    """Formats pictures in a darkroom and keeps them in a media store."""

    darkroom: Darkroom
    media: MediaStore

    async def format(
        self, asked: MediaOrder, source: SourcePicture, tell: Tell
    ) -> tuple[NewPicture, ...]:
        """Make the formats that are asked for; see the port for what it raises.

        All formats are made in one go, since decoding the picture is most of the work; the steps
        that are told of are the picture read, the formats made, and each of them stored.
        """
        wish = read_wish(asked.wish)
        data = await asyncio.to_thread(self.media.open, asked.organization_id, source.sha256)
        await tell(READ, f"making {', '.join(wish.formats)}")
        answer, blobs = await self.darkroom.run("format", wish.as_json(), [data])
        pictures = []
        for number, (made, blob) in enumerate(zip(answer["outputs"], blobs, strict=True), start=1):
            sha256 = await asyncio.to_thread(self.media.put, asked.organization_id, blob)
            pictures.append(_new_picture(made, blob, sha256, source))
            progress = MADE + (STORED - MADE) * number // len(blobs)
            await tell(progress, f"{made['format']} is ready, {number} of {len(blobs)}")
        return tuple(pictures)


def _new_picture(
    made: dict[str, object], blob: bytes, sha256: str, source: SourcePicture
) -> NewPicture:
    code, media_type = str(made["format"]), str(made["media_type"])
    width_px, height_px = int(str(made["width_px"])), int(str(made["height_px"]))
    return NewPicture(
        sha256=sha256,
        media_type=media_type,
        size_bytes=len(blob),
        width_px=width_px,
        height_px=height_px,
        kind=AssetKind.FORMATTED,
        format=code,
        filename=output_name(code, width_px, height_px, media_type),
        alt_text=source.alt_text,
        is_ai=source.is_ai,
        derived_from=source.asset_id,
    )

"""The formats of a picture: read, made in the darkroom, marked as their source is, stored.

Implements `PictureFormatter` of `posthub_assets/domain/media/ports.py`.
What does not belong here: how formats are made (`posthub_assets/domain/media/formatting/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.media.auto_format import output_name, read_wish
from posthub_assets.domain.media.library import AssetKind, MediaOrder, NewPicture, SourcePicture
from posthub_assets.domain.media.ports import Tell
from posthub_assets.domain.media.provenance import Action, MadeBy
from resources.darkroom.room import Darkroom
from resources.media_store import MediaStore
from resources.studio.history import made_by_of

if TYPE_CHECKING:
    from resources.content_credentials import ContentCredentials

READ, MADE, STORED = 10, 60, 95
"""How far the work is when the picture is read, when its formats are made, when all are stored."""


@dataclass(frozen=True, slots=True)
class DarkroomFormatter:
    """Formats pictures in a darkroom and keeps them in a media store.

    `credentials` gives what signs, and is asked with the first picture that has to be signed.
    """

    darkroom: Darkroom
    media: MediaStore
    credentials: Callable[[], ContentCredentials]

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
        made_by = await asyncio.to_thread(made_by_of, data, is_ai=source.is_ai)
        pictures = []
        for number, (made, blob) in enumerate(zip(answer["outputs"], blobs, strict=True), start=1):
            marked = blob
            if made_by is not None:
                marked = await asyncio.to_thread(self._marked, data, blob, made, made_by, source)
            sha256 = await asyncio.to_thread(self.media.put, asked.organization_id, marked)
            pictures.append(_new_picture(made, len(marked), sha256, source))
            progress = MADE + (STORED - MADE) * number // len(blobs)
            await tell(progress, f"{made['format']} is ready, {number} of {len(blobs)}")
        return tuple(pictures)

    def _marked(
        self,
        data: bytes,
        blob: bytes,
        made: dict[str, Any],
        made_by: MadeBy,
        source: SourcePicture,
    ) -> bytes:
        """Mark and sign an output as made of its source. Raises InvalidInput, StorageError."""
        return self.credentials().for_derived(
            data,
            blob,
            made["media_type"],
            Action.RESIZED,
            made_by,
            alt_text=source.alt_text,
            language=source.language or "x-default",
        )


def _new_picture(
    made: dict[str, Any], size_bytes: int, sha256: str, source: SourcePicture
) -> NewPicture:
    return NewPicture(
        sha256=sha256,
        media_type=made["media_type"],
        size_bytes=size_bytes,
        width_px=made["width_px"],
        height_px=made["height_px"],
        kind=AssetKind.FORMATTED,
        format=made["format"],
        filename=output_name(
            made["format"], made["width_px"], made["height_px"], made["media_type"]
        ),
        alt_text=source.alt_text,
        is_ai=source.is_ai,
        derived_from=source.asset_id,
    )

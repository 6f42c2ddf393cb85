"""The formats of a picture: read, made in the darkroom, marked as their source is, stored.

Implements `PictureFormatter` of `posthub_assets/domain/media/ports.py`.
What does not belong here: how formats are made (`posthub_assets/domain/media/formatting/`).
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.media.auto_format import FormatWish, output_name, read_wish
from posthub_assets.domain.media.formats import formats_by_code
from posthub_assets.domain.media.library import AssetKind, MediaOrder, NewPicture, SourcePicture
from posthub_assets.domain.media.ports import Tell
from posthub_assets.domain.media.provenance import Action, MadeBy, xmp_packet
from resources.darkroom.room import Darkroom
from resources.media_store import MediaStore
from resources.studio.history import made_by_of

if TYPE_CHECKING:
    from resources.content_credentials import ContentCredentials

TASK = "format_picture"
"""The darkroom's task, of `posthub_assets/domain/media/formatting/task.py`."""

READ, STORED = 10, 95
"""How far the work is when the picture is read, and when all formats are stored."""

AT_ONCE = {"jpeg": 8, "webp": 4, "avif": 1}
"""Formats that are made in one child process, by encoding. A child has 5 s (`darkroom/limits.py`):
of noise, which is the worst, these take 1.2, 1.4 and 1.8 s of a slow core."""


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

        JPEGs are made in one go, since the picture is then decoded once; what takes longer is made
        in several, since each may take the darkroom's time. Of each but the last it is told that it
        is there: the job's end comes right after that.
        """
        wish = read_wish(asked.wish)
        data = await asyncio.to_thread(self.media.open, asked.organization_id, source.sha256)
        await tell(READ, f"making {', '.join(wish.formats)}")
        made_by = await asyncio.to_thread(made_by_of, data, is_ai=source.is_ai)
        xmp = _packet(wish, made_by, source)
        pictures: list[NewPicture] = []
        for codes in batched(wish.formats, AT_ONCE[wish.encoding]):
            arguments = task_arguments(wish, codes, xmp)
            if pictures:
                await tell(*_progress(pictures, len(wish.formats)))
            answer, blobs = await self.darkroom.run(TASK, arguments, [data])
            for made, blob in zip(answer["outputs"], blobs, strict=True):
                kept = blob
                if made_by is not None:
                    kept = await asyncio.to_thread(self._marked, data, blob, made, made_by, source)
                sha256 = await asyncio.to_thread(self.media.put, asked.organization_id, kept)
                pictures.append(_new_picture(made, len(kept), sha256, source, made_by))
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


def task_arguments(wish: FormatWish, codes: Sequence[str], xmp: bytes = b"") -> dict[str, Any]:
    """Give the arguments of the darkroom's task for some of a wish's formats.

    Raises InvalidInput where a code is unknown.
    """
    formats = [
        {"code": one.code, "width_px": one.width_px, "height_px": one.height_px}
        for one in formats_by_code(list(codes))
    ]
    encoding = {"type": wish.encoding, "quality": wish.quality}
    return {"formats": formats, "encoding": encoding, "xmp": base64.b64encode(xmp).decode()}


def batched(codes: Sequence[str], most: int) -> list[list[str]]:
    """Give the codes in order, in lists of at most `most`."""
    return [list(codes[first : first + most]) for first in range(0, len(codes), most)]


def _packet(wish: FormatWish, made_by: MadeBy | None, source: SourcePicture) -> bytes:
    """Give the XMP of an AVIF, into which it cannot be put later; others get it with signing."""
    if made_by is None or wish.encoding != "avif":
        return b""
    language = source.language or "x-default"
    return xmp_packet(made_by, alt_text=source.alt_text, language=language)


def _progress(there: Sequence[NewPicture], of: int) -> tuple[int, str]:
    """Give how far the work is, and in words."""
    progress = READ + (STORED - READ) * len(there) // of
    return progress, f"{there[-1].format} is ready, {len(there)} of {of}"


def _says_ai(made_by: MadeBy | None) -> bool:
    """Tell whether the file itself says that a model had a part in it, whatever its row says."""
    return made_by is not None and made_by.source_type is not None and made_by.source_type.is_ai


def _new_picture(
    made: dict[str, Any],
    size_bytes: int,
    sha256: str,
    source: SourcePicture,
    made_by: MadeBy | None,
) -> NewPicture:
    return NewPicture(
        sha256=sha256,
        media_type=made["media_type"],
        size_bytes=size_bytes,
        width_px=made["width_px"],
        height_px=made["height_px"],
        kind=AssetKind.FORMATTED,
        format=made["code"],
        filename=output_name(made["code"], made["width_px"], made["height_px"], made["media_type"]),
        alt_text=source.alt_text,
        is_ai=source.is_ai or _says_ai(made_by),
        derived_from=source.asset_id,
    )

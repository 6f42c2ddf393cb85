"""The task of the picture child process: one file in, one file per format out.

Speaks JSON and bytes only. One thread is enough for the products of matrices; more would only wait
for each other, so the process should have OPENBLAS_NUM_THREADS=1 set before numpy is imported.
What does not belong here: the process itself (`resources/darkroom/`).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.encoding import Encoding, encode
from posthub_assets.domain.media.formats import PictureFormat
from posthub_assets.domain.media.formatting.compose import compose, needed_sizes
from posthub_assets.domain.media.pixels import Pixels, Source, decode, open_picture

MAX_FORMATS = 16


def format_picture(
    arguments: dict[str, Any], blobs: list[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Fit one picture to the formats that are asked for.

    `arguments` has `formats` (1 to 16 of `code`, `width_px`, `height_px`), and may have `encoding`
    (`type`, `quality`, `full_chroma`) and `xmp`, in base64. `blobs` is the picture's file. The
    answer has `outputs`, in the order of the formats: `code`, `width_px`, `height_px`,
    `media_type`, `quality`, `full_chroma`; and `notes`, the codes of what was done to read the
    file. The blobs are the files in the same order. A format that is asked for twice comes once.

    Raises InvalidInput for arguments that make no sense and files that cannot be read.
    """
    formats = _formats(arguments)
    encoding = _encoding(arguments.get("encoding") or {})
    xmp = _xmp(arguments.get("xmp"))
    if len(blobs) != 1:
        raise InvalidInput(
            f"One picture is formatted at a time, not {len(blobs)}.", field="picture"
        )
    source = open_picture(blobs[0])
    picture_px = source.width_px, source.height_px
    sizes = needed_sizes(picture_px, formats)
    notes: list[str] = []
    made: dict[PictureFormat, tuple[dict[str, Any], bytes]] = {}
    for one, canvas in compose(_decoded(source, sizes, notes), formats):
        written = encode(canvas, encoding, xmp=xmp)
        if encoding.full_chroma is None:
            encoding = replace(encoding, full_chroma=written.full_chroma)
        facts = {
            "code": one.code,
            "width_px": one.width_px,
            "height_px": one.height_px,
            "media_type": written.media_type,
            "quality": written.quality,
            "full_chroma": written.full_chroma,
        }
        made[one] = facts, written.data
    outputs = [made[one][0] for one in formats]
    return {"outputs": outputs, "notes": notes}, [made[one][1] for one in formats]


def _decoded(source: Source, sizes: list[tuple[int, int]], notes: list[str]) -> Pixels:
    """Decode, and note what was done; nothing here may hold the pixels while formats are drawn."""
    pixels = decode(source, sizes)
    notes.extend(pixels.notes)
    return pixels


def _formats(arguments: dict[str, Any]) -> list[PictureFormat]:
    asked = arguments.get("formats")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MAX_FORMATS:
        raise InvalidInput(f"Ask for 1 to {MAX_FORMATS} formats.", field="formats")
    try:
        formats = [
            PictureFormat(str(one["code"]), int(one["width_px"]), int(one["height_px"]))
            for one in asked
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            "Each format has a code, a width_px and a height_px.", field="formats"
        ) from error
    return list(dict.fromkeys(formats))


def _encoding(asked: Any) -> Encoding:
    if not isinstance(asked, dict) or not set(asked) <= {"type", "quality", "full_chroma"}:
        raise InvalidInput(
            "An encoding has a type, and may have a quality and full_chroma.", field="encoding"
        )
    return Encoding(**asked)


def _xmp(asked: Any) -> bytes:
    try:
        return base64.b64decode(asked or "", validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise InvalidInput("The XMP is given in base64.", field="xmp") from error

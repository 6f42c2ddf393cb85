"""The darkroom's task `format`: a picture read once, and written in every format that is asked for.

Runs in the picture child process: the standard library, numpy and Pillow, nothing else.
What does not belong here: how a format is drawn (`formatting/`) and written (`encoding.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import AvifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from posthub_assets.domain.media import pixels
from posthub_assets.domain.media.encoding import Encoded, Encoding, encode
from posthub_assets.domain.media.formats import PictureFormat, formats_by_code
from posthub_assets.domain.media.formatting.compose import compose, needed_sizes

PLUGINS = (AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Named, so that each is loaded before the first picture; a child opens no files."""


@dataclass(frozen=True, slots=True)
class Made:
    """A picture in a format. `plain_bytes`: as a plain JPEG of quality 95 it would have so many."""

    format: PictureFormat
    file: Encoded
    plain_bytes: int


def format_picture(
    data: bytes, formats: tuple[PictureFormat, ...], encoding: Encoding, xmp: bytes = b""
) -> list[Made]:
    """Write a JPEG, PNG or WebP in every format, in the order asked for, each once.

    One canvas is held at a time. Raises InvalidInput where the picture is broken.
    """
    source = pixels.open_picture(data)
    decoded = pixels.decode(source, needed_sizes((source.width_px, source.height_px), formats))
    made = {}
    for one, canvas in compose(decoded, formats):
        encoded = encode(canvas, encoding, xmp=xmp)
        made[one] = Made(one, encoded, _plain_bytes(canvas, full_chroma=encoded.full_chroma))
    return [made[one] for one in formats]


def _plain_bytes(canvas: Image.Image, *, full_chroma: bool) -> int:
    """Give the size at quality 95: 7 ms for a poster, where the default takes 45."""
    plain = BytesIO()
    canvas.save(plain, "JPEG", quality=95, subsampling=0 if full_chroma else 2)
    return plain.tell()


def format_task(
    arguments: dict[str, Any], blobs: list[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Task of the darkroom: one blob, the picture; a wish (`auto_format.py`) in the arguments.

    The answer names the outputs, which are the blobs, in the order of the wish. `xmp` is a packet
    for encodings into which it cannot be put later.
    """
    encoding = Encoding(arguments["encoding"], arguments["quality"])
    formats = formats_by_code(list(arguments["formats"]))
    xmp = str(arguments.get("xmp") or "").encode()
    made = format_picture(blobs.pop(), formats, encoding, xmp)
    outputs = [
        {
            "format": one.format.code,
            "media_type": one.file.media_type,
            "width_px": one.format.width_px,
            "height_px": one.format.height_px,
            "quality": one.file.quality,
            "plain_bytes": one.plain_bytes,
        }
        for one in made
    ]
    return {"outputs": outputs}, [one.file.data for one in made]

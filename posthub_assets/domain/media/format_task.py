"""The darkroom's task `format`: a picture read once, and written in every format that is asked for.

Runs in the picture child process: the standard library, numpy and Pillow, nothing else.
What does not belong here: how a format is drawn (`formatting/`) and written (`encoding.py`).
"""

from __future__ import annotations

from typing import Any

from PIL import AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from posthub_assets.domain.media import pixels
from posthub_assets.domain.media.encoding import Encoded, Encoding, encode
from posthub_assets.domain.media.formats import PictureFormat, formats_by_code
from posthub_assets.domain.media.formatting.compose import compose, needed_sizes

PLUGINS = (AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Named, so that each is loaded before the first picture; a child opens no files."""


def format_picture(
    data: bytes, formats: tuple[PictureFormat, ...], encoding: Encoding, xmp: bytes = b""
) -> list[tuple[PictureFormat, Encoded]]:
    """Write a JPEG, PNG or WebP in every format, in the order asked for, each once.

    One canvas is held at a time. Raises InvalidInput where the picture is broken.
    """
    source = pixels.open_picture(data)
    decoded = pixels.decode(source, needed_sizes((source.width_px, source.height_px), formats))
    made = {one: encode(canvas, encoding, xmp=xmp) for one, canvas in compose(decoded, formats)}
    return [(one, made[one]) for one in formats]


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
            "format": one.code,
            "media_type": encoded.media_type,
            "width_px": one.width_px,
            "height_px": one.height_px,
            "quality": encoded.quality,
        }
        for one, encoded in made
    ]
    return {"outputs": outputs}, [encoded.data for _, encoded in made]

"""A painting from a vendor becomes a picture of ours: decoded, cut to the asked size, encoded anew.

Runs in the picture child process: the standard library, numpy and Pillow, nothing else.
What does not belong here: what the picture shows, what is laid over it (`overlay/`), where it
comes from (`provenance/`).
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.pixels import Source, decode, open_picture
from posthub_assets.domain.media.wanted import SIDES_PX

MAX_PIXELS = 64_000_000
"""More than any model in use paints; a bomb would unpack to gigabytes."""
MEDIA_TYPE = "image/jpeg"
QUALITY = 92
"""Of what is kept to be formatted later. Full colour resolution, since edges of type lie on it."""
LONGEST_SOURCE_PX = 1536
"""Of a picture that a model is to change: models look at no more, and bill what they look at."""


def finish(arguments: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Cut a painting to `width_px` by `height_px` around its centre; the task `finish_painting`.

    Gives a JPEG in sRGB without metadata, and `notes`: what was done when it was read. The same
    bytes give the same bytes. Raises InvalidInput where it is no picture that can be read, is too
    large, or the size is out of range.
    """
    size = int(arguments["width_px"]), int(arguments["height_px"])
    for side in size:
        if not SIDES_PX[0] <= side <= SIDES_PX[1]:
            raise InvalidInput(
                f"A side has {SIDES_PX[0]} to {SIDES_PX[1]} pixels, not {side}.", field="size"
            )
    source = opened(blobs[0])
    covering = _covering(source, size)
    pixels = decode(source, [covering])
    left, top, right, bottom = pixels.box
    scale = min((right - left) / size[0], (bottom - top) / size[1])
    half_x, half_y = scale * size[0] / 2, scale * size[1] / 2
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    box = (
        max(0.0, middle_x - half_x),
        max(0.0, middle_y - half_y),
        min(float(pixels.image.width), middle_x + half_x),
        min(float(pixels.image.height), middle_y + half_y),
    )
    cut = on_white(pixels.image).resize(size, Image.Resampling.LANCZOS, box=box)
    return {"notes": list(pixels.notes)}, [encoded(cut)]


def shrink(arguments: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Give a picture with sides of at most `longest_px`, as JPEG; the task `shrink_picture`.

    Raises InvalidInput as `finish` does.
    """
    source = opened(blobs[0])
    share = min(1.0, int(arguments["longest_px"]) / max(source.width_px, source.height_px))
    size = max(1, round(source.width_px * share)), max(1, round(source.height_px * share))
    pixels = decode(source, [size])
    small = on_white(pixels.image).resize(size, Image.Resampling.LANCZOS, box=pixels.box)
    return {"width_px": size[0], "height_px": size[1]}, [encoded(small)]


def opened(data: bytes) -> Source:
    """Read the header, and refuse what would unpack to too much. Raises InvalidInput."""
    source = open_picture(data)
    if source.width_px * source.height_px > MAX_PIXELS:
        raise InvalidInput(
            f"The picture has {source.width_px} by {source.height_px} pixels; the limit is "
            f"{MAX_PIXELS:,} in all.",
            field="picture",
        )
    return source


def on_white(image: Image.Image) -> Image.Image:
    """Give an RGB or RGBA picture as RGB; what shows through is white."""
    if image.mode == "RGBA":
        ground = Image.new("RGBA", image.size, "#FFFFFF")
        return Image.alpha_composite(ground, image).convert("RGB")
    return image.convert("RGB")


def encoded(image: Image.Image) -> bytes:
    """Write an RGB picture as JPEG with fixed parameters and without metadata."""
    buffer = BytesIO()
    image.info.clear()
    image.save(buffer, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return buffer.getvalue()


def _covering(source: Source, size: tuple[int, int]) -> tuple[int, int]:
    """Give the least size of the whole picture that covers the asked one."""
    share = max(size[0] / source.width_px, size[1] / source.height_px)
    return max(1, round(source.width_px * share)), max(1, round(source.height_px * share))

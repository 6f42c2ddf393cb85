"""A small JPEG of a picture that we wrote ourselves, to look at before it is taken.

Runs in the picture child process. What does not belong here: strangers' files (`receiving.py`).
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import AvifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from posthub_assets.domain.errors import InvalidInput

SIDE_PX = 480
"""The longer side of a preview: a card on a page, at two device pixels for each of its own."""

QUALITY = 80
_READ = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
    )
)
"""Named, so that each is loaded before the first picture; a child opens no files."""
_AVIF = b"ftypavif"


def preview(data: bytes, side_px: int = SIDE_PX) -> bytes:
    """Give a JPEG that fits into `side_px` squared; it is never larger than the picture.

    What shows through is laid on white. Raises InvalidInput where the bytes are no such picture.
    """
    try:
        image = _opened(data)
        image.draft("RGB", (side_px, side_px))
        image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("This picture cannot be shown: its bytes are damaged.") from error
    out = BytesIO()
    _on_white(image).save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue()


def preview_task(
    arguments: dict[str, Any], blobs: list[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Task of the darkroom: one blob, a picture of ours; the answer's blob is its preview."""
    return {}, [preview(blobs.pop(), int(arguments.get("side_px") or SIDE_PX))]


def _opened(data: bytes) -> Image.Image:
    """Open a picture of ours. AVIF by its own name, since Pillow is not to know it for others'."""
    if data[4:12] == _AVIF:
        return AvifImagePlugin.AvifImageFile(BytesIO(data))
    return Image.open(BytesIO(data), formats=_READ)


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    shown = image.convert("RGBA")
    white = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(white, shown).convert("RGB")

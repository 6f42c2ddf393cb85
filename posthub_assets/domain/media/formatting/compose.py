"""One picture on the canvases of all formats that are asked for.

What does not belong here: reading the file (`pixels.py`), writing files (`encoding.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PIL import Image

from posthub_assets.domain.media.formats import PictureFormat
from posthub_assets.domain.media.formatting import backdrop
from posthub_assets.domain.media.formatting.layout import Layout, fitted_size, layout
from posthub_assets.domain.media.formatting.scaling import planes_of, scaled
from posthub_assets.domain.media.pixels import Pixels


def needed_sizes(
    picture_px: tuple[int, int], formats: Sequence[PictureFormat]
) -> list[tuple[int, int]]:
    """Give the sizes that the whole picture is shown at: what `pixels.decode` wants to know."""
    return [fitted_size(picture_px, (one.width_px, one.height_px)) for one in formats]


def compose(
    pixels: Pixels, formats: Sequence[PictureFormat]
) -> Iterator[tuple[PictureFormat, Image.Image]]:
    """Draw each format once; gives them one by one, those of the same picture size together.

    The canvases are RGB. They come in another order than asked for: hold one at a time.
    """
    picture_px = pixels.width_px, pixels.height_px
    plans = {
        one: layout(picture_px, (one.width_px, one.height_px)) for one in dict.fromkeys(formats)
    }
    copies = _copies(pixels, plans)
    planes, box = planes_of(pixels.image), pixels.box
    del pixels
    shown: Image.Image | None = None
    for one, plan in sorted(plans.items(), key=lambda pair: _shown_size(pair[1])):
        canvas = Image.new("RGB", (plan.width_px, plan.height_px), None)
        _draw_frame(canvas, copies[one], plan)
        place = plan.foreground
        if shown is None or shown.size != _shown_size(plan):
            for row, strip in scaled(planes, box, _shown_size(plan)):
                merged = Image.merge("RGB", [Image.fromarray(channel) for channel in strip])
                canvas.paste(merged, (place.left, place.top + row))
            shown = canvas.crop((place.left, place.top, place.right, place.bottom))
        else:
            canvas.paste(shown, (place.left, place.top))
        yield one, canvas


def _draw_frame(canvas: Image.Image, copy: backdrop.SmallCopy, plan: Layout) -> None:
    for part in plan.frame():
        for row, strip in backdrop.draw(copy, plan, part):
            canvas.paste(Image.fromarray(strip), (part.left, row))


def _copies(
    pixels: Pixels, plans: dict[PictureFormat, Layout]
) -> dict[PictureFormat, backdrop.SmallCopy]:
    """Give the small copy behind each canvas; they share what was averaged."""
    scales = {one: max(backdrop.cover_scale(pixels.box, plan)) for one, plan in plans.items()}
    block = backdrop.block_for(max(scales.values()))
    if block == 0:
        return {
            one: backdrop.enlarged_copy(pixels.image, pixels.box, plan)
            for one, plan in plans.items()
        }
    values = backdrop.averaged(pixels.image, block)
    return {
        one: backdrop.small_copy(values, block, pixels.box, plan) for one, plan in plans.items()
    }


def _shown_size(plan: Layout) -> tuple[int, int]:
    return plan.foreground.width, plan.foreground.height

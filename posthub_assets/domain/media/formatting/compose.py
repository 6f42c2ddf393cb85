"""One picture on the canvases of all formats that are asked for.

What does not belong here: reading the file (`pixels.py`), writing files (`encoding.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from PIL import Image

from posthub_assets.domain.media.formats import PictureFormat
from posthub_assets.domain.media.formatting import backdrop, transparency
from posthub_assets.domain.media.formatting.layout import (
    Layout,
    Rectangle,
    fitted_size,
    layout,
)
from posthub_assets.domain.media.formatting.scaling import planes_of, scaled
from posthub_assets.domain.media.pixels import Pixels

_Plans = dict[PictureFormat, Layout]


def needed_sizes(
    picture_px: tuple[int, int], formats: Sequence[PictureFormat]
) -> list[tuple[int, int]]:
    """Give the sizes that the whole picture is shown at: what `pixels.decode` wants to know."""
    return [fitted_size(picture_px, (one.width_px, one.height_px)) for one in formats]


def compose(
    pixels: Pixels, formats: Iterable[PictureFormat]
) -> Iterator[tuple[PictureFormat, Image.Image]]:
    """Draw each format once; gives them one by one, as RGB.

    They come ordered by the size that the picture has on them, since canvases that show it equally
    large share it. Hold one at a time, and do not hold `pixels`: that is most of the memory.
    """
    picture_px = pixels.width_px, pixels.height_px
    plans = {
        one: layout(picture_px, (one.width_px, one.height_px)) for one in dict.fromkeys(formats)
    }
    if pixels.image.mode == "RGBA":
        return _see_through(pixels, plans)
    return _opaque(pixels, plans)


def _opaque(pixels: Pixels, plans: _Plans) -> Iterator[tuple[PictureFormat, Image.Image]]:
    copies = _copies(pixels, plans)
    planes, box = planes_of(pixels.image), pixels.box
    del pixels
    shown: Image.Image | None = None
    left = sorted(plans, key=lambda one: _shown_size(plans[one]))
    while left:
        one = left.pop(0)
        plan, place = plans[one], plans[one].foreground
        canvas = Image.new("RGB", (plan.width_px, plan.height_px), None)
        _draw_backdrop(canvas, copies[one], plan, plan.frame())
        if shown is not None:
            canvas.paste(shown, (place.left, place.top))
        else:
            for row, strip in scaled(planes, box, _shown_size(plan)):
                merged = Image.merge("RGB", [Image.fromarray(channel) for channel in strip])
                canvas.paste(merged, (place.left, place.top + row))
        if not left or _shown_size(plans[left[0]]) != _shown_size(plan):
            shown = None
        elif shown is None:
            shown = canvas.crop((place.left, place.top, place.right, place.bottom))
        yield one, canvas


def _see_through(pixels: Pixels, plans: _Plans) -> Iterator[tuple[PictureFormat, Image.Image]]:
    copies = _copies(replace(pixels, image=transparency.on_ground(pixels.image)), plans)
    for one, plan in plans.items():
        canvas = Image.new("RGB", (plan.width_px, plan.height_px), None)
        whole = Rectangle(0, 0, plan.width_px, plan.height_px)
        _draw_backdrop(canvas, copies[one], plan, [whole], shaded=False)
        transparency.lay(canvas, pixels.image, pixels.box, plan)
        yield one, canvas


def _draw_backdrop(
    canvas: Image.Image,
    copy: backdrop.SmallCopy,
    plan: Layout,
    parts: Sequence[Rectangle],
    *,
    shaded: bool = True,
) -> None:
    for part in parts:
        for row, strip in backdrop.draw(copy, plan, part, shaded=shaded):
            canvas.paste(Image.fromarray(strip), (part.left, row))


def _copies(pixels: Pixels, plans: _Plans) -> dict[PictureFormat, backdrop.SmallCopy]:
    """Give the small copy behind each canvas; they share what was averaged."""
    scales = [max(backdrop.cover_scale(pixels.box, plan)) for plan in plans.values()]
    block = backdrop.block_for(max(scales))
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

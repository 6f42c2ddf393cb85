"""Veils between picture and words: scrims that fade out, a panel, an outline around the letters.

A veil is a mask over the canvas, full (255) wherever words are, and is painted at one opacity.
What does not belong here: its colour and opacity (`inks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from posthub_assets.domain.media.overlay.placing import Line, Placed
from posthub_assets.domain.media.overlay.wish import Placement, Wish
from posthub_assets.domain.visuals.composition import Area
from posthub_assets.domain.visuals.legibility import AROUND_PX

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

    from posthub_assets.domain.visuals.legibility import Pixels
    from posthub_assets.domain.visuals.palette import Rgb

    Profile = npt.NDArray[np.uint8]

_SCRIM_PAD, _SCRIM_FADE = 0.03, 0.36
"""Shares of the canvas' shorter side: full so far around the words, and fading over so much."""
_SOFT_FADE = 0.16
PANEL_PAD_SHARE = 0.038
_PANEL_CORNER = 0.018
_OUTLINE_SHARE = 0.075
"""The outline's softness as a share of the letters' size."""


def scrim(placed: Placed, wish: Wish, canvas: tuple[int, int]) -> Image.Image:
    """Give a mask that is full behind the words and fades into the picture.

    It reaches to the nearest edge of the canvas; in the middle it is a band from side to side,
    around a small box a soft patch.
    """
    from PIL import Image, ImageChops

    width, height = canvas
    unit = min(width, height)
    words = bounds(placed).inset(-_SCRIM_PAD * unit)
    left, top, right, bottom = _open_sides(placed, wish, canvas)
    patch = not (left or top or right or bottom)
    fade = (_SOFT_FADE if patch else _SCRIM_FADE) * unit
    across = _profile(width, (words.x0, words.x1), fade, open_low=left, open_high=right)
    down = _profile(height, (words.y0, words.y1), fade, open_low=top, open_high=bottom)
    rows = Image.fromarray(down[:, None]).resize(canvas, Image.Resampling.NEAREST)
    columns = Image.fromarray(across[None, :]).resize(canvas, Image.Resampling.NEAREST)
    return ImageChops.multiply(rows, columns)


def panel(placed: Placed, canvas: tuple[int, int]) -> Image.Image:
    """Give a mask of a card with round corners behind all words, inside the canvas."""
    from PIL import Image, ImageDraw

    width, height = canvas
    unit = min(width, height)
    words = bounds(placed).inset(-PANEL_PAD_SHARE * unit)
    x0, y0 = max(0, int(words.x0)), max(0, int(words.y0))
    x1, y1 = min(width, int(words.x1) + 1), min(height, int(words.y1) + 1)
    card = Image.new("L", (2 * (x1 - x0), 2 * (y1 - y0)), 0)
    ImageDraw.Draw(card).rounded_rectangle(
        (0, 0, card.width - 1, card.height - 1), radius=2 * _PANEL_CORNER * unit, fill=255
    )
    mask = Image.new("L", canvas, 0)
    mask.paste(card.reduce(2), (x0, y0))
    return mask


def outline(lines: Sequence[Line], canvas: tuple[int, int]) -> Image.Image:
    """Give a mask that surrounds the letters, full within three pixels, then fading quickly."""
    from PIL import Image, ImageFilter

    soft = max(1.5, _OUTLINE_SHARE * max(line.block.size_px for line in lines) / 3)
    wide = touching(lines, canvas)
    box = _around(lines, canvas, 3 * soft)
    near = wide.crop(box)
    blurred = near.filter(ImageFilter.GaussianBlur(soft)).point(
        [min(255, 5 * v) for v in range(256)]
    )
    wide.paste(Image.composite(near, blurred, near), box[:2])
    return wide


def touching(lines: Sequence[Line], canvas: tuple[int, int]) -> Image.Image:
    """Give a mask, 0 or 255, of the letters and the three pixels around them."""
    from PIL import Image, ImageDraw, ImageFilter

    mask = Image.new("L", canvas, 0)
    draw = ImageDraw.Draw(mask)
    for line in lines:
        line.draw(draw, "#FFFFFF")
    box = _around(lines, canvas, AROUND_PX + 2)
    near = mask.crop(box).point([0, *[255] * 255])
    for _ in range(AROUND_PX):
        near = near.filter(ImageFilter.MaxFilter(3))
    mask.paste(near, box[:2])
    return mask


def _around(
    lines: Sequence[Line], canvas: tuple[int, int], reach_px: float
) -> tuple[int, int, int, int]:
    """Give the part of the canvas that holds the lines and so much around them."""
    inks = [line.ink().inset(-reach_px) for line in lines]
    return (
        max(0, int(min(ink.x0 for ink in inks))),
        max(0, int(min(ink.y0 for ink in inks))),
        min(canvas[0], int(max(ink.x1 for ink in inks)) + 1),
        min(canvas[1], int(max(ink.y1 for ink in inks)) + 1),
    )


def masked_pixels(picture: Image.Image, mask: Image.Image) -> Pixels:
    """Give the pixels of the picture where the mask is full, N by 3."""
    import numpy as np

    box = mask.getbbox() or (0, 0, 1, 1)
    inside = np.asarray(mask.crop(box)) == 255
    pixels: Pixels = np.asarray(picture.crop(box))[inside]
    return pixels


def surroundings(placed: Placed, canvas: tuple[int, int]) -> tuple[int, int, int, int]:
    """Give the part of the canvas that holds every pixel by which contrast is judged."""
    return _around(placed.lines, canvas, AROUND_PX + 2)


def lay(picture: Image.Image, mask: Image.Image, color: Rgb, opacity: float) -> None:
    """Paint the veil onto the picture itself."""
    picture.paste(color, (0, 0), mask.point([round(value * opacity) for value in range(256)]))


def bounds(placed: Placed) -> Area:
    """Give the box of all words and the bar."""
    areas = [*placed.inks(), *([placed.rule] if placed.rule else [])]
    return Area(
        min(area.x0 for area in areas),
        min(area.y0 for area in areas),
        max(area.x1 for area in areas),
        max(area.y1 for area in areas),
    )


def _open_sides(
    placed: Placed, wish: Wish, canvas: tuple[int, int]
) -> tuple[bool, bool, bool, bool]:
    """Say towards which sides (left, top, right, bottom) the scrim reaches the canvas' edge."""
    if wish.placement is not Placement.CUSTOM or wish.box is None:
        top, bottom = wish.placement is Placement.TOP, wish.placement is Placement.BOTTOM
        return True, top, True, bottom
    box = wish.box
    if box.x1 - box.x0 >= 0.75:
        return True, box.y0 < 0.15, True, box.y1 > 0.85
    if box.y1 - box.y0 >= 0.6:
        return box.x0 < 0.15, True, box.x1 > 0.85, True
    return False, False, False, False


def _profile(
    length: int, full: tuple[float, float], fade: float, *, open_low: bool, open_high: bool
) -> Profile:
    """Give 0 to 255 for each pixel: `full` from where to where, easing out on closed sides."""
    import numpy as np

    (low, high), at = full, np.arange(length) + 0.5
    below = np.zeros(length) if open_low else np.clip((low - at) / fade, 0, 1)
    above = np.zeros(length) if open_high else np.clip((at - high) / fade, 0, 1)
    away = np.maximum(below, above)
    eased: Profile = (255 * (1 - away**2 * (3 - 2 * away))).round().astype(np.uint8)
    return eased

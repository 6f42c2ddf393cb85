"""Contrast as it really is: measured on the painted pixels behind the text.

What does not belong here: the choice of colours (`palette.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from posthub_assets.domain.visuals.composition import Area
from posthub_assets.domain.visuals.palette import MIN_TEXT_CONTRAST, Rgb, contrast

if TYPE_CHECKING:
    from PIL import Image

_AROUND_PX = 3
"""Letters are told from what touches them, too."""


def ensure_contrast(
    image: Image.Image, inks: Sequence[Area], *, text: Rgb, ground: Rgb
) -> tuple[Rgb, float]:
    """Give the worst pixel behind the text and its contrast (at least 4.5), before text is drawn.

    `image` is changed where what was painted there is too near to the text: then a panel of
    `ground`, which must itself have 4.5:1 to `text`, is laid behind all lines.
    """
    worst, ratio = worst_ground(image, inks, text)
    if ratio >= MIN_TEXT_CONTRAST:
        return worst, ratio
    _lay_panel(image, inks, ground)
    return worst_ground(image, inks, text)


def worst_ground(image: Image.Image, inks: Sequence[Area], text: Rgb) -> tuple[Rgb, float]:
    """Find the pixel in the lines' boxes (three pixels more on each side) nearest to the text."""
    found: set[Rgb] = set()
    for ink in inks:
        found |= _colors(image, ink.inset(-_AROUND_PX))
    worst = min(sorted(found), key=lambda color: contrast(color, text))
    return worst, contrast(worst, text)


def _colors(image: Image.Image, area: Area) -> set[Rgb]:
    """Give every colour that is in an area of the picture."""
    import numpy as np

    box = (
        max(0, int(area.x0)),
        max(0, int(area.y0)),
        min(image.width, int(area.x1) + 1),
        min(image.height, int(area.y1) + 1),
    )
    pixels = np.asarray(image.crop(box)).reshape(-1, 3).astype(np.uint32)
    codes = np.unique((pixels[:, 0] << 16) | (pixels[:, 1] << 8) | pixels[:, 2])
    return {(int(code) >> 16, int(code) >> 8 & 255, int(code) & 255) for code in codes}


def _lay_panel(image: Image.Image, inks: Sequence[Area], ground: Rgb) -> None:
    from PIL import ImageDraw

    pad = 0.02 * image.width
    box = (
        min(ink.x0 for ink in inks) - pad,
        min(ink.y0 for ink in inks) - pad,
        max(ink.x1 for ink in inks) + pad,
        max(ink.y1 for ink in inks) + pad,
    )
    ImageDraw.Draw(image).rounded_rectangle(box, radius=pad, fill=ground)

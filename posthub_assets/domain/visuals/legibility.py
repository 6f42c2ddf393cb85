"""Contrast as it really is: measured on the painted pixels behind the text.

What does not belong here: the choice of colours (`palette.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from posthub_assets.domain.visuals.composition import Area
from posthub_assets.domain.visuals.palette import MIN_TEXT_CONTRAST, Rgb, contrast, luminance

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

    Pixels = npt.NDArray[np.uint8]
    Floats = npt.NDArray[np.float64]

AROUND_PX = 3
"""Letters are told from what touches them, too."""
_CHUNK_PIXELS = 1 << 18
"""So many pixels are reckoned at once: a large picture as numbers would take its tenfold."""


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
    worst = worst_pixel(pixels_behind(image, inks), text)
    return worst, contrast(worst, text)


def pixels_behind(image: Image.Image, inks: Sequence[Area]) -> Pixels:
    """Give the pixels in the lines' boxes and three pixels around, N by 3, in no useful order."""
    import numpy as np

    boxes = [_box(image, ink.inset(-AROUND_PX)) for ink in inks]
    return np.concatenate([np.asarray(image.crop(box)).reshape(-1, 3) for box in boxes])


def contrasts(pixels: Pixels, text: Rgb) -> Floats:
    """Give the contrast (1 to 21) of each pixel with `text`; `pixels` is N by 3, 0 to 255."""
    import numpy as np

    (red, green, blue), own = _weighed_channels(), luminance(text) + 0.05
    ratios = np.empty(len(pixels))
    for start in range(0, len(pixels), _CHUNK_PIXELS):
        part = pixels[start : start + _CHUNK_PIXELS]
        lights = red[part[:, 0]] + green[part[:, 1]] + blue[part[:, 2]] + 0.05
        ratios[start : start + _CHUNK_PIXELS] = np.maximum(lights, own) / np.minimum(lights, own)
    return ratios


def worst_pixel(pixels: Pixels, text: Rgb) -> Rgb:
    """Give the pixel nearest to the text in contrast; of equal ones the lowest in RGB order."""
    import numpy as np

    ratios = contrasts(pixels, text)
    nearest = pixels[ratios <= ratios.min() + 1e-9].astype(np.uint32)
    code = int(((nearest[:, 0] << 16) | (nearest[:, 1] << 8) | nearest[:, 2]).min())
    return code >> 16, code >> 8 & 255, code & 255


@cache
def _weighed_channels() -> Floats:
    """Give what each value of red, green and blue adds to the luminance, 3 by 256."""
    import numpy as np

    pure = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    rows = [[luminance((r * v, g * v, b * v)) for v in range(256)] for r, g, b in pure]
    return np.array(rows, dtype=np.float64)


def _box(image: Image.Image, area: Area) -> tuple[int, int, int, int]:
    return (
        max(0, int(area.x0)),
        max(0, int(area.y0)),
        min(image.width, int(area.x1) + 1),
        min(image.height, int(area.y1) + 1),
    )


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

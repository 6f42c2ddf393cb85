"""The modern preset: flat grounds of `domain/visuals` over the whole picture, and a gradient.

What does not belong here: painters of their own (`light.py`, `paint.py`, `printed.py`).
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from posthub_assets.domain.media.grounds import fields
from posthub_assets.domain.visuals.canvas import Canvas
from posthub_assets.domain.visuals.composition import Area, Frame, Layout
from posthub_assets.domain.visuals.grounds import PAINTERS
from posthub_assets.domain.visuals.palette import mix, to_oklch, with_lightness

if TYPE_CHECKING:
    from PIL import Image

    from posthub_assets.domain.media.grounds.fields import Dice
    from posthub_assets.domain.visuals.palette import Scheme


def diagonal(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Slanted bands."""
    return _drawn(Layout.DIAGONAL, size, scheme, dice)


def arcs(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Concentric rings."""
    return _drawn(Layout.ARCS, size, scheme, dice)


def tiles(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """A pattern of geometric tiles."""
    return _drawn(Layout.TILES, size, scheme, dice)


def gradient(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Let the brand's colours flow into each other, without an edge anywhere."""
    import numpy as np

    height, width = fields.soft_size(*size, 360)
    x, y = fields.grid(height, width)
    unit = min(height, width)
    deep = with_lightness(scheme.ground, min(0.26, to_oklch(scheme.ground)[0]))
    inks = (scheme.accent, scheme.mid, deep, mix(scheme.mid, scheme.accent, 0.5), scheme.mid)
    total = np.full((height, width), 0.02, dtype=np.float32)
    colors = total[..., None] * np.array(deep, dtype=np.float32)
    for index, ink in enumerate((*inks, deep)):
        turn = 2.4 * index + dice.uniform(-0.4, 0.4)
        at_x, at_y = 0.5 + 0.46 * math.cos(turn), 0.36 + 0.40 * math.sin(turn)
        spread = dice.uniform(0.20, 0.34) * max(height, width) / unit
        away = np.hypot((x - at_x) * width / unit, (y - at_y) * height / unit)
        weight = np.exp(-((away / spread) ** 2))
        total = total + weight
        colors = colors + weight[..., None] * np.array(ink, dtype=np.float32)
    colors = colors / total[..., None]
    return fields.finished(
        fields.covered(colors, 0.8 * fields.smoothstep(y, 0.4, 1.1), deep), size, dice, 2.6
    )


def _drawn(layout: Layout, size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Draw a layout with its shapes above in upright pictures, where fewest words stand.

    In wide ones they are at the right, beside the words.
    """
    from PIL import ImageOps

    width, height = size
    wide = width > 1.15 * height
    whole = Area(0, 0, width, height)
    art = Area(0.44 * width, 0, width, height) if wide else Area(0, 0.36 * height, width, height)
    frame = Frame(whole, whole, art, False, (1, 2), (1, 2))
    canvas = Canvas(width, height, scheme.ground)
    PAINTERS[layout](canvas, frame, scheme, random.Random(int(dice.integers(2**32))))
    picture = canvas.picture()
    return picture if wide else ImageOps.flip(picture)

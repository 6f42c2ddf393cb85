"""The modern preset: the flat grounds of `domain/visuals`, spread over the whole picture.

What does not belong here: painters of their own (`light.py`, `paint.py`, `printed.py`).
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from posthub_assets.domain.visuals.canvas import Canvas
from posthub_assets.domain.visuals.composition import Area, Frame, Layout
from posthub_assets.domain.visuals.grounds import PAINTERS

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


def discs(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Large round shapes."""
    return _drawn(Layout.BLOCK, size, scheme, dice)


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

"""The backdrop: the picture scaled to cover the canvas, blurred, with the shadow on it.

Scaling, Gaussian and the reading of a small copy at the exact place of each pixel are one filter,
so nothing is ever drawn but what is seen. The shadow of a rectangle is the product of a profile
across and one down: it goes into the same product of matrices.
What does not belong here: the picture in the middle (`scaling.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posthub_assets.domain.media.formatting.layout import Layout, Rectangle
from posthub_assets.domain.media.formatting.scaling import planes_of
from posthub_assets.domain.media.formatting.weights import Band, Floats, Reals, gaussian

Pixels = NDArray[np.uint8]
"""Shape (rows, width, 3)."""

BLUR_SIGMA_PX = 18.0
"""Of the backdrop; 15 to 20 were asked for."""
SHADOW_OFFSET_PX = 10
"""Downwards; 8 to 12 were asked for."""
SHADOW_SIGMA_PX = 24.0
"""Of the shadow's Gaussian; 20 to 30 were asked for."""
SHADOW_OPACITY = 0.45
"""40 to 50 % were asked for."""

PITCH_PX = 12.0
"""A pixel of the small copy covers at most this much of the canvas: two thirds of a sigma, of which
nothing finer than a few levels would be left anyway."""
_BLOCKS_AT_ONCE = 8
_INVISIBLE = 1 / 2048
"""A shadow that takes less than this takes less than an eighth of a level."""
_MARGIN_PX = 4 * BLUR_SIGMA_PX


@dataclass(frozen=True, slots=True)
class SmallCopy:
    """A small copy of the picture, and where it lies on the canvas when it covers it.

    `values` has the shape (channels, height, width). Its first pixel begins at `origin_px` (across
    and down) of the canvas, and each is `pitch_px` wide and high. `spread_px2` is the variance that
    the averaging has brought already. All but `values` are across and down.
    """

    values: Floats
    origin_px: tuple[float, float]
    pitch_px: tuple[float, float]
    spread_px2: tuple[float, float]


def block_for(scale: float) -> int:
    """Say how many pixels to average where one covers `scale` pixels of the canvas; 0 if none."""
    return int(PITCH_PX / scale)


def cover_scale(box: tuple[float, float, float, float], plan: Layout) -> tuple[float, float]:
    """Give how many pixels of the canvas one of the decoded picture covers, across and down."""
    return plan.cover_width_px / (box[2] - box[0]), plan.cover_height_px / (box[3] - box[1])


def averaged(image: Image.Image, block: int) -> Floats:
    """Average `block` x `block` pixels: shape (channels, height, width)."""
    return _values(image.reduce(block) if block > 1 else image)


def small_copy(
    values: Floats, block: int, box: tuple[float, float, float, float], plan: Layout
) -> SmallCopy:
    """Lay an averaged copy behind a canvas; `box` is where the picture lies in the decoded one."""
    scale = cover_scale(box, plan)
    spread = [one * one * (block * block - 1) / 12 for one in scale]
    return SmallCopy(
        values,
        origin_px=_origin(box, plan),
        pitch_px=(scale[0] * block, scale[1] * block),
        spread_px2=(spread[0], spread[1]),
    )


def enlarged_copy(
    image: Image.Image, box: tuple[float, float, float, float], plan: Layout
) -> SmallCopy:
    """Enlarge what is seen of a tiny picture, and a margin, to the pitch, by the bicubic filter."""
    origin, scale = _origin(box, plan), cover_scale(box, plan)
    sides = plan.width_px, plan.height_px
    spans, counts = [], []
    for axis in (0, 1):
        low = max(box[axis], (-_MARGIN_PX - origin[axis]) / scale[axis])
        high = min(box[axis + 2], (sides[axis] + _MARGIN_PX - origin[axis]) / scale[axis])
        spans.append((low, high))
        counts.append(max(1, math.ceil((high - low) * scale[axis] / PITCH_PX)))
    (left, right), (top, bottom) = spans
    small = image.resize(
        (counts[0], counts[1]), Image.Resampling.BICUBIC, box=(left, top, right, bottom)
    )
    return SmallCopy(
        _values(small),
        origin_px=(origin[0] + left * scale[0], origin[1] + top * scale[1]),
        pitch_px=(
            (right - left) * scale[0] / counts[0],
            (bottom - top) * scale[1] / counts[1],
        ),
        spread_px2=(0.0, 0.0),
    )


def _origin(box: tuple[float, float, float, float], plan: Layout) -> tuple[float, float]:
    """Say where on the canvas the decoded picture begins."""
    scale = cover_scale(box, plan)
    return -plan.cover_left_px - box[0] * scale[0], -plan.cover_top_px - box[1] * scale[1]


def _values(image: Image.Image) -> Floats:
    return np.stack(planes_of(image)).astype(np.float32)


def draw(
    copy: SmallCopy, plan: Layout, part: Rectangle, *, shaded: bool = True
) -> Iterator[tuple[int, Pixels]]:
    """Draw a part of the backdrop; `shaded`: with the shadow of the picture's rectangle on it.

    The light that the shadow takes is one more product of the same kind; the half that makes the
    cut to whole levels a rounding is part of the first.

    Gives strips from the top of the part to its bottom: the row of the canvas where one begins, and
    its values of 8 bits, shape (rows, width, 3). A strip may repeat rows of the one before it, and
    is overwritten by the next: use it at once.
    """
    across, down = _blur(copy, 0, part.left, part.right), _blur(copy, 1, part.top, part.bottom)
    shown = plan.foreground
    shadow = _profile(part.left, part.right, shown.left, shown.right, plan.width_px)
    top, bottom = shown.top + SHADOW_OFFSET_PX, shown.bottom + SHADOW_OFFSET_PX
    taken = -SHADOW_OPACITY * shaded * _profile(part.top, part.bottom, top, bottom, plan.height_px)
    first = int(down.firsts[0])
    lit = _across(copy.values[:, first : int(down.firsts[-1]) + down.taps], across)
    light = (lit + np.float32(0.5)).reshape(len(lit), -1)
    low, high = _where_seen(shadow)
    shade = (lit[:, low:high] * shadow[low:high, None]).reshape(len(lit), -1)
    shaded_values = slice(low * lit.shape[2], high * lit.shape[2])
    drawn = np.empty((down.rows, light.shape[1]), np.float32)
    strip = np.empty((_BLOCKS_AT_ONCE * down.rows, light.shape[1]), np.uint8)
    for number in range(0, len(down.starts), _BLOCKS_AT_ONCE):
        places = down.starts[number : number + _BLOCKS_AT_ONCE]
        for block, begin, start in zip(
            down.blocks[number:], down.firsts[number:] - first, places, strict=False
        ):
            np.matmul(block, light[begin : begin + down.taps], out=drawn)
            here = taken[start : start + down.rows]
            if here.min() < -_INVISIBLE:
                taken_here = (block * here[:, None]) @ shade[begin : begin + down.taps]
                drawn[:, shaded_values] += taken_here
            place = start - places[0]
            np.copyto(strip[place : place + down.rows], drawn, casting="unsafe")
        rows = int(places[-1] - places[0]) + down.rows
        yield part.top + int(places[0]), strip[:rows].reshape(rows, part.width, -1)


def _blur(copy: SmallCopy, axis: int, begin: int, end: int) -> Band:
    spread, pitch = copy.spread_px2[axis], copy.pitch_px[axis]
    sigma = math.sqrt(BLUR_SIGMA_PX**2 - spread) / pitch
    return _blur_at(
        begin,
        end,
        origin_px=copy.origin_px[axis],
        pitch_px=pitch,
        sigma=sigma,
        length=copy.values.shape[2 - axis],
    )


@lru_cache(maxsize=2)
def _blur_at(
    begin: int, end: int, *, origin_px: float, pitch_px: float, sigma: float, length: int
) -> Band:
    """Make the filter once for the two parts of a frame, which share their columns or rows."""
    return gaussian((np.arange(begin, end) + 0.5 - origin_px) / pitch_px, length, sigma)


def _across(values: Floats, across: Band) -> Floats:
    """Blur and place along the rows: shape (rows of the small copy, columns, channels)."""
    channels, height, width = values.shape
    lines = values.reshape(channels * height, width)
    placed = np.empty((channels * height, across.length), np.float32)
    for block, first, start in zip(across.blocks, across.firsts, across.starts, strict=True):
        looked_at = lines[:, first : first + across.taps]
        np.matmul(looked_at, block.T, out=placed[:, start : start + across.rows])
    return placed.reshape(channels, height, -1).transpose(1, 2, 0)


def _where_seen(shadow: Floats) -> tuple[int, int]:
    """Give the first column with a shadow that is seen, and the first one after the last."""
    seen = np.flatnonzero(shadow > _INVISIBLE)
    return (int(seen[0]), int(seen[-1]) + 1) if len(seen) else (0, 0)


@lru_cache(maxsize=2)
def _profile(begin: int, end: int, low: int, high: int, side: int) -> NDArray[np.float32]:
    """Give how much shadow falls on the pixels `begin` to `end`: 1 in the middle of it, 0 far off.

    The integral of a Gaussian over a bar from `low` to `high`. A bar that reaches the border of the
    canvas goes on beyond it, or it would fade towards the corners.
    """
    places = np.arange(begin, end) + 0.5
    risen = _error_function(places - low) if low > 0 else np.ones(len(places))
    fallen = _error_function(places - high) if high < side else np.zeros(len(places))
    return (risen - fallen).astype(np.float32)


def _error_function(distances: Reals) -> Reals:
    scaled = distances / (SHADOW_SIGMA_PX * math.sqrt(2))
    return np.array([0.5 + 0.5 * math.erf(one) for one in scaled])

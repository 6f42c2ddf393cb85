"""Filters as matrices: what each pixel of a result takes from the pixels of the source.

A filter looks at a few pixels only, so its matrix is a narrow band. It is kept as small dense
blocks along that band: their products cost little more than half of what Pillow's loops do, since
the matrix product of numpy (BLAS) uses all that the processor has.
What does not belong here: pixels (`scaling.py`, `backdrop.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Reals = NDArray[np.floating[Any]]
_Kernel = Callable[[Reals], Reals]

BLOCK = 16
"""Rows of a block: few enough that little of it is zero, enough for the product to be fast."""
GAUSS_REACH = 3.6
"""Where a Gaussian is cut off, in sigmas: what is left out is 0.03 % of it."""


@dataclass(frozen=True, slots=True)
class Band:
    """A filter along one axis.

    `blocks[n]` has the weights of the results `starts[n]` and after, over the source's pixels from
    `firsts[n]` on: shape (number, results in a block, pixels looked at). Each row adds up to 1.
    The last block may repeat results of the one before it.
    """

    blocks: Floats
    starts: NDArray[np.intp]
    firsts: NDArray[np.intp]
    length: int
    """How many results there are."""

    @property
    def rows(self) -> int:
        """Results in a block."""
        return int(self.blocks.shape[1])

    @property
    def taps(self) -> int:
        """Pixels that a block looks at."""
        return int(self.blocks.shape[2])


def lanczos(distances: Reals) -> Reals:
    """Lanczos's window of three lobes."""
    return np.where(np.abs(distances) < 3, np.sinc(distances) * np.sinc(distances / 3), 0.0)


def bicubic(distances: Reals) -> Reals:
    """Keys's cubic convolution with a = -0.5, as Pillow and most others have it (Keys 1981)."""
    x = np.abs(distances)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def resampling(length: int, source_length: int, box: tuple[float, float]) -> Band:
    """Give the filter that scales `box` of a source to `length` pixels: Lanczos down, bicubic up.

    `box` is where the picture begins and ends along the axis, in pixels of the source.
    """
    pitch = (box[1] - box[0]) / length
    kernel, reach = (lanczos, 3.0) if pitch > 1 else (bicubic, 2.0)
    centres = box[0] + (np.arange(length) + 0.5) * pitch
    stretch = max(pitch, 1.0)
    return _band(centres, source_length, kernel, reach=reach * stretch, stretch=stretch)


def gaussian(centres: Reals, source_length: int, sigma: float) -> Band:
    """Give a Gaussian around `centres`; these and `sigma` are in pixels of the source.

    Pixel n has its middle at n + 0.5. What would lie outside of the source is left out.
    """

    def bell(distances: Reals) -> Reals:
        return np.exp(-0.5 * distances * distances)

    return _band(centres, source_length, bell, reach=GAUSS_REACH * sigma, stretch=sigma)


def _band(
    centres: Reals,
    source_length: int,
    kernel: _Kernel,
    *,
    reach: float,
    stretch: float,
) -> Band:
    length = len(centres)
    rows = min(BLOCK, length)
    low = np.clip(np.floor(centres - reach + 0.5), 0, source_length - 1).astype(np.intp)
    high = np.clip(np.floor(centres + reach + 0.5), low + 1, source_length).astype(np.intp)
    places = low[:, None] + np.arange(int((high - low).max()))
    weights = kernel((places + 0.5 - centres[:, None]) / stretch)
    weights[places >= high[:, None]] = 0.0
    weights /= weights.sum(axis=1, keepdims=True)
    starts = np.minimum(np.arange(0, length, rows), length - rows)
    taps = int((high[starts + rows - 1] - low[starts]).max())
    firsts = np.minimum(low[starts], source_length - taps)
    results = starts[:, None] + np.arange(rows)
    columns = places[results] - firsts[:, None, None]
    blocks = np.zeros((len(starts), rows, taps + places.shape[1]), np.float32)
    numbers = np.arange(len(starts))[:, None, None], np.arange(rows)[None, :, None], columns
    blocks[numbers] = weights[results]
    blocks = np.ascontiguousarray(blocks[:, :, :taps])
    return Band(blocks, starts, firsts, length)

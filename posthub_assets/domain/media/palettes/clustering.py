"""The few colours that stand for a picture's many: k-medians in CIELAB, on a histogram.

Everything is decided without chance: the same points give the same colours, in every run. Sums go
element by element in a fixed order, so no processor's matrix product has a say in them.
What does not belong here: reading a picture (`sampling.py`), what a person sees of its colours
(`extraction.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from posthub_assets.domain.media.palettes.lab import Floats, are_apart, to_lab, to_rgb

MIN_DELTA_E: Final = 10.0
"""No two colours of a palette are nearer than this (CIEDE2000): closer ones look like one."""
_ROUNDED_DELTA_E: Final = 10.05
"""What is kept before centres are rounded to whole channel values."""
_CANDIDATES: Final = 64
_COARSE_BITS: Final = 4
_FINE_BITS: Final = 5
_SWEEPS: Final = 4
_ROUNDS: Final = 3
_STEPS_A_ROUND: Final = 2
_HALVINGS: Final = 4
_LEAST_DISTANCE: Final = 1.0
"""Below this a point counts as met: a Weiszfeld step divides by the distance."""

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Points:
    """Colours that stand for all pixels near them.

    `rgb`: bytes, shape (n, 3), each once. `lab`: the same in CIELAB. `weights`: how much of the
    picture each stands for, above 0, any scale.
    """

    rgb: Bytes
    lab: Floats
    weights: Floats


def histogram(pixels: Bytes, alpha: Bytes | None = None, bits: int = _FINE_BITS) -> Points:
    """Bin pixels, shape (n, 3), by the first `bits` of each channel; each bin gives its mean.

    `alpha`, shape (n,), weighs the pixels by how much is seen of them; 0 leaves one out.
    """
    codes = (pixels >> (8 - bits)).astype(np.intp)
    code = (codes[:, 0] << 2 * bits) | (codes[:, 1] << bits) | codes[:, 2]
    size = 1 << 3 * bits
    seen = None if alpha is None else alpha.astype(np.float64)
    weights = np.bincount(code, seen, size).astype(np.float64)
    used = np.flatnonzero(weights)
    sums = [
        np.bincount(code, pixels[:, at] if seen is None else pixels[:, at] * seen, size)[used]
        for at in range(3)
    ]
    weights = weights[used]
    rgb = np.rint(np.stack(sums, axis=-1) / weights[:, None]).astype(np.uint8)
    # Powers and roots may differ in their last digits from one processor to another.
    return Points(rgb, np.round(to_lab(rgb), 6), weights)


def coarser(points: Points, bits: int = _COARSE_BITS) -> Points:
    """Bin points once more, by fewer bits: the heaviest point of a bin stands for it."""
    codes = (points.rgb >> (8 - bits)).astype(np.intp)
    code = (codes[:, 0] << 2 * bits) | (codes[:, 1] << bits) | codes[:, 2]
    order = np.lexsort((np.arange(len(code)), -points.weights, code))
    code = code[order]
    starts = np.flatnonzero(np.r_[True, code[1:] != code[:-1]])
    chosen = order[starts]
    weights = np.add.reduceat(points.weights[order], starts)
    return Points(points.rgb[chosen], points.lab[chosen], weights)


def centres(points: Points, fewest: int, most: int, worth: float) -> Bytes:
    """Give the colours, shape (k, 3), that the points are nearest to on the whole.

    k is `most`, or from `fewest` on as many as lower the mean distance by the share `worth` each
    (0 to 1), or fewer where no further colour is `MIN_DELTA_E` away from all others.
    """
    coarse = coarser(points)
    pool = _pool(coarse)
    search = _search(pool.lab, coarse, _ROUNDED_DELTA_E)
    found = _refined(points, pool.rgb[search.swapped(search.greedy(fewest, most, worth))])
    if fewest < most or len(found) < 2:
        return found
    # A number that was asked for is a harder task: what was found stands for exchange once more.
    rgb = np.concatenate([found, pool.rgb])
    search = _search(to_lab(rgb), coarse, MIN_DELTA_E)
    return _refined(points, rgb[search.swapped(list(range(len(found))))])


def nearest(points: Points, rgb: Bytes) -> npt.NDArray[np.intp]:
    """Give for each point the number of the colour that it is nearest to in CIELAB."""
    found: npt.NDArray[np.intp] = _distances(to_lab(rgb), points.lab).argmin(axis=0)
    return found


def _pool(points: Points) -> Points:
    """Take the points among which centres are sought: the heaviest, and the most outlying."""
    if len(points.weights) <= _CANDIDATES:
        return points
    heavy = np.argsort(-points.weights, kind="stable")[: _CANDIDATES // 3]
    chosen = list(heavy)
    reach = _distances(points.lab[heavy], points.lab).min(axis=0)
    while len(chosen) < _CANDIDATES:
        far = int((reach * points.weights).argmax())
        chosen.append(far)
        reach = np.minimum(reach, _distances(points.lab[far : far + 1], points.lab)[0])
    order = np.array(chosen)
    return Points(points.rgb[order], points.lab[order], points.weights[order])


def _search(lab: Floats, points: Points, least: float) -> _Search:
    return _Search(_distances(lab, points.lab), points.weights, are_apart(lab, least))


def _distances(some: Floats, others: Floats) -> Floats:
    """Give the distances in CIELAB, shape (len(some), len(others))."""
    total = np.zeros((len(some), len(others)))
    for axis in range(3):
        apart = some[:, axis, None] - others[None, :, axis]
        total += apart * apart
    return np.sqrt(total)


@dataclass(frozen=True, slots=True)
class _Search:
    """The choice of centres among candidates.

    `distances`, shape (candidates, points), in CIELAB; `weights`, shape (points,); `apart`, shape
    (candidates, candidates): which two may stand in one palette.
    """

    distances: Floats
    weights: Floats
    apart: npt.NDArray[np.bool_]

    def costs(self, reach: Floats) -> Floats:
        """Give what is left, as weighted distance, if a candidate joins those of `reach`."""
        left: Floats = (np.minimum(self.distances, reach) * self.weights).sum(axis=1)
        return left

    def greedy(self, fewest: int, most: int, worth: float) -> list[int]:
        """Take candidates one by one, each time the one that leaves least and is far enough."""
        chosen: list[int] = []
        reach = np.full(self.distances.shape[1], np.inf)
        free = np.ones(len(self.distances), dtype=bool)
        left = np.inf
        while free.any() and len(chosen) < most:
            costs = np.where(free, self.costs(reach), np.inf)
            best = int(costs.argmin())
            if len(chosen) >= fewest and costs[best] > (1 - worth) * left:
                break
            chosen.append(best)
            left = costs[best]
            reach = np.minimum(reach, self.distances[best])
            free &= self.apart[best]
        return chosen

    def swapped(self, chosen: list[int]) -> list[int]:
        """Exchange one candidate for another while that leaves less."""
        if len(chosen) < 2:
            return chosen
        left = float((self.distances[chosen].min(axis=0) * self.weights).sum())
        for _ in range(_SWEEPS):
            before = left
            for place in range(len(chosen)):
                others = chosen[:place] + chosen[place + 1 :]
                costs = self.costs(self.distances[others].min(axis=0))
                costs = np.where(self.apart[others].all(axis=0), costs, np.inf)
                best = int(costs.argmin())
                if costs[best] < left * (1 - 1e-9):
                    chosen, left = [*others[:place], best, *others[place:]], float(costs[best])
            if left >= before * (1 - 1e-6):
                break
        return chosen


def _refined(points: Points, rgb: Bytes) -> Bytes:
    """Move the centres to the medians of what is nearest to them, as far as they stay apart."""
    held = to_lab(rgb)
    for _ in range(_ROUNDS):
        moved = held
        for _ in range(_STEPS_A_ROUND):
            moved = _step(points, moved)
        held = _kept_apart(held, moved, _ROUNDED_DELTA_E, _HALVINGS)
    # Rounded colours move whole or not at all: half a move would have to be rounded again.
    rounded = to_lab(to_rgb(held))
    return to_rgb(_kept_apart(to_lab(rgb), rounded, MIN_DELTA_E, halvings=0))


def _step(points: Points, held: Floats) -> Floats:
    """Take one step of Weiszfeld's (1937) towards the geometric median of each cluster."""
    distances = _distances(held, points.lab)
    mine = distances.argmin(axis=0)
    pulls = points.weights / np.maximum(distances[mine, np.arange(len(mine))], _LEAST_DISTANCE)
    total = np.bincount(mine, pulls, len(held))
    sums = [np.bincount(mine, pulls * points.lab[:, at], len(held)) for at in range(3)]
    means = np.stack(sums, axis=-1) / np.maximum(total, 1e-12)[:, None]
    return np.where(total[:, None] > 0, means, held)


def _kept_apart(held: Floats, moved: Floats, least: float, halvings: int) -> Floats:
    """Take the moves; those that bring centres too near to one another by half, or not at all.

    `held` are far enough apart, so in the end there is always a way.
    """
    share = np.ones(len(held))
    result = moved
    for halving in range(halvings + len(held) + 1):
        near = ~are_apart(result, least)
        np.fill_diagonal(near, False)
        back = near.any(axis=1) & (share > 0)
        if not back.any():
            break
        share[back] = share[back] / 2 if halving < halvings else 0.0
        result = held + share[:, None] * (moved - held)
    return result

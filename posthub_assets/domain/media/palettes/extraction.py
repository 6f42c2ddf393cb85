"""The dominant colours of a picture, by how much of it they cover, and tints where it has too few.

What does not belong here: how centres are found (`clustering.py`), what a colour is used for
(`roles.py`).
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from posthub_assets.domain.media.palettes.clustering import (
    MIN_DELTA_E,
    Points,
    centres,
    histogram,
    nearest,
)
from posthub_assets.domain.media.palettes.lab import (
    Floats,
    Rgb,
    at_lightnesses,
    delta_e_2000,
    to_lab,
    to_rgb,
)
from posthub_assets.domain.media.palettes.sampling import Sample

FEWEST: Final = 5
MOST: Final = 8
"""How many colours a palette has; the issue of the media assistant."""
_WORTH: Final = 0.06
"""A further colour is taken while it lowers the mean error by this share."""
_LEAST_PERMILLE: Final = 5
"""What covers less of a picture does not dominate it: edges between two areas, noise."""
_LADDER: Final = np.arange(98.0, 4.0, -3.0)
"""Lightness (0 to 100) of the tints and shades among which missing colours are sought."""
_TINT_CHROMA: Final = 0.7
"""How colourful a tint is, as a share of its colour's chroma."""
_MUTED_CHROMA: Final = 30.0
_MUTED_HUES: Final = tuple(range(0, 360, 45))
"""Where lightness alone leaves no room between greys: quiet hues, in degrees of CIELAB."""


@dataclass(frozen=True, slots=True)
class Dominant:
    """One colour of a palette. `share_permille` of the picture is nearest to it, 0 if derived."""

    rgb: Rgb
    share_permille: int
    is_derived: bool = False


@dataclass(frozen=True, slots=True)
class Extraction:
    """The colours, the most prominent first, derived ones last; notes are sentences for people."""

    colors: tuple[Dominant, ...]
    notes: tuple[str, ...] = ()


def extract(taken: Sample, colors: int | None = None) -> Extraction:
    """Give 5 to 8 colours, no two nearer than CIEDE2000 of 10; `colors` None chooses how many.

    Where the picture has fewer that can be told apart, all it has, then tints of them up to 5.
    """
    points = histogram(taken.pixels, taken.alpha)
    found = _dominant(points, colors)
    notes = ["The picture is transparent everywhere; its hidden colours were read."]
    notes = notes if taken.is_unseen else []
    if len(found) < FEWEST:
        notes.append(_too_few(len(found)))
        found += [
            Dominant(rgb, 0, is_derived=True)
            for rgb in tints([one.rgb for one in found], FEWEST - len(found))
        ]
    elif colors is not None and len(found) < colors:
        notes.append(
            f"{colors} colours were asked for; the picture has {len(found)} that can be told apart."
        )
    return Extraction(tuple(found), tuple(notes))


def _dominant(points: Points, colors: int | None) -> list[Dominant]:
    rgb = centres(points, colors or FEWEST, colors or MOST, 0.0 if colors else _WORTH)
    weights = np.bincount(nearest(points, rgb), points.weights, len(rgb))
    kept = weights * 1000 >= _LEAST_PERMILLE * weights.sum()
    if not kept.all():
        rgb = rgb[kept]
        weights = np.bincount(nearest(points, rgb), points.weights, len(rgb))
    order = np.lexsort((np.arange(len(rgb)), -weights))
    shares = permille(weights[order].tolist())
    ordered = [_plain(one) for one in rgb[order]]
    return [Dominant(color, share) for color, share in zip(ordered, shares, strict=True)]


def permille(weights: Sequence[float]) -> list[int]:
    """Give whole thousandths that sum up to 1000, by the largest remainder. Not all may be 0."""
    total = sum(weights)
    exact = [1000 * weight / total for weight in weights]
    shares = [int(one) for one in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (shares[at] - exact[at], at))
    for at in by_remainder[: 1000 - sum(shares)]:
        shares[at] += 1
    return shares


def _too_few(count: int) -> str:
    has = "only one colour" if count == 1 else f"only {count} colours that can be told apart"
    return f"The picture has {has}; tints and shades of what it has make the palette whole."


def tints(colors: Sequence[Rgb], count: int) -> list[Rgb]:
    """Give `count` lighter and darker kin of colours, each the most unlike all before it.

    Where these would come nearer than CIEDE2000 of 10 to another, quiet colours of other hues are
    taken. `colors` are one to eight.
    """
    lab = to_lab(np.array(colors, dtype=np.uint8))
    made = _most_unlike(_kin(lab[:3]), lab, count)
    if len(made) < count:
        held = to_lab(np.array([*colors, *made], dtype=np.uint8))
        made += _most_unlike(_muted(), held, count - len(made))
    return made


def _most_unlike(pool: Floats, held: Floats, count: int) -> list[Rgb]:
    rgb = to_rgb(pool)
    lab = to_lab(rgb)
    reach = delta_e_2000(lab[:, None], held[None]).min(axis=1)
    taken: list[Rgb] = []
    while len(taken) < count:
        best = int(np.round(reach, 6).argmax())
        if reach[best] < MIN_DELTA_E:
            break
        taken.append(_plain(rgb[best]))
        reach = np.minimum(reach, delta_e_2000(lab, lab[best]))
    return taken


def _kin(colors: Floats) -> Floats:
    """Give colours at each lightness of the ladder, as colourful as they may be there."""
    quieter = colors * np.array([1, _TINT_CHROMA, _TINT_CHROMA])
    return np.concatenate([at_lightnesses(one, _LADDER) for one in quieter])


def _muted() -> Floats:
    turns = np.radians(_MUTED_HUES)
    hues = np.stack((0 * turns, _MUTED_CHROMA * np.cos(turns), _MUTED_CHROMA * np.sin(turns)), -1)
    return np.concatenate([at_lightnesses(one, _LADDER) for one in hues])


def hsl(rgb: Rgb) -> tuple[int, int, int]:
    """Give hue in degrees (0 to 359), saturation and lightness in percent, as CSS writes them."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in rgb))
    return round(hue * 360) % 360, round(saturation * 100), round(lightness * 100)


def _plain(rgb: np.ndarray) -> Rgb:
    red, green, blue = (int(channel) for channel in rgb)
    return red, green, blue

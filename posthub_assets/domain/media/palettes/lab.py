"""sRGB and CIELAB: conversion both ways, and how different two colours look.

What does not belong here: finding colours in a picture (`clustering.py`), WCAG contrast, which is
measured in `contrast` of `domain/visuals/palette.py`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rgb = tuple[int, int, int]

_TO_XYZ: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB to CIE XYZ, after IEC 61966-2-1."""
_WHITE: Final = _TO_XYZ.sum(axis=1)
"""D65, as the sum of the three primaries: so that white has no colour at all."""
_TO_LINEAR: Final = np.linalg.inv(_TO_XYZ)
_EPSILON: Final = 216 / 24389
_KAPPA: Final = 24389 / 27
"""CIE 15:2004: where the cube root gives way to a line, and how steep that is."""


def _linear_of_bytes() -> Floats:
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


_LINEAR: Final = _linear_of_bytes()
_OPPOSITE: Final = 180 + 1e-9
"""Hues that are exactly opposite stay so, whatever the last digit of an arc tangent says."""


def to_lab(rgb: npt.NDArray[np.uint8]) -> Floats:
    """Convert sRGB bytes, shape (..., 3), to CIELAB under D65, same shape.

    Lightness is 0 to 100, a and b about -110 to 110. Formulas: IEC 61966-2-1 and CIE 15:2004.
    """
    linear = _LINEAR[rgb]
    red, green, blue = linear[..., 0], linear[..., 1], linear[..., 2]
    # Sums are written out: the order of a matrix product differs from one processor to another.
    x, y, z = (
        _root((row[0] * red + row[1] * green + row[2] * blue) / white)
        for row, white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)


def _root(share: Floats) -> Floats:
    return np.where(share > _EPSILON, np.cbrt(share), (_KAPPA * share + 16) / 116)


def to_rgb(lab: Floats) -> npt.NDArray[np.uint8]:
    """Convert CIELAB under D65, shape (..., 3), to sRGB bytes; each channel is cut at its ends."""
    encoded = _encoded(_linear_of(np.asarray(lab, dtype=np.float64)))
    return np.rint(255 * np.clip(encoded, 0, 1)).astype(np.uint8)


def is_in_gamut(lab: Floats) -> npt.NDArray[np.bool_]:
    """Tell of CIELAB colours, shape (..., 3), which ones sRGB can show, but for rounding."""
    linear = _linear_of(np.asarray(lab, dtype=np.float64))
    return np.asarray(((linear >= -0.0005) & (linear <= 1.0005)).all(axis=-1))


def at_lightnesses(lab: Floats, lightness: Floats) -> Floats:
    """Give a CIELAB colour, shape (3,), at other lightnesses (0 to 100), shape (n,), as (n, 3).

    Hue stays; chroma stays as far as sRGB can show it.
    """
    shares = np.linspace(1, 0, 11)
    trials = np.empty((len(lightness), len(shares), 3))
    trials[..., 0] = lightness[:, None]
    trials[..., 1:] = shares[None, :, None] * lab[1:]
    first = is_in_gamut(trials).argmax(axis=1)
    found: Floats = trials[np.arange(len(lightness)), first]
    return found


def _linear_of(lab: Floats) -> Floats:
    y = (lab[..., 0] + 16) / 116
    x, z = y + lab[..., 1] / 500, y - lab[..., 2] / 200
    xyz = [_cube(one) * white for one, white in zip((x, y, z), _WHITE, strict=True)]
    rows = [row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2] for row in _TO_LINEAR]
    return np.stack(rows, axis=-1)


def _cube(root: Floats) -> Floats:
    cube = root * root * root
    return np.where(cube > _EPSILON, cube, (116 * root - 16) / _KAPPA)


def _encoded(linear: Floats) -> Floats:
    above = np.maximum(linear, 0.0031308)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * above ** (1 / 2.4) - 0.055)


def delta_e_76(one: Floats, other: Floats) -> Floats:
    """Give the distance in CIELAB (CIE 1976) of colours of shapes that broadcast, (..., 3)."""
    apart = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    squared: Floats = apart[..., 0] ** 2 + apart[..., 1] ** 2 + apart[..., 2] ** 2
    return np.sqrt(squared)


def delta_e_2000(one: Floats, other: Floats) -> Floats:
    """Give CIEDE2000 of CIELAB colours of shapes that broadcast, (..., 3); weights are 1.

    After Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005). 0 is the same, 1
    about the least that is seen, 10 is seen at a glance.
    """
    one, other = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    chroma_mean = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * _seventh(chroma_mean)
    (chroma_1, hue_1), (chroma_2, hue_2) = _polar(one, stretch), _polar(other, stretch)
    is_grey = chroma_1 * chroma_2 == 0
    turn = hue_2 - hue_1
    turn = np.where(turn > _OPPOSITE, turn - 360, np.where(turn < -_OPPOSITE, turn + 360, turn))
    turn = np.where(is_grey, 0.0, turn)
    hue_term = 2 * np.sqrt(chroma_1 * chroma_2) * np.sin(np.radians(turn / 2))
    hue_mean = _mean_hue(hue_1, hue_2, is_grey)
    light_mean, chroma_mean = (one[..., 0] + other[..., 0]) / 2, (chroma_1 + chroma_2) / 2
    off_middle = (light_mean - 50) ** 2
    light = (other[..., 0] - one[..., 0]) / (1 + 0.015 * off_middle / np.sqrt(20 + off_middle))
    chroma = (chroma_2 - chroma_1) / (1 + 0.045 * chroma_mean)
    hue = hue_term / (1 + 0.015 * chroma_mean * _by_hue(hue_mean))
    bend = np.sin(np.radians(60 * np.exp(-(((hue_mean - 275) / 25) ** 2))))
    rotation = -2 * _seventh(chroma_mean) * bend
    squared: Floats = light**2 + chroma**2 + hue**2 + rotation * chroma * hue
    return np.sqrt(np.maximum(squared, 0.0))


def are_apart(lab: Floats, least: float) -> npt.NDArray[np.bool_]:
    """Tell of each two of some CIELAB colours, shape (n, 3), whether CIEDE2000 is `least` or more.

    The answer has the shape (n, n); no colour is apart from itself.
    """
    first, second = np.triu_indices(len(lab), 1)
    apart = np.zeros((len(lab), len(lab)), dtype=bool)
    apart[first, second] = delta_e_2000(lab[first], lab[second]) >= least
    return apart | apart.T


def delta_e_of_hex(one: str, other: str) -> float:
    """Give CIEDE2000 of two colours `#RRGGBB`. Raises ValueError for anything else."""
    both = [bytes.fromhex(text.removeprefix("#")) for text in (one, other)]
    if any(len(channels) != 3 for channels in both):
        raise ValueError(f"{one} and {other} are not both colours such as #1C304A")
    lab = to_lab(np.frombuffer(b"".join(both), np.uint8).reshape(2, 3))
    return float(delta_e_2000(lab[0], lab[1]))


def _seventh(chroma: Floats) -> Floats:
    squared = chroma * chroma
    power = squared * squared * squared * chroma
    return np.sqrt(power / (power + 25.0**7))


def _polar(lab: Floats, stretch: Floats) -> tuple[Floats, Floats]:
    """Give chroma and hue in degrees, 0 to 360, after greys were pulled apart along a."""
    a = stretch * lab[..., 1]
    hue = np.degrees(np.arctan2(lab[..., 2], a)) % 360
    return np.hypot(a, lab[..., 2]), hue


def _mean_hue(one: Floats, other: Floats, is_grey: npt.NDArray[np.bool_]) -> Floats:
    """Give the hue between two, on the shorter way; the sum where one of them has none."""
    total, is_far = one + other, np.abs(one - other) > _OPPOSITE
    around = np.where(total < 360, total + 360, total - 360)
    return np.where(is_grey, total, np.where(is_far, around, total) / 2)


def _by_hue(hue: Floats) -> Floats:
    """Give the factor T of the paper."""
    return (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )

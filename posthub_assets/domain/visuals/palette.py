"""Colours: WCAG contrast, the OKLCH colour space, and schemes made from a brand's few colours.

What does not belong here: where a colour goes in a picture (`grounds/`, `composition.py`).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Rgb = tuple[int, int, int]
Oklch = tuple[float, float, float]
"""Lightness 0 to 1, chroma 0 to about 0.37, hue in radians."""

MIN_TEXT_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA), for text of any size."""
MIN_SHAPE_CONTRAST = 3.0
"""WCAG 2.2, success criterion 1.4.11, for graphics that carry meaning."""
AIMED_TEXT_CONTRAST = 4.6
"""What is aimed at: rounding to whole channel values must not fall below the limit."""

WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)

_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_ALIKE = 0.03
"""Two colours nearer than this in OKLab look the same in a picture."""
_UNLIKE = 0.10
"""Two colours further apart than this can tell shapes from each other."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Five colours with a place each.

    `text` has at least 4.5:1 on `ground`, `accent` at least 3:1. `soft` is a quiet neighbour of
    the ground and `mid` a second colour of the brand; both are for shapes that carry no meaning.
    """

    name: str
    ground: Rgb
    text: Rgb
    accent: Rgb
    mid: Rgb
    soft: Rgb


def parse_color(text: str) -> Rgb | None:
    """Read `#RRGGBB` or `#RGB`, with or without the hash; None for anything else."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return None
    digits = match[1]
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))


def hex_color(color: Rgb) -> str:
    """Write a colour as `#RRGGBB`, digits upper case."""
    return "#{:02X}{:02X}{:02X}".format(*color)


def luminance(color: Rgb) -> float:
    """Give the relative luminance, 0 to 1, as defined in WCAG 2.2, "relative luminance"."""
    red, green, blue = (_linear(channel) for channel in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Give the contrast ratio, 1 to 21, as defined in WCAG 2.2, "contrast ratio"."""
    return contrast_of_luminances(luminance(one), luminance(other))


def contrast_of_luminances(one: float, other: float) -> float:
    """Give the contrast ratio, 1 to 21, of two relative luminances (each 0 to 1)."""
    lighter, darker = max(one, other), min(one, other)
    return (lighter + 0.05) / (darker + 0.05)


def to_oklch(color: Rgb) -> Oklch:
    """Convert from sRGB. Formulas: Björn Ottosson, "A perceptual color space", 2020."""
    lightness, a, b = _to_oklab(color)
    return lightness, math.hypot(a, b), math.atan2(b, a)


def from_oklch(color: Oklch) -> Rgb:
    """Convert to sRGB; chroma is lowered until the colour fits the gamut (lightness, hue stay)."""
    lightness, chroma, hue = max(0.0, min(1.0, color[0])), color[1], color[2]
    for _ in range(24):
        channels = _linear_rgb(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
        if all(-0.0005 <= channel <= 1.0005 for channel in channels):
            break
        chroma *= 0.88
    red, green, blue = (round(255 * _encoded(channel)) for channel in channels)
    return red, green, blue


def distance(one: Rgb, other: Rgb) -> float:
    """Give the Euclidean distance in OKLab: 0 the same, 1 black to white."""
    return math.dist(_to_oklab(one), _to_oklab(other))


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """Blend in OKLab; `share` 0 gives `one`, 1 gives `other`."""
    first, second = _to_oklab(one), _to_oklab(other)
    lightness, a, b = (x + (y - x) * share for x, y in zip(first, second, strict=True))
    return from_oklch((lightness, math.hypot(a, b), math.atan2(b, a)))


def with_lightness(color: Rgb, lightness: float, *, most_chroma: float = 0.4) -> Rgb:
    """Keep the hue, set the lightness (0 to 1), and hold the chroma below a limit."""
    _, chroma, hue = to_oklch(color)
    return from_oklch((lightness, min(chroma, most_chroma), hue))


def readable_on(color: Rgb, ground: Rgb, ratio: float = AIMED_TEXT_CONTRAST) -> Rgb:
    """Give `color` itself if it has `ratio` on `ground`, else the nearest lightness that has it.

    `ratio` up to 4.58 can always be met (black or white has it on any ground); beyond what can be
    met, black or white comes back, whichever contrasts more.
    """
    if contrast(color, ground) >= ratio:
        return color
    start, chroma, hue = to_oklch(color)
    for step in range(1, 101):
        for lightness in (start + step / 100, start - step / 100):
            if not 0 <= lightness <= 1:
                continue
            candidate = from_oklch((lightness, chroma, hue))
            if contrast(candidate, ground) >= ratio:
                return candidate
    return max((WHITE, BLACK), key=lambda end: contrast(end, ground))


def brand_palette(colors: Iterable[str], *, fallback_seed: str) -> tuple[Rgb, ...]:
    """Read a brand's colours: unreadable ones are left out, look-alikes are merged.

    With none left, one calm colour is taken whose hue comes from the SHA-256 of `fallback_seed`,
    so that the same company always has the same one.
    """
    found: list[Rgb] = []
    for text in colors:
        color = parse_color(text)
        if color and all(distance(color, other) > _ALIKE for other in found):
            found.append(color)
    if found:
        return tuple(found)
    hue = 2 * math.pi * hashlib.sha256(fallback_seed.encode()).digest()[0] / 256
    return (from_oklch((0.47, 0.11, hue)),)


def schemes(palette: Sequence[Rgb]) -> dict[str, Scheme]:
    """Make the three schemes `deep`, `light` and `vivid` from one brand colour or more."""
    key = max(palette, key=lambda color: to_oklch(color)[1])
    ink, paper = _ink(palette, key), _paper(palette, key)
    return {
        "deep": _scheme("deep", ink, paper, palette, key),
        "light": _scheme("light", paper, ink, palette, key),
        "vivid": _vivid(palette, ink, paper, key),
    }


def _ink(palette: Sequence[Rgb], key: Rgb) -> Rgb:
    darkest = min(palette, key=lambda color: to_oklch(color)[0])
    if to_oklch(darkest)[0] <= 0.40:
        return darkest
    base = darkest if to_oklch(darkest)[0] <= 0.62 and to_oklch(darkest)[1] >= 0.03 else key
    hue = math.degrees(to_oklch(base)[2]) % 360
    # A dark yellow is an olive that no brand meant; nearly neutral looks like its black.
    return with_lightness(base, 0.27, most_chroma=0.02 if 55 <= hue <= 125 else 0.09)


def _paper(palette: Sequence[Rgb], key: Rgb) -> Rgb:
    lightest = max(palette, key=lambda color: to_oklch(color)[0])
    lightness, chroma, _ = to_oklch(lightest)
    if lightness >= 0.93 and chroma <= 0.05:
        return lightest
    return with_lightness(key, 0.97, most_chroma=0.014)


def _vivid(palette: Sequence[Rgb], ink: Rgb, paper: Rgb, key: Rgb) -> Scheme:
    """Take the strongest colour that is neither the deep nor the light ground, not too glaring."""

    def strength(color: Rgb) -> float:
        lightness, chroma, _ = to_oklch(color)
        return chroma - 0.6 * max(0.0, lightness - 0.70)

    free = [c for c in palette if min(distance(c, ink), distance(c, paper)) > 0.12]
    ground = max(free, key=strength) if free else with_lightness(key, 0.45)
    if to_oklch(ground)[1] < 0.03:
        ground = with_lightness(ground, 0.38)  # a middle grey carries neither white nor black well
    text = max((paper, ink), key=lambda color: contrast(color, ground))
    return _scheme("vivid", ground, text, palette, key)


def _scheme(name: str, ground: Rgb, text: Rgb, palette: Sequence[Rgb], key: Rgb) -> Scheme:
    accent = _accent(ground, text, palette, key)
    mid = _mid(ground, accent, palette, key)
    lightness = to_oklch(ground)[0]
    soft = with_lightness(ground, lightness + (0.055 if lightness < 0.6 else -0.055))
    return Scheme(name, ground, readable_on(text, ground), accent, mid, soft)


def _accent(ground: Rgb, text: Rgb, palette: Sequence[Rgb], key: Rgb) -> Rgb:
    """Take the most colourful colour that stands out, else bend one; if that bends it too far,
    take the text's colour.
    """
    standing = [c for c in palette if contrast(c, ground) >= MIN_SHAPE_CONTRAST]
    colourful = [c for c in standing if to_oklch(c)[1] >= 0.04]
    if colourful:
        return max(colourful, key=lambda c: to_oklch(c)[1])

    def bent(color: Rgb) -> Rgb:
        return readable_on(color, ground, MIN_SHAPE_CONTRAST + 0.1)

    others = [c for c in palette if c not in standing and distance(c, ground) > _UNLIKE] or [key]
    best = min(others, key=lambda c: distance(c, bent(c)))
    if distance(best, bent(best)) <= (_UNLIKE if standing else 2 * _UNLIKE):
        return bent(best)
    return max((text, *standing), key=lambda c: contrast(c, ground))


def _mid(ground: Rgb, accent: Rgb, palette: Sequence[Rgb], key: Rgb) -> Rgb:
    """Take the colour most unlike both ground and accent; blend the two where all are alike."""

    def strangeness(color: Rgb) -> float:
        return min(distance(color, ground), distance(color, accent))

    best = max((*palette, key), key=strangeness)
    return best if strangeness(best) >= _UNLIKE else mix(ground, accent, 0.42)


def _linear(channel: int) -> float:
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> float:
    value = max(0.0, min(1.0, value))
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _to_oklab(color: Rgb) -> tuple[float, float, float]:
    red, green, blue = (_linear(channel) for channel in color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear_rgb(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )

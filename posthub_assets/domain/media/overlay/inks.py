"""The colours of an overlay, chosen from the pixels behind the words: ink, veil, its opacity.

The ratio is that of WCAG 2.2, 1.4.3: at least 4.5:1 at the worst pixel.
What does not belong here: the veil's shape (`veils.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from posthub_assets.domain.visuals.legibility import contrasts, worst_pixel
from posthub_assets.domain.visuals.palette import (
    AIMED_TEXT_CONTRAST,
    BLACK,
    MIN_TEXT_CONTRAST,
    WHITE,
    Rgb,
    Scheme,
    contrast,
    distance,
    parse_color,
    readable_on,
    schemes,
    to_oklch,
    with_lightness,
)

if TYPE_CHECKING:
    from PIL import Image

    from posthub_assets.domain.visuals.legibility import Floats, Pixels

_DARKEST, _LIGHTEST = 0.22, 0.96
"""Lightness (OKLCH) of dark and light veils: that of a photo's own shadows and lights."""
_LIGHT_INK_BONUS = 0.18
"""Dark ink must save so much opacity to be taken: a dimmed photo looks better than a pale one."""
_STEPS = 50
_MOST_BENT = 0.16
"""An accent changed by more than this in OKLab is no longer the brand's; the ink is taken then."""


@dataclass(frozen=True, slots=True)
class Tone:
    """An ink with the veil that carries it: the two have at least 4.6:1."""

    ink: Rgb
    veil: Rgb
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tone for one picture and what it needs: opacity 0 for no veil.

    `failing` is the share of pixels (0 to 1) behind the words that the ink has too little contrast
    with, as the picture is.
    """

    tone: Tone
    opacity: float
    failing: float


def tones(picture: Image.Image, colors: Sequence[str], text_color: str) -> tuple[Tone, ...]:
    """Give the tones to choose from: light ink on dark and dark ink on light.

    The colours are the brand's; with none given, they are those of the picture itself. An ink
    that was asked for comes with the veil that carries it.
    """
    given = [color for color in map(parse_color, colors) if color is not None]
    made = schemes(given or [_mean(picture)])
    deep, light = made["deep"], made["light"]
    dark = with_lightness(deep.ground, min(_DARKEST, to_oklch(deep.ground)[0]), most_chroma=0.06)
    pale = with_lightness(light.ground, max(_LIGHTEST, to_oklch(light.ground)[0]), most_chroma=0.02)
    wanted = parse_color(text_color) if text_color else None
    if wanted is None:
        offered = (_tone(deep.text if given else WHITE, dark, deep), _tone(light.text, pale, light))
        return offered if given else tuple(map(_plain, offered))
    able = [
        Tone(wanted, veil, scheme)
        for veil, scheme in ((dark, deep), (pale, light), (BLACK, deep), (WHITE, light))
        if contrast(wanted, veil) >= AIMED_TEXT_CONTRAST
    ]
    return tuple(able[:1]) or (_tone(wanted, BLACK, deep),)


def choose(pixels: Pixels, offered: Sequence[Tone]) -> Chosen:
    """Choose the tone that needs the thinnest veil over `pixels` (N by 3); light ink in doubt."""
    found = [
        Chosen(tone, needed_opacity(pixels, tone), _failing(pixels, tone.ink)) for tone in offered
    ]
    return min(found, key=lambda one: one.opacity + _malus(one, offered))


def needed_opacity(pixels: Pixels, tone: Tone, share: float = 1.0) -> float:
    """Give the least opacity (0 to 1, in fiftieths) of the veil that gives the pixels 4.6:1.

    Every pixel, or the given share of them. Reckoned on colours rounded to 64 levels a channel,
    so what is painted has to be measured afterwards.
    """
    if float(contrasts(pixels, tone.ink).min()) >= MIN_TEXT_CONTRAST:
        return 0.0
    colors, counts = _counted(pixels)

    def held(opacity: float) -> bool:
        ratios = contrasts(veiled(colors, tone.veil, opacity), tone.ink)
        return float(counts[ratios < AIMED_TEXT_CONTRAST].sum()) <= (1 - share) * len(pixels)

    thin, thick = -1, _STEPS
    while thick - thin > 1:
        middle = (thin + thick) // 2
        if held(middle / _STEPS):
            thick = middle
        else:
            thin = middle
    return thick / _STEPS


def _counted(pixels: Pixels) -> tuple[Pixels, Floats]:
    """Give the colours that there are, to 64 levels a channel, and how many pixels have each."""
    import numpy as np

    counts = np.zeros(1 << 18, dtype=np.int64)
    for start in range(0, len(pixels), 1 << 18):
        fine = (pixels[start : start + (1 << 18)] >> 2).astype(np.uint32)
        codes = (fine[:, 0] << 12) | (fine[:, 1] << 6) | fine[:, 2]
        counts += np.bincount(codes, minlength=len(counts))
    codes = np.flatnonzero(counts)
    channels = [((codes >> shift & 63) << 2) + 2 for shift in (12, 6, 0)]
    return np.stack(channels, axis=1).astype(np.uint8), counts[codes].astype(np.float64)


def veiled(pixels: Pixels, veil: Rgb, opacity: float) -> Pixels:
    """Give the pixels under a veil of one colour."""
    import numpy as np

    values = np.arange(256)[:, None] * (1 - opacity) + np.array(veil)[None, :] * opacity
    table = values.round().astype(np.uint8)
    return np.stack([table[pixels[:, channel], channel] for channel in range(3)], axis=1)


def accent_for(pixels: Pixels, tone: Tone, ratio: float) -> Rgb:
    """Give the brand's accent if it has `ratio` on all `pixels`, bent a little if that helps.

    Else the ink.
    """
    accent = tone.scheme.accent
    for _ in range(3):
        worst = worst_pixel(pixels, accent)
        if contrast(worst, accent) >= ratio:
            break
        accent = readable_on(accent, worst, ratio + 0.1)
    held = contrast(worst_pixel(pixels, accent), accent) >= ratio
    return accent if held and distance(accent, tone.scheme.accent) <= _MOST_BENT else tone.ink


def _tone(ink: Rgb, veil: Rgb, scheme: Scheme) -> Tone:
    return Tone(readable_on(ink, veil, AIMED_TEXT_CONTRAST + 0.2), veil, scheme)


def _plain(tone: Tone) -> Tone:
    """Without a brand there is no accent: all is set in the ink."""
    return replace(tone, scheme=replace(tone.scheme, accent=tone.ink))


def _malus(one: Chosen, offered: Sequence[Tone]) -> float:
    return 0.0 if one.tone is offered[0] else _LIGHT_INK_BONUS


def _failing(pixels: Pixels, ink: Rgb) -> float:
    return float((contrasts(pixels, ink) < MIN_TEXT_CONTRAST).mean())


def _mean(picture: Image.Image) -> Rgb:
    red, green, blue = picture.resize((1, 1), reducing_gap=2.0).getpixel((0, 0))  # type: ignore[misc]
    return int(red), int(green), int(blue)

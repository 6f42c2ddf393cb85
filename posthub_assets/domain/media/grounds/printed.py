"""The vintage preset: old posters: rays, a striped sun, fans, coarse dots; muted, on old paper.

What does not belong here: paint (`paint.py`), plain shapes in full colour (`shapes.py`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from posthub_assets.domain.media.grounds import fields
from posthub_assets.domain.visuals.canvas import Canvas
from posthub_assets.domain.visuals.palette import (
    Rgb,
    Scheme,
    from_oklch,
    mix,
    to_oklch,
    with_lightness,
)

if TYPE_CHECKING:
    from PIL import Image

    from posthub_assets.domain.media.grounds.fields import Dice

_CREAM: Rgb = (240, 226, 196)
_SEPIA: Rgb = (58, 42, 32)


def rays(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Print rays around a sun that rises over a horizon."""
    import numpy as np

    faded = _faded(scheme)
    height, width = fields.soft_size(*size, 1200)
    x, y = fields.grid(height, width)
    aspect = width / height
    at_y, count = 0.66, int(dice.choice((14, 16, 18)))
    down, across = (y - at_y) * height, (x - 0.5) * width
    away = np.hypot(down, across)
    turn = np.arctan2(down, across)
    beam = np.sin(turn * count + math.pi / 2) * away / count
    colors = fields.ramp(fields.edge(beam), (faded.soft, faded.mid))
    unit = min(height, width * 0.8)
    radius = 0.27 * unit
    for size_share, color in ((1.16, faded.ground), (1.0, faded.accent), (0.72, faded.text)):
        disc = fields.edge(radius * size_share - away)
        colors = fields.covered(colors, disc if size_share != 0.72 else 0.0 * disc, color)
    low = at_y + 0.035 * np.sin(2 * np.pi * x * min(1.0, aspect) + dice.uniform(0, 6))
    colors = fields.covered(colors, fields.edge((y - low) * height), faded.text)
    line = fields.edge(0.006 * height - np.abs(y - low - 0.02) * height)
    return _pressed(fields.covered(colors, line, faded.accent), size, dice)


def stripes(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Print a rainbow of wide stripes that comes from one side and turns around a sun."""
    faded = _faded(scheme)
    width, height = size
    canvas = Canvas(width, height, faded.ground)
    unit = min(width, height)
    x, y = width * dice.uniform(0.52, 0.62), height * 0.50
    bands = (faded.text, faded.mid, mix(faded.mid, faded.accent, 0.5), faded.accent)
    step, inner = 0.088 * unit, 0.145 * unit
    outer = inner + len(bands) * step
    for index, color in enumerate(bands):
        radius = outer - index * step
        canvas.disc(x, y, radius, color)
        canvas.rectangle(x, y - radius, x + radius + width, y - radius + step, color)
    for index, color in enumerate(bands):
        radius = outer - index * step
        canvas.rectangle(x - radius, y, x - radius + step, height + 1.0, color)
    canvas.disc(x, y, inner, faded.ground)
    canvas.rectangle(x, y - inner, width + 1.0, height + 1.0, faded.ground)
    canvas.rectangle(x - inner, y, width + 1.0, height + 1.0, faded.ground)
    for index, color in enumerate(bands):
        radius = outer - index * step
        canvas.rectangle(x, y - radius, width + 1.0, y - radius + step + 0.6, color)
    canvas.disc(x + 0.24 * unit, y + 0.16 * unit, 0.20 * unit, faded.accent)
    return _pressed_picture(canvas, size, dice)


def fans(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Print rows of overlapping fans, as on wallpaper of the nineteen-twenties."""
    faded = _faded(scheme)
    width, height = size
    canvas = Canvas(width, height, faded.text)
    across = 3 if width <= 1.15 * height else 5
    radius = width / across / 2
    rows = math.ceil(height / (radius * 0.5)) + 2
    tones = (faded.text, mix(faded.text, faded.mid, 0.6), faded.text, faded.accent)
    for row in range(rows):
        y = row * radius * 0.5
        shift = radius if row % 2 else 0.0
        for column in range(-1, across + 1):
            x = column * 2 * radius + shift + radius
            lit = mix(faded.mid, faded.accent, 0.25 + 0.5 * dice.random())
            for index, share in enumerate((1.0, 0.94, 0.66, 0.60, 0.34, 0.28)):
                color = faded.ground if index % 2 == 0 else (tones[1], lit, faded.text)[index // 2]
                canvas.disc(x, y, radius * share, color)
    return _pressed_picture(canvas, size, dice)


def dots(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Print a moon over hills in two inks, the shades made of coarse dots."""
    import numpy as np

    faded = _faded(scheme)
    height, width = fields.soft_size(*size, 1300)
    unit = min(height, width)
    x, y = fields.grid(height, width)
    aspect = width / height
    moon = np.hypot((x - dice.uniform(0.36, 0.64)) * aspect, y - 0.34)
    tone = 0.16 + 0.55 * np.clip(y / 0.8, 0, 1) ** 1.4
    radius = 0.20 if aspect > 0.9 else 0.24 * aspect
    colors = np.empty((height, width, 3), dtype=np.float32)
    colors[:] = faded.ground
    colors = fields.covered(colors, fields.edge((radius - moon) * height), faded.accent)
    screen = _screen(height, width, unit / 58, 0.35)
    colors = fields.covered(colors, fields.edge((tone - screen) * unit / 40), faded.mid)
    light = np.clip(1.3 * (radius - moon) / radius, 0, 0.9)
    clear = fields.edge((radius - moon) * height)
    shine = fields.edge((0.15 + light - _screen(height, width, unit / 58, 1.1)) * unit / 40)
    colors = fields.covered(colors, clear, faded.accent)
    colors = fields.covered(colors, clear * shine * 0.85, mix(faded.accent, faded.ground, 0.75))
    for index in range(3):
        line = fields.skyline(dice, width, (1.6 + 0.8 * index) * max(0.8, aspect), 3) - 0.5
        crest = 0.66 + 0.115 * index - 0.16 * line
        inside = fields.edge((y - crest[None, :]) * height)
        body = (faded.mid, mix(faded.mid, faded.text, 0.55), faded.text)[index]
        colors = fields.covered(colors, inside, body)
        depth = np.clip((y - crest[None, :]) / 0.15, 0, 1)
        shade = fields.edge((0.75 - depth - _screen(height, width, unit / 58, 0.8)) * unit / 40)
        lighter = mix(body, faded.accent if index == 0 else faded.mid, 0.5)
        colors = fields.covered(colors, inside * shade * 0.8, lighter)
    return _pressed(colors, size, dice)


def _screen(height: int, width: int, pitch: float, angle: float) -> fields.Field:
    """Give a printer's screen, 0 to 1: where a tone is above it, there is ink."""
    import numpy as np

    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    u = (columns * math.cos(angle) + rows * math.sin(angle)) * math.pi / pitch
    v = (rows * math.cos(angle) - columns * math.sin(angle)) * math.pi / pitch
    screen: fields.Field = 0.5 + 0.5 * np.sin(u) * np.sin(v)
    return screen


def _faded(scheme: Scheme) -> Scheme:
    """Give the scheme as old ink on old paper: `ground` is the paper, `text` the darkest ink."""
    light, dark = sorted((scheme.ground, scheme.text), key=lambda c: -to_oklch(c)[0])
    paper = mix(light, _CREAM, 0.75)

    def aged(color: Rgb) -> Rgb:
        lightness, chroma, hue = to_oklch(mix(color, _SEPIA, 0.12))
        return from_oklch((max(0.36, min(0.80, lightness)), min(chroma, 0.125), hue))

    mid, accent = aged(scheme.mid), aged(scheme.accent)
    if abs(to_oklch(mid)[0] - to_oklch(accent)[0]) < 0.10:
        mid = with_lightness(mid, to_oklch(mid)[0] - 0.14)
    ink = mix(with_lightness(dark, 0.27, most_chroma=0.05), _SEPIA, 0.35)
    return replace(
        scheme, ground=paper, text=ink, mid=mid, accent=accent, soft=mix(paper, accent, 0.22)
    )


def _pressed_picture(canvas: Canvas, size: tuple[int, int], dice: Dice) -> Image.Image:
    import numpy as np

    picture = canvas.picture()
    height, width = fields.soft_size(*size, 1300)
    if (width, height) != picture.size:
        picture = picture.resize((width, height), reducing_gap=2.0)
    return _pressed(np.asarray(picture, dtype=np.float32), size, dice)


def _pressed(colors: fields.Field, size: tuple[int, int], dice: Dice) -> Image.Image:
    """Age the print: ink that did not take everywhere, yellowed edges, the paper's grain."""
    import numpy as np

    height, width = colors.shape[:2]
    worn = fields.clouds(dice, height, width, 9, octaves=5)
    specks = fields.noise(dice, height, width, min(height, width) / 5)
    thin = fields.smoothstep(0.75 * worn + 0.35 * specks, 0.74, 0.95)
    colors = fields.covered(colors, 0.38 * thin, _CREAM)
    stain = fields.clouds(dice, height, width, 2.5)
    tint = np.array((1.0, 0.985, 0.94), dtype=np.float32)
    colors = colors * (1 - (1 - tint) * (0.4 + 0.9 * stain)[..., None])
    return fields.finished(fields.vignette(colors, 0.20), size, dice, 3.2)

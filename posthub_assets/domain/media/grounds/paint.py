"""The artistic preset: things made by hand: marbling, brush strokes, washes, cut paper.

What does not belong here: light and places (`light.py`), print (`printed.py`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from posthub_assets.domain.media.grounds import fields
from posthub_assets.domain.visuals.palette import Rgb, Scheme, mix, to_oklch, with_lightness

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

    from posthub_assets.domain.media.grounds.fields import Dice, Field


def marbling(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Paint ink that was drawn through water: bands that wind around each other, fine veins."""
    import numpy as np

    height, width = fields.soft_size(*size, 1100)
    base = fields.clouds(dice, height, width, 1.7, octaves=3)
    for reach in (0.20, 0.09):
        across = fields.clouds(dice, height, width, 2.2, octaves=3)
        down = fields.clouds(dice, height, width, 2.2, octaves=3)
        base = fields.warped(base, across, down, reach)
    turns = fields.smoothstep(base, 0.05, 0.95)
    deep = with_lightness(scheme.ground, min(0.30, to_oklch(scheme.ground)[0]))
    inks = (deep, scheme.mid, mix(scheme.mid, scheme.accent, 0.5), scheme.accent, deep, scheme.mid)
    colors = fields.ramp(turns, (*inks, with_lightness(scheme.accent, 0.93, most_chroma=0.03)))
    bands = np.abs(np.sin(turns * np.pi * 15))
    colors = colors * (0.88 + 0.12 * fields.smoothstep(bands, 0.0, 0.35))[..., None]
    veins = fields.smoothstep(1 - np.abs(np.sin(turns * np.pi * 6 + 0.6)), 0.955, 0.995)
    pale = with_lightness(scheme.accent, 0.92, most_chroma=0.05)
    return fields.finished(fields.covered(colors, 0.5 * veins, pale), size, dice, 1.8)


def strokes(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Paint wide strokes of a dry brush over canvas, in the brand's colours."""
    from PIL import Image, ImageDraw, ImageFilter

    width, height = size
    scale = min(1.0, 1300 / max(size))
    wide, high = max(8, round(width * scale)), max(8, round(height * scale))
    paper = _paper(scheme)
    image = Image.new("RGB", (wide, high), mix(paper, scheme.mid, 0.30))
    draw = ImageDraw.Draw(image)
    unit = min(wide, high)
    colors = (scheme.mid, scheme.accent, _deep(scheme), mix(scheme.mid, scheme.accent, 0.5), paper)
    lean = dice.uniform(-0.55, -0.30)
    count = round(30 * max(wide, high) / unit)
    for index in range(count):
        tone = colors[int(dice.choice(5, p=(0.30, 0.22, 0.18, 0.20, 0.10)))]
        middle = (dice.uniform(-0.05, 1.05) * wide, dice.uniform(-0.05, 1.05) * high)
        breadth = unit * dice.uniform(0.10, 0.20) * (1 - 0.45 * index / count)
        length = unit * dice.uniform(0.45, 0.95)
        _stroke(draw, middle, (length, breadth, lean + dice.normal(0, 0.16)), tone, dice)
    smooth = image.filter(ImageFilter.GaussianBlur(0.7))
    import numpy as np

    values = np.asarray(smooth, dtype=np.float32)
    weave = fields.noise(dice, high, wide, unit / 4) - 0.5
    return fields.finished(values + 9 * weave[..., None], size, dice, 1.6)


def washes(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Paint washes of watercolour that run into each other on rough paper."""
    import numpy as np

    height, width = fields.soft_size(*size, 1100)
    colors = np.empty((height, width, 3), dtype=np.float32)
    colors[:] = _paper(scheme)
    unit = min(height, width)
    x, y = fields.grid(height, width)
    x, y = x * width / unit, y * height / unit
    tints = [with_lightness(c, max(0.62, min(0.78, to_oklch(c)[0]))) for c in _tints(scheme)]
    for index in range(7):
        color = np.array(tints[index % 3], dtype=np.float32) / 255
        turn = index * 2.4 + dice.uniform(-0.3, 0.3)
        at_x = (0.5 + 0.40 * math.cos(turn)) * width / unit
        at_y = (0.46 + 0.38 * math.sin(turn)) * height / unit
        wet = _wash(np.hypot(x - at_x, y - at_y), dice.uniform(0.24, 0.42), dice)
        colors *= 1 - wet[..., None] * (1 - color)
    for _ in range(26):
        drop = np.hypot(x - dice.uniform(0, width / unit), y - dice.uniform(0, height / unit))
        splash = fields.edge((dice.uniform(0.002, 0.011) - drop) * unit)
        color = np.array(tints[int(dice.integers(3))], dtype=np.float32) / 255
        colors *= 1 - 0.8 * splash[..., None] * (1 - color)
    rough = fields.noise(dice, height, width, unit / 3.5)
    return fields.finished(colors * (0.965 + 0.05 * rough)[..., None], size, dice, 1.8)


def cut_paper(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Lay sheets with round holes over each other, each casting its shadow on the one below."""
    import numpy as np
    from PIL import Image, ImageFilter

    height, width = fields.soft_size(*size, 1200)
    x, y = fields.grid(height, width)
    aspect = width / height
    unit = min(height, width)
    shape = fields.clouds(dice, height, width, 1.5, octaves=2)
    away = np.hypot((x - dice.uniform(0.45, 0.6)) * min(aspect, 1.5), (y - 0.40) * 1.05)
    depth = 0.62 * (shape - 0.5) + 1.25 * (0.62 - away)
    sheets = [
        mix(_deep(scheme), scheme.mid, 0.15),
        scheme.mid,
        mix(scheme.mid, scheme.accent, 0.45),
        scheme.accent,
        with_lightness(scheme.accent, 0.90, most_chroma=0.07),
    ]
    colors: Field = np.empty((height, width, 3), dtype=np.float32)
    colors[:] = with_lightness(scheme.accent, 0.965, most_chroma=0.025)
    slope = np.hypot(*np.gradient(depth)) + 1e-5
    for index, color in enumerate(reversed(sheets)):
        level = 0.56 - 0.155 * index
        cut = fields.edge((level - depth) / slope)
        mask = Image.fromarray((cut * 255).astype(np.uint8))
        shade: Field = np.asarray(
            mask.filter(ImageFilter.GaussianBlur(0.016 * unit)), dtype=np.float32
        )
        down, along = round(0.012 * unit), round(0.006 * unit)
        shade = np.pad(shade, ((down, 0), (along, 0)), mode="edge")[:height, :width] / 255
        colors = colors * (1 - 0.42 * shade * (1 - cut))[..., None]
        colors = fields.covered(colors, cut, color)
    fibres = fields.noise(dice, height, width, unit / 3) - 0.5
    return fields.finished(colors + 5 * fibres[..., None], size, dice, 1.6)


def _wash(away: Field, radius: float, dice: Dice) -> Field:
    """Give how much pigment lies where, 0 to 1, by the distance from the drop's middle.

    It gathers at the edge, thins out in the middle, and blooms where the paper was wet.
    """
    import numpy as np

    height, width = away.shape
    torn = fields.clouds(dice, height, width, 2.6, octaves=6) - 0.5
    inside = radius * (1 + 1.3 * torn) - away
    body = fields.smoothstep(inside, -0.004, 0.012)
    rim = np.exp(-((np.clip(inside, 0, None) / 0.022) ** 2))
    bloom = fields.clouds(dice, height, width, 3.0, octaves=4)
    pigment: Field = body * np.clip(0.34 + 0.55 * bloom + 0.28 * rim, 0, 1)
    return pigment


def _stroke(
    draw: ImageDraw.ImageDraw,
    middle: tuple[float, float],
    reach: tuple[float, float, float],
    color: Rgb,
    dice: Dice,
) -> None:
    """Draw the bristles of one stroke side by side, each a little lighter or darker.

    `reach` is its length and breadth in pixels and its lean in radians.
    """
    length, breadth, lean = reach
    bend = dice.uniform(-0.5, 0.5)
    bristles = max(10, round(breadth / 3.2))
    thick = max(2, math.ceil(1.5 * breadth / bristles))
    lightness = to_oklch(color)[0]
    for index in range(bristles):
        side = (index + 0.5) / bristles - 0.5
        start = -0.5 + 0.05 * abs(dice.normal()) + 0.12 * side * side
        end = 0.5 - 0.16 * abs(dice.normal()) - 0.12 * side * side
        points = []
        for step in range(9):
            along = start + (end - start) * step / 8
            turn = lean + bend * along
            points.append(
                (
                    middle[0] + length * along * math.cos(turn) - breadth * side * math.sin(turn),
                    middle[1] + length * along * math.sin(turn) + breadth * side * math.cos(turn),
                )
            )
        tone = with_lightness(color, max(0.05, min(0.98, lightness + dice.normal(0, 0.022))))
        draw.line(points, fill=tone, width=thick, joint="curve")


def _tints(scheme: Scheme) -> tuple[Rgb, ...]:
    return (scheme.mid, scheme.accent, mix(scheme.mid, scheme.accent, 0.5), _deep(scheme))


def _deep(scheme: Scheme) -> Rgb:
    darkest = min((scheme.ground, scheme.text), key=lambda color: to_oklch(color)[0])
    return with_lightness(darkest, max(0.20, min(0.32, to_oklch(darkest)[0])))


def _paper(scheme: Scheme) -> Rgb:
    lightest = max((scheme.ground, scheme.text), key=lambda color: to_oklch(color)[0])
    return with_lightness(lightest, 0.965, most_chroma=0.02)

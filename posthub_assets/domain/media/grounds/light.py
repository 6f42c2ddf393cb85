"""The realistic preset: places made of light: a stage, lights out of focus, a curtain, hills.

What does not belong here: paint (`paint.py`), print (`print.py`), plain shapes (`shapes.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthub_assets.domain.media.grounds import fields
from posthub_assets.domain.visuals.palette import Rgb, Scheme, mix, to_oklch, with_lightness

if TYPE_CHECKING:
    from PIL import Image

    from posthub_assets.domain.media.grounds.fields import Dice, Field

_NIGHT = 0.15
"""Lightness (OKLCH) of what no lamp reaches."""
_WARM: Rgb = (255, 236, 205)


def stage(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Paint beams of light in haze over a dark hall, with heads of the audience below."""
    import numpy as np

    height, width = fields.soft_size(*size)
    x, y = fields.grid(height, width)
    aspect = width / height
    night = with_lightness(scheme.ground, _NIGHT, most_chroma=0.05)
    colors = fields.ramp(y, (night, with_lightness(scheme.ground, 0.24, most_chroma=0.08), night))
    haze = 0.55 + 0.7 * fields.clouds(dice, height, width, 2.2)
    lamps = 6 if aspect > 1.2 else 5
    for index in range(lamps):
        lamp_x = (index + 0.5) / lamps + dice.uniform(-0.03, 0.03)
        aim_x = 0.5 + (lamp_x - 0.5) * dice.uniform(-0.5, 0.45) + dice.uniform(-0.08, 0.08)
        beam = _beam(x * aspect, y, lamp_x * aspect, aim_x * aspect, dice.uniform(0.05, 0.09))
        color = (_glowing(scheme.accent), _glowing(scheme.mid), _WARM)[index % 3]
        colors = fields.lit(colors, 0.8 * beam * haze, color)
        lamp = np.exp(-(((x - lamp_x) * aspect) ** 2 + (y + 0.015) ** 2) / 0.0011)
        colors = fields.lit(colors, 0.9 * lamp, _WARM)
    glow = np.exp(-(((x - 0.5) * min(aspect, 1.2)) ** 2) / 0.09 - ((y - 0.83) ** 2) / 0.006)
    colors = fields.lit(colors, 0.55 * glow, mix(_glowing(scheme.accent), _WARM, 0.5))
    colors = _audience(colors, dice)
    return fields.finished(fields.vignette(colors, 0.35), size, dice, 2.2)


def lights(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Paint an evening's lights out of focus: discs of many sizes, near ones large and faint."""
    height, width = fields.soft_size(*size, 900)
    x, y = fields.grid(height, width)
    night = with_lightness(scheme.ground, _NIGHT + 0.02, most_chroma=0.06)
    dusk = with_lightness(scheme.mid, 0.30, most_chroma=0.10)
    tilt = 0.72 * y + 0.28 * x + 0.25 * (fields.clouds(dice, height, width, 1.6) - 0.5)
    colors = fields.ramp(tilt, (dusk, mix(dusk, night, 0.55), night))
    unit = min(height, width)
    tints = (_glowing(scheme.accent), _glowing(scheme.mid), _WARM, mix(scheme.accent, _WARM, 0.6))
    for index in range(64):
        near = index / 64
        radius = unit * (0.018 + 0.115 * near**2.2) * dice.uniform(0.8, 1.25)
        place = (dice.uniform(-0.05, 1.05) * width, dice.beta(1.5, 2.3) * 1.05 * height)
        strength = (0.62 - 0.46 * near) * dice.uniform(0.5, 1.0)
        _disc_of_light(colors, place, radius, strength, tints[int(dice.integers(4))])
    return fields.finished(fields.vignette(colors, 0.45), size, dice, 2.4)


def curtain(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Paint a heavy curtain in the brand's colour, lit from above, over a bare floor."""
    import numpy as np

    height, width = fields.soft_size(*size, 1100)
    x, y = fields.grid(height, width)
    aspect = width / height
    cloth = max((scheme.mid, scheme.accent, scheme.ground), key=lambda c: to_oklch(c)[1])
    dark = with_lightness(cloth, 0.13, most_chroma=0.09)
    shades = (dark, with_lightness(cloth, 0.36, most_chroma=0.16), _glowing(cloth, 0.58))
    sway = fields.skyline(dice, width, 14 * max(1.0, aspect), 2) - 0.5
    drift = 0.10 * np.sin(3.1 * y + dice.uniform(0, 6)) * np.sin(9 * x * aspect)
    turns = (11 if aspect > 1.2 else 9) * max(0.8, aspect)
    fold = np.sin(2 * np.pi * (x * turns + 1.1 * sway[None, :] + drift))
    fine = np.sin(4 * np.pi * (x * turns + 0.7 * sway[None, :]) + 1.2)
    shade = 0.46 + 0.36 * fold + 0.10 * fine
    spot = np.exp(-(((x - 0.5) * aspect / 0.52) ** 2) - ((y - 0.36) / 0.46) ** 2)
    colors = fields.ramp(np.clip(shade * (0.26 + 0.86 * spot), 0, 1), shades)
    colors = fields.lit(colors, 0.16 * spot * shade, _WARM)
    hem = 0.90 + 0.006 * np.sin(2 * np.pi * (x * turns + 1.1 * sway[None, :]))
    board = fields.ramp(np.clip((y - 0.90) / 0.10, 0, 1), (dark, with_lightness(cloth, 0.21), dark))
    gleam = np.exp(-(((x - 0.5) * aspect / 0.40) ** 2) - ((y - 0.945) / 0.035) ** 2)
    board = fields.lit(board, 0.34 * gleam, mix(_glowing(cloth), _WARM, 0.5))
    colors = fields.covered(colors, fields.edge((y - hem) * height), board)
    trim = fields.edge((0.007 - np.abs(y - hem + 0.012)) * height)
    gold = _glowing(scheme.accent) if scheme.accent != cloth else (214, 174, 98)
    colors = fields.covered(colors, 0.85 * trim * (0.35 + 0.65 * shade * spot), gold)
    return fields.finished(fields.vignette(colors, 0.4), size, dice, 2.2)


def hills(size: tuple[int, int], scheme: Scheme, dice: Dice) -> Image.Image:
    """Paint ridges in the mist before an evening sky, each nearer one darker."""
    import numpy as np

    height, width = fields.soft_size(*size, 1200)
    x, y = fields.grid(height, width)
    aspect = width / height
    glow = mix(_glowing(scheme.accent, 0.84), _WARM, 0.55)
    sky = with_lightness(scheme.mid, 0.56, most_chroma=0.11)
    top = with_lightness(scheme.ground, 0.36, most_chroma=0.10)
    colors = fields.ramp(np.clip(y / 0.62, 0, 1), (top, sky, glow), (0.0, 0.55, 1.0))
    sun_x, sun_y = dice.uniform(0.28, 0.72), 0.47
    away = np.sqrt(((x - sun_x) * aspect) ** 2 + (y - sun_y) ** 2)
    colors = fields.lit(colors, 0.75 * np.exp(-((away / 0.23) ** 2)), _WARM)
    colors = fields.lit(colors, 0.95 * fields.edge((0.055 - away) * height), (255, 246, 226))
    deep = with_lightness(scheme.ground, 0.17, most_chroma=0.06)
    count = 5
    for index in range(count):
        share = index / (count - 1)
        line = fields.skyline(dice, width, (2.2 + 0.9 * index) * max(0.7, aspect), 6) - 0.5
        ridge = 0.54 + 0.36 * share**1.15 - (0.20 - 0.03 * index) * line
        body = mix(mix(sky, glow, 0.45), deep, 0.18 + 0.82 * share)
        depth = np.clip((y - ridge[None, :]) / 0.16, 0, 1)
        misty = fields.ramp(depth, (body, mix(body, glow, 0.30 * (1 - share))))
        colors = fields.covered(colors, fields.edge((y - ridge[None, :]) * height), misty)
    return fields.finished(fields.vignette(colors, 0.22), size, dice, 2.0)


def _beam(x: Field, y: Field, lamp_x: float, aim_x: float, spread: float) -> Field:
    """Give the light of one lamp above the picture, aimed at the floor: a cone that fades."""
    import numpy as np

    lamp_y = -0.06
    ahead_x, ahead_y = aim_x - lamp_x, 0.95 - lamp_y
    length = float(np.hypot(ahead_x, ahead_y))
    ahead_x, ahead_y = ahead_x / length, ahead_y / length
    along = (x - lamp_x) * ahead_x + (y - lamp_y) * ahead_y
    across = (x - lamp_x) * ahead_y - (y - lamp_y) * ahead_x
    width = 0.012 + spread * np.clip(along, 0, None) * 1.5
    light: Field = np.exp(-((across / width) ** 2)) / (1 + 1.5 * along) * (along > 0)
    return light


def _audience(colors: Field, dice: Dice) -> Field:
    """Draw heads and shoulders before the stage, two rows of them."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFilter

    height, width = colors.shape[:2]
    unit = min(height, width * 0.9)
    for row, (level, tone) in enumerate(((0.925, (16, 15, 22)), (0.985, (6, 6, 9)))):
        mask = Image.new("L", (width * 2, height * 2), 0)
        draw = ImageDraw.Draw(mask)
        step = unit * (0.075 + 0.022 * row)
        x = -step * dice.uniform(0, 1)
        while x < width + step:
            head = step * dice.uniform(0.25, 0.31)
            y = height * level + step * dice.uniform(-0.22, 0.22)
            draw.ellipse(
                (2 * (x - head), 2 * (y - head * 1.2), 2 * (x + head), 2 * (y + head * 1.2)),
                fill=255,
            )
            wide = step * dice.uniform(0.52, 0.62)
            draw.ellipse(
                (2 * (x - wide), 2 * (y + head * 1.05), 2 * (x + wide), 2 * (y + head * 6)),
                fill=255,
            )
            x += step * dice.uniform(0.85, 1.25)
        smooth = mask.reduce(2).filter(ImageFilter.GaussianBlur(1.2 - 0.5 * row))
        colors = fields.covered(colors, np.asarray(smooth, dtype=np.float32) / 255, tone)
    return colors


def _disc_of_light(
    colors: Field, place: tuple[float, float], radius: float, strength: float, color: Rgb
) -> None:
    """Add one disc to `colors` itself: even inside, a little brighter at its rim."""
    import numpy as np

    height, width = colors.shape[:2]
    x0, x1 = max(0, int(place[0] - radius - 3)), min(width, int(place[0] + radius + 4))
    y0, y1 = max(0, int(place[1] - radius - 3)), min(height, int(place[1] + radius + 4))
    if x0 >= x1 or y0 >= y1:
        return
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    away = np.hypot(x - place[0], y - place[1])
    soft = 1.2 + 0.05 * radius
    inside = np.clip((radius - away) / soft, 0, 1)
    rim = np.exp(-(((away - radius * 0.93) / (0.07 * radius + 0.6)) ** 2))
    light = strength * inside * (0.72 + 0.28 * rim)
    colors[y0:y1, x0:x1] = fields.lit(colors[y0:y1, x0:x1], light, color)


def _glowing(color: Rgb, lightness: float = 0.72) -> Rgb:
    """Give a colour as light of that colour looks."""
    return with_lightness(color, max(lightness, to_oklch(color)[0]), most_chroma=0.19)

"""Grounds of few large shapes: block, diagonal, arcs, card.

What does not belong here: patterns of many small shapes (`rhythmic.py`), gradients (`soft.py`).
"""

from __future__ import annotations

import random

from posthub_assets.domain.visuals.canvas import Canvas
from posthub_assets.domain.visuals.composition import Frame
from posthub_assets.domain.visuals.palette import Rgb, Scheme, distance, mix


def block(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Paint a solid ground with one of three large motifs beside the text."""
    canvas.fill(scheme.ground)
    dice.choice((_two_discs, _quarters, _half_discs))(canvas, frame, scheme)


def diagonal(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Split the picture by a slanted edge, with a thin bright band along it."""
    canvas.fill(scheme.ground)
    art, slant = frame.art, dice.uniform(0.30, 0.42)
    band = 0.055 * min(art.width, art.height) + 0.006 * canvas.width
    if _is_upright(frame):
        rise = slant * 0.55 * art.height
        low, high = art.y0 + rise, art.y0
        right, foot = float(canvas.width), float(canvas.height)
        canvas.polygon([(0, low), (right, high), (right, foot), (0, foot)], scheme.accent)
        low, high = low + band, high + band
        canvas.polygon([(0, low), (right, high), (right, foot), (0, foot)], scheme.mid)
        low, high = low + 0.34 * art.height, high + 0.62 * art.height
        deeper = mix(scheme.mid, scheme.ground, 0.45)
        canvas.polygon([(0, low), (right, high), (right, foot), (0, foot)], deeper)
        return
    head, foot = art.x0 + slant * art.width, art.x0 + 0.02 * art.width
    edge, height = float(canvas.width), float(canvas.height)
    canvas.polygon([(head, 0), (edge, 0), (edge, height), (foot, height)], scheme.accent)
    head, foot = head + band, foot + band
    canvas.polygon([(head, 0), (edge, 0), (edge, height), (foot, height)], scheme.mid)
    head, foot = head + 0.42 * art.width, foot + 0.42 * art.width
    deeper = mix(scheme.mid, scheme.ground, 0.45)
    canvas.polygon([(head, 0), (edge, 0), (edge, height), (foot, height)], deeper)


def arcs(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Paint concentric rings around a corner or the middle of the far edge."""
    canvas.fill(scheme.ground)
    art = frame.art
    if _is_upright(frame):
        x = canvas.width * dice.choice((0.5, 1.0, 0.86))
        y, reach = float(canvas.height), art.height
    else:
        y = canvas.height * dice.choice((0.5, 1.0, 0.0))
        x, reach = float(canvas.width), art.width
    count = dice.choice((4, 5))
    step = reach / (count + 0.1)
    colors = (scheme.mid, scheme.accent, mix(scheme.mid, scheme.ground, 0.5))
    shift = dice.randrange(3)
    for index in range(count - 1):
        color = colors[(index + shift) % 3]
        canvas.ring(x, y, reach - index * step, 0.6 * step, color)
    canvas.disc(x, y, reach - (count - 1) * step, colors[(count - 1 + shift) % 3])


def card(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Lay a sheet for the text, with a hard shadow, over large shapes."""
    canvas.fill(scheme.mid)
    sheet = frame.card or frame.text
    unit = min(canvas.width, canvas.height)
    quiet = mix(scheme.mid, scheme.ground, 0.22)
    x, y = canvas.width - dice.uniform(0.10, 0.20) * unit, canvas.height * 0.98
    if _is_upright(frame):
        canvas.disc(0.24 * canvas.width, canvas.height, 0.50 * unit, quiet)
        canvas.disc(x, y - 0.06 * unit, 0.28 * unit, scheme.accent)
    else:
        canvas.disc(canvas.width - 0.05 * unit, 0.10 * unit, 0.46 * unit, quiet)
        canvas.disc(x, y, (0.34 + 0.08 * dice.random()) * unit, scheme.accent)
    shift = 0.020 * unit
    shadow = max(
        (mix(scheme.text, scheme.mid, 0.15), scheme.accent),
        key=lambda color: min(distance(color, scheme.mid), distance(color, scheme.ground)),
    )
    canvas.rectangle(sheet.x0 + shift, sheet.y0 + shift, sheet.x1 + shift, sheet.y1 + shift, shadow)
    canvas.rectangle(sheet.x0, sheet.y0, sheet.x1, sheet.y1, scheme.ground)


def _two_discs(canvas: Canvas, frame: Frame, scheme: Scheme) -> None:
    art, unit = frame.art, min(frame.art.width, frame.art.height)
    x, y = art.x1 - 0.36 * unit, art.y0 + 0.44 * art.height
    if _is_upright(frame):
        x, y = art.x1 - 0.42 * unit, art.y1 - 0.40 * unit
    canvas.disc(x, y, 0.56 * unit, scheme.mid)
    canvas.ring(x, y, 0.38 * unit, 0.035 * unit, mix(scheme.mid, scheme.ground, 0.55))
    canvas.disc(x - 0.36 * unit, y + 0.44 * unit, 0.19 * unit, scheme.accent)


def _quarters(canvas: Canvas, frame: Frame, scheme: Scheme) -> None:
    art, unit = frame.art, min(frame.art.width, frame.art.height)
    canvas.quarter(art.x1, art.y1, 0.92 * unit, 180, scheme.mid)
    canvas.quarter(art.x1, art.y1, 0.46 * unit, 180, scheme.accent)
    quiet = mix(scheme.mid, scheme.ground, 0.5)
    if _is_upright(frame):
        canvas.quarter(art.x0, art.y1, 0.6 * unit, 270, quiet)
    else:
        canvas.quarter(art.x1 - 0.46 * unit, 0, 0.46 * unit, 0, quiet)


def _half_discs(canvas: Canvas, frame: Frame, scheme: Scheme) -> None:
    art = frame.art
    colors: tuple[Rgb, ...] = (scheme.mid, scheme.accent, mix(scheme.mid, scheme.ground, 0.5))
    if _is_upright(frame):
        radius = art.width / 6
        for index, color in enumerate(colors):
            middle = art.x0 + (2 * index + 1) * radius
            canvas.disc(middle, art.y1, min(2 * radius, art.height) * 0.98, color)
        return
    radius = art.height / 6
    for index, color in enumerate(colors):
        middle = art.y0 + (2 * index + 1) * radius
        length = min(radius * 3.4, art.width)
        canvas.rectangle(art.x1 - length + radius, middle - radius, art.x1, middle + radius, color)
        canvas.disc(art.x1 - length + radius, middle, radius, color)


def _is_upright(frame: Frame) -> bool:
    return frame.art.x0 == 0

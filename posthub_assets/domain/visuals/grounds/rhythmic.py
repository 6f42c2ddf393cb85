"""Grounds of many small shapes: tiles, halftone, pills.

What does not belong here: single large shapes (`geometric.py`), gradients (`soft.py`).
"""

from __future__ import annotations

import random

from posthub_assets.domain.visuals.canvas import Canvas
from posthub_assets.domain.visuals.composition import Area, Frame
from posthub_assets.domain.visuals.palette import Rgb, Scheme, distance, mix


def tiles(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Paint a grid of square tiles, each with a simple shape, flush with the far edge."""
    canvas.fill(scheme.ground)
    art = frame.art
    if art.x0 == 0:
        columns = 4 if art.height > 0.7 * canvas.width else 5
        side = canvas.width / columns
        rows = max(1, int(art.height / side))
    else:
        rows = 5 if canvas.width < 1.85 * canvas.height else 4
        side = canvas.height / rows
        columns = max(2, int(art.width / side))
    pool = _distinct((scheme.mid, scheme.accent, scheme.soft, mix(scheme.mid, scheme.ground, 0.5)))
    previous: Rgb | None = None
    for row in range(rows):
        for column in range(columns):
            x = canvas.width - (columns - column) * side
            y = canvas.height - (rows - row) * side
            choices = [color for color in pool if color != previous]
            back = previous = dice.choice(choices or list(pool))
            front = max(
                dice.sample((*pool, scheme.ground, scheme.text), 3),
                key=lambda color: distance(color, back),
            )
            _tile(canvas, Area(x, y, x + side, y + side), back, front, dice)


def halftone(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Paint dots that grow with the distance from the text, over a disc of the second colour."""
    canvas.fill(scheme.ground)
    art, upright = frame.art, frame.art.x0 == 0
    unit = min(art.width, art.height)
    pitch = (canvas.width if upright else canvas.height) / dice.choice((15, 17, 19))
    x, y = art.x1 - 0.30 * unit, art.y1 - dice.choice((0.30, 0.42, 0.9)) * unit
    canvas.disc(x, y, 0.50 * unit, mix(scheme.mid, scheme.ground, 0.25))
    for row in range(int(canvas.height / pitch) + 2):
        for column in range(int(canvas.width / pitch) + 2):
            cx, cy = (column + 0.5 * (row % 2)) * pitch, row * pitch
            along = (cy - art.y0) / art.height if upright else (cx - art.x0) / art.width
            if along <= 0:
                continue
            radius = pitch * (0.07 + 0.40 * along**1.25)
            canvas.disc(cx, cy, radius, scheme.accent)


def pills(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Paint round-ended bars of differing lengths, side by side."""
    canvas.fill(scheme.ground)
    art = frame.art
    count = 9 if art.x0 == 0 else 5
    step = art.width / count
    colors = (scheme.mid, scheme.accent, mix(scheme.mid, scheme.ground, 0.5), scheme.mid)
    shift = dice.randrange(4)
    for index in range(count):
        x0, x1 = art.x0 + (index + 0.10) * step, art.x0 + (index + 0.86) * step
        length = art.height * (0.30 + 0.62 * dice.random())
        radius, color = (x1 - x0) / 2, colors[(index + shift) % 4]
        bottom = float(canvas.height) + radius
        canvas.rounded(Area(x0, bottom - length - radius, x1, bottom), radius, color)
        room = art.height - length - 2 * radius
        if room > 0 and index % 2 == shift % 2:
            canvas.disc((x0 + x1) / 2, canvas.height - length - 1.45 * radius, radius * 0.62, color)


def _tile(canvas: Canvas, area: Area, back: Rgb, front: Rgb, dice: random.Random) -> None:
    x0, y0, x1, y1, side = area.x0, area.y0, area.x1, area.y1, area.width
    canvas.rectangle(x0, y0, x1 + 0.5, y1 + 0.5, back)
    kind, turn = dice.randrange(6), dice.randrange(4)
    corner = ((x0, y0, 0), (x1, y0, 90), (x1, y1, 180), (x0, y1, 270))
    if kind in (0, 1):
        x, y, start = corner[turn]
        canvas.quarter(x, y, side, start, front)
        if kind == 1:
            canvas.quarter(x, y, side / 2, start, back)
    elif kind == 2:
        canvas.disc((x0 + x1) / 2, (y0 + y1) / 2, side * 0.30, front)
    elif kind == 3:
        points = [(x, y) for x, y, _ in corner]
        canvas.polygon([points[turn], points[(turn + 1) % 4], points[(turn + 2) % 4]], front)
    elif kind == 4:
        for opposite in (turn % 2, turn % 2 + 2):
            x, y, start = corner[opposite]
            canvas.quarter(x, y, side / 2, start, front)
    else:
        for index in range(3):
            low = y0 + side * (index + 0.25) / 3
            canvas.rectangle(x0, low, x1, low + side / 6, front)


def _distinct(colors: tuple[Rgb, ...]) -> tuple[Rgb, ...]:
    kept: list[Rgb] = []
    for color in colors:
        if all(distance(color, other) > 0.05 for other in kept):
            kept.append(color)
    return tuple(kept)

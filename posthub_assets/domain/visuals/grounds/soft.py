"""Grounds without hard edges: mesh and waves.

What does not belong here: geometry (`geometric.py`) and patterns (`rhythmic.py`).
"""

from __future__ import annotations

import math
import random

from posthub_assets.domain.visuals.canvas import Canvas
from posthub_assets.domain.visuals.composition import Frame
from posthub_assets.domain.visuals.palette import Scheme, mix

_MESH_WIDTH = 64
"""The gradient is reckoned this many pixels wide and stretched: it has no detail to lose."""
_PANEL_OPACITY = 0.93


def mesh(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Blend blobs of the brand's colours, and lay a nearly opaque panel for the text over them."""
    import numpy as np
    from PIL import Image

    rows = max(8, round(_MESH_WIDTH * canvas.height / canvas.width))
    y, x = np.mgrid[0:rows, 0:_MESH_WIDTH].astype(np.float64)
    aspect = rows / _MESH_WIDTH
    x, y = x / _MESH_WIDTH, y / _MESH_WIDTH
    colors = (scheme.mid, scheme.accent, mix(scheme.mid, scheme.accent, 0.5), scheme.mid)
    total = np.full(x.shape, 0.05)
    blend = total[..., None] * np.array(mix(scheme.mid, scheme.accent, 0.3), dtype=np.float64)
    for index, color in enumerate((*colors, scheme.accent, scheme.soft)):
        cx = 0.5 + 0.5 * math.cos(index * 2.4 + dice.uniform(-0.5, 0.5))
        cy = aspect * (0.5 + 0.5 * math.sin(index * 2.4 + dice.uniform(-0.5, 0.5)))
        spread = dice.uniform(0.16, 0.30) * max(1.0, aspect)
        weight = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * spread**2))
        total += weight
        blend += weight[..., None] * np.array(color, dtype=np.float64)
    canvas.backdrop(Image.fromarray((blend / total[..., None]).round().astype(np.uint8)))
    panel = frame.card or frame.text
    canvas.panel(panel, 0.028 * canvas.width, scheme.ground, _PANEL_OPACITY)


def waves(canvas: Canvas, frame: Frame, scheme: Scheme, dice: random.Random) -> None:
    """Paint three hills along the lower edge, and a sun."""
    canvas.fill(scheme.ground)
    art, width, height = frame.art, float(canvas.width), float(canvas.height)
    upright = frame.text.x1 > 0.82 * canvas.width
    if upright:
        canvas.disc(
            dice.uniform(0.66, 0.8) * width, art.y0 + 0.13 * width, 0.13 * width, scheme.mid
        )
    else:
        canvas.disc(0.905 * width, 0.20 * height, 0.062 * width, scheme.mid)
    colors = (mix(scheme.mid, scheme.ground, 0.45), scheme.mid, scheme.accent)
    for index, color in enumerate(colors):
        base = art.y0 + art.height * (0.26 + 0.27 * index)
        swing = art.height * dice.uniform(0.08, 0.14)
        length, phase = dice.uniform(0.75, 1.25), dice.uniform(0, 2 * math.pi)
        points = []
        for step in range(121):
            turn = 2 * math.pi * length * step / 120 + phase
            points.append(
                (width * step / 120, base - swing * (math.sin(turn) + 0.3 * math.cos(2 * turn)))
            )
        canvas.polygon([*points, (width, height), (0, height)], color)

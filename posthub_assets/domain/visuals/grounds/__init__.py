"""The grounds: what each layout paints behind and beside the text.

A painter gets the canvas, the left-to-right frame, the scheme and the dice. It keeps strong shapes
inside `frame.art`; what it paints under the text is checked on the pixels afterwards.
What does not belong here: text.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from posthub_assets.domain.visuals.canvas import Canvas
from posthub_assets.domain.visuals.composition import Frame, Layout
from posthub_assets.domain.visuals.grounds import geometric, rhythmic, soft
from posthub_assets.domain.visuals.palette import Scheme

Painter = Callable[[Canvas, Frame, Scheme, random.Random], None]

PAINTERS: dict[Layout, Painter] = {
    Layout.BLOCK: geometric.block,
    Layout.DIAGONAL: geometric.diagonal,
    Layout.ARCS: geometric.arcs,
    Layout.CARD: geometric.card,
    Layout.TILES: rhythmic.tiles,
    Layout.HALFTONE: rhythmic.halftone,
    Layout.PILLS: rhythmic.pills,
    Layout.MESH: soft.mesh,
    Layout.WAVES: soft.waves,
}

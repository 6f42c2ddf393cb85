"""Where things stand: the safe area, the text's place and the shapes' place of each layout.

All frames are for left-to-right text; `Frame.mirrored` gives the other one.
What does not belong here: colours, shapes and letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Layout(StrEnum):
    """The layouts. Each has a ground of its own in `grounds/`."""

    BLOCK = "block"
    DIAGONAL = "diagonal"
    ARCS = "arcs"
    TILES = "tiles"
    CARD = "card"
    MESH = "mesh"
    WAVES = "waves"
    HALFTONE = "halftone"
    PILLS = "pills"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in pixels, from the top left corner (x0, y0) to the bottom right (x1, y1)."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y1 - self.y0

    def inset(self, x: float, y: float | None = None) -> Area:
        """Move all sides inward by `x` (left, right) and `y` (top, bottom; `x` where not given)."""
        down = x if y is None else y
        return Area(self.x0 + x, self.y0 + down, self.x1 - x, self.y1 - down)

    def mirrored(self, width: float) -> Area:
        """Give the area as seen in a mirror, in a picture `width` pixels wide."""
        return Area(width - self.x1, self.y0, width - self.x0, self.y1)

    def holds(self, other: Area, slack: float = 1.0) -> bool:
        """Tell whether `other` lies inside, but for `slack` pixels."""
        return (
            self.x0 - slack <= other.x0
            and self.y0 - slack <= other.y0
            and other.x1 <= self.x1 + slack
            and other.y1 <= self.y1 + slack
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """A layout's places. `safe` is what no platform covers; `text` lies in it, `art` may bleed."""

    safe: Area
    text: Area
    art: Area
    brand_on_top: bool
    headline_px: tuple[float, float]
    """Smallest and largest size of the headline."""
    brand_px: tuple[float, float]
    """Smallest and largest size of the company's name."""
    card: Area | None = None
    """The panel that the layout draws behind the text."""

    def mirrored(self, width: float) -> Frame:
        """Give the frame for right-to-left text."""
        return Frame(
            self.safe.mirrored(width),
            self.text.mirrored(width),
            self.art.mirrored(width),
            self.brand_on_top,
            self.headline_px,
            self.brand_px,
            self.card.mirrored(width) if self.card else None,
        )


PHONE_WIDTH_PT = 375
"""A picture as wide as the feed of a common phone, in points: what legibility is reckoned for."""
_SMALLEST_HEADLINE_PT = 16
_SMALLEST_BRAND_PT = 10


def plan_frame(layout: Layout, width: int, height: int) -> Frame:
    """Give the places of a layout in a picture of `width` by `height` pixels.

    Wide pictures put the shapes beside the text, upright ones below it. Very tall ones (stories,
    clips) keep clear of what the app lays over: the top eighth, the bottom fifth, the right edge.
    """
    if width > 1.15 * height:
        return _wide(layout, width, height)
    return _upright(layout, width, height)


def _headline_px(width: int, largest_share: float) -> tuple[float, float]:
    return _SMALLEST_HEADLINE_PT * width / PHONE_WIDTH_PT, largest_share * width


def _brand_px(width: int) -> tuple[float, float]:
    return _SMALLEST_BRAND_PT * width / PHONE_WIDTH_PT, 11.5 * width / PHONE_WIDTH_PT


def _wide(layout: Layout, width: int, height: int) -> Frame:
    margin = 0.062 * width
    safe = Area(margin, margin, width - margin, height - margin)
    sizes = _headline_px(width, 0.082), _brand_px(width)
    if layout is Layout.WAVES:
        text = Area(safe.x0, safe.y0, 0.80 * width, 0.70 * height)
        return Frame(safe, text, Area(0, 0.70 * height, width, height), True, *sizes)
    if layout in (Layout.CARD, Layout.MESH):
        right = 0.72 if layout is Layout.CARD else 0.70
        card = Area(0.046 * width, 0.046 * width, right * width, height - 0.046 * width)
        art = Area(0.5 * width, 0, width, height)
        text = card.inset(0.046 * width, 0.042 * width)
        return Frame(card, text, art, False, *sizes, card)
    text = Area(safe.x0, safe.y0, 0.60 * width, safe.y1)
    return Frame(safe, text, Area(0.635 * width, 0, width, height), False, *sizes)


def _upright(layout: Layout, width: int, height: int) -> Frame:
    tall = height > 1.6 * width
    margin = 0.08 * width
    top, bottom = (0.125 * height, 0.80 * height) if tall else (margin, height - margin)
    right = width - (0.13 * width if tall else margin)
    safe = Area(margin, top, right, bottom)
    sizes = _headline_px(width, 0.104), _brand_px(width)
    if layout in (Layout.CARD, Layout.MESH):
        low = (0.70 if tall else 0.74) * height
        card = Area(0.065 * width, top if tall else 0.065 * width, right + 0.015 * width, low)
        art = Area(0, 0.5 * height, width, height)
        text = card.inset(0.07 * width)
        return Frame(card, text, art, False, *sizes, card)
    split = 0.57 if tall else 0.585
    text = Area(safe.x0, safe.y0, safe.x1, split * height)
    return Frame(safe, text, Area(0, (split + 0.035) * height, width, height), True, *sizes)

"""Rows onto the canvas: the area of a placement, and each line's place with its ink flush.

What does not belong here: which rows (`arranging.py`), colours (`inks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from posthub_assets.domain.media.overlay.arranging import Row, Sizes, offsets
from posthub_assets.domain.media.overlay.wish import Align, Placement, Wish
from posthub_assets.domain.visuals.composition import Area
from posthub_assets.domain.visuals.typesetting import Block, draw_block, ink_areas

if TYPE_CHECKING:
    from PIL import ImageDraw

_RULE_WIDTH_SHARE = 0.072


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one row, with the edges that its ink is flush with, in pixels."""

    facts: tuple[str, ...]
    is_title: bool
    block: Block
    left: float
    right: float
    top: float

    @property
    def text(self) -> str:
        """The words of the line."""
        return self.block.lines[0]

    def ink(self) -> Area:
        """Give the box of the line's ink."""
        return ink_areas(self.block, left=self.left, right=self.right, top=self.top)[0]

    def draw(self, draw: ImageDraw.ImageDraw, color: str) -> None:
        """Draw the line."""
        draw_block(draw, self.block, left=self.left, right=self.right, top=self.top, color=color)


@dataclass(frozen=True, slots=True)
class Placed:
    """All lines and the bar above them (None for no bar)."""

    lines: tuple[Line, ...]
    rule: Area | None
    align: Align

    def inks(self) -> tuple[Area, ...]:
        """Give the boxes of all lines' ink."""
        return tuple(line.ink() for line in self.lines)


def area_of(wish: Wish, width: int, height: int, *, rtl: bool) -> Area:
    """Give the area for the facts, in pixels of a canvas of `width` by `height`.

    A box is taken as it is given; the placements by name are mirrored for right-to-left text.
    Very tall canvases keep clear of what apps lay over stories: the top eighth, the bottom fifth.
    """
    if wish.placement is Placement.CUSTOM and wish.box is not None:
        box = wish.box
        return Area(box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height)
    wide = width > 1.15 * height
    margin = 0.055 * width if wide else 0.07 * width
    margin = min(margin, 0.10 * height)
    low, high = margin, height - margin
    if height > 1.6 * width:
        low, high = 0.125 * height, 0.80 * height
    reach = 0.72 if wide else 0.46
    x0, x1 = margin, width - margin
    if wide and align_of(wish) is not Align.CENTRE:
        # A line across a whole banner is long to read; the far third stays the picture's.
        at_right = rtl if align_of(wish) is Align.START else not rtl
        x0, x1 = (0.28 * width, x1) if at_right else (x0, 0.72 * width)
    if wish.placement is Placement.TOP:
        return Area(x0, low, x1, low + reach * (high - low))
    if wish.placement is Placement.BOTTOM:
        return Area(x0, high - reach * (high - low), x1, high)
    spare = (1 - max(reach, 0.56)) / 2 * (high - low)
    return Area(x0, low + spare, x1, high - spare)


def align_of(wish: Wish) -> Align:
    """Give the alignment that is asked for, or that fits the placement."""
    if wish.align is not None:
        return wish.align
    return Align.CENTRE if wish.placement is Placement.CENTRE else Align.START


def place(
    rows: Sequence[Row], sizes: Sizes, area: Area, wish: Wish, canvas: tuple[int, int], *, rtl: bool
) -> Placed:
    """Place every line in `area`: at its top, bottom or middle as the placement says."""
    tops, height = offsets(rows, sizes)
    start = area.y0 + _lean(wish) * (area.height - height)
    align = align_of(wish)
    lines = tuple(
        line
        for row, top in zip(rows, tops, strict=True)
        for line in _lines(row, start + top, area, align, rtl=rtl)
    )
    rule = None
    if sizes.rule_px:
        length = _RULE_WIDTH_SHARE * min(canvas[0], 1.4 * canvas[1])
        left, right = _edges(length, area, align, rtl=rtl)
        rule = Area(left, start, right, start + sizes.rule_height_px)
    return Placed(lines, rule, align)


def _lean(wish: Wish) -> float:
    """Say where in the spare height the rows stand: 0 top, 1 bottom."""
    if wish.placement is Placement.CUSTOM and wish.box is not None:
        middle = (wish.box.y0 + wish.box.y1) / 2
        return 0.0 if middle < 0.4 else 1.0 if middle > 0.6 else 0.5
    return {Placement.TOP: 0.0, Placement.BOTTOM: 1.0}.get(wish.placement, 0.5)


def _lines(row: Row, top: float, area: Area, align: Align, *, rtl: bool) -> list[Line]:
    placed = []
    for index, text in enumerate(row.block.lines):
        block = replace(row.block, lines=(text,))
        y = top + index * row.pitch_px
        ink = ink_areas(block, left=0, right=0, top=0)[0]
        left, right = _edges(ink.width, area, align, rtl=rtl)
        placed.append(Line(row.facts, row.is_title, block, left, right, y))
    return placed


def _edges(width: float, area: Area, align: Align, *, rtl: bool) -> tuple[float, float]:
    """Give the left and right edge of something `width` wide."""
    if align is Align.CENTRE:
        left = (area.x0 + area.x1 - width) / 2
        return left, left + width
    at_right = rtl if align is Align.START else not rtl
    return (area.x1 - width, area.x1) if at_right else (area.x0, area.x0 + width)

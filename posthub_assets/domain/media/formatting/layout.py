"""Where everything lies on a canvas: the picture, the backdrop behind it, the shadow between them.

What does not belong here: pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

COVER = 1.1
"""The picture behind covers this much of the canvas, on the side that binds."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Whole pixels of a canvas; right and bottom are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Layout:
    """One canvas.

    `foreground` is where the whole picture is shown. The whole of it is also scaled to
    `cover_width_px` x `cover_height_px`, of which the canvas shows what begins at `cover_left_px`,
    `cover_top_px`.
    """

    width_px: int
    height_px: int
    foreground: Rectangle
    cover_width_px: int
    cover_height_px: int
    cover_left_px: int
    cover_top_px: int

    def frame(self) -> list[Rectangle]:
        """Give the parts of the canvas that the picture leaves free, without overlap."""
        shown = self.foreground
        parts = (
            Rectangle(0, 0, self.width_px, shown.top),
            Rectangle(0, shown.top, shown.left, shown.bottom),
            Rectangle(shown.right, shown.top, self.width_px, shown.bottom),
            Rectangle(0, shown.bottom, self.width_px, self.height_px),
        )
        return [part for part in parts if part.width > 0 and part.height > 0]


def fitted_size(
    picture_px: tuple[int, int], canvas_px: tuple[int, int], share: float = 1.0
) -> tuple[int, int]:
    """Give the largest size of the picture, by its proportions, that lies within the canvas."""
    scale = share * min(canvas_px[0] / picture_px[0], canvas_px[1] / picture_px[1])
    width, height = (max(1, round(side * scale)) for side in picture_px)
    return min(width, canvas_px[0]), min(height, canvas_px[1])


def layout(picture_px: tuple[int, int], canvas_px: tuple[int, int]) -> Layout:
    """Lay a picture of this size out on a canvas; both are widths and heights in pixels."""
    width, height = fitted_size(picture_px, canvas_px)
    left, top = (canvas_px[0] - width) // 2, (canvas_px[1] - height) // 2
    scale = COVER * max(canvas_px[0] / picture_px[0], canvas_px[1] / picture_px[1])
    cover = [max(side, round(own * scale)) for side, own in zip(canvas_px, picture_px, strict=True)]
    return Layout(
        width_px=canvas_px[0],
        height_px=canvas_px[1],
        foreground=Rectangle(left, top, left + width, top + height),
        cover_width_px=cover[0],
        cover_height_px=cover[1],
        cover_left_px=(cover[0] - canvas_px[0]) // 2,
        cover_top_px=(cover[1] - canvas_px[1]) // 2,
    )

"""A canvas for smooth shapes: drawn larger with Pillow's primitives, then reduced.

What does not belong here: which shapes (`grounds/`) and letters, which FreeType smooths itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from posthub_assets.domain.visuals.composition import Area
from posthub_assets.domain.visuals.palette import Rgb

if TYPE_CHECKING:
    from PIL import Image

_SAMPLES = 3
"""Samples per pixel and axis for a picture of up to a million pixels; two for larger ones."""


class Canvas:
    """Shapes in picture pixels on a ground of one colour. `picture` gives the smooth result."""

    def __init__(self, width: int, height: int, ground: Rgb) -> None:
        from PIL import Image, ImageDraw

        self.width, self.height, self.ground = width, height, ground
        self._scale = _SAMPLES if width * height <= 1_000_000 else 2
        self._image = Image.new("RGB", (width * self._scale, height * self._scale), ground)
        self._draw = ImageDraw.Draw(self._image)

    def picture(self) -> Image.Image:
        """Give the picture, `width` by `height`, RGB."""
        return self._image.reduce(self._scale)

    def fill(self, color: Rgb) -> None:
        """Paint everything."""
        self._image.paste(color, (0, 0, *self._image.size))

    def backdrop(self, image: Image.Image) -> None:
        """Stretch a small picture over everything, smoothly: the cheap way to a gradient."""
        from PIL import Image

        self._image.paste(image.resize(self._image.size, Image.Resampling.BICUBIC))

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, color: Rgb) -> None:
        """Fill a rectangle."""
        self._draw.rectangle(self._box(x0, y0, x1, y1), fill=color)

    def rounded(self, area: Area, radius: float, color: Rgb) -> None:
        """Fill a rectangle with round corners."""
        box = self._box(area.x0, area.y0, area.x1, area.y1)
        self._draw.rounded_rectangle(box, radius=radius * self._scale, fill=color)

    def disc(self, x: float, y: float, radius: float, color: Rgb) -> None:
        """Fill a circle."""
        self._draw.ellipse(self._box(x - radius, y - radius, x + radius, y + radius), fill=color)

    def ring(self, x: float, y: float, radius: float, stroke: float, color: Rgb) -> None:
        """Draw a circle's line, `stroke` wide, its outer edge at `radius`."""
        box = self._box(x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse(box, outline=color, width=max(1, round(stroke * self._scale)))

    def quarter(self, x: float, y: float, radius: float, start: float, color: Rgb) -> None:
        """Fill a quarter of a disc; `start` in degrees, clockwise from three o'clock."""
        box = self._box(x - radius, y - radius, x + radius, y + radius)
        self._draw.pieslice(box, start, start + 90, fill=color)

    def polygon(self, points: Iterable[tuple[float, float]], color: Rgb) -> None:
        """Fill a polygon."""
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], fill=color)

    def panel(self, area: Area, radius: float, color: Rgb, opacity: float) -> None:
        """Lay a rounded panel over what is there; `opacity` from 0 to 1."""
        from PIL import Image, ImageDraw

        x0, y0, x1, y1 = (round(side) for side in self._box(area.x0, area.y0, area.x1, area.y1))
        mask = Image.new("L", (x1 - x0, y1 - y0), 0)
        corner = radius * self._scale
        ImageDraw.Draw(mask).rounded_rectangle(
            (0, 0, x1 - x0 - 1, y1 - y0 - 1), radius=corner, fill=round(255 * opacity)
        )
        self._image.paste(color, (x0, y0, x1, y1), mask)

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Scale; Pillow counts the last pixel in, so it is taken off."""
        s = self._scale
        return (x0 * s, y0 * s, max(x0 * s, x1 * s - 1), max(y0 * s, y1 * s - 1))

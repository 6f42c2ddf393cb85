"""`draw_ground`: a picture in a brand's colours without words, the same for the same order.

What does not belong here: what each ground looks like (`light.py`, `paint.py`, `printed.py`,
`shapes.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.grounds import light, paint, printed, shapes
from posthub_assets.domain.visuals.palette import Scheme, brand_palette, schemes

if TYPE_CHECKING:
    from PIL import Image

    from posthub_assets.domain.media.grounds.fields import Dice

    Painter = Callable[[tuple[int, int], Scheme, Dice], Image.Image]

MODEL = "local-grounds-1"
"""Changes when the same order would give another picture."""
SMALLEST_SIDE_PX = 64
LARGEST_SIDE_PX = 4096
GROUNDS: dict[str, tuple[tuple[str, str], ...]] = {
    "realistic": (("stage", "deep"), ("lights", "deep"), ("curtain", "vivid"), ("hills", "deep")),
    "artistic": (
        ("marbling", "deep"),
        ("strokes", "light"),
        ("washes", "light"),
        ("cut_paper", "deep"),
    ),
    "modern": (("diagonal", "deep"), ("arcs", "light"), ("tiles", "vivid"), ("gradient", "deep")),
    "vintage": (("rays", "light"), ("stripes", "light"), ("fans", "light"), ("dots", "light")),
}
"""For each preset four grounds, each with the brand's scheme that it is drawn in."""
_PAINTERS: dict[str, Painter] = {
    "stage": light.stage,
    "lights": light.lights,
    "curtain": light.curtain,
    "hills": light.hills,
    "marbling": paint.marbling,
    "strokes": paint.strokes,
    "washes": paint.washes,
    "cut_paper": paint.cut_paper,
    "diagonal": shapes.diagonal,
    "arcs": shapes.arcs,
    "tiles": shapes.tiles,
    "gradient": shapes.gradient,
    "rays": printed.rays,
    "stripes": printed.stripes,
    "fans": printed.fans,
    "dots": printed.dots,
}


def draw_ground(
    width_px: int,
    height_px: int,
    colors: Sequence[str],
    preset: str,
    variant: int,
    *,
    seed: str = "",
    prefer: str = "",
    mirrored: bool = False,
) -> Image.Image:
    """Draw one ground, RGB, `width_px` by `height_px` (64 to 4096 each), without words.

    `colors` are the brand's, `#RRGGBB`; with none that can be read, a hue is taken from `seed`.
    `variant` counts from 1: four in a row are four different grounds, the fifth is the first one
    with other chances. `prefer` names the ground of variant 1. `mirrored` is for words that are
    read from the right: wide grounds keep their calm side where reading starts. The same order
    gives the same pixels. Raises InvalidInput for a preset, size or variant that there is not.
    """
    from PIL import ImageOps

    _refuse(width_px, height_px, preset, variant)
    name, scheme_name = _order(preset, prefer)[(variant - 1) % len(GROUNDS[preset])]
    scheme = schemes(brand_palette(colors, fallback_seed=seed or preset))[scheme_name]
    dice = _dice(preset, variant, seed, colors)
    picture = _PAINTERS[name]((width_px, height_px), scheme, dice)
    return ImageOps.mirror(picture) if mirrored else picture


def ground_name(preset: str, variant: int, *, prefer: str = "") -> str:
    """Give the name of the ground that a variant of a preset shows."""
    return _order(preset, prefer)[(variant - 1) % len(GROUNDS[preset])][0]


def _order(preset: str, prefer: str) -> list[tuple[str, str]]:
    return sorted(GROUNDS[preset], key=lambda ground: ground[0] != prefer)


def _dice(preset: str, variant: int, seed: str, colors: Sequence[str]) -> Dice:
    import numpy as np

    told = "\x1f".join((preset, str(variant), seed, *colors))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(told.encode()).digest()[:8]))


def _refuse(width_px: int, height_px: int, preset: str, variant: int) -> None:
    if preset not in GROUNDS:
        raise InvalidInput(
            f"There is no preset {preset!r}. Presets are: {', '.join(GROUNDS)}.", field="preset"
        )
    if variant < 1:
        raise InvalidInput(f"Variants count from 1; {variant} is none.", field="variant")
    if not all(SMALLEST_SIDE_PX <= side <= LARGEST_SIDE_PX for side in (width_px, height_px)):
        raise InvalidInput(
            f"A ground of {width_px} by {height_px} pixels cannot be drawn: each side must have "
            f"{SMALLEST_SIDE_PX} to {LARGEST_SIDE_PX}.",
            field="size",
        )

"""Smooth chance and light as arrays: noise, colour ramps, grain, vignettes. All from a given dice.

Fields are float32, height by width; colours height by width by 3, 0 to 255.
What does not belong here: what they are used for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.visuals.palette import Rgb, mix

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

    Field = npt.NDArray[np.floating[Any]]
    Dice = np.random.Generator

_RAMP_STEPS = 256
_STRIP_PX = 256


def noise(dice: Dice, height: int, width: int, cells: float) -> Field:
    """Give smooth noise, 0 to 1, with about `cells` bumps along the shorter side."""
    import numpy as np
    from PIL import Image

    unit = min(height, width) / cells
    rows, columns = max(4, round(height / unit) + 1), max(4, round(width / unit) + 1)
    grid = Image.fromarray(dice.random((rows, columns), dtype=np.float32))
    smooth = np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC))
    low, high = float(smooth.min()), float(smooth.max())
    field: Field = (smooth - low) / max(1e-6, high - low)
    return field


def clouds(dice: Dice, height: int, width: int, cells: float, octaves: int = 4) -> Field:
    """Give noise with detail in it, 0 to 1: each octave twice as fine and half as strong."""
    total = noise(dice, height, width, cells)
    for octave in range(1, octaves):
        total = total + noise(dice, height, width, cells * 2**octave) / 2**octave
    low, high = float(total.min()), float(total.max())
    field: Field = (total - low) / max(1e-6, high - low)
    return field


def skyline(dice: Dice, width: int, bumps: float, octaves: int = 4) -> Field:
    """Give a row of heights, 0 to 1, with about `bumps` hills across and finer ones on them."""
    import numpy as np
    from PIL import Image

    total = np.zeros(width, dtype=np.float32)
    for octave in range(octaves):
        points = max(4, round(bumps * 2**octave) + 2)
        row = Image.fromarray(dice.random((1, points), dtype=np.float32))
        fine = row.resize((width, 1), Image.Resampling.BICUBIC)
        total += np.asarray(fine)[0] / 2.1**octave
    low, high = float(total.min()), float(total.max())
    heights: Field = (total - low) / max(1e-6, high - low)
    return heights


def warped(field: Field, across: Field, down: Field, reach: float) -> Field:
    """Take each value of a field from a place moved by two other fields (0 to 1), round the edges.

    `reach` is in shares of the shorter side.
    """
    import numpy as np

    height, width = field.shape
    step = reach * min(height, width)
    rows, columns = np.mgrid[0:height, 0:width]
    rows = (rows + (down - 0.5) * 2 * step).astype(np.int32)
    columns = (columns + (across - 0.5) * 2 * step).astype(np.int32)
    # Mirrored at the edges, so that no seam is seen.
    rows = np.minimum(np.abs((rows + height) % (2 * height) - height), height - 1)
    columns = np.minimum(np.abs((columns + width) % (2 * width) - width), width - 1)
    moved: Field = field[rows, columns]
    return moved


def grid(height: int, width: int) -> tuple[Field, Field]:
    """Give x and y of each pixel's middle: y from 0 to 1, x likewise; stretch by the aspect."""
    import numpy as np

    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    x = (np.arange(width, dtype=np.float32) + 0.5) / width
    return np.broadcast_to(x, (height, width)), np.broadcast_to(y[:, None], (height, width))


def ramp(field: Field, colors: Sequence[Rgb], stops: Sequence[float] | None = None) -> Field:
    """Give a colour for each value 0 to 1, blended in OKLab between `colors` at `stops`."""
    import numpy as np

    places = stops or [index / (len(colors) - 1) for index in range(len(colors))]
    table = np.zeros((_RAMP_STEPS, 3), dtype=np.float32)
    for step in range(_RAMP_STEPS):
        at = step / (_RAMP_STEPS - 1)
        after = next((i for i, stop in enumerate(places) if stop >= at), len(places) - 1)
        before = max(0, after - 1)
        span = places[after] - places[before]
        share = (at - places[before]) / span if span > 0 else 0.0
        table[step] = mix(colors[before], colors[after], max(0.0, min(1.0, share)))
    index = np.clip(field * (_RAMP_STEPS - 1), 0, _RAMP_STEPS - 1).astype(np.uint8)
    colored: Field = table[index]
    return colored


def lit(colors: Field, light: Field, color: Rgb) -> Field:
    """Add light of one colour, as on a screen: it never goes beyond white. `light` is 0 to 1."""
    import numpy as np

    glow = np.clip(light, 0, 1)[..., None] * (np.array(color, dtype=np.float32) / 255)
    brighter: Field = 255 - (255 - colors) * (1 - glow)
    return brighter


def covered(colors: Field, mask: Field, color: Rgb | Field) -> Field:
    """Lay a colour (or colours) over; `mask` is 0 to 1."""
    import numpy as np

    share = mask[..., None]
    painted: Field = colors * (1 - share) + np.asarray(color, dtype=np.float32) * share
    return painted


def edge(distance_px: Field) -> Field:
    """Give 1 inside (positive), 0 outside, smoothed over a pixel and a half."""
    import numpy as np

    smooth: Field = np.clip(distance_px / 1.5 + 0.5, 0, 1)
    return smooth


def smoothstep(field: Field, low: float, high: float) -> Field:
    """Ease from 0 at `low` to 1 at `high`."""
    import numpy as np

    share = np.clip((field - low) / (high - low), 0, 1)
    eased: Field = share * share * (3 - 2 * share)
    return eased


def vignette(colors: Field, strength: float) -> Field:
    """Darken the corners by `strength` (0 to 1)."""
    height, width = colors.shape[:2]
    x, y = grid(height, width)
    away = ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2
    darker: Field = colors * (1 - strength * smoothstep(away, 0.25, 1.1))[..., None]
    return darker


def finished(colors: Field, size: tuple[int, int], dice: Dice, grain: float) -> Image.Image:
    """Give the picture at `size`, with grain (in levels) that keeps gradients from banding."""
    import numpy as np
    from PIL import Image

    picture = Image.fromarray(np.clip(colors, 0, 255).round().astype(np.uint8))
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    for top in range(0, size[1], _STRIP_PX):  # in strips: a large picture as floats is 100 MB
        box = (0, top, size[0], min(size[1], top + _STRIP_PX))
        strip = np.asarray(picture.crop(box), dtype=np.float32)
        speckle = dice.standard_normal(strip.shape[:2], dtype=np.float32) * grain
        speckled = np.clip(strip + speckle[..., None], 0, 255).round().astype(np.uint8)
        picture.paste(Image.fromarray(speckled), box)
    return picture


def soft_size(width: int, height: int, longest: int = 720) -> tuple[int, int]:
    """Give height and width to reckon soft things at: they have no detail to lose."""
    scale = min(1.0, longest / max(width, height))
    return max(8, round(height * scale)), max(8, round(width * scale))

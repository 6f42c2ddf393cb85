"""A persona's palette: the brand's colours first, then colours derived from them.

What does not belong here: contrast and drawing (`domain/visuals/`).
"""

from __future__ import annotations

import colorsys
import re

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_BRAND_MOST = 4
_SIZE = 5


def persona_palette(brand_colors: tuple[str, ...], turn: int) -> tuple[str, ...]:
    """Give five colours `#RRGGBB`, upper case: at most four of the brand's, then derived ones.

    `turn`, 0 and up, moves the derived hues by 25 degrees each, so that personas differ. A brand
    without usable colours starts from a hue that `turn` gives alone. Values that are no `#RRGGBB`
    are passed over.
    """
    brand = [color.upper() for color in brand_colors if _HEX.fullmatch(color)]
    palette = list(dict.fromkeys(brand))[:_BRAND_MOST]
    base = _hls(palette[0]) if palette else (((turn * 67) % 360) / 360, 0.38, 0.55)
    if not palette:
        palette.append(_hex(*base))
    for step in range(_SIZE * 3):
        if len(palette) >= _SIZE:
            break
        color = _derived(base, turn, step)
        if color not in palette:
            palette.append(color)
    return tuple(palette)


def _derived(base: tuple[float, float, float], turn: int, step: int) -> str:
    """Give a neighbour, a counterpart, a tint or a shade of the base, in turn."""
    hue, lightness, saturation = base
    shift = (25 * (turn % 12) + 30 * (step + 1)) / 360
    strong = max(0.45, saturation)
    if step % 4 == 0:
        return _hex((hue + shift) % 1.0, 0.48, strong)
    if step % 4 == 1:
        return _hex(hue, 0.93, min(strong, 0.6))
    if step % 4 == 2:
        return _hex((hue + shift / 2) % 1.0, 0.22, strong)
    return _hex((hue + 0.5 + shift / 4) % 1.0, min(0.7, lightness + 0.25), strong)


def _hls(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return colorsys.rgb_to_hls(red, green, blue)


def _hex(hue: float, lightness: float, saturation: float) -> str:
    channels = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(channel * 255):02X}" for channel in channels)

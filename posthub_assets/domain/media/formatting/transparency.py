"""Pictures that one can see through: what stands behind them, and a shadow of their own outline.

What does not belong here: opaque pictures (`compose.py`), whose shadow is a rectangle's.
"""

from __future__ import annotations

from PIL import Image, ImageFilter, ImageStat

from posthub_assets.domain.media.formatting.backdrop import (
    SHADOW_OFFSET_PX,
    SHADOW_OPACITY,
    SHADOW_SIGMA_PX,
)
from posthub_assets.domain.media.formatting.layout import Layout

LIGHT_GROUND = (255, 255, 255)
DARK_GROUND = (32, 32, 32)
_LIGHT_LEVEL = 160
_SHADOW_BLOCK = 8


def on_ground(picture: Image.Image) -> Image.Image:
    """Lay an RGBA picture on white, or on near black where what is seen of it is light.

    This is what the backdrop is made from: a white logo must not vanish.
    """
    seen = ImageStat.Stat(picture.convert("L"), mask=picture.getchannel("A"))
    is_light = seen.count[0] > 0 and seen.mean[0] > _LIGHT_LEVEL
    ground = Image.new("RGB", picture.size, DARK_GROUND if is_light else LIGHT_GROUND)
    ground.paste(picture, mask=picture)
    return ground


def lay(
    canvas: Image.Image,
    picture: Image.Image,
    box: tuple[float, float, float, float],
    plan: Layout,
) -> None:
    """Draw the RGBA picture, fitted, and its soft shadow on a canvas that has its backdrop."""
    place = plan.foreground
    smaller = place.width < box[2] - box[0]
    shown = picture.resize(
        (place.width, place.height),
        Image.Resampling.LANCZOS if smaller else Image.Resampling.BICUBIC,
        box=box,
    )
    canvas.paste((0, 0, 0), mask=_shadow(shown.getchannel("A"), plan))
    canvas.paste(shown, (place.left, place.top), shown)


def _shadow(alpha: Image.Image, plan: Layout) -> Image.Image:
    """Blur the outline in small: nothing of a shadow this soft is finer."""
    size = plan.width_px, plan.height_px
    outline = Image.new("L", size)
    outline.paste(alpha, (plan.foreground.left, plan.foreground.top + SHADOW_OFFSET_PX))
    small = outline.reduce(_SHADOW_BLOCK)
    soft = small.filter(ImageFilter.GaussianBlur(SHADOW_SIGMA_PX / _SHADOW_BLOCK))
    box = (0, 0, size[0] / _SHADOW_BLOCK, size[1] / _SHADOW_BLOCK)
    shadow = soft.resize(size, Image.Resampling.BICUBIC, box=box)
    return shadow.point([round(level * SHADOW_OPACITY) for level in range(256)])

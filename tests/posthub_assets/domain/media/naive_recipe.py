"""The recipe done straight: everything decoded whole, scaled, blurred and laid in full size.

What the fast way is compared with. Nothing is shared with it but the figures of the recipe.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

BLUR_SIGMA, SHADOW_SIGMA, SHADOW_OFFSET, SHADOW_OPACITY, COVER = 18, 24, 10, 0.45, 1.1


@dataclass(frozen=True, slots=True)
class Naive:
    """A canvas, and where the picture lies on it: left, top, right, bottom."""

    canvas: Image.Image
    shown: tuple[int, int, int, int]


def naive_canvas(picture: Image.Image, width: int, height: int, *, exactly: bool = False) -> Naive:
    """Lay an RGB picture on a canvas; `exactly` blurs by a true Gaussian, else as Pillow does."""
    scale = min(width / picture.width, height / picture.height)
    size = min(width, round(picture.width * scale)), min(height, round(picture.height * scale))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    shown = (left, top, left + size[0], top + size[1])
    back = _backdrop(picture, width, height, exactly=exactly)
    mask = Image.new("L", (width, height))
    mask.paste(255, (left, top + SHADOW_OFFSET, shown[2], shown[3] + SHADOW_OFFSET))
    shadow = _shadow(mask, exactly=exactly)
    canvas = Image.fromarray(
        np.rint(back * (1 - SHADOW_OPACITY * shadow[:, :, None])).astype(np.uint8)
    )
    canvas.paste(_resized(picture, size), shown)
    return Naive(canvas, shown)


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    smaller = size[0] < picture.width
    return picture.resize(size, Image.Resampling.LANCZOS if smaller else Image.Resampling.BICUBIC)


def _backdrop(picture: Image.Image, width: int, height: int, *, exactly: bool) -> np.ndarray:
    scale = COVER * max(width / picture.width, height / picture.height)
    cover = _resized(
        picture,
        (max(width, round(picture.width * scale)), max(height, round(picture.height * scale))),
    )
    left, top = (cover.width - width) // 2, (cover.height - height) // 2
    if not exactly:
        blurred = cover.filter(ImageFilter.GaussianBlur(BLUR_SIGMA))
        return np.asarray(blurred.crop((left, top, left + width, top + height)), np.float32)
    channels = []
    for one in cover.split():
        lines = _gaussian(np.asarray(one, np.float32), height, top, BLUR_SIGMA)
        channels.append(_gaussian(lines.T, width, left, BLUR_SIGMA).T)
    return np.stack(channels, axis=-1)


def _shadow(mask: Image.Image, *, exactly: bool) -> np.ndarray:
    """Blur the mask; beyond the canvas it goes on as it is at the border."""
    if not exactly:
        return np.asarray(mask.filter(ImageFilter.GaussianBlur(SHADOW_SIGMA)), np.float32) / 255
    far = 5 * SHADOW_SIGMA
    wide = np.pad(np.asarray(mask, np.float32) / 255, far, "edge")
    lines = _gaussian(wide, mask.height, far, SHADOW_SIGMA)
    return _gaussian(lines.T, mask.width, far, SHADOW_SIGMA).T


def _gaussian(values: np.ndarray, length: int, offset: int, sigma: float) -> np.ndarray:
    """Blur down the columns, for `length` rows from `offset` on. Cut off at five sigmas."""
    strips = []
    for start in range(offset, offset + length, 128):
        places = np.arange(start, min(start + 128, offset + length))
        low = max(0, start - round(5 * sigma))
        seen = values[low : places[-1] + round(5 * sigma)]
        distances = np.arange(len(seen))[None, :] + low - places[:, None]
        weights = np.exp(-0.5 * (distances / sigma) ** 2)
        weights /= weights.sum(axis=1, keepdims=True)
        strips.append(weights.astype(np.float32) @ np.ascontiguousarray(seen))
    return np.concatenate(strips)


def psnr(given: np.ndarray, wanted: np.ndarray) -> float:
    """Peak signal to noise, in dB, of levels 0 to 255."""
    mean = float(np.mean((given.astype(np.float32) - wanted.astype(np.float32)) ** 2))
    return float(10 * np.log10(255**2 / max(mean, 1e-6)))

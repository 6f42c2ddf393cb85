"""A file's bytes as some ten thousand pixels: decoded at a reduced scale, in sRGB, with alpha.

A sample of the pixels, not their average: an average loses the brightest and the darkest of them,
and with them the colours that the eye holds on to.
What does not belong here: judging whether a file may come in at all.
"""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from posthub_assets.domain.errors import InvalidInput

_DRAFT_PX: Final = 160
"""A JPEG is decoded at the smallest scale that leaves this much of both sides."""
_SAMPLED_PX: Final = 160 * 120
"""About so many pixels are looked at; more change no palette that people could tell."""
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow raises on files that are broken."""
_WITH_ALPHA: Final = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})


@dataclass(frozen=True, slots=True)
class Sample:
    """Pixels as sRGB bytes, shape (n, 3), and how much is seen of each, 0 to 255, where it varies.

    `is_unseen`: all of the picture is transparent; its pixels then count as they are.
    """

    pixels: npt.NDArray[np.uint8]
    alpha: npt.NDArray[np.uint8] | None = None
    is_unseen: bool = False


def sample(blob: bytes) -> Sample:
    """Decode a picture's first frame as far as needed. Raises InvalidInput where it is none."""
    try:
        with Image.open(io.BytesIO(blob)) as picture:
            picture.draft("RGB", (_DRAFT_PX, _DRAFT_PX))
            profile = picture.info.get("icc_profile")
            has_alpha = picture.mode in _WITH_ALPHA or "transparency" in picture.info
            return _sampled(_reduced(picture), has_alpha, profile)
    except _BROKEN as error:
        raise InvalidInput(
            "The colours cannot be read: the file is broken, or no picture. Upload it again as "
            "JPEG, PNG or WebP.",
            field="media",
        ) from error


def _reduced(picture: Image.Image) -> Image.Image:
    """Take every so many-th pixel; nothing is blended, so this suits every mode."""
    width, height = picture.size
    scale = min(1.0, (_SAMPLED_PX / (width * height)) ** 0.5)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == picture.size:
        picture.load()
        return picture
    return picture.resize(size, Image.Resampling.NEAREST)


def _sampled(picture: Image.Image, has_alpha: bool, profile: bytes | None) -> Sample:
    picture = _eight_bit(picture)
    if not has_alpha:
        return Sample(_bytes(_in_srgb(picture, profile), 3))
    alpha = _bytes(picture.convert("RGBA").getchannel("A"), 1)[:, 0]
    pixels = _bytes(_in_srgb(picture.convert("RGBA").convert("RGB"), profile), 3)
    if not alpha.any():
        return Sample(pixels, is_unseen=True)
    return Sample(pixels, alpha)


def _bytes(picture: Image.Image, channels: int) -> npt.NDArray[np.uint8]:
    return np.asarray(picture, dtype=np.uint8).reshape(-1, channels)


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Give greys of 16 and 32 bits as bytes; Pillow would cut them off at 255."""
    if picture.mode not in ("I;16", "I;16L", "I;16B", "I", "F"):
        return picture
    values = np.asarray(picture).astype(np.float64)
    most = 65535.0 if values.size and values.max() > 255 else 255.0
    return Image.fromarray(np.rint(np.clip(values / most, 0, 1) * 255).astype(np.uint8))


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the embedded profile; one that is broken or does not fit is passed over."""
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return _by_profile(picture, profile)
    return picture.convert("RGB")


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    # For so few pixels a table made beforehand costs more than it saves.
    transform = ImageCms.buildTransform(
        given, _srgb(), picture.mode, "RGB", flags=ImageCms.Flags.NOOPTIMIZE
    )
    converted = ImageCms.applyTransform(picture, transform)
    if converted is None:
        raise ValueError("the profile converted nothing")
    return converted


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

"""Colours of a decoded picture to sRGB, by the ICC profile that its file carries.

Runs in the picture child process: the standard library, numpy and Pillow, nothing else.
What does not belong here: decoding (`pixels.py`), colours of a palette (`palettes/`).
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageCms

FROM_PROFILE = "converted-from-profile"
PROFILE_IGNORED = "profile-ignored"

MAX_PROFILE_BYTES = 4_000_000
"""Profiles of printing conditions have 0.5 to 3 MB; what is larger is no profile."""

_SPACES = {"L": "GRAY", "RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK"}
_IN_PLACE = ("RGB", "RGBA")
_SAME_LEVELS = 1
"""A profile that moves no colour by more than this is sRGB by another name."""


def to_srgb(image: Image.Image, profile: bytes | None, notes: list[str]) -> Image.Image:
    """Give the picture in sRGB, as RGB or RGBA; appends what was done to `notes`.

    `image` is L, LA, RGB, RGBA or CMYK. The profile is applied relative-colorimetrically with black
    point compensation, as browsers do for photographs. One that is broken, or of another kind of
    colours than the picture, is ignored; the picture is then taken for sRGB, and CMYK is turned
    around by arithmetic. RGB and RGBA are converted in place: `image` is not to be used after.
    """
    if image.mode == "RGBA":
        return _converted(image, profile, notes) if profile else image
    if image.mode == "LA" and not profile:
        return image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode == "LA" else None
    colours = image if alpha is None else image.convert("L")
    if profile:
        colours = _converted(colours, profile, notes)
    if colours.mode != "RGB":
        colours = colours.convert("RGB")
    if alpha is not None:
        # In place: a second whole picture in memory would be one too many at 4000 x 4000.
        colours.putalpha(alpha)
    return colours


def _converted(image: Image.Image, profile: bytes, notes: list[str]) -> Image.Image:
    try:
        transform = _transform(profile, image.mode)
        if transform is None:
            return image
        if image.mode in _IN_PLACE:
            transform.apply_in_place(image)
            converted = image
        else:
            converted = transform.apply(image)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, OverflowError):
        notes.append(PROFILE_IGNORED)
        return image
    notes.append(FROM_PROFILE)
    return converted


def _transform(profile: bytes, mode: str) -> Any:
    """Make a transform to sRGB, or None where the profile is sRGB already. Raises if unusable."""
    if len(profile) > MAX_PROFILE_BYTES:
        raise ValueError("too large for a profile")
    opened = ImageCms.ImageCmsProfile(BytesIO(profile))
    if opened.profile.xcolor_space.strip() != _SPACES[mode]:
        raise ValueError("a profile of another colour space")
    transform = ImageCms.ImageCmsTransform(
        opened,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
        mode,
        mode if mode in _IN_PLACE else "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return None if mode in _IN_PLACE and _changes_nothing(transform, mode) else transform


def _changes_nothing(transform: Any, mode: str) -> bool:
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
    moved = np.asarray(transform.apply(Image.fromarray(cube).convert(mode))).astype(int)
    return int(np.abs(moved[..., :3] - cube).max()) <= _SAME_LEVELS

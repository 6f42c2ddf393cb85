"""Finished pictures become files: JPEG by default, WebP and AVIF on request.

The figures behind the defaults are in docs/decisions/0022. Runs in the picture child process: the
standard library, numpy and Pillow, nothing else.
What does not belong here: reading files (`pixels.py`), what the XMP says (`provenance.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageCms, ImageFile

from posthub_assets.domain.errors import InvalidInput

EncodingType = Literal["jpeg", "webp", "avif"]
MEDIA_TYPES: dict[str, str] = {"jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}
DEFAULT_QUALITY: dict[str, int] = {"jpeg": 85, "webp": 86, "avif": 75}
"""Numbers of different encoders do not compare. The last two give files a third smaller than the
first."""

CHROMA_STEP = 24
"""A step of Cb or Cr between two neighbours that one value for both would blur visibly."""
CHROMA_SHARE = 0.005
"""Above this share of such steps the picture has coloured letters or logos. Of photographs at most
0.003 of them are."""
_EVERY_NTH_ROW = 16
_AVIF_SPEED = 8
_WEBP_METHOD = 4


@dataclass(frozen=True, slots=True)
class Encoding:
    """What kind of file is asked for. `quality` is 1 to 100; None takes the type's default.

    `full_chroma` keeps the colours of every pixel in a JPEG; None looks at the picture.
    """

    type: EncodingType = "jpeg"
    quality: int | None = None
    full_chroma: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what no encoder takes."""
        if self.type not in MEDIA_TYPES:
            raise InvalidInput(
                f"There is no encoding {self.type}. There are: {', '.join(MEDIA_TYPES)}.",
                field="encoding.type",
            )
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise InvalidInput(
                f"The quality {self.quality} is not between 1 and 100. "
                "Leave it out for the default.",
                field="encoding.quality",
            )


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file, and how it was made."""

    data: bytes
    media_type: str
    quality: int
    full_chroma: bool


def encode(image: Image.Image, encoding: Encoding, *, xmp: bytes = b"") -> Encoded:
    """Write an sRGB image of mode RGB (WebP and AVIF: also RGBA) as a file.

    A JPEG is progressive, with Huffman tables of its own, and has one colour for 2 x 2 pixels but
    where `has_coloured_edges`. The file says that it is sRGB and carries `xmp`; nothing else that
    the image may bring along, such as EXIF or comments. The same input gives the same bytes.

    Raises InvalidInput where the XMP is too long for the format (65,502 bytes in a JPEG).
    """
    quality = encoding.quality or DEFAULT_QUALITY[encoding.type]
    options: dict[str, Any] = {"quality": quality, "icc_profile": srgb_profile(), "exif": b""}
    if xmp:
        options["xmp"] = xmp
    full_chroma = encoding.full_chroma
    if encoding.type == "jpeg":
        full_chroma = has_coloured_edges(image) if full_chroma is None else full_chroma
        sampling = 0 if full_chroma else 2
        # Pillow reserves a byte a pixel for a progressive JPEG; noise needs more, and would fail.
        ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 4 * image.width * image.height)
        options |= {"progressive": True, "subsampling": sampling, "comment": b""}
    elif encoding.type == "webp":
        options |= {"method": _WEBP_METHOD}
    else:
        options |= {"speed": _AVIF_SPEED, "max_threads": 1}
    file = BytesIO()
    try:
        image.save(file, encoding.type.upper(), **options)
    except ValueError as error:
        raise InvalidInput(
            f"The picture could not be written as {encoding.type}: {error}. "
            "Shorten its description, or choose another encoding.",
            field="encoding",
        ) from error
    return Encoded(file.getvalue(), MEDIA_TYPES[encoding.type], quality, bool(full_chroma))


def has_coloured_edges(image: Image.Image) -> bool:
    """Say whether halving the colour's resolution would show: coloured letters, logos, drawings.

    Looks at every sixteenth row of an RGB image, and there at the pixels that would share a colour.
    Cb and Cr are those of JPEG (ITU-T T.871).
    """
    width = image.width // 2 * 2
    rows = max(1, image.height // _EVERY_NTH_ROW)
    if width == 0:
        return False
    sample = image.resize((image.width, rows), Image.Resampling.NEAREST)
    pairs = np.asarray(sample).astype(np.int16)[:, :width, :3].reshape(rows, -1, 2, 3)
    red, green, blue = np.moveaxis(pairs[:, :, 0] - pairs[:, :, 1], -1, 0).astype(np.float32)
    blue_step = np.abs(-0.1687 * red - 0.3313 * green + 0.5 * blue)
    red_step = np.abs(0.5 * red - 0.4187 * green - 0.0813 * blue)
    visible = np.maximum(blue_step, red_step) > CHROMA_STEP
    return bool(visible.mean() > CHROMA_SHARE)


@cache
def srgb_profile() -> bytes:
    """Give an ICC profile of sRGB (about 600 bytes), the same bytes each time."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = bytes((7, 234, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))  # its date: 1 January 2026
    made[84:100] = bytes(16)  # its checksum, which may be left out
    return bytes(made)

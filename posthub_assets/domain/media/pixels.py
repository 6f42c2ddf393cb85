"""From the bytes of a picture to its pixels: upright, in sRGB, eight bits, no larger than needed.

Runs in the picture child process: the standard library, numpy and Pillow, nothing else.
What does not belong here: whether a file may come in at all (`looking.py`), what is made of the
pixels (`formatting/`), writing files (`encoding.py`).
"""

from __future__ import annotations

import math
import struct
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageChops, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.profiles import to_srgb
from posthub_assets.domain.media.still_webp import still_webp

assert JpegImagePlugin and PngImagePlugin and WebPImagePlugin, "imported so that Pillow knows them"

FORMATS = ("JPEG", "PNG", "WEBP")
"""What is read, by Pillow's names. A picture of several frames from a phone (MPO) is a JPEG."""

REDUCING_GAP = 1.5
"""Averaging whole blocks leaves at least this many times the pixels that are needed, across and
down. The rest is left to a better filter: the result is 53 dB from that filter alone."""
DRAFT_GAP = 1.12
"""The same for a JPEG that is scaled while it is decoded, which is better than averaging. Just at
the size that is needed it would be 45 to 46 dB from a Lanczos filter alone; here it is 48 and
more."""

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT, True, False),
    3: (Image.Transpose.ROTATE_180, True, True),
    4: (Image.Transpose.FLIP_TOP_BOTTOM, False, True),
    5: (Image.Transpose.TRANSPOSE, False, False),
    6: (Image.Transpose.ROTATE_270, True, False),
    7: (Image.Transpose.TRANSVERSE, True, True),
    8: (Image.Transpose.ROTATE_90, False, True),
}
"""By EXIF orientation: what to do, and whether what was at the right (below) is then at the left
(above). From EXIF 2.32, 4.6.4, tag 274."""
_SIDEWAYS = (5, 6, 7, 8)
_STRIP_ROWS = 256
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    RuntimeError,
    Image.DecompressionBombError,
)
"""What Pillow raises on files that are broken, as its plugins and their libraries do in fact."""

TRUNCATED = "truncated: its end is missing"
"""In the sentence of an error: what was found of a picture that ends early."""
_EARLY = ("truncated", "unexpected end", "EOF")

EXIF_UNREADABLE = "exif-unreadable"
FIRST_FRAME = "first-frame"
TURNED = "turned-upright"
FROM_SIXTEEN_BITS = "sixteen-bits-reduced"
CMYK_WITHOUT_PROFILE = "cmyk-without-profile"


@dataclass(frozen=True, slots=True)
class Source:
    """A picture that was opened: what its header says. Nothing is decoded yet.

    `width_px` and `height_px` are those of the upright picture.
    """

    data: bytes
    width_px: int
    height_px: int
    format: str
    """JPEG, PNG or WEBP."""
    mode: str
    """The mode in the file, by Pillow's name."""
    frames: int
    orientation: int
    """1 to 8, as EXIF counts; 1 where the file does not say."""
    notes: tuple[str, ...]

    @property
    def lying_width_px(self) -> int:
        """The width as the picture lies in its file."""
        return self.height_px if self.orientation in _SIDEWAYS else self.width_px

    @property
    def lying_height_px(self) -> int:
        """The height as the picture lies in its file."""
        return self.width_px if self.orientation in _SIDEWAYS else self.height_px


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture that was decoded: upright, sRGB, mode RGB, or RGBA where something shows through.

    `box` (left, top, right, bottom, in pixels of `image`) is where the picture lies exactly: where
    it was reduced, the last column or row may be a part of a pixel only.
    """

    image: Image.Image
    box: tuple[float, float, float, float]
    width_px: int
    """Of the whole picture, not of `image`."""
    height_px: int
    notes: tuple[str, ...]
    """What was done, as short codes; the constants of this module and of `profiles.py`."""


def open_picture(data: bytes) -> Source:
    """Read the header of a JPEG, PNG or WebP file.

    Limits on size are checked before, by `looking.py`. Raises InvalidInput where it is no such
    file, or its header is broken.
    """
    image = _opened(data)
    notes: list[str] = []
    orientation = _orientation(image, data, notes)
    width_px, height_px = image.size
    if orientation in _SIDEWAYS:
        width_px, height_px = height_px, width_px
    frames = int(getattr(image, "n_frames", 1))
    if frames > 1:
        notes.append(FIRST_FRAME)
    format_ = "JPEG" if image.format == "MPO" else str(image.format)
    return Source(data, width_px, height_px, format_, image.mode, frames, orientation, tuple(notes))


def decode(source: Source, needed: Sequence[tuple[int, int]] = ()) -> Pixels:
    """Decode the first frame at the smallest scale that still serves all sizes of `needed`.

    `needed` has widths and heights in pixels that the whole upright picture will be scaled to; with
    none it is decoded whole. A JPEG is scaled while it is decoded (by 1, 2, 4 or 8), anything by
    averaging whole blocks. Turning upright and colours come after, since they cost by the pixel.

    Raises InvalidInput where the file is truncated or broken.
    """
    image = _opened(source.data)
    scale = _draft(image, source, needed)
    _load(image)
    notes = list(source.notes)
    profile, is_adobe = image.info.get("icc_profile"), "adobe" in image.info
    pixels = _eight_bits(image, notes)
    del image  # 64 MB at 4000 x 4000: whoever holds it too long is over the limit of a picture
    block = _block(pixels, source, needed)
    if block > 1:
        pixels = pixels.reduce(block)
        scale *= block
    box = 0.0, 0.0, source.lying_width_px / scale, source.lying_height_px / scale
    if source.orientation != 1:
        pixels, box = _upright(pixels, box, source.orientation)
        notes.append(TURNED)
    if pixels.mode == "CMYK":
        pixels = _cmyk_as_adobe(pixels, bool(profile), is_adobe, notes)
    upright = _without_idle_alpha(to_srgb(pixels, profile, notes))
    upright.info = {}
    return Pixels(upright, box, source.width_px, source.height_px, tuple(notes))


def _opened(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return still_webp(data) or Image.open(BytesIO(data), formats=FORMATS)
    except _BROKEN as error:
        if _ends_early(data):
            raise _refusal(TRUNCATED) from error
        raise InvalidInput(
            "This is not a JPEG, PNG or WebP picture, or its header is broken. "
            "Export the picture again and upload that file.",
            field="picture",
        ) from error


def _ends_early(data: bytes) -> bool:
    """Say whether a WebP file is shorter than its header says: Pillow opens whole ones only."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return False
    return int.from_bytes(data[4:8], "little") + 8 > len(data)


def _refusal(told: str) -> InvalidInput:
    return InvalidInput(
        f"The picture is {told}. Upload the whole file again, or export it anew.", field="picture"
    )


def _load(image: Image.Image) -> None:
    """Decode. Pillow says so where the data end early, in words that differ by format."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
    except _BROKEN as error:
        early = isinstance(error, EOFError) or any(word in str(error) for word in _EARLY)
        raise _refusal(TRUNCATED if early else "broken") from error


def _orientation(image: Image.Image, data: bytes, notes: list[str]) -> int:
    raw = image.info.get("exif") or (_late_exif(data) if image.format == "PNG" else None)
    if not raw:
        return 1
    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exif.load(raw)
            told = exif.get(_ORIENTATION_TAG)
    except (*_BROKEN, UserWarning):
        notes.append(EXIF_UNREADABLE)
        return 1
    return told if isinstance(told, int) and told in _TURNS else 1


def _late_exif(data: bytes) -> bytes | None:
    """Find the eXIf chunk of a PNG that stands after its pixels, without decoding them."""
    place = 8
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if kind == b"eXIf":
            return data[place + 8 : place + 8 + length]
        place += 12 + length
    return None


def _eight_bits(image: Image.Image, notes: list[str]) -> Image.Image:
    """Give mode L, LA, RGB, RGBA or CMYK. Palettes and transparent colours become pixels."""
    if image.mode.startswith("I"):
        notes.append(FROM_SIXTEEN_BITS)
        return _from_sixteen_bits(image)
    seen_through = "transparency" in image.info
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if seen_through or image.mode == "PA" else "RGB")
    if seen_through and image.mode in ("1", "L", "RGB"):
        return image.convert("RGBA" if image.mode == "RGB" else "LA")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _from_sixteen_bits(image: Image.Image) -> Image.Image:
    """Give grey of 16 bits as L, or as LA where one value is transparent; strip by strip."""
    clear = image.info.get("transparency")
    width, height = image.size
    grey = Image.new("L", image.size)
    alpha = Image.new("L", image.size, 255) if isinstance(clear, int) else None
    for top in range(0, height, _STRIP_ROWS):
        below = min(top + _STRIP_ROWS, height)
        values = np.asarray(image.crop((0, top, width, below))).astype(np.uint32)
        eighth = (np.minimum(values, 65535) * 255 + 32767) // 65535
        grey.paste(Image.fromarray(eighth.astype(np.uint8)), (0, top))
        if alpha is not None:
            shown = np.where(values == clear, 0, 255).astype(np.uint8)
            alpha.paste(Image.fromarray(shown), (0, top))
    return Image.merge("LA", (grey, alpha)) if alpha is not None else grey


def _draft(image: Image.Image, source: Source, needed: Sequence[tuple[int, int]]) -> int:
    """Let the decoder scale down by 1, 2, 4 or 8, where it can; give the number."""
    if not needed:
        return 1
    width, height = _largest(source, needed)
    drafted = image.draft(None, (math.ceil(width * DRAFT_GAP), math.ceil(height * DRAFT_GAP)))
    return round(source.lying_width_px / drafted[1][2]) if drafted else 1


def _block(image: Image.Image, source: Source, needed: Sequence[tuple[int, int]]) -> int:
    """Say how wide a square to average, so that `REDUCING_GAP` times the need is kept."""
    if not needed:
        return 1
    width, height = _largest(source, needed)
    return max(1, int(min(image.width / width, image.height / height) / REDUCING_GAP))


def _largest(source: Source, needed: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Give the size that serves all, as the picture lies in its file."""
    width = max(1, *(width for width, _ in needed))
    height = max(1, *(height for _, height in needed))
    return (height, width) if source.orientation in _SIDEWAYS else (width, height)


def _cmyk_as_adobe(
    image: Image.Image, has_profile: bool, is_adobe: bool, notes: list[str]
) -> Image.Image:
    """Undo what Pillow does to every CMYK file: only those that Adobe marked are inverted."""
    if not has_profile:
        notes.append(CMYK_WITHOUT_PROFILE)
    return image if is_adobe else ImageChops.invert(image)


def _upright(
    image: Image.Image, box: tuple[float, float, float, float], orientation: int
) -> tuple[Image.Image, tuple[float, float, float, float]]:
    turn, mirrored, upside_down = _TURNS[orientation]
    turned = image.transpose(turn)
    _, _, width, height = box
    if orientation in _SIDEWAYS:
        width, height = height, width
    left = turned.width - width if mirrored else 0.0
    top = turned.height - height if upside_down else 0.0
    return turned, (left, top, left + width, top + height)


def _without_idle_alpha(image: Image.Image) -> Image.Image:
    """Drop an alpha channel that hides nothing: everything after is cheaper."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image

"""A WebP picture that does not move, decoded once into one buffer.

Pillow opens every WebP as an animation, with two canvases and a copy: 256 MB for 4000 x 4000 pixels
(measured with Pillow 13), more than a picture may take. The library that Pillow brings can decode
into memory that we hold: 64 MB, and 64 more of its own where the file is lossless. It is asked
directly; where it cannot be found, Pillow's own way is taken.
What does not belong here: animations; whether a file may be opened (`looking.py`).
"""

from __future__ import annotations

import ctypes
import struct
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageFile, _webp

_ANIMATION_FLAG = 0x02


class StillWebP(ImageFile.ImageFile):
    """What Pillow gives for a WebP, without its frames. Raises SyntaxError where it is none."""

    format = "WEBP"
    format_description = "WebP, one picture"

    def _open(self) -> None:
        assert self.fp is not None
        self._data = self.fp.read()
        read = _features(self._data)
        if read is None:
            raise SyntaxError("not a WebP picture")
        width, height, has_alpha = read
        self._size = width, height
        self._mode = "RGBA" if has_alpha else "RGB"
        for name, key in ((b"ICCP", "icc_profile"), (b"EXIF", "exif")):
            content = _chunk(self._data, name)
            if content:
                self.info[key] = content

    def load(self) -> Any:
        """Decode, once. Raises OSError where the file is truncated or broken."""
        if self._data:
            data, self._data = self._data, b""
            width, height = self.size
            pixels = np.empty((height, width, 4), np.uint8)
            if not _library().WebPDecodeRGBAInto(
                data, len(data), pixels.ctypes.data, pixels.nbytes, 4 * width
            ):
                raise OSError("the WebP library cannot decode this: truncated or broken")
            mode = "RGBA" if self.mode == "RGBA" else "RGBX"
            mapped = Image.frombuffer(mode, self.size, pixels, "raw", mode, 0, 1)
            # A picture that lies in foreign memory is copied by Pillow whenever it is saved.
            self.im = (mapped.copy() if mode == self.mode else mapped.convert("RGB")).im
        return super(ImageFile.ImageFile, self).load()


def still_webp(data: bytes) -> Image.Image | None:
    """Open a WebP that does not move; None where it is none, or only Pillow can read it."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or _library() is None:
        return None
    if data[12:16] == b"VP8X" and len(data) > 20 and data[20] & _ANIMATION_FLAG:
        return None
    return StillWebP(BytesIO(data))


@cache
def _library() -> Any:
    """Give the WebP library that Pillow's module is linked with, or None."""
    try:
        library = ctypes.CDLL(_webp.__file__)
        decode, features = library.WebPDecodeRGBAInto, library.WebPGetFeaturesInternal
    except (OSError, AttributeError):
        return None
    size = ctypes.c_size_t
    decode.restype = ctypes.c_void_p
    decode.argtypes = [ctypes.c_char_p, size, ctypes.c_void_p, size, ctypes.c_int]
    features.restype = ctypes.c_int
    features.argtypes = [ctypes.c_char_p, size, ctypes.c_void_p, ctypes.c_int]
    return library


_ABI = 0x0200
"""WEBP_DECODER_ABI_VERSION of webp/decode.h; only its upper half must be the same."""


def _features(data: bytes) -> tuple[int, int, bool] | None:
    """Give width, height and whether there is alpha, as the library reads the header."""
    # WebPBitstreamFeatures: width, height, has_alpha, has_animation, format, five to come.
    read = (ctypes.c_int * 10)()
    if _library().WebPGetFeaturesInternal(data, len(data), read, _ABI) != 0:
        return None
    return read[0], read[1], bool(read[2])


def _chunk(data: bytes, wanted: bytes) -> bytes | None:
    place = 12
    while place + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        if name == wanted:
            return data[place + 8 : place + 8 + length]
        place += 8 + length + (length & 1)
    return None

"""Odd pictures for the tests of this folder: profiles made by hand, files of every mode."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
ADOBE_RGB = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
"""Red, green and blue in XYZ, adapted to D50 (ICC and Adobe publish them)."""


def quadrants(width: int = 240, height: int = 160) -> Image.Image:
    """Four fields: red, green, blue and white, from the top left to the bottom right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (230, 20, 30)
    pixels[: height // 2, width // 2 :] = (20, 200, 40)
    pixels[height // 2 :, : width // 2] = (10, 30, 220)
    pixels[height // 2 :, width // 2 :] = 255
    return Image.fromarray(pixels)


def file_of(image: Image.Image, format_: str = "PNG", **options: Any) -> bytes:
    """Write the image; JPEG at full chroma and the best quality."""
    if format_ == "JPEG":
        options = {"quality": 100, "subsampling": 0, **options}
    written = BytesIO()
    image.save(written, format_, **options)
    return written.getvalue()


def turned_exif(orientation: int) -> bytes:
    """EXIF that says how the picture lies."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def rgb_profile(primaries: tuple[tuple[float, ...], ...], gamma: float) -> bytes:
    """A matrix profile, version 2, of these primaries and one gamma."""
    tags = {b"wtpt": _xyz(0.9642, 1.0, 0.8249)}
    for letter, values in zip((b"r", b"g", b"b"), primaries, strict=True):
        tags[letter + b"XYZ"] = _xyz(*values)
        tags[letter + b"TRC"] = _curve(gamma)
    return _profile(b"RGB ", b"mntr", b"XYZ ", tags)


def grey_profile(gamma: float) -> bytes:
    """A profile for grey, of one gamma."""
    return _profile(
        b"GRAY", b"mntr", b"XYZ ", {b"wtpt": _xyz(0.9642, 1.0, 0.8249), b"kTRC": _curve(gamma)}
    )


def cmyk_profile() -> bytes:
    """A crude profile for CMYK: no ink is white, black ink is black, cyan is Lab 55 -37 -50."""
    inks = {(1, 0, 0): (55, -37, -50), (0, 1, 0): (48, 74, -3), (0, 0, 1): (89, -5, 93)}
    table = b""
    for number in range(16):
        cyan, magenta, yellow, black = (number >> shift & 1 for shift in (3, 2, 1, 0))
        lab = (
            (100.0, 0.0, 0.0)
            if not (cyan or magenta or yellow)
            else inks.get((cyan, magenta, yellow), (30.0, 0.0, 0.0))
        )
        lightness, a, b = (0.0, 0.0, 0.0) if black else lab
        table += bytes((round(lightness * 2.55), round(a) + 128, round(b) + 128))
    ramp = bytes(range(256))
    body = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0))
    body += struct.pack(">9i", *(65536 * one for one in (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    body += ramp * 4 + table + ramp * 3
    return _profile(b"CMYK", b"prtr", b"Lab ", {b"A2B0": body, b"wtpt": _xyz(0.9642, 1, 0.8249)})


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(one * 65536) for one in values))


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _profile(space: bytes, kind: bytes, pcs: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {**tags, b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)}
    place = 128 + 4 + 12 * len(tags)
    table, bodies = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        padded = body + bytes(-len(body) % 4)
        table += name + struct.pack(">II", place + len(bodies), len(body))
        bodies += padded
    header = struct.pack(">I4sI4s4s4s", place + len(bodies), b"none", 0x02400000, kind, space, pcs)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + table + bodies

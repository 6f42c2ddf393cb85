"""ICC profiles written by hand (ICC.1:2001-04), and what they make of a colour, by arithmetic.

Pillow can make a profile of sRGB only. What does not belong here: pictures.
"""

from __future__ import annotations

import struct

import numpy as np

P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""Red, green and blue in XYZ under D50, as the profiles in use have them."""

D50 = (0.9642, 1.0, 0.8249)
ADOBE_GAMMA = 563 / 256
_INKS = {"paper": (100.0, 0.0, 0.0), "cyan": (62.0, -31.0, -48.0), "magenta": (48.0, 74.0, -3.0)}


def _profile(space: bytes, tags: dict[bytes, bytes], device: bytes, pcs: bytes = b"XYZ ") -> bytes:
    place = 128 + 4 + 12 * len(tags)
    table, data = b"", b""
    for name, content in tags.items():
        padded = content + b"\0" * (-len(content) % 4)
        table += struct.pack(">4sII", name, place + len(data), len(content))
        data += padded
    head = struct.pack(">I4sI4s4s4s", place + len(data), b"none", 0x02400000, device, space, pcs)
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += b"".join(_fixed(one) for one in D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(one) for one in values)


def _text() -> dict[bytes, bytes]:
    name = b"Made by hand\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78)
    return {b"desc": described, b"cprt": b"text\0\0\0\0None\0", b"wtpt": _xyz(D50)}


def _gamma(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _srgb_curve() -> bytes:
    values = np.round(linear(np.linspace(0, 1, 1024)) * 65535).astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", 1024) + values.tobytes()


def matrix_profile(
    primaries: tuple[tuple[float, float, float], ...], gamma: float | None = None
) -> bytes:
    """Give an RGB profile: primaries in XYZ (D50), and a gamma, or sRGB's own curve."""
    curve = _gamma(gamma) if gamma else _srgb_curve()
    tags = _text()
    for letter, primary in zip(b"rgb", primaries, strict=True):
        tags[bytes([letter]) + b"XYZ"] = _xyz(primary)
        tags[bytes([letter]) + b"TRC"] = curve
    return _profile(b"RGB ", tags, b"mntr")


def grey_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", {**_text(), b"kTRC": _gamma(gamma)}, b"mntr")


def ink_profile() -> bytes:
    """Give a CMYK profile: sixteen corners in Lab, black where there is black ink."""
    corners = []
    for corner in range(16):
        cyan, magenta, yellow, black = (corner >> bit & 1 for bit in (3, 2, 1, 0))
        lab = np.array([0.0, 0.0, 0.0])
        if not black:
            lab = np.array(_INKS["paper"])
            for ink, name in ((cyan, "cyan"), (magenta, "magenta")):
                if ink:
                    lab = np.array(_INKS[name]) * (0.5 if cyan and magenta else 1)
            lab = lab + np.array([-8.0, -6.0, 70.0]) * yellow
        corners.append([lab[0] * 255 / 100, lab[1] + 128, lab[2] + 128])
    straight = bytes(range(256))
    table = np.clip(np.round(np.array(corners)), 0, 255).astype(np.uint8).tobytes()
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0])
    lut += b"".join(_fixed(one) for one in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    lut += straight * 4 + table + straight * 3
    return _profile(b"CMYK", {**_text(), b"A2B0": lut}, b"prtr", b"Lab ")


def linear(encoded: np.ndarray) -> np.ndarray:
    """IEC 61966-2-1: from sRGB's values (0 to 1) to light."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def to_srgb(xyz: np.ndarray) -> tuple[int, int, int]:
    light = np.clip(np.linalg.solve(np.array(SRGB).T, xyz), 0, 1)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    red, green, blue = (int(one) for one in np.round(encoded * 255))
    return red, green, blue


def seen(
    colour: tuple[int, ...],
    primaries: tuple[tuple[float, float, float], ...],
    gamma: float | None = None,
) -> tuple[int, int, int]:
    """Give in sRGB what a colour of a matrix profile looks like."""
    share = np.array(colour[:3]) / 255
    light = share**gamma if gamma else linear(share)
    return to_srgb(np.array(primaries).T @ light)


def seen_ink(name: str) -> tuple[int, int, int]:
    """Give in sRGB what an ink of `ink_profile` looks like (CIE 15: Lab to XYZ under D50)."""
    lightness, a, b = _INKS[name]
    middle = (lightness + 16) / 116
    ratios = np.array([middle + a / 500, middle, middle - b / 200])
    cubes = np.where(ratios > 6 / 29, ratios**3, 3 * (6 / 29) ** 2 * (ratios - 4 / 29))
    return to_srgb(cubes * np.array(D50))

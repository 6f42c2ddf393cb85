"""What the corpus is made with: pictures that can be checked, and files put together by hand.

Everything is made in memory and the same each time. What does not belong here: the cases.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (20, 160, 60), (30, 40, 190), (230, 210, 20)
WIDTH, HEIGHT = 48, 32
SIGNATURE = b"\x89PNG\r\n\x1a\n"

Spot = tuple[tuple[int, int], tuple[int, ...], int]
"""Where, which colour (with alpha where there are four), and how far each channel may be off."""


@dataclass(frozen=True)
class Taken:
    """The picture is taken, and has these properties. What is None or empty is not checked."""

    size: tuple[int, int] | None = (WIDTH, HEIGHT)
    media_type: str | None = None
    notes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Notes that must not be there."""
    spots: tuple[Spot, ...] = ()
    is_ai_marked: bool = False
    has_c2pa: bool = False


@dataclass(frozen=True)
class Refused:
    """The picture is refused for one of these reasons."""

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Either:
    """Taken or refused: only that nothing crashes and no limit is reached."""


@dataclass(frozen=True)
class Case:
    """One file of the corpus, what its sender says of it, and what must come of it."""

    name: str
    data: bytes = field(repr=False)
    expected: Taken | Refused | Either
    filename: str = ""
    declared: str = ""


def refused(*reasons: str) -> Refused:
    return Refused(reasons)


def quarters(mode: str = "RGB") -> Image.Image:
    """Give a picture whose four quarters differ, so that a wrong turn shows."""
    image = Image.new("RGB", (WIDTH, HEIGHT), RED)
    image.paste(GREEN, (WIDTH // 2, 0, WIDTH, HEIGHT // 2))
    image.paste(BLUE, (0, HEIGHT // 2, WIDTH // 2, HEIGHT))
    image.paste(YELLOW, (WIDTH // 2, HEIGHT // 2, WIDTH, HEIGHT))
    return image.convert(mode)


def quarter_spots(tolerance: int, width: int = WIDTH, height: int = HEIGHT) -> tuple[Spot, ...]:
    """Say where the four colours are."""
    left, right, top, low = width // 4, width * 3 // 4, height // 4, height * 3 // 4
    return (
        ((left, top), RED, tolerance),
        ((right, top), GREEN, tolerance),
        ((left, low), BLUE, tolerance),
        ((right, low), YELLOW, tolerance),
    )


def scene(width: int = 96, height: int = 64, seed: int = 7) -> Image.Image:
    """Give a picture with as many colours as a photo: a soft ground, a sun, some grain."""
    rng = np.random.default_rng(seed)
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    sun = np.exp(-((across - 0.7) ** 2 + (down - 0.3) ** 2) * 18)
    layers = [90 + 120 * down + 60 * sun, 110 + 60 * across + 80 * sun, 200 - 130 * down]
    grain = rng.normal(0, 6, (height, width, 1))
    return Image.fromarray(np.clip(np.stack(layers, -1) + grain, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def exif(orientation: int, **more: Any) -> bytes:
    """Give an EXIF block with an orientation, a camera and a place."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F] = "Hedgehog Cameras"
    block.get_ifd(0x8825).update({1: "N", 2: (50.0, 5.0, 16.0), 3: "E", 4: (14.0, 25.0, 0.0)})
    for tag, value in more.items():
        block[int(tag[1:], 16)] = value
    return block.tobytes()


def chunk(name: bytes, content: bytes, crc: int | None = None) -> bytes:
    checksum = zlib.crc32(name + content) if crc is None else crc
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def header(width: int, height: int, depth: int, colour: int, lacing: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, lacing))


def png(head: bytes, rows: bytes, *before: bytes, behind: bytes = b"") -> bytes:
    """Put a PNG together: header, chunks before the pixels, rows with their filter bytes."""
    pixels = chunk(b"IDAT", zlib.compress(rows, 6))
    return SIGNATURE + head + b"".join(before) + pixels + behind + chunk(b"IEND", b"")


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    """Put chunks into a PNG, right behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def with_segments(data: bytes, *segments: bytes) -> bytes:
    """Put segments into a JPEG, right behind its beginning."""
    return data[:2] + b"".join(segments) + data[2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)
        for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    place, found = 12, []
    while place + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        found.append((name, data[place + 8 : place + 8 + length]))
        place += 8 + length + (length & 1)
    return found


def sixteen_bits(channels: int, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Give rows of 16 bits: a ramp across in the first channel, one down in the second."""
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    ramps = [across * 65535 // (width - 1), down * 65535 // (height - 1), across * 0 + 32896]
    alpha = across * 0 + 40000
    layers = {1: ramps[:1], 2: [ramps[0], alpha], 3: ramps, 4: [*ramps, alpha]}[channels]
    rows = np.stack(layers, -1).astype(">u2")
    return b"".join(b"\0" + row.tobytes() for row in rows)

"""Broken files: cut off, with bits turned over, with parts missing, twice or wrong."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.posthub_assets.domain.media.corpus.building import (
    RED,
    SIGNATURE,
    Case,
    Either,
    Taken,
    chunk,
    encoded,
    header,
    png,
    quarter_spots,
    quarters,
    refused,
    riff,
    scene,
    segment,
    webp_chunks,
    with_chunks,
    with_segments,
)

FLIPS = 10


def cases() -> Iterator[Case]:
    yield from _nothing()
    yield from _truncated()
    yield from _flipped()
    yield from _png()
    yield from _jpeg()
    yield from _webp()


def seeds() -> dict[str, bytes]:
    """Give sound files of all kinds, to be broken; also by the fuzz run."""
    picture = scene()
    soft = scene()
    soft.putalpha(Image.linear_gradient("L").resize(soft.size))
    return {
        "JPEG": encoded(picture, "JPEG", quality=90),
        "JPEG progressive": encoded(picture, "JPEG", quality=90, progressive=True),
        "PNG": encoded(soft, "PNG"),
        "PNG with a palette": encoded(picture.quantize(200), "PNG"),
        "WebP lossy": encoded(soft, "WEBP", quality=80),
        "WebP lossless": encoded(picture, "WEBP", lossless=True),
    }


def _nothing() -> Iterator[Case]:
    yield Case("nothing", b"", refused("empty"))
    yield Case("nothing, named .png", b"", refused("empty"), "a.png", "image/png")
    yield Case("one byte", b"\xff", refused("truncated"))
    yield Case("zeros", bytes(5000), refused("not-an-image"))
    rng = np.random.default_rng(3)
    for number in range(3):
        noise = bytes(rng.integers(0, 256, 4000, dtype=np.uint8))
        yield Case(f"noise {number}", noise, refused("not-an-image"), "photo.jpg")
    for name, start in (
        ("JPEG", b"\xff\xd8\xff"),
        ("PNG", SIGNATURE),
        ("RIFF", b"RIFF"),
        ("WebP", b"RIFF\x20\0\0\0WEBP"),
    ):
        yield Case(f"only the beginning of a {name}", start, refused("truncated"))


def _truncated() -> Iterator[Case]:
    for name, data in seeds().items():
        for tenth in range(1, 10):
            cut = data[: len(data) * tenth // 10]
            yield Case(f"{name}, cut after {tenth} tenths", cut, refused("truncated"))
    for name, data in seeds().items():
        yield Case(f"{name}, without its last byte", data[:-1], refused("truncated"))


def _flipped() -> Iterator[Case]:
    rng = np.random.default_rng(5)
    for name, data in seeds().items():
        for number in range(FLIPS):
            bits = bytearray(data)
            for place in rng.integers(0, 8 * len(data), 1 + number):
                bits[place // 8] ^= 1 << (place % 8)
            yield Case(f"{name}, {number + 1} bits turned over", bytes(bits), Either())


def _png() -> Iterator[Case]:
    plain = encoded(quarters(), "PNG")
    idat = plain.index(b"IDAT") - 4
    end = plain.index(b"IEND") - 4
    damaged = refused("damaged")
    wrong = bytearray(plain)
    wrong[end - 1] ^= 1
    yield Case("PNG with a wrong checksum of its pixels", bytes(wrong), damaged)
    yield Case(
        "PNG with a wrong checksum of a comment",
        with_chunks(plain, chunk(b"tEXt", b"a\0b", crc=1)),
        Taken(spots=quarter_spots(0)),
    )
    yield Case("PNG without pixels", plain[:idat] + plain[end:], damaged)
    yield Case("PNG without an end", plain[:end], refused("truncated"))
    yield Case("PNG without a header", plain[:8] + plain[33:], damaged)
    yield Case("PNG with two headers", with_chunks(plain, plain[8:33]), damaged)
    row = b"\0\0\1"
    yield Case("PNG without the palette it needs", png(header(2, 1, 8, 3), row), damaged)
    late = png(header(2, 1, 8, 3), row, behind=chunk(b"PLTE", bytes(6)))
    yield Case("PNG with its palette behind its pixels", late, damaged)
    private = with_chunks(plain, chunk(b"QQQQ", b"what only we know"))
    yield Case("PNG with a foreign part that matters", private, refused("unsupported-variant"))
    nameless = with_chunks(plain, chunk(b"1\0 \n", b""))
    yield Case("PNG with a part without a name", nameless, damaged)
    for name, head in (
        ("3 bits", header(2, 2, 3, 0)),
        ("a palette of 16 bits", header(2, 2, 16, 3)),
        ("colour type 5", header(2, 2, 8, 5)),
        ("lacing 2", header(2, 2, 8, 2, 2)),
    ):
        yield Case(f"PNG with {name}", png(head, bytes(40)), damaged)
    rows = (b"\0" + bytes(RED) * 48) * 32
    for lacing in (0, 1):
        short = png(header(48, 32, 8, 2, lacing), rows[: len(rows) // 2])
        yield Case(f"PNG with half of its rows, lacing {lacing}", short, refused("truncated"))
    one = png(header(48, 32, 8, 2), rows[:-1])
    yield Case("PNG without its last byte of pixels", one, refused("truncated"))
    laced = png(header(9, 5, 1, 0, 1), b"\0\x80" * 7 + bytes(100))
    yield Case("PNG, interlaced", laced, Taken((9, 5)))
    bad = SIGNATURE + header(48, 32, 8, 2) + chunk(b"IDAT", b"no zlib") + chunk(b"IEND", b"")
    yield Case("PNG whose pixels are not packed", bad, refused("damaged", "truncated"))
    filters = png(header(4, 4, 8, 2), (b"\x09" + bytes(12)) * 4)
    yield Case("PNG with a filter that there is not", filters, damaged)
    empty = SIGNATURE + header(2, 2, 8, 2) + chunk(b"IDAT", b"") * 3 + chunk(b"IEND", b"")
    yield Case("PNG with empty pixels", empty, damaged)


def _jpeg() -> Iterator[Case]:
    plain = encoded(scene(), "JPEG", quality=90)
    damaged = refused("damaged")
    frame, scan = plain.index(b"\xff\xc0"), plain.index(b"\xff\xda")
    yield Case("JPEG without a picture", plain[:scan] + b"\xff\xd9", damaged)
    yield Case("JPEG without a header", plain[:frame] + plain[frame + 19 :], damaged)
    twice = plain[:scan] + plain[frame : frame + 19] + plain[scan:]
    yield Case("JPEG with two headers", twice, damaged)
    yield Case("JPEG that begins twice", plain[:scan] + plain, damaged)
    for name, marker in (("lossless", 0xC3), ("hierarchical", 0xC5), ("JPEG-LS", 0xF7)):
        other = plain[: frame + 1] + bytes([marker]) + plain[frame + 2 :]
        yield Case(f"JPEG, {name}", other, refused("unsupported-variant"))
    for name, place, value in (("12 bits", 4, 12), ("2 channels", 9, 2), ("9 channels", 9, 9)):
        other = plain[: frame + place] + bytes([value]) + plain[frame + place + 1 :]
        yield Case(f"JPEG with {name}", other, refused("unsupported-variant"))
    factor = plain[: frame + 11] + b"\xf0" + plain[frame + 12 :]
    yield Case("JPEG with a sampling of 15 x 0", factor, damaged)
    tables = plain.index(b"\xff\xc4")
    huffman = plain[:tables] + b"\xff\xfe" + plain[tables + 2 :]
    yield Case("JPEG without a table", huffman, Either())
    no_quantisation = plain.replace(b"\xff\xdb", b"\xff\xfe")
    yield Case("JPEG without quantisation", no_quantisation, damaged)
    impossible = with_segments(plain, b"\xff\xe5\0\1")
    yield Case("JPEG with a segment of length 1", impossible, damaged)
    beyond = plain[:2] + b"\xff\xe5\xff\xff" + plain[2:40] + b"\xff\xd9"
    yield Case("JPEG with a segment beyond its end", beyond, refused("truncated"))
    filled = with_segments(plain, b"\xff" * 500)
    yield Case("JPEG with fill bytes", filled, Taken((96, 64)))
    stray = with_segments(plain, segment(0xFE, b"x") + b"stray bytes")
    yield Case("JPEG with stray bytes between segments", stray, Taken((96, 64)))
    for name, mode, options in (
        ("", "RGB", {}),
        ("progressive", "RGB", {"progressive": True}),
        ("of grey", "L", {}),
        ("with restart markers", "RGB", {"restart_marker_blocks": 4}),
    ):
        whole = encoded(scene().convert(mode), "JPEG", **options)
        first = whole.index(b"\xff\xda")
        following = whole.find(b"\xff\xc4", first)
        stop = following if following > 0 else len(whole)
        early = whole[: first + (stop - first) // 2] + b"\xff\xd9"
        yield Case(f"JPEG {name} with an end after half of its pixels", early, refused("truncated"))
    flat = encoded(Image.new("RGB", (200, 120), (128, 128, 128)), "JPEG")
    yield Case("JPEG of grey alone", flat, Taken((200, 120)))


def _webp() -> Iterator[Case]:
    plain = encoded(scene(), "WEBP", quality=80)
    name, picture = webp_chunks(plain)[0]
    damaged = refused("damaged")
    yield Case("WebP without a picture", riff((b"EXIF", b"x" * 20)), damaged)
    yield Case("WebP of nothing", riff(), damaged)
    yield Case("WebP with two pictures", riff((name, picture), (name, picture)), damaged)
    yield Case("WebP with a broken start code", riff((name, b"\0" * 20)), damaged)
    yield Case("WebP with a picture of 3 bytes", riff((name, b"abc")), damaged)
    short = plain[:4] + struct.pack("<I", 40) + plain[8:]
    yield Case("WebP that says it is shorter", short, refused("truncated"))
    yield Case(
        "WebP with half of its picture", riff((name, picture[: len(picture) // 2])), Either()
    )
    alpha = riff(
        (b"VP8X", bytes([0x10, 0, 0, 0, 95, 0, 0, 63, 0, 0])),
        (b"ALPH", b"\xff" * 9),
        (name, picture),
    )
    yield Case("WebP with broken alpha", alpha, Either())
    frame = riff((b"VP8X", bytes([2, 0, 0, 0, 95, 0, 0, 63, 0, 0])), (b"ANMF", b"\0" * 16))
    yield Case("WebP with an empty frame", frame, damaged)
    cut = riff((b"VP8X", b"\0\0\0"), (name, picture))
    yield Case("WebP with a header of 3 bytes", cut, damaged)

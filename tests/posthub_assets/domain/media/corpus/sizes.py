"""Sizes: the smallest, the largest that are taken, what is larger, and what pretends to be."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.posthub_assets.domain.media.corpus.building import (
    GREEN,
    RED,
    SIGNATURE,
    Case,
    Taken,
    chunk,
    encoded,
    exif,
    header,
    png,
    quarters,
    refused,
    riff,
    scene,
    segment,
    webp_chunks,
    with_chunks,
    with_segments,
)


def cases() -> Iterator[Case]:
    yield from _small()
    yield from _largest()
    yield from _too_large()
    yield from _bombs_by_header()
    yield from _bombs_by_packing()
    yield from _bombs_by_parts()


def _small() -> Iterator[Case]:
    for format_ in ("JPEG", "PNG", "WEBP"):
        for size in ((1, 1), (4000, 1), (1, 4000)):
            yield Case(
                f"{format_} of {size[0]} x {size[1]}",
                encoded(Image.new("RGB", size, GREEN), format_),
                Taken(size, "image/png", spots=(((0, 0), GREEN, 8),)),
            )


def _largest() -> Iterator[Case]:
    side = 4000
    coarse = scene(100, 100).resize((side, side), Image.Resampling.NEAREST)
    turned = exif(6)
    yield Case(
        "JPEG of 4000 x 4000, progressive, full chroma, turned",
        encoded(coarse, "JPEG", quality=60, progressive=True, subsampling=0, exif=turned),
        Taken((side, side), "image/jpeg", notes=("turned-upright",)),
    )
    yield Case(
        "WebP of 4000 x 4000",
        encoded(coarse, "WEBP", quality=30, method=0),
        Taken((side, side), "image/jpeg"),
    )
    yield Case(
        "PNG of 4000 x 4000, 16 bits, alpha, turned",
        png(
            header(side, side, 16, 6),
            (b"\0" + struct.pack(">HHHH", 65535, 0, 32896, 40000) * side) * side,
            chunk(b"eXIf", turned.removeprefix(b"Exif\0\0")),
        ),
        Taken((side, side), "image/png", spots=(((9, 9), (255, 0, 128, 156), 1),)),
    )


def _too_large() -> Iterator[Case]:
    for format_ in ("JPEG", "PNG", "WEBP"):
        for size in ((4001, 1), (1, 4001)):
            yield Case(
                f"{format_} of {size[0]} x {size[1]}",
                encoded(Image.new("RGB", size, RED), format_),
                refused("too-many-pixels"),
            )
    small = encoded(quarters(), "JPEG")
    padded = small + b"\0" * (10 * 1024 * 1024 - len(small))
    yield Case("a file of exactly 10 MB", padded, Taken())
    yield Case("a file of 10 MB and a byte", padded + b"\0", refused("file-too-large"))


def _bombs_by_header() -> Iterator[Case]:
    rows = zlib.compress(bytes(100))
    for width, height in ((50_000, 50_000), (2**31 - 1, 2**31 - 1), (4001, 2**31 - 1)):
        data = SIGNATURE + header(width, height, 8, 2) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
        yield Case(f"PNG that says {width} x {height}", data, refused("bomb"))
    for name, data in (("no width", header(0, 5, 8, 2)), ("2^32", header(2**32 - 1, 1, 8, 2))):
        whole = SIGNATURE + data + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
        yield Case(f"PNG that says {name}", whole, refused("damaged"))
    jpeg = encoded(quarters(), "JPEG")
    place = jpeg.index(b"\xff\xc0") + 5
    for height, width, reason in ((65535, 65535, "bomb"), (0, 100, "damaged"), (9, 0, "damaged")):
        lying = jpeg[:place] + struct.pack(">HH", height, width) + jpeg[place + 4 :]
        yield Case(f"JPEG that says {width} x {height}", lying, refused(reason))
    lossless = webp_chunks(encoded(quarters(), "WEBP", lossless=True))[0][1]
    bits = struct.unpack_from("<I", lossless, 1)[0] | 0x0FFFFFFF
    lying = lossless[:1] + struct.pack("<I", bits) + lossless[5:]
    yield Case("WebP that says 16384 x 16384", riff((b"VP8L", lying)), refused("bomb"))
    canvas = b"\0\0\0\0" + b"\xff\xff\xff" * 2
    picture = webp_chunks(encoded(quarters(), "WEBP"))[0]
    yield Case("WebP on a canvas of 2^24", riff((b"VP8X", canvas), picture), refused("damaged"))


def _bombs_by_packing() -> Iterator[Case]:
    plain = encoded(quarters(), "PNG")
    much = zlib.compress(bytes(50_000_000), 9)
    told = Taken(notes=("metadata-dropped",))
    texts = {
        "zTXt": chunk(b"zTXt", b"Comment\0\0" + much),
        "iTXt": chunk(b"iTXt", b"Comment\0\1\0\0\0" + much),
        "XMP": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + much),
    }
    for name, bomb in texts.items():
        yield Case(f"{name} that unpacks to 50 MB", with_chunks(plain, bomb), told)
    many = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(900_000), 9)) * 200
    yield Case("200 texts of a megabyte each", with_chunks(plain, many), told)
    flat = png(header(4000, 4000, 8, 0), bytes(4001 * 4000))
    yield Case("4000 x 4000 of nothing", flat, Taken((4000, 4000), "image/png"))
    row = b"\0" + bytes(RED) * 4
    endless = png(header(4, 1, 8, 2), row + bytes(50_000_000))
    yield Case("pixels that go on for 50 MB", endless, Taken((4, 1), spots=(((3, 0), RED, 0),)))


def _bombs_by_parts() -> Iterator[Case]:
    plain, jpeg = encoded(quarters(), "PNG"), encoded(quarters(), "JPEG")
    nothing = chunk(b"teXt", b"")
    yield Case("PNG of 60,000 chunks", with_chunks(plain, nothing * 60_000), refused("bomb"))
    yield Case("PNG with 1,000 chunks of nothing", with_chunks(plain, nothing * 1000), Taken())
    comments = segment(0xFE, b"") * 20_000
    yield Case("JPEG of 20,000 comments", with_segments(jpeg, comments), refused("bomb"))
    picture = webp_chunks(encoded(quarters(), "WEBP"))[0]
    crowd = riff(picture, *[(b"JUNK", b"")] * 20_000)
    yield Case("WebP of 20,000 chunks", crowd, refused("bomb"))
    progressive = encoded(scene(), "JPEG", progressive=True)
    last = progressive.rindex(b"\xff\xda")
    painted = progressive[:last] + progressive[last:-2] * 200 + b"\xff\xd9"
    yield Case("JPEG that is painted 200 times", painted, refused("bomb"))
    pixels = np.asarray(quarters())
    rows = b"".join(b"\0" + line.tobytes() for line in pixels)
    packed = zlib.compress(rows)
    single = b"".join(chunk(b"IDAT", packed[one : one + 1]) for one in range(len(packed)))
    bytewise = SIGNATURE + header(48, 32, 8, 2) + single + chunk(b"IEND", b"")
    yield Case("PNG with a byte in each chunk", bytewise, Taken(spots=(((3, 3), RED, 0),)))

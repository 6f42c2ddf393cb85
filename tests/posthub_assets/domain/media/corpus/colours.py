"""Colours, depths and turns: files that are right, and must come out right to the number."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageCms

from tests.posthub_assets.domain.media.corpus import icc
from tests.posthub_assets.domain.media.corpus.building import (
    GREEN,
    HEIGHT,
    RED,
    WIDTH,
    Case,
    Taken,
    chunk,
    encoded,
    exif,
    header,
    png,
    quarter_spots,
    quarters,
    scene,
    segment,
    sixteen_bits,
    with_segments,
)

TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""By orientation: how an upright picture is laid down, so that the viewer's turn undoes it."""


def cases() -> Iterator[Case]:
    yield from _turned()
    yield from _profiles()
    yield from _bad_profiles()
    yield from _inks()
    yield from _depths()
    yield from _palettes()
    yield from _alphas()
    yield from _samplings()


def _turned() -> Iterator[Case]:
    upright = quarters()
    options: dict[str, dict[str, object]] = {
        "JPEG": {"quality": 95, "subsampling": 0},
        "PNG": {},
        "WEBP": {"lossless": True},
    }
    for orientation, turn in TURNS.items():
        lying = upright if turn is None else upright.transpose(turn)
        turned = ("turned-upright",) if turn is not None else ()
        for format_, more in options.items():
            yield Case(
                f"{format_} with orientation {orientation}",
                encoded(lying, format_, exif=exif(orientation), **more),
                Taken(
                    notes=("metadata-dropped", *turned),
                    without=() if turned else ("turned-upright",),
                    spots=quarter_spots(10 if format_ == "JPEG" else 0),
                ),
            )
    for orientation in (0, 9, 65535):
        yield Case(
            f"orientation {orientation}, which there is not",
            encoded(upright, "PNG", exif=exif(orientation)),
            Taken(without=("turned-upright",), spots=quarter_spots(0)),
        )


def _profiles() -> Iterator[Case]:
    colour = (210, 60, 40)
    flat = Image.new("RGB", (WIDTH, HEIGHT), colour)
    seen_p3 = icc.seen(colour, icc.P3)
    seen_adobe = icc.seen(colour, icc.ADOBE, icc.ADOBE_GAMMA)
    p3, adobe = icc.matrix_profile(icc.P3), icc.matrix_profile(icc.ADOBE, icc.ADOBE_GAMMA)
    done = ("profile-converted",)
    for name, profile, wanted in (("Display P3", p3, seen_p3), ("Adobe RGB", adobe, seen_adobe)):
        for format_, more, off in (
            ("PNG", {}, 1),
            ("JPEG", {"quality": 100, "subsampling": 0}, 2),
            ("WEBP", {"lossless": True}, 1),
        ):
            yield Case(
                f"{name} in {format_}",
                encoded(flat, format_, icc_profile=profile, **more),
                Taken(notes=done, spots=(((5, 5), wanted, off),)),
            )
        clear = Image.merge("RGBA", (*flat.split(), Image.new("L", flat.size, 77)))
        yield Case(
            f"{name} with alpha",
            encoded(clear, "PNG", icc_profile=profile),
            Taken(media_type="image/png", notes=done, spots=(((5, 5), (*wanted, 77), 1),)),
        )
    yield Case(
        "Display P3 turned by its camera",
        encoded(flat, "PNG", icc_profile=p3, exif=exif(6)),
        Taken((HEIGHT, WIDTH), notes=(*done, "turned-upright"), spots=(((5, 5), seen_p3, 1),)),
    )
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    yield Case(
        "sRGB by its own profile",
        encoded(quarters(), "PNG", icc_profile=srgb),
        Taken(without=done, spots=quarter_spots(0)),
    )
    grey = round(255 * _encode(128 / 255))
    yield Case(
        "grey with a linear profile",
        encoded(Image.new("L", (WIDTH, HEIGHT), 128), "PNG", icc_profile=icc.grey_profile(1.0)),
        Taken(notes=done, spots=(((5, 5), (grey, grey, grey), 1),)),
    )


def _encode(light: float) -> float:
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def _bad_profiles() -> Iterator[Case]:
    ignored = Taken(notes=("profile-ignored",), spots=quarter_spots(0))
    p3 = icc.matrix_profile(icc.P3)
    rng = np.random.default_rng(11)
    noise = bytes(rng.integers(0, 256, 3000, dtype=np.uint8))
    claims = {
        "noise": noise,
        "noise with a profile's signature": noise[:36] + b"acsp" + noise[40:],
        "cut in the middle": p3[: len(p3) // 2],
        "empty": b"",
        "saying that it is longer": struct.pack(">I", 2**31) + p3[4:],
        "of printing inks": icc.ink_profile(),
        "of grey": icc.grey_profile(2.2),
        "with a tag beyond its end": p3[:172] + struct.pack(">I", 2**31 - 1) + p3[176:],
        "with four thousand million tags": p3[:128] + b"\xff" * 4 + p3[132:],
    }
    for name, profile in claims.items():
        packed = chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))
        plain = encoded(quarters(), "PNG")
        yield Case(f"profile {name}", plain[:33] + packed + plain[33:], ignored)
    plain = encoded(quarters(), "PNG")
    bomb = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(60_000_000), 9))
    yield Case("profile that unpacks to 60 MB", plain[:33] + bomb + plain[33:], ignored)
    no_zlib = chunk(b"iCCP", b"x\0\0" + b"not packed at all")
    yield Case("profile that is not packed", plain[:33] + no_zlib + plain[33:], ignored)
    half = segment(0xE2, b"ICC_PROFILE\0" + bytes([1, 2]) + p3)
    jpeg = encoded(quarters(), "JPEG", quality=95, subsampling=0)
    lost = Taken(notes=("profile-ignored",), spots=quarter_spots(10))
    yield Case("profile of which one part is missing", with_segments(jpeg, half), lost)
    zero = segment(0xE2, b"ICC_PROFILE\0" + bytes([0, 0]) + p3)
    yield Case("profile of no parts", with_segments(jpeg, zero), lost)


def _inks() -> Iterator[Case]:
    inks = Image.new("CMYK", (WIDTH, HEIGHT), (255, 0, 0, 0))
    inks.paste((0, 255, 0, 0), (WIDTH // 2, 0, WIDTH, HEIGHT))
    cyan, magenta = icc.seen_ink("cyan"), icc.seen_ink("magenta")
    plain = encoded(inks, "JPEG", quality=100, subsampling=0)
    spots = (((6, 6), cyan, 3), ((WIDTH - 6, 6), magenta, 3))
    yield Case(
        "CMYK with a profile",
        encoded(inks, "JPEG", quality=100, subsampling=0, icc_profile=icc.ink_profile()),
        Taken(notes=("profile-converted",), without=("cmyk-converted",), spots=spots),
    )
    sums = (((6, 6), (0, 255, 255), 3), ((WIDTH - 6, 6), (255, 0, 255), 3))
    yield Case("CMYK as Adobe writes it", plain, Taken(notes=("cmyk-converted",), spots=sums))
    place = plain.index(b"\xff\xee")
    bare = plain[:place] + plain[place + 16 :]
    inverted = (((6, 6), (0, 0, 0), 3), ((WIDTH - 6, 6), (0, 0, 0), 3))
    # Without Adobe's mark the values are inks as they are; Pillow has written them upside down.
    yield Case("CMYK without Adobe's mark", bare, Taken(notes=("cmyk-converted",), spots=inverted))
    yield Case(
        "CMYK with a profile of RGB",
        encoded(inks, "JPEG", quality=100, icc_profile=icc.matrix_profile(icc.P3)),
        Taken(notes=("profile-ignored",), spots=sums),
    )


def _depths() -> Iterator[Case]:
    half, middle = 156, WIDTH // 2
    level = round(middle * 255 / (WIDTH - 1))
    for channels, colour, spot in (
        (1, 0, (level, level, level)),
        (2, 4, (level, level, level, half)),
        (3, 2, (level, 0, 128)),
        (4, 6, (level, 0, 128, half)),
    ):
        for lacing in (0, 1) if channels == 3 else (0,):
            rows = sixteen_bits(channels)
            data = png(header(WIDTH, HEIGHT, 16, colour), rows)
            if lacing:
                data = encoded(Image.open(io.BytesIO(data)), "PNG")
            yield Case(
                f"16 bits in {channels} channels{', once more by Pillow' if lacing else ''}",
                data,
                Taken(
                    notes=() if lacing else ("sixteen-bits-reduced",),
                    spots=(((middle, 0), spot, 1),),
                ),
            )
    clear = png(header(2, 1, 16, 0), b"\0\x12\x34\xff\xff", chunk(b"tRNS", b"\x12\x34"))
    yield Case(
        "16 bits of grey, one of them clear",
        clear,
        Taken((2, 1), "image/png", spots=(((0, 0), (18, 18, 18, 0), 1), ((1, 0), (255,) * 4, 0))),
    )
    for depth in (1, 2, 4):
        top = (1 << depth) - 1
        row = b"\0" + bytes([top << (8 - depth)])
        grey = Taken((2, 1), spots=(((0, 0), (255,) * 3, 0), ((1, 0), (0, 0, 0), 0)))
        yield Case(f"grey of {depth} bits", png(header(2, 1, depth, 0), row), grey)


def _palettes() -> Iterator[Case]:
    palette = chunk(b"PLTE", bytes([*RED, *GREEN]))
    clear = chunk(b"tRNS", bytes([0, 128]))
    for depth in (1, 2, 4, 8):
        width = 8 // depth * 2
        first = {1: 0x0F, 2: 0x05, 4: 0x01, 8: 0}[depth]
        second = {1: 0x0F, 2: 0x05, 4: 0x01, 8: 1}[depth]
        head, row = header(width, 1, depth, 3), bytes([0, first, second])
        last = (width - 1, 0)
        opaque = Taken((width, 1), "image/png", spots=(((0, 0), RED, 0), (last, GREEN, 0)))
        yield Case(f"palette of {depth} bits", png(head, row, palette), opaque)
        through = (((0, 0), (*RED, 0), 0), (last, (*GREEN, 128), 0))
        seen = Taken((width, 1), "image/png", spots=through)
        yield Case(f"palette of {depth} bits, clear", png(head, row, palette, clear), seen)
    yield Case(
        "palette that is shorter than its pixels say",
        png(header(4, 1, 8, 3), b"\0\0\1\xc8\xff", palette),
        Taken((4, 1), spots=(((0, 0), RED, 0), ((1, 0), GREEN, 0))),
    )


def _alphas() -> Iterator[Case]:
    key = chunk(b"tRNS", struct.pack(">HHH", *RED))
    row = b"\0" + bytes([*RED, *GREEN])
    spots = (((0, 0), (*RED, 0), 0), ((1, 0), (*GREEN, 255), 0))
    yield Case(
        "RGB with a clear colour",
        png(header(2, 1, 8, 2), row, key),
        Taken((2, 1), "image/png", spots=spots),
    )
    idle = scene().convert("RGBA")
    yield Case("alpha that hides nothing", encoded(idle, "PNG"), Taken((96, 64), "image/jpeg"))
    soft = scene()
    soft.putalpha(Image.linear_gradient("L").resize(soft.size))
    for format_, more in (
        ("PNG", {}),
        ("WEBP", {"lossless": True, "exact": True}),
        ("WEBP", {"quality": 90}),
    ):
        kind = "lossless" if more.get("lossless") else ""
        yield Case(
            f"alpha in {format_} {kind}",
            encoded(soft, format_, **more),
            Taken((96, 64), "image/png"),
        )
    grey = Image.merge("LA", (Image.new("L", (4, 4), 90), Image.new("L", (4, 4), 9)))
    yield Case(
        "grey with alpha",
        encoded(grey, "PNG"),
        Taken((4, 4), spots=(((1, 1), (90, 90, 90, 9), 0),)),
    )


def _samplings() -> Iterator[Case]:
    picture = scene()
    whole = Taken((96, 64), "image/jpeg")
    for name, number in (("4:4:4", 0), ("4:2:2", 1), ("4:2:0", 2)):
        yield Case(f"JPEG {name}", encoded(picture, "JPEG", subsampling=number), whole)
    yield Case("JPEG of grey", encoded(picture.convert("L"), "JPEG"), Taken((96, 64)))
    yield Case("JPEG progressive", encoded(picture, "JPEG", progressive=True), whole)
    restarts = encoded(picture, "JPEG", restart_marker_blocks=2)
    yield Case("JPEG with restart markers", restarts, whole)
    yield Case("JPEG stored as RGB", encoded(picture, "JPEG", keep_rgb=True), whole)
    for name, more in (("lossy", {"quality": 80}), ("lossless", {"lossless": True})):
        yield Case(f"WebP {name}", encoded(picture, "WEBP", **more), whole)

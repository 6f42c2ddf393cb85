"""Odd, and right: several pictures in a file, much metadata, marks, rare ways of packing."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.posthub_assets.domain.media.corpus.building import (
    HEIGHT,
    WIDTH,
    Case,
    Taken,
    chunk,
    encoded,
    exif,
    quarter_spots,
    quarters,
    riff,
    scene,
    segment,
    webp_chunks,
    with_chunks,
    with_segments,
)

ARITHMETIC = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQa"
    "FRERGCEYGh0dHx8fExciJCIeJBweHx7/2wBDAQUFBQcGBw4ICA4eFBEUHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4e"
    "Hh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh7/yQARCAAQACADAREAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIR"
    "AxEAPwD/ALbXUBclzoNchRY8UNemeApAgP/Z"
)
"""32 x 16 pixels, red beside green, packed arithmetically, which Pillow reads and cannot write."""

_URI = b"http://cv.iptc.org/newscodes/digitalsourcetype/"


def cases() -> Iterator[Case]:
    yield from _several()
    yield from _metadata()
    yield from _marks()
    yield Case(
        "JPEG packed arithmetically",
        ARITHMETIC,
        Taken((32, 16), spots=(((4, 4), (200, 30, 30), 8), ((28, 4), (20, 160, 60), 8))),
    )


def _several() -> Iterator[Case]:
    first, second = quarters(), quarters().transpose(Image.Transpose.ROTATE_180)
    frames = {"save_all": True, "append_images": [second, first]}
    mpo = encoded(first, "MPO", save_all=True, append_images=[second], quality=95, subsampling=0)
    several = Taken(notes=("first-picture",), without=("extra-data-dropped",))
    yield Case("MPO from a phone", mpo, several, "photo.mpo")
    yield Case("MPO named .jpg", mpo, several, "IMG_0001.JPG", "image/jpeg")
    moving = Taken(notes=("first-frame",), spots=quarter_spots(0))
    yield Case("WebP that moves", encoded(first, "WEBP", lossless=True, **frames), moving)
    lossy = encoded(first, "WEBP", quality=90, **frames)
    yield Case("WebP that moves, lossy", lossy, Taken(notes=("first-frame",)))
    yield Case("PNG that moves", encoded(first, "PNG", **frames), moving)
    apart = encoded(first, "PNG", default_image=True, **frames)
    yield Case("PNG that moves, with a still of its own", apart, moving)
    single = webp_chunks(encoded(first, "WEBP", lossless=True))[0]
    canvas = (
        bytes([2, 0, 0, 0]) + struct.pack("<I", WIDTH - 1)[:3] + struct.pack("<I", HEIGHT - 1)[:3]
    )
    inner = single[0] + struct.pack("<I", len(single[1])) + single[1]
    frame = b"\0" * 6 + canvas[4:] + b"\x64\0\0\0" + inner
    one = riff((b"VP8X", canvas), (b"ANIM", b"\0" * 6), (b"ANMF", frame))
    yield Case("WebP of one frame", one, Taken(without=("first-frame",), spots=quarter_spots(0)))
    crowd = riff((b"VP8X", canvas), (b"ANIM", b"\0" * 6), *[(b"ANMF", frame)] * 2000)
    yield Case("WebP of 2,000 frames", crowd, moving)


def _metadata() -> Iterator[Case]:
    jpeg = encoded(quarters(), "JPEG", quality=95, subsampling=0)
    gone = ("metadata-dropped",)
    lost = Taken(notes=(*gone, "exif-unreadable"), spots=quarter_spots(10))
    kept = Taken(notes=gone, without=("exif-unreadable",), spots=quarter_spots(10))
    rng = np.random.default_rng(13)
    noise = bytes(rng.integers(0, 256, 900, dtype=np.uint8))
    loop = (
        b"MM\0*\0\0\0\x08"
        + struct.pack(">H", 1)
        + struct.pack(">HHII", 0x8769, 4, 1, 8)
        + b"\0\0\0\x08"
    )
    odd_type = b"MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x0112, 7, 4, 0x06000000) + bytes(4)
    for name, block, expected in (
        ("noise", noise, lost),
        ("a directory beyond its end", b"II*\0\xff\xff\xff\x7f", lost),
        ("65,535 entries", b"MM\0*\0\0\0\x08\xff\xff" + noise, lost),
        ("an orientation of the wrong type", odd_type, lost),
        ("a directory that names itself", loop, kept),
        ("nothing", b"", Taken(spots=quarter_spots(10))),
    ):
        garbled = with_segments(jpeg, segment(0xE1, b"Exif\0\0" + block))
        yield Case(f"EXIF of {name}", garbled, expected)
    maker = {"x927c": b"\1" * 60_000}
    yield Case(
        "EXIF of 60 KB",
        encoded(quarters(), "JPEG", quality=95, subsampling=0, exif=exif(1, **maker)),
        kept,
    )
    blocks = [segment(0xE1, b"Exif\0\0" + bytes(65_000))] * 60
    yield Case("EXIF sixty times, 4 MB", with_segments(jpeg, *blocks), lost)
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"<x>" * 20_000)
    yield Case("XMP of 60 KB", with_segments(jpeg, xmp), kept)
    photoshop = segment(0xED, b"Photoshop 3.0\0" + b"8BIM" + bytes(300))
    yield Case("IPTC from Photoshop", with_segments(jpeg, photoshop), kept)
    yield Case("a comment", with_segments(jpeg, segment(0xFE, b"Taken by Hana, at home")), Taken())
    late = encoded(quarters(), "PNG")
    behind = late[:-12] + chunk(b"eXIf", exif(3).removeprefix(b"Exif\0\0")) + late[-12:]
    turned = Taken(notes=("turned-upright", *gone))
    yield Case("EXIF behind the pixels of a PNG", behind, turned)


def _xmp(source_type: bytes) -> bytes:
    return (
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description Iptc4xmpExt:DigitalSourceType='"
        + _URI
        + source_type
        + b"'/></x:xmpmeta>"
    )


def _marks() -> Iterator[Case]:
    jpeg, png = encoded(quarters(), "JPEG"), encoded(quarters(), "PNG")
    marked = Taken(is_ai_marked=True, notes=("marked-as-ai", "metadata-dropped"))
    model, camera = _xmp(b"trainedAlgorithmicMedia"), _xmp(b"digitalCapture")
    packet = b"http://ns.adobe.com/xap/1.0/\0"
    by_model = with_segments(jpeg, segment(0xE1, packet + model))
    yield Case("JPEG marked as made by a model", by_model, marked)
    yield Case(
        "JPEG marked as a photo", with_segments(jpeg, segment(0xE1, packet + camera)), Taken()
    )
    bare = b"<Iptc4xmpExt:DigitalSourceType>trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>"
    by_word = with_segments(jpeg, segment(0xE1, packet + bare))
    yield Case("JPEG marked by a bare word", by_word, marked)
    named = (
        b"<a Iptc4xmpExt:DigitalSourceType rdf:resource='" + _URI + b"trainedAlgorithmicMedia'/>"
    )
    by_resource = with_segments(jpeg, segment(0xE1, packet + named))
    yield Case("JPEG marked by a resource", by_resource, marked)
    spoken = b"<dc:title>My digitalsourcetype is a secret: trainedAlgorithmicMedia?</dc:title>"
    by_chance = with_segments(jpeg, segment(0xE1, packet + spoken))
    yield Case("JPEG that only speaks of marks", by_chance, Taken())
    text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + model)
    yield Case("PNG marked as made by a model", with_chunks(png, text), marked)
    wide = model.decode().encode("utf-16-le")
    packed = with_segments(jpeg, segment(0xE1, packet + wide))
    yield Case("JPEG marked in two bytes a letter", packed, marked)
    yield Case("WebP marked as made partly by a model", _marked_webp(), marked)
    box = b"JP\0\1\0\0\0\1" + struct.pack(">I", 400) + b"jumb" + b"jumdc2pa" + _URI
    box += b"trainedAlgorithmicMedia" + bytes(100)
    credentials = Taken(is_ai_marked=True, has_c2pa=True, notes=("c2pa-dropped", "marked-as-ai"))
    yield Case(
        "JPEG with content credentials", with_segments(jpeg, segment(0xEB, box)), credentials
    )
    yield Case("PNG with content credentials", with_chunks(png, chunk(b"caBX", box)), credentials)
    no_mark = Taken(has_c2pa=True, notes=("c2pa-dropped",))
    silent = chunk(b"caBX", b"jumb c2pa")
    yield Case(
        "PNG with credentials that say nothing of a model", with_chunks(png, silent), no_mark
    )


def _marked_webp() -> bytes:
    out = io.BytesIO()
    scene(WIDTH, HEIGHT).save(out, "WEBP", xmp=_xmp(b"compositeWithTrainedAlgorithmicMedia"))
    return out.getvalue()

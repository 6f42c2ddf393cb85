"""What is no picture of ours, with its true name and with a false one; and files that are two."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator

from PIL import Image

from tests.posthub_assets.domain.media.corpus.building import (
    Case,
    Taken,
    chunk,
    encoded,
    quarter_spots,
    quarters,
    refused,
    scene,
    segment,
    with_chunks,
    with_segments,
)

HTML = b"<!DOCTYPE html><html><body><script>alert(document.domain)</script></body></html>"
SVG = (
    b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
)
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\nshowpage\n"


def _brand(brand: bytes, *more: bytes) -> bytes:
    content = brand + b"\0\0\0\0" + b"".join(more)
    return struct.pack(">I4s", len(content) + 8, b"ftyp") + content + bytes(200)


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("evil.sh"), "rm -rf ~")
    return out.getvalue()


def others() -> dict[str, tuple[bytes, bool, str]]:
    """Give what is not taken, by its suffix: the file, whether it is a picture, words for it."""
    picture = scene()
    return {
        "html": (HTML, False, "HTML"),
        "htm": (b"\xef\xbb\xbf\n <!-- hello --> " + HTML, False, "HTML"),
        "svg": (SVG, True, "SVG"),
        "svgz": (b"\x1f\x8b\x08" + bytes(50), False, "gzip"),
        "eps": (EPS, True, "EPS"),
        "ps": (b"\xc5\xd0\xd3\xc6" + bytes(60), True, "EPS"),
        "pdf": (b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>endobj\n", False, "PDF"),
        "gif": (encoded(picture.convert("P"), "GIF"), True, "GIF"),
        "bmp": (encoded(picture, "BMP"), True, "BMP"),
        "tiff": (encoded(picture, "TIFF"), True, "TIFF"),
        "ico": (encoded(picture, "ICO"), True, "ICO"),
        "ppm": (encoded(picture, "PPM"), True, "PNM"),
        "avif": (_brand(b"avif", b"mif1", b"miaf"), True, "AVIF"),
        "heic": (_brand(b"heic", b"mif1"), True, "HEIC"),
        "heif": (_brand(b"mif1", b"heic"), True, "HEIC"),
        "mp4": (_brand(b"isom", b"mp42"), False, "video"),
        "jp2": (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60), True, "JPEG 2000"),
        "jxl": (b"\xff\x0a" + bytes(60), True, "JPEG XL"),
        "psd": (b"8BPS\0\1" + bytes(60), True, "Photoshop"),
        "zip": (_archive(), False, "ZIP"),
        "exe": (b"MZ\x90\0" + bytes(100), False, "program"),
        "sh": (b"#!/bin/sh\nrm -rf ~\n", False, "script"),
        "php": (b"<?php system($_GET['c']); ?>", False, "script"),
        "xml": (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>", False, "XML"),
        "txt": (b"Dear customer, the photo comes tomorrow.", False, "text"),
        "wmf": (b"\xd7\xcd\xc6\x9a" + bytes(60), True, "metafile"),
        "avi": (b"RIFF\x40\0\0\0AVI LIST" + bytes(60), False, "video"),
    }


def cases() -> Iterator[Case]:
    for suffix, (data, is_picture, _) in others().items():
        true = "unsupported-format" if is_picture else "not-an-image"
        yield Case(f"{suffix}, under its own name", data, refused(true), f"a.{suffix}")
        yield Case(f"{suffix}, named .jpg", data, refused("disguised"), "photo.JPG")
    for suffix in ("svg", "html", "gif"):
        data = others()[suffix][0]
        yield Case(f"{suffix}, declared as PNG", data, refused("disguised"), "", "image/png; q=1")
    yield from _polyglots()
    yield from _misnamed()


def _polyglots() -> Iterator[Case]:
    jpeg = encoded(quarters(), "JPEG", quality=95, subsampling=0)
    png, webp = encoded(quarters(), "PNG"), encoded(quarters(), "WEBP", lossless=True)
    dropped = ("extra-data-dropped",)
    soft, sharp = quarter_spots(10), quarter_spots(0)
    comment = segment(0xFE, b"--><script>alert(1)</script><!--")
    yield Case("JPEG with HTML in a comment", with_segments(jpeg, comment), Taken(spots=soft))
    yield Case("JPEG with HTML behind it", jpeg + HTML, Taken(notes=dropped, spots=soft))
    yield Case("JPEG with a ZIP behind it", jpeg + _archive(), Taken(notes=dropped, spots=soft))
    yield Case("JPEG with a PDF behind it", jpeg + b"%PDF-1.4", Taken(notes=dropped, spots=soft))
    text = chunk(b"tEXt", b"Comment\0" + HTML)
    yield Case("PNG with HTML in a comment", with_chunks(png, text), Taken(spots=sharp))
    yield Case("PNG with a ZIP behind it", png + _archive(), Taken(notes=dropped, spots=sharp))
    yield Case("PNG with a JPEG behind it", png + jpeg, Taken(notes=dropped, spots=sharp))
    yield Case("WebP with PHP behind it", webp + b"<?php 1; ?>", Taken(notes=dropped, spots=sharp))
    gif = encoded(Image.new("P", (10799, 1)), "GIF")
    script = gif[:6] + b"/*" + gif[8:] + b"*/=1;alert(1)"
    yield Case("GIF that is JavaScript", script, refused("unsupported-format"), "a.gif")
    yield Case("GIF that is JavaScript, as JPEG", script, refused("disguised"), "", "image/jpeg")
    yield Case("HTML with a JPEG behind it", HTML + jpeg, refused("disguised"), "a.jpg")
    yield Case("ZIP with a PNG behind it", _archive() + png, refused("not-an-image"))


def _misnamed() -> Iterator[Case]:
    files = {
        "JPEG": encoded(quarters(), "JPEG"),
        "PNG": encoded(quarters(), "PNG"),
        "WebP": encoded(quarters(), "WEBP"),
    }
    otherwise = Taken(notes=("named-otherwise",))
    silent = Taken(without=("named-otherwise",))
    yield Case("JPEG named .png", files["JPEG"], otherwise, "photo.png")
    yield Case("PNG named .jpg", files["PNG"], otherwise, "photo.jpg")
    yield Case("WebP declared as JPEG", files["WebP"], otherwise, "a.webp", "image/jpeg")
    yield Case("JPEG named .html", files["JPEG"], silent, "photo.html", "text/html")
    yield Case(
        "JPEG with a name full of dots", files["JPEG"], silent, "../../a.b.jpeg", "image/jpg"
    )
    yield Case("PNG without a name", files["PNG"], silent)

"""What a file is that is not JPEG, PNG or WebP: by its first bytes, for a refusal that names it.

The signatures are those of the formats' own standards. Nothing is decided by them but words.
What does not belong here: what is taken (`looking.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Other:
    """Something else: `name` reads after "is", such as `an SVG drawing`."""

    name: str
    is_picture: bool


_GIF = Other("a GIF", True)
_HEIC = Other("a HEIC photo, as phones make them", True)
_AVIF = Other("an AVIF picture", True)
_TIFF = Other("a TIFF picture or a camera's raw file", True)
_PSD = Other("a Photoshop file", True)
_ICON = Other("an icon (ICO)", True)
_EPS = Other("an EPS or PostScript drawing", True)
_JPEG_2000 = Other("a JPEG 2000 picture", True)
_JPEG_XL = Other("a JPEG XL picture", True)
_SVG = Other("an SVG drawing", True)
_ZIP = Other("a ZIP archive or an office document", False)
_VIDEO = Other("a video", False)
_HTML = Other("a web page (HTML)", False)
_PROGRAM = Other("a program", False)
_SCRIPT = Other("a script", False)
_TEXT = Other("text", False)

_SIGNATURES: tuple[tuple[int, bytes, Other], ...] = (
    (0, b"GIF87a", _GIF),
    (0, b"GIF89a", _GIF),
    (0, b"II*\0", _TIFF),
    (0, b"MM\0*", _TIFF),
    (0, b"II+\0", _TIFF),
    (0, b"MM\0+", _TIFF),
    (0, b"IIRO", _TIFF),
    (0, b"IIU\0", _TIFF),
    (0, b"8BPS", _PSD),
    (0, b"\0\0\1\0", _ICON),
    (0, b"\0\0\2\0", _ICON),
    (0, b"icns", _ICON),
    (0, b"%!PS", _EPS),
    (0, b"\xc5\xd0\xd3\xc6", _EPS),
    (0, b"%PDF-", Other("a PDF document", False)),
    (0, b"\0\0\0\x0cjP  ", _JPEG_2000),
    (0, b"\xff\x4f\xff\x51", _JPEG_2000),
    (0, b"\xff\x0a", _JPEG_XL),
    (0, b"\0\0\0\x0cJXL ", _JPEG_XL),
    (0, b"gimp xcf", Other("a GIMP file", True)),
    (0, b"\x76\x2f\x31\x01", Other("an OpenEXR picture", True)),
    (0, b"#?RADIANCE", Other("a Radiance HDR picture", True)),
    (0, b"DDS ", Other("a DDS texture", True)),
    (0, b"qoif", Other("a QOI picture", True)),
    (0, b"\x8aMNG\r\n", Other("an MNG animation", True)),
    (0, b"\x8bJNG\r\n", Other("a JNG picture", True)),
    (0, b"\xd7\xcd\xc6\x9a", Other("a Windows metafile (WMF)", True)),
    (40, b" EMF", Other("a Windows metafile (EMF)", True)),
    (128, b"DICM", Other("a DICOM scan", True)),
    (0, b"PK\3\4", _ZIP),
    (0, b"PK\5\6", _ZIP),
    (0, b"Rar!\x1a", Other("a RAR archive", False)),
    (0, b"7z\xbc\xaf\x27\x1c", Other("a 7z archive", False)),
    (0, b"\x1f\x8b", Other("a gzip archive", False)),
    (0, b"\xd0\xcf\x11\xe0", Other("an office document", False)),
    (0, b"MZ", _PROGRAM),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", _PROGRAM),
    (0, b"\xca\xfe\xba\xbe", _PROGRAM),
    (0, b"\x1aE\xdf\xa3", _VIDEO),
    (0, b"FLV\1", _VIDEO),
    (0, b"\0\0\1\xba", _VIDEO),
    (0, b"ID3", Other("a sound", False)),
    (0, b"OggS", Other("a sound or a video", False)),
    (0, b"#!", _SCRIPT),
)

_BRANDS = {
    b"heic": _HEIC, b"heix": _HEIC, b"heim": _HEIC, b"heis": _HEIC, b"hevc": _HEIC,
    b"mif1": _HEIC, b"msf1": _HEIC, b"avif": _AVIF, b"avis": _AVIF, b"crx ": _TIFF,
}  # fmt: skip
_RIFF = {b"AVI ": _VIDEO, b"WAVE": Other("a sound", False)}
_PORTABLE = re.compile(rb"P[1-7][\s#]")
_SVG_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]", re.IGNORECASE)
_HTML_TAG = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|iframe|meta|title|div|p|img|a)\b",
    re.IGNORECASE | re.DOTALL,
)
_LOOKED_AT = 4096


def recognise(data: bytes) -> Other | None:
    """Name what a file is that is none of ours; None where nobody could tell."""
    head = data[:_LOOKED_AT]
    for place, signature, other in _SIGNATURES:
        if head.startswith(signature, place):
            return other
    if head[4:8] == b"ftyp":
        return _branded(head)
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return Other("a BMP picture", True)
    if _PORTABLE.match(head) and (head[:2] != b"P7" or b"WIDTH" in head):
        return Other("a picture of the PNM family", True)
    return _written(head)


def _branded(head: bytes) -> Other:
    """Read the brands of an ISO base media file (ISO/IEC 14496-12, 4.3)."""
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = [head[8:12], *(head[place : place + 4] for place in range(16, length, 4))]
    if brands[0] == b"mif1" and b"avif" in brands:
        return _AVIF
    return _BRANDS.get(brands[0], _VIDEO)


def _written(head: bytes) -> Other | None:
    """Name what is made of letters."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            head = head[2:].decode(encoding, "ignore").encode()
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _SVG_TAG.search(text) and text.lstrip()[:1] == b"<":
        return _SVG
    if _HTML_TAG.match(text):
        return _HTML
    start = text.lstrip()[:5]
    if start == b"<?php":
        return _SCRIPT
    if start == b"<?xml":
        return Other("an XML file", False)
    if b"\0" in text:
        return None
    try:
        words = text.decode("utf-8")
    except UnicodeDecodeError as error:
        words = text[: error.start].decode() if error.start > len(text) - 4 else "\x01"
    return (
        _TEXT
        if words.strip() and all(one.isprintable() or one.isspace() for one in words)
        else None
    )

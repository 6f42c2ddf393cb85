"""The parts of a JPEG, PNG or WebP file, walked without decoding anything.

Works on any bytes: a length that leads nowhere ends the walk, and every walk takes each byte once.
What does not belong here: what the parts say (`marks.py`), pixels.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

JPEG, PNG, WEBP, AVIF = "image/jpeg", "image/png", "image/webp", "image/avif"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_START_OF_SCAN, _START, _END = 0xDA, 0xD8, 0xD9
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
"""TEM and the restart markers stand alone (ITU T.81, B.1.1.3)."""
MOST_PARTS = 100_000
"""A PNG of 100 MB in the usual chunks of 8 kB has 12,000; a file made of nothing but heads is not
walked to its end."""


@dataclass(frozen=True, slots=True)
class Part:
    """A segment or chunk: `data[begin:end]` is all of it, `data[body:body_end]` what it holds."""

    kind: bytes
    begin: int
    body: int
    body_end: int
    end: int


def media_type_of(data: bytes) -> str:
    """Give the media type by the first bytes, of the four that PostHub writes; else nothing."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(PNG_SIGNATURE):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and b"avi" in data[8:40]:
        return AVIF
    return ""


def parts_of(data: bytes) -> Iterator[Part]:
    """Walk the parts, in their order; of a JPEG those before the first scan. At most MOST_PARTS."""
    walks = {JPEG: _jpeg, PNG: _png, WEBP: _webp}
    walk = walks.get(media_type_of(data))
    return itertools.islice(walk(data), MOST_PARTS) if walk else iter(())


def _jpeg(data: bytes) -> Iterator[Part]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a byte of filling (B.1.1.2)
            at += 1
            continue
        if marker in (_START_OF_SCAN, _START, _END):
            return
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(data):
            return
        yield Part(bytes((marker,)), at, at + 4, end, end)
        at = end


def _png(data: bytes) -> Iterator[Part]:
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(data):
        body = at + 8
        body_end = body + int.from_bytes(data[at : at + 4], "big")
        if body_end + 4 > len(data):
            return
        yield Part(data[at + 4 : body], at, body, body_end, body_end + 4)
        at = body_end + 4


def _webp(data: bytes) -> Iterator[Part]:
    at = 12
    while at + 8 <= len(data):
        body = at + 8
        body_end = body + int.from_bytes(data[at + 4 : body], "little")
        if body_end > len(data):
            return
        end = min(body_end + (body_end - body) % 2, len(data))
        yield Part(data[at : at + 4], at, body, body_end, end)
        at = end

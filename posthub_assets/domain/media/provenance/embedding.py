"""An XMP packet put into a picture that is encoded already. No pixel changes.

For pictures that PostHub encoded. An AVIF keeps its metadata in a table of offsets; there the
encoder takes the packet (Pillow: `save(xmp=...)`).
What does not belong here: what the packet says (`xmp.py`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.provenance.containers import (
    AVIF,
    JPEG,
    PNG,
    PNG_SIGNATURE,
    WEBP,
    Part,
    media_type_of,
    parts_of,
)
from posthub_assets.domain.media.provenance.marks import MORE_XMP_OF_JPEG, XMP_OF_JPEG

LARGEST_SEGMENT_BYTES = 65_533
"""Of a JPEG: its length has two bytes and counts them."""
_XMP_OF_PNG = b"XML:com.adobe.xmp\x00"
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
"""Bits of VP8X (WebP container specification, RFC 9649, 2.7.1)."""


def with_xmp(data: bytes, packet: bytes) -> bytes:
    """Put a packet into a JPEG, PNG or WebP in place of one that is there. An AVIF stays as it is.

    Raises InvalidInput for other bytes, and for a packet that does not fit into a JPEG segment.
    """
    kind = media_type_of(data)
    if kind == AVIF:
        return data
    writers = {JPEG: _into_jpeg, PNG: _into_png, WEBP: _into_webp}
    parts = list(parts_of(data))
    if kind not in writers or not parts:
        raise InvalidInput("This is no whole JPEG, PNG or WebP, so nothing can be written into it.")
    return writers[kind](data, parts, packet)


def _into_jpeg(data: bytes, parts: list[Part], packet: bytes) -> bytes:
    """After APP0 and EXIF, where readers look for it (XMP, part 3, 1.1.3)."""
    body = XMP_OF_JPEG + packet
    if len(body) > LARGEST_SEGMENT_BYTES:
        raise InvalidInput(f"The packet has {len(packet)} bytes; a JPEG takes about 65,500.")
    segment = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    old = [
        part
        for part in parts
        if part.kind == b"\xe1"
        and data.startswith((XMP_OF_JPEG, MORE_XMP_OF_JPEG), part.body, part.body_end)
    ]
    place = 2
    for part in parts:
        if part.begin == place and part.kind in (b"\xe0", b"\xe1") and part not in old:
            place = part.end
    return data[:place] + segment + b"".join(_without(data, old, place))


def _into_png(data: bytes, parts: list[Part], packet: bytes) -> bytes:
    """An iTXt chunk after IHDR (XMP, part 3, 1.1.5)."""
    body = b"iTXt" + _XMP_OF_PNG + b"\x00\x00\x00\x00" + packet
    chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    old = [
        part
        for part in parts
        if part.kind == b"iTXt" and data.startswith(_XMP_OF_PNG, part.body, part.body_end)
    ]
    place = parts[0].end
    start = PNG_SIGNATURE + data[len(PNG_SIGNATURE) : place]
    return start + chunk + b"".join(_without(data, old, place))


def _into_webp(data: bytes, parts: list[Part], packet: bytes) -> bytes:
    """A chunk `XMP ` at the end, and its bit in VP8X, which a simple file has to get first."""
    head = bytearray(_extended_header(data, parts))
    head[0] |= _HAS_XMP
    kept = [part for part in parts if part.kind not in (b"VP8X", b"XMP ")]
    chunks = [_chunk(b"VP8X", bytes(head))]
    chunks += [_chunk(part.kind, data[part.body : part.body_end]) for part in kept]
    chunks.append(_chunk(b"XMP ", packet))
    content = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(content).to_bytes(4, "little") + content


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\x00" * (len(body) % 2)


def _extended_header(data: bytes, parts: list[Part]) -> bytes:
    """Give the ten bytes of VP8X, made from the picture's own header where there is none."""
    first = parts[0]
    body = data[first.body : first.body_end]
    if first.kind == b"VP8X" and len(body) == 10:
        return body
    if first.kind == b"VP8L" and len(body) > 5:  # RFC 9649, 3.4: 14 bits each, less one, and alpha
        bits = int.from_bytes(body[1:5], "little")
        flags, width_px, height_px = (bits >> 28) & 1, bits & 0x3FFF, (bits >> 14) & 0x3FFF
        return _vp8x(_HAS_ALPHA * flags, width_px, height_px)
    if first.kind == b"VP8 " and len(body) > 10:  # RFC 6386, 9.1: 14 bits each after the start code
        width_px = int.from_bytes(body[6:8], "little") & 0x3FFF
        height_px = int.from_bytes(body[8:10], "little") & 0x3FFF
        return _vp8x(0, width_px - 1, height_px - 1)
    raise InvalidInput("This WebP begins with no picture, so nothing can be written into it.")


def _vp8x(flags: int, width_less_one_px: int, height_less_one_px: int) -> bytes:
    return (
        bytes((flags, 0, 0, 0))
        + width_less_one_px.to_bytes(3, "little")
        + height_less_one_px.to_bytes(3, "little")
    )


def _without(data: bytes, old: list[Part], begin: int) -> Iterator[bytes]:
    for part in old:
        if part.begin >= begin:
            yield data[begin : part.begin]
            begin = part.end
    yield data[begin:]

"""PNG (W3C, third edition): chunks with their checksums, up to IEND.

Written anew it has its header, palette, transparency, profile and pixels. Of an animation the
default image is kept, which is what programs without animation show.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from posthub_assets.domain.media.containers.parts import (
    MAX_PROFILE_BYTES,
    MAX_TEXT_BYTES,
    Found,
    Kind,
    small_exif,
    unpacked,
)
from posthub_assets.domain.media.notes import Note
from posthub_assets.domain.media.refusing import Reason, refusal

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 50_000
"""10 MB in pixels of 4 KB a chunk are 2,500."""

_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""By colour type: the depths that there are (table 9 of the standard)."""

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""Interlacing: left, top, and steps across and down of each of the seven passes."""

_COUNTED_AT_ONCE_BYTES = 1024 * 1024
_PIECE_BYTES = 64 * 1024
_XMP = b"XML:com.adobe.xmp\0"
_PERSONAL = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_KNOWN_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


def walk(data: bytes) -> tuple[Found, bytes]:
    """Give what is in a PNG, and the file written anew with nothing but its picture.

    Raises RefusedPicture: truncated, damaged, or a bomb.
    """
    found = Found(Kind.PNG)
    kept: list[tuple[bytes, bytes]] = []
    place, chunks = len(SIGNATURE), 0
    while True:
        name, content, place = _chunk(data, place)
        chunks += 1
        if chunks > MAX_CHUNKS:
            raise refusal(Reason.BOMB, "This PNG is cut into more parts than any real one.")
        if (chunks == 1) != (name == b"IHDR"):
            raise refusal(Reason.DAMAGED, "This PNG's header is missing, or there twice.")
        if name == b"IEND":
            break
        if content is None:
            _lost(found, name)
        else:
            _take(found, kept, name, content)
    if data[place:].strip(b"\0\r\n "):
        found.note(Note.EXTRA_DATA_DROPPED)
    _whole(kept)
    return found, _anew(found, kept)


def check_rows(clean: bytes) -> None:
    """Count what the pixels unpack to, against what the header says; nothing is kept of it.

    Pillow shows a picture of which rows are missing, with black in their place. `clean` is what
    `walk` wrote, and its size has been found to be allowed. Raises RefusedPicture.
    """
    width, height, depth, colour, *_, lacing = struct.unpack_from(">IIBBBBB", clean, 16)
    missing = _packed_rows_bytes(width, height, depth * _CHANNELS[colour], bool(lacing))
    machine = zlib.decompressobj()
    for piece in _packed_pieces(clean):
        part = piece
        while part and missing > 0 and not machine.eof:
            try:
                missing -= len(machine.decompress(part, _COUNTED_AT_ONCE_BYTES))
            except zlib.error as error:
                raise refusal(Reason.DAMAGED, "This PNG is damaged: it does not unpack.") from error
            part = machine.unconsumed_tail
        if missing <= 0:
            return
    raise refusal(Reason.TRUNCATED, "This PNG breaks off: rows of it are missing.")


def _packed_pieces(clean: bytes) -> Iterator[bytes]:
    """Give the packed pixels in pieces: what is left over of one is copied for each step."""
    place = 8
    while place + 12 <= len(clean):
        length, name = struct.unpack_from(">I4s", clean, place)
        end = place + 8 + length
        if name == b"IDAT":
            for start in range(place + 8, end, _PIECE_BYTES):
                yield clean[start : min(start + _PIECE_BYTES, end)]
        place = end + 4


def _packed_rows_bytes(width: int, height: int, bits: int, is_laced: bool) -> int:
    """Give the length of all rows with their filter bytes (clauses 7.2 and 8.1 of the standard)."""
    passes = _ADAM7 if is_laced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total


def _chunk(data: bytes, place: int) -> tuple[bytes, bytes | None, int]:
    """Give name, content (None where its checksum is wrong) and the next place."""
    if place + 12 > len(data):
        raise refusal(Reason.TRUNCATED, "This PNG breaks off: its end is missing.")
    length, name = struct.unpack_from(">I4s", data, place)
    if not name.isalpha():
        raise refusal(Reason.DAMAGED, "This PNG is broken: a part of it has no name.")
    end = place + 8 + length
    if end + 4 > len(data):
        raise refusal(Reason.TRUNCATED, "This PNG breaks off: its end is missing.")
    (told,) = struct.unpack_from(">I", data, end)
    is_right = zlib.crc32(memoryview(data)[place + 4 : end]) == told
    return name, data[place + 8 : end] if is_right else None, end + 4


def _lost(found: Found, name: bytes) -> None:
    """A wrong checksum matters where the picture depends on the chunk: a capital first letter."""
    if name[:1].isupper() or name == b"tRNS":
        raise refusal(Reason.DAMAGED, "This PNG is damaged: a checksum in it is wrong.")
    if name == b"iCCP":
        found.note(Note.PROFILE_IGNORED)


def _take(found: Found, kept: list[tuple[bytes, bytes]], name: bytes, content: bytes) -> None:
    if name == b"IHDR":
        _header(found, content)
    if name in _KNOWN_CRITICAL or name == b"tRNS":
        if content or name != b"IDAT":
            kept.append((name, content))
    elif name[:1].isupper():
        raise refusal(
            Reason.UNSUPPORTED_VARIANT, "This PNG has a part that only one program understands."
        )
    elif name == b"iCCP":
        found.keep_profile(_profile(content))
    elif name == b"acTL":
        found.note(Note.FIRST_FRAME)
    elif name == b"caBX":
        found.has_c2pa = True
        found.marks.append(content)
        found.note(Note.C2PA_DROPPED)
    elif name in _PERSONAL:
        found.note(Note.METADATA_DROPPED)
        _personal(found, name, content)


def _header(found: Found, content: bytes) -> None:
    """Read IHDR: size, depth, colour type (11.2.1 of the standard)."""
    if len(content) != 13:
        raise refusal(Reason.DAMAGED, "This PNG's header is broken.")
    width, height, depth, colour, packing, filtering, lacing = struct.unpack(">IIBBBBB", content)
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or lacing > 1:
        raise refusal(Reason.DAMAGED, "This PNG's header says what cannot be.")
    if not 0 < width < 2**31 or not 0 < height < 2**31:
        raise refusal(Reason.DAMAGED, "This PNG's header is broken: it has no size.")
    found.width_px, found.height_px = width, height
    found.decoding_bytes = width * height * (1 if _CHANNELS[colour] == 1 and depth < 16 else 4)
    if depth == 16:
        found.note(Note.FROM_16_BITS)


def _profile(content: bytes) -> bytes | None:
    name, zero, packed = content.partition(b"\0")
    return unpacked(packed[1:], MAX_PROFILE_BYTES) if zero and len(name) < 80 else None


def _personal(found: Found, name: bytes, content: bytes) -> None:
    if name == b"eXIf":
        found.exif = found.exif or content
    elif name == b"iTXt" and content.startswith(_XMP):
        rest = content[len(_XMP) :]
        # Flag, method, language, translated keyword, text (11.3.3.4 of the standard).
        text = rest[2:].split(b"\0", 2)[-1]
        mark = unpacked(text, MAX_TEXT_BYTES) if rest[:1] == b"\1" else text
        if mark is not None:
            found.marks.append(mark)


def _whole(kept: list[tuple[bytes, bytes]]) -> None:
    names = [name for name, _ in kept]
    if b"IDAT" not in names:
        raise refusal(Reason.DAMAGED, "This PNG has a beginning and an end, but no picture.")
    is_palette = kept[0][1][9] == 3
    if is_palette and (b"PLTE" not in names or names.index(b"PLTE") > names.index(b"IDAT")):
        raise refusal(Reason.DAMAGED, "This PNG has no palette, though its pixels need one.")


def _anew(found: Found, kept: list[tuple[bytes, bytes]]) -> bytes:
    first, rest = kept[0], kept[1:]
    parts = [SIGNATURE, *_as_chunk(*first)]
    if found.profile:
        parts += _as_chunk(b"iCCP", b"icc\0\0" + zlib.compress(found.profile, 1))
    orientation = found.orientation()
    if orientation != 1:
        parts += _as_chunk(b"eXIf", small_exif(orientation))
    for name, content in rest:
        parts += _as_chunk(name, content)
    parts += _as_chunk(b"IEND", b"")
    return b"".join(parts)


def _as_chunk(name: bytes, content: bytes) -> tuple[bytes, bytes, bytes]:
    checksum = zlib.crc32(content, zlib.crc32(name))
    return struct.pack(">I4s", len(content), name), content, struct.pack(">I", checksum)

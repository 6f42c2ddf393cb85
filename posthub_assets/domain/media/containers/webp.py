"""WebP (RFC 9649): chunks of a RIFF file. Of an animation only its first frame is written anew."""

from __future__ import annotations

import struct

from posthub_assets.domain.errors import RefusedPicture
from posthub_assets.domain.media.containers.parts import Found, Kind, small_exif
from posthub_assets.domain.media.notes import Note
from posthub_assets.domain.media.refusing import Reason, refusal

MAX_CHUNKS = 10_000
_FRAME_HEADER_BYTES = 16
_ICC_FLAG, _ALPHA_FLAG, _EXIF_FLAG = 0x20, 0x10, 0x08

Chunks = list[tuple[bytes, bytes]]


def walk(data: bytes) -> tuple[Found, bytes]:
    """Give what is in a WebP, and the file written anew with nothing but its first frame.

    Raises RefusedPicture: truncated, damaged, or a bomb.
    """
    found = Found(Kind.WEBP)
    (size,) = struct.unpack_from("<I", data, 4)
    end = 8 + size
    if end > len(data):
        raise _truncated()
    if data[end:].strip(b"\0\r\n "):
        found.note(Note.EXTRA_DATA_DROPPED)
    chunks = _chunks(data, 12, end)
    picture = _first_frame(found, chunks)
    if picture is None:
        picture = [one for one in chunks if one[0] in (b"ALPH", b"VP8 ", b"VP8L")]
    for name, content in chunks:
        _take(found, name, content)
    canvas = _canvas(chunks)
    own = _size(found, picture)
    if canvas is not None and Note.FIRST_FRAME not in found.notes and canvas != own:
        raise refusal(Reason.DAMAGED, "This WebP says two sizes of itself.")
    return found, _anew(found, picture)


def _truncated() -> RefusedPicture:
    return refusal(Reason.TRUNCATED, "This WebP breaks off: its end is missing.")


def _chunks(data: bytes, place: int, end: int) -> Chunks:
    chunks: Chunks = []
    while place + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, place)
        if place + 8 + length > end:
            raise _truncated()
        chunks.append((name, data[place + 8 : place + 8 + length]))
        if len(chunks) > MAX_CHUNKS:
            raise refusal(Reason.BOMB, "This WebP is cut into more parts than any real one.")
        place += 8 + length + (length & 1)
    return chunks


def _canvas(chunks: Chunks) -> tuple[int, int] | None:
    if not chunks or chunks[0][0] != b"VP8X":
        return None
    content = chunks[0][1]
    if len(content) < 10:
        raise refusal(Reason.DAMAGED, "This WebP's header is broken.")
    return _three(content, 4) + 1, _three(content, 7) + 1


def _three(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 3], "little")


def _first_frame(found: Found, chunks: Chunks) -> Chunks | None:
    """Give the chunks of the first frame, where there are frames."""
    frames = [content for name, content in chunks if name == b"ANMF"]
    if not frames:
        return None
    if len(frames) > 1:
        found.note(Note.FIRST_FRAME)
    inner = _chunks(frames[0], _FRAME_HEADER_BYTES, len(frames[0]))
    return [one for one in inner if one[0] in (b"ALPH", b"VP8 ", b"VP8L")]


def _take(found: Found, name: bytes, content: bytes) -> None:
    if name == b"ICCP":
        found.keep_profile(content)
    elif name == b"EXIF":
        found.exif = found.exif or content.removeprefix(b"Exif\0\0")
        found.note(Note.METADATA_DROPPED)
    elif name == b"XMP ":
        found.marks.append(content)
        found.note(Note.METADATA_DROPPED)
    elif name == b"C2PA":
        found.marks.append(content)
        found.has_c2pa = True
        found.note(Note.C2PA_DROPPED)


def _size(found: Found, picture: Chunks) -> tuple[int, int]:
    """Read the size from the picture itself (RFC 6386, 9.1; RFC 9649, 3.4)."""
    pictures = [one for one in picture if one[0] != b"ALPH"]
    if len(pictures) != 1:
        raise refusal(Reason.DAMAGED, "This WebP has a beginning, but no picture.")
    name, content = pictures[0]
    if name == b"VP8 " and len(content) >= 10 and content[3:6] == b"\x9d\x01\x2a":
        width, height = (one & 0x3FFF for one in struct.unpack_from("<HH", content, 6))
        buffers = 1
    elif name == b"VP8L" and len(content) >= 5 and content[0] == 0x2F:
        (bits,) = struct.unpack_from("<I", content, 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        # The decoder holds the whole picture itself before it gives it out.
        buffers = 2
    else:
        raise refusal(Reason.DAMAGED, "This WebP's picture has a broken header.")
    if not width or not height:
        raise refusal(Reason.DAMAGED, "This WebP's header is broken: it has no size.")
    found.width_px, found.height_px = width, height
    found.decoding_bytes = 4 * width * height * buffers
    return width, height


def _anew(found: Found, picture: Chunks) -> bytes:
    alpha = [one for one in picture if one[0] == b"ALPH"][:1]
    pixels = [one for one in picture if one[0] != b"ALPH"]
    orientation = found.orientation()
    has_alpha = bool(alpha) or pixels[0][0] == b"VP8L"
    flags = has_alpha * _ALPHA_FLAG + (orientation != 1) * _EXIF_FLAG
    flags += bool(found.profile) * _ICC_FLAG
    chunks: Chunks = []
    if flags and (alpha or orientation != 1 or found.profile):
        size = (found.width_px - 1).to_bytes(3, "little") + (found.height_px - 1).to_bytes(
            3, "little"
        )
        chunks.append((b"VP8X", bytes([flags, 0, 0, 0]) + size))
    if found.profile:
        chunks.append((b"ICCP", found.profile))
    chunks += alpha + pixels
    if orientation != 1:
        chunks.append((b"EXIF", small_exif(orientation)))
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)
        for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body

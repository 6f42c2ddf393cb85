"""JPEG (ITU T.81): segments up to the end of the first picture.

Comments and application segments are left out when it is written anew, but for JFIF and Adobe,
which say what the colours are. A second picture behind the end (MPO, CIPA DC-007) is not looked at.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from posthub_assets.domain.media.containers.parts import Found, Kind, small_exif
from posthub_assets.domain.media.notes import Note
from posthub_assets.domain.media.refusing import Reason, refusal

MAX_SEGMENTS = 10_000
MAX_SCANS = 100
"""A progressive file has about ten. Each costs a pass over the whole picture, however short."""

_NEXT_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)
"""Within a scan: not stuffed bytes, not restart markers (T.81, B.1.1.5)."""

_MORE = b"\x55\x33\x0f" * 40
"""Without a byte that would be a marker."""

_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7}
_BARE = {0x01, *range(0xD0, 0xD8)}
_PROGRESSIVE = {0xC2, 0xCA}
_ARITHMETIC = {0xC9, 0xCA}
_KEPT = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD}
_SOI, _EOI, _SOS, _APP1, _APP2, _APP11, _APP14 = 0xD8, 0xD9, 0xDA, 0xE1, 0xE2, 0xEB, 0xEE
_EXIF = b"Exif\0\0"
_XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
_ICC = b"ICC_PROFILE\0"
_MOST_ICC_BYTES_A_SEGMENT = 65_519


@dataclass(slots=True)
class _Walk:
    found: Found
    kept: list[tuple[int, int]] = field(default_factory=list)
    profiles: dict[int, bytes] = field(default_factory=dict)
    profile_count: int = 0
    has_frame: bool = False
    is_progressive: bool = False
    coefficients_bytes: int = 0
    scans: int = 0


def walk(data: bytes) -> tuple[Found, bytes]:
    """Give what is in a JPEG, and the file written anew with nothing but its first picture.

    Raises RefusedPicture: truncated, damaged, a variant that nobody shows, or a bomb.
    """
    walk_ = _Walk(Found(Kind.JPEG))
    place, segments = 2, 0
    while True:
        marker, start, place = _marker(data, place)
        segments += 1
        if segments > MAX_SEGMENTS:
            raise refusal(Reason.BOMB, "This JPEG is cut into more parts than any real one.")
        if marker == _EOI:
            break
        if marker in _BARE:
            continue
        place = _segment(data, walk_, marker, start, place)
    if not walk_.scans:
        raise refusal(Reason.DAMAGED, "This JPEG has a beginning and an end, but no picture.")
    _told(data, walk_, place)
    return walk_.found, _anew(data, walk_)


def going_on(clean: bytes) -> bytes | None:
    """Give what `walk` wrote with more packed data before its end; None where that means nothing.

    Where all of the picture is there, a decoder does not look at them. Where data end early it
    fills up with grey, and with these it fills up otherwise: that is how the two are told apart.
    Arithmetic packing leaves zeros away at its end (T.81, D.1.8), so there it would not hold.
    """
    place = 2
    while place + 4 <= len(clean) and clean[place + 1] != _SOS:
        if clean[place + 1] in _ARITHMETIC:
            return None
        place += 2 + int.from_bytes(clean[place + 2 : place + 4], "big")
    return clean[:-2] + _MORE + clean[-2:]


def _marker(data: bytes, place: int) -> tuple[int, int, int]:
    """Give the next marker, where it starts, and where what follows it begins.

    Bytes in between are passed over, as every decoder does.
    """
    match = _NEXT_MARKER.search(data, place)
    # Outside of scans a restart marker has no meaning; the pattern passes over them too.
    if match is None:
        raise refusal(Reason.TRUNCATED, "This JPEG breaks off: its end is missing.")
    return match[1][0], match.end() - 2, match.end()


def _segment(data: bytes, walk_: _Walk, marker: int, start: int, place: int) -> int:
    """Read a segment that has a length; give where the next marker is to be looked for."""
    if marker == _SOI:
        raise refusal(Reason.DAMAGED, "This JPEG begins a second time before its end.")
    if place + 2 > len(data):
        raise refusal(Reason.TRUNCATED, "This JPEG breaks off: its end is missing.")
    length = int.from_bytes(data[place : place + 2], "big")
    end = place + length
    if length < 2:
        raise refusal(Reason.DAMAGED, "This JPEG has a part with an impossible length.")
    if end > len(data):
        raise refusal(Reason.TRUNCATED, "This JPEG breaks off: its end is missing.")
    content = data[place + 2 : end]
    if marker in _FRAMES:
        _frame(walk_, marker, content)
    elif marker in _OTHER_FRAMES:
        raise refusal(
            Reason.UNSUPPORTED_VARIANT,
            "This JPEG is of a kind that browsers do not show (lossless or hierarchical).",
        )
    elif marker == _SOS:
        return _scan(data, walk_, start, end)
    elif 0xE0 <= marker <= 0xEF:
        _application(walk_, marker, content)
    if marker in _FRAMES or marker in _KEPT or _says_colours(marker, content):
        walk_.kept.append((start, end))
    return end


def _says_colours(marker: int, content: bytes) -> bool:
    return (marker == 0xE0 and content[:5] == b"JFIF\0") or (
        marker == _APP14 and content[:5] == b"Adobe"
    )


def _frame(walk_: _Walk, marker: int, content: bytes) -> None:
    """Read size and sampling (T.81, B.2.2)."""
    if walk_.has_frame or len(content) < 6:
        raise refusal(Reason.DAMAGED, "This JPEG's header is broken.")
    precision, height, width, components = struct.unpack_from(">BHHB", content)
    if precision != 8 or components not in (1, 3, 4):
        raise refusal(
            Reason.UNSUPPORTED_VARIANT,
            f"This JPEG has {precision} bits and {components} colour channels, which browsers "
            "do not show.",
        )
    if len(content) < 6 + 3 * components or width == 0 or height == 0:
        raise refusal(Reason.DAMAGED, "This JPEG's header is broken: it has no size.")
    samplings = [content[6 + 3 * one + 1] for one in range(components)]
    factors = [(one >> 4, one & 15) for one in samplings]
    if any(not 1 <= factor <= 4 for pair in factors for factor in pair):
        raise refusal(Reason.DAMAGED, "This JPEG's header is broken: its colours have no size.")
    walk_.has_frame = True
    walk_.is_progressive = marker in _PROGRESSIVE
    walk_.found.width_px, walk_.found.height_px = width, height
    across, down = max(one for one, _ in factors), max(one for _, one in factors)
    # A file of several scans is held as coefficients of two bytes, component by component.
    walk_.coefficients_bytes = sum(
        2 * width * height * one * other // (across * down) for one, other in factors
    )


def _scan(data: bytes, walk_: _Walk, start: int, end: int) -> int:
    if not walk_.has_frame:
        raise refusal(Reason.DAMAGED, "This JPEG's pixels come before their header.")
    walk_.scans += 1
    if walk_.scans > MAX_SCANS:
        raise refusal(
            Reason.BOMB, f"This JPEG is painted over more than {MAX_SCANS} times, to be slow."
        )
    match = _NEXT_MARKER.search(data, end)
    if match is None:
        raise refusal(Reason.TRUNCATED, "This JPEG breaks off: its end is missing.")
    walk_.kept.append((start, match.start()))
    return match.start()


def _application(walk_: _Walk, marker: int, content: bytes) -> None:
    found = walk_.found
    if marker == _APP1 and content[:6] == _EXIF:
        found.exif = found.exif or content[6:]
        found.note(Note.METADATA_DROPPED)
    elif marker == _APP1 and content.startswith(_XMP):
        found.marks.append(content)
        found.note(Note.METADATA_DROPPED)
    elif marker == _APP2 and content[:12] == _ICC and len(content) > 14:
        walk_.profiles.setdefault(content[12], content[14:])
        walk_.profile_count = max(walk_.profile_count, content[13])
    elif marker == _APP2 and content[:4] == b"MPF\0":
        found.note(Note.FIRST_PICTURE)
    elif marker == _APP11 and b"c2pa" in content:
        found.marks.append(content)
        found.has_c2pa = True
        found.note(Note.C2PA_DROPPED)
    elif not _says_colours(marker, content) and marker != 0xE0:
        found.note(Note.METADATA_DROPPED)


def _told(data: bytes, walk_: _Walk, end: int) -> None:
    """Say of the whole what the parts do not: profile, what is behind the end, memory."""
    found = walk_.found
    if walk_.profile_count or walk_.profiles:
        numbers = range(1, walk_.profile_count + 1)
        parts = [walk_.profiles.get(number) for number in numbers]
        whole = [part for part in parts if part is not None]
        found.keep_profile(b"".join(whole) if len(whole) == len(parts) else None)
    if len(data) > end and Note.FIRST_PICTURE not in found.notes and data[end:].strip(b"\0\r\n "):
        found.note(Note.EXTRA_DATA_DROPPED)
    pixels_bytes = 4 * found.width_px * found.height_px
    is_buffered = walk_.is_progressive or walk_.scans > 1
    found.decoding_bytes = pixels_bytes + (walk_.coefficients_bytes if is_buffered else 0)


def _anew(data: bytes, walk_: _Walk) -> bytes:
    parts = [b"\xff\xd8"]
    # JFIF comes first, where there is one (T.871, 10.1); then what we add.
    kept = list(walk_.kept)
    if kept and data[kept[0][0] + 1] == 0xE0:
        parts.append(data[slice(*kept.pop(0))])
    orientation = walk_.found.orientation()
    if orientation != 1:
        parts.append(_as_segment(_APP1, _EXIF + small_exif(orientation)))
    parts += _profile_segments(walk_.found.profile)
    parts += [data[start:end] for start, end in kept]
    parts.append(b"\xff\xd9")
    return b"".join(parts)


def _profile_segments(profile: bytes | None) -> list[bytes]:
    if not profile:
        return []
    size = _MOST_ICC_BYTES_A_SEGMENT
    pieces = [profile[start : start + size] for start in range(0, len(profile), size)]
    return [
        _as_segment(_APP2, _ICC + bytes([number, len(pieces)]) + piece)
        for number, piece in enumerate(pieces, start=1)
    ]


def _as_segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content

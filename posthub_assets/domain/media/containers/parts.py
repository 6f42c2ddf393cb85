"""What all containers have in common: what a walk finds, and the small EXIF that we write back."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from enum import StrEnum

from posthub_assets.domain.media.notes import Note

MAX_PROFILE_BYTES = 4 * 1024 * 1024
"""The largest ICC profiles of printers in use are under 3 MB."""

MAX_TEXT_BYTES = 4 * 1024 * 1024
"""Of packed XMP, unpacked."""

_ORIENTATION_TAG = 0x0112
_SHORT = 3
_MOST_ENTRIES = 1000
_SOURCE_TYPE = re.compile(rb"digitalsourcetype(?:/|\W{1,4})([A-Za-z]{3,60})", re.IGNORECASE)
"""The end of its address, or the bare word that some programs write in its place."""

_AI_TYPES = frozenset(
    {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"}
)
_SOURCE_TYPES = _AI_TYPES | {
    "algorithmicMedia",
    "algorithmicallyEnhanced",
    "composite",
    "compositeCapture",
    "computationalCapture",
    "dataDrivenMedia",
    "digitalArt",
    "digitalCapture",
    "digitalCreation",
    "humanEdits",
    "minorHumanEdits",
    "multiFrameComputationalCapture",
    "negativeFilm",
    "positiveFilm",
    "print",
    "screenCapture",
    "softwareImage",
    "virtualRecording",
}
"""IPTC NewsCodes, digital source type, as of November 2025. The first three: made by a trained
model, or partly."""


class Kind(StrEnum):
    """What is taken, by Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"

    @property
    def media_type(self) -> str:
        """Give the media type, such as image/jpeg."""
        return f"image/{self.value.lower()}"


@dataclass(slots=True)
class Found:
    """What a walk found. Sizes are in pixels as the picture lies in its file."""

    kind: Kind
    width_px: int = 0
    height_px: int = 0
    decoding_bytes: int = 0
    """Memory that decoding takes at its highest, as far as the header tells."""
    profile: bytes | None = None
    exif: bytes | None = None
    marks: list[bytes] = field(default_factory=list)
    """XMP packets and C2PA manifests: searched for marks, never kept."""
    has_c2pa: bool = False
    notes: list[Note] = field(default_factory=list)

    def note(self, note: Note) -> None:
        """Say something once."""
        if note not in self.notes:
            self.notes.append(note)

    def keep_profile(self, profile: bytes | None) -> None:
        """Keep an ICC profile that looks like one, and say so of one that does not."""
        if profile is not None and is_profile(profile):
            self.profile = profile
        else:
            self.note(Note.PROFILE_IGNORED)

    def orientation(self) -> int:
        """Give the orientation that the EXIF says, 1 to 8; 1 where it is silent or unreadable."""
        if not self.exif:
            return 1
        told = read_orientation(self.exif)
        if told is None:
            self.note(Note.EXIF_UNREADABLE)
        return told if told and 1 <= told <= 8 else 1

    def source_type(self) -> str | None:
        """Give the IPTC digital source type that the file is marked with, or None.

        Where several are named, one that says "made by a model" goes before others.
        """
        words = [
            match.decode("ascii")
            for mark in self.marks
            for match in _SOURCE_TYPE.findall(mark.replace(b"\0", b""))
        ]
        named = [one for one in words if one in _SOURCE_TYPES]
        by_model = [one for one in named if one in _AI_TYPES]
        return next(iter(by_model or named), None)


def is_by_model(source_type: str | None) -> bool:
    """Say whether an IPTC digital source type means that a trained model made it, or parts."""
    return source_type in _AI_TYPES


def is_profile(profile: bytes) -> bool:
    """Say whether bytes may be an ICC profile: ICC.1:2022, 7.2: length, and `acsp` at 36."""
    if not 128 < len(profile) <= MAX_PROFILE_BYTES or profile[36:40] != b"acsp":
        return False
    return int.from_bytes(profile[:4], "big") <= len(profile)


def read_orientation(exif: bytes) -> int | None:
    """Read tag 0x0112 of the first directory of a TIFF header (EXIF 2.32, 4.6); None if broken.

    0 where the directory has no such tag.
    """
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return None
    try:
        magic, place = struct.unpack_from(f"{order}HI", exif, 2)
        (count,) = struct.unpack_from(f"{order}H", exif, place)
        if magic != 42 or count > _MOST_ENTRIES:
            return None
        for entry in range(count):
            tag, type_, number, value = struct.unpack_from(
                f"{order}HHIH", exif, place + 2 + 12 * entry
            )
            if tag == _ORIENTATION_TAG:
                return int(value) if type_ == _SHORT and number == 1 else None
    except struct.error:
        return None
    return 0


def small_exif(orientation: int) -> bytes:
    """Write an EXIF block that says the orientation and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION_TAG, _SHORT, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"


def unpacked(data: bytes, most_bytes: int) -> bytes | None:
    """Unpack a zlib stream; None where it is broken or would be longer than `most_bytes`."""
    machine = zlib.decompressobj()
    try:
        out = machine.decompress(data, most_bytes + 1)
    except zlib.error:
        return None
    return out if machine.eof and len(out) <= most_bytes else None

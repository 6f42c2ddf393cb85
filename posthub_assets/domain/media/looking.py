"""What is this file, and may it be opened? Decided by its content, before a pixel is decoded.

A name and a declared type decide nothing; they are only compared, so that a web page named .jpg is
called what it is. Runs in the picture child process.
What does not belong here: decoding (`pixels.py`), what is kept of a picture (`receiving.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from posthub_assets.domain.media.containers import jpeg, png, webp
from posthub_assets.domain.media.containers.parts import Found, Kind, is_by_model
from posthub_assets.domain.media.notes import Note
from posthub_assets.domain.media.recognising import recognise
from posthub_assets.domain.media.refusing import Reason, refusal

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Issue 5: at most 10 MB. As programs count that show more than there is."""

MAX_SIDE_PX = 4000
"""Issue 5: at most 4000 x 4000."""

MAX_DECODING_BYTES = 192_000_000
"""Of the 200 MB that a file may take: what is left beside our own few buffers."""

BOMB_PX_PER_BYTE = 1100
"""No packing of PNG or JPEG gives more than about 1032 bytes for one (zlib's limit)."""

BOMB_PX = 250_000_000
"""More than any camera makes."""

_SUFFIXES = {
    "jpg": Kind.JPEG, "jpeg": Kind.JPEG, "jpe": Kind.JPEG, "jfif": Kind.JPEG, "mpo": Kind.JPEG,
    "png": Kind.PNG, "apng": Kind.PNG, "webp": Kind.WEBP,
}  # fmt: skip
_TYPES = {
    "image/jpeg": Kind.JPEG, "image/jpg": Kind.JPEG, "image/pjpeg": Kind.JPEG,
    "image/png": Kind.PNG, "image/x-png": Kind.PNG, "image/apng": Kind.PNG,
    "image/webp": Kind.WEBP,
}  # fmt: skip
_WALKS = {Kind.JPEG: jpeg.walk, Kind.PNG: png.walk, Kind.WEBP: webp.walk}


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that may be opened. Sizes are as the picture lies in the file, before it is turned."""

    kind: Kind
    width_px: int
    height_px: int
    orientation: int
    """1 to 8, as EXIF counts."""
    clean: bytes
    """The file written anew: only the first picture, its profile, and its orientation."""
    notes: tuple[Note, ...]
    source_type: str | None
    """IPTC digital source type, such as trainedAlgorithmicMedia, where the file is marked."""
    is_ai_marked: bool
    has_c2pa: bool


def look(data: bytes, *, name: str = "", declared: str = "") -> Seen:
    """Say what a file is. `name` and `declared` (a media type) are what the sender says of it.

    Raises RefusedPicture; its reason is one of `refusing.Reason`.
    """
    kind = _kind(data, name, declared)
    found, clean = _WALKS[kind](data)
    _within(found, len(data))
    if kind is Kind.PNG:
        png.check_rows(clean)
    orientation = found.orientation()
    source_type = found.source_type()
    is_ai_marked = is_by_model(source_type)
    if is_ai_marked:
        found.note(Note.MARKED_AS_AI)
    if any(one is not kind for one in _claims(name, declared)):
        found.note(Note.NAMED_OTHERWISE)
    return Seen(
        kind,
        found.width_px,
        found.height_px,
        orientation,
        clean,
        tuple(found.notes),
        source_type,
        is_ai_marked,
        found.has_c2pa,
    )


def _kind(data: bytes, name: str, declared: str) -> Kind:
    if not data:
        raise refusal(Reason.EMPTY, "The file is empty.")
    if len(data) > MAX_FILE_BYTES:
        size_mb = len(data) / 1024 / 1024
        raise refusal(
            Reason.FILE_TOO_LARGE,
            f"The file has {size_mb:.1f} MB; at most {MAX_FILE_BYTES // 1024 // 1024} are taken.",
        )
    if data[:3] == b"\xff\xd8\xff" and data[3:4] != b"\xf7":
        return Kind.JPEG
    if data[:8] == png.SIGNATURE:
        return Kind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    _refuse(data, name, declared)
    raise AssertionError("unreachable")


def _refuse(data: bytes, name: str, declared: str) -> None:
    if len(data) < 12 and any(
        signature.startswith(data) for signature in (b"\xff\xd8\xff", png.SIGNATURE, b"RIFF")
    ):
        raise refusal(Reason.TRUNCATED, f"The file breaks off after {len(data)} bytes.")
    if data[:3] == b"\xff\xd8\xff":
        raise refusal(Reason.UNSUPPORTED_VARIANT, "This is a JPEG-LS picture.")
    other = recognise(data)
    claims = _claims(name, declared)
    if other is not None and claims:
        what = f"The file says that it is {_or(claims)}, but it is {other.name}."
        raise refusal(Reason.DISGUISED, what)
    if other is not None and other.is_picture:
        raise refusal(Reason.UNSUPPORTED_FORMAT, f"This is {other.name}.")
    what = f"This is {other.name}, not a picture." if other else "This is no picture that we know."
    raise refusal(Reason.NOT_AN_IMAGE, what)


def _claims(name: str, declared: str) -> list[Kind]:
    """Give what the sender says that the file is, as far as it is one of ours."""
    suffix = PurePosixPath(name.strip().lower()).suffix.removeprefix(".")
    told = (_SUFFIXES.get(suffix), _TYPES.get(declared.partition(";")[0].strip().lower()))
    return list(dict.fromkeys(one for one in told if one is not None))


def _or(claims: list[Kind]) -> str:
    return " or ".join("WebP" if one is Kind.WEBP else one.value for one in claims)


def _within(found: Found, size_bytes: int) -> None:
    """Refuse by header what would be too large decoded."""
    width, height = found.width_px, found.height_px
    if width > MAX_SIDE_PX or height > MAX_SIDE_PX:
        pixels = width * height
        if pixels > BOMB_PX or pixels > size_bytes * BOMB_PX_PER_BYTE:
            raise refusal(
                Reason.BOMB,
                f"This file of {size_bytes} bytes says that it is {width} x {height} pixels.",
            )
        raise refusal(
            Reason.TOO_MANY_PIXELS,
            f"The picture is {width} x {height} pixels; at most {MAX_SIDE_PX} x {MAX_SIDE_PX} "
            "are taken.",
        )
    if found.decoding_bytes + size_bytes > MAX_DECODING_BYTES:
        raise refusal(
            Reason.TOO_MUCH_MEMORY,
            f"This picture of {width} x {height} pixels needs "
            f"{found.decoding_bytes // 1_000_000} MB to open.",
        )

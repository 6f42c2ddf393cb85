"""From an upload to the picture that we keep: upright, sRGB, written by us, without a past.

Nothing of the file itself is kept: its pixels are decoded and written anew. So there is no place,
no camera, no name, no second picture and nothing behind the end in what is stored. One thing is
told on: that the picture is marked as made by a model.
Runs in the picture child process. What does not belong here: what a file is (`looking.py`), where
it is stored, its marks when it is given out (`provenance.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from posthub_assets.domain.errors import InvalidInput, RefusedPicture
from posthub_assets.domain.media import pixels, profiles
from posthub_assets.domain.media.containers import jpeg
from posthub_assets.domain.media.containers.parts import Kind
from posthub_assets.domain.media.looking import Seen, look
from posthub_assets.domain.media.notes import Note
from posthub_assets.domain.media.refusing import Reason, refusal

JPEG_QUALITY = 95
"""With full chroma. Measured on 13 photos: 51 dB PSNR in the median against what was decoded, at
1.16 times the size of the upload (docs/decisions/0023)."""

MOST_COLOURS_OF_A_GRAPHIC = 256
"""A picture with no more is a drawing or a logo: JPEG would blur it, and PNG is smaller."""

_BLOCK_PX = 8
"""The side of what a JPEG is packed by."""

_LARGE_PX = 4_000_000
_PNG_LEVEL, _PNG_LEVEL_LARGE = 3, 1
"""zlib's. With alpha, 4000 x 4000 pixels of noise cost 1.9 CPU seconds at 1 and 3.1 at 6, for a
tenth less; 2000 x 2000 of a soft scene 0.4 at 3 and 1.2 at 6."""

_NOTES = {
    pixels.TURNED: Note.TURNED,
    pixels.EXIF_UNREADABLE: Note.EXIF_UNREADABLE,
    pixels.FROM_SIXTEEN_BITS: Note.FROM_16_BITS,
    pixels.CMYK_WITHOUT_PROFILE: Note.FROM_CMYK,
    pixels.FIRST_FRAME: Note.FIRST_FRAME,
    profiles.FROM_PROFILE: Note.PROFILE_CONVERTED,
    profiles.PROFILE_IGNORED: Note.PROFILE_IGNORED,
}


@dataclass(frozen=True, slots=True)
class Received:
    """A picture that may be kept. `data` is all that is stored of the upload."""

    data: bytes
    kind: Kind
    """JPEG or PNG."""
    width_px: int
    height_px: int
    has_alpha: bool
    came_as: Kind
    notes: tuple[Note, ...]
    source_type: str | None
    is_ai_marked: bool
    has_c2pa: bool


def receive(data: bytes, *, name: str = "", declared: str = "") -> Received:
    """Take an upload in. `name` and `declared` (a media type) are what the sender says of it.

    Peak memory beyond the imports is at most 170 MB, measured with 4000 x 4000 pixels of each
    kind. Raises RefusedPicture; its reason is one of `refusing.Reason`.
    """
    seen = look(data, name=name, declared=declared)
    del data
    image, notes = _decoded(seen)
    kept, kind = _written(image)
    return Received(
        kept,
        kind,
        image.width,
        image.height,
        image.mode == "RGBA",
        seen.kind,
        tuple(dict.fromkeys((*seen.notes, *notes))),
        seen.source_type,
        seen.is_ai_marked,
        seen.has_c2pa,
    )


def receive_task(
    arguments: dict[str, Any], blobs: list[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Task of the darkroom: one blob, the upload; `name` and `declared` in the arguments.

    The answer has the fields of `Received` but for `data`, which is the blob, and media types in
    the place of kinds.
    """
    received = receive(
        blobs.pop(),
        name=str(arguments.get("name") or ""),
        declared=str(arguments.get("declared") or ""),
    )
    answer = {
        "media_type": received.kind.media_type,
        "width_px": received.width_px,
        "height_px": received.height_px,
        "has_alpha": received.has_alpha,
        "came_as": received.came_as.media_type,
        "notes": [note.value for note in received.notes],
        "source_type": received.source_type,
        "is_ai_marked": received.is_ai_marked,
        "has_c2pa": received.has_c2pa,
    }
    return answer, [received.data]


def _decoded(seen: Seen) -> tuple[Image.Image, list[Note]]:
    """Decode the whole picture. What Pillow raises on broken files is a refusal, whatever it is."""
    try:
        decoded = pixels.decode(pixels.open_picture(seen.clean))
    except (MemoryError, RefusedPicture):
        raise
    except InvalidInput as error:
        is_short = pixels.TRUNCATED in str(error)
        what = "The picture breaks off: its end is missing."
        if not is_short:
            what = "The picture is damaged: its pixels cannot be read."
        raise refusal(Reason.TRUNCATED if is_short else Reason.DAMAGED, what) from error
    image = decoded.image
    if seen.kind is Kind.JPEG and _has_flat_corner(image) and _ends_early(seen.clean):
        raise refusal(Reason.TRUNCATED, "The picture breaks off: its lower part is missing.")
    notes = [_NOTES[one] for one in decoded.notes if one in _NOTES]
    return image, notes


def _has_flat_corner(image: Image.Image) -> bool:
    """Say whether a corner has one colour only, as where a decoder had nothing to show."""
    width, height, size = image.width, image.height, _BLOCK_PX
    lefts, tops = {0, max(0, width - size)}, {0, max(0, height - size)}
    corners = [image.crop((left, top, left + size, top + size)) for left in lefts for top in tops]
    return any(corner.getcolors(1) is not None for corner in corners)


def _ends_early(clean: bytes) -> bool:
    """Say whether a JPEG has an end, but fewer data than pixels. Decodes it twice, at an eighth.

    Pillow does not pass on the warning that its library gives.
    """
    longer = jpeg.going_on(clean)
    if longer is None:
        return False
    small = []
    for data in (clean, longer):
        image = Image.open(BytesIO(data), formats=pixels.FORMATS)
        image.draft(None, (1, 1))
        try:
            image.load()
        except OSError:
            # It was decoded once already: only what was added can have broken it.
            return True
        small.append(image.tobytes())
    return small[0] != small[1]


def _written(image: Image.Image) -> tuple[bytes, Kind]:
    """Write a picture: what shows through or has few colours as PNG, the rest as JPEG."""
    out = BytesIO()
    if image.mode == "RGBA" or image.getcolors(MOST_COLOURS_OF_A_GRAPHIC) is not None:
        is_large = image.width * image.height > _LARGE_PX
        level = _PNG_LEVEL_LARGE if is_large else _PNG_LEVEL
        image.save(out, "PNG", compress_level=level)
        return out.getvalue(), Kind.PNG
    image.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return out.getvalue(), Kind.JPEG

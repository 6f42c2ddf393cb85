"""The overlay as a task of the picture child process: JSON and bytes in, JSON and bytes out.

Fonts come as blobs, since the domain reads no files: `overlay_call` packs what
`lay_over_task` unpacks.
What does not belong here: the overlay itself (`laying.py`), the process (`resources/darkroom/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.overlay.alt_texts import overlaid_alt_text
from posthub_assets.domain.media.overlay.facts import EventFacts, read_facts
from posthub_assets.domain.media.overlay.laying import lay_onto
from posthub_assets.domain.media.overlay.wish import Wish, read_wish
from posthub_assets.domain.visuals.faces import FontSet

if TYPE_CHECKING:
    from PIL import Image


def overlay_call(
    picture: bytes, facts: EventFacts, wish: Wish, fonts: FontSet, *, picture_alt: str = ""
) -> tuple[dict[str, Any], list[bytes]]:
    """Pack a call of `lay_over_task`: its arguments (JSON) and blobs, the picture first."""
    arguments = {
        "facts": asdict(facts),
        "overlay": _plain(wish),
        "fonts": list(fonts.files),
        "missing_libraries": list(fonts.missing_libraries),
        "picture_alt": picture_alt,
    }
    return arguments, [picture, *fonts.files.values()]


def lay_over_task(
    arguments: Mapping[str, Any], blobs: Sequence[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Lay facts over an encoded picture; gives the report with size and alt text, and the JPEG.

    `arguments`: `facts` and `overlay` (see `read_facts`, `read_wish`), `fonts` (names of the
    families in blobs 1 and on), `missing_libraries`, `picture_alt`. Blob 0 is a picture of ours.
    Raises as `lay_onto` does, and InvalidInput for a picture that cannot be read.
    """
    names = tuple(arguments.get("fonts", ()))
    fonts = _font_set(names, tuple(blobs[1:]), tuple(arguments.get("missing_libraries", ())))
    facts = read_facts(arguments.get("facts") or {})
    wish = read_wish(arguments.get("overlay") or {})
    picture = _opened(blobs[0])
    report = lay_onto(picture, facts, wish, fonts)
    alt_text = overlaid_alt_text(
        facts, left_out=report.left_out, picture=str(arguments.get("picture_alt") or "")
    )
    told = report.as_dict() | {
        "width_px": picture.width,
        "height_px": picture.height,
        "media_type": "image/jpeg",
        "alt_text": alt_text,
    }
    return told, [_encoded(picture)]


def _plain(wish: Wish) -> dict[str, Any]:
    told = asdict(wish)
    return {name: list(one) if isinstance(one, tuple) else one for name, one in told.items()}


@lru_cache(maxsize=1)
def _font_set(
    names: tuple[str, ...], files: tuple[bytes, ...], missing: tuple[str, ...]
) -> FontSet:
    """Keep the last fonts, so that what is known of their glyphs is not asked again."""
    return FontSet(dict(zip(names, files, strict=True)), missing)


def _opened(data: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data)) as opened:
            return opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput(
            "The picture for the overlay cannot be read. Upload it again.", field="picture"
        ) from error


def _encoded(picture: Image.Image) -> bytes:
    """Write the JPEG: the one place that knows how."""
    buffer = BytesIO()
    try:
        picture.save(buffer, "JPEG", quality=90, subsampling=0, progressive=True, optimize=True)
    except OSError:  # noise outgrows the buffer that Pillow reserves for a progressive file
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=90, subsampling=0)
    return buffer.getvalue()

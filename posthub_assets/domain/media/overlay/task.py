"""The overlay as a task of the picture child process: JSON and bytes in, JSON and bytes out.

Fonts come as blobs, since the domain reads no files: `overlay_call` packs what
`lay_over_task` unpacks.
What does not belong here: the overlay itself (`laying.py`), the process (`resources/darkroom/`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from posthub_assets.domain.media.encoding import Encoded, Encoding, encode
from posthub_assets.domain.media.formatting.transparency import on_ground
from posthub_assets.domain.media.overlay.alt_texts import overlaid_alt_text
from posthub_assets.domain.media.overlay.facts import EventFacts, read_facts
from posthub_assets.domain.media.overlay.laying import lay_onto
from posthub_assets.domain.media.overlay.wish import Wish, read_wish
from posthub_assets.domain.media.pixels import decode, open_picture
from posthub_assets.domain.visuals.faces import FontSet

NEEDED_IN_THE_CHILD = (ImageChops, ImageDraw, ImageFilter, ImageFont)
"""Imported here, in the parent of the child processes: a child may open no file, and so import
nothing. FreeType, Raqm and FriBiDi come with `ImageFont`."""


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
    """Lay facts over an encoded picture; gives the report with size and alt text, and the file.

    `arguments`: `facts` and `overlay` (see `read_facts`, `read_wish`), `fonts` (names of the
    families in blobs 1 and on), `missing_libraries`, `picture_alt`; it may have `encoding` (the
    fields of `Encoding`) and `xmp`, in base64. Blob 0 is the picture: JPEG, PNG or WebP.
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
    written = _written(picture, arguments)
    told = report.as_dict() | {
        "width_px": picture.width,
        "height_px": picture.height,
        "media_type": written.media_type,
        "quality": written.quality,
        "alt_text": alt_text,
    }
    return told, [written.data]


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
    """Read the picture upright and in sRGB; where it shows through, a ground is laid below."""
    picture = decode(open_picture(data)).image
    return picture if picture.mode == "RGB" else on_ground(picture)


def _written(picture: Image.Image, arguments: Mapping[str, Any]) -> Encoded:
    """Write the file. Coloured letters on a photo need the colour of every pixel."""
    encoding = Encoding(**{"full_chroma": True, **(arguments.get("encoding") or {})})
    return encode(picture, encoding, xmp=base64.b64decode(arguments.get("xmp") or ""))

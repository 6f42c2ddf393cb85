"""What is asked of auto-format: which formats, how they are encoded; and how outputs are called.

What does not belong here: sizes of formats (`formats.py`), pixels (`formatting/`), who may ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from posthub_assets.domain.errors import InvalidInput

SHOW_FORMATS = ("poster", "square", "banner")
"""What every picture of a show is made into, where nobody says otherwise."""

ENCODINGS = ("jpeg", "webp", "avif")
SUFFIXES = {"image/jpeg": "jpg", "image/webp": "webp", "image/avif": "avif", "image/png": "png"}
LEAST_QUALITY, MOST_QUALITY = 30, 95


@dataclass(frozen=True, slots=True)
class FormatWish:
    """What one picture is made into. `quality` None leaves it to the encoder's measured default."""

    formats: tuple[str, ...] = SHOW_FORMATS
    encoding: str = "jpeg"
    quality: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the wish as a request keeps it."""
        return {
            "formats": list(self.formats),
            "encoding": self.encoding,
            "quality": self.quality,
        }


def read_wish(kept: Mapping[str, Any]) -> FormatWish:
    """Read a wish as a request keeps it; what is left out has its default. Raises InvalidInput."""
    formats: Sequence[Any] = kept.get("formats") or SHOW_FORMATS
    encoding = kept.get("encoding") or ENCODINGS[0]
    quality = kept.get("quality")
    if encoding not in ENCODINGS:
        raise InvalidInput(f"There is no encoding {encoding!r}. Take {', '.join(ENCODINGS)}.")
    if quality is not None and not LEAST_QUALITY <= int(quality) <= MOST_QUALITY:
        raise InvalidInput(f"The quality is {LEAST_QUALITY} to {MOST_QUALITY}, not {quality}.")
    return FormatWish(
        formats=tuple(dict.fromkeys(str(one) for one in formats)),
        encoding=str(encoding),
        quality=None if quality is None else int(quality),
    )


OUTPUTS_A_SECOND = {"jpeg": 10, "webp": 4, "avif": 1}
"""What a slow core makes in a second, the decoding included, measured on real photos of 1 to 8
megapixels (0.06 to 0.1, 0.15 to 0.25 and 0.3 to 0.7 CPU seconds for each)."""


def is_small(pictures: int, wish: FormatWish) -> bool:
    """Tell whether work is done in the request that asks for it, while the factory is there too.

    A second of one core is what a person does not mind waiting for.
    """
    return pictures * len(wish.formats) <= OUTPUTS_A_SECOND[wish.encoding]


def output_name(code: str, width_px: int, height_px: int, media_type: str) -> str:
    """Give the name of an output as a file: `poster-1200x1800.jpg`."""
    suffix = SUFFIXES.get(media_type, media_type.rpartition("/")[2])
    return f"{code.replace('_', '-')}-{width_px}x{height_px}.{suffix}"

"""The formats that a picture is fitted to, as data: a code, a width and a height in pixels.

Runs in the picture child process: the standard library, numpy and Pillow, nothing else.
What does not belong here: how it is fitted (`formatting/`), what else a platform allows
(`social/rules.py`, from which the sizes of the social formats are; a test compares the two).
"""

from __future__ import annotations

from dataclasses import dataclass

from posthub_assets.domain.errors import InvalidInput

MAX_SIDE_PX = 4000
"""No format is larger: it is the limit of uploads, too."""


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """One size. Raises InvalidInput where a side is not between 1 and `MAX_SIDE_PX`."""

    code: str
    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        """Refuse sizes that no canvas can have."""
        if not (1 <= self.width_px <= MAX_SIDE_PX and 1 <= self.height_px <= MAX_SIDE_PX):
            raise InvalidInput(
                f"The format {self.code} asks for {self.width_px} x {self.height_px} pixels. "
                f"Ask for 1 to {MAX_SIDE_PX} on each side.",
                field="formats",
            )


SHOW_FORMATS = (
    PictureFormat("poster", 1200, 1800),
    PictureFormat("square", 1200, 1200),
    PictureFormat("banner", 2160, 1089),
)
"""What every show gets."""

SOCIAL_FORMATS = (
    PictureFormat("facebook", 1200, 630),
    PictureFormat("instagram", 1080, 1350),
    PictureFormat("linkedin", 1200, 627),
    PictureFormat("x", 1600, 900),
    PictureFormat("tiktok", 1080, 1920),
)
"""The codes are those of the platforms."""

FORMATS = {one.code: one for one in (*SHOW_FORMATS, *SOCIAL_FORMATS)}


def formats_by_code(codes: list[str]) -> tuple[PictureFormat, ...]:
    """Give the formats of these codes, each once, in their order.

    Raises InvalidInput where a code is unknown, and names those that there are.
    """
    for code in codes:
        if code not in FORMATS:
            raise InvalidInput(
                f"There is no format {code}. There are: {', '.join(FORMATS)}.", field="formats"
            )
    return tuple(FORMATS[code] for code in dict.fromkeys(codes))

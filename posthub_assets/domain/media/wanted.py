"""What kind of picture is wanted, in words of ours: its type, its style, how good, of which shape.

What does not belong here: what a style looks like (`templates/`), models' own words for quality
(`resources/pricing/models.yaml`).
"""

from __future__ import annotations

from enum import StrEnum
from math import log


class ImageType(StrEnum):
    """What kind of picture: the codes of `templates/presets.py`, which has their words."""

    POSTER_BACKGROUND = "poster_background"
    STAGE_SCENE = "stage_scene"
    PORTRAIT = "portrait"
    VENUE = "venue"
    AUDIENCE = "audience"
    STILL_LIFE = "still_life"
    LANDSCAPE = "landscape"
    ABSTRACT = "abstract"


class Preset(StrEnum):
    """The style of a picture: the codes of `templates/presets.py`."""

    REALISTIC = "realistic"
    ARTISTIC = "artistic"
    MODERN = "modern"
    VINTAGE = "vintage"


class Quality(StrEnum):
    """How much care is paid for. Each model has its own words, in this order."""

    DRAFT = "draft"
    STANDARD = "standard"
    HIGH = "high"


MOST_VARIATIONS = 4
SIDES_PX = (320, 4096)
"""The least and the most that a side may have. What is drawn here needs the one, printers the
other."""

SIZES: dict[str, tuple[int, int]] = {
    "poster": (1200, 1800),
    "square": (1200, 1200),
    "banner": (2160, 1089),
}
"""Width and height of a show's formats, in pixels."""

RATIOS: dict[str, float] = {
    "1:1": 1.0,
    "4:5": 0.8,
    "3:4": 0.75,
    "2:3": 2 / 3,
    "9:16": 0.5625,
    "5:4": 1.25,
    "4:3": 4 / 3,
    "3:2": 1.5,
    "16:9": 16 / 9,
    "1.91:1": 1.91,
}
"""Width by height of the shapes that prompts speak of. Adapters take the nearest of their model."""


def ratio_for(width_px: int, height_px: int) -> str:
    """Give the name in `RATIOS` that is nearest to a size, each side at least one pixel."""
    asked = log(width_px / height_px)
    return min(RATIOS, key=lambda name: abs(log(RATIOS[name]) - asked))


def word_for(quality: str, words: tuple[str, ...]) -> str:
    """Give a model's own word for a quality of ours; empty where the model has none.

    `words` go from the cheapest to the dearest. Raises ValueError for what is no `Quality`.
    """
    place = list(Quality).index(Quality(quality))
    return words[min(place, len(words) - 1)] if words else ""

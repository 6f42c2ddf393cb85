"""Typefaces: which families there are, which letters they have, and fonts ready to draw with.

What does not belong here: where the font files lie (`resources/fonts.py`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, TypedDict

from posthub_assets.domain.errors import PermanentProviderError

if TYPE_CHECKING:
    from PIL import ImageFont

RTL_LANGUAGES = frozenset({"ar", "ckb", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_RTL_CLASSES = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Family:
    """How a family is used: weights on the `Weight` axis, line height in percent of the size."""

    headline_weight: int
    text_weight: int
    line_height_percent: int


FAMILIES: dict[str, Family] = {
    "manrope": Family(800, 600, 116),
    "lora": Family(700, 600, 118),
    "rubik": Family(700, 500, 116),
    "oswald": Family(600, 500, 122),
    "noto-sans-arabic": Family(800, 600, 144),
    "noto-kufi-arabic": Family(700, 600, 148),
}
"""All are under the SIL Open Font License 1.1. Rubik has Latin, Cyrillic, Hebrew and Arabic."""

_FOR_ARABIC: dict[str, str] = {
    "manrope": "noto-kufi-arabic",
    "oswald": "noto-kufi-arabic",
    "lora": "noto-sans-arabic",
    "rubik": "rubik",
}
LAST_RESORT = ("rubik", "noto-sans-arabic", "manrope")
"""Tried in this order where the preferred family lacks a letter."""


@dataclass(frozen=True, slots=True, eq=False)
class FontSet:
    """The families' font files as bytes, by the names of `FAMILIES`. Equal only to itself.

    `missing_libraries` names what text shaping lacks on this machine; empty when right-to-left
    text can be drawn.
    """

    files: Mapping[str, bytes]
    missing_libraries: tuple[str, ...] = ()

    @property
    def can_shape(self) -> bool:
        """Whether Raqm and FriBiDi are there: without them letters do not join or reorder."""
        return not self.missing_libraries


class Shaping(TypedDict, total=False):
    """Keyword arguments of Pillow's text methods that only Raqm understands."""

    direction: str
    language: str


@dataclass(frozen=True, slots=True)
class Face:
    """A family at a weight, ready to give fonts of any size for text in one direction."""

    fonts: FontSet
    family: str
    weight: int
    right_to_left: bool
    language: str

    def font(self, size_px: float) -> ImageFont.FreeTypeFont:
        """Make the font. Shaped with Raqm where it is there, else by plain advances."""
        from PIL import ImageFont

        engine = ImageFont.Layout.RAQM if self.fonts.can_shape else ImageFont.Layout.BASIC
        font = ImageFont.truetype(
            BytesIO(self.fonts.files[self.family]), size_px, layout_engine=engine
        )
        axes = font.get_variation_axes()
        font.set_variation_by_axes(
            [float(self.weight if _is_weight(a["name"]) else a["default"] or 0) for a in axes]
        )
        return font

    @property
    def shaping(self) -> Shaping:
        """The keyword arguments that Pillow's text methods take for this text."""
        if not self.fonts.can_shape:
            return {}
        direction = "rtl" if self.right_to_left else "ltr"
        return {"direction": direction, "language": self.language}


def is_right_to_left(text: str, language: str) -> bool:
    """Tell the base direction: that of the language if the text has such letters, else the first.

    The rule for the first strong letter is P2 of Unicode Standard Annex #9.
    """
    classes = [unicodedata.bidirectional(char) for char in text]
    if language.split("-", maxsplit=1)[0].lower() in RTL_LANGUAGES:
        return any(name in _RTL_CLASSES for name in classes)
    strong = (name for name in classes if name in _RTL_CLASSES or name == "L")
    return next(strong, "L") in _RTL_CLASSES


def needs_shaping(text: str) -> bool:
    """Tell whether letters must be joined or reordered, so that Raqm and FriBiDi are needed."""
    return any(unicodedata.bidirectional(char) in _RTL_CLASSES for char in text)


def refuse_unshapable(text: str, fonts: FontSet) -> None:
    """Raise PermanentProviderError, naming the library, for text this machine cannot shape."""
    if fonts.can_shape or not needs_shaping(text):
        return
    names = " and ".join(fonts.missing_libraries)
    raise PermanentProviderError(
        f"This text is written from right to left and cannot be drawn: {names} is missing. "
        "Pillow's own wheel carries Raqm and loads FriBiDi from the system: install it "
        "(Debian and Ubuntu: libfribidi0; Fedora: fribidi; macOS: brew install fribidi) "
        "and make the image again.",
        provider="local",
    )


def choose_face(text: str, preferred: str, *, fonts: FontSet, language: str, bold: bool) -> Face:
    """Give the face for a text: the preferred family if it has every letter, else one that has.

    `bold` is for the headline, plain for the company's name. Raises PermanentProviderError where
    the text cannot be shaped here, or naming the letters that no family has.
    """
    refuse_unshapable(text, fonts)
    first = _FOR_ARABIC.get(preferred, preferred) if needs_shaping(text) else preferred
    for name in dict.fromkeys((first, *LAST_RESORT)):
        if name in fonts.files and not missing_letters(text, name, fonts):
            family = FAMILIES[name]
            weight = family.headline_weight if bold else family.text_weight
            return Face(fonts, name, weight, is_right_to_left(text, language), language)
    what = "headline" if bold else "company's name"
    raise PermanentProviderError(_no_letters_message(what, text, first, fonts), provider="local")


def missing_letters(text: str, family: str, fonts: FontSet) -> tuple[str, ...]:
    """Give the characters of `text` that the family has no glyph for, in order, once each."""
    wanted = dict.fromkeys(char for char in text if _has_ink(char))
    return tuple(char for char in wanted if not _has_glyph(fonts, family, char))


def _no_letters_message(what: str, text: str, family: str, fonts: FontSet) -> str:
    names = [family, *LAST_RESORT]
    fewest = min((missing_letters(text, n, fonts) for n in names if n in fonts.files), key=len)
    shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in fewest[:5])
    return (
        f"The {what} has characters that none of the fonts for images has: {shown}. "
        "The fonts cover Latin, Greek, Cyrillic, Hebrew and Arabic letters: write it in those."
    )


def _is_weight(name: bytes | None) -> bool:
    return (name or b"").lower() == b"weight"


def _has_ink(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc")


@lru_cache(maxsize=4096)
def _has_glyph(fonts: FontSet, family: str, char: str) -> bool:
    """Compare the character's bitmap with that of the font's "no such glyph" box.

    U+FFFFE is a noncharacter, so no font has it and its bitmap is the box.
    """
    font = _probe(fonts, family)
    box, mask = font.getmask("\U000ffffe"), font.getmask(char)
    return (mask.size, bytes(mask)) != (box.size, bytes(box))


@lru_cache(maxsize=16)
def _probe(fonts: FontSet, family: str) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    basic = ImageFont.Layout.BASIC
    return ImageFont.truetype(BytesIO(fonts.files[family]), 24, layout_engine=basic)


def installed_families(fonts: FontSet) -> Sequence[str]:
    """Give the names of the families that can be drawn with, in the order of `FAMILIES`."""
    return [name for name in FAMILIES if name in fonts.files]

"""What a person may ask of an overlay: place, alignment, font, treatment, colours, which facts.

What does not belong here: what is made of it (`laying.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.overlay.facts import IN_ORDER
from posthub_assets.domain.visuals.palette import parse_color


class Placement(StrEnum):
    """Where the facts stand. `CUSTOM` needs a box."""

    TOP = "top"
    CENTRE = "centre"
    BOTTOM = "bottom"
    CUSTOM = "custom"


class Align(StrEnum):
    """`START` is left for left-to-right text and right for right-to-left text."""

    START = "start"
    CENTRE = "centre"
    END = "end"


class Treatment(StrEnum):
    """What makes the facts readable where the picture alone does not.

    `AUTO` takes nothing where the picture is calm, an outline where few pixels are in the way, and
    a scrim (a soft veil that fades out) otherwise. `PANEL` is a card behind the facts.
    """

    AUTO = "auto"
    OUTLINE = "outline"
    SCRIM = "scrim"
    PANEL = "panel"


FONTS: dict[str, str] = {
    "manrope": "Clean and modern; Latin, Cyrillic and Greek",
    "lora": "A book face with serifs; Latin and Cyrillic",
    "oswald": "Narrow and loud, for posters; Latin and Cyrillic",
    "rubik": "Round and friendly; Latin, Cyrillic, Hebrew and Arabic",
    "noto-kufi-arabic": "Square Kufi; Arabic and Latin",
}
"""Each falls back to another for letters that it lacks: Persian in lora is set in Noto."""
MIN_BOX_SHARE = 0.1
"""A box narrower or lower than this share of the canvas holds no legible line."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as fractions of the canvas, 0 to 1, from the top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Wish:
    """How the facts shall stand. Everything has a default that works.

    `align` None means: at the start at top and bottom, centred in the centre. `colors` are the
    brand's or a palette's, `#RRGGBB`, the leading one first. `text_color` is the ink that is
    asked for; it is taken if what lies behind can be made to carry it.
    """

    placement: Placement = Placement.BOTTOM
    box: Box | None = None
    align: Align | None = None
    font: str = "manrope"
    treatment: Treatment = Treatment.AUTO
    colors: tuple[str, ...] = ()
    text_color: str = ""
    rule: bool = True
    """Whether a short bar in the brand's accent stands above the title."""
    facts: tuple[str, ...] = IN_ORDER


def read_wish(told: Mapping[str, Any]) -> Wish:
    """Read a wish from JSON. Raises InvalidInput naming the field and what it may be."""
    known = {field.name for field in fields(Wish)}
    for name in told:
        if name not in known:
            raise InvalidInput(
                f"An overlay has no setting {name!r}. Settings are: {', '.join(sorted(known))}.",
                field=f"overlay.{name}",
            )
    return checked(
        Wish(
            placement=_choice(told, "placement", Placement.BOTTOM),
            box=_box(told.get("box")),
            align=_choice(told, "align", Align.START) if told.get("align") else None,
            font=str(told.get("font") or "manrope"),
            treatment=_choice(told, "treatment", Treatment.AUTO),
            colors=_texts(told, "colors", ()),
            text_color=str(told.get("text_color") or ""),
            rule=bool(told.get("rule", True)),
            facts=_texts(told, "facts", IN_ORDER),
        )
    )


def checked(wish: Wish) -> Wish:
    """Give the wish back. Raises InvalidInput naming the field and what it may be."""
    if wish.font not in FONTS:
        raise InvalidInput(
            f"There is no font {wish.font!r}. Fonts are: {', '.join(FONTS)}.", field="overlay.font"
        )
    for index, color in enumerate(wish.colors):
        _refuse_color(color, f"overlay.colors[{index}]")
    if wish.text_color:
        _refuse_color(wish.text_color, "overlay.text_color")
    for name in wish.facts:
        if name not in IN_ORDER:
            raise InvalidInput(
                f"There is no fact named {name!r}. Facts are: {', '.join(IN_ORDER)}.",
                field="overlay.facts",
            )
    if wish.placement is Placement.CUSTOM and wish.box is None:
        raise InvalidInput(
            "The placement custom needs a box: four fractions of the canvas, from 0 to 1.",
            field="overlay.box",
        )
    if wish.box is not None:
        _refuse_box(wish.box)
    return wish


def _refuse_box(box: Box) -> None:
    inside = 0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1
    if not inside or min(box.x1 - box.x0, box.y1 - box.y0) < MIN_BOX_SHARE - 1e-9:
        raise InvalidInput(
            "The box must lie in the canvas: x0 < x1 and y0 < y1, each from 0 to 1, and at least "
            f"{MIN_BOX_SHARE:.0%} of the canvas wide and high.",
            field="overlay.box",
        )


def _refuse_color(text: str, field: str) -> None:
    if parse_color(text) is None:
        raise InvalidInput(f"{text!r} is not a colour. Write it as #RRGGBB.", field=field)


_Chosen = TypeVar("_Chosen", bound=StrEnum)


def _choice(told: Mapping[str, Any], name: str, default: _Chosen) -> _Chosen:
    value = told.get(name)
    if value is None:
        return default
    try:
        return type(default)(value)
    except ValueError as error:
        raise InvalidInput(
            f"{name} cannot be {value!r}. It is one of: {', '.join(type(default))}.",
            field=f"overlay.{name}",
        ) from error


def _texts(told: Mapping[str, Any], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = told.get(name)
    if value is None:
        return default
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise InvalidInput(f"{name} must be a list of texts.", field=f"overlay.{name}")
    return tuple(value)


def _box(value: Any) -> Box | None:
    if value is None:
        return None
    sides = (
        [value.get(side) for side in ("x0", "y0", "x1", "y1")]
        if isinstance(value, Mapping)
        else list(value)
        if isinstance(value, list | tuple)
        else []
    )
    numbers = [float(side) for side in sides if isinstance(side, int | float)]
    if len(sides) != 4 or len(numbers) != 4:
        raise InvalidInput(
            "The box must be four numbers from 0 to 1: x0, y0, x1, y1.", field="overlay.box"
        )
    return Box(*numbers)

"""What is asked for of a palette: its making, another try at it, and changes by a person. Pure.

What does not belong here: colours and roles (`palettes/`), rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from posthub_assets.domain.bodies import PaletteBody

FEWEST_COLORS, MOST_COLORS = 5, 8
"""As `palettes/extraction.py` has it, which brings numpy along."""
MOST_PICTURES = 12
"""Of a month or a show; the newest are looked at."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class PaletteWish:
    """What a palette is to be: how many colours (None: as many as the pictures have), its name.

    `asset_ids` are the pictures, where they are several.
    """

    name: str
    colors: int | None = None
    asset_ids: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give the wish as a request keeps it."""
        return {"name": self.name, "colors": self.colors, "asset_ids": list(self.asset_ids)}


def read_wish(kept: Mapping[str, Any]) -> PaletteWish:
    """Read a wish that a request kept."""
    return PaletteWish(kept["name"], kept["colors"], tuple(kept["asset_ids"]))


def name_of(*words: str, filename: str = "") -> str:
    """Give the first of some names that says something, else a file's without its ending."""
    named = (*(one.strip() for one in words), PurePath(filename).stem.strip(), "Palette")
    return next(one for one in named if one)[:LONGEST_NAME].strip()


def place_of_request(request_id: object) -> str:
    """Give the place of the palette that a request makes: each has its own."""
    return f"request-{request_id}"


def other_numbers(colors: int) -> tuple[int, ...]:
    """Give the other numbers of colours to try, one more first; after the most comes the least."""
    count = MOST_COLORS - FEWEST_COLORS + 1
    return tuple(
        FEWEST_COLORS + (colors - FEWEST_COLORS + step) % count for step in range(1, count)
    )


def has_same_colors(one: PaletteBody, other: PaletteBody) -> bool:
    """Tell whether two palettes differ in words only."""
    return {color.hex for color in one.colors} == {color.hex for color in other.colors}


def changed(
    body: PaletteBody,
    *,
    name: str | None = None,
    colors: Sequence[str] | None = None,
    text: str | None = None,
    background: str | None = None,
    show_id: str | None = None,
    note: str | None = None,
) -> PaletteBody:
    """Give a palette with what a person changed; None leaves as it is.

    With new colours or roles it is one by hand from then on, and its roles are assigned anew.
    Raises InvalidInput that names the field.
    """
    new_name = body.name if name is None else name
    new_show = body.show_id if show_id is None else show_id
    new_note = body.note if note is None else note
    if colors is None and text is None and background is None:
        words = {"name": new_name, "show_id": new_show, "note": new_note}
        return body.model_copy(update=words)
    from posthub_assets.domain.media.palettes.making import by_hand

    kept = [one.hex for one in body.colors if not one.is_derived]
    return by_hand(
        colors if colors is not None else kept,
        name=new_name,
        text=text,
        background=background,
        show_id=new_show,
        note=new_note,
    )

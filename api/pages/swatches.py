"""A palette for reading: its colours, its roles with words set in them, and what to avoid.

Colours reach the page as a style sheet of its own, because the page's policy lets no style stand
in the markup. What does not belong here: measuring (`posthub_assets/domain/media/palettes/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from posthub_assets.domain.bodies import PaletteBody, PalettePair

SHAPES_PERCENT = 300
"""WCAG 2.2, success criterion 1.4.11: 3 to 1 for shapes that carry meaning."""


@dataclass(frozen=True, slots=True)
class Swatches:
    """What the template shows of a palette; `style` colours its classes `c0` on and `r-primary`."""

    body: PaletteBody
    style: str

    @property
    def shares(self) -> tuple[str, ...]:
        """Give each colour's share of the picture in percent, empty where it has none."""
        permille = (one.share_permille for one in self.body.colors)
        return tuple(f"{one / 10:g}" if one else "" for one in permille)

    def color_of(self, role: str) -> str:
        """Give the colour of a role."""
        return str(getattr(self.body.roles, role))


def swatches_of(body: dict[str, Any] | None) -> Swatches | None:
    """Give what is shown of a stored body; None where it is no palette that we can read."""
    try:
        palette = PaletteBody.model_validate(body)
    except ValidationError:
        return None
    return Swatches(palette, _style(palette))


def ratio(pair: PalettePair) -> str:
    """Give a contrast for people, such as `4.53:1`."""
    return f"{pair.contrast_percent / 100:.2f}:1"


def is_for_shapes(pair: PalettePair) -> bool:
    """Tell whether a pair that is no good for words still tells shapes apart."""
    return pair.contrast_percent >= SHAPES_PERCENT


def _style(palette: PaletteBody) -> str:
    """Write the rules; every colour was checked to be `#RRGGBB`, so nothing else gets in."""
    colors = [f".c{at}{{background:{one.hex}}}" for at, one in enumerate(palette.colors)]
    roles = palette.roles
    fills = [
        f".r-{one.back.value}{{background:{roles.of(one.back)};color:{roles.of(one.front)}}}"
        for one in palette.texts
    ]
    changes = [
        f".b{at}{{background:{one.before}}}.a{at}{{background:{one.after}}}"
        for at, one in enumerate(palette.adjustments)
    ]
    return "".join((*colors, *fills, *changes))

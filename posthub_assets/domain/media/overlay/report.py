"""What was laid over a picture: lines, places, colours, measured contrast, and what was left out.

What does not belong here: words for people who cannot see it (`alt_texts.py`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LineReport:
    """One line as drawn. `box_px` is its ink: left, top, right, bottom."""

    text: str
    facts: tuple[str, ...]
    family: str
    size_px: float
    box_px: tuple[int, int, int, int]
    color: str


@dataclass(frozen=True, slots=True)
class OverlayReport:
    """What was done. `contrast` is the worst ratio (1 to 21) of any line with any pixel behind it.

    `treatment` is `none`, `outline`, `scrim`, `scrim and outline` or `panel`; `area_px` is where
    facts were allowed.
    """

    lines: tuple[LineReport, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    treatment: str
    veil_color: str
    veil_opacity: float
    contrast: float
    right_to_left: bool
    area_px: tuple[int, int, int, int]

    def as_dict(self) -> dict[str, Any]:
        """Give plain values that can be written as JSON."""
        told = asdict(self)
        told["lines"] = [
            {**line, "facts": list(line["facts"]), "box_px": list(line["box_px"])}
            for line in told["lines"]
        ]
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in told.items()
        }

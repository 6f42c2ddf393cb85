"""The task of the picture child: a file in, its palette out, as plain values for JSON.

What does not belong here: what is stored of it (`making.py`).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.palettes.extraction import (
    FEWEST,
    MOST,
    Dominant,
    extract,
    hsl,
)
from posthub_assets.domain.media.palettes.lab import Rgb
from posthub_assets.domain.media.palettes.roles import Assignment, assign
from posthub_assets.domain.media.palettes.sampling import sample
from posthub_assets.domain.visuals.palette import hex_color


def extract_palette(
    arguments: dict[str, Any], blobs: list[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Give the palette of one picture. `arguments`: {"colors": 5 to 8, or null to choose}.

    The answer holds strings, whole numbers and true or false only: `colors` (hex, rgb, hsl,
    share_permille, is_derived), `roles`, `texts`, `adjustments`, `warnings` (`described`), `notes`
    (sentences). No bytes come back. Raises InvalidInput.
    """
    colors = _how_many(arguments.get("colors"))
    if len(blobs) != 1:
        raise InvalidInput(
            f"A palette is made of one picture; {len(blobs)} were given.", field="media"
        )
    extraction = extract(sample(blobs[0]), colors)
    rgb = [one.rgb for one in extraction.colors]
    roles = assign(rgb, [one.share_permille for one in extraction.colors])
    return described(extraction.colors, roles, extraction.notes), []


def _how_many(given: object) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not FEWEST <= given <= MOST:
        raise InvalidInput(
            f"A palette has {FEWEST} to {MOST} colours. Ask for so many, or leave colors out.",
            field="colors",
        )
    return given


def described(
    colors: tuple[Dominant, ...], roles: Assignment, notes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Give a palette as plain values; colours as `#RRGGBB`, shares in thousandths."""
    return {
        "colors": [_color(one) for one in colors],
        "roles": {role: hex_color(color) for role, color in roles.roles.items()},
        "texts": [asdict(one) for one in roles.texts],
        "adjustments": [
            {"role": one.role, "before": hex_color(one.before), "after": hex_color(one.after)}
            for one in roles.adjustments
        ],
        "warnings": [asdict(one) for one in roles.warnings],
        "notes": list(notes),
    }


def _color(one: Dominant) -> dict[str, Any]:
    rgb: Rgb = one.rgb
    return {
        "hex": hex_color(rgb),
        "rgb": list(rgb),
        "hsl": list(hsl(rgb)),
        "share_permille": one.share_permille,
        "is_derived": one.is_derived,
    }

"""Palettes as they are stored and approved: of a picture, or of colours chosen by hand.

This module is for the API and the graph; the picture child never imports it.
What does not belong here: the content item around a palette (`resources/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from posthub_assets.domain.bodies import PaletteBody, PalettePair, PaletteSource
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.palettes.extraction import MOST, Dominant, tints
from posthub_assets.domain.media.palettes.lab import Rgb
from posthub_assets.domain.media.palettes.roles import FILLED, assign
from posthub_assets.domain.media.palettes.task import described
from posthub_assets.domain.visuals.palette import MIN_SHAPE_CONTRAST, parse_color


def of_picture(
    found: Mapping[str, Any],
    *,
    name: str,
    media_sha256s: Sequence[str],
    show_id: str = "",
    note: str = "",
) -> PaletteBody:
    """Make a palette of what the task `extract_palette` found in the pictures of these hashes.

    What the task noted stands before `note`. Raises InvalidInput for an empty or too long name.
    """
    return _body(
        found,
        name=name,
        source=PaletteSource.EXTRACTED,
        media_sha256s=tuple(media_sha256s),
        show_id=show_id,
        note=" ".join((*found["notes"], *((note,) if note else ()))),
    )


def by_hand(
    colors: Sequence[str],
    *,
    name: str,
    text: str | None = None,
    background: str | None = None,
    show_id: str = "",
    note: str = "",
) -> PaletteBody:
    """Make a palette of one to eight colours `#RRGGBB`, the most important first.

    The first that is neither text nor background becomes the primary colour, the next the
    secondary one. Missing ones are made as tints and shades. `text` and `background`, where given,
    are never changed: too little contrast between them is then a finding of the quality gate.
    Raises InvalidInput that names the field.
    """
    given = _read_all(colors)
    ink, ground = _read(text, "text"), _read(background, "background")
    free = [one for one in given if one not in (ink, ground)]
    needed = len(FILLED) + (ink is None) + (ground is None)
    made = tints(given, max(0, needed - len(free)))
    all_colors = (*given, *made)
    roles = assign(all_colors, text=ink, background=ground)
    dominant = tuple(Dominant(one, 0, is_derived=one in made) for one in all_colors)
    return _body(
        described(dominant, roles),
        name=name,
        source=PaletteSource.BY_HAND,
        media_sha256s=(),
        show_id=show_id,
        note=note,
    )


def told(body: PaletteBody) -> tuple[str, ...]:
    """Tell in sentences what was changed in a palette, and which pairs of roles to avoid."""
    changed = [
        f"The {one.role.value} colour was {one.before} and is {one.after}, so that words are "
        "legible."
        for one in body.adjustments
    ]
    return (*changed, *(warning_of(one) for one in body.warnings))


def warning_of(pair: PalettePair) -> str:
    """Tell what a pair of roles below 4.5 to 1 is no good for."""
    ratio = f"{pair.contrast_percent / 100:.2f} to 1"
    is_for_shapes = pair.contrast_percent >= MIN_SHAPE_CONTRAST * 100
    use = "large words and shapes only" if is_for_shapes else "decoration only"
    return f"{pair.front.value.capitalize()} on {pair.back.value} has {ratio}: for {use}."


def _body(
    found: Mapping[str, Any],
    *,
    name: str,
    source: PaletteSource,
    media_sha256s: tuple[str, ...],
    show_id: str,
    note: str,
) -> PaletteBody:
    kept = name.strip()
    if not 1 <= len(kept) <= 200:
        raise InvalidInput("Give the palette a name of 1 to 200 characters.", field="name")
    plain = {key: value for key, value in found.items() if key != "notes"}
    return PaletteBody.model_validate(
        {
            **plain,
            "name": kept,
            "source": source,
            "media_sha256s": media_sha256s,
            "show_id": show_id,
            "note": note,
        }
    )


def _read_all(colors: Sequence[str]) -> tuple[Rgb, ...]:
    if not 1 <= len(colors) <= MOST:
        raise InvalidInput(
            f"A palette has 1 to {MOST} colours; {len(colors)} were given.", field="colors"
        )
    read: list[Rgb] = []
    for place, text in enumerate(colors):
        color = _color(text, f"colors[{place}]")
        if color in read:
            raise InvalidInput(
                f"{text} is in the palette already, as number {read.index(color) + 1}. "
                "Leave one of the two out.",
                field=f"colors[{place}]",
            )
        read.append(color)
    return tuple(read)


def _read(text: str | None, field: str) -> Rgb | None:
    return None if text is None else _color(text, field)


def _color(text: str, field: str) -> Rgb:
    color = parse_color(text)
    if color is None:
        raise InvalidInput(
            f"“{text[:40]}” is no colour that we can read. Write it as #RRGGBB, such as #1C304A.",
            field=field,
        )
    return color

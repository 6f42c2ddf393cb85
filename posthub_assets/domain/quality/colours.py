"""Rules over palettes: words are legible in their roles, and no two colours look like one.

What does not belong here: choosing colours and roles (`domain/media/palettes/`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from posthub_assets.domain.bodies import PaletteBody, PaletteRole
from posthub_assets.domain.quality.findings import Finding, fail, warn
from posthub_assets.domain.quality.pictures import MIN_CONTRAST_PERCENT, contrast_percent

FILLED = (PaletteRole.PRIMARY, PaletteRole.SECONDARY, PaletteRole.ACCENT)
WORDS = (PaletteRole.TEXT, PaletteRole.BACKGROUND)
"""What words are written in on a filled role: one of these two."""


def palette_contrast(body: PaletteBody) -> Iterator[Finding]:
    """Measure the roles anew; what the body claims must not exceed it."""
    yield from _too_faint(body, PaletteRole.BACKGROUND, (PaletteRole.TEXT,))
    for role in FILLED:
        yield from _too_faint(body, role, WORDS)
    for one in (*body.texts, *body.warnings):
        real = contrast_percent(body.roles.of(one.front), body.roles.of(one.back))
        if one.contrast_percent > real:
            yield fail(
                "palette_contrast",
                f"{one.front.value.capitalize()} on {one.back.value} is said to have a contrast "
                f"of {one.contrast_percent / 100:.2f} to 1 and has {real / 100:.2f}. Make the "
                "palette anew from its colours.",
                quote=f"{body.roles.of(one.front)} on {body.roles.of(one.back)}",
                measured=f"{real / 100:.2f}:1",
            )


def _too_faint(
    body: PaletteBody, ground: PaletteRole, words: tuple[PaletteRole, ...]
) -> Iterator[Finding]:
    back = body.roles.of(ground)
    best = max(words, key=lambda role: contrast_percent(body.roles.of(role), back))
    front = body.roles.of(best)
    real = contrast_percent(front, back)
    if real < MIN_CONTRAST_PERCENT:
        yield fail(
            "palette_contrast",
            f"Words on the {ground.value} colour {back} have a contrast of at most "
            f"{real / 100:.2f} to 1; 4.50 is the least that can be read by most. Take a lighter "
            "or darker colour.",
            quote=f"{front} on {back}",
            measured=f"{real / 100:.2f}:1",
        )


def palette_distinct(body: PaletteBody) -> Iterator[Finding]:
    """Warn of each two colours that look alike (CIEDE2000 below 10)."""
    # numpy comes with these, and the gate is imported where no palette ever is.
    from posthub_assets.domain.media.palettes.clustering import MIN_DELTA_E
    from posthub_assets.domain.media.palettes.lab import delta_e_of_hex

    for one, other in combinations(body.colors, 2):
        apart = delta_e_of_hex(one.hex, other.hex)
        if apart < MIN_DELTA_E:
            yield warn(
                "palette_distinct",
                f"{one.hex} and {other.hex} look almost alike. Leave one of them out, or move them "
                "further apart.",
                quote=f"{one.hex}, {other.hex}",
                measured=f"a difference of {apart:.1f}; {MIN_DELTA_E:.0f} is seen at a glance",
            )

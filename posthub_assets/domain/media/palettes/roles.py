"""What each colour is used for, so that words stay legible: five roles, measured by WCAG contrast.

Words stand on the background in the text colour. On the three filled roles (a button, a ribbon)
they stand in the text colour or in the background's, whichever is read better there. Where that is
not 4.5 to 1, a colour is made lighter or darker, as little as needed, and the change is told.
What does not belong here: finding colours (`extraction.py`), what is stored (`domain/bodies.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np

from posthub_assets.domain.media.palettes.lab import (
    Rgb,
    at_lightnesses,
    delta_e_2000,
    to_lab,
    to_rgb,
)
from posthub_assets.domain.visuals.palette import MIN_SHAPE_CONTRAST, MIN_TEXT_CONTRAST, contrast

FILLED: Final = ("primary", "secondary", "accent")
ROLES: Final = (*FILLED, "background", "text")
_BACK_TO_FRONT: Final = ("background", *FILLED, "text")
_STEP: Final = 0.5
"""Steps of CIELAB lightness in which a colour is made lighter or darker; 1 is hardly seen."""
_NEAR_STEPS: Final = 12
_QUIET: Final = 0.4
"""How much chroma speaks against a colour as a background or for text, per unit of lightness."""
_WIDE: Final = 20.0
"""How much speaks for a background that covers all of the picture, in units of lightness."""
_DARK_BELOW: Final = 50.0
"""Mean lightness, 0 to 100, below which a picture is a dark one."""
_PLENTY_OF_CHROMA: Final = 40.0
"""More chroma than this makes no colour more of a primary one: then it is a matter of its share."""
_LITTLE_CHROMA: Final = 8.0
"""What a grey has of it, so that a picture without colours has roles too."""
_FARTHEST_DELTA_E: Final = 40.0
"""Beyond this CIEDE2000 an accent does not stand out any more than it does already."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two roles, the first in front of the second, and their contrast times 100, rounded down."""

    front: str
    back: str
    contrast_percent: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A colour that was made lighter or darker for its role."""

    role: str
    before: Rgb
    after: Rgb


@dataclass(frozen=True, slots=True)
class Assignment:
    """A colour for each of `ROLES`.

    `texts`: what words are written in on the background and on each filled role. `warnings`: the
    other pairs of roles that are too near for words (below 4.5 to 1; below 3 also for shapes).
    """

    roles: dict[str, Rgb]
    texts: tuple[Pair, ...]
    adjustments: tuple[Adjustment, ...]
    warnings: tuple[Pair, ...]


@dataclass(slots=True)
class _Chosen:
    """Roles under way, with what was changed."""

    roles: dict[str, Rgb] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)

    def change(self, role: str, color: Rgb) -> None:
        if color != self.roles[role]:
            self.adjustments.append(Adjustment(role, self.roles[role], color))
            self.roles[role] = color


def assign(
    colors: Sequence[Rgb],
    shares: Sequence[int] | None = None,
    *,
    text: Rgb | None = None,
    background: Rgb | None = None,
) -> Assignment:
    """Give the five roles; `colors` are at least five, the most prominent first.

    `shares`, any whole unit, say how much of the picture each covers; without them the order
    decides: the first that is left over is the primary colour, the next the secondary one, and the
    background is a light one. `text` and `background` are taken as given and never changed, even
    where one is not legible on the other.
    """
    chosen = _Chosen()
    ground, ink = _ground_and_ink(colors, shares, background, text)
    chosen.roles |= {"background": ground, "text": ink}
    if text is None:
        chosen.change("text", made_legible(ink, (ground,)))
    if background is None:
        chosen.change("background", made_legible(ground, (chosen.roles["text"],)))
    rest = [at for at, color in enumerate(colors) if color not in (ground, ink)]
    weights = [max(shares[at], 1) for at in rest] if shares else None
    chosen.roles |= _fills([colors[at] for at in rest], weights, chosen.roles["background"])
    for role in FILLED:
        words = (chosen.roles["text"], chosen.roles["background"])
        chosen.change(role, made_legible(chosen.roles[role], words))
    return _measured(chosen)


def contrast_percent(one: Rgb, other: Rgb) -> int:
    """Give the WCAG contrast ratio times 100, rounded down: 100 to 2100."""
    return int(contrast(one, other) * 100 + 1e-9)


def _ground_and_ink(
    colors: Sequence[Rgb], shares: Sequence[int] | None, background: Rgb | None, text: Rgb | None
) -> tuple[Rgb, Rgb]:
    """Take the lightest and the darkest quiet colour; a dark picture has a dark background.

    Of the background's side, what covers much of the picture is preferred. Where one of the two is
    given, the other is the one that contrasts most with it.
    """
    if background is not None:
        return background, text or max(colors, key=lambda one: contrast(one, background))
    if text is not None:
        return max(colors, key=lambda one: contrast(one, text)), text
    lab = to_lab(np.array(colors, dtype=np.uint8))
    weights = np.array(shares or [1] * len(colors), dtype=np.float64)
    weights /= max(float(weights.sum()), 1.0)
    noise = _QUIET * np.hypot(lab[:, 1], lab[:, 2])
    is_dark = shares is not None and float((weights * lab[:, 0]).sum()) < _DARK_BELOW
    wide = _WIDE * weights
    light = np.round(lab[:, 0] - noise + (0 if is_dark else wide), 6)
    dark = np.round(100 - lab[:, 0] - noise + (wide if is_dark else 0), 6)
    first, second = (dark, light) if is_dark else (light, dark)
    ground = int(first.argmax())
    second[ground] = -np.inf
    return colors[ground], colors[int(second.argmax())]


def _fills(colors: Sequence[Rgb], weights: Sequence[int] | None, ground: Rgb) -> dict[str, Rgb]:
    """Take primary (prominent, colourful), accent (colourful, unlike it), secondary (prominent).

    Primary and accent should also be seen on the background, if only as shapes.
    """
    lab = to_lab(np.array(colors, dtype=np.uint8))
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    seen = np.array([min(contrast(one, ground) / MIN_SHAPE_CONTRAST, 1) for one in colors])
    first = 0
    if weights is not None:
        vivid = np.minimum(chroma, _PLENTY_OF_CHROMA) + _LITTLE_CHROMA
        first = int(np.round(np.sqrt(weights) * vivid * seen, 6).argmax())
    unlike = np.minimum(delta_e_2000(lab, lab[first]), _FARTHEST_DELTA_E)
    standing_out = np.round(unlike * (chroma + _LITTLE_CHROMA) * seen, 6)
    left = [at for at in range(len(colors)) if at != first]
    # Where the order is a person's, only the accent may come from further down.
    third = max(left if weights else left[1:], key=lambda at: (standing_out[at], -at))
    left.remove(third)
    second = max(left, key=lambda at: (weights[at] if weights else 0, -at))
    return dict(zip(FILLED, (colors[first], colors[second], colors[third]), strict=True))


def made_legible(color: Rgb, others: Sequence[Rgb]) -> Rgb:
    """Give the colour nearest in lightness that has 4.5 to 1 with one of the others, or itself.

    Hue stays, and as much chroma as sRGB can show at that lightness. Where neither black nor white
    would do, the colour comes back as it is.
    """
    if _is_legible(color, others):
        return color
    lab = to_lab(np.array(color, dtype=np.uint8))
    # Most changes are small, so a few steps are tried before all of them are converted.
    for steps in (np.arange(1, _NEAR_STEPS), np.arange(_NEAR_STEPS, int(100 / _STEP) + 1)):
        aside = np.stack((lab[0] + steps * _STEP, lab[0] - steps * _STEP), axis=-1).ravel()
        aside = aside[(aside >= 0) & (aside <= 100)]
        for red, green, blue in to_rgb(at_lightnesses(lab, aside)).tolist():
            if _is_legible((red, green, blue), others):
                return red, green, blue
    return color


def _is_legible(color: Rgb, others: Sequence[Rgb]) -> bool:
    return any(contrast(color, other) >= MIN_TEXT_CONTRAST for other in others)


def _measured(chosen: _Chosen) -> Assignment:
    roles = {role: chosen.roles[role] for role in ROLES}
    texts = [_pair(roles, "text", "background")]
    for role in FILLED:
        both = (_pair(roles, "text", role), _pair(roles, "background", role))
        texts.append(max(both, key=lambda pair: pair.contrast_percent))
    told = {frozenset((one.front, one.back)) for one in texts}
    rest = (_pair(roles, front, back) for back, front in combinations(_BACK_TO_FRONT, 2))
    warnings = [
        one
        for one in rest
        if frozenset((one.front, one.back)) not in told
        and one.contrast_percent < MIN_TEXT_CONTRAST * 100
    ]
    return Assignment(roles, tuple(texts), tuple(chosen.adjustments), tuple(warnings))


def _pair(roles: dict[str, Rgb], front: str, back: str) -> Pair:
    return Pair(front, back, contrast_percent(roles[front], roles[back]))

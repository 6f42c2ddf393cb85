"""The choice of layout, scheme and typeface from the persona's visual style and the variant.

What does not belong here: what a layout looks like (`composition.py`, `grounds/`).
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from posthub_assets.domain.bodies import Archetype, PersonaBody
from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.visuals.composition import Layout
from posthub_assets.domain.visuals.palette import Scheme, brand_palette, schemes
from posthub_assets.domain.visuals.style_words import DARK_STEMS, LAYOUT_STEMS, LIGHT_STEMS


@dataclass(frozen=True, slots=True)
class Manner:
    """What an archetype's pictures have in common."""

    family: str
    layouts: tuple[Layout, Layout, Layout, Layout]


@dataclass(frozen=True, slots=True)
class Style:
    """All that is chosen for one picture. `seed` drives the shapes' places and sizes."""

    layout: Layout
    scheme: Scheme
    family: str
    mark: str
    """What stands before the company's name: `dot`, `square` or `bar`."""
    seed: int


_L = Layout
_MANNERS: dict[Archetype, Manner] = {
    Archetype.INNOCENT: Manner("manrope", (_L.WAVES, _L.ARCS, _L.MESH, _L.PILLS)),
    Archetype.EVERYPERSON: Manner("rubik", (_L.BLOCK, _L.PILLS, _L.CARD, _L.TILES)),
    Archetype.HERO: Manner("oswald", (_L.DIAGONAL, _L.BLOCK, _L.PILLS, _L.TILES)),
    Archetype.CAREGIVER: Manner("lora", (_L.WAVES, _L.CARD, _L.ARCS, _L.MESH)),
    Archetype.EXPLORER: Manner("manrope", (_L.WAVES, _L.DIAGONAL, _L.HALFTONE, _L.ARCS)),
    Archetype.REBEL: Manner("oswald", (_L.HALFTONE, _L.DIAGONAL, _L.CARD, _L.TILES)),
    Archetype.LOVER: Manner("lora", (_L.MESH, _L.ARCS, _L.WAVES, _L.BLOCK)),
    Archetype.CREATOR: Manner("rubik", (_L.TILES, _L.BLOCK, _L.HALFTONE, _L.MESH)),
    Archetype.JESTER: Manner("rubik", (_L.HALFTONE, _L.TILES, _L.WAVES, _L.CARD)),
    Archetype.SAGE: Manner("lora", (_L.CARD, _L.ARCS, _L.BLOCK, _L.HALFTONE)),
    Archetype.MAGICIAN: Manner("manrope", (_L.MESH, _L.HALFTONE, _L.ARCS, _L.DIAGONAL)),
    Archetype.RULER: Manner("manrope", (_L.BLOCK, _L.CARD, _L.DIAGONAL, _L.PILLS)),
}


WHOLE_PALETTE = 5
"""A brand of so many colours has all roles (an applied palette): no persona adds to it."""


def choose_style(brief: ImageBrief) -> Style:
    """Choose for one brief. Variants and rounds of one post differ in layout and in scheme.

    Posts of one persona share the typeface and four layouts; pictures of one topic share their
    layout on all platforms. Everything comes from the brief by SHA-256.
    """
    persona, company = brief.persona, brief.company
    brand, own = company.brand_colors, persona.visual_style.palette
    colors = brand if len(brand) >= WHOLE_PALETTE else (*own, *brand)
    made = schemes(brand_palette(colors, fallback_seed=company.slug))
    topic_seed = _seed(company.slug, persona.name, brief.topic_title)
    turn = brief.variant - 1 + (brief.revision.round if brief.revision else 0)
    layouts, order = persona_layouts(persona), _scheme_order(persona)
    return Style(
        layout=layouts[(topic_seed + turn) % len(layouts)],
        scheme=made[order[(topic_seed // 7 + turn) % len(order)]],
        family=_MANNERS[persona.archetype].family,
        mark=("dot", "square", "bar")[_seed(persona.name) % 3],
        seed=_seed(brief.model_dump_json()),
    )


def persona_layouts(persona: PersonaBody) -> tuple[Layout, ...]:
    """Give the persona's four layouts: those its art style names first, then its archetype's."""
    words = persona.visual_style.art_style.lower()
    named = [name for name, stems in LAYOUT_STEMS.items() if any(s in words for s in stems)]
    return tuple(dict.fromkeys((*named, *_MANNERS[persona.archetype].layouts)))[:4]


def shapes_dice(style: Style) -> random.Random:
    """Give the source of chance for the shapes: the same numbers for the same brief."""
    return random.Random(style.seed)


def _scheme_order(persona: PersonaBody) -> tuple[str, ...]:
    words = persona.visual_style.atmosphere.lower()
    if any(stem in words for stem in DARK_STEMS):
        return ("deep", "vivid", "deep", "light")
    if any(stem in words for stem in LIGHT_STEMS):
        return ("light", "vivid", "light", "deep")
    return ("deep", "light", "vivid", "light")


def _seed(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8])

"""Briefs to draw from, and the real fonts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from posthub_assets.domain.bodies import (
    Archetype,
    Level,
    PersonaBody,
    Platform,
    SocialPostBody,
    VisualStyle,
)
from posthub_assets.domain.briefs import CompanyFacts, ImageBrief, Revision
from posthub_assets.domain.tiers import Tier
from posthub_assets.domain.visuals.faces import FontSet
from resources.fonts import load_fonts

SIZES = {
    Platform.LINKEDIN: (1200, 627),
    Platform.X: (1600, 900),
    Platform.FACEBOOK: (1200, 630),
    Platform.INSTAGRAM: (1080, 1350),
    Platform.TIKTOK: (1080, 1920),
}
BRAND = ("#1C304A", "#00CFFF", "#046B99", "#B3EFFF")
MakeBrief = Callable[..., ImageBrief]


def image_brief(
    title: str = "Why testing with five people is enough",
    *,
    hook: str = "",
    platform: Platform = Platform.LINKEDIN,
    archetype: Archetype = Archetype.SAGE,
    variant: int = 1,
    language: str = "en",
    company: str = "Alder & Finch",
    colors: tuple[str, ...] = BRAND,
    persona_palette: tuple[str, ...] = ("", ""),
    art_style: str = "",
    revision: Revision | None = None,
    size: tuple[int, int] | None = None,
) -> ImageBrief:
    """Make a brief; every part has a plain default."""
    width_px, height_px = size or SIZES[platform]
    return ImageBrief(
        company=CompanyFacts(
            slug="alder-finch",
            name=company,
            language=language,
            timezone="UTC",
            tier=Tier.PRO,
            platforms=(platform,),
            brand_colors=colors,
        ),
        persona=PersonaBody(
            name=f"Persona of the {archetype.value}",
            archetype=archetype,
            mbti="INTJ",
            biography="Invented.",
            level=Level.SENIOR,
            values=("care", "calm", "craft"),
            expertise=("tests", "maps", "tea"),
            frustrations=("noise",),
            vocabulary_level="plain",
            sentence_style="short",
            formality=50,
            favourite_phrases=("so far", "so good"),
            signature_ending="Until then.",
            visual_style=VisualStyle(
                art_style=art_style, palette=persona_palette, atmosphere="even"
            ),
        ),
        topic_title=title,
        social_post=SocialPostBody(platform=platform, text=hook, hashtags=(), call_to_action=""),
        platform=platform,
        width_px=width_px,
        height_px=height_px,
        variant=variant,
        revision=revision,
    )


@pytest.fixture(scope="session")
def make_brief() -> MakeBrief:
    """The factory of briefs."""
    return image_brief


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    """The fonts of the installed packages."""
    return load_fonts()


@pytest.fixture(scope="session")
def shaped_fonts(fonts: FontSet) -> FontSet:
    """The fonts, on a machine that can shape right-to-left text; skipped on others."""
    if fonts.missing_libraries:
        pytest.skip(f"this machine lacks {' and '.join(fonts.missing_libraries)}")
    return fonts


@pytest.fixture(scope="session")
def unshaped_fonts(fonts: FontSet) -> FontSet:
    """The same fonts on a machine that has no FriBiDi."""
    return FontSet(fonts.files, missing_libraries=("FriBiDi",))

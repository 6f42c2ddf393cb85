"""Styles: variants differ, posts of one persona are related, nothing depends on chance."""

from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import Archetype, Platform
from posthub_assets.domain.briefs import Revision
from posthub_assets.domain.visuals.composition import Layout
from posthub_assets.domain.visuals.palette import brand_palette, schemes
from posthub_assets.domain.visuals.style import choose_style, persona_layouts

TITLES = [f"Topic number {index}" for index in range(12)]


@pytest.mark.parametrize("archetype", Archetype)
@pytest.mark.parametrize("title", TITLES[:4])
def test_two_variants_of_a_post_differ_in_layout_and_scheme(make_brief, archetype, title) -> None:
    one, two = (
        choose_style(make_brief(title, archetype=archetype, variant=variant)) for variant in (1, 2)
    )
    assert one.layout != two.layout
    assert one.scheme != two.scheme


def test_a_round_of_changes_gives_another_layout(make_brief) -> None:
    revision = Revision(round=1, previous={}, reasons=("another one, please",))
    assert choose_style(make_brief()).layout != choose_style(make_brief(revision=revision)).layout


def test_posts_of_one_persona_share_a_typeface_and_four_layouts(make_brief) -> None:
    styles = [choose_style(make_brief(title)) for title in TITLES]
    assert len({style.family for style in styles}) == 1
    assert 2 <= len({style.layout for style in styles}) <= 4


def test_one_topic_has_one_layout_on_all_platforms(make_brief) -> None:
    styles = [choose_style(make_brief(platform=platform)) for platform in Platform]
    assert len({style.layout for style in styles}) == 1


def test_personas_together_use_every_layout_and_four_typefaces(make_brief) -> None:
    briefs = [make_brief(archetype=archetype) for archetype in Archetype]
    used = {layout for brief in briefs for layout in persona_layouts(brief.persona)}
    assert used == set(Layout)
    assert len({choose_style(brief).family for brief in briefs}) == 4


@pytest.mark.parametrize(
    ("art_style", "layout"),
    [
        ("soft watercolour with rounded figures", Layout.MESH),
        ("výrazný grafický plakát se silnými diagonálami", Layout.DIAGONAL),
        ("широка пейзажна фотографія", Layout.WAVES),
        ("کاریکاتور با خط‌های ضخیم", Layout.HALFTONE),
    ],
)
def test_the_art_style_leads_in_every_language(make_brief, art_style, layout) -> None:
    assert persona_layouts(make_brief(art_style=art_style).persona)[0] is layout


def test_a_brand_that_has_a_whole_palette_is_drawn_in_it_alone(make_brief) -> None:
    whole = ("#A02040", "#205080", "#D08020", "#FFF8F0", "#1A1A1A")
    brief = make_brief(colors=whole, persona_palette=("#00FF40", "#FF00FF"))
    assert choose_style(brief).scheme in schemes(brand_palette(whole, fallback_seed="")).values()
    fewer = brief.model_copy(
        update={"company": brief.company.model_copy(update={"brand_colors": whole[:4]})}
    )
    assert (
        choose_style(fewer).scheme
        not in schemes(brand_palette(whole[:4], fallback_seed="")).values()
    ), "the persona adds to it"

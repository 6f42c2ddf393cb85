"""Whole pictures: legible, inside the safe area, the same every time, or refused."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from posthub_assets.domain.bodies import Archetype, Platform
from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.visuals.composition import Area, Layout
from posthub_assets.domain.visuals.drawing import _draw_text, _paint_ground, draw_image
from posthub_assets.domain.visuals.palette import contrast, parse_color
from posthub_assets.domain.visuals.setting import set_text
from posthub_assets.domain.visuals.style import choose_style, persona_layouts

HEADLINES = {
    "en": "Buying agile: how agencies can stop failing big",
    "cs": "Nasazení webu: co dělat, když se k němu nedostanete",
    "uk": "Що таке ґрунтовний підхід: її досвід у команді",
    "fa": "چگونه پژوهش کاربر به تیم‌های کوچک کمک می‌کند؟",
}
BRANDS = {
    "none": (),
    "unreadable": ("blue", "#12"),
    "all alike": ("#777777", "#787878", "#767676"),
    "white": ("#FFFFFF",),
    "black": ("#000000",),
    "yellow": ("#FFE600",),
    "primaries": ("#FF0000", "#00FF00", "#0000FF"),
}


def opened(picture) -> Image.Image:
    return Image.open(BytesIO(picture.data)).convert("RGB")


@pytest.mark.parametrize("platform", Platform)
@pytest.mark.parametrize("language", HEADLINES)
def test_pictures_of_every_language_and_platform_are_whole(
    make_brief, fonts, language, platform, request
) -> None:
    if language == "fa":
        request.getfixturevalue("shaped_fonts")
    brief = make_brief(HEADLINES[language], language=language, platform=platform)
    picture = draw_image(brief, fonts)
    assert opened(picture).size == (brief.width_px, brief.height_px)
    assert picture.headline == HEADLINES[language]
    assert picture.right_to_left is (language == "fa")
    assert HEADLINES[language] in picture.alt_text
    assert len(picture.data) < 400_000


@pytest.mark.parametrize(("archetype", "variant"), list(product(Archetype, (1, 2, 3, 4))), ids=str)
def test_only_the_text_s_own_place_changes_when_text_is_drawn(
    make_brief, fonts, archetype, variant
) -> None:
    platform = (Platform.LINKEDIN, Platform.INSTAGRAM, Platform.TIKTOK)[variant % 3]
    brief = make_brief(HEADLINES["en"], archetype=archetype, variant=variant, platform=platform)
    style, setting = set_text(brief, choose_style(brief), fonts)
    ground = _paint_ground(brief, style, mirrored=setting.right_to_left)
    drawn = ground.copy()
    _draw_text(drawn, setting, style)
    box = ImageChops.difference(ground, drawn).getbbox()
    assert setting.frame.safe.holds(Area(*box), slack=2)


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("variant", [1, 2, 3, 4])
def test_text_is_legible_whatever_the_brand(make_brief, fonts, brand, variant) -> None:
    archetype = list(Archetype)[variant * 3 - 1]
    brief = make_brief(colors=BRANDS[brand], variant=variant, archetype=archetype)
    picture = draw_image(brief, fonts)
    text, ground = parse_color(picture.text_color), parse_color(picture.background_color)
    assert picture.contrast_percent >= 450
    assert int(contrast(text, ground) * 100) == picture.contrast_percent


def test_every_layout_is_drawn_for_some_persona(make_brief, fonts) -> None:
    wanted = {
        layout: archetype
        for archetype in Archetype
        for layout in persona_layouts(make_brief(archetype=archetype).persona)
    }
    drawn = {
        draw_image(make_brief(archetype=archetype, variant=variant), fonts).layout
        for archetype in set(wanted.values())
        for variant in (1, 2, 3, 4)
    }
    assert drawn == {layout.value for layout in Layout}


def test_the_same_brief_gives_the_same_bytes_in_another_process(make_brief, shaped_fonts) -> None:
    brief = make_brief(HEADLINES["fa"], language="fa", archetype=Archetype.CREATOR)
    here = hashlib.sha256(draw_image(brief, shaped_fonts).data).hexdigest()
    program = (
        "import hashlib, sys\n"
        "from posthub_assets.domain.briefs import ImageBrief\n"
        "from posthub_assets.domain.visuals.drawing import draw_image\n"
        "from resources.fonts import load_fonts\n"
        "brief = ImageBrief.model_validate_json(sys.stdin.buffer.read())\n"
        "print(hashlib.sha256(draw_image(brief, load_fonts()).data).hexdigest())\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        input=brief.model_dump_json().encode(),
        capture_output=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).resolve().parents[4],
        env={"PYTHONHASHSEED": "7"},
    )
    assert there.stdout.decode().strip() == here


def test_two_variants_are_two_pictures(make_brief, fonts) -> None:
    one, two = (draw_image(make_brief(variant=variant), fonts) for variant in (1, 2))
    assert one.layout != two.layout
    assert one.data != two.data


def test_the_file_holds_no_time_and_says_how_it_was_made(make_brief, fonts) -> None:
    data = draw_image(make_brief(), fonts).data
    assert b"tIME" not in data
    assert b"digitalsourcetype/algorithmicMedia" in data


def test_a_right_to_left_picture_is_mirrored(make_brief, shaped_fonts) -> None:
    brief = make_brief(HEADLINES["fa"], language="fa", company="جنگو")
    _, setting = set_text(brief, choose_style(brief), shaped_fonts)
    assert all(ink.x1 > brief.width_px / 2 for ink in setting.inks())
    assert setting.rule.x1 == setting.frame.text.x1
    assert setting.mark.x1 == setting.frame.text.x1


def test_the_company_s_latin_name_stands_at_the_edge_of_the_persian_headline(
    make_brief, shaped_fonts
) -> None:
    brief = make_brief(HEADLINES["fa"], language="fa", company="Alder & Finch")
    _, setting = set_text(brief, choose_style(brief), shaped_fonts)
    name = setting.brand.inks()[0]
    assert name.x1 < setting.mark.x0
    assert setting.frame.text.x1 - name.x1 < 0.08 * brief.width_px


def test_latin_and_persian_mix_in_one_headline(make_brief, shaped_fonts) -> None:
    picture = draw_image(make_brief("CSS در Django 5.2", language="fa"), shaped_fonts)
    assert picture.right_to_left
    assert picture.headline == "CSS در Django 5.2"


def test_persian_without_fribidi_is_refused_and_english_is_still_drawn(
    make_brief, unshaped_fonts
) -> None:
    with pytest.raises(PermanentProviderError, match="FriBiDi is missing"):
        draw_image(make_brief(HEADLINES["fa"], language="fa"), unshaped_fonts)
    assert draw_image(make_brief(), unshaped_fonts).contrast_percent >= 450


def test_a_four_hundred_character_headline_is_shortened_at_a_word(make_brief, fonts) -> None:
    title = "How small teams test their forms with the people who fill them in " * 6
    for platform in Platform:
        picture = draw_image(make_brief(title, platform=platform), fonts)
        assert set(re.findall(r"\w+", picture.headline)) <= set(re.findall(r"\w+", title))
        assert 20 <= len(picture.headline) <= 130


def test_a_long_word_gets_the_widest_layout(make_brief, fonts) -> None:
    picture = draw_image(make_brief("Nejneobhospodařovávatelnějšími cestami"), fonts)
    assert "Nejneobhospodařovávatelnějšími" in picture.headline


def test_a_word_that_fits_nowhere_is_refused_by_name(make_brief, fonts) -> None:
    with pytest.raises(PermanentProviderError, match="has 60 characters"):
        draw_image(make_brief("x" * 60), fonts)


def test_a_hook_that_cannot_be_drawn_gives_way_to_the_title(make_brief, fonts) -> None:
    brief = make_brief("Plain words help", hook="The word 日本 cannot be drawn here.")
    assert draw_image(brief, fonts).headline == "Plain words help"


def test_a_long_company_name_loses_whole_words_or_is_left_out(make_brief, fonts) -> None:
    long = draw_image(make_brief(company="The Very Long and Winding Company Name of " * 4), fonts)
    endless = draw_image(make_brief(company="x" * 90), fonts)
    assert long.contrast_percent >= 450
    assert "x" * 90 not in endless.alt_text


def test_a_company_name_that_cannot_be_drawn_is_refused_by_name(make_brief, fonts) -> None:
    with pytest.raises(PermanentProviderError, match="The company's name has characters"):
        draw_image(make_brief(company="株式会社"), fonts)


@pytest.mark.parametrize("size", [(100, 627), (1200, 5000)])
def test_sizes_out_of_range_are_refused(make_brief, fonts, size) -> None:
    with pytest.raises(PermanentProviderError, match="320 to 4096"):
        draw_image(make_brief(size=size), fonts)


@pytest.mark.shared_data
def test_the_titles_of_real_posts_can_all_be_drawn(make_brief, fonts, shared_data) -> None:
    posts = sorted((shared_data / "companies/18f/published_posts").iterdir())
    titles = [
        match[1].strip("\"' ")
        for post in posts
        if (match := re.search(r"^title: *(.*\w.*)$", post.read_text(encoding="utf-8"), re.M))
    ]
    assert len(titles) > 40
    archetypes, platforms = list(Archetype), list(Platform)
    for index, title in enumerate(titles):
        brief = make_brief(
            title, archetype=archetypes[index % 12], platform=platforms[index % 5], company="18F"
        )
        assert draw_image(brief, fonts).contrast_percent >= 450

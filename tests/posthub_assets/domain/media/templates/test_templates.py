"""Templates: complete, in four languages, filled with care, and what they name is there."""

from __future__ import annotations

import json

import pytest

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.grounds.drawing import GROUNDS, ground_name
from posthub_assets.domain.media.overlay.facts import IN_ORDER
from posthub_assets.domain.media.overlay.wish import checked
from posthub_assets.domain.media.templates.catalogue import catalogue
from posthub_assets.domain.media.templates.layouts import LAYOUTS, SHAPES, layout, wish_of
from posthub_assets.domain.media.templates.presets import (
    IMAGE_TYPES,
    NO_TEXT,
    PRESETS,
    image_type,
    negative_words,
    preset,
)
from posthub_assets.domain.media.templates.scenes import SCENES, filled, gaps, scene

ALL = (*LAYOUTS, *PRESETS, *IMAGE_TYPES, *SCENES)


def test_each_shape_has_at_least_three_layouts() -> None:
    for shape in SHAPES:
        assert sum(one.shape == shape for one in LAYOUTS) >= 3


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_every_template_has_a_name_in_each_language_and_a_description(one) -> None:
    names = one.names.as_dict()
    assert set(names) == {"en", "cs", "fa", "uk"}
    assert all(text.strip() for text in names.values())
    assert any("\u0600" <= char <= "\u06ff" for char in names["fa"])
    assert any("\u0400" <= char <= "\u04ff" for char in names["uk"])
    assert len(one.description) > 20


def test_codes_are_unique_in_their_kind() -> None:
    for kind in (LAYOUTS, PRESETS, IMAGE_TYPES, SCENES):
        assert len({one.code for one in kind}) == len(kind)


@pytest.mark.parametrize("one", LAYOUTS, ids=lambda one: one.code)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_layout_is_a_wish_that_holds_mirrored_for_persian(one, language) -> None:
    wish = checked(wish_of(one, language=language, colors=("#123456",)))
    assert wish.facts[0] == "title"
    assert wish.colors == ("#123456",)
    if one.box and language == "fa":
        assert (wish.box.x0, wish.box.x1) == (
            round(1 - one.box.x1, 4),
            round(1 - one.box.x0, 4),
        )


def test_presets_are_those_that_grounds_are_drawn_for() -> None:
    assert {one.code for one in PRESETS} == set(GROUNDS)


@pytest.mark.parametrize("one", IMAGE_TYPES, ids=lambda one: one.code)
def test_a_kind_of_picture_names_a_ground_of_every_preset(one) -> None:
    assert set(one.grounds) == set(GROUNDS)
    for code, ground in one.grounds.items():
        assert ground_name(code, 1, prefer=ground) == ground


@pytest.mark.parametrize("one", SCENES, ids=lambda one: one.code)
def test_a_scene_documents_its_gaps_and_names_templates_that_are_there(one) -> None:
    assert set(gaps(one.prompt)) == set(one.variables) == set(one.example)
    assert preset(one.preset)
    assert image_type(one.image_type)
    assert layout(one.layout).shape == one.shape


@pytest.mark.parametrize("one", SCENES, ids=lambda one: one.code)
def test_a_filled_scene_says_its_values_and_that_no_text_is_wanted(one) -> None:
    text = filled(one, one.example)
    assert text.endswith(NO_TEXT)
    assert all(value.lower() in text.lower() for value in one.example.values())
    assert "{" not in text


def test_a_gap_that_is_empty_unknown_or_too_long_is_named() -> None:
    concert = scene("concert")
    without = {name: value for name, value in concert.example.items() if name != "mood"}
    for values, name in (
        (without, "mood"),
        (dict(concert.example) | {"mood": "  "}, "mood"),
        (dict(concert.example) | {"colour": "red"}, "colour"),
        (dict(concert.example) | {"place": "x" * 201}, "place"),
    ):
        with pytest.raises(InvalidInput, match=name) as caught:
            filled(concert, values)
        assert caught.value.field == f"variables.{name}"


def test_braces_in_a_value_stay_what_they_are() -> None:
    values = dict(scene("concert").example) | {"mood": "{place} {0}"}
    assert "{place} {0}" in filled(scene("concert"), values)


def test_ones_own_negative_words_come_first_and_text_is_never_wanted() -> None:
    words = negative_words(preset("modern"), " balloons, ")
    assert words.startswith("balloons, text, letters")
    assert negative_words(preset("modern")).startswith("text")


@pytest.mark.parametrize("find", [layout, preset, image_type, scene])
def test_an_unknown_code_is_answered_with_those_there_are(find) -> None:
    with pytest.raises(InvalidInput, match=r"There is no .* are: "):
        find("no-such")


def test_the_catalogue_is_plain_json_named_in_the_asked_language() -> None:
    told = json.loads(json.dumps(catalogue("cs")))
    assert {"layouts", "presets", "image_types", "scenes", "overlay"} == set(told)
    assert told["presets"][0]["name"] == "Realistický"
    assert told["overlay"]["facts"] == list(IN_ORDER)
    assert 3 <= len(told["overlay"]["fonts"]) <= 5
    assert catalogue("de")["presets"][0]["name"] == "Realistic"

"""What a model is told of a picture that a person orders, and what is said of the picture."""

from __future__ import annotations

import pytest

from posthub_assets.domain.briefs import PictureBrief
from posthub_assets.domain.media.templates.presets import ALWAYS_NEGATIVE, IMAGE_TYPES, PRESETS
from posthub_assets.domain.media.wanted import (
    RATIOS,
    SIZES,
    ImageType,
    Preset,
    Quality,
    ratio_for,
    word_for,
)
from posthub_assets.domain.writing import Code, picture_alt_text, prepare_picture


@pytest.fixture
def brief(samples):
    """Makes a brief in a language."""

    def make(language: str = "en", **changes: object) -> PictureBrief:
        values = {
            "company": samples(language).company,
            "type": ImageType.STAGE_SCENE,
            "prompt": "A cello on an empty stage",
            "width_px": 1200,
            "height_px": 1800,
            "variation": 1,
            "palette": ("#7A1E2B", "#F2C14E"),
        }
        return PictureBrief(**{**values, **changes})

    return make


def test_kinds_and_styles_are_those_of_the_templates():
    assert [one.value for one in ImageType] == [one.code for one in IMAGE_TYPES]
    assert [one.value for one in Preset] == [one.code for one in PRESETS]


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        (SIZES["poster"], "2:3"),
        (SIZES["square"], "1:1"),
        (SIZES["banner"], "1.91:1"),
        ((1080, 1920), "9:16"),
        ((4096, 320), "1.91:1"),
        ((320, 4096), "9:16"),
    ],
)
def test_a_size_asks_for_the_nearest_shape(size, ratio):
    assert ratio_for(*size) == ratio
    assert ratio in RATIOS


def test_a_models_words_for_quality_go_from_the_cheapest_to_the_dearest():
    words = ("1K", "2K", "4K")
    assert [word_for(one, words) for one in Quality] == list(words)
    assert word_for("high", ("only",)) == "only"
    assert word_for("draft", ()) == ""
    with pytest.raises(ValueError, match="best"):
        word_for("best", words)


def test_a_new_picture_is_told_in_words_of_ours_around_those_of_the_person(brief):
    told = prepare_picture(brief(negative_prompt=" balloons,\n flags, ", changes="Warmer light"))
    assert (told.code, told.aspect_ratio, told.quality) == (Code.PICTURE_GEN, "2:3", "standard")
    assert told.variables["subject"] == "A cello on an empty stage"
    assert told.variables["revision"] == "Warmer light"
    assert told.variables["palette"][:2] == ["#7A1E2B", "#F2C14E"]
    assert told.negative.startswith(f"balloons, flags, {ALWAYS_NEGATIVE}")
    assert told.source_sha256 == ""


def test_a_picture_that_is_changed_keeps_how_it_is_made_unless_a_style_is_named(brief):
    kept = prepare_picture(brief(source_sha256="a" * 64, preset=None))
    assert (kept.code, kept.source_sha256) == (Code.PICTURE_EDIT, "a" * 64)
    assert kept.variables["instruction"] == "A cello on an empty stage"
    assert kept.variables["preset"] == ""
    assert kept.negative == ALWAYS_NEGATIVE
    named = prepare_picture(brief(source_sha256="a" * 64, preset=Preset.VINTAGE))
    assert "lithographed" in named.variables["preset"]


def test_four_variations_are_seen_in_four_ways_and_made_anew_in_others(brief):
    views = [prepare_picture(brief(variation=n)).variables["composition"] for n in (1, 2, 3, 4)]
    assert len(set(views)) == 4
    anew = prepare_picture(brief(variation=1, round=1)).variables["composition"]
    assert anew == views[1]


def test_the_companys_name_is_not_told_since_it_would_be_painted(brief, samples):
    told = prepare_picture(brief())
    assert samples("en").company.name not in str(told.variables)


@pytest.mark.parametrize(
    ("language", "painted", "changed"),
    [
        ("en", "A picture made with AI", "A picture changed with AI"),
        ("cs", "Obrázek vytvořený pomocí AI", "Obrázek upravený pomocí AI"),
        ("fa", "تصویری ساخته‌شده با هوش مصنوعی", "تصویری ویرایش‌شده با هوش مصنوعی"),
        ("uk", "Зображення, створене за допомогою ШІ", "Зображення, змінене за допомогою ШІ"),
    ],
)
def test_alternative_texts_say_in_the_companys_language_that_a_model_made_it(
    brief, language, painted, changed
):
    assert picture_alt_text(brief(language, show="Jazz"), is_ai=True).startswith(painted)
    edit = brief(language, source_sha256="a" * 64)
    assert picture_alt_text(edit, is_ai=True).startswith(changed)
    assert "Jazz" in picture_alt_text(brief(language, show="Jazz"), is_ai=True)


def test_a_drawing_says_what_it_shows_and_claims_no_model(brief):
    texts = {picture_alt_text(brief(variation=n), is_ai=False) for n in (1, 2, 3, 4)}
    assert len(texts) == 4
    assert not any("AI" in one for one in texts)


def test_a_very_long_prompt_is_cut_between_words(brief):
    told = prepare_picture(brief(prompt="word " * 1000))
    assert len(told.variables["subject"]) <= 2000
    assert len(picture_alt_text(brief(prompt="word " * 1000), is_ai=True)) < 300

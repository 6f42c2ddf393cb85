"""Typefaces: every letter drawn, or the text refused with the reason."""

from __future__ import annotations

import pytest

from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.visuals.faces import (
    FAMILIES,
    choose_face,
    is_right_to_left,
    missing_letters,
)

CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy „tak“"
UKRAINIAN = "Ґрунт, її єдність і м’ята – «щастя»"
PERSIAN = "پژوهش چگونه گفت‌وگو را یک‌بار دیگر کامل می‌کند؟ ۱۲۳۴۵۶۷۸۹۰ «»"
LATIN_FAMILIES = ("manrope", "lora", "rubik", "oswald")


@pytest.mark.parametrize("family", LATIN_FAMILIES)
@pytest.mark.parametrize("text", [CZECH, UKRAINIAN, "“Quotes” – — … & % € @"])
def test_latin_families_have_every_czech_and_ukrainian_letter(fonts, family, text) -> None:
    assert missing_letters(text, family, fonts) == ()


@pytest.mark.parametrize("family", ["noto-sans-arabic", "noto-kufi-arabic", "rubik"])
def test_arabic_families_have_every_persian_letter_and_latin_ones(fonts, family) -> None:
    assert missing_letters(PERSIAN + "Django 5.2", family, fonts) == ()


@pytest.mark.parametrize("family", LATIN_FAMILIES)
def test_persian_text_gets_a_family_that_has_it(shaped_fonts, family) -> None:
    face = choose_face(PERSIAN, family, fonts=shaped_fonts, language="fa", bold=True)
    assert face.family in ("noto-sans-arabic", "noto-kufi-arabic", "rubik")
    assert face.right_to_left


def test_letters_of_two_scripts_in_one_text_get_a_family_that_has_both(shaped_fonts) -> None:
    face = choose_face("Щастя یعنی", "lora", fonts=shaped_fonts, language="uk", bold=True)
    assert missing_letters("Щастя یعنی", face.family, shaped_fonts) == ()


def test_letters_that_no_family_has_are_named(fonts) -> None:
    with pytest.raises(PermanentProviderError, match=r"日 \(U\+65E5\)"):
        choose_face("Hello 日本", "lora", fonts=fonts, language="en", bold=True)


def test_persian_is_refused_without_fribidi_and_the_library_is_named(unshaped_fonts) -> None:
    with pytest.raises(PermanentProviderError, match=r"FriBiDi is missing.*libfribidi0"):
        choose_face(PERSIAN, "lora", fonts=unshaped_fonts, language="fa", bold=True)


def test_one_persian_word_in_an_english_headline_needs_the_library_too(unshaped_fonts) -> None:
    with pytest.raises(PermanentProviderError, match="FriBiDi"):
        choose_face("Say سلام today", "lora", fonts=unshaped_fonts, language="en", bold=True)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("CSS در Django 5.2", "fa", True),
        ("Django Girls", "fa", False),
        ("Say سلام today", "en", False),
        ("سلام means hello", "en", True),
        ("2026", "en", False),
    ],
)
def test_the_base_direction_is_that_of_the_language_or_of_the_first_letter(
    text, language, expected
) -> None:
    assert is_right_to_left(text, language) is expected


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_takes_its_weights(fonts, family) -> None:
    light = choose_face("A", family, fonts=fonts, language="en", bold=False)
    bold = choose_face("A", family, fonts=fonts, language="en", bold=True)
    assert bold.family == light.family == family
    assert bytes(bold.font(60).getmask("A")) != bytes(light.font(60).getmask("A"))


def test_persian_letters_are_joined(shaped_fonts) -> None:
    face = choose_face("سلام", "lora", fonts=shaped_fonts, language="fa", bold=True)
    font = face.font(100)
    apart = sum(font.getlength(char, **face.shaping) for char in "سلام")
    assert font.getlength("سلام", **face.shaping) < 0.9 * apart

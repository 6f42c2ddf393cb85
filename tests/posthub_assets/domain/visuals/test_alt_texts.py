"""Alternative texts: in the company's language, true to the picture."""

from __future__ import annotations

import pytest

from posthub_assets.domain.visuals.alt_texts import _LANGUAGES, alt_text, color_name
from posthub_assets.domain.visuals.composition import Layout


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Graphic with the words “Ahoj” on a dark blue ground, with concentric rings."),
        ("cs", "Grafika s nápisem „Ahoj“ na tmavě modrém podkladu, doplněná o soustředné kruhy."),
        ("uk", "Графіка з написом «Ahoj» на темно-синьому тлі; поруч — концентричні кільця."),
        ("fa", "طرحی گرافیکی با نوشتهٔ «Ahoj» روی زمینهٔ آبی تیره، همراه با حلقه‌های هم‌مرکز."),
        ("de", "Graphic with the words “Ahoj” on a dark blue ground, with concentric rings."),
    ],
)
def test_the_picture_is_described_in_the_language(language, expected) -> None:
    text = alt_text(
        language=language, headline="Ahoj", company="", layout=Layout.ARCS, ground=(28, 48, 74)
    )
    assert text == expected


def test_the_company_is_named_where_its_name_is_drawn() -> None:
    text = alt_text(
        language="cs", headline="Ahoj", company="18F", layout=Layout.ARCS, ground=(28, 48, 74)
    )
    assert text.endswith("Vedle stojí název 18F.")


@pytest.mark.parametrize("language", _LANGUAGES)
def test_every_language_has_words_for_every_layout_and_colour(language) -> None:
    words, english = _LANGUAGES[language], _LANGUAGES["en"]
    assert set(words.shapes) == set(Layout)
    assert set(words.colors) == set(english.colors)
    assert set(words.shades) == {"dark", "light", ""}


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ((255, 255, 255), ("", "white")),
        ((0, 0, 0), ("", "black")),
        ((128, 128, 128), ("", "grey")),
        ((227, 6, 19), ("", "red")),
        ((255, 148, 0), ("", "orange")),
        ((255, 213, 0), ("light", "yellow")),
        ((11, 110, 79), ("", "green")),
        ((0, 128, 128), ("", "teal")),
        ((28, 48, 74), ("dark", "blue")),
        ((142, 68, 173), ("", "purple")),
        ((255, 105, 180), ("", "pink")),
    ],
)
def test_colours_have_the_names_that_people_give_them(color, name) -> None:
    assert color_name(color) == name

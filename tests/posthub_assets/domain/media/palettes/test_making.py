"""Palettes as they are stored: of a picture and by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posthub_assets.domain.bodies import MAIN_FIELD, PaletteBody, PaletteSource, parse_body
from posthub_assets.domain.by_hand import one, place_of, placing_of
from posthub_assets.domain.content import Kind, content_hash
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.palettes.making import by_hand, of_picture, told
from posthub_assets.domain.media.palettes.task import extract_palette
from posthub_assets.domain.quality.context import main_text, past_item
from posthub_assets.domain.quality.gate import GateContext, check_item, passes
from posthub_assets.domain.searching.texts import searched
from posthub_assets.domain.visuals.palette import hex_color

CONTEXT = GateContext(language="en", company_name="", tier="PRO", machine_written=False)
CHANNEL = st.integers(0, 255)
HEX = st.tuples(CHANNEL, CHANNEL, CHANNEL).map(hex_color)


@settings(max_examples=60, deadline=None)
@given(st.lists(HEX, min_size=1, max_size=8, unique=True))
def test_any_colours_by_hand_make_a_palette_that_passes_the_gate(colors):
    body = by_hand(colors, name="Ours")
    assert [one.hex for one in body.colors[: len(colors)]] == colors
    assert all(one.is_derived for one in body.colors[len(colors) :])
    assert passes(check_item(Kind.PALETTE, body, CONTEXT))
    stored = body.model_dump(mode="json")
    content_hash(stored)
    assert parse_body(Kind.PALETTE, stored) == body


@settings(max_examples=60, deadline=None)
@given(st.lists(HEX, min_size=1, max_size=8, unique=True), HEX, HEX)
def test_given_words_and_ground_stay_as_they_are(colors, text, background):
    body = by_hand(colors, name="Ours", text=text, background=background)
    assert (body.roles.text, body.roles.background) == (text, background)
    assert {one.role.value for one in body.adjustments} <= {"primary", "secondary", "accent"}


def test_a_palette_of_a_picture_keeps_where_it_comes_from(saved, halves):
    found, _ = extract_palette({}, [saved(halves)])
    body = of_picture(found, name=" Stage ", media_sha256s=["a" * 64], show_id="s", note="Mine.")
    assert (body.name, body.source, body.show_id) == ("Stage", PaletteSource.EXTRACTED, "s")
    assert body.media_sha256s == ("a" * 64,)
    assert body.note.startswith("The picture has only 2 colours")
    assert body.note.endswith("Mine.")
    assert (body.colors[0].hex, body.colors[0].rgb) == ("#0000FF", (0, 0, 255))
    assert body.colors[0].hsl == (240, 100, 50)


def test_what_was_changed_and_what_to_avoid_is_told_in_sentences():
    body = by_hand(
        ("#777777", "#888888", "#999999"), name="G", text="#222222", background="#666666"
    )
    sentences = told(body)
    assert len(sentences) == len(body.adjustments) + len(body.warnings)
    assert any(one.startswith("The primary colour was #777777 and is #") for one in sentences)
    assert all(one.endswith(".") for one in sentences)


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"colors": []}, "colors", "1 to 8 colours; 0 were"),
        ({"colors": ["#111111"] * 9}, "colors", "9 were given"),
        ({"colors": ["#111111", "blue"]}, "colors[1]", "“blue” is no colour"),
        ({"colors": ["#111111", "#111"]}, "colors[1]", "already, as number 1"),
        ({"colors": ["#111111"], "text": "x"}, "text", "no colour"),
        ({"colors": ["#111111"], "background": "#12"}, "background", "no colour"),
        ({"colors": ["#111111"], "name": "  "}, "name", "a name"),
        ({"colors": ["#111111"], "name": "x" * 201}, "name", "200"),
    ],
)
def test_what_is_no_palette_is_refused_by_name(given, field, said):
    with pytest.raises(InvalidInput, match=said.replace("(", r"\(")) as refused:
        by_hand(**{"name": "Ours", **given})
    assert refused.value.field == field


def test_a_palette_stands_by_itself_and_is_known_by_its_name():
    body = by_hand(("#1C304A",), name="Harbour")
    assert placing_of(Kind.PALETTE).parent is None
    assert place_of(Kind.PALETTE, body, "7") == "by-hand-7"
    assert one(Kind.PALETTE) == "A palette"
    assert MAIN_FIELD[Kind.PALETTE] == "name"
    assert main_text(body) == "Harbour"
    assert past_item("1", Kind.PALETTE, body, "en", keep_text=False).title == "Harbour"
    found = searched(body.model_dump(mode="json"))
    assert (found.title, found.text) == ("Harbour", "")


@pytest.mark.parametrize(
    "change", [{"colors": []}, {"roles": {}}, {"media_sha256s": ["x"]}, {"spare": 1}]
)
def test_a_body_that_does_not_hold_together_is_refused(change):
    stored = by_hand(("#1C304A",), name="Harbour").model_dump(mode="json")
    with pytest.raises(ValueError, match="PaletteBody"):
        PaletteBody.model_validate({**stored, **change})

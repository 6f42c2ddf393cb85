"""Colours: contrast as WCAG has it, and schemes that are legible whatever the brand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthub_assets.domain.visuals.palette import (
    BLACK,
    MIN_SHAPE_CONTRAST,
    MIN_TEXT_CONTRAST,
    WHITE,
    brand_palette,
    contrast,
    distance,
    from_oklch,
    hex_color,
    luminance,
    parse_color,
    readable_on,
    schemes,
    to_oklch,
)

CHANNEL = st.integers(0, 255)
COLORS = st.tuples(CHANNEL, CHANNEL, CHANNEL)


def test_contrast_agrees_with_known_values() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(WHITE, WHITE) == pytest.approx(1)
    assert contrast((0x76, 0x76, 0x76), WHITE) == pytest.approx(4.54, abs=0.005)
    assert luminance((255, 0, 0)) == pytest.approx(0.2126)


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#1C304A", (0x1C, 0x30, 0x4A)),
        ("1c304a", (0x1C, 0x30, 0x4A)),
        (" #fA0 ", (0xFF, 0xAA, 0x00)),
        ("", None),
        ("#12", None),
        ("#12345G", None),
        ("blue", None),
    ],
)
def test_colours_are_read_in_both_forms_and_anything_else_is_none(text, color) -> None:
    assert parse_color(text) == color


@given(COLORS)
def test_oklch_goes_there_and_back(color) -> None:
    back = from_oklch(to_oklch(color))
    assert max(abs(one - other) for one, other in zip(color, back, strict=True)) <= 1


@given(COLORS, COLORS)
def test_any_colour_can_be_made_readable_on_any_ground(color, ground) -> None:
    assert contrast(readable_on(color, ground, MIN_TEXT_CONTRAST), ground) >= MIN_TEXT_CONTRAST


def test_a_colour_that_is_readable_already_is_left_alone() -> None:
    assert readable_on((0x1C, 0x30, 0x4A), WHITE) == (0x1C, 0x30, 0x4A)


def test_lightness_is_moved_no_further_than_needed() -> None:
    moved = readable_on((0x00, 0xCF, 0xFF), WHITE, 4.5)
    lighter = from_oklch((to_oklch(moved)[0] + 0.02, *to_oklch(moved)[1:]))
    assert contrast(moved, WHITE) >= 4.5 > contrast(lighter, WHITE)


@given(st.lists(COLORS, min_size=1, max_size=6))
def test_every_scheme_of_every_brand_is_legible(colors) -> None:
    for scheme in schemes(brand_palette(map(hex_color, colors), fallback_seed="x")).values():
        assert contrast(scheme.text, scheme.ground) >= MIN_TEXT_CONTRAST
        assert contrast(scheme.accent, scheme.ground) >= MIN_SHAPE_CONTRAST


@given(st.lists(COLORS, min_size=1, max_size=4))
def test_shapes_can_be_told_from_the_ground(colors) -> None:
    for scheme in schemes(brand_palette(map(hex_color, colors), fallback_seed="x")).values():
        assert distance(scheme.mid, scheme.ground) > 0.05


def test_a_brand_without_a_readable_colour_gets_one_of_its_own() -> None:
    one = brand_palette(("", "nonsense"), fallback_seed="one")
    assert one == brand_palette((), fallback_seed="one")
    assert len(one) == 1
    assert one != brand_palette((), fallback_seed="another")


def test_colours_that_look_alike_count_once() -> None:
    assert len(brand_palette(("#777777", "#787878", "#767676"), fallback_seed="x")) == 1

"""Roles: words are legible wherever they stand, and every change is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posthub_assets.domain.media.palettes.lab import to_lab
from posthub_assets.domain.media.palettes.roles import (
    FILLED,
    ROLES,
    assign,
    contrast_percent,
    made_legible,
)
from posthub_assets.domain.visuals.palette import contrast

CHANNEL = st.integers(0, 255)
COLORS = st.tuples(CHANNEL, CHANNEL, CHANNEL)
SETS = st.lists(COLORS, min_size=5, max_size=8, unique=True)
MIDDLING = [(118, 118, 118), (128, 120, 118), (116, 125, 118), (120, 118, 132), (110, 118, 118)]


@settings(max_examples=80, deadline=None)
@given(SETS, st.booleans())
def test_words_are_legible_on_the_background_and_on_every_filled_role(colors, has_shares):
    shares = list(range(len(colors), 0, -1)) if has_shares else None
    found = assign(colors, shares)
    assert list(found.roles) == list(ROLES)
    text, ground = found.roles["text"], found.roles["background"]
    assert contrast(text, ground) >= 4.5
    for role in FILLED:
        assert max(contrast(one, found.roles[role]) for one in (text, ground)) >= 4.5
    assert [one.back for one in found.texts] == ["background", *FILLED]
    for one in (*found.texts, *found.warnings):
        assert one.contrast_percent == contrast_percent(
            found.roles[one.front], found.roles[one.back]
        )
    assert all(one.contrast_percent >= 450 for one in found.texts)
    assert all(one.contrast_percent < 450 for one in found.warnings)


@settings(max_examples=80, deadline=None)
@given(SETS)
def test_a_role_has_a_colour_of_the_palette_or_says_how_it_was_changed(colors):
    found = assign(colors, [1] * len(colors))
    told = {one.role: one for one in found.adjustments}
    for role, color in found.roles.items():
        if role in told:
            assert told[role].before in colors
            assert told[role].after == color != told[role].before
        else:
            assert color in colors


@given(COLORS, COLORS)
@settings(max_examples=60, deadline=None)
def test_a_colour_changes_no_more_than_it_must(color, ground):
    made = made_legible(color, (ground,))
    assert contrast(made, ground) >= 4.5
    if contrast(color, ground) >= 4.5:
        assert made == color
        return
    moved = float(to_lab(np.array(made, np.uint8))[0] - to_lab(np.array(color, np.uint8))[0])
    half_way = to_lab(np.array(color, np.uint8))[0] + 0.9 * moved
    grey = to_lab(np.array([[one] * 3 for one in range(256)], np.uint8))[:, 0]
    nearer = int(np.abs(grey - half_way).argmin())
    # Contrast follows lightness: what is nearer to the colour is not legible yet, but for what
    # a colour and a grey of one lightness differ in luminance.
    if abs(moved) > 4:
        assert contrast((nearer,) * 3, ground) < 4.6


def test_middling_colours_are_pushed_apart_and_that_is_said():
    found = assign(MIDDLING, [5, 4, 3, 2, 1])
    assert {one.role for one in found.adjustments} >= {"text"}
    assert contrast(found.roles["text"], found.roles["background"]) >= 4.5


def test_a_dark_picture_has_a_dark_background_and_a_light_one_a_light_one():
    colors = [(12, 12, 16), (240, 240, 236), (180, 40, 40), (40, 90, 160), (200, 170, 60)]
    assert assign(colors, [600, 100, 100, 100, 100]).roles["background"] == (12, 12, 16)
    assert assign(colors, [100, 600, 100, 100, 100]).roles["background"] == (240, 240, 236)


def test_given_words_and_grounds_are_never_changed_only_warned_of():
    grey, other = (120, 120, 120), (130, 130, 130)
    found = assign(MIDDLING, text=grey, background=other)
    assert (found.roles["text"], found.roles["background"]) == (grey, other)
    assert not {"text", "background"} & {one.role for one in found.adjustments}
    assert found.texts[0].contrast_percent < 450


def test_with_a_persons_order_the_first_colours_are_primary_and_secondary():
    colors = [(200, 30, 40), (30, 60, 160), (250, 250, 250), (20, 20, 24), (250, 200, 40)]
    roles = assign(colors).roles
    assert (roles["primary"], roles["secondary"], roles["accent"]) == (
        colors[0],
        colors[1],
        colors[4],
    )


@pytest.mark.parametrize(("one", "other", "percent"), [((0,) * 3, (255,) * 3, 2100)])
def test_contrast_is_told_in_hundredths_rounded_down(one, other, percent):
    assert contrast_percent(one, other) == percent
    assert contrast_percent((119, 119, 119), (255, 255, 255)) == 447

"""What is asked for of a palette: names, other tries, changes by a person."""

from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import PaletteSource
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.palette_orders import (
    FEWEST_COLORS,
    MOST_COLORS,
    PaletteWish,
    changed,
    name_of,
    other_numbers,
    read_wish,
)
from posthub_assets.domain.media.palettes.extraction import FEWEST, MOST
from posthub_assets.domain.media.palettes.making import by_hand

HARBOUR = by_hand(("#1C304A", "#E0A030", "#F6F1E7"), name="Harbour", note="Of 2019.")


def test_a_wish_is_read_as_it_was_kept():
    wish = PaletteWish("Harbour", 6, ("a", "b"))
    assert read_wish(wish.as_json()) == wish


def test_a_palette_is_named_after_what_says_something():
    assert name_of("", "An evening", filename="stage.jpg") == "An evening"
    assert name_of(" ", filename="my.stage.jpg") == "my.stage"
    assert name_of("", filename="") == "Palette"
    assert len(name_of("a" * 300)) == 200


def test_another_try_takes_every_other_number_of_colours_once():
    assert (FEWEST_COLORS, MOST_COLORS) == (FEWEST, MOST)
    assert other_numbers(5) == (6, 7, 8)
    assert other_numbers(8) == (5, 6, 7)


def test_other_words_leave_the_colours_and_where_they_come_from():
    named = changed(HARBOUR, name="Port", show_id="a-show")
    assert (named.name, named.show_id, named.note) == ("Port", "a-show", "Of 2019.")
    assert (named.colors, named.roles) == (HARBOUR.colors, HARBOUR.roles)


def test_other_roles_are_assigned_over_the_colours_that_were_chosen():
    white = changed(HARBOUR, background="#FFFFFF")
    assert (white.roles.background, white.source) == ("#FFFFFF", PaletteSource.BY_HAND)
    assert white.name == "Harbour"
    with pytest.raises(InvalidInput):
        changed(HARBOUR, colors=["blue"])

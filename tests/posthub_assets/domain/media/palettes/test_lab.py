"""Colour differences agree with what their authors published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthub_assets.domain.media.palettes.lab import (
    delta_e_76,
    delta_e_2000,
    delta_e_of_hex,
    is_in_gamut,
    to_lab,
    to_rgb,
)

SHARMA_WU_DALAL_2005 = """
50 2.6772 -79.7751 | 50 0 -82.7485 | 2.0425
50 3.1571 -77.2803 | 50 0 -82.7485 | 2.8615
50 2.8361 -74.0200 | 50 0 -82.7485 | 3.4412
50 -1.3802 -84.2814 | 50 0 -82.7485 | 1.0000
50 -1.1848 -84.8006 | 50 0 -82.7485 | 1.0000
50 -0.9009 -85.5211 | 50 0 -82.7485 | 1.0000
50 0 0 | 50 -1 2 | 2.3669
50 -1 2 | 50 0 0 | 2.3669
50 2.4900 -0.0010 | 50 -2.4900 0.0009 | 7.1792
50 2.4900 -0.0010 | 50 -2.4900 0.0010 | 7.1792
50 2.4900 -0.0010 | 50 -2.4900 0.0011 | 7.2195
50 2.4900 -0.0010 | 50 -2.4900 0.0012 | 7.2195
50 -0.0010 2.4900 | 50 0.0009 -2.4900 | 4.8045
50 -0.0010 2.4900 | 50 0.0010 -2.4900 | 4.8045
50 -0.0010 2.4900 | 50 0.0011 -2.4900 | 4.7461
50 2.5 0 | 50 0 -2.5 | 4.3065
50 2.5 0 | 73 25 -18 | 27.1492
50 2.5 0 | 61 -5 29 | 22.8977
50 2.5 0 | 56 -27 -3 | 31.9030
50 2.5 0 | 58 24 15 | 19.4535
50 2.5 0 | 50 3.1736 0.5854 | 1.0000
50 2.5 0 | 50 3.2972 0 | 1.0000
50 2.5 0 | 50 1.8634 0.5757 | 1.0000
50 2.5 0 | 50 3.2592 0.3350 | 1.0000
60.2574 -34.0099 36.2677 | 60.4626 -34.1751 39.4387 | 1.2644
63.0109 -31.0961 -5.8663 | 62.8187 -29.7946 -4.0864 | 1.2630
61.2901 3.7196 -5.3901 | 61.4292 2.2480 -4.9620 | 1.8731
35.0831 -44.1164 3.7933 | 35.0232 -40.0716 1.5901 | 1.8645
22.7233 20.0904 -46.6940 | 23.0331 14.9730 -42.5619 | 2.0373
36.4612 47.8580 18.3852 | 36.2715 50.5065 21.2231 | 1.4146
90.8027 -2.0831 1.4410 | 91.1528 -1.6435 0.0447 | 1.4441
90.9257 -0.5406 -0.9208 | 88.6381 -0.8985 -0.7239 | 1.5381
6.7747 -0.2908 -2.4247 | 5.8714 -0.0985 -2.2286 | 0.6377
2.0776 0.0795 -1.1350 | 0.9033 -0.0636 -0.5514 | 0.9082
"""
"""Table 1 of the paper: 34 pairs, with the difference to four digits."""

CHANNEL = st.integers(0, 255)
COLORS = st.tuples(CHANNEL, CHANNEL, CHANNEL)


def pairs() -> np.ndarray:
    lines = SHARMA_WU_DALAL_2005.strip().splitlines()
    return np.array([[float(x) for x in line.replace("|", " ").split()] for line in lines])


def test_ciede2000_equals_all_published_pairs_to_four_digits_both_ways():
    table = pairs()
    assert table.shape == (34, 7)
    one, other, published = table[:, :3], table[:, 3:6], table[:, 6]
    assert np.round(delta_e_2000(one, other), 4) == pytest.approx(published, abs=1e-9)
    assert delta_e_2000(other, one) == pytest.approx(delta_e_2000(one, other), abs=1e-12)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ],
)
def test_the_corners_of_srgb_are_where_the_textbooks_have_them(rgb, lab):
    assert to_lab(np.array(rgb, np.uint8)) == pytest.approx(lab, abs=0.012)


@given(COLORS)
def test_a_colour_goes_to_lab_and_comes_back_the_same(rgb):
    lab = to_lab(np.array(rgb, np.uint8))
    assert tuple(to_rgb(lab).tolist()) == rgb
    assert is_in_gamut(lab)


def test_what_srgb_cannot_show_is_told_and_cut():
    beyond = np.array([[50.0, 120.0, 0.0], [50.0, 0.0, 0.0]])
    assert is_in_gamut(beyond).tolist() == [False, True]
    assert to_rgb(beyond).shape == (2, 3)


@given(COLORS, COLORS)
def test_a_difference_is_zero_only_for_the_same_and_none_is_negative(one, other):
    lab = to_lab(np.array([one, other], np.uint8))
    for apart in (delta_e_76(lab[0], lab[1]), delta_e_2000(lab[0], lab[1])):
        assert (apart == 0) == (one == other)
        assert apart >= 0


def test_colours_in_hex_are_compared_and_anything_else_is_refused():
    assert delta_e_of_hex("#000000", "#FFFFFF") == pytest.approx(100)
    with pytest.raises(ValueError, match="not both colours"):
        delta_e_of_hex("#000000", "#FFFF")

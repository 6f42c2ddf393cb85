"""The colours that stand for a picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posthub_assets.domain.media.palettes.clustering import MIN_DELTA_E, centres, histogram
from posthub_assets.domain.media.palettes.extraction import (
    FEWEST,
    MOST,
    extract,
    hsl,
    permille,
    tints,
)
from posthub_assets.domain.media.palettes.lab import delta_e_2000, to_lab
from posthub_assets.domain.media.palettes.roles import assign
from posthub_assets.domain.media.palettes.sampling import Sample

CHANNEL = st.integers(0, 255)
COLORS = st.tuples(CHANNEL, CHANNEL, CHANNEL)
PAINTS = st.lists(st.tuples(COLORS, st.integers(1, 400)), min_size=1, max_size=24)


def painted(areas) -> Sample:
    """Pixels of flat areas: (colour, how many)."""
    return Sample(np.concatenate([np.tile(np.array(c, np.uint8), (n, 1)) for c, n in areas]))


def closest(colors) -> float:
    lab = to_lab(np.array(colors, np.uint8))
    apart = delta_e_2000(lab[:, None], lab[None])
    return float(apart[~np.eye(len(colors), dtype=bool)].min())


@settings(max_examples=60, deadline=None)
@given(PAINTS, st.sampled_from([None, 5, 6, 7, 8]))
def test_any_picture_has_a_palette_of_colours_that_are_told_apart(areas, wanted):
    found = extract(painted(areas), wanted).colors
    assert FEWEST <= len(found) <= (wanted or MOST)
    assert closest([one.rgb for one in found]) >= MIN_DELTA_E
    shares = [one.share_permille for one in found]
    assert sum(shares) == 1000
    assert shares == sorted(shares, reverse=True)
    assert all((one.share_permille == 0) == one.is_derived for one in found)
    assert extract(painted(areas), wanted).colors == found


def test_flat_areas_are_found_exactly_the_largest_first():
    areas = [((250, 250, 250), 400), ((200, 20, 30), 300), ((10, 20, 120), 200)]
    areas += [((40, 160, 60), 70), ((240, 200, 40), 30)]
    found = extract(painted(areas))
    assert [(one.rgb, one.share_permille) for one in found.colors] == [
        (color, count) for color, count in areas
    ]
    assert found.notes == ()


def test_near_duplicates_are_merged():
    areas = [((200, 30, 30), 50), ((204, 33, 30), 50), ((198, 28, 33), 50), ((20, 30, 200), 50)]
    found = [one for one in extract(painted(areas)).colors if not one.is_derived]
    assert [one.share_permille for one in found] == [750, 250]


def test_specks_do_not_count_as_a_colour_of_the_picture():
    areas = [((255, 255, 255), 9960), ((255, 0, 0), 40)]
    found = [one.rgb for one in extract(painted(areas)).colors if not one.is_derived]
    assert found == [(255, 255, 255)]


@pytest.mark.parametrize(
    ("areas", "own", "said"),
    [
        ([((200, 30, 30), 1)], 1, "only one colour"),
        ([((128, 128, 128), 9)], 1, "only one colour"),
        ([((0, 0, 0), 5), ((255, 255, 255), 5)], 2, "only 2 colours"),
    ],
)
def test_a_picture_with_too_few_colours_gets_tints_of_them_and_a_note(areas, own, said):
    found = extract(painted(areas))
    assert [one.is_derived for one in found.colors] == [False] * own + [True] * (FEWEST - own)
    assert len(found.notes) == 1
    assert said in found.notes[0]


@pytest.mark.parametrize("greys", [(212, 148, 92, 25), (204, 145, 94, 48), (0, 85, 170, 255)])
def test_greys_that_leave_no_room_between_them_get_a_quiet_colour(greys):
    found = extract(painted([((grey,) * 3, 100) for grey in greys]))
    assert len(found.colors) == FEWEST
    assert closest([one.rgb for one in found.colors]) >= MIN_DELTA_E
    assert assign([one.rgb for one in found.colors]).roles


@settings(max_examples=60, deadline=None)
@given(st.lists(CHANNEL, min_size=1, max_size=5, unique=True))
def test_any_greys_have_a_whole_palette(greys):
    found = extract(painted([((grey,) * 3, 100) for grey in greys])).colors
    assert len(found) == FEWEST
    assert closest([one.rgb for one in found]) >= MIN_DELTA_E


def test_greys_give_greys_only():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    found = extract(Sample(ramp))
    assert all(len(set(one.rgb)) == 1 for one in found.colors)


def test_fewer_colours_than_asked_for_are_told():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    found = extract(Sample(ramp), 8)
    assert len(found.colors) < 8
    assert "8 colours were asked for" in found.notes[0]


def test_what_is_transparent_does_not_count():
    pixels = np.array([[255, 0, 0]] * 50 + [[0, 0, 255]] * 50, np.uint8)
    alpha = np.array([0] * 50 + [255] * 50, np.uint8)
    first = extract(Sample(pixels, alpha)).colors[0]
    assert (first.rgb, first.share_permille) == ((0, 0, 255), 1000)


def test_what_is_half_seen_counts_by_half():
    pixels = np.array([[255, 0, 0]] * 50 + [[0, 0, 255]] * 50, np.uint8)
    alpha = np.array([85] * 50 + [255] * 50, np.uint8)
    found = extract(Sample(pixels, alpha)).colors
    assert [one.share_permille for one in found[:2]] == [750, 250]


@pytest.mark.parametrize("seed", range(12))
def test_rounding_brings_no_two_colours_together(seed):
    rng = np.random.default_rng(seed)
    middle, spread = rng.integers(60, 196, 3), rng.integers(12, 40)
    pixels = np.clip(rng.normal(middle, spread, (3000, 3)), 0, 255).astype(np.uint8)
    found = centres(histogram(pixels), 8, 8, 0.0)
    assert closest(found) >= MIN_DELTA_E


def test_the_order_of_the_pixels_makes_no_difference():
    rng = np.random.default_rng(7)
    pixels = rng.integers(0, 256, (4000, 3), dtype=np.uint8)
    assert extract(Sample(pixels)) == extract(Sample(pixels[::-1].copy()))


def test_centres_are_nearly_as_good_as_the_best_of_many_tries():
    rng = np.random.default_rng(3)
    middles = rng.integers(30, 226, (9, 3))
    pixels = middles[rng.integers(0, 9, 6000)] + rng.normal(0, 9, (6000, 3))
    points = histogram(np.clip(pixels, 0, 255).astype(np.uint8))

    def error(lab) -> float:
        apart = np.sqrt(((points.lab[:, None] - lab[None]) ** 2).sum(axis=2)).min(axis=1)
        return float((apart * points.weights).sum() / points.weights.sum())

    from sklearn.cluster import KMeans

    best = KMeans(8, n_init=10, random_state=0).fit(points.lab, sample_weight=points.weights)
    assert error(to_lab(centres(points, 8, 8, 0.0))) <= 1.03 * error(best.cluster_centers_)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_shares_are_whole_thousandths_of_the_whole(weights):
    shares = permille([float(one) for one in weights])
    assert sum(shares) == 1000
    exact = [1000 * one / sum(weights) for one in weights]
    assert all(abs(one - true) < 1 for one, true in zip(shares, exact, strict=True))


@settings(max_examples=40, deadline=None)
@given(COLORS, st.integers(1, 4))
def test_tints_stay_apart_from_the_colour_and_each_other(color, count):
    made = tints([color], count)
    assert len(made) == count
    assert closest([color, *made]) >= MIN_DELTA_E


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [
        ((255, 0, 0), (0, 100, 50)),
        ((0, 0, 0), (0, 0, 0)),
        ((28, 48, 74), (214, 45, 20)),
        ((255, 0, 1), (0, 100, 50)),
    ],
)
def test_colours_are_told_in_hue_saturation_and_lightness(rgb, expected):
    assert hsl(rgb) == expected

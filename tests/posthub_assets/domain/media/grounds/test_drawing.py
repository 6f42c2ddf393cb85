"""Grounds without words: the asked size, the brand's colours, four different ones, repeatable."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageOps

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.grounds.alt_texts import ground_alt_text
from posthub_assets.domain.media.grounds.drawing import GROUNDS, draw_ground, ground_name
from posthub_assets.domain.visuals.palette import to_oklch

BRAND = ("#1C304A", "#00CFFF", "#046B99")


def small(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.resize((24, 24), Image.Resampling.BOX)).astype(float)


@pytest.mark.parametrize("preset", GROUNDS)
def test_four_variants_are_four_clearly_different_pictures_of_the_asked_size(preset) -> None:
    drawn = [draw_ground(180, 270, BRAND, preset, variant) for variant in (1, 2, 3, 4)]
    assert {(one.size, one.mode) for one in drawn} == {((180, 270), "RGB")}
    for one, other in combinations(drawn, 2):
        assert np.abs(small(one) - small(other)).mean() > 15
    assert len({ground_name(preset, variant) for variant in (1, 2, 3, 4)}) == 4


@pytest.mark.parametrize("preset", GROUNDS)
@pytest.mark.parametrize("size", [(270, 136), (64, 64), (65, 301)])
def test_other_shapes_are_drawn_to_the_pixel(preset, size) -> None:
    for variant in (1, 2, 3, 4):
        assert draw_ground(*size, BRAND, preset, variant).size == size


@pytest.mark.parametrize("preset", GROUNDS)
def test_the_same_order_gives_the_same_pixels_and_the_fifth_variant_others(preset) -> None:
    first, again = (draw_ground(160, 160, BRAND, preset, 1, seed="x") for _ in range(2))
    assert first.tobytes() == again.tobytes()
    fifth = draw_ground(160, 160, BRAND, preset, 5, seed="x")
    assert ground_name(preset, 5) == ground_name(preset, 1)
    assert fifth.tobytes() != first.tobytes()


@pytest.mark.parametrize("preset", GROUNDS)
def test_the_colours_are_the_brands(preset) -> None:
    """A blue brand gives more blue, a red one more red, whatever the ground."""
    for variant in (1, 2, 3, 4):
        blue = small(draw_ground(120, 120, ("#0B3FA8", "#2D6BE0"), preset, variant))
        red = small(draw_ground(120, 120, ("#B00020", "#E0403A"), preset, variant))
        lean_of_blue = (blue[..., 2] - blue[..., 0]).mean()
        lean_of_red = (red[..., 2] - red[..., 0]).mean()
        assert lean_of_blue > lean_of_red + 25


def test_without_colours_the_seed_gives_a_hue() -> None:
    one, other = (draw_ground(80, 80, (), "modern", 4, seed=seed) for seed in ("a", "b"))
    means = [tuple(int(v) for v in small(p).mean(axis=(0, 1))) for p in (one, other)]
    assert abs(to_oklch(means[0])[2] - to_oklch(means[1])[2]) > 0.2


def test_a_ground_for_words_from_the_right_is_the_mirror_image() -> None:
    plain = draw_ground(270, 136, BRAND, "modern", 1)
    mirrored = draw_ground(270, 136, BRAND, "modern", 1, mirrored=True)
    assert ImageOps.mirror(mirrored).tobytes() == plain.tobytes() != mirrored.tobytes()


def test_every_ground_is_described_in_each_language() -> None:
    for ground, _ in (one for four in GROUNDS.values() for one in four):
        told = {ground_alt_text(ground, language) for language in ("en", "cs", "fa", "uk")}
        assert len(told) == 4
        assert all(text.endswith(".") for text in told)
        assert ground_alt_text(ground, "de") == ground_alt_text(ground, "en")


def test_a_preferred_ground_comes_first() -> None:
    assert ground_name("realistic", 1, prefer="hills") == "hills"
    assert {ground_name("realistic", n, prefer="hills") for n in (1, 2, 3, 4)} == {
        name for name, _ in GROUNDS["realistic"]
    }
    assert ground_name("realistic", 1, prefer="no such ground") == "stage"


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ((200, 200, BRAND, "cubist", 1), "realistic, artistic, modern, vintage"),
        ((200, 200, BRAND, "modern", 0), "count from 1"),
        ((63, 200, BRAND, "modern", 1), "63 by 200"),
        ((200, 4097, BRAND, "modern", 1), "4097"),
    ],
)
def test_an_order_that_cannot_be_met_is_refused_with_what_can(order, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        draw_ground(*order)

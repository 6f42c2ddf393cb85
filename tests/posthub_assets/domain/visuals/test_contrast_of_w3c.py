"""Contrast equals the figures that the W3C publishes, to four digits."""

from __future__ import annotations

import pytest

from posthub_assets.domain.media.palettes.roles import contrast_percent
from posthub_assets.domain.quality.pictures import contrast_percent as of_hex
from posthub_assets.domain.visuals.palette import (
    contrast,
    hex_color,
    luminance,
    parse_color,
)

WHEAT = "#F5DEB3"

# W3C, CSS Color Module Level 6 (editor's draft, github.com/w3c/csswg-drafts, css-color-6), examples
# of "If there is a target contrast": colours on wheat, with relative luminance and contrast ratio.
ON_WHEAT = [
    ("bisque", "#FFE4C4", 0.807, 1.073),
    ("darkgoldenrod", "#B8860B", 0.273, 2.477),
    ("olive", "#808000", 0.200, 3.193),
    ("sienna", "#A0522D", 0.137, 4.274),
    ("darkgreen", "#006400", 0.091, 5.662),
    ("maroon", "#800000", 0.046, 8.333),
    ("tan", "#D2B48C", 0.482, 1.501),
    ("white", "#FFFFFF", 1.0, 1.314),
    ("black", "#000000", 0.0, 15.982),
]


def rgb(text):
    found = parse_color(text)
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "color", "of_white", "published"), ON_WHEAT)
def test_contrast_equals_what_w3c_publishes(name, color, of_white, published):
    digits = 2 if published >= 10 else 3
    assert round(luminance(rgb(color)), 3) == of_white
    assert round(contrast(rgb(color), rgb(WHEAT)), digits) == round(published, digits)
    assert contrast(rgb(WHEAT), rgb(color)) == contrast(rgb(color), rgb(WHEAT))


def test_the_ground_has_the_published_luminance_and_both_ends_are_21_to_1():
    assert round(luminance(rgb(WHEAT)), 3) == 0.749
    assert round(luminance(rgb("#FFFF00")), 4) == round(0.92781, 4)
    # WCAG 2.2, "contrast ratio": from 1 to 21.
    assert contrast(rgb("#000000"), rgb("#FFFFFF")) == 21
    assert contrast(rgb(WHEAT), rgb(WHEAT)) == 1


def test_a_wide_gamut_example_of_w3c_comes_out_of_its_luminances():
    # The same draft, "WCAG 2.1": yellow on color(display-p3 0.38 0.11 0.05), luminance 0.03568.
    assert round((luminance(rgb("#FFFF00")) + 0.05) / (0.03568 + 0.05), 2) == 11.41
    # And hsl(200 83% 23%) on hsl(200 50% 80%): 6.08409, from colours that were not rounded.
    assert round(contrast((179, 213, 230), (10, 75, 107)), 3) == 6.084


@pytest.mark.parametrize("channel", range(256))
def test_the_older_threshold_of_wcag_gives_every_byte_the_same_value(channel):
    # 0.03928 stood in WCAG 2.0 and 2.1; 0.04045 is that of IEC 61966-2-1 and of WCAG 2.2.
    value = channel / 255
    older = value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4
    assert luminance((channel, channel, channel)) == pytest.approx(older, abs=1e-12)


@pytest.mark.parametrize("color", [one[1] for one in ON_WHEAT])
def test_both_places_that_count_in_hundredths_agree(color):
    assert contrast_percent(rgb(color), rgb(WHEAT)) == of_hex(hex_color(rgb(color)), WHEAT)

"""Legibility is measured on the pixels, and mended where a ground is too busy."""

from __future__ import annotations

from PIL import Image

from posthub_assets.domain.visuals.composition import Area
from posthub_assets.domain.visuals.legibility import ensure_contrast, worst_ground
from posthub_assets.domain.visuals.palette import contrast

INKS = (Area(40, 40, 160, 60), Area(40, 80, 120, 100))
WHITE, NAVY, SKY = (255, 255, 255), (28, 48, 74), (0, 207, 255)


def test_a_single_bad_pixel_behind_the_text_is_found() -> None:
    image = Image.new("RGB", (200, 150), NAVY)
    image.putpixel((118, 95), SKY)
    assert worst_ground(image, INKS, WHITE) == (SKY, contrast(SKY, WHITE))


def test_a_bad_pixel_elsewhere_does_not_matter() -> None:
    image = Image.new("RGB", (200, 150), NAVY)
    image.putpixel((180, 95), SKY)
    assert worst_ground(image, INKS, WHITE)[0] == NAVY


def test_a_busy_ground_gets_a_panel_behind_all_lines() -> None:
    image = Image.new("RGB", (200, 150), NAVY)
    for x in range(0, 200, 3):
        image.putpixel((x, 50), SKY)
    worst, ratio = ensure_contrast(image, INKS, text=WHITE, ground=NAVY)
    assert worst == NAVY
    assert ratio == contrast(NAVY, WHITE)
    assert image.getpixel((0, 50)) == SKY


def test_a_quiet_ground_is_left_as_it_is() -> None:
    image = Image.new("RGB", (200, 150), NAVY)
    before = image.tobytes()
    ensure_contrast(image, INKS, text=WHITE, ground=NAVY)
    assert image.tobytes() == before

"""Auto-format looks like the recipe done straight, on every picture and every canvas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posthub_assets.domain.media.formats import SHOW_FORMATS, SOCIAL_FORMATS, PictureFormat
from posthub_assets.domain.media.formatting.compose import compose, needed_sizes
from posthub_assets.domain.media.formatting.layout import layout
from posthub_assets.domain.media.pixels import Pixels, decode, open_picture
from tests.posthub_assets.domain.media.naive_recipe import naive_canvas, psnr
from tests.posthub_assets.domain.media.odd_pictures import file_of, quadrants

POSTER, SQUARE, BANNER = SHOW_FORMATS
PHOTOS = Path("companies") / "18f" / "photos"
TOO_WIDE = "too-wide-8000px.jpg"
BACKDROP_DB, BACKDROP_LEVELS, CANVAS_DB = 47, 10, 50


def composed(data: bytes, *formats: PictureFormat) -> dict[PictureFormat, Image.Image]:
    source = open_picture(data)
    sizes = needed_sizes((source.width_px, source.height_px), formats)
    return dict(compose(decode(source, sizes), formats))


def assert_like_the_naive_one(data: bytes, *formats: PictureFormat, canvas_db: float) -> None:
    whole = decode(open_picture(data)).image
    for one, canvas in composed(data, *formats).items():
        wanted = naive_canvas(whole, one.width_px, one.height_px, exactly=True)
        given, naive = np.asarray(canvas), np.asarray(wanted.canvas)
        left, top, right, bottom = wanted.shown
        frame = np.ones(given.shape[:2], bool)
        frame[top:bottom, left:right] = False
        if frame.any():
            assert psnr(given[frame], naive[frame]) >= BACKDROP_DB
            levels = np.abs(given[frame].astype(int) - naive[frame]).max()
            assert levels <= BACKDROP_LEVELS
        assert psnr(given, naive) >= canvas_db


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "one"),
    [("agile-day.jpg", SQUARE), ("tacos.jpg", BANNER), ("gsa-f-street.png", POSTER)],
)
def test_photos_look_like_the_naive_ones(shared_data: Path, name: str, one: PictureFormat) -> None:
    data = (shared_data / PHOTOS / name).read_bytes()
    assert_like_the_naive_one(data, one, canvas_db=CANVAS_DB)


@pytest.mark.accept
@pytest.mark.shared_data
def test_all_photos_look_like_the_naive_ones_in_all_formats(shared_data: Path) -> None:
    paths = [one for one in sorted((shared_data / PHOTOS).iterdir()) if one.name != TOO_WIDE]
    assert len(paths) == 13
    for path in paths:
        data = path.read_bytes()
        assert_like_the_naive_one(data, *SHOW_FORMATS, *SOCIAL_FORMATS, canvas_db=CANVAS_DB)


def _mosaic(width: int, height: int) -> bytes:
    """Hard edges everywhere: fields of 7 pixels in random colours."""
    random = np.random.default_rng(3)
    fields = random.integers(0, 256, (-(-height // 7), -(-width // 7), 3), dtype=np.uint8)
    pixels = fields.repeat(7, axis=0).repeat(7, axis=1)[:height, :width]
    return file_of(Image.fromarray(pixels))


@pytest.mark.parametrize("size", [(1500, 1000), (90, 61)])
def test_a_mosaic_of_hard_edges_looks_like_the_naive_one(size: tuple[int, int]) -> None:
    assert_like_the_naive_one(_mosaic(*size), SQUARE, canvas_db=44)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (4000, 1), (1, 4000), (2, 3000), (1200, 1800)])
def test_pictures_of_any_shape_find_their_place(size: tuple[int, int]) -> None:
    made = composed(file_of(Image.new("RGB", size, (200, 100, 50))), *SHOW_FORMATS)
    for one, canvas in made.items():
        assert canvas.size == (one.width_px, one.height_px)
        plan = layout(size, canvas.size)
        middle = np.asarray(canvas)[plan.foreground.top, plan.foreground.left]
        assert middle.tolist() == [200, 100, 50]


def test_the_shadow_is_below_the_picture_and_fades() -> None:
    canvas = np.asarray(composed(file_of(Image.new("RGB", (400, 300), "white")), SQUARE)[SQUARE])
    column = canvas[:, 600, 0].astype(int)
    plan = layout((400, 300), (1200, 1200)).foreground
    assert column[plan.bottom - 1] == 255
    above, below = column[plan.top - 1], column[plan.bottom]
    assert below < above < 230, "the shadow lies lower than the picture"
    assert 255 * (1 - 0.45) < below < 255 * (1 - 0.45 * 0.5)
    assert (np.diff(column[plan.bottom :]) >= 0).all()
    assert column[-1] == 255
    assert (canvas[plan.bottom + 5] == canvas[plan.bottom + 5, 0]).all(), "even along the border"


def test_formats_that_show_the_picture_equally_large_show_the_same_pixels() -> None:
    made = composed(file_of(quadrants(900, 600), "JPEG"), *SHOW_FORMATS)
    shown = {}
    for one in (POSTER, SQUARE):
        place = layout((900, 600), (one.width_px, one.height_px)).foreground
        shown[one] = made[one].crop((place.left, place.top, place.right, place.bottom)).tobytes()
    assert shown[POSTER] == shown[SQUARE]


def test_a_part_of_a_pixel_at_the_edge_moves_nothing() -> None:
    small = quadrants(101, 67).resize((1616, 1072), Image.Resampling.NEAREST)
    data = file_of(small.crop((0, 0, 1611, 1069)), "JPEG", quality=95)
    assert_like_the_naive_one(data, PictureFormat("small", 300, 300), canvas_db=44)


def _logo(colour: tuple[int, int, int]) -> bytes:
    logo = Image.new("RGBA", (600, 400))
    logo.paste((*colour, 255), (200, 150, 400, 250))
    return file_of(logo)


@pytest.mark.parametrize(("colour", "is_light"), [((20, 20, 60), True), ((250, 250, 250), False)])
def test_what_one_can_see_through_shows_the_backdrop(
    colour: tuple[int, int, int], is_light: bool
) -> None:
    canvas = composed(_logo(colour), SQUARE)[SQUARE]
    place = layout((600, 400), (1200, 1200)).foreground
    assert canvas.getpixel((600, 600)) == colour
    corner = canvas.getpixel((place.left + 5, place.top + 5))
    assert (sum(corner) > 3 * 200) == is_light  # type: ignore[arg-type]
    assert (sum(corner) < 3 * 60) != is_light  # type: ignore[arg-type]


def test_a_logos_shadow_has_its_outline() -> None:
    canvas = np.asarray(composed(_logo((20, 160, 60)), SQUARE)[SQUARE]).astype(int)
    bare = np.asarray(composed(_logo((20, 160, 60)), SQUARE)[SQUARE])[10, 10]
    below, far = canvas[600 + 100 + 12, 600], canvas[600 + 190, 5]
    assert below.sum() < bare.sum() - 60
    assert far.sum() > below.sum()


def test_the_picture_given_is_not_changed() -> None:
    image = quadrants(300, 200)
    before = image.tobytes()
    list(compose(Pixels(image, (0, 0, 300, 200), 300, 200, ()), SHOW_FORMATS))
    assert image.tobytes() == before

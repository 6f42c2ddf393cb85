"""Bytes to pixels: upright, in sRGB, eight bits, at the scale that is needed."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media import pixels
from posthub_assets.domain.media.pixels import Pixels, decode, open_picture
from posthub_assets.domain.media.profiles import FROM_PROFILE, PROFILE_IGNORED
from tests.posthub_assets.domain.media.odd_pictures import (
    ADOBE_RGB,
    DISPLAY_P3,
    cmyk_profile,
    file_of,
    grey_profile,
    quadrants,
    rgb_profile,
    turned_exif,
)

RED, GREEN, BLUE, WHITE = (230, 20, 30), (20, 200, 40), (10, 30, 220), (255, 255, 255)


def decoded(data: bytes, *needed: tuple[int, int]) -> Pixels:
    return decode(open_picture(data), needed)


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of the four fields."""
    across, down = image.width // 4, image.height // 4
    places = [(across, down), (3 * across, down), (across, 3 * down), (3 * across, 3 * down)]
    return [image.getpixel(place) for place in places]  # type: ignore[misc]


def near(given: tuple[int, ...], wanted: tuple[int, ...], levels: int = 3) -> bool:
    return max(abs(a - b) for a, b in zip(given, wanted, strict=True)) <= levels


def lying(image: Image.Image, orientation: int) -> Image.Image:
    """Lay the picture so that a viewer that obeys `orientation` shows it upright."""
    turns = Image.Transpose
    undo = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_90,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_270,
    }
    return image.transpose(undo[orientation]) if orientation in undo else image


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int, format_: str) -> None:
    options = {"lossless": True} if format_ == "WEBP" else {}
    exif = turned_exif(orientation)
    source = open_picture(file_of(lying(quadrants(), orientation), format_, exif=exif, **options))
    upright = decode(source)
    assert (source.width_px, source.height_px) == upright.image.size == (240, 160)
    told = zip(corners(upright.image), (RED, GREEN, BLUE, WHITE), strict=True)
    assert all(near(given, wanted) for given, wanted in told)
    assert (pixels.TURNED in upright.notes) == (orientation != 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_part_of_a_pixel_stays_where_the_picture_ends(orientation: int) -> None:
    laid = lying(quadrants(333, 221), orientation)
    small = decoded(file_of(laid, "JPEG", exif=turned_exif(orientation)), (70, 48))
    left, top, right, bottom = small.box
    assert small.image.size == (84, 56)
    assert (right - left, bottom - top) == (333 / 4, 221 / 4)
    begins_at_the_right = orientation in (2, 3, 7, 8) if orientation < 5 else orientation in (6, 7)
    assert (left > 0) == begins_at_the_right
    assert right <= 84
    assert bottom <= 56


def test_exif_behind_the_pixels_of_a_png_counts() -> None:
    data = file_of(lying(quadrants(), 6), "PNG", exif=turned_exif(6))
    place = data.index(b"eXIf") - 4
    length = 12 + int.from_bytes(data[place : place + 4])
    moved = data[:place] + data[place + length : -12] + data[place : place + length] + data[-12:]
    assert decoded(moved).image.size == (240, 160)
    assert near(decoded(moved).image.getpixel((60, 40)), RED)  # type: ignore[arg-type]


@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"\0"])
def test_garbage_in_exif_leaves_the_picture_as_it_lies(exif: bytes) -> None:
    assert decoded(file_of(quadrants(), "JPEG", exif=exif)).image.size == (240, 160)


@pytest.mark.parametrize(
    ("needed", "size"),
    [
        ((2000, 2000), (800, 600)),
        ((350, 10), (400, 300)),
        ((88, 66), (100, 75)),
        ((4, 3), (7, 5)),
    ],
)
def test_a_jpeg_is_decoded_no_larger_than_needed(
    needed: tuple[int, int], size: tuple[int, int]
) -> None:
    found = decoded(file_of(quadrants(800, 600), "JPEG"), needed)
    assert found.image.size == size
    assert (found.width_px, found.height_px) == (800, 600)
    assert near(corners(found.image)[0], RED)


def test_a_png_is_reduced_to_little_more_than_what_is_needed() -> None:
    data = file_of(quadrants(801, 600))
    assert decoded(data, (200, 150)).image.size == (401, 300)
    assert decoded(data, (200, 150)).box == (0, 0, 400.5, 300)
    assert decoded(data, (300, 280)).image.size == (801, 600)


@pytest.mark.parametrize(("primaries", "gamma"), [(DISPLAY_P3, 2.2), (ADOBE_RGB, 2.2)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_wide_gamuts_come_out_in_srgb(
    primaries: tuple[tuple[float, ...], ...], gamma: float, mode: str
) -> None:
    inside = Image.new("RGB", (8, 8), (180, 120, 90))
    given = inside.quantize(4) if mode == "P" else inside.convert(mode)
    if mode == "RGBA":
        given.putalpha(100)
    profile = rgb_profile(primaries, gamma)
    found = decoded(file_of(given, icc_profile=profile))
    assert FROM_PROFILE in found.notes
    light = (np.array((180, 120, 90)) / 255) ** gamma @ np.array(primaries)
    wanted = _srgb_of(light)
    assert near(found.image.getpixel((3, 3))[:3], wanted)  # type: ignore[index]
    assert not near(wanted, (180, 120, 90), 5), "the profile must matter"
    if mode == "RGBA":
        assert found.image.getpixel((3, 3))[3] == 100  # type: ignore[index]


def _srgb_of(xyz_d50: np.ndarray) -> tuple[int, ...]:
    """sRGB of XYZ that is adapted to D50 (IEC 61966-2-1, matrix of ICC's sRGB v2 profile)."""
    srgb = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
    linear = np.clip(xyz_d50 @ np.linalg.inv(np.array(srgb)), 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return tuple(round(255 * float(one)) for one in encoded)


def test_a_profile_that_is_srgb_changes_nothing() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    found = decoded(file_of(quadrants(), icc_profile=profile))
    assert found.image.tobytes() == quadrants().tobytes()
    assert found.notes == ()


@pytest.mark.parametrize(
    "profile",
    [b"garbage", b"", cmyk_profile(), rgb_profile(ADOBE_RGB, 2.2)[:200]],
)
def test_a_broken_profile_is_ignored_and_said_so(profile: bytes) -> None:
    found = decoded(file_of(quadrants(), icc_profile=profile))
    assert found.image.tobytes() == quadrants().tobytes()
    assert (PROFILE_IGNORED in found.notes) == bool(profile)


def test_a_profile_beyond_all_measure_is_ignored_and_said_so() -> None:
    found = decoded(file_of(quadrants(), "JPEG", icc_profile=bytes(5_000_000)))
    assert found.notes == (PROFILE_IGNORED,)


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_grey_goes_through_its_profile(mode: str) -> None:
    grey = Image.new("L", (8, 8), 100)
    if mode == "LA":
        grey.putalpha(77)
    found = decoded(file_of(grey, icc_profile=grey_profile(1.0)))
    assert near(found.image.getpixel((2, 2))[:3], (168, 168, 168))  # type: ignore[index]
    assert FROM_PROFILE in found.notes
    if mode == "LA":
        assert found.image.getpixel((2, 2))[3] == 77  # type: ignore[index]


def _cmyk() -> Image.Image:
    return Image.merge("CMYK", [Image.new("L", (64, 64), ink) for ink in (200, 30, 10, 20)])


def test_cmyk_without_a_profile_is_turned_by_arithmetic() -> None:
    found = decoded(file_of(_cmyk(), "JPEG"))
    assert near(found.image.getpixel((9, 9)), (51, 207, 226), 6)  # type: ignore[arg-type]
    assert pixels.CMYK_WITHOUT_PROFILE in found.notes


def test_cmyk_without_the_mark_of_adobe_is_not_inverted() -> None:
    data = file_of(_cmyk(), "JPEG")
    place = data.index(b"\xff\xee")
    length = 2 + int.from_bytes(data[place + 2 : place + 4])
    assert b"Adobe" in data[place : place + length]
    bare = decoded(data[:place] + data[place + length :])
    marked = decoded(file_of(Image.eval(_cmyk(), lambda ink: 255 - ink), "JPEG"))
    assert bare.image.tobytes() == marked.image.tobytes()


def test_cmyk_goes_through_its_profile() -> None:
    white = Image.new("CMYK", (64, 64))
    cyan = Image.merge("CMYK", [Image.new("L", (64, 64), ink) for ink in (255, 0, 0, 0)])
    found = [decoded(file_of(one, "JPEG", icc_profile=cmyk_profile())) for one in (white, cyan)]
    assert all(FROM_PROFILE in one.notes for one in found)
    assert near(found[0].image.getpixel((9, 9)), WHITE, 4)  # type: ignore[arg-type]
    red, green, blue = found[1].image.getpixel((9, 9))  # type: ignore[misc]
    assert red < 60
    assert green > 120
    assert blue > 180


def test_grey_of_sixteen_bits_keeps_its_tones() -> None:
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)[None, :].repeat(300, axis=0)
    found = decoded(file_of(Image.fromarray(ramp)))
    row = np.asarray(found.image)[299, :, 0].astype(int)
    assert np.abs(row - np.arange(256)).max() <= 1
    assert pixels.FROM_SIXTEEN_BITS in found.notes


def test_a_transparent_value_of_sixteen_bits_is_seen_through() -> None:
    values = np.full((4, 4), 40000, np.uint16)
    values[0, 0] = 1234
    image = Image.fromarray(values)
    found = decoded(file_of(image, transparency=1234))
    assert found.image.mode == "RGBA"
    assert [found.image.getpixel(place)[3] for place in ((0, 0), (1, 1))] == [0, 255]  # type: ignore[index]


@pytest.mark.parametrize(
    ("image", "options", "mode"),
    [
        (quadrants().quantize(8), {}, "RGB"),
        (quadrants().quantize(8), {"transparency": 0}, "RGBA"),
        (quadrants(), {"transparency": RED}, "RGBA"),
        (quadrants().convert("L"), {}, "RGB"),
        (quadrants().convert("L"), {"transparency": 255}, "RGBA"),
        (quadrants().convert("1"), {}, "RGB"),
        (quadrants().convert("LA"), {}, "RGB"),
        (quadrants().convert("RGBA"), {}, "RGB"),
    ],
)
def test_every_mode_comes_out_as_rgb_or_rgba(
    image: Image.Image, options: dict[str, object], mode: str
) -> None:
    found = decoded(file_of(image, **options))
    assert found.image.mode == mode
    if options.get("transparency") == RED:
        assert [one[3] for one in corners(found.image)] == [0, 255, 255, 255]


def test_colours_behind_a_transparent_edge_do_not_bleed_when_reduced() -> None:
    picture = np.zeros((400, 400, 4), np.uint8)
    picture[:, 201:] = (250, 250, 250, 255)
    found = decoded(file_of(Image.fromarray(picture)), (50, 50))
    values = np.asarray(found.image).reshape(-1, 4)
    assert (values[values[:, 3] > 0][:, :3] >= 248).all()


@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_the_first_frame_of_an_animation_is_taken_and_said_so(format_: str) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    data = file_of(frames[0], format_, save_all=True, append_images=frames[1:], lossless=True)
    source = open_picture(data)
    assert source.frames == 2
    found = decode(source)
    assert pixels.FIRST_FRAME in found.notes
    assert near(found.image.getpixel((3, 3)), RED)  # type: ignore[arg-type]


def test_a_phones_jpeg_of_several_frames_is_a_jpeg() -> None:
    written = BytesIO()
    second = quadrants().resize((24, 16))
    quadrants().save(written, "MPO", save_all=True, append_images=[second], quality=95)
    source = open_picture(written.getvalue())
    assert (source.format, source.frames) == ("JPEG", 2)
    assert decode(source, [(50, 30)]).image.size == (60, 40)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_truncated_file_is_refused_as_truncated(format_: str, tenth: int) -> None:
    noise = np.random.default_rng(5).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    data = file_of(Image.fromarray(noise), format_)
    with pytest.raises(InvalidInput, match="truncated"):
        decoded(data[: len(data) * tenth // 10])


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"%!PS", bytes(99)]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="not a JPEG, PNG or WebP"):
        open_picture(data)

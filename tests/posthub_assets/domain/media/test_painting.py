"""Paintings cut to size, and pictures made small for a model: whatever their shape and kind."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.painting import MAX_PIXELS, finish, shrink


def painted(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **how) -> bytes:
    """Three bands from left to right: red, green, blue."""
    image = Image.new(mode, (width, height), "red")
    image.paste("green", (width // 3, 0, width - width // 3, height))
    image.paste("blue", (width - width // 3, 0, width, height))
    buffer = BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def cut(data: bytes, width: int, height: int) -> Image.Image:
    _, (out,) = finish({"width_px": width, "height_px": height}, [data])
    return Image.open(BytesIO(out))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(600, 900), (900, 600), (320, 2000), (2000, 320)])
def test_a_painting_gets_exactly_its_size_and_keeps_its_middle(kind, size):
    image = cut(painted(1024, 1024, kind), *size)
    assert (image.size, image.format, image.mode) == (size, "JPEG", "RGB")
    red, green, blue = image.getpixel((size[0] // 2, size[1] // 2))
    assert green > 100 > max(red, blue), "the middle is green"


def test_the_sides_stay_where_nothing_is_cut_off():
    image = cut(painted(900, 600), 600, 400)
    assert image.getpixel((5, 200))[0] > 200
    assert image.getpixel((594, 200))[2] > 200


def test_a_tiny_painting_is_made_larger_and_a_huge_one_smaller():
    assert cut(painted(3, 3), 400, 400).size == (400, 400)
    assert cut(painted(4000, 3200, "JPEG"), 400, 320).size == (400, 320)


def test_what_shows_through_is_white():
    clear = painted(400, 400, mode="RGBA")
    image = Image.open(BytesIO(clear))
    image.putalpha(0)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    assert min(cut(buffer.getvalue(), 400, 400).getpixel((200, 200))) > 250


def test_nothing_that_was_said_in_the_file_is_carried_on():
    exif = Image.Exif()
    exif[0x010E] = "said by the vendor"
    data = painted(400, 400, "JPEG", exif=exif)
    _, (out,) = finish({"width_px": 400, "height_px": 400}, [data])
    assert b"said by the vendor" not in out
    assert finish({"width_px": 400, "height_px": 400}, [data])[1] == [out], "the same bytes again"


@pytest.mark.parametrize(
    "data", [b"", b"no picture", painted(400, 400)[:300], b"<svg/>", painted(64, 64, "GIF")]
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(InvalidInput):
        finish({"width_px": 400, "height_px": 400}, [data])


def test_what_would_unpack_to_too_much_is_refused_by_its_header():
    header = bytearray(painted(8, 8))
    header[16:24] = (20_000).to_bytes(4) * 2
    assert MAX_PIXELS < 20_000**2
    with pytest.raises(InvalidInput):
        finish({"width_px": 400, "height_px": 400}, [bytes(header)])


@pytest.mark.parametrize("size", [(319, 400), (400, 5000)])
def test_odd_sizes_are_refused(size):
    with pytest.raises(InvalidInput, match="320 to 4096"):
        finish({"width_px": size[0], "height_px": size[1]}, [painted(400, 400)])


def test_for_a_model_a_picture_is_made_smaller_and_never_larger():
    told, (out,) = shrink({"longest_px": 300}, [painted(1200, 600, "JPEG")])
    assert Image.open(BytesIO(out)).size == (300, 150) == (told["width_px"], told["height_px"])
    told, _ = shrink({"longest_px": 300}, [painted(200, 100)])
    assert (told["width_px"], told["height_px"]) == (200, 100)

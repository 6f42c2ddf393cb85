"""Previews: small, never larger than the picture, of all that we write."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.previewing import preview


def written(image: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_preview_is_a_jpeg_of_the_same_shape(kind):
    shown = Image.open(BytesIO(preview(written(Image.new("RGB", (1200, 1800), "teal"), kind))))
    assert (shown.format, shown.size) == ("JPEG", (320, 480))
    assert max(abs(a - b) for a, b in zip(shown.getpixel((9, 9)), (0, 128, 128), strict=True)) < 6


def test_a_small_picture_stays_as_it_is():
    shown = Image.open(BytesIO(preview(written(Image.new("RGB", (30, 20), "teal"), "PNG"))))
    assert shown.size == (30, 20)


def test_what_shows_through_is_laid_on_white():
    clear = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    assert Image.open(BytesIO(preview(written(clear, "PNG")))).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff broken", b"....ftypavif"])
def test_what_is_no_picture_is_told(data):
    with pytest.raises(InvalidInput):
        preview(data)

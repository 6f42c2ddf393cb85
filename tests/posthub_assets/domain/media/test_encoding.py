"""Files: what they say about themselves, how large they are, what they leave out."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageFilter, ImageFont

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.encoding import Encoding, encode, has_coloured_edges
from posthub_assets.domain.media.pixels import decode, open_picture
from tests.posthub_assets.domain.media.naive_recipe import psnr

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>'


def photo_like(seed: int = 1) -> Image.Image:
    """Noise of all sizes: as hard for an encoder as a photograph."""
    random = np.random.default_rng(seed)
    layers = [
        Image.fromarray(random.integers(0, 255, (side, side, 3), dtype=np.uint8)).resize(
            (512, 512), Image.Resampling.BICUBIC
        )
        for side in (8, 64, 256)
    ]
    return Image.blend(Image.blend(layers[0], layers[1], 0.4), layers[2], 0.15)


def lettering(colour: str) -> Image.Image:
    canvas = Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(canvas)
    for line in range(5):
        pen.text((30, 40 + 100 * line), "Theatre in the park", colour, ImageFont.load_default(64))
    return canvas


def test_a_default_jpeg_is_progressive_and_says_that_it_is_srgb() -> None:
    opened = Image.open(BytesIO(encode(photo_like(), Encoding()).data))
    assert opened.info["progressive"] == 1
    assert opened.layer[1][1:3] == (1, 1)
    assert opened.layer[0][1:3] == (2, 2)
    profile = ImageCms.ImageCmsProfile(BytesIO(opened.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_a_default_jpeg_is_40_to_60_percent_smaller_than_quality_95() -> None:
    best = BytesIO()
    photo_like().save(best, "JPEG", quality=95)
    saved = 1 - len(encode(photo_like(), Encoding()).data) / len(best.getvalue())
    assert 0.40 <= saved <= 0.60


@pytest.mark.parametrize("type_", ["jpeg", "webp", "avif"])
def test_what_is_written_is_read_back_nearly_the_same(type_: str) -> None:
    picture = photo_like().filter(ImageFilter.GaussianBlur(2))
    written = encode(picture, Encoding(type=type_), xmp=XMP)  # type: ignore[arg-type]
    opened = Image.open(BytesIO(written.data))
    assert opened.get_format_mimetype() == written.media_type
    assert opened.info["xmp"] == XMP
    assert psnr(np.asarray(opened.convert("RGB")), np.asarray(picture)) > 38


def test_nothing_that_the_image_brings_along_is_written() -> None:
    made = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    photo_like().save(made, "JPEG", exif=exif, comment=b"a secret", xmp=b"<a secret/>")
    image = Image.open(BytesIO(made.getvalue()))
    for type_ in ("jpeg", "webp"):
        written = encode(image, Encoding(type=type_)).data  # type: ignore[arg-type]
        assert b"secret" not in written
        assert b"taken at home" not in written
    assert decode(open_picture(made.getvalue())).image.info == {}


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert encode(photo_like(), Encoding()) == encode(photo_like(), Encoding())


@pytest.mark.parametrize("colour", ["red", "blue", "#c2185b"])
def test_coloured_letters_keep_the_colour_of_every_pixel(colour: str) -> None:
    written = encode(lettering(colour), Encoding())
    assert written.full_chroma
    assert Image.open(BytesIO(written.data)).layer[0][1:3] == (1, 1)
    loose = encode(lettering(colour), Encoding(full_chroma=False))
    wanted = np.asarray(lettering(colour))
    given = [np.asarray(Image.open(BytesIO(one.data))) for one in (written, loose)]
    assert psnr(given[0], wanted) > psnr(given[1], wanted) + 2


@pytest.mark.parametrize("picture", [lettering("black"), photo_like(), Image.new("RGB", (1, 1))])
def test_black_letters_and_photographs_do_not_need_it(picture: Image.Image) -> None:
    assert not has_coloured_edges(picture)


@pytest.mark.parametrize("asked", [{"type": "gif"}, {"quality": 0}, {"quality": 101}])
def test_what_no_encoder_takes_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Encoding(**asked)  # type: ignore[arg-type]


def test_a_description_too_long_for_a_jpeg_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Shorten its description"):
        encode(photo_like(), Encoding(), xmp=bytes(70_000))


@pytest.mark.parametrize("quality", [None, 100])
def test_noise_that_hardly_gets_smaller_is_written_too(quality):
    noise = np.random.default_rng(1).integers(0, 256, (900, 600, 3), dtype=np.uint8)
    written = encode(Image.fromarray(noise), Encoding(quality=quality, full_chroma=True))
    assert Image.open(BytesIO(written.data)).size == (600, 900)

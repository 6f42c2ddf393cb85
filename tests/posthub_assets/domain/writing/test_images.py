"""What a painted picture is asked to be, and how a painting becomes a picture of ours."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageCms

from posthub_assets.domain.bodies import ImageBody, Platform
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.social.rules import rules_for
from posthub_assets.domain.vendors import Painting
from posthub_assets.domain.writing import fit_picture, image_prompt, picture_from, prepare_image
from posthub_assets.domain.writing.industries import GUIDANCE, Authenticity, authenticity_of

RATIOS = {
    Platform.FACEBOOK: "1.91:1",
    Platform.INSTAGRAM: "4:5",
    Platform.LINKEDIN: "1.91:1",
    Platform.X: "16:9",
    Platform.TIKTOK: "9:16",
}


def painted(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **how) -> bytes:
    """A picture with a red left and a blue right half."""
    image = Image.new(mode, (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    buffer = BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("Bicycle repair", "high"),
        ("Home care", "high"),
        ("Řemeslná pekárna", "high"),
        ("Ресторан", "high"),
        ("Догляд за літніми людьми", "high"),
        ("کارگاه نجاری", "high"),
        ("Tax law", "low"),
        ("Finanční poradenství", "low"),
        ("Advokátní kancelář", "low"),
        ("Бухгалтерські послуги", "low"),
        ("نرم‌افزار و فناوری", "low"),
        ("وکالت", "low"),
        ("Publishing", "medium"),
        ("Nakladatelství", "medium"),
        ("", "medium"),
        ("Italian films", "medium"),
    ],
)
def test_the_industry_decides_how_candid_a_picture_is(words, level):
    assert authenticity_of(words) is Authenticity(level)
    assert authenticity_of("", words) is Authenticity(level)


def test_where_the_industry_says_both_the_business_field_decides():
    assert authenticity_of("Software for restaurants", "Cooking lessons") is Authenticity.HIGH
    assert authenticity_of("Bakery", "Software") is Authenticity.HIGH


@pytest.mark.parametrize("platform", list(Platform))
def test_each_platform_asks_for_its_own_shape(platform, samples):
    prepared = prepare_image(samples("en").image_brief(platform))
    assert prepared.aspect_ratio == RATIOS[platform]
    assert prepared.variables["platform"] == platform.value
    assert prepared.code == "IMAGE_GEN"


def test_a_square_size_asks_for_a_square(samples):
    brief = samples("en").image_brief(Platform.INSTAGRAM, width_px=1080, height_px=1080)
    assert prepare_image(brief).aspect_ratio == "1:1"


def test_the_prompt_holds_style_guidance_and_the_brand_first_but_no_company_name(samples):
    sample = samples("en")
    told = image_prompt(sample.image_brief())
    assert told["palette"][:2] == ["#1C304A", "#00CFFF"]
    assert told["guidance"] == GUIDANCE[Authenticity.HIGH]
    assert told["art_style"] == sample.persona.visual_style.art_style
    assert sample.company.name not in str({k: v for k, v in told.items() if k != "subject"})
    negative = prepare_image(sample.image_brief()).negative.split(", ")
    for word in ("blur", "low quality", "distortion", "watermark", "text", "logo"):
        assert word in negative


def test_variants_and_rounds_are_different_pictures_and_the_same_brief_is_the_same(
    samples, revision
):
    sample = samples("en")
    views = [
        image_prompt(sample.image_brief(variant=1))["composition"],
        image_prompt(sample.image_brief(variant=2))["composition"],
        image_prompt(sample.image_brief(variant=2, revision=revision))["composition"],
    ]
    assert len(set(views)) == 3
    assert prepare_image(sample.image_brief()) == prepare_image(sample.image_brief())


@pytest.mark.parametrize("language", ["en", "cs", "fa", "uk"])
@pytest.mark.parametrize("platform", list(Platform))
def test_a_painting_becomes_a_picture_that_the_gate_takes(language, platform, samples, faults_of):
    sample = samples(language)
    brief = sample.image_brief(platform)
    picture = picture_from(brief, Painting(painted(700, 500), "image/png", "brush-1"))
    rules = rules_for(platform)
    assert opened(picture.data).size == (rules.image_width_px, rules.image_height_px)
    assert (picture.layout, picture.headline, picture.model) == ("photo", "", "brush-1")
    assert brief.topic_title in picture.alt_text
    body = ImageBody(
        platform=platform,
        media_sha256="0" * 64,
        media_type=picture.media_type,
        width_px=picture.width_px,
        height_px=picture.height_px,
        variant=1,
        layout=picture.layout,
        headline=picture.headline,
        alt_text=picture.alt_text,
        text_color=picture.text_color,
        background_color=picture.background_color,
        contrast_percent=picture.contrast_percent,
        right_to_left=picture.right_to_left,
    )
    assert faults_of(Kind.IMAGE, body, language) == []
    assert picture.right_to_left is (language == "fa")


def test_a_picture_is_cut_around_its_centre():
    wide = opened(fit_picture(painted(1000, 200), 100, 100))
    left, right = wide.getpixel((5, 50)), wide.getpixel((94, 50))
    assert left[0] > 200 > left[2]
    assert right[2] > 200 > right[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_comes_out_is_a_marked_jpeg_in_rgb_and_the_same_each_time(kind):
    data = fit_picture(painted(300, 200, kind), 128, 64)
    assert data == fit_picture(painted(300, 200, kind), 128, 64)
    image = opened(data)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (128, 64))
    assert b"trainedAlgorithmicMedia" in data


def test_metadata_of_the_painting_is_not_kept():
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    assert b"a secret" not in fit_picture(painted(200, 200, "JPEG", exif=exif), 100, 100)


def test_transparent_parts_become_white():
    buffer = BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(buffer, "PNG")
    assert min(opened(fit_picture(buffer.getvalue(), 100, 100)).getpixel((50, 50))) >= 250


def test_an_embedded_profile_is_turned_into_srgb_and_a_broken_one_left_aside():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"no profile at all"):
        data = fit_picture(painted(200, 200, "JPEG", icc_profile=icc), 100, 100)
        assert "icc_profile" not in opened(data).info


@pytest.mark.parametrize("data", [b"", b"no picture", painted(64, 64)[:90], b"GIF89a" + b"0" * 40])
def test_what_is_no_picture_is_an_invalid_answer(data, samples):
    with pytest.raises(InvalidAnswer, match="no picture"):
        picture_from(samples("en").image_brief(), Painting(data, "image/png", "brush-1"))


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(InvalidAnswer, match=r"limit is|no picture"):
        fit_picture(painted(9000, 9000, mode="1"), 100, 100)


def test_a_size_that_nobody_shows_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="64 to 8192"):
        fit_picture(painted(64, 64), 10, 100)

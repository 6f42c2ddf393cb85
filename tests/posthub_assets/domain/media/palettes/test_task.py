"""The whole task: a file in, a palette out, whatever the file is."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageCms

from posthub_assets.domain.content import canonical_bytes
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.palettes.lab import delta_e_of_hex
from posthub_assets.domain.media.palettes.sampling import sample
from posthub_assets.domain.media.palettes.task import extract_palette

RED, BLUE = "#FF0000", "#0000FF"


def own(blob: bytes) -> list[str]:
    """The colours that the picture has itself."""
    found, _ = extract_palette({}, [blob])
    return [one["hex"] for one in found["colors"] if not one["is_derived"]]


@pytest.mark.shared_data
def test_every_photo_gets_a_palette_that_is_safe_to_read(photos):
    for photo in photos:
        found, blobs = extract_palette({"colors": None}, [photo.read_bytes()])
        assert blobs == []
        canonical_bytes(found)  # no floats
        assert json.loads(json.dumps(found)) == found
        assert 5 <= len(found["colors"]) <= 8, photo.name
        for one, other in combinations(found["colors"], 2):
            assert delta_e_of_hex(one["hex"], other["hex"]) >= 10, photo.name
        assert [one["contrast_percent"] >= 450 for one in found["texts"]] == [True] * 4, photo.name


@pytest.mark.shared_data
def test_as_many_colours_as_asked_for_and_the_same_ones_each_time(photos):
    blob = next(one for one in photos if one.name == "hire-us.jpg").read_bytes()
    for wanted in (5, 6, 7, 8):
        found, _ = extract_palette({"colors": wanted}, [blob])
        assert len(found["colors"]) == wanted
        assert extract_palette({"colors": wanted}, [blob])[0] == found


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "JPEG"])
def test_each_kind_of_file_is_read(saved, halves, kind):
    how = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    found = own(saved(halves, kind, **how))
    assert all(delta_e_of_hex(one, to) < 1 for one, to in zip(found, (BLUE, RED), strict=True))


@pytest.mark.parametrize("mode", ["P", "RGBA", "CMYK", "L", "LA", "1", "I;16", "I", "F"])
def test_each_mode_is_read(saved, mode):
    # Lossless, and every mode of ours: greys of 16 and 32 bits must not be cut off at 255.
    if mode in ("I;16", "I", "F"):
        values = np.repeat([[0, 25700, 65535]], 60, axis=0).repeat(20, axis=1)
        type_ = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        picture = Image.fromarray(values.astype(type_))
        expected = {"#000000", "#646464", "#FFFFFF"}
    else:
        picture = Image.new("RGB", (60, 60), "black")
        picture.paste((255, 255, 255), (0, 0, 30, 60))
        picture = picture.convert(mode)
        expected = {"#000000", "#FFFFFF"}
    assert picture.mode == mode
    assert set(own(saved(picture, "TIFF"))) == expected


def test_transparency_of_a_palette_picture_counts(saved, halves):
    indexed = halves.convert("P", palette=Image.Palette.ADAPTIVE, colors=2)
    hidden = indexed.getpixel((150, 10))
    assert own(saved(indexed, transparency=hidden)) == [BLUE]


def test_a_picture_that_is_all_transparent_says_so(saved):
    found, _ = extract_palette({}, [saved(Image.new("RGBA", (9, 9), (255, 0, 0, 0)))])
    assert "transparent everywhere" in found["notes"][0]
    assert found["colors"][0]["hex"] == RED


def test_an_embedded_profile_is_followed_and_a_broken_one_passed_over(saved, halves):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert own(saved(halves, icc_profile=lab)) == [BLUE, RED]
    assert own(saved(halves, icc_profile=b"no profile at all")) == [BLUE, RED]


@pytest.mark.parametrize("size", [(1, 1), (4000, 1), (1, 4000), (3000, 2000)])
def test_any_shape_is_sampled_to_some_ten_thousand_pixels(saved, size):
    taken = sample(saved(Image.new("RGB", size, (9, 99, 199))))
    assert 1 <= len(taken.pixels) <= 20_000
    assert {tuple(one) for one in taken.pixels.tolist()} == {(9, 99, 199)}


@pytest.mark.parametrize("junk", [b"", b"%!PS-Adobe-3.0", b"\x89PNG\r\n\x1a\n", b"<svg/>"])
def test_what_is_no_picture_is_refused(junk):
    with pytest.raises(InvalidInput, match="no picture"):
        extract_palette({}, [junk])


def test_a_picture_that_breaks_off_is_refused(saved, halves):
    whole = saved(halves)
    with pytest.raises(InvalidInput, match="broken"):
        extract_palette({}, [whole[: len(whole) // 2]])


@pytest.mark.parametrize("colors", [4, 9, "6", 6.0, True])
def test_only_five_to_eight_colours_can_be_asked_for(saved, halves, colors):
    with pytest.raises(InvalidInput, match="5 to 8"):
        extract_palette({"colors": colors}, [saved(halves)])


def test_one_picture_makes_a_palette_not_two_and_not_none(saved, halves):
    for blobs in ([], [saved(halves)] * 2):
        with pytest.raises(InvalidInput, match="one picture"):
            extract_palette({}, blobs)


def test_the_task_loads_nothing_but_numpy_and_pillow():
    code = (
        "import sys; import posthub_assets.domain.media.palettes.task;"
        "print([one for one in ('pydantic', 'sklearn', 'scipy', 'pandas') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

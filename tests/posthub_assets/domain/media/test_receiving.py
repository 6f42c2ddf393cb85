"""Uploads of real photos, and what is promised of every picture that is taken in."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posthub_assets.domain.errors import RefusedPicture
from posthub_assets.domain.media.containers.parts import Kind
from posthub_assets.domain.media.looking import MAX_DECODING_BYTES, look
from posthub_assets.domain.media.notes import SENTENCES, Note
from posthub_assets.domain.media.receiving import receive
from posthub_assets.domain.media.refusing import NEXT, Reason
from resources.darkroom.limits import Limits
from tests.posthub_assets.domain.media.corpus.building import encoded, exif, scene
from tests.posthub_assets.domain.media.corpus.disguised import others

PHOTOS = "companies/18f/photos"


def test_every_reason_and_every_note_has_its_sentence():
    assert set(NEXT) == set(Reason)
    assert set(SENTENCES) == set(Note)
    for sentence in (*NEXT.values(), *SENTENCES.values()):
        assert sentence.endswith(".")


def test_what_is_refused_by_header_is_less_than_what_the_process_may_take():
    assert Limits().memory_bytes > MAX_DECODING_BYTES


def _middle(data: bytes) -> Image.Image:
    """Give the middle of a picture, as it is."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    left, top = image.width // 2 - 250, image.height // 2 - 250
    return image.crop((left, top, left + 500, top + 500))


@pytest.mark.shared_data
def test_the_real_photos_come_through_whole_but_for_the_one_that_is_too_wide(shared_data: Path):
    taken = 0
    for path in sorted((shared_data / PHOTOS).iterdir()):
        data = path.read_bytes()
        if path.name == "too-wide-8000px.jpg":
            with pytest.raises(RefusedPicture, match="8000 x 1501") as refused:
                receive(data, name=path.name)
            assert refused.value.reason == "too-many-pixels"
            continue
        received = receive(data, name=path.name)
        before, after = _middle(data), _middle(received.data)
        error = np.asarray(before, np.float32) - np.asarray(after, np.float32)
        assert 10 * np.log10(255**2 / np.square(error).mean()) > 38, path.name
        assert received.kind is Kind.JPEG
        taken += 1
    assert taken == 13


def test_the_same_upload_gives_the_same_bytes():
    upload = encoded(scene(), "JPEG", quality=90, exif=exif(6))
    assert receive(upload) == receive(upload)


def test_what_we_have_written_is_taken_again_without_a_note():
    once = receive(encoded(scene(), "JPEG", exif=exif(3)))
    again = receive(once.data, name="a.jpg", declared="image/jpeg")
    assert again.notes == ()
    assert (again.width_px, again.height_px) == (once.width_px, once.height_px)


@pytest.mark.parametrize("suffix", sorted(others()))
def test_what_is_not_taken_is_called_by_its_name(suffix):
    data, _, word = others()[suffix]
    with pytest.raises(RefusedPicture) as plain:
        look(data, name=f"a.{suffix}")
    assert word in str(plain.value)
    with pytest.raises(RefusedPicture) as disguised:
        look(data, name="photo.png", declared="image/jpeg")
    assert word in str(disguised.value)
    assert "says that it is PNG or JPEG" in str(disguised.value)


def test_a_file_that_breaks_off_is_called_that_wherever_it_ends():
    sound = encoded(scene(), "PNG")
    for end in range(1, len(sound) - 1, 97):
        with pytest.raises(RefusedPicture) as refused:
            look(sound[:end])
        assert refused.value.reason == "truncated", end

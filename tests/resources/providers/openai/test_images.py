"""Sizes of gpt-image, and what counts as a picture."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthub_assets.domain.errors import InvalidAnswer
from resources.providers.openai.images import read_picture, size_px


@pytest.mark.parametrize(
    ("aspect_ratio", "expected"),
    [("1:1", (1024, 1024)), ("16:9", (1536, 864)), ("9:16", (864, 1536)), ("4:5", (1088, 1360))],
)
def test_a_size_is_exact_where_one_is(aspect_ratio, expected):
    width, height = size_px(aspect_ratio, "gpt-image-2.5-flare")
    assert width / height == pytest.approx(expected[0] / expected[1])
    assert width * height >= expected[0] * expected[1]


@given(st.floats(0.1, 10), st.sampled_from(["gpt-image-2.5-flare", "gpt-image-1.5"]))
def test_every_size_is_one_that_openai_takes(ratio, model):
    width, height = size_px(f"{ratio}:1", model)
    assert width % 16 == height % 16 == 0
    assert 1 / 3 <= width / height <= 3
    assert width * height <= 1024 * 1536


def test_older_models_have_three_sizes():
    sizes = {size_px(ratio, "gpt-image-1.5") for ratio in ("1:1", "4:5", "9:16", "16:9", "1.91:1")}
    assert sizes <= {(1024, 1024), (1536, 1024), (1024, 1536)}


def test_a_ratio_that_cannot_be_read_is_a_square():
    assert size_px("wide", "gpt-image-2") == size_px("1:0", "gpt-image-2") == (1024, 1024)


@pytest.mark.parametrize("data", ["!!!", base64.b64encode(b"<html>").decode()])
def test_what_is_no_picture_is_billed_and_invalid(data):
    body = {"data": [{"b64_json": data}], "usage": {"input_tokens": 5, "output_tokens": 9}}
    with pytest.raises(InvalidAnswer) as caught:
        read_picture(body, "gpt-image-2")
    assert caught.value.usage is not None
    assert caught.value.usage.image_tokens == 9

"""What is asked of auto-format, read and named."""

from __future__ import annotations

import pytest

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.auto_format import (
    ENCODINGS,
    SHOW_FORMATS,
    FormatWish,
    is_small,
    output_name,
    read_wish,
)
from posthub_assets.domain.media.encoding import MEDIA_TYPES
from posthub_assets.domain.media.formats import FORMATS
from posthub_assets.domain.media.formats import SHOW_FORMATS as SIZES
from resources.studio.formatting import AT_ONCE, batched


def test_the_formats_of_a_show_and_the_encodings_are_those_that_are_made():
    assert tuple(one.code for one in SIZES) == SHOW_FORMATS
    assert set(ENCODINGS) == set(MEDIA_TYPES) == set(AT_ONCE)


def test_a_wish_is_read_as_it_was_kept_and_what_is_left_out_has_its_default():
    assert read_wish({}) == FormatWish()
    wish = FormatWish(("x", "banner"), "webp", 60)
    assert read_wish(wish.as_json()) == wish
    assert read_wish({"formats": ["x", "x"]}).formats == ("x",)


@pytest.mark.parametrize("kept", [{"encoding": "gif"}, {"quality": 5}, {"quality": 99}])
def test_a_wish_that_nobody_could_have_made_is_refused(kept):
    with pytest.raises(InvalidInput):
        read_wish(kept)


def test_what_a_core_makes_in_a_second_is_small():
    assert is_small(1, FormatWish(tuple(FORMATS)))
    assert is_small(3, FormatWish())
    assert not is_small(4, FormatWish())
    assert is_small(1, FormatWish(encoding="webp"))
    assert not is_small(2, FormatWish(encoding="webp"))
    assert not is_small(1, FormatWish(encoding="avif"))


def test_outputs_are_named_after_their_format_and_size():
    assert output_name("poster", 1200, 1800, "image/jpeg") == "poster-1200x1800.jpg"
    assert output_name("x", 1600, 900, "image/avif") == "x-1600x900.avif"


def test_formats_are_taken_in_their_order_a_few_at_a_time():
    assert batched(["a", "b", "c"], 2) == [["a", "b"], ["c"]]
    assert batched(["a"], 8) == [["a"]]

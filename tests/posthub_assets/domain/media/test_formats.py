"""The formats as data: they agree with the platforms' rules."""

from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.formats import (
    SHOW_FORMATS,
    SOCIAL_FORMATS,
    PictureFormat,
    formats_by_code,
)
from posthub_assets.domain.social.rules import RULES


def test_the_social_formats_are_those_of_the_platforms_rules() -> None:
    ours = {one.code: (one.width_px, one.height_px) for one in SOCIAL_FORMATS}
    rules = {
        platform.value: (rule.image_width_px, rule.image_height_px)
        for platform, rule in RULES.items()
    }
    assert ours == rules
    assert len(ours) == len(Platform)


def test_a_show_has_a_poster_a_square_and_a_banner() -> None:
    sizes = [(one.code, one.width_px, one.height_px) for one in SHOW_FORMATS]
    assert sizes == [("poster", 1200, 1800), ("square", 1200, 1200), ("banner", 2160, 1089)]


def test_formats_are_found_by_their_codes_each_once() -> None:
    found = formats_by_code(["banner", "x", "banner"])
    assert [one.code for one in found] == ["banner", "x"]


def test_an_unknown_code_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"no format story\. There are: poster, square"):
        formats_by_code(["story"])


@pytest.mark.parametrize("size", [(0, 10), (10, 4001), (-1, 5)])
def test_a_size_that_no_canvas_can_have_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput, match="1 to 4000"):
        PictureFormat("odd", *size)

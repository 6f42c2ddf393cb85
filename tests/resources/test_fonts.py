"""Fonts come from installed packages, and what is missing is named."""

from __future__ import annotations

from importlib.metadata import distribution

import pytest

from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.visuals.faces import FAMILIES
from resources.fonts import PACKAGE_PREFIX, _font_file, load_fonts, missing_shaping_libraries


def test_every_family_is_read_from_its_package() -> None:
    fonts = load_fonts()
    assert set(fonts.files) == set(FAMILIES)
    assert all(data[:4] == b"\x00\x01\x00\x00" for data in fonts.files.values())


def test_the_upright_file_is_taken_not_the_italic() -> None:
    from io import BytesIO

    from PIL import ImageFont

    for data in load_fonts().files.values():
        assert "Italic" not in ImageFont.truetype(BytesIO(data), 10).getname()[1]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_under_the_open_font_licence(family) -> None:
    metadata = distribution(f"{PACKAGE_PREFIX}{family}").metadata
    assert metadata["License-Expression"] == "OFL-1.1"


def test_a_package_that_is_not_installed_is_named_with_the_way_to_get_it() -> None:
    with pytest.raises(PermanentProviderError, match="pip install --force-reinstall fontpkg-none"):
        _font_file("none")


def test_what_is_said_to_be_missing_agrees_with_what_pillow_can_do() -> None:
    from PIL import features

    assert (missing_shaping_libraries() == ()) is features.check("raqm")
    assert load_fonts().missing_libraries == missing_shaping_libraries()

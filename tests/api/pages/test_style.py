"""The style of the pages: legible in the light and in the dark, and nothing from elsewhere."""

from __future__ import annotations

import re

import pytest

from api.pages.writing import headers, style
from posthub_assets.domain.visuals.palette import Rgb, contrast, parse_color

TEXT, EDGE = 4.5, 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11."""


def schemes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", style(), re.DOTALL)
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", one)) for one in (light, dark)]
    return {"light": colours[0], "dark": colours[0] | colours[1]}


def colour(text: str) -> Rgb:
    found = parse_color(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        *[(one, "card", TEXT) for one in ("text", "quiet", "link", "no")],
        *[(one, "ground", TEXT) for one in ("text", "quiet", "link")],
        ("on-yes", "yes", TEXT),
        ("on-no", "no", TEXT),
        ("on-plain", "plain", TEXT),
        ("edge", "card", EDGE),
        ("yes", "card", EDGE),
        ("no", "card", EDGE),
    ],
)
def test_colours_have_enough_contrast(scheme, front, back, least):
    known = schemes()[scheme]
    assert contrast(colour(known[front]), colour(known[back])) >= least


def test_nothing_is_loaded_from_elsewhere():
    assert "url(" not in style() and "@import" not in style()
    assert "</" not in style()


def test_the_policy_names_the_style_that_stands_in_the_page():
    assert re.search(r"style-src 'sha256-[\w+/]{43}='", headers()["Content-Security-Policy"])

"""A palette on its page: colours reach it only as a style sheet that the policy names."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest

from api.pages.swatches import is_for_shapes, ratio, swatches_of
from api.pages.words import LANGUAGES, words_in
from api.pages.writing import headers, page
from posthub_assets.domain.media.palettes.making import by_hand


@pytest.fixture
def body():
    return by_hand(("#777777", "#1C304A", "#B23A2E"), name="Grey", note="As printed.").model_dump(
        mode="json"
    )


def test_each_colour_and_each_role_has_its_rule(body):
    shown = swatches_of(body)
    assert shown is not None
    for at, one in enumerate(body["colors"]):
        assert f".c{at}{{background:{one['hex']}}}" in shown.style
    roles = body["roles"]
    ground, ink = roles["background"], roles["text"]
    assert f".r-background{{background:{ground};color:{ink}}}" in shown.style


def test_what_is_no_palette_is_not_drawn(body):
    assert swatches_of(None) is None
    assert swatches_of({"name": "x"}) is None
    evil = {**body, "roles": {**body["roles"], "text": "red}</style><script>"}}
    assert swatches_of(evil) is None


def test_shares_are_told_in_percent_where_a_picture_has_them(body):
    body["colors"][0]["share_permille"] = 236
    body["colors"][1]["share_permille"] = 40
    shown = swatches_of(body)
    assert shown is not None
    assert shown.shares[:3] == ("23.6", "4", "")


def test_ratios_are_told_as_people_know_them(body):
    shown = swatches_of(body)
    assert shown is not None
    pair = shown.body.texts[0].model_copy(update={"contrast_percent": 299})
    assert (ratio(pair), is_for_shapes(pair)) == ("2.99:1", False)
    assert is_for_shapes(pair.model_copy(update={"contrast_percent": 300}))


def test_the_policy_names_both_style_sheets(body):
    shown = swatches_of(body)
    assert shown is not None
    digest = base64.b64encode(hashlib.sha256(shown.style.encode()).digest()).decode()
    policy = headers(shown.style)["Content-Security-Policy"]
    assert f"'sha256-{digest}'" in policy
    assert policy.count("'sha256-") == 2
    assert headers()["Content-Security-Policy"].count("'sha256-") == 1
    assert replace(shown, style="").style == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_every_role(language):
    assert set(words_in(language).known["palette"]["roles"]) == {
        "primary",
        "secondary",
        "accent",
        "background",
        "text",
    }


def test_a_page_without_a_palette_has_one_style_sheet():
    answer = page("notice", words_in("en"), company="", heading="", text="", lines=[], way=None)
    assert bytes(answer.body).count(b"<style>") == 1

"""Faults planted in a palette, each found by its rule."""

from __future__ import annotations

import pytest

from posthub_assets.domain.content import Kind
from posthub_assets.domain.media.palettes.making import by_hand
from posthub_assets.domain.quality.findings import Verdict, passes


@pytest.fixture
def palette(good):
    return good[Kind.PALETTE]


@pytest.mark.parametrize(
    ("role", "color", "said"),
    [
        ("text", "#F0F0F0", "Words on the background colour #F7F5F0"),
        ("background", "#333333", "Words on the background colour #333333"),
        ("primary", "#7F7B77", "Words on the primary colour #7F7B77"),
        ("accent", "#777777", "Words on the accent colour #777777"),
    ],
)
def test_words_that_cannot_be_read_keep_a_palette_back(palette, check, role, color, said):
    changed = palette.model_copy(
        update={
            "roles": palette.roles.model_copy(update={role: color}),
            "texts": (),
            "warnings": (),
        }
    )
    found = check(changed, "palette_contrast")
    assert found[0].verdict is Verdict.FAIL
    assert said in found[0].message
    assert not passes(check(changed, machine_written=False))


def test_a_figure_that_is_too_good_keeps_a_palette_back(palette, check):
    first = palette.texts[0]
    better = first.model_copy(update={"contrast_percent": first.contrast_percent + 1})
    changed = palette.model_copy(update={"texts": (better, *palette.texts[1:])})
    (finding,) = check(changed, "palette_contrast")
    assert finding.blocking
    assert "Text on background is said to have" in finding.message


def test_colours_that_look_alike_are_a_warning_that_names_both(check):
    alike = by_hand(("#1C304A", "#1E324C", "#B23A2E", "#FFFFFF", "#111111"), name="Alike")
    findings = check(alike)
    (finding,) = [one for one in findings if one.rule == "palette_distinct"]
    assert finding.verdict is Verdict.WARN
    assert "#1C304A and #1E324C look almost alike" in finding.message
    assert passes(findings)


def test_grey_on_grey_by_hand_waits_for_better_colours(check):
    faint = by_hand(("#B23A2E",), name="Faint", text="#777777", background="#888888")
    assert (faint.roles.text, faint.roles.background) == ("#777777", "#888888")
    assert not passes(check(faint, machine_written=False))


def test_a_name_that_nobody_filled_in_is_found(palette, check):
    found = check(palette.model_copy(update={"name": "{{ name }}"}), "template_leftovers")
    assert found[0].verdict is Verdict.FAIL

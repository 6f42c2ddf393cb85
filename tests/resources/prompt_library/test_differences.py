"""Two prompts side by side."""

from __future__ import annotations

from dataclasses import replace

from resources.prompt_library.differences import difference


def test_what_says_the_same_has_no_difference(template):
    moved = replace(template, stage="social")
    assert difference(template, moved, was="version 1", now="version 2") == ""


def test_a_difference_names_both_and_shows_the_lines_around(template):
    warmer = replace(template, temperature=None, system_text="You write gladly.")
    found = difference(template, warmer, was="version 1", now="version 2").splitlines()
    assert found[0] == "--- BLOGPOST_GEN (en), version 1"
    assert found[1] == "+++ BLOGPOST_GEN (en), version 2"
    assert "-temperature: 0.7" in found
    assert "+temperature: null" in found
    assert "+You write gladly." in found
    assert " kind: text" in found

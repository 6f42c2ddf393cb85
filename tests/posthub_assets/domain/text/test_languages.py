"""The language packs: complete, of one form, and right about their script."""

import re

import pytest

from posthub_assets.domain.text.languages import WELL_WRITTEN, language_pack
from posthub_assets.domain.text.typography import typeset


@pytest.mark.parametrize("code", WELL_WRITTEN)
def test_every_pack_is_complete(code):
    pack = language_pack(code)
    assert pack.code == code
    assert set(pack.labels) == {"introduction", "faq", "key_takeaways", "conclusion"}
    assert len(pack.stop_words) > 100
    assert all("{heading}" in question for question in pack.about)
    assert all("{term}" in question for question in pack.what_is.values())
    assert {"shorter", "longer"} <= set(pack.wishes)
    for pattern in (pack.dependent_pattern, pack.dangling_pattern, pack.chrome_pattern):
        assert not pattern.search("x")
    assert {"term", "verb"} <= set(pack.definition_pattern.groupindex)


@pytest.mark.parametrize(("code", "script"), [("fa", "\u0600-\u06ff"), ("uk", "\u0400-\u04ff")])
def test_labels_are_written_in_the_script_of_the_language(code, script):
    for label in language_pack(code).labels.values():
        assert re.search(f"[{script}]", label)


def test_persian_runs_from_right_to_left():
    assert [language_pack(code).direction for code in WELL_WRITTEN] == ["ltr", "ltr", "rtl", "ltr"]


def test_an_unknown_language_falls_back_to_english():
    assert language_pack("sv").code == "en"
    assert language_pack("cs-CZ").code == "cs"


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("cs", 'Řekla "dobrý den" a šla.', "Řekla „dobrý den“ a šla."),
        ("fa", 'او "سلام" گفت.', "او «سلام» گفت."),
        ("uk", "Вона сказала “добрий день”.", "Вона сказала «добрий день»."),
        ("en", 'She said "hello".', 'She said "hello".'),
        ("cs", 'Kolo má 28".', 'Kolo má 28".'),
    ],
)
def test_quotation_marks_are_those_of_the_language(code, before, after):
    assert typeset(before, language_pack(code)) == after

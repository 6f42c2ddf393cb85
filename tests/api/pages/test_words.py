"""The words of the pages: the same in every language, and names that turn no sentence around."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from api.pages.words import LANGUAGES, Words, moment, preferred, words_in
from posthub_assets.domain.content import Action, Kind, Status
from posthub_assets.domain.research.points import POINTS


def keys_of(known: dict, before: str = "") -> set[tuple[str, frozenset[str]]]:
    found = set()
    for key, value in known.items():
        if isinstance(value, dict):
            found |= keys_of(value, f"{before}{key}.")
        else:
            assert isinstance(value, str) and value.strip(), f"{before}{key}"
            found.add((f"{before}{key}", frozenset(re.findall(r"{(\w+)}", value))))
    return found


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_has_the_same_words_with_the_same_values(language):
    assert keys_of(words_in(language).known) == keys_of(words_in("en").known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_status_action_and_point_has_a_word(language):
    known = words_in(language).known
    assert set(known["kinds"]) == set(Kind)
    assert set(known["statuses"]) == set(Status)
    assert set(known["actions"]) == set(Action)
    assert set(known["points"]) == set(POINTS)


def test_a_value_is_isolated_and_is_no_pattern_itself():
    words = Words("en", {"one": "For {who}."})
    assert words.say("one", who="{secret}") == "For \u2068{secret}\u2069."


def test_persian_is_written_from_the_right_and_an_unknown_language_is_english():
    assert words_in("fa").direction == "rtl"
    assert (words_in("de").language, words_in("de").direction) == ("en", "ltr")


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", "en"), ("fa-IR,en;q=0.5", "fa"), ("de, cs;q=0.9", "cs"), (",;;,", "en"), ("*", "en")],
)
def test_a_browser_is_answered_in_the_first_language_of_ours_that_it_asks_for(asked, given):
    assert preferred(asked) == given


def test_a_moment_is_told_in_the_companys_zone():
    at = datetime(2026, 12, 4, 23, 30, tzinfo=UTC)
    assert moment(at, "Asia/Tehran") == "2026-12-05 03:00 (Asia/Tehran)"

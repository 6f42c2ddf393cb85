"""What is typed into a search box, read; and what the database is asked."""

from __future__ import annotations

from uuid import UUID

import pytest

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.searching.lexemes import MAX_WORDS, any_of, entry_of, query_of
from posthub_assets.domain.searching.questions import read_question

HOME, AWAY = UUID(int=0xA1), UUID(int=0xB2)


def said(q: str, *organizations: UUID) -> str:
    return query_of(read_question(q), organizations or (HOME,)).replace("0000a1", "")


def test_words_are_all_wanted_and_may_have_several_stems():
    assert said("dum") == "((('dom' | 'dum')))"
    assert said("frost moon").count(" & ") == 1
    assert said("frost -moon").endswith("& !(('moon')))")


def test_a_word_is_wide_where_its_stem_is_long_and_never_where_it_is_excluded_or_quoted():
    assert "'market':*" in said("market")
    assert ":*" not in said("moon")
    assert ":*" not in said('"market"')
    assert ":*" not in said("moon -market").partition("&")[2]
    assert ":*" not in said("abc12345678")


def test_a_beginning_needs_two_letters():
    assert said("sm*") == "((('sm':*)))"
    assert ":*" not in said("s* moon")


def test_words_that_a_mark_joins_stand_beside_one_another():
    assert " <-> " in said("e-mail")
    assert said("wi-fi").count("<->") == 1
    assert said('"a b c"').count("<->") == 2


def test_quotes_and_minuses_of_all_languages_are_those():
    plain = said('"winter light" -draft')
    for text in ("„winter light“ −draft", "«winter light» －draft", "“winter light” -draft"):
        assert said(text) == plain
    assert said('"winter light') == said('"winter light"')


def test_each_organisation_is_asked_in_its_own_words():
    whole = query_of(read_question("moon"), (HOME, AWAY))
    assert "'0000a1moon'" in whole
    assert "'0000b2moon'" in whole
    assert whole.count(") | (") == 1
    assert query_of(read_question("moon"), (HOME, HOME)).count("0000a1moon'") == 1


def test_any_of_the_wanted_terms_leaves_out_the_excluded():
    one = any_of(read_question("frost -moon stars"), (HOME,))
    assert "moon" not in one
    assert "&" not in one


@pytest.mark.parametrize("q", ["", " ", "&|!()<->:*'\\", '""', "-", "- -", "\u200c\u200f", "___"])
def test_a_question_without_words_says_what_to_write(q):
    with pytest.raises(InvalidInput, match="winter lights") as caught:
        read_question(q)
    assert caught.value.field == "q"


def test_nothing_but_exclusions_says_so():
    with pytest.raises(InvalidInput, match="contract -draft"):
        read_question('-one -"two three"')


def test_no_sign_gets_out_of_its_quotes():
    whole = said("o'brien ' \\ '' x\\'y")
    assert whole.count("'") % 2 == 0
    assert "\\" not in whole


def test_an_entry_counts_places_and_stops_at_its_limits():
    entry = entry_of(HOME, "en", "Moon moons", "the moon")
    assert entry.title == "'0000a1moon':1,2"
    assert entry.all.startswith(f"{entry.title},4")
    many = entry_of(HOME, "en", "", " ".join(f"w{n}" for n in range(MAX_WORDS + 500)))
    assert f":{MAX_WORDS}" in many.all
    assert f":{MAX_WORDS + 1}" not in many.all
    often = entry_of(HOME, "en", "", "moon " * 5000)
    assert often.all.count(",") == 199
    wide = entry_of(HOME, "de", "", " ".join("\U00020000" * 38 + str(n) for n in range(9000)))
    assert len(wide.all.encode()) < 1_000_000

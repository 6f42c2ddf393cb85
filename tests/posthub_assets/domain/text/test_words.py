"""Words, their normal form and their stems."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthub_assets.domain.text.similarity import jaccard, near_duplicate, shingles
from posthub_assets.domain.text.words import (
    content_stems,
    count_words,
    has_words,
    normalise,
    stem,
    words,
)


def test_a_joiner_an_apostrophe_and_a_hyphen_do_not_split_a_word():
    assert words("می‌خواهیم well-known don’t cloud.gov") == [
        "می‌خواهیم",
        "well-known",
        "don’t",
        "cloud.gov",
    ]


def test_markdown_marks_do_not_count_as_words():
    plain = "Our shop mends old bikes"
    marked = "## Our **shop**\n\n1. mends [old](https://example.org/a/b) _bikes_"
    assert count_words(marked) == count_words(plain) == 5


def test_persian_in_arabic_letters_and_without_joiners_is_the_same_text():
    assert normalise("مي‌خواهيم كتاب‌ها ۱۲") == normalise("میخواهیم کتابها 12")


def test_quotes_dashes_and_case_are_folded():
    assert normalise("„Ano“ – Řekl\u00a0to") == '"ano" - řekl to'


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "planning", "plans"),
        ("cs", "webové", "webových"),
        ("uk", "посібник", "посібника"),
        ("fa", "کتاب", "کتاب‌ها"),
    ],
)
def test_forms_of_one_word_share_a_stem(language, first, second):
    assert stem(first, language) == stem(second, language)


def test_content_stems_leave_out_stop_words_and_numbers():
    assert content_stems("The 3 wheels of the bike", "en") == ["wheel", "bik"]


def test_near_duplicates_are_found_whatever_the_letters():
    text = "ما هر روز در کارگاه دوچرخه‌های کهنه را تعمیر می‌کنیم و به شهر برمی‌گردانیم"
    arabic = text.replace("ی", "ي").replace("ک", "ك").replace("\u200c", "")
    assert near_duplicate(text, arabic, "fa") == 1.0
    assert near_duplicate(text, "متن دیگری درباره باغ و درخت و میوه", "fa") == 0.0


def test_likeness_of_nothing_is_nothing():
    assert jaccard((), ()) == 0.0
    assert near_duplicate("", "", "en") == 0.0
    assert shingles(["one", "two"]) == {("one", "two")}


@given(st.text(alphabet="ab1 .)\n`](-_\u200c'", max_size=60), st.integers(1, 8))
def test_having_words_is_counting_them_and_stopping_early(text, least):
    assert has_words(text, least) == (count_words(text) >= least)

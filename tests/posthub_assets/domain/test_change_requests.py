"""What a person asks to be changed."""

import pytest

from posthub_assets.domain.change_requests import (
    REASONS,
    ReasonCode,
    known_codes,
    placed,
    sentences_of,
    what_became,
)
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import InvalidInput

BODY = {
    "title": "Plain words",
    "markdown": "# Plain words\n\nWe write plain words. Plain words are read.\n",
    "meta_title": "On plain words",
}


def place(span, body=BODY):
    return placed(Kind.BLOG_POST, body, span, "spans[0]")


def test_every_code_has_a_sentence_but_other():
    assert set(REASONS) == set(ReasonCode)
    assert [code for code, said in REASONS.items() if not said] == [ReasonCode.OTHER]


def test_an_unknown_code_is_refused_and_the_known_ones_are_named():
    with pytest.raises(InvalidInput, match=r"no reason “vibes”.*facts, off_topic") as caught:
        known_codes(["tone", "vibes"])
    assert caught.value.field == "reason_codes[1]"


def test_a_code_said_twice_counts_once():
    assert known_codes(["tone", "facts", "tone"]) == ("tone", "facts")


def test_codes_become_sentences_and_free_words_follow():
    said = sentences_of(["length", "other", "from_older_days"], "Cut the third part.")
    assert said == ("The length is not right.", "from_older_days", "Cut the third part.")


def test_a_span_without_a_quote_gets_the_words_that_stand_there():
    assert place({"start": 2, "end": 7}) == {"start": 2, "end": 7, "quote": "Plain"}


def test_a_quote_alone_is_found_in_the_text():
    assert place({"quote": "are read"}) == {"quote": "are read", "start": 49, "end": 57}


def test_a_quote_with_wrong_offsets_is_found_where_it_stands_nearest():
    body = {"markdown": "one two one two one two"}
    assert place({"start": 9, "end": 12, "quote": "two"}, body)["start"] == 12
    assert place({"start": 400, "end": 403, "quote": "two"}, body)["start"] == 20


def test_offsets_that_count_utf_16_units_are_set_right():
    body = {"markdown": "\U0001f600\U0001f600 A word."}
    assert place({"start": 7, "end": 11, "quote": "word"}, body)["start"] == 5


def test_words_of_another_field_are_kept_as_a_quote():
    assert place({"quote": "On plain words"}) == {"quote": "On plain words", "start": 0, "end": 0}


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"start": 5, "end": 5}, "Mark some words"),
        ({"start": 10, "end": 900}, "span 10 to 900 is not in it"),
        ({"start": 9, "end": 1}, "Mark some words"),
        ({"quote": "something else"}, "does not say “something else”"),
        ({"start": 0, "end": 4, "quote": "x" * 100}, "does not say “x{60}…”"),
    ],
)
def test_what_is_not_there_is_refused_by_name(span, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        place(span)
    assert caught.value.field == "spans[0]"


def test_a_body_without_a_text_says_nothing():
    with pytest.raises(InvalidInput, match="0 characters"):
        placed(Kind.PALETTE, {"colors": []}, {"start": 0, "end": 4}, "span")


def test_marked_words_are_gone_only_when_no_field_says_them():
    spans = [
        {"quote": "plain  WORDS", "comment": "too often"},
        {"quote": "very plain"},
        {"comment": "all of it"},
    ]
    became = what_became(BODY, spans)
    assert [(one.quote, one.comment, one.is_gone) for one in became] == [
        ("plain  WORDS", "too often", False),
        ("very plain", "", True),
    ]

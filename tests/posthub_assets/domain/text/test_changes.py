"""What changed between two texts: exact in every script, and bounded in time."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthub_assets.domain.text.changes import Segment, body_changes, word_changes

TEXTS = st.text(st.sampled_from("abc de\n.,-'’ěšč їґ ‌می‌شود ی ک 12\t"), max_size=60)


def joined(segments, without: str) -> str:
    return "".join(one.text for one in segments if one.op != without)


@given(TEXTS, TEXTS)
def test_segments_join_to_both_texts_to_the_byte(old, new):
    segments = word_changes(old, new)
    assert joined(segments, "insert") == old
    assert joined(segments, "delete") == new
    assert all(one.text for one in segments)
    assert all(a.op != b.op for a, b in itertools.pairwise(segments))


@pytest.mark.parametrize(
    ("old", "new", "deleted", "inserted"),
    [
        ("Bring two cups.", "Bring four cups.", "two", "four"),
        ("Přineste dva šálky.", "Přineste čtyři šálky.", "dva", "čtyři"),
        ("Принесіть п’ять чашок.", "Принесіть шість чашок.", "п’ять", "шість"),
        ("این را می‌خواهیم.", "این را نمی‌خواهیم.", "می‌خواهیم", "نمی‌خواهیم"),
    ],
)
def test_a_changed_word_is_one_word_in_every_language(old, new, deleted, inserted):
    changed = [one for one in word_changes(old, new) if one.op != "equal"]
    assert changed == [Segment("delete", deleted), Segment("insert", inserted)]


def test_equal_texts_have_one_segment_and_empty_ones_none():
    assert word_changes("as it was\n", "as it was\n") == (Segment("equal", "as it was\n"),)
    assert word_changes("", "") == ()


def test_fields_are_named_by_their_path_and_equal_ones_left_out():
    old = {"title": "A", "faq": [{"q": "Why?", "a": "So."}], "note": "gone", "words": 3}
    new = {
        "title": "A",
        "faq": [{"q": "Why?", "a": "Thus."}, {"q": "How?", "a": "So."}],
        "words": 3,
    }
    found = body_changes(old, new)
    assert [one.field for one in found] == ["faq.0.a", "faq.1.q", "faq.1.a", "note"]
    assert found[3].segments == (Segment("delete", "gone"),)


A_LINE = " ".join(f"a{number}" for number in range(12_000))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (A_LINE, A_LINE.replace("a", "b")),
        ("a " * 990, "a b " * 490),
        ("a " * 12_000, "b a " * 6_000),
        ("a b " * 6_000, "b a c " * 4_000),
        ("a\n" * 12_000, "a\nb\n" * 6_000),
    ],
)
def test_texts_made_to_be_slow_end_in_bounded_time(old, new):
    began = time.process_time()
    segments = word_changes(old, new)
    assert time.process_time() - began < 10  # a bound against a hang, not a measurement
    assert (joined(segments, "insert"), joined(segments, "delete")) == (old, new)


@pytest.mark.parametrize("places", [[700], [10, 6_000, 11_990]])
def test_few_changed_words_in_one_long_line_are_few_changed_words(places):
    words = A_LINE.split(" ")
    for place in places:
        words[place] = "changed"
    changed = [one for one in word_changes(A_LINE, " ".join(words)) if one.op != "equal"]
    assert [one.text for one in changed] == [
        text for place in places for text in (f"a{place}", "changed")
    ]


def test_a_changed_word_in_each_of_a_hundred_lines_is_a_hundred_changed_words():
    old = "".join(f"line {number} has some words in it\n" for number in range(100))
    changed = [one for one in word_changes(old, old.replace("some", "other")) if one.op != "equal"]
    assert changed == [Segment("delete", "some"), Segment("insert", "other")] * 100

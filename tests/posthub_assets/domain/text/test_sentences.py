"""Cutting text into sentences, in four languages."""

import pytest

from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.sentences import (
    document_sentences,
    is_full_sentence,
    split_sentences,
)


def cut(text, language):
    return [text[start:end] for start, end in split_sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Dr. A. Novak paid 3.50 dollars, e.g. for glue.", "Was it much?", "No!"]),
        ("en", ["We met in the U.S. Tax Court.", "“It works.”", "Then we left."]),
        (
            "cs",
            ["Přišel 1. ledna, tj. v zimě.", "Stálo to 3,5 tis. korun.", "„Fajn.“", "A co dál?"],
        ),
        ("uk", ["Ми живемо на вул. Садовій, буд. 5.", "Чи далеко?", "Ні…", "«Так!»"]),
        ("fa", ["کارگاه ما کوچک است.", "آیا می‌آیید؟", "بله؛ فردا می‌آییم!"]),
    ],
)
def test_sentences_end_where_they_end(language, sentences):
    assert cut(" ".join(sentences), language) == sentences


def test_a_sentence_in_brackets_with_an_ellipsis_goes_on():
    text = "مرورگرها (مثل کروم و...) کد را می‌خوانند."
    assert cut(text, "fa") == [text]


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("We mend bikes every day.", True),
        ("we mend bikes every day.", False),
        ("We mend bikes every day", False),
        ("No bikes today.", False),
        ("We mend (bikes every day.", False),
        ("“We mend bikes every day.”", True),
    ],
)
def test_a_full_sentence_begins_and_ends_like_one(text, full):
    assert is_full_sentence(text, language_pack("en")) is full


def test_sentences_know_their_place_and_their_headings():
    text = "# Shop\n\nWe *mend* bikes here. Come in today, please.\n\n- Bring a lock with you.\n"
    document = SourceDocument(id="7", name="shop.md", text=text)
    found = document_sentences(document, "en")
    assert [s.text for s in found] == [
        "We mend bikes here.",
        "Come in today, please.",
        "Bring a lock with you.",
    ]
    assert text[found[0].start : found[0].end] == "We *mend* bikes here."
    assert found[2].heading_path == ("Shop",)
    assert [s.index for s in found] == [0, 1, 2]


def test_a_sentence_that_lost_a_word_is_not_full():
    document = SourceDocument(
        id="7", name="a.md", text="It costs {{ price }} a day here. Come in now, do."
    )
    assert [s.text for s in document_sentences(document, "en", full_only=True)] == [
        "Come in now, do."
    ]

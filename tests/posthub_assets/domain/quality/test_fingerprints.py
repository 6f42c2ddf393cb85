"""Fingerprints estimate likeness, are small, and are the same for ever."""

from __future__ import annotations

import hashlib

import pytest

from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.quality.fingerprints import (
    FINGERPRINT_BYTES,
    exact_similarity,
    fingerprint,
    similar,
    similarities,
)
from posthub_assets.domain.quality.gate import fingerprint_of, past_item

WORDS = [f"word{i}" for i in range(900)]


@pytest.mark.parametrize("shared", [0, 100, 300, 500, 700, 800, 900])
def test_the_estimate_is_near_the_truth(shared):
    a = " ".join(WORDS)
    b = " ".join([*WORDS[:shared], *(f"other{i}" for i in range(900 - shared))])
    truth = exact_similarity(a, b, "en")
    assert truth == pytest.approx(shared / (1800 - shared), abs=0.01)
    assert similar(fingerprint(a, "en"), fingerprint(b, "en")) == pytest.approx(truth, abs=0.1)


def test_a_fingerprint_fits_its_column_and_never_changes():
    made = fingerprint("A bicycle that is cared for lasts a lifetime.", "en")
    assert len(made) == FINGERPRINT_BYTES <= 512
    # A changed hash means that every stored fingerprint must be made anew: raise VERSION then.
    assert hashlib.sha256(made).hexdigest()[:16] == "e5d690416ba8c8d7"


def test_a_text_without_words_is_like_nothing():
    empty = fingerprint("—", "en")
    assert len(empty) == 8
    assert similar(empty, empty) == 0
    assert list(similarities(empty, (b"", fingerprint("Some words here.", "en")))) == [0, 0]


def test_texts_of_different_schemes_are_not_alike():
    text = "Django REST framework"
    assert similar(fingerprint(text, "en"), fingerprint(text, "fa")) == 0


def test_a_foreign_version_is_refused_with_advice():
    made = fingerprint("Some words here.", "en")
    with pytest.raises(InvalidInput, match="again"):
        similar(made, b"\x07" + made[1:])
    with pytest.raises(InvalidInput, match="version"):
        similar(made, made[:100])


def test_link_targets_and_emphasis_do_not_matter():
    plain = "See the shop at the harbour for pads and chains"
    marked = "See [the shop](https://shop.example/x) at **the harbour** for *pads* and chains"
    assert exact_similarity(plain, marked, "en") == 1


def test_a_page_with_its_front_matter_and_templating_is_its_own_text():
    page = (
        "---\ntitle: Pads\ntags: [a, b]\n---\n{% include top.html %}\n"
        'See [the shop]({{ "/shop" | url }}) at <b>the harbour</b> for pads and chains'
    )
    plain = "See the shop at the harbour for pads and chains"
    assert exact_similarity(page, plain, "en") == 1
    assert similar(fingerprint(page, "en"), fingerprint(plain, "en")) == 1


def test_a_topic_is_compared_by_title_and_description(good):
    topic = good[Kind.TOPIC]
    other = topic.model_copy(update={"description": "Something else altogether, at length."})
    assert fingerprint_of(topic, "en") != fingerprint_of(other, "en")
    item = past_item("t", Kind.TOPIC, topic, "en", keep_text=False)
    assert item.text_fingerprint == fingerprint_of(topic, "en")
    assert item.text == ""

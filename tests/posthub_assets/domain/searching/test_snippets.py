"""The text that is searched, and the part of it that is shown."""

from __future__ import annotations

import pytest

from posthub_assets.domain.searching.questions import read_question
from posthub_assets.domain.searching.snippets import SNIPPET_CHARS, hits_in, snippet_of
from posthub_assets.domain.searching.texts import plain_words, searched

FILLER = "Nothing is to be seen here, so go on. " * 40


def shown(text: str, q: str, language: str = "en") -> tuple[str, list[str]]:
    snippet = snippet_of(text, language, read_question(q))
    return snippet.text, [snippet.text[hit.start : hit.end] for hit in snippet.hits]


def test_the_part_with_most_of_the_words_is_shown():
    text = f"Winter. {FILLER} Lights of a winter garden. {FILLER} Lights."
    part, hits = shown(text, "winter lights gardens")
    assert hits == ["Lights", "winter", "garden"]
    assert part.startswith("…")
    assert part.endswith("…")
    assert len(part) <= SNIPPET_CHARS + 2


def test_without_a_hit_the_beginning_is_shown():
    part, hits = shown(FILLER, "moon")
    assert (part[:7], hits) == ("Nothing", [])


def test_a_short_text_is_shown_whole():
    assert shown("Winter lights.", "light") == ("Winter lights.", ["lights"])
    assert shown("", "light") == ("", [])


def test_a_phrase_is_one_hit_and_hits_do_not_overlap():
    hits = hits_in("light winter lights", "en", read_question('"winter light" lights'))
    assert [(hit.start, hit.end) for hit in hits] == [(0, 5), (6, 19)]


def test_places_count_characters_also_of_rare_signs():
    _, hits = shown("😀 کتاب\u200cهای 😀 خوب", "کتاب", "fa")
    assert hits == ["کتاب\u200cهای"]


@pytest.mark.parametrize("text", ["x" * 5000 + " winter " + "y" * 5000, "winter" + "z" * 9000])
def test_a_text_without_spaces_is_cut_all_the_same(text):
    part, _ = shown(text, "winter*")
    assert len(part) <= SNIPPET_CHARS + 2


def test_marks_of_markdown_and_html_are_no_words():
    markdown = (
        '# Winter\n\n- **lamps** and [lights](https://example.com/a_(b) "t")\n'
        '1. `code` <b class="x">bold</b>\n\n```sh\nls -l\n```\n\n| a | b |\n| --- | --- |\n'
        "![alt](x.png) a < b > c"
    )
    words = " ".join(plain_words(markdown).split())
    assert words == "Winter lamps and lights code bold ls -l a b alt a < b > c"


def test_of_a_body_what_readers_see_is_searched():
    body = {
        "title": "Lights",
        "markdown": "# Lights\n\nText.",
        "faq": [{"question": "Again?", "answer": "In the text."}],
        "passages": [{"document": "secret.md", "quote": "private"}],
        "focus_keyword": "winter",
        "short_draft": False,
    }
    assert searched(body).title == "Lights"
    assert searched(body).text == "Lights Text. winter"
    social = {"platform": "x", "text": "Hello", "hashtags": ["one", "two"], "call_to_action": "Go"}
    assert searched(social).text == "Hello one two Go"
    dna = {
        "company": "Shop",
        "summary": "Sells.",
        "points": {"values": {"values": ["care"], "source": "brief", "evidence": [{"quote": "q"}]}},
    }
    assert (searched(dna).title, searched(dna).text) == ("Shop", "Sells. care")
    image = {"media_sha256": "a" * 64, "headline": "Lamp", "alt_text": "A lamp", "width_px": 1}
    assert (searched(image).title, searched(image).text) == ("Lamp", "A lamp")


def test_of_an_erased_body_nothing_is_left():
    assert (searched(None).title, searched({}).text) == ("", "")

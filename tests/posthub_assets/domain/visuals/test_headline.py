"""Words of the headline: cleaned, whole, and chosen between hook and title."""

from __future__ import annotations

import pytest

from posthub_assets.domain.briefs import Revision
from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.visuals.headline import clean, first_sentence, wordings


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Line one\n\tline  two", "Line one line two"),
        ("zero\u200bwidth\ufeff and \u202eoverride\u200f", "zerowidth and override"),
        ("soft\u00adhyphen", "softhyphen"),
        ("e\u0301tat", "\u00e9tat"),
        ("**Bold** and `code`", "Bold and code"),
        ("Read https://example.org/a?b=c now", "Read now"),
        ("What ?", "What?"),
        ("the file .html", "the file .html"),
    ],
)
def test_text_becomes_one_plain_line(raw, cleaned) -> None:
    assert clean(raw).text == cleaned


def test_the_non_joiner_stays_between_persian_letters_and_nowhere_else() -> None:
    assert clean("می\u200cخواهم").text == "می\u200cخواهم"
    assert clean("no\u200cjoin \u200cمی").text == "nojoin می"


def test_emoji_are_left_out_and_named() -> None:
    wording = clean("🚀 Launch day! 🎉👍🏽 Ready ✔️")
    assert wording.text == "Launch day! Ready"
    assert set("🚀🎉👍") <= set(wording.dropped)


def test_the_first_sentence_is_not_ended_by_an_abbreviation() -> None:
    text = "The U.S. Web Design System grew up. It helps."
    assert first_sentence(text).text == "The U.S. Web Design System grew up"


def test_the_first_sentence_ends_at_a_persian_question_mark_too() -> None:
    assert first_sentence("چرا آزمون مهم است؟ چون کمک می\u200cکند.").text == "چرا آزمون مهم است؟"


def test_odd_variants_take_the_hook_and_even_ones_the_title(make_brief) -> None:
    hook = "Five people find most problems. Here is why."
    odd = wordings(make_brief("On small tests", hook=hook, variant=1))
    even = wordings(make_brief("On small tests", hook=hook, variant=2))
    assert odd[0].text == "Five people find most problems"
    assert even[0].text == "On small tests"


@pytest.mark.parametrize(
    "hook",
    [
        "x " * 60,
        "Here is what we found:",
        "A bracket (never closed.",
        "Short.",
    ],
)
def test_a_hook_that_cannot_stand_alone_gives_way_to_the_title(make_brief, hook) -> None:
    assert wordings(make_brief("On small tests", hook=hook))[0].text == "On small tests"


def test_a_long_title_is_shortened_at_a_phrase_or_a_word_never_inside_one(make_brief) -> None:
    title = "Plain words help, " + "because readers are busy people with other things to do " * 7
    words = set(title.replace(",", "").split())
    found = wordings(make_brief(title))
    assert all(len(wording.text) <= 130 for wording in found)
    for wording in found:
        assert set(wording.text.replace(",", "").rstrip("…").split()) <= words


def test_what_a_reviewer_marked_does_not_come_back(make_brief) -> None:
    revision = Revision(round=1, previous={}, reasons=("dull",), spans=("five people",))
    brief = make_brief(
        "On small tests", hook="Testing with five people is enough.", revision=revision
    )
    assert wordings(brief)[0].text == "On small tests"


def test_a_title_without_words_is_refused(make_brief) -> None:
    with pytest.raises(PermanentProviderError, match="Give the topic a title"):
        wordings(make_brief("!!! 🎉", hook="…"))

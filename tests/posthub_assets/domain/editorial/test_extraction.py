"""From documents to units: what may stand by itself, and what may not stand at all."""

from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.editorial.extraction import extract_units
from posthub_assets.domain.editorial.restoring import parse_quote, restore_units


def units_of(*texts, language="en"):
    documents = [SourceDocument(id=f"d{i}", name=f"{i}.md", text=t) for i, t in enumerate(texts)]
    return extract_units(documents, language)


def test_a_sentence_that_points_back_stays_with_the_one_before():
    text = (
        "Our workshop opens at nine on every day of the week. It closes at five in the winter. "
        "Bring your bike in time for the evening."
    )
    assert [u.sentences for u in units_of(text)] == [
        (
            "Our workshop opens at nine on every day of the week.",
            "It closes at five in the winter.",
        ),
        ("Bring your bike in time for the evening.",),
    ]


def test_what_points_at_pictures_chapters_and_clicks_is_left_out():
    text = (
        "Our workshop mends bikes of all kinds. The tools are shown in the picture below. "
        "Click here to book a place today. In this chapter we look at the brakes. "
        "Write to us at shop@example.org for prices. Old bikes find new riders here."
    )
    said = " ".join(u.text for u in units_of(text))
    assert said == "Our workshop mends bikes of all kinds. Old bikes find new riders here."


def test_a_sentence_whose_beginning_was_dropped_goes_too():
    text = (
        "See our guide for the whole list. It has forty pages of good advice. Bikes "
        "last for decades with care."
    )
    assert [u.text for u in units_of(text)] == ["Bikes last for decades with care."]


def test_the_same_sentence_in_two_documents_is_used_once():
    units = units_of(
        "Our shop mends every old bike.",
        "We open at nine sharp each day. Our shop mends every old bike!",
    )
    keys = [key for unit in units for key in unit.keys]
    assert len(keys) == len(set(keys)) == 2


def test_a_list_keeps_its_lead_in_and_comes_back_from_its_quote():
    text = (
        "# Safety\n\nBefore a long ride check these parts:\n\n1. The brakes and their "
        "cables\n2. The tyres and their valves\n3. The lights on both ends\n"
    )
    (unit,) = units_of(text)
    assert unit.is_list and unit.ordered
    assert unit.paragraphs == (("Before a long ride check these parts:",),)
    paragraphs, items, ordered = parse_quote(unit.passage().quote, "en")
    assert (paragraphs, items, ordered) == (unit.paragraphs, unit.items, True)


def test_numbered_steps_with_a_hole_are_left_out_whole():
    text = (
        "Mending a puncture takes these steps:\n\n1. Take the wheel off the bike\n2. "
        "See the picture below\n3. Put the wheel back on\n"
    )
    assert units_of(text) == []


def test_a_list_of_links_is_a_table_of_contents():
    text = (
        "# Page\n\nWe cover these things here:\n\n- [Brakes](#brakes)\n- [Wheels and "
        "spokes](#wheels)\n- [Cargo bikes for families](#cargo)\n"
    )
    assert units_of(text) == []


def test_a_sentence_in_another_language_is_left_out():
    text = (
        "Наша майстерня лагодить старі велосипеди. This page was translated by many "
        "good friends. Заходьте до нас щодня, будь ласка."
    )
    assert "translated" not in " ".join(u.text for u in units_of(text, language="uk"))
    own = "Naše dílna opravuje stará kola našich sousedů."
    czech = f"{own} This page has been translated by a group of our friends."
    assert [u.text for u in units_of(czech, language="cs")] == [own]


def test_code_that_cannot_be_shown_is_left_out_with_what_accompanies_it():
    text = (
        "Programs greet people in many ways here.\n\nType this line now:\n\n    "
        "{% include 'line.txt' %}\n\nYou see a number.\n"
    )
    assert "Type" not in " ".join(u.text for u in units_of(text))


def test_units_come_back_from_passages_even_when_the_document_was_edited():
    document = SourceDocument(
        id="d", name="a.md", text="# Top\n\n## Part\n\nOur shop mends every old bike here."
    )
    (unit,) = extract_units([document], "en")
    edited = document.model_copy(update={"text": "Nothing is left."})
    (same,) = restore_units([unit.passage()], [document], "en")
    (bare,) = restore_units([unit.passage()], [edited], "en")
    assert same.heading_path == ("Top", "Part")
    assert bare.heading_path == ()
    assert same.sentences == bare.sentences == unit.sentences


def test_a_unit_spans_its_words_in_the_document():
    text = "# Top\n\nOur **shop** mends every old bike here. More follows after that one.\n"
    unit = units_of(text)[0]
    assert text[unit.start : unit.end].startswith("Our **shop** mends")

"""Topics: as many as asked, of this company, each with passages of its own."""

import pytest

from posthub_assets.domain.editorial.topics import compose_topics
from posthub_assets.domain.editorial.units import sentence_key
from posthub_assets.domain.errors import SourcesExhausted
from posthub_assets.domain.text.sentences import split_sentences
from posthub_assets.domain.text.words import content_stems, normalise


def sentences(topic, language):
    for passage in topic.passages:
        for line in passage.quote.split("\n"):
            text = line.lstrip("-0123456789. ")
            for start, end in split_sentences(text, language):
                yield sentence_key(text[start:end])


def test_there_is_one_topic_for_each_slot_in_its_order(workshop):
    brief = workshop("en").topics_brief(3)
    topics = compose_topics(brief).topics
    assert [t.planned_on for t in topics] == [s.planned_on for s in brief.slots]
    assert len({t.title for t in topics}) == 3
    assert len({normalise(t.focus_keyword) for t in topics}) == 3


def test_no_sentence_is_set_aside_for_two_topics(workshop):
    topics = compose_topics(workshop("en").topics_brief(3)).topics
    keys = [key for topic in topics for key in sentences(topic, "en")]
    assert len(keys) == len(set(keys)) > 20


def test_the_keyword_is_in_the_title_and_in_the_passages(workshop):
    for topic in compose_topics(workshop("en").topics_brief(3)).topics:
        assert topic.focus_keyword in topic.title
        said = normalise(" ".join(p.quote for p in topic.passages))
        assert normalise(topic.focus_keyword) in said
        assert topic.description in " ".join(p.quote for p in topic.passages)


def test_passages_lie_in_the_documents_they_name(workshop):
    shop = workshop("en")
    by_id = {d.id: d for d in shop.documents}
    for topic in compose_topics(shop.topics_brief(3)).topics:
        for passage in topic.passages:
            document = by_id[passage.document_id]
            assert document.name == passage.document
            assert (
                passage.quote.split()[-1].strip(".") in document.text[passage.start : passage.end]
            )


def test_the_same_brief_gives_the_same_topics(workshop):
    assert compose_topics(workshop("en").topics_brief(3)) == compose_topics(
        workshop("en").topics_brief(3)
    )


def test_what_was_published_is_no_topic_again(workshop):
    shop = workshop("en")
    first = compose_topics(shop.topics_brief(2)).topics
    past = tuple(shop.past(t.title) for t in first)
    again = compose_topics(shop.topics_brief(1, past=past)).topics
    taken = [set(content_stems(t.title, "en")) for t in first]
    assert all(set(content_stems(again[0].title, "en")) != stems for stems in taken)


def test_sentences_of_a_published_post_are_not_used_again(workshop):
    shop = workshop("en")
    said = (
        "A hand-built wheel is trued spoke by spoke. "
        "Even tension keeps it straight for thousands of kilometres."
    )
    topics = compose_topics(shop.topics_brief(2, past=(shop.past("Old news", said),))).topics
    quotes = " ".join(p.quote for t in topics for p in t.passages)
    assert "trued spoke by spoke" not in quotes


def test_passages_of_the_months_other_topics_are_not_touched(workshop):
    shop = workshop("en")
    first = compose_topics(shop.topics_brief(1)).topics[0]
    used = tuple((p.document_id, p.start, p.end) for p in first.passages[:8])
    (second,) = compose_topics(shop.topics_brief(1, used=used)).topics
    for passage in second.passages:
        for document, start, end in used:
            apart = passage.document_id != document or passage.end <= start or end <= passage.start
            assert apart


def test_an_event_gets_its_topic_with_the_passages_that_speak_of_it(workshop):
    shop = workshop("en")
    slots = shop.slots(2, {1: "Cargo bikes day"})
    topics = compose_topics(shop.topics_brief(2, slots=slots)).topics
    assert topics[1].event == "Cargo bikes day"
    assert topics[1].title.startswith("Cargo bikes day: ")
    assert "cargo.md" in {p.document for p in topics[1].passages}


def test_an_event_that_no_document_speaks_of_gets_a_general_topic(workshop):
    shop = workshop("en")
    slots = shop.slots(1, {0: "Feast of lanterns"})
    (topic,) = compose_topics(shop.topics_brief(1, slots=slots)).topics
    assert topic.title.startswith("Feast of lanterns: ")
    assert topic.passages


def test_too_many_topics_are_refused_with_the_number_that_is_possible(workshop):
    with pytest.raises(SourcesExhausted, match=r"carry \d+ more topics .* 40 were asked for"):
        compose_topics(workshop("en").topics_brief(40))


def test_a_company_without_documents_is_told_so(workshop):
    with pytest.raises(SourcesExhausted, match="Spoke Yard"):
        compose_topics(workshop("en").topics_brief(1, documents=()))


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("cs", ("Ruční stavba kol", "Péče o brzdy")),
        ("uk", ("Складання коліс вручну", "Догляд за гальмами")),
        ("fa", ("ساختن چرخ با دست", "نگهداری از ترمز")),
    ],
)
def test_titles_are_headings_in_the_language_of_the_documents(workshop, language, title):
    topics = compose_topics(workshop(language).topics_brief(1)).topics
    assert any(part in topics[0].title for part in title)


def test_no_slot_asks_for_nothing(workshop):
    assert compose_topics(workshop("en").topics_brief(0)).topics == ()

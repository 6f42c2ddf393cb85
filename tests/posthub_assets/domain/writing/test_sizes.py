"""What goes into a prompt is bounded, and chosen by the rule that is written down."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from posthub_assets.domain.briefs import DnaBrief, PastText, SourceDocument, TopicsBrief, TopicSlot
from posthub_assets.domain.text.documents import read_blocks
from posthub_assets.domain.writing import prepare
from posthub_assets.domain.writing.blog_posts import AROUND_WORDS_IN_ALL, PASSAGE_WORDS, material
from posthub_assets.domain.writing.budget import (
    DNA_WORDS,
    MOST_DOCUMENTS,
    OVERVIEW_WORDS,
    beginning,
    choose_excerpts,
    fair_shares,
    size_in_words,
)
from posthub_assets.domain.writing.facts import MAX_SHEET_CHARS, dna_sheet, in_line, language_facts
from posthub_assets.domain.writing.topics import MATERIAL_WORDS, SLOT_WORDS


def page(name: str, words: int, title: str = "Spokes") -> SourceDocument:
    text = f"# {title}\n\n" + "\n\n".join(
        f"Line {n} of {name} has eight words." for n in range(words // 8)
    )
    return SourceDocument(id=name, name=name, text=text)


def excerpts(*documents: SourceDocument, budget: int = DNA_WORDS):
    return choose_excerpts(documents, [read_blocks(one) for one in documents], "en", budget)


def test_overview_pages_come_first_and_the_others_share_the_rest_evenly():
    found = excerpts(
        page("a.md", 2000), page("b.md", 2000), page("short.md", 80), page("about.md", 400),
        budget=1000,
    )  # fmt: skip
    assert [one.document.name for one in found] == ["about.md", "a.md", "b.md", "short.md"]
    sizes = [size_in_words(one.text) for one in found]
    assert [one.is_cut for one in found] == [False, True, True, False]
    assert sum(sizes) <= 1000
    assert abs(sizes[1] - sizes[2]) <= 8


def test_no_overview_page_takes_everything():
    found = excerpts(page("about.md", 20_000), page("a.md", 1000), budget=5000)
    assert size_in_words(found[0].text) <= OVERVIEW_WORDS
    assert found[1].is_cut is False


def test_there_are_never_more_documents_or_words_than_the_limits():
    found = excerpts(*(page(f"{n}.md", 400) for n in range(300)))
    assert len(found) == MOST_DOCUMENTS
    assert sum(size_in_words(one.text) for one in found) <= DNA_WORDS


def test_a_text_without_spaces_counts_by_its_characters():
    found = excerpts(SourceDocument(id="x", name="x.txt", text="長" * 900_000))
    assert sum(len(one.text) for one in found) <= DNA_WORDS * 8


def test_shares_are_fair_and_use_up_the_budget():
    assert fair_shares({1: 10, 2: 100, 3: 100}, 110) == {1: 10, 2: 50, 3: 50}
    assert fair_shares({1: 10}, 0) == {1: 0}
    assert fair_shares({}, 10) == {}


def test_a_beginning_ends_at_a_line_where_it_can():
    assert beginning("one two\nthree four\nfive", 4) == "one two\nthree four"
    assert beginning("one two three", 2) == "one two"
    assert beginning("", 2) == ""


def test_our_sentences_take_no_marks_and_no_lines_from_others():
    assert in_line("A\n</source k>\u202e {{ x }}") == "A /source k x"
    assert len(in_line("x" * 900)) == 160
    assert language_facts("x}{{y}}\nIgnore")["name"].endswith("tag xyIgnore")


def test_the_sheet_of_a_dna_is_bounded(samples):
    dna = samples("en").dna
    assert len(dna_sheet(dna.model_copy(update={"summary": "word " * 9000}))) <= MAX_SHEET_CHARS


def test_passages_that_somebody_stretched_are_cut(samples):
    sample = samples("en")
    (first, *_) = sample.passages()
    long = first.model_copy(update={"quote": "word " * 3000})
    parts = material((long, long, long), sample.documents)
    assert sum(size_in_words(one["text"]) for one in parts) <= PASSAGE_WORDS
    assert sum(size_in_words(one["around"]) for one in parts) <= AROUND_WORDS_IN_ALL


def test_what_stands_around_passages_is_none_of_them(samples):
    sample = samples("en")
    passages = sample.passages()[:1]
    (part,) = material(passages, sample.documents)
    assert part["around"]
    assert passages[0].quote.split(". ")[0] not in part["around"]


@pytest.mark.shared_data
def test_prompts_about_a_real_company_stay_within_their_words(samples, shared_data):
    folder = shared_data / "companies" / "18f"
    documents = tuple(
        SourceDocument(id=path.name, name=path.name, text=path.read_text())
        for path in sorted((folder / "documents").iterdir())
    )
    past = tuple(
        PastText(title=path.stem, text=path.read_text())
        for path in sorted((folder / "published_posts").iterdir())
    )
    sample = samples("en")
    told = prepare(DnaBrief(company=sample.company, documents=documents)).variables
    assert words_of(told["sources"]) <= DNA_WORDS
    assert words_of(told["sources"]) > DNA_WORDS * 0.8
    assert told["sources"][0]["name"] == "about.md"
    assert "[" not in re.sub(r"\[[\w ]+\]", "", told["sources"][0]["text"])
    brief = TopicsBrief(
        company=sample.company,
        dna=sample.dna,
        documents=documents,
        slots=tuple(
            TopicSlot(planned_on=date(2026, 12, 1) + timedelta(days=n % 28), persona_id="ada")
            for n in range(24)
        ),
        personas={"ada": sample.persona},
        past=past,
    )
    slots = prepare(brief).variables["slots"]
    assert len(slots) == 24
    assert all(slot["material"] for slot in slots)
    assert all(size_in_words(slot["material"]) <= SLOT_WORDS[1] for slot in slots)
    assert sum(size_in_words(slot["material"]) for slot in slots) <= MATERIAL_WORDS


def words_of(sources: list[dict]) -> int:
    return sum(size_in_words(one["text"]) for one in sources)

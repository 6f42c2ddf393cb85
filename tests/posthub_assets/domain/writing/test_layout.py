"""The finished Markdown says what the fields say, whatever the model left out."""

from __future__ import annotations

import pytest

from posthub_assets.domain.writing import assemble
from posthub_assets.domain.writing.layout import finished_markdown, tidy

TEXT = "Opening words.\n\n## One\n\nText.\n\n## Two\n\nText.\n\n## Conclusion\n\nEnd."


def finished(markdown: str, sample_post, language: str = "en") -> str:
    return finished_markdown(
        markdown,
        title=sample_post.title,
        faq=sample_post.faq,
        takeaways=sample_post.takeaways,
        language=language,
    )


@pytest.fixture
def body(samples):
    sample = samples("en")
    return assemble(sample.blog_post_brief(), sample.written_post())


def test_a_missing_h1_is_set_and_another_one_is_replaced_by_the_title(body):
    for text in (TEXT, f"# Another title\n\n{TEXT}", f"# {body.title}\n\n{TEXT}"):
        done = finished(text, body)
        assert done.startswith(f"# {body.title}\n\nOpening words.")
        assert "Another title" not in done


def test_takeaways_and_faq_stand_in_this_order_before_the_conclusion(body):
    done = finished(TEXT, body)
    places = [done.index(f"## {name}") for name in ("Two", "Key takeaways", "Frequently asked")]
    assert places == sorted(places)
    assert places[-1] < done.index("## Conclusion")


def test_sections_that_say_what_the_fields_say_are_left_where_they_are(body):
    once = finished(TEXT, body)
    assert finished(once, body) == once


def test_an_faq_that_says_something_else_is_replaced(body):
    text = TEXT.replace("## Conclusion", "## FAQ\n\n### Why?\n\nBecause.\n\n## Conclusion")
    done = finished(text, body)
    assert "Because." not in done
    assert body.faq[0].answer in done


def test_a_section_of_text_is_no_list_of_takeaways_because_of_its_name(body):
    text = TEXT.replace("## Two", "## Key points of a contract")
    assert "## Key points of a contract\n\nText." in finished(text, body)


def test_persian_text_loses_arabic_letters_and_direction_marks_but_not_its_half_spaces():
    assert tidy("\u202bکتاب\u200cهاي ما\u202c", "fa") == "کتاب\u200cهای ما"
    assert tidy("يد", "uk") == "يد"


def test_quotation_marks_of_plain_fields_become_those_of_the_language(samples):
    sample = samples("cs")
    body = assemble(sample.blog_post_brief(), sample.written_post(meta_description='Kola "x" ' * 8))
    assert "„x“" in body.meta_description

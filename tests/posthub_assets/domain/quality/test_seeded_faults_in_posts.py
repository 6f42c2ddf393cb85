"""Each fault planted in a good post is found by the right rule, at the right words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from posthub_assets.domain.bodies import BlogPostBody, Question
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.findings import Finding, Verdict
from posthub_assets.domain.quality.gate import GateContext, PastItem, check_item


def markdown(change: Callable[[str], str]) -> Callable[[BlogPostBody], BlogPostBody]:
    return lambda post: post.model_copy(update={"markdown": change(post.markdown)})


def swap(old: str, new: str) -> Callable[[BlogPostBody], BlogPostBody]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return markdown(change)


def update(**fields: object) -> Callable[[BlogPostBody], BlogPostBody]:
    return lambda post: post.model_copy(update=fields)


def without(start: str, end: str) -> Callable[[BlogPostBody], BlogPostBody]:
    def change(text: str) -> str:
        return text[: text.index(start)] + text[text.index(end) :]

    return markdown(change)


def cut_after(mark: str) -> Callable[[BlogPostBody], BlogPostBody]:
    return markdown(lambda text: text[: text.index(mark)])


INTRO = "Bicycle care is a matter of small habits."
LEGALESE = (
    "Notwithstanding considerations regarding organisational responsibilities, implementation "
    "authorities systematically operationalise interdepartmental maintenance infrastructure, "
    "simultaneously incorporating comprehensive documentation requirements, multidimensional "
    "accountability mechanisms, administrative proportionality considerations, institutionalised "
    "coordination responsibilities throughout geographically distributed operational environments "
    "variant{} accordingly. "
)

FAULTS: list[tuple[str, Callable[[BlogPostBody], BlogPostBody], str, str]] = [
    ("no H1", swap("# Bicycle care for wet cities\n", ""), "structure", "no H1"),
    ("two H1", swap("## Brakes that stop", "# Brakes that stop"), "structure", "second H1"),
    (
        "text before the H1",
        markdown(lambda t: "By the shop.\n\n" + t),
        "structure",
        "before the title",
    ),
    ("no introduction", without("Bicycle care is a", "## Brakes"), "structure", "introduction"),
    ("no takeaways", without("## Key takeaways", "## Frequently"), "structure", "key takeaway"),
    ("no FAQ", without("## Frequently", "## Conclusion"), "structure", "FAQ"),
    (
        "FAQ in the field only",
        swap("Does rain harm a hub?", "Is a hub fine?"),
        "structure",
        "Does rain",
    ),
    ("no conclusion", cut_after("## Conclusion"), "structure", "no conclusion"),
    ("too long", markdown(lambda t: t + "Another short word here. " * 200), "length", "2500"),
    ("too short", cut_after("## A chain that lasts"), "length", "1500"),
    ("keyword not in the title", update(title="Small habits"), "focus_keyword", "title"),
    ("no keyword", update(focus_keyword=" "), "focus_keyword", "no focus keyword"),
    (
        "keyword not in the opening",
        markdown(lambda t: t.replace("Bicycle care is", "All this is", 1)),
        "focus_keyword",
        "opening",
    ),
    (
        "keyword stuffed",
        swap(
            "## Brakes that stop",
            "Bicycle care needs bicycle care. " * 40 + "\n\n## Brakes that stop",
        ),
        "focus_keyword",
        "stuffing",
    ),
    (
        "level skipped",
        swap("### How: a chain", "##### How: a chain"),
        "heading_order",
        "H5 right after",
    ),
    (
        "heading without words",
        swap("### How: a chain that lasts", "###"),
        "heading_order",
        "no words",
    ),
    ("meta title too long", update(meta_title="Bicycle care " * 8), "meta_lengths", "meta title"),
    ("no meta title", update(meta_title=""), "meta_lengths", "meta title is empty"),
    (
        "meta description too short",
        update(meta_description="On care."),
        "meta_lengths",
        "description",
    ),
    ("meta description too long", update(meta_description="On care. " * 30), "meta_lengths", "160"),
    (
        "unreadable",
        markdown(
            lambda t: (
                t.replace("How: brakes", "How: brakes")
                + "\n\n"
                + "".join(LEGALESE.format(i) for i in range(90))
            )
        ),
        "readability",
        "too hard",
    ),
    (
        "a sentence twice",
        swap(
            "## A chain that lasts\n",
            "## A chain that lasts\n\nA mechanic with small hands "
            "checks the brake pads while the kettle boils in the back room.",
        ),
        "repeated_sentences",
        "twice in this post",
    ),
    (
        "jinja",
        swap(INTRO, "At {{ company.name }} care is small."),
        "template_leftovers",
        "{{ company.name }}",
    ),
    (
        "liquid",
        swap(INTRO, "{% include intro.html %}"),
        "template_leftovers",
        "{% include intro.html %}",
    ),
    (
        "format field",
        swap(INTRO, "Dear {first_name}, bicycle care."),
        "template_leftovers",
        "{first_name}",
    ),
    ("todo", swap(INTRO, "Bicycle care. [TODO: numbers]"), "template_leftovers", "[TODO: numbers]"),
    ("todo line", swap(INTRO, "Bicycle care.\nTODO ask the shop\n"), "template_leftovers", "TODO"),
    ("bracket", swap(INTRO, "Welcome to [Company Name]."), "template_leftovers", "[Company Name]"),
    (
        "insert",
        swap(INTRO, "Call [insert phone number here]."),
        "template_leftovers",
        "[insert phone",
    ),
    ("lorem", swap(INTRO, "Lorem ipsum dolor."), "template_leftovers", "Lorem ipsum"),
    ("html", swap(INTRO, 'Care <span class="x">is</span> small.'), "template_leftovers", "<span"),
    (
        "comment",
        swap(INTRO, "Care <!-- check --> is small."),
        "template_leftovers",
        "<!-- check -->",
    ),
    (
        "front matter",
        markdown(lambda t: "---\ntitle: Care\n---\n" + t),
        "template_leftovers",
        "front matter",
    ),
    ("as an AI", swap(INTRO, "As an AI language model, I care."), "template_leftovers", "As an AI"),
    (
        "citation mark",
        swap(INTRO, "Care is small【4:0†source】."),
        "template_leftovers",
        "【4:0†source】",
    ),
    (
        "dead link",
        swap(INTRO, "See [our page]() on care."),
        "template_leftovers",
        "link without a target",
    ),
    ("mojibake", swap(INTRO, "It’s the shopâ€™s habit."), "template_leftovers", "encoding"),
    (
        "leftover in the meta",
        update(meta_title="Care at {{ company }} today"),
        "template_leftovers",
        "meta_title",
    ),
    (
        "leftover in the FAQ",
        update(faq=(Question(question="Why {x}?", answer="So."),)),
        "template_leftovers",
        "faq[0]",
    ),
    (
        "an empty section",
        swap("## Racks that hold", "## Lights\n\n## Racks that hold"),
        "empty_facts",
        "“Lights”",
    ),
    (
        "a value unknown",
        swap(INTRO, "- Opening hours: not specified\n"),
        "empty_facts",
        "not specified",
    ),
    ("null in prose", swap(INTRO, "We sold null bells in May."), "empty_facts", "null"),
    (
        "an empty answer",
        update(faq=(Question(question="Why?", answer="N/A"),)),
        "empty_facts",
        "Question 1",
    ),
    (
        "a Czech paragraph",
        swap(
            INTRO,
            "Když prší, je třeba po každé jízdě osušit řetěz a brzdy, "
            "protože voda a písek je velmi rychle zničí, a pak "
            "to není levné.\n\n",
        ),
        "language",
        "Czech",
    ),
    (
        "a Ukrainian paragraph",
        swap(
            INTRO,
            "Коли йде дощ, після кожної поїздки треба витерти ланцюг "
            "і гальма, бо вода й пісок швидко їх нищать.\n\n",
        ),
        "language",
        "Ukrainian",
    ),
]


@pytest.mark.parametrize(
    ("plant", "rule", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_planted_fault_is_named_by_its_rule(plant, rule, words, post, check):
    found: tuple[Finding, ...] = check(plant(post), rule)
    assert found
    assert any(words in f.message for f in found), [f.message for f in found]
    assert all(f.verdict is Verdict.FAIL and f.blocking for f in found if words in f.message)


@pytest.mark.parametrize(
    ("plant", "rule", "at"),
    [
        (
            swap("### How: a chain", "##### How: a chain"),
            "heading_order",
            "##### How: a chain that lasts",
        ),
        (
            swap(INTRO, "At {{ company.name }} care is small."),
            "template_leftovers",
            "{{ company.name }}",
        ),
        (swap("## Racks that hold", "## Lights\n\n## Racks that hold"), "empty_facts", "## Lights"),
        (swap("## Brakes that stop", "# Brakes that stop"), "structure", "# Brakes that stop"),
    ],
)
def test_the_span_is_where_the_fault_was_planted(plant, rule, at, post, check):
    body = plant(post)
    finding = check(body, rule)[0]
    assert body.markdown[finding.span_start : finding.span_end].strip() == at


def test_a_short_draft_is_a_warning_and_says_so(post, check):
    text = "# Bicycle care\n\n" + "Bicycle care pays in winter as in spring. " * 60
    found = check(post.model_copy(update={"markdown": text, "short_draft": True}), "length")
    assert [f.verdict for f in found] == [Verdict.WARN]
    assert "short draft" in found[0].message


def test_a_short_draft_may_lack_parts_but_not_its_title(post, check):
    text = "# Bicycle care\n\n" + "Bicycle care pays in winter as in spring. " * 60
    draft = {"short_draft": True, "faq": (), "takeaways": ()}
    found = check(post.model_copy(update={**draft, "markdown": text}), "structure")
    assert {f.verdict for f in found} == {Verdict.WARN}
    assert len(found) == 4
    found = check(post.model_copy(update={**draft, "markdown": text[2:]}), "structure")
    assert found[0].verdict is Verdict.FAIL


def test_words_about_lorem_ipsum_are_a_warning(post, check):
    text = post.markdown.replace(
        INTRO, "Bicycle care needs words, not placeholders like lorem ipsum."
    )
    found = check(post.model_copy(update={"markdown": text}), "template_leftovers")
    assert [f.verdict for f in found] == [Verdict.WARN]


def test_a_few_lines_are_no_short_draft(post, check):
    body = post.model_copy(update={"markdown": "# Bicycle care\n\nYes.\n", "short_draft": True})
    assert check(body, "length")[0].verdict is Verdict.FAIL


def test_code_may_show_templates_and_tags(post, check):
    text = post.markdown.replace(
        INTRO, INTRO + " Write `{{ name }}` or `<b>`.\n\n```html\n<p>{% if x %}{{ x }}</p>\n```\n"
    )
    assert check(post.model_copy(update={"markdown": text})) == ()


def test_a_link_and_an_autolink_are_no_leftovers(post, check):
    text = post.markdown.replace(
        INTRO, "See [the shop](https://a.example/x) and <https://b.example>."
    )
    assert check(post.model_copy(update={"markdown": text}), "template_leftovers") == ()


def test_heading_order_may_begin_anywhere_where_the_page_brings_its_title(post, check):
    text = "#### One\n\nWords.\n\n#### Two\n\nWords.\n\n##### Three\n\nWords.\n"
    assert check(post.model_copy(update={"markdown": text}), "heading_order") == ()


WORDS = [f"word{i}" for i in range(1200)]


def test_a_copy_with_every_tenth_word_changed_is_a_near_duplicate(post, check):
    copy = " ".join("brass" if i % 10 == 0 else word for i, word in enumerate(WORDS))
    past = PastItem("p1", Kind.BLOG_POST, "The old one", text=copy)
    body = post.model_copy(update={"markdown": " ".join(WORDS)})
    found = check(body, "near_duplicates", past=(past,))
    assert found[0].verdict is Verdict.FAIL
    assert "The old one" in found[0].message
    assert "p1" in found[0].message


@pytest.mark.parametrize(
    ("shared", "verdicts"), [(300, []), (500, [Verdict.WARN]), (800, [Verdict.FAIL])]
)
def test_a_quarter_shared_passes_and_more_than_half_fails(shared, verdicts, post, check):
    other = " ".join([*WORDS[:shared], *(f"other{i}" for i in range(1200 - shared))])
    body = post.model_copy(update={"markdown": " ".join(WORDS)})
    past = (PastItem("p", Kind.BLOG_POST, "Old", text=other),)
    assert [f.verdict for f in check(body, "near_duplicates", past=past)] == verdicts


def test_the_nearest_of_many_is_named_first(post, check):
    texts = [
        " ".join([*WORDS[:n], *(f"x{n}y{i}" for i in range(1200 - n))]) for n in (600, 1100, 850)
    ]
    past = tuple(PastItem(str(i), Kind.BLOG_POST, f"Old {i}", text=t) for i, t in enumerate(texts))
    body = post.model_copy(update={"markdown": " ".join(WORDS)})
    found = check(body, "near_duplicates", past=past)
    assert [f.quote for f in found] == ["Old 1", "Old 2", "Old 0"]


def test_an_item_is_not_its_own_duplicate(post, check):
    me = PastItem("me", Kind.BLOG_POST, post.title, text=post.markdown)
    assert check(post, past=(me,), siblings=(me,), item_id="me") == ()
    assert check(post, "near_duplicates", past=(me,), item_id="other")


def test_a_sentence_of_a_sibling_is_named_with_the_sibling(post, sentences, check):
    sibling = PastItem(
        "s7", Kind.BLOG_POST, "Rims", text=f"# Rims\n\nA word. {sentences[3]} The end is near."
    )
    found = check(post, "repeated_sentences", siblings=(sibling,))
    assert len(found) == 1
    assert "Rims" in found[0].message
    assert post.markdown[found[0].span_start : found[0].span_end] == sentences[3]


def test_a_personas_ending_may_close_two_posts(post, check):
    ending = post.markdown.strip().splitlines()[-1]
    sibling = PastItem("s", Kind.BLOG_POST, "Rims", text=f"# Rims\n\nSomething else.\n\n{ending}\n")
    assert check(post, "repeated_sentences", siblings=(sibling,)) == ()


def test_what_may_repeat_is_let_pass(post, sentences, check):
    sibling = PastItem(
        "s", Kind.BLOG_POST, "Rims", text=f"{sentences[3]}\n\nThe end is near now, friends."
    )
    assert check(post, "repeated_sentences", siblings=(sibling,), may_repeat=(sentences[3],)) == ()


def test_a_whole_post_in_another_language_is_named_once(post, check):
    german = "Wer sein Rad pflegt, der fährt länger und ruhiger durch den Regen der Stadt. " * 20
    found = check(post.model_copy(update={"markdown": german}), "language")
    assert len(found) == 1
    assert "another language" in found[0].message


def test_the_rules_are_judged_together_without_an_order(post):
    context = GateContext(language="en", company_name="", tier="PRO")
    codes = [f.rule for f in check_item(Kind.BLOG_POST, post, context)]
    assert len(codes) == len(set(codes))

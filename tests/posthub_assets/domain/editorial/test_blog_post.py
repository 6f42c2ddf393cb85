"""Blog posts: whole, true to the passages, in the language, and never twice the same sentence."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from posthub_assets.domain.briefs import Revision, SourceDocument
from posthub_assets.domain.editorial.blog_post import compose_blog_post
from posthub_assets.domain.editorial.topics import compose_topics
from posthub_assets.domain.editorial.units import sentence_key
from posthub_assets.domain.errors import SourcesExhausted
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.sentences import document_sentences
from posthub_assets.domain.text.words import count_words, normalise


def one_post(shop, **changes):
    topic = compose_topics(shop.topics_brief(1)).topics[0]
    return topic, compose_blog_post(shop.post_brief(topic, **changes))


def keys(markdown, language):
    document = SourceDocument(id="", name="", text=markdown)
    return [sentence_key(s.text) for s in document_sentences(document, language)]


@pytest.mark.parametrize("language", ["en", "cs", "uk", "fa"])
def test_a_post_has_its_parts_in_its_language(workshop, language):
    shop = workshop(language)
    topic, post = one_post(shop)
    labels = language_pack(language).labels
    assert post.markdown.startswith(f"# {topic.title}\n")
    assert f"## {labels['conclusion']}" in post.markdown
    assert post.markdown.rstrip().endswith(shop.persona().signature_ending)
    for question in post.faq:
        assert f"### {question.question}\n\n{question.answer}" in post.markdown
    for takeaway in post.takeaways:
        assert f"- {takeaway}" in post.markdown


@pytest.mark.parametrize("language", ["en", "cs", "uk", "fa"])
def test_every_sentence_comes_from_a_passage_and_stands_once(workshop, language):
    shop = workshop(language)
    topic, post = one_post(shop)
    said = normalise(" ".join(p.quote for p in topic.passages))
    ending = sentence_key(shop.persona().signature_ending)
    asked = {sentence_key(q.question) for q in post.faq}
    counted = Counter(keys(post.markdown, language))
    assert max(counted.values()) == 1
    for key in counted:
        assert key in said or key in (ending, *asked)


@pytest.mark.parametrize(
    ("language", "wrong", "right"), [("cs", '"', "„"), ("uk", '"', "«"), ("fa", '"', "«")]
)
def test_quotation_marks_are_right(workshop, language, wrong, right):
    _, post = one_post(workshop(language))
    assert wrong not in post.markdown
    assert right in post.markdown


def test_persian_keeps_its_joiners(workshop):
    _, post = one_post(workshop("fa"))
    assert "می‌شود" in post.markdown


def test_what_the_documents_do_not_carry_is_a_short_draft(workshop):
    shop = workshop("en")
    topic, post = one_post(shop)
    assert post.short_draft
    words = count_words(post.markdown)
    whole = compose_blog_post(shop.post_brief(topic, min_words=words))
    assert not whole.short_draft
    assert whole.model_copy(update={"short_draft": True}) == post


def test_a_post_is_cut_to_the_most_words(workshop):
    shop = workshop("en")
    topic, post = one_post(shop)
    most = count_words(post.markdown) // 2
    short = compose_blog_post(shop.post_brief(topic, max_words=most))
    assert count_words(short.markdown) < count_words(post.markdown)


def test_headings_step_down_and_never_repeat(workshop):
    _, post = one_post(workshop("en"))
    levels = [len(m.group(1)) for m in re.finditer(r"^(#+) ", post.markdown, re.MULTILINE)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    headings = re.findall(r"^#+ (.+)$", post.markdown, re.MULTILINE)
    assert len(headings) == len(set(headings))


def test_a_list_stays_a_list_under_its_lead_in(workshop):
    shop = workshop("en")
    topics = compose_topics(shop.topics_brief(3)).topics
    posts = [compose_blog_post(shop.post_brief(t)).markdown for t in topics]
    brakes = next(p for p in posts if "look at three things" in p)
    assert "look at three things:\n\n- The pads touch the rim and not the tyre.\n- " in brakes


def test_nothing_of_the_page_is_left_but_words(workshop):
    shop = workshop("en")
    for topic in compose_topics(shop.topics_brief(3)).topics:
        post = compose_blog_post(shop.post_brief(topic))
        for mark in ("{%", "layout", "](", "Click here", "picture", "<"):
            assert mark not in post.markdown


def test_meta_texts_are_short_and_hold_the_keyword(workshop):
    shop = workshop("en")
    for topic in compose_topics(shop.topics_brief(3)).topics:
        post = compose_blog_post(shop.post_brief(topic))
        assert len(post.meta_title) <= 60
        assert normalise(post.focus_keyword) in normalise(post.meta_title)
        assert 50 <= len(post.meta_description) <= 155
        assert post.meta_description[-1] in ".!?…"


def test_each_passage_used_is_named_with_its_quote(workshop):
    topic, post = one_post(workshop("en"))
    known = {(p.document_id, p.start, p.end) for p in topic.passages}
    used = {(p.document_id, p.start, p.end) for p in post.passages}
    assert used <= known
    said = normalise(" ".join(p.quote for p in post.passages))
    for takeaway in post.takeaways:
        assert normalise(takeaway) in said


def test_the_same_brief_gives_the_same_post_and_another_persona_another_one(workshop):
    shop = workshop("en")
    topic, post = one_post(shop)
    assert compose_blog_post(shop.post_brief(topic)) == post
    other = shop.persona("Ben").model_copy(update={"signature_ending": "Keep it true, friends."})
    changed = compose_blog_post(shop.post_brief(topic, persona=other))
    assert changed.markdown != post.markdown
    assert changed.markdown.rstrip().endswith("Keep it true, friends.")


def test_words_that_a_reviewer_marked_do_not_come_back(workshop):
    shop = workshop("en")
    topic, post = one_post(shop)
    marked = tuple(p.quote.split("\n")[0][5:40] for p in post.passages[1:4])
    revision = Revision(round=1, previous=post.model_dump(), reasons=("Wrong.",), spans=marked)
    revised = compose_blog_post(shop.post_brief(topic, revision=revision))
    assert all(span in post.markdown for span in marked)
    assert not any(span in revised.markdown for span in marked)
    assert not any(span in revised.meta_description for span in marked)


def test_a_marked_title_is_changed(workshop):
    shop = workshop("en")
    topic, post = one_post(shop)
    revision = Revision(
        round=1, previous=post.model_dump(), reasons=("Title",), spans=(post.title,)
    )
    revised = compose_blog_post(shop.post_brief(topic, revision=revision))
    assert post.title not in revised.markdown
    assert revised.title != post.title


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en", "Please make it shorter."),
        ("cs", "Prosím zkrátit."),
        ("uk", "Скоротіть, будь ласка."),
        ("fa", "کوتاه‌تر بنویسید."),
    ],
)
def test_a_wish_for_a_shorter_post_is_heard(workshop, language, reason):
    shop = workshop(language)
    topic, post = one_post(shop)
    revision = Revision(round=1, previous=post.model_dump(), reasons=(reason,))
    revised = compose_blog_post(shop.post_brief(topic, revision=revision))
    assert count_words(revised.markdown) < count_words(post.markdown)


def test_a_topic_without_passages_cannot_be_written(workshop):
    shop = workshop("en")
    topic, _ = one_post(shop)
    with pytest.raises(SourcesExhausted, match="no passages to write from"):
        compose_blog_post(shop.post_brief(topic.model_copy(update={"passages": ()})))

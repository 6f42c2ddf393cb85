"""The numbers that must hold over real documents: a month of 24, and one from right to left."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from posthub_assets.domain.briefs import (
    BlogPostBrief,
    PastText,
    SourceDocument,
    TopicsBrief,
    TopicSlot,
)
from posthub_assets.domain.editorial.blog_post import compose_blog_post
from posthub_assets.domain.editorial.topics import compose_topics
from posthub_assets.domain.editorial.units import sentence_key
from posthub_assets.domain.text.sentences import document_sentences
from posthub_assets.domain.text.similarity import jaccard, near_duplicate, text_shingles
from posthub_assets.domain.text.words import content_stems, count_words

pytestmark = pytest.mark.shared_data


def documents(folder):
    return tuple(
        SourceDocument(
            id=path.name,
            name=path.name,
            text=path.read_text(),
            media_type="text/html" if path.suffix == ".html" else "text/markdown",
        )
        for path in sorted(folder.iterdir())
    )


def published(folder):
    posts = []
    for path in sorted(folder.iterdir()):
        text = path.read_text()
        title = re.search(r"^title:\s*[\"']?(.*?)[\"']?\s*$", text, re.MULTILINE).group(1)
        posts.append(PastText(title=title, text=text))
    return tuple(posts)


def month(shop, pages, count, *, past=(), quoted=(), event=""):
    slots = tuple(
        TopicSlot(
            planned_on=date(2026, 12, 1) + timedelta(days=i),
            persona_id="ada",
            event=event if i == 4 else "",
        )
        for i in range(count)
    )
    brief = TopicsBrief(
        company=shop.company,
        dna=shop.dna,
        documents=pages,
        slots=slots,
        personas={"ada": shop.persona()},
        past=past,
        quoted=quoted,
    )
    topics = compose_topics(brief).topics
    return topics, [write(shop, pages, topic) for topic in topics]


def write(shop, pages, topic):
    named = {p.document_id for p in topic.passages}
    brief = BlogPostBrief(
        company=shop.company,
        dna=shop.dna,
        persona=shop.persona(),
        topic=topic,
        documents=tuple(page for page in pages if page.id in named),
    )
    return compose_blog_post(brief)


def repeated(shop, posts, language):
    ending = sentence_key(shop.persona().signature_ending)
    counted = Counter()
    for post in posts:
        document = SourceDocument(id="", name="", text=post.markdown)
        counted.update(
            sentence_key(s.text)
            for s in document_sentences(document, language)
            if count_words(s.text) >= 4
        )
    return [key for key, count in counted.items() if count > 1 and key != ending]


@pytest.fixture(scope="module")
def government(workshop, shared_data):
    shop = workshop("en")
    shop.company = shop.company.model_copy(
        update={
            "name": "18F",
            "business_field": "Helps government agencies build and buy technology",
        }
    )
    pages = documents(shared_data / "companies/18f/documents")
    past = published(shared_data / "companies/18f/published_posts")
    december = month(shop, pages, 24, past=past, event="Open source week at the agency")
    return shop, pages, past, *december


def test_a_large_company_gets_24_posts_of_which_18_reach_900_words(government):
    _, _, _, topics, posts = government
    assert len(topics) == 24
    words = [count_words(post.markdown) for post in posts]
    assert sum(900 <= count <= 2500 for count in words) >= 18
    assert all(post.short_draft == (count < 1500) for post, count in zip(posts, words, strict=True))


def test_no_sentence_stands_in_two_posts_of_the_month(government):
    shop, _, _, _, posts = government
    assert repeated(shop, posts, "en") == []


def test_topics_differ_from_each_other_and_from_what_was_published(government):
    _, _, past, topics, _ = government
    titles = [
        frozenset(content_stems(t, "en"))
        for t in (*(t.title for t in topics), *(p.title for p in past))
    ]
    for number in range(len(topics)):
        for other in titles[:number] + titles[len(topics) :]:
            assert jaccard(titles[number], other) < 0.6


def test_the_event_is_named_and_its_post_speaks_of_it(government):
    _, _, _, topics, posts = government
    assert topics[4].title.startswith("Open source week at the agency: ")
    assert posts[4].markdown.casefold().count("open source") > 10


def test_posts_are_whole(government):
    _, _, _, _, posts = government
    for post in posts:
        assert len(post.faq) >= 2 and len(post.takeaways) >= 3
        assert len(post.meta_title) <= 60 and len(post.meta_description) <= 155
        assert not re.search(r"\{%|\{\{|\]\(|</?\w+>|lorem ipsum|@gsa\.gov", post.markdown, re.I)


def test_the_month_after_has_other_topics_and_other_posts(government):
    shop, pages, past, topics, posts = government
    told = tuple(
        PastText(title=t.title, text=p.markdown) for t, p in zip(topics, posts, strict=True)
    )
    quoted = tuple((p.document_id, p.start, p.end) for t in topics for p in t.passages)
    january, january_posts = month(shop, pages, 24, past=(*past, *told), quoted=quoted)
    for topic in january:
        assert all(near_duplicate(topic.title, t.title, "en") < 0.5 for t in topics)
    old = [text_shingles(post.markdown, "en") for post in posts]
    for post in january_posts:
        own = text_shingles(post.markdown, "en")
        assert max(jaccard(own, other) for other in old) < 0.2


def test_a_small_persian_company_gets_twelve_short_drafts(workshop, shared_data):
    shop = workshop("fa")
    pages = documents(shared_data / "companies/django-girls/documents/fa")
    topics, posts = month(shop, pages, 12)
    assert len({topic.title for topic in topics}) == 12
    assert repeated(shop, posts, "fa") == []
    for post in posts:
        assert post.short_draft
        letters = re.findall(r"[^\W\d_]", post.markdown)
        assert sum("\u0600" <= mark <= "\u06ff" for mark in letters) > 0.6 * len(letters)
        assert '"' not in re.sub(r"(?s)```.*?```|`[^`]*`", "", post.markdown)

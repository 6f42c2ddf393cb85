"""Articles on request: from the order's text or the documents, within their length."""

from __future__ import annotations

import re

import pytest

from posthub_assets.domain.bodies import ArticleTask
from posthub_assets.domain.briefs import ArticleBrief, Revision
from posthub_assets.domain.editorial.articles import compose_article, said_of_topic
from posthub_assets.domain.errors import SourcesExhausted
from posthub_assets.domain.text.words import count_words, normalise

TOPICS = {"en": "Choosing spokes", "cs": "výběr drátů", "uk": "вибір спиць", "fa": "پره‌های چرخ"}


def brief(shop, task=ArticleTask.DRAFT, **changes):
    values = {"topic": "Truing a wheel", "documents": shop.documents, "min_words": 20}
    return ArticleBrief(company=shop.company, task=task, **{**values, "max_words": 200, **changes})


def said(shop):
    return normalise(" ".join(one.text for one in shop.documents))


@pytest.fixture
def shop(workshop):
    return workshop("en")


def test_a_draft_says_what_the_documents_say_of_the_topic(shop):
    article = compose_article(brief(shop, keywords=("wheel",)))
    assert article.markdown.startswith("# Truing a wheel\n\n")
    assert "patience and a stand" in article.markdown
    assert "Cargo bikes carry two children" not in article.markdown
    assert (article.task, article.keywords) == (ArticleTask.DRAFT, ("wheel",))


def test_every_sentence_of_a_draft_is_one_of_the_documents(shop):
    text = compose_article(brief(shop)).markdown
    sentences = re.findall(r"(?m)^(?![#-]).+$", text)
    assert sentences
    for line in sentences:
        for sentence in re.split(r"(?<=[.!?]) ", line):
            assert normalise(sentence) in said(shop)


@pytest.mark.parametrize("task", list(ArticleTask))
@pytest.mark.parametrize("most", [40, 80, 160])
def test_no_article_is_longer_than_ordered(shop, task, most):
    source = "\n\n".join(one.text for one in shop.documents)
    article = compose_article(brief(shop, task, source=source, max_words=most))
    if task is not ArticleTask.OUTLINE:  # its points are about the sections that are to be written
        assert count_words(article.markdown) <= most


def test_an_outline_gives_each_section_its_points_and_its_share_of_the_words(shop):
    text = compose_article(brief(shop, ArticleTask.OUTLINE, max_words=400)).markdown
    shares = [int(n) for n in re.findall(r"(?m)^## .+ \((\d+)\)$", text)]
    assert shares
    assert abs(sum(shares) - 210) <= 5 * len(shares)
    for section in text.split("\n## ")[1:]:
        assert 1 <= section.count("\n- ") <= 5


def test_a_caption_is_one_paragraph_without_a_heading(shop):
    text = compose_article(brief(shop, ArticleTask.CAPTION, max_words=60)).markdown
    assert "#" not in text
    assert text.count("\n") == 1
    assert 20 <= count_words(text) <= 60


def test_a_rewrite_says_nothing_twice_and_keeps_the_order(shop):
    source = (
        "Spokes carry the rider. They lose tension on cobbles. A truing stand shows it at once.\n\n"
        "They lose tension on cobbles. A quarter turn is the rule in our workshop."
    )
    text = compose_article(brief(shop, ArticleTask.REWRITE, source=source)).markdown
    assert text.count("lose tension on cobbles") == 1
    assert text.index("carry the rider") < text.index("quarter turn")


def test_what_nothing_is_said_of_is_refused_with_advice(shop):
    with pytest.raises(SourcesExhausted, match="“Quantum fields” from"):
        compose_article(brief(shop, topic="Quantum fields"))
    with pytest.raises(SourcesExhausted):
        compose_article(brief(shop, documents=()))
    with pytest.raises(SourcesExhausted):
        compose_article(brief(shop, topic="?!", source=""))


def test_marked_words_are_gone_and_a_marked_title_is_replaced(shop):
    first = compose_article(brief(shop))
    spans = ("patience and a stand", "Truing a wheel")
    revision = Revision(
        round=1, previous=first.model_dump(mode="json"), reasons=("no",), spans=spans
    )
    second = compose_article(brief(shop, revision=revision))
    assert not [span for span in spans if normalise(span) in normalise(second.markdown)]


def test_the_same_order_gives_the_same_article(shop):
    assert compose_article(brief(shop)) == compose_article(brief(shop))


def test_a_voice_ends_its_draft(shop):
    persona = shop.persona()
    text = compose_article(brief(shop, persona=persona)).markdown
    assert text.rstrip().endswith(persona.signature_ending)


@pytest.mark.parametrize("language", ["en", "cs", "uk", "fa"])
def test_articles_are_written_in_all_languages_from_a_text(workshop, language):
    shop = workshop(language)
    source = "\n\n".join(one.text for one in shop.documents)
    for task in ArticleTask:
        article = compose_article(brief(shop, task, topic=TOPICS[language], source=source))
        assert count_words(article.markdown) >= 20


def test_models_are_told_what_the_documents_say(shop):
    found = said_of_topic(brief(shop), 300)
    assert "patience and a stand" in found
    assert said_of_topic(brief(shop, topic="Quantum fields"), 300) == ""

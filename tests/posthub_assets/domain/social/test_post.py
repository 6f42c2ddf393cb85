from __future__ import annotations

import re

import pytest

from posthub_assets.domain.bodies import Archetype, Platform
from posthub_assets.domain.briefs import Revision
from posthub_assets.domain.errors import SourcesExhausted
from posthub_assets.domain.social.calls import CALLS
from posthub_assets.domain.social.post import compose_social_post
from posthub_assets.domain.social.rules import post_length, published_text, rules_for
from posthub_assets.domain.text.sentences import split_sentences


@pytest.fixture
def posts(language, brief_for):
    return {p: compose_social_post(brief_for(language, p)) for p in Platform}


def _said(post):
    """The post's text without its call to action."""
    assert post.text.endswith(post.call_to_action)
    return post.text.removesuffix(post.call_to_action).strip()


def _sentences(text, language):
    parts = text.split("\n\n")
    return [part[a:b] for part in parts for a, b in split_sentences(part, language)]


def test_each_platform_s_limits_are_kept(posts):
    for platform, post in posts.items():
        rules = rules_for(platform)
        length = post_length(published_text(post.text, post.hashtags), platform)
        room = 24 if rules.link_in_text else 0
        assert length + room <= rules.max_characters
        assert rules.hashtags_min <= len(post.hashtags) <= rules.hashtags_max


def test_a_post_says_whole_sentences_of_the_blog_post_and_nothing_else(language, posts, brief_for):
    source = " ".join(brief_for(language, Platform.X).blog_post.markdown.split())
    whole = _sentences(source, language)
    for post in posts.values():
        for sentence in _sentences(_said(post), language):
            assert any(sentence in one for one in whole), sentence
            assert sentence[-1] in ".!?؟"


def test_the_five_platforms_begin_differently_and_share_no_sentence(language, posts):
    said = [s for post in posts.values() for s in _sentences(_said(post), language)]
    assert len(set(said)) == len(said)


def test_the_hook_is_seen_before_the_text_is_folded(language, posts):
    for platform, post in posts.items():
        hook = _sentences(post.text, language)[0]
        assert len(hook) <= rules_for(platform).hook_characters


def test_every_sentence_keeps_its_source(language, posts):
    for post in posts.values():
        quotes = {passage.quote for passage in post.passages}
        assert quotes == set(_sentences(_said(post), language))


def test_hashtags_are_valid_and_speak_of_the_subject(language, posts):
    for post in posts.values():
        assert all(re.fullmatch(r"\w*[^\W\d]\w*", tag) for tag in post.hashtags)
        keyword = {"en": "Starter", "cs": "Housle", "uk": "Годинник", "fa": "کتاب"}[language]
        assert post.hashtags[0] == keyword
        assert "#" not in post.text


def test_the_persona_s_ending_is_no_hook(language, posts, brief_for):
    ending = brief_for(language, Platform.X).persona.signature_ending
    assert all(ending.strip() not in post.text for post in posts.values())


def test_personas_call_to_action_in_different_words(language, brief_for):
    calls = {
        compose_social_post(brief_for(language, Platform.LINKEDIN, archetype)).call_to_action
        for archetype in Archetype
    }
    assert len(calls) >= 3


def test_calls_are_there_for_every_platform_without_leftovers(language, brief_for):
    for platform in Platform:
        assert len(set(CALLS[language][platform])) >= 5
        for archetype in Archetype:
            call = compose_social_post(brief_for(language, platform, archetype)).call_to_action
            assert not set("[]|{}") & set(call)


def test_a_text_that_says_the_informal_you_is_called_informally(brief_for):
    brief = brief_for("cs", Platform.TIKTOK)
    text = brief.blog_post.markdown + "\n\nTaky máš housle? Můžeš je opravit, když budeš chtít.\n"
    post = brief.blog_post.model_copy(update={"markdown": text})
    formal = compose_social_post(brief).call_to_action
    informal = compose_social_post(brief.model_copy(update={"blog_post": post})).call_to_action
    assert re.search(r"\w(?:te|li)\b", formal)
    assert not re.search(r"\w+(?:ěte|ete|ejte|jte)\b", informal)
    assert formal != informal


def test_the_same_brief_gives_the_same_post(language, brief_for):
    brief = brief_for(language, Platform.FACEBOOK)
    assert compose_social_post(brief) == compose_social_post(brief)


def test_marked_words_are_gone_and_the_post_begins_otherwise(language, brief_for):
    for platform in Platform:
        first = compose_social_post(brief_for(language, platform))
        hook = _sentences(first.text, language)[0]
        spans = (hook, first.call_to_action, first.hashtags[-1])
        revision = Revision(
            round=1, previous=first.model_dump(mode="json"), reasons=("no",), spans=spans
        )
        second = compose_social_post(brief_for(language, platform, revision=revision))
        shown = published_text(second.text, second.hashtags)
        assert not [span for span in spans if span in shown]
        assert _sentences(second.text, language)[0] != hook


def test_a_revision_without_marked_words_changes_the_hook(language, brief_for):
    first = compose_social_post(brief_for(language, Platform.LINKEDIN))
    revision = Revision(round=1, previous=first.model_dump(mode="json"), reasons=("duller",))
    second = compose_social_post(brief_for(language, Platform.LINKEDIN, revision=revision))
    assert _sentences(first.text, language)[0] != _sentences(second.text, language)[0]


def test_a_revised_post_does_not_take_what_another_platform_says(language, brief_for, posts):
    first = posts[Platform.X]
    hook = _sentences(first.text, language)[0]
    revision = Revision(
        round=1, previous=first.model_dump(mode="json"), reasons=("no",), spans=(hook,)
    )
    second = compose_social_post(brief_for(language, Platform.X, revision=revision))
    others = {
        s for p, post in posts.items() if p is not Platform.X
        for s in _sentences(_said(post), language)
    }  # fmt: skip
    assert not others & set(_sentences(_said(second), language))


def test_where_no_sentence_fits_x_the_topic_speaks_whole(brief_for):
    brief = brief_for("en", Platform.X)
    endless = "Starters " + "and flour and water " * 20 + "belong together."
    post = brief.blog_post.model_copy(
        update={"markdown": f"# T\n\n{endless}\n", "takeaways": (), "passages": ()}
    )
    made = compose_social_post(brief.model_copy(update={"blog_post": post}))
    assert made.text.startswith(brief.topic.description)
    assert weighted_ok(made)
    topic = brief.topic.model_copy(update={"description": endless})
    made = compose_social_post(brief.model_copy(update={"blog_post": post, "topic": topic}))
    assert made.text.startswith("Sourdough starter in winter.")


def weighted_ok(post):
    return post_length(published_text(post.text, post.hashtags), Platform.X) <= 280


def test_nothing_left_to_say_is_an_error_that_says_what_to_do(brief_for):
    revision = Revision(round=1, previous={}, reasons=("x",), spans=("r",))
    with pytest.raises(SourcesExhausted, match="Mark fewer words"):
        compose_social_post(brief_for("en", Platform.X, revision=revision))


def test_chinese_text_is_weighed_before_it_is_sent_to_x(brief_for):
    brief = brief_for("en", Platform.X)
    sentence = "酵" * 140 + " and more words to make a sentence."
    post = brief.blog_post.model_copy(update={"markdown": f"{sentence}\n", "takeaways": ()})
    made = compose_social_post(brief.model_copy(update={"blog_post": post}))
    assert "酵" not in made.text

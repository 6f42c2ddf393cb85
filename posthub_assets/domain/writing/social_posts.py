"""Social posts by a model: the blog post and the platform's rules, and the answer as a body.

What does not belong here: the platforms' numbers (`domain/social/rules.py`), judging the post.
"""

from __future__ import annotations

import re
from typing import Any

from posthub_assets.domain.bodies import Passage, Platform, SocialPostBody
from posthub_assets.domain.briefs import SocialPostBrief
from posthub_assets.domain.research.address import is_informal
from posthub_assets.domain.social.rules import LINK_WEIGHT, PlatformRules, rules_for
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.typography import typeset
from posthub_assets.domain.text.words import content_stems, normalise
from posthub_assets.domain.writing.answers import WrittenSocialPost
from posthub_assets.domain.writing.budget import beginning
from posthub_assets.domain.writing.facts import (
    company_facts,
    language_facts,
    persona_sheet,
    revision_facts,
)
from posthub_assets.domain.writing.layout import tidy

POST_WORDS = 2_600
"""Of the blog post: all of it, since the longest has 2,500."""
MOST_PASSAGES = 3
LEAST_SHARED = 3
"""Meaningful stems that a passage shares with the post it is said to be a source of."""
HASHTAG_CHARS = 18
"""What one hashtag takes, with its mark and its space, where room has to be kept for it."""
READ_CHARS = {
    Platform.FACEBOOK: 700,
    Platform.INSTAGRAM: 900,
    Platform.LINKEDIN: 1_300,
    Platform.X: 280,
    Platform.TIKTOK: 300,
}
"""What people read of a post, in characters: house style, far below what platforms take."""

_NOT_IN_A_TAG = re.compile(r"[^\w\u200c]+")


def social_variables(brief: SocialPostBrief) -> dict[str, Any]:
    """Give what the prompt is told: the voice, the blog post, the platform and its numbers."""
    post = brief.blog_post
    return {
        "company": company_facts(brief.company),
        "language": language_facts(brief.company.language),
        "persona_sheet": persona_sheet(brief.persona),
        "platform": brief.platform.value,
        "rules": platform_facts(rules_for(brief.platform)),
        "topic_sheet": (
            f"Title: {post.title}\nFocus keyword: {brief.topic.focus_keyword}\n"
            f"Promise: {brief.topic.description}"
        ),
        "blog_post": beginning(post.markdown, POST_WORDS),
        "is_informal": is_informal(post.markdown, brief.company.language),
        "revision": revision_facts(brief.revision),
    }


def platform_facts(rules: PlatformRules) -> dict[str, Any]:
    """Give a platform's numbers as a writer needs them; `most_chars` is what is left for the text.

    Room is kept for the hashtags and, where links can be clicked, for one link.
    """
    hashtags = rules.hashtags_max * HASHTAG_CHARS
    link = LINK_WEIGHT + 1 if rules.link_in_text else 0
    most = min(READ_CHARS[rules.platform], rules.max_characters) if not rules.weighted else 280
    return {
        "limit_chars": rules.max_characters,
        "most_chars": min(most, rules.max_characters - hashtags - link),
        "hook_chars": min(rules.hook_characters, 140),
        "hashtags_min": rules.hashtags_min,
        "hashtags_max": rules.hashtags_max,
        "can_link": rules.link_in_text,
    }


def social_post(brief: SocialPostBrief, answer: WrittenSocialPost) -> SocialPostBody:
    """Make the post: it ends with its call to action, and names the passages that it leans on."""
    language = brief.company.language
    pack = language_pack(language)
    text = typeset(_without_tags(tidy(answer.text, language)), pack)
    call = typeset(" ".join(tidy(answer.call_to_action, language).split()), pack)
    if call and normalise(call) not in normalise(text):
        gap = " " if brief.platform is Platform.X else "\n\n"
        text = f"{text}{gap}{call}"
    return SocialPostBody(
        platform=brief.platform,
        text=text,
        hashtags=_hashtags(answer.hashtags),
        call_to_action=call,
        passages=_sources(text, brief),
    )


def _without_tags(text: str) -> str:
    """Take off a last line of hashtags; they follow from their list."""
    lines = text.split("\n")
    while lines and re.fullmatch(r"\s*(?:#\S+\s*)+", lines[-1]):
        lines.pop()
        while lines and not lines[-1].strip():
            lines.pop()
    return "\n".join(line.rstrip() for line in lines)


def _hashtags(tags: list[str]) -> tuple[str, ...]:
    """Give each hashtag once, without marks that would end it."""
    clean = (_NOT_IN_A_TAG.sub("", tag) for tag in tags)
    return tuple({tag.casefold(): tag for tag in clean if tag}.values())


def _sources(text: str, brief: SocialPostBrief) -> tuple[Passage, ...]:
    """Give the passages of the blog post that share most with the text, at most three."""
    language = brief.company.language
    said = set(content_stems(text, language))
    shared = [
        (len(said & set(content_stems(one.quote, language))), -place)
        for place, one in enumerate(brief.blog_post.passages)
    ]
    best = sorted((pair for pair in shared if pair[0] >= LEAST_SHARED), reverse=True)
    places = sorted(-place for _, place in best[:MOST_PASSAGES])
    return tuple(brief.blog_post.passages[place] for place in places)

"""Rules over social posts: the platform's limits, its hashtags, and a hook that is seen.

The numbers are rows of `domain/social/rules.py`, dated and sourced there.
What does not belong here: those numbers; near-duplicates (`duplicates.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from posthub_assets.domain.bodies import SocialPostBody
from posthub_assets.domain.quality.findings import Finding, fail, warn
from posthub_assets.domain.social.rules import (
    PlatformRules,
    post_length,
    published_text,
    rules_for,
)

RULE = "platform_rules"

_TAG_IN_TEXT = re.compile(r"(?<![\w/&#])#[^\W\d]\w+")
_HASHTAG = re.compile(r"[\w\u200c]*[^\W\d][\w\u200c]*")


def platform_rules(body: SocialPostBody) -> Iterator[Finding]:
    """Hold a post against the limits of its platform's row."""
    rules = rules_for(body.platform)
    yield from _limit(body, rules)
    yield from _too_many_hashtags(body, rules)
    yield from _bad_tags(body)


def hook(body: SocialPostBody, first_sentence_end: int) -> Iterator[Finding]:
    """Hold a post against our own style on its platform: seen hook, enough hashtags, a call.

    `first_sentence_end` is a character offset into the text.
    """
    rules = rules_for(body.platform)
    yield from _late_hook(body, rules, first_sentence_end)
    yield from _too_few_hashtags(body, rules)
    if not body.call_to_action.strip():
        yield warn("hook", "The post has no call to action. Say what the reader should do next.")


def _limit(body: SocialPostBody, rules: PlatformRules) -> Iterator[Finding]:
    length = post_length(published_text(body.text, body.hashtags), body.platform)
    if not body.text.strip():
        yield fail(RULE, "The post has no text. Write it.", measured="0 characters")
    elif length > rules.max_characters:
        over = length - rules.max_characters
        counted = "weighted characters" if rules.weighted else "characters"
        start = max(0, len(body.text) - over)
        yield fail(
            RULE,
            f"With its hashtags the post has {length} {counted}; {body.platform.value} takes "
            f"{rules.max_characters}. Shorten it by {over}.",
            (start, len(body.text)),
            body.text[start:],
            f"{length} of {rules.max_characters} {counted}",
        )


def _too_many_hashtags(body: SocialPostBody, rules: PlatformRules) -> Iterator[Finding]:
    count = len(body.hashtags)
    if count > rules.hashtags_max:
        yield fail(
            RULE,
            f"The post has {count} hashtags; on {body.platform.value} it may have "
            f"{rules.hashtags_max}. Delete {count - rules.hashtags_max}.",
            quote=_shown(body),
            measured=f"{count} hashtags",
        )


def _too_few_hashtags(body: SocialPostBody, rules: PlatformRules) -> Iterator[Finding]:
    count = len(body.hashtags)
    if count < rules.hashtags_min:
        yield fail(
            "hook",
            f"The post has {count} hashtags; on {body.platform.value} it should have at least "
            f"{rules.hashtags_min}. Add {rules.hashtags_min - count}.",
            quote=_shown(body),
            measured=f"{count} hashtags",
        )


def _shown(body: SocialPostBody) -> str:
    return " ".join(f"#{tag}" for tag in body.hashtags)


def _bad_tags(body: SocialPostBody) -> Iterator[Finding]:
    seen: set[str] = set()
    for tag in body.hashtags:
        if tag.casefold() in seen:
            yield fail(RULE, f"The hashtag “{tag}” is there twice. Delete one.", quote=tag)
        elif not _HASHTAG.fullmatch(tag):
            yield fail(
                RULE,
                f"“{tag}” does not work as a hashtag: letters, digits and underscores only, at "
                "least one letter, no leading #. Write it without the other marks.",
                quote=tag,
            )
        seen.add(tag.casefold())
    for match in _TAG_IN_TEXT.finditer(body.text):
        yield fail(
            RULE,
            f"“{match.group()}” stands in the text. Move it to the list of hashtags.",
            match.span(),
            match.group(),
        )


def _late_hook(
    body: SocialPostBody, rules: PlatformRules, first_sentence_end: int
) -> Iterator[Finding]:
    if first_sentence_end > rules.hook_characters:
        yield fail(
            "hook",
            f"The first sentence has {first_sentence_end} characters, but {body.platform.value} "
            f"folds the text after about {rules.hook_characters}. Begin with a shorter one.",
            (0, first_sentence_end),
            body.text[:first_sentence_end],
            f"hook of {first_sentence_end} characters",
        )

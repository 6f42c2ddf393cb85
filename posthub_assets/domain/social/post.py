"""Composing a post for one platform from a blog post: hook, support, call to action, hashtags.

The five platforms' posts for one blog post are dealt out together, so each begins with another
sentence although each is composed alone.
What does not belong here: the platforms' limits (`rules.py`), sending (`resources/`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from posthub_assets.domain.bodies import Platform, SocialPostBody
from posthub_assets.domain.briefs import SocialPostBrief
from posthub_assets.domain.editorial.revisions import Wishes
from posthub_assets.domain.errors import SourcesExhausted
from posthub_assets.domain.research.address import is_informal
from posthub_assets.domain.social.calls import calls_for
from posthub_assets.domain.social.excerpts import Excerpt, excerpts, source_of
from posthub_assets.domain.social.hashtags import hashtags
from posthub_assets.domain.social.rules import (
    LINK_WEIGHT,
    PlatformRules,
    post_length,
    published_text,
    rules_for,
)
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.words import content_stems, normalise

_DEAL = (Platform.X, Platform.LINKEDIN, Platform.TIKTOK, Platform.FACEBOOK, Platform.INSTAGRAM)
"""Who chooses a hook first: the tightest platform, then those where the hook counts most."""

_SUPPORT = {
    Platform.LINKEDIN: 3,
    Platform.FACEBOOK: 2,
    Platform.INSTAGRAM: 3,
    Platform.TIKTOK: 1,
    Platform.X: 1,
}
"""Sentences after the hook, at most."""

_X_SUPPORT_AT_MOST = 200
"""A weighted hook longer than this leaves no room worth filling on X."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A post before its hashtags: the sentences in order, and the call to action."""

    sentences: tuple[str, ...]
    call: str

    def text(self, platform: Platform) -> str:
        """Lay the post out: one paragraph on X, else hook, support and call apart."""
        if platform is Platform.X:
            return " ".join((*self.sentences, self.call)).strip()
        hook, support = self.sentences[0], " ".join(self.sentences[1:])
        return "\n\n".join(part for part in (hook, support, self.call) if part)


def compose_social_post(brief: SocialPostBrief) -> SocialPostBody:
    """Give a post within the platform's rules; `text` ends with the call to action.

    Only whole sentences of the blog post, or where none fits the topic's description or title. On
    platforms with links in the text there is room left for one. With a revision, none of the
    marked words occurs again, and the post begins otherwise than before.
    Raises SourcesExhausted where nothing may be said without a marked word.
    """
    return _Composer(brief).body()


class _Composer:
    def __init__(self, brief: SocialPostBrief) -> None:
        self.brief = brief
        self.language = brief.company.language
        self.rules: PlatformRules = rules_for(brief.platform)
        self.wishes = Wishes.read(brief.revision, language_pack(self.language))
        self.said: set[str] = set()
        self.informal = is_informal(brief.blog_post.markdown, self.language)

    def body(self) -> SocialPostBody:
        tags = self._hashtags()
        draft = self._draft(tags)
        sources = (source_of(s, self.brief.blog_post.passages) for s in draft.sentences)
        return SocialPostBody(
            platform=self.brief.platform,
            text=draft.text(self.brief.platform),
            hashtags=tags,
            call_to_action=draft.call,
            passages=tuple(passage for passage in sources if passage),
        )

    def _draft(self, tags: tuple[str, ...]) -> Draft:
        for hook, following in self._openings():
            for call in self._calls():
                draft = Draft((hook,), call)
                if self._fits(draft, tags):
                    return self._supported(draft, following, tags)
        raise SourcesExhausted(
            f"No whole sentence of the blog post fits {self.brief.platform.value} without the "
            "words that were marked. Mark fewer words, or edit the post by hand.",
            provider="local",
        )

    def _openings(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        """Give hooks with what may follow, the one dealt to this platform first."""
        for excerpt in self._deal():
            yield excerpt.hook, excerpt.following
        topic, post = self.brief.topic, self.brief.blog_post
        for text in (topic.description, post.title, topic.title, topic.focus_keyword):
            line = _line(text)
            if line and not self.wishes.forbids(line):
                yield line, ()

    def _deal(self) -> list[Excerpt]:
        """Deal the excerpts to all platforms in turn; give this one's, then those left over.

        `said` is what others say. A revised post keeps clear of all others; the first version only
        of those dealt before it, since those after it keep clear of this one.
        """
        everything = excerpts(self.brief.blog_post, self.brief.topic, self.language)
        mine: set[str] = set()
        for platform in _DEAL:
            left = [e for e in everything if normalise(e.hook) not in self.said]
            fitting = [e for e in left if _is_hook(e.hook, rules_for(platform))]
            is_mine = platform is self.brief.platform
            if is_mine and self.brief.revision is None:
                return fitting
            said = self._said_by(platform, fitting[0]) if fitting else set()
            self.said |= said
            mine = said if is_mine else mine
        self.said -= mine
        return self._revised([e for e in everything if _is_hook(e.hook, self.rules)])

    def _said_by(self, platform: Platform, excerpt: Excerpt) -> set[str]:
        support = self._support(excerpt.hook, excerpt.following, platform, Wishes())
        return {normalise(text) for text in (excerpt.hook, *support)}

    def _revised(self, fitting: list[Excerpt]) -> list[Excerpt]:
        """Give what holds no marked word: what nobody says first, what was refused last."""
        before = normalise(_previous_text(self.brief))
        free = [e for e in fitting if not self.wishes.forbids(e.hook)]
        return sorted(
            free,
            key=lambda e: (
                bool(before) and before.startswith(normalise(e.hook)),
                normalise(e.hook) in self.said,
            ),
        )

    def _supported(self, draft: Draft, following: tuple[str, ...], tags: tuple[str, ...]) -> Draft:
        hook = draft.sentences[0]
        chosen = self._support(hook, following, self.brief.platform, self.wishes)
        while chosen:
            longer = Draft((hook, *chosen), draft.call)
            if self._fits(longer, tags):
                return longer
            chosen = chosen[:-1]
        return draft

    def _support(
        self, hook: str, following: tuple[str, ...], platform: Platform, wishes: Wishes
    ) -> tuple[str, ...]:
        """Give what follows the hook, or takeaways near it; none that another platform says."""
        most = _SUPPORT[platform] if wishes.share >= 1 else 1
        if platform is Platform.X and post_length(hook, platform) > _X_SUPPORT_AT_MOST:
            return ()
        chain = self._chain(following[:most], wishes)
        if chain or platform in (Platform.X, Platform.TIKTOK):
            return chain
        return self._takeaways(hook, wishes)[:most]

    def _chain(self, following: tuple[str, ...], wishes: Wishes) -> tuple[str, ...]:
        """Take what follows up to a marked word or what another platform says: one thread."""
        chain: list[str] = []
        for sentence in following:
            if wishes.forbids(sentence) or normalise(sentence) in self.said:
                break
            chain.append(sentence)
        return tuple(chain)

    def _takeaways(self, hook: str, wishes: Wishes) -> tuple[str, ...]:
        """Take at most two takeaways that speak of what the hook speaks of."""
        stems = set(content_stems(hook, self.language))
        near = [
            text
            for text in self.brief.blog_post.takeaways
            if normalise(text) not in {normalise(hook), *self.said}
            and not wishes.forbids(text)
            and stems & set(content_stems(text, self.language))
        ]
        return tuple(near[:2])

    def _calls(self) -> tuple[str, ...]:
        persona = self.brief.persona
        calls = calls_for(
            self.language,
            self.brief.platform,
            persona.archetype,
            self.brief.topic.title,
            informal=self.informal,
        )
        return tuple(call for call in calls if not self.wishes.forbids(call))

    def _fits(self, draft: Draft, tags: tuple[str, ...]) -> bool:
        text = draft.text(self.brief.platform)
        length = post_length(published_text(text, tags), self.brief.platform)
        link = LINK_WEIGHT + 1 if self.rules.link_in_text else 0
        return length + link <= self.rules.max_characters

    def _hashtags(self) -> tuple[str, ...]:
        brief = self.brief
        about = set(content_stems(brief.blog_post.markdown, self.language))
        fitting: list[str] = []
        others: list[str] = []
        for field in brief.persona.expertise:
            stems = set(content_stems(field, self.language))
            (fitting if stems and stems <= about else others).append(field)
        company, topic = brief.company, brief.topic
        title = "" if self._asks(topic.title) else topic.title
        near = (topic.focus_keyword, company.name, company.industry, *fitting, title)
        tags = self._tags(near)
        if len(tags) >= self.rules.hashtags_min:
            return tags[: self.rules.hashtags_max]
        far = (*near, company.business_field, *others)
        return self._tags(far)[: self.rules.hashtags_min]

    def _tags(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Give the hashtags of phrases; neither a phrase nor its hashtag may hold marked words."""
        usable = [p for p in phrases if p and not p.endswith("?") and not self.wishes.forbids(p)]
        return tuple(t for t in hashtags(usable, len(usable) * 2) if not self.wishes.forbids(t))

    def _asks(self, title: str) -> bool:
        first = normalise(title.partition(" ")[0])
        return first in language_pack(self.language).interrogatives


def _is_hook(text: str, rules: PlatformRules) -> bool:
    room = rules.hook_characters
    if rules.platform is Platform.X:
        room = rules.max_characters - LINK_WEIGHT - 1 - 70
    return post_length(text, rules.platform) <= room


def _line(text: str) -> str:
    """Give a description or title as a sentence of its own."""
    text = " ".join(text.split())
    if not text or re.search(r"[.!?؟…]$", text):
        return text
    return f"{text[:1].upper()}{text[1:]}."


def _previous_text(brief: SocialPostBrief) -> str:
    return str(brief.revision.previous.get("text", "")) if brief.revision else ""

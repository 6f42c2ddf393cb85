"""What of a blog post can stand alone in a social post: a hook and the sentences that follow it.

What does not belong here: calls to action, hashtags, limits of a platform (`post.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from posthub_assets.domain.bodies import BlogPostBody, Passage, TopicBody
from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.text.documents import BlockKind
from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.sentences import Sentence, document_sentences
from posthub_assets.domain.text.words import content_stems, count_words, normalise, words

_CODE = re.compile(r"[=<>{}\[\]_*#|\\]|\w\(\)|\b\w+\.(?:py|html|css|js|md)\b|https?://")
_LEANING = re.compile(r":$|^\(|\bstep \d|\bfigure\b", re.IGNORECASE)
_TAG_QUESTION = re.compile(
    r"(?:\bright|\bisn['’]t it|\bOK|\bže|\bže ano|\bviď|\bправда|\bчи не так|درست است|نه)[?؟]$",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:this|these|those|that one|tento|tato|toto|tyto|těchto|této|tohoto|цей|ця|це|ці|цього|"
    r"цих|цієї)\b|(?:^|\s)(?:این|آن)\s",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"^(?:for (?:example|instance)|note|next|today|remember|of course|například|poznámka|dále|"
    r"dnes|pamatuj\w*|samozřejmě|наприклад|примітка|далі|сьогодні|пам['’]ятай\w*|звичайно|"
    r"برای (?:مثال|نمونه)|مثلاً|توجه|نکته|امروز|البته)(?:[,:،]| |$)|\balso\b|\btaké\b|\bтакож\b",
    re.IGNORECASE,
)
_AWAITS_LIST = re.compile(r"\b(?:this|these|those|following)(?: \w+)?[.:]$", re.IGNORECASE)
_SHORT, _LONG, _VERY_LONG = 40, 150, 200
_MIN_WORDS, _MAX_WORDS = 5, 34
_MOST_FOLLOWING = 4
_ITEM_WEAKNESS = 3
"""List items often have no verb of their own: they begin a post only where little else can."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A hook that needs nothing before it, and the sentences that follow it in its paragraph."""

    hook: str
    following: tuple[str, ...]
    worth: int


def excerpts(post: BlogPostBody, topic: TopicBody, language: str) -> tuple[Excerpt, ...]:
    """Give the excerpts of a post, best first; hooks are whole sentences, each once.

    A hook is worth more when it speaks of the topic, is a takeaway, has a good length and
    sentences that follow; code and figures make it worth less.
    """
    document = SourceDocument(id="post", name="post.md", text=post.markdown)
    sentences = document_sentences(document, language)
    pack = language_pack(language)
    ranker = _Ranker(post, topic, language, pack)
    found: dict[str, Excerpt] = {}
    for place, sentence in enumerate(sentences):
        if ranker.stands_alone(sentence):
            following = _following(sentences, place, ranker)
            worth = ranker.worth(sentence.text, len(following))
            worth -= _ITEM_WEAKNESS * (sentence.kind is BlockKind.ITEM)
            found.setdefault(normalise(sentence.text), Excerpt(sentence.text, following, worth))
    for takeaway in post.takeaways:
        if ranker.may_begin(takeaway):
            worth = ranker.worth(takeaway, 0)
            found.setdefault(normalise(takeaway), Excerpt(takeaway, (), worth))
    ranked = sorted(enumerate(found.values()), key=lambda pair: (-pair[1].worth, pair[0]))
    return tuple(excerpt for _, excerpt in ranked)


def source_of(text: str, passages: tuple[Passage, ...]) -> Passage | None:
    """Find the post's passage that holds a sentence; its quote becomes the sentence."""
    form = normalise(text)
    for passage in passages:
        if form in normalise(passage.quote):
            return passage.model_copy(update={"quote": text})
    return None


def _following(sentences: tuple[Sentence, ...], place: int, ranker: _Ranker) -> tuple[str, ...]:
    """Give the whole sentences right after one, up to the first that does not read on.

    Where the paragraph ends with the hook, the next one of the section is taken instead, if it
    begins afresh.
    """
    run: list[str] = []
    block = sentences[place].block_index
    for sentence in sentences[place + 1 : place + 1 + _MOST_FOLLOWING]:
        if sentence.heading_path != sentences[place].heading_path or not ranker.reads_on(sentence):
            break
        if sentence.block_index != block and (run or not ranker.stands_alone(sentence)):
            break
        block = sentence.block_index
        run.append(sentence.text)
    return tuple(run)


class _Ranker:
    def __init__(
        self, post: BlogPostBody, topic: TopicBody, language: str, pack: LanguagePack
    ) -> None:
        self.language = language
        self.pack = pack
        self.subject = set(content_stems(f"{topic.title} {topic.focus_keyword}", language))
        self.keyword = set(content_stems(topic.focus_keyword, language))
        self.description = normalise(topic.description)
        self.takeaways = {normalise(takeaway) for takeaway in post.takeaways}
        lines = [line.strip() for line in post.markdown.splitlines() if line.strip()]
        self.ending = normalise(lines[-1]) if lines else ""

    def stands_alone(self, sentence: Sentence) -> bool:
        if not sentence.is_full or sentence.kind is BlockKind.QUOTE:
            return False
        return self.may_begin(sentence.text)

    def reads_on(self, sentence: Sentence) -> bool:
        """Tell whether a sentence may stand in a post at all: whole, no code, no chrome."""
        text = sentence.text
        if not sentence.is_full or sentence.kind is not BlockKind.PARAGRAPH:
            return False
        if normalise(text) in self.ending or text.endswith("…"):
            return False
        if _CODE.search(text) or _LEANING.search(text) or _AWAITS_LIST.search(text):
            return False
        return not (
            self.pack.chrome_pattern.search(text) or self.pack.dangling_pattern.search(text)
        )

    def may_begin(self, text: str) -> bool:
        """Tell whether a text needs nothing before it, by its first word and its pointers."""
        found = words(text)
        if not found or not _MIN_WORDS <= count_words(text) <= _MAX_WORDS:
            return False
        if normalise(text) in self.ending or _CODE.search(text) or _LEANING.search(text):
            return False
        if normalise(found[0]) in self.pack.dangling_starts:
            return False
        if self.pack.dangling_pattern.search(text) or self.pack.chrome_pattern.search(text):
            return False
        return not text.endswith(("?", "؟")) or count_words(text) >= _MIN_WORDS + 1

    def worth(self, text: str, following: int) -> int:
        stems = set(content_stems(text, self.language))
        worth = 2 * min(3, len(stems & self.subject)) + 2 * bool(stems & self.keyword)
        worth += 2 * (normalise(text) in self.takeaways) + min(2, following)
        worth += 2 * (_SHORT <= len(text) <= _LONG) - (len(text) > _VERY_LONG)
        return worth - self._weakness(text)

    def _weakness(self, text: str) -> int:
        """Count what makes a poor first sentence: pointers, tag questions, bare exclamations."""
        opening = " ".join(text.split()[:5])
        weak = 2 * bool(_POINTS_BACK.search(opening)) + 3 * bool(_TAG_QUESTION.search(text))
        weak += 3 * bool(_CONNECTIVE.search(text))
        weak += 2 * (text.endswith("!") and count_words(text) < 9)
        weak += 3 * (normalise(text) == self.description) + 3 * text.endswith("…")
        return weak + 2 * bool(re.search(r"[\d\"]", text))

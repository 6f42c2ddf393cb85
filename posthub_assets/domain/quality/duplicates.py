"""Near-duplicates of the past, and sentences that stand twice.

What does not belong here: how likeness is computed (`fingerprints.py`, `domain/text`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from posthub_assets.domain.bodies import SocialPostBody, TopicBody
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.context import PastItem
from posthub_assets.domain.quality.findings import Finding, fail, passed, shorten, warn
from posthub_assets.domain.quality.fingerprints import exact_similarity, fingerprint, similarities
from posthub_assets.domain.text.similarity import jaccard
from posthub_assets.domain.text.words import content_stems, has_words, normalise

NEAR, ALIKE = 0.4, 0.2
"""Jaccard likeness of word shingles. Two texts of one length that share the part x are alike by
x / (2 - x): 0.4 is reached where more than half of the phrases are the same, 0.2 at a third. Among
the 54 published posts no pair is above 0.03; a copy with every tenth word changed is at 0.54."""

SAME_TITLE, CLOSE_TITLE = 0.8, 0.6
"""Jaccard likeness of two titles' meaningful stems; four of five shared is the same title."""

REPEATED_WORDS = 6
"""A shorter sentence may stand twice: "It depends." House rule."""

_INSIDE = r"(?:[^.!?…؟۔\n]|[.!?](?=[^\s\"'”’»“)\]]))"
_NEXT_LINE = r"\n(?![ \t]*(?:\n|[-*+#>|]|\d+[.)]))"
_SENTENCE = re.compile(rf"{_INSIDE}+(?:{_NEXT_LINE}{_INSIDE}+)*[.!?…؟۔]*")
_LINE_MARK = re.compile(r"^[ \t]*(?:[-*+>]|\d+[.)])?[ \t]*")
_TARGET = re.compile(r"(?<=\])\([^()\n]*\)")
_NO_LETTER = re.compile(r"[\W_]+")
_NO_ASCII_LETTER = {code: None for code in range(128) if not chr(code).isalnum()}


def near_duplicates(
    text: str, language: str, others: Sequence[PastItem], whole: tuple[int, int]
) -> Iterator[Finding]:
    """Hold a text against all others by fingerprint; where their text is at hand, exactly.

    `whole` is the span that a finding names. One finding for each too near other, nearest first.
    """
    prints = [item.text_fingerprint or _fingerprint(item.text, language) for item in others]
    likeness = similarities(fingerprint(text, language), prints)
    nearest = 0.0
    for index in likeness.argsort()[::-1]:
        score = float(likeness[index])
        other = others[index]
        if score < ALIKE / 2:
            nearest = max(nearest, score)
            break
        if other.text:
            score = exact_similarity(text, other.text, language)
        nearest = max(nearest, score)
        if score >= ALIKE:
            yield _too_near(other, score, whole)
    if nearest < ALIKE:
        yield passed(
            "near_duplicates",
            f"Compared with {len(others)} items; the nearest shares {nearest:.0%}.",
            f"{nearest:.0%} at most",
        )


@lru_cache(maxsize=1024)
def _fingerprint(text: str, language: str) -> bytes:
    return fingerprint(text, language) if text else b""


def _too_near(other: PastItem, score: float, whole: tuple[int, int]) -> Finding:
    name = f"“{shorten(other.title, 80)}” ({other.kind.value.replace('_', ' ')} {other.id})"
    measured = f"{score:.0%} of all phrases shared"
    if score >= NEAR:
        message = f"It is nearly the same as {name}. Write it anew, or reject it."
        return fail("near_duplicates", message, whole, other.title, measured)
    message = f"It shares much with {name}. Compare the two before you approve it."
    return warn("near_duplicates", message, whole, other.title, measured)


def repeated_titles(
    body: TopicBody, language: str, others: Sequence[PastItem]
) -> Iterator[Finding]:
    """Hold a topic's title against the titles of all past topics and posts."""
    mine = _title_stems(body.title, language)
    whole = (0, len(body.title))
    for other in others:
        same_words = normalise(other.title, language) == normalise(body.title, language)
        score = 1.0 if same_words else jaccard(mine, _title_stems(other.title, language))
        name = f"“{shorten(other.title, 80)}” ({other.kind.value.replace('_', ' ')} {other.id})"
        measured = f"{score:.0%} of the title's words shared"
        if score >= SAME_TITLE:
            yield fail(
                "near_duplicates",
                f"The title says the same as {name}. Choose another topic, or another side of it.",
                whole,
                other.title,
                measured,
            )
        elif score >= CLOSE_TITLE:
            yield warn(
                "near_duplicates",
                f"The title is close to {name}. Make sure that it is another topic.",
                whole,
                other.title,
                measured,
            )


@lru_cache(maxsize=65_536)
def _title_stems(title: str, language: str) -> frozenset[str]:
    return frozenset(content_stems(title, language))


def compared_kinds(kind: Kind) -> tuple[Kind, ...]:
    """Give the kinds that an item of `kind` is held against: like with like.

    A topic is held against posts too, those that were published before there were topics.
    """
    if kind is Kind.TOPIC:
        return (Kind.TOPIC, Kind.BLOG_POST)
    return (kind,) if kind in (Kind.BLOG_POST, Kind.SOCIAL_POST) else ()


def comparable(body: object, kind: Kind, item: PastItem) -> bool:
    """Say whether an item may be compared: like with like, social posts by platform."""
    if kind is Kind.TOPIC:
        return item.kind in compared_kinds(kind)
    if isinstance(body, SocialPostBody):
        return item.kind is kind and item.platform in ("", body.platform.value)
    return item.kind is kind


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence as it stands: its span, its words, and the form in which it is compared."""

    start: int
    end: int
    words: str
    key: str


def repeated_sentences(
    prose: str,
    siblings: Sequence[PastItem],
    may_repeat: Sequence[str],
    on_purpose: Callable[[int], bool],
) -> Iterator[Finding]:
    """Name each sentence of six words and more that stands twice, here or in a sibling.

    `prose` is the Markdown with code and headings blanked out. `on_purpose` says of an offset that
    what stands there repeats by its nature (key takeaways); within the post it is then let pass.
    The closing lines of two posts may be alike: a persona's ending is.
    """
    allowed = {sentence.key for words in may_repeat for sentence in _sentences(words)}
    seen: dict[str, _Said] = {}
    others = [(item, *_sibling_keys(item.text)) for item in siblings if item.text]
    said = _sentences(prose)
    last_key = said[-1].key if said else ""
    for sentence in said:
        if sentence.key in allowed:
            continue
        first = seen.setdefault(sentence.key, sentence)
        if first is not sentence and not on_purpose(first.start) and not on_purpose(sentence.start):
            yield _twice(sentence, "twice in this post", "Delete one of the two.")
        for item, keys, last in others:
            if sentence.key in keys and not sentence.key == last == last_key:
                where = f"also in “{shorten(item.title, 80)}” ({item.id})"
                yield _twice(sentence, where, "Write it anew, or delete it here.")
                break


def _twice(sentence: _Said, where: str, advice: str) -> Finding:
    return fail(
        "repeated_sentences",
        f"“{shorten(sentence.words)}” stands {where}. {advice}",
        (sentence.start, sentence.end),
        sentence.words,
    )


@lru_cache(maxsize=512)
def _sibling_keys(text: str) -> tuple[frozenset[str], str]:
    said = _sentences(text)
    return frozenset(sentence.key for sentence in said), said[-1].key if said else ""


def _sentences(prose: str) -> list[_Said]:
    """Cut at every stop and line of a list: coarse, fast, and the same on both sides.

    Headings are left out (in a sibling by their mark). Whole sentences for people are the task of
    `domain/text`.
    """
    plain = _TARGET.sub(lambda match: " " * len(match.group()), prose)
    found = []
    for match in _SENTENCE.finditer(plain):
        words = match.group()
        if words.lstrip().startswith(("#", "|")):
            continue
        lead = len(_LINE_MARK.match(words).group())  # type: ignore[union-attr]
        start = match.start() + lead
        end = match.start() + len(words.rstrip())
        if has_words(words, REPEATED_WORDS):
            found.append(_Said(start, end, prose[start:end], _key(words[lead:])))
    return found


def _key(words: str) -> str:
    if words.isascii():
        return words.lower().translate(_NO_ASCII_LETTER)
    return _NO_LETTER.sub("", normalise(words))

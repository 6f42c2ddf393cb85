"""The focus keyword: where readers and search engines look for it, and not too often.

Words are compared by stem, since Czech, Ukrainian and Persian inflect them.
What does not belong here: choosing the keyword (`domain/editorial`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from posthub_assets.domain.bodies import BlogPostBody, TopicBody
from posthub_assets.domain.quality.findings import Finding, fail, passed, warn
from posthub_assets.domain.text.sentences import Sentence
from posthub_assets.domain.text.words import content_stems, count_words, normalise, words

RULE = "focus_keyword"

OPENING_WORDS = 150
"""The opening: at least the first paragraph, at most the first 150 words."""

STUFFED_PERCENT, DENSE_PERCENT = 6.0, 4.0
"""Words of the keyword in 100 words of text. Google names no number ("keyword stuffing", spam
policies, 2026). A real page on a subject of one word ("functions", "lists") reaches 5."""

STUFFED_USES = 6
"""Fewer uses are no stuffing, however short the text is."""

_SAME_PREFIX = 4


def keyword_in_title(body: TopicBody | BlogPostBody, language: str) -> Iterator[Finding]:
    """Ask for the keyword, in any inflection and order, in the title."""
    like = _likeness(body.focus_keyword, language)
    wanted = like(body.focus_keyword)
    if not wanted:
        yield fail(RULE, "There is no focus keyword. Choose the words that readers would search.")
    elif not _uses(like(body.title), wanted):
        yield fail(
            RULE,
            f"The title “{body.title}” does not hold the focus keyword “{body.focus_keyword}”. "
            "Put it in, or choose another keyword.",
            (0, len(body.title)) if isinstance(body, TopicBody) else None,
            body.title,
        )


def keyword_in_text(
    body: BlogPostBody, sentences: Sequence[Sentence], language: str
) -> Iterator[Finding]:
    """Ask for the keyword in one sentence of the opening, and for a sane density.

    In a short draft an opening without it is a warning: the sources carry no other.
    """
    like = _likeness(body.focus_keyword, language)
    wanted = like(body.focus_keyword)
    if not wanted or not sentences:
        return
    uses = [_uses(like(s.text), wanted) for s in sentences]
    opening = _opening(sentences)
    if not any(uses[: len(opening)]):
        miss = warn if body.short_draft else fail
        yield miss(
            RULE,
            f"No sentence of the opening holds the focus keyword “{body.focus_keyword}”. Say in "
            f"the first {OPENING_WORDS} words what the post is about.",
            (opening[0].start, opening[-1].end),
            opening[0].text,
        )
    yield from _density(body, len(wanted), sentences, uses)


def _density(
    body: BlogPostBody, keyword_words: int, sentences: Sequence[Sentence], uses: list[int]
) -> Iterator[Finding]:
    total = sum(count_words(s.text) for s in sentences)
    percent = 100 * sum(uses) * keyword_words / max(1, total)
    measured = f"{sum(uses)} times, {percent:.1f} %"
    fullest = sentences[max(range(len(uses)), key=uses.__getitem__)]
    span = (fullest.start, fullest.end)
    said = f"“{body.focus_keyword}” stands {sum(uses)} times in {total} words"
    few = sum(uses) < STUFFED_USES
    if percent > STUFFED_PERCENT and not few:
        yield fail(
            RULE,
            f"{said}: that reads as stuffing. Use other words, first here.",
            span,
            fullest.text,
            measured,
        )
    elif percent > DENSE_PERCENT and not few:
        yield warn(RULE, f"{said}: a little less would read better.", span, fullest.text, measured)
    elif sum(uses) < 2:
        yield warn(RULE, f"{said}. Name it once more where it fits.", measured=measured)
    else:
        yield passed(RULE, f"{said}, in the title and in the opening.", measured)


def _opening(sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    first_block = sentences[0].block_index
    counted = 0
    for index, sentence in enumerate(sentences):
        if counted >= OPENING_WORDS and sentence.block_index != first_block:
            return sentences[:index]
        counted += count_words(sentence.text)
    return sentences


def _likeness(keyword: str, language: str) -> Callable[[str], list[str]]:
    """Give what brings a text into the form in which the keyword is looked for.

    That is its meaningful stems; where the keyword is of stop words only, its normalised words.
    """
    if content_stems(keyword, language):
        return lambda text: content_stems(text, language)
    return lambda text: words(normalise(text, language))


def _uses(text_stems: list[str], wanted: list[str]) -> int:
    """Count how often all wanted stems are there: the rarest of them decides."""
    return min(sum(_same(stem, other) for other in text_stems) for stem in wanted)


def _same(a: str, b: str) -> bool:
    """Stems of one word may differ in their last letters where the stem itself is inflected."""
    if a == b:
        return True
    if a[:1] != b[:1]:
        return False
    longer = max(len(a), len(b))
    shared = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    return shared >= _SAME_PREFIX and shared >= 0.75 * longer

"""Readability by LIX and RIX: they need words, letters and sentences only, so any language works.

LIX = words / sentences + 100 * long words / words (C.-H. Björnsson, "Läsbarhet", 1968).
RIX = long words / sentences (J. Anderson, "Lix and Rix: variations on a little-known readability
index", Journal of Reading 26, 1983). A long word has more than six letters in both.
What does not belong here: splitting text (`domain/text`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from posthub_assets.domain.quality.findings import Finding, fail, passed, warn
from posthub_assets.domain.text.sentences import Sentence
from posthub_assets.domain.text.words import words

RULE = "readability"

LONG_LETTERS = 6
MIN_WORDS = 100
"""Below this the numbers jump with every sentence; nothing is judged."""

HARD_SENTENCE_WORDS = 35
"""A sentence from this length on is named as one to divide."""


@dataclass(frozen=True, slots=True)
class Band:
    """Upper limits of one language. Above both `hard` limits fails; above an `uneasy` one warns."""

    lix_uneasy: float
    lix_hard: float
    rix_uneasy: float
    rix_hard: float


BANDS: dict[str, Band] = {
    "en": Band(58, 65, 8.0, 10.0),
    "cs": Band(62, 70, 9.0, 12.0),
    "uk": Band(66, 75, 10.0, 13.0),
    "fa": Band(48, 58, 5.0, 8.0),
}
"""Set on real texts, see docs/quality.md: 54 published English posts have a LIX of 31 to 60; seven
tutorial pages in four languages have medians of 34 (en), 40 (cs), 24 (fa) and 47 (uk). The hard
limits of cs, fa and uk lie as far above their median as the English one, about 30."""

OTHER_LANGUAGES = Band(66, 75, 10.0, 13.0)


@dataclass(frozen=True, slots=True)
class Measure:
    """LIX and RIX of a text, with the counts that they were made from."""

    lix: float
    rix: float
    words: int
    sentences: int


def measure(sentences: Sequence[str]) -> Measure:
    """Measure clean sentences; zeros where there are no words."""
    found = [word for sentence in sentences for word in words(sentence)]
    long = sum(_letters(word) > LONG_LETTERS for word in found)
    if not found:
        return Measure(0.0, 0.0, 0, 0)
    lix = len(found) / len(sentences) + 100 * long / len(found)
    return Measure(lix, long / len(sentences), len(found), len(sentences))


def _letters(word: str) -> int:
    return len(word) if word.isalnum() else sum(char.isalnum() for char in word)


def readability(sentences: Sequence[Sentence], language: str) -> Iterator[Finding]:
    """Hold the text against its language's band; name the sentences that weigh most."""
    got = measure([sentence.text for sentence in sentences])
    band = BANDS.get(language.partition("-")[0].casefold(), OTHER_LANGUAGES)
    measured = f"LIX {got.lix:.0f}, RIX {got.rix:.1f}"
    if got.words < MIN_WORDS:
        yield passed(RULE, f"Only {got.words} words of running text: too few to judge.", measured)
    elif got.lix > band.lix_hard and got.rix > band.rix_hard:
        yield from _hard(sentences, got, band, measured)
    elif got.lix > band.lix_uneasy or got.rix > band.rix_uneasy:
        yield warn(
            RULE,
            f"The text is heavy: {measured}, where {band.lix_uneasy:.0f} and {band.rix_uneasy:.1f} "
            "read easily. Shorter sentences would help.",
            measured=measured,
        )
    else:
        yield passed(RULE, f"Easy enough to read: {measured}.", measured)


def _hard(
    sentences: Sequence[Sentence], got: Measure, band: Band, measured: str
) -> Iterator[Finding]:
    heaviest = sorted(sentences, key=lambda s: len(words(s.text)), reverse=True)
    named = [s for s in heaviest[:3] if len(words(s.text)) >= HARD_SENTENCE_WORDS] or heaviest[:1]
    for sentence in named:
        yield fail(
            RULE,
            f"The text is too hard to read: {measured}, limits {band.lix_hard:.0f} and "
            f"{band.rix_hard:.1f}, {got.words / got.sentences:.0f} words a sentence. Begin with "
            f"this one of {len(words(sentence.text))} words: divide it.",
            (sentence.start, sentence.end),
            sentence.text,
            measured,
        )

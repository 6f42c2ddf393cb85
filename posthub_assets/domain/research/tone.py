"""How a company's documents sound, measured: formal or casual, serious or playful.

What does not belong here: what a persona makes of it (`personas.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from posthub_assets.domain.research.corpus import Corpus
from posthub_assets.domain.text.words import count_words

_LOOKED_AT = 3_000
"""Sentences beyond this change the result by less than a point and cost time."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Measured over full sentences. Shares are per 100 sentences, rounded to whole numbers.

    `formal_casual` and `serious_playful` go from 0 to 100; 50 and 0 where nothing can be measured.
    """

    sentences: int
    words_per_sentence: int
    questions: int
    exclamations: int
    reader: int
    formal_casual: int
    serious_playful: int


def measure_tone(corpus: Corpus) -> Tone:
    """Measure all full sentences of the corpus, at most 3,000.

    A house formula. Casual = 40 % address (share of casual among casual and formal marks:
    contractions in English, informal "you" in Czech, Persian and Ukrainian) + 25 % direct address
    (full at 60 per 100 sentences) + 20 % short sentences (26 words: none, 12 words: full) + 15 %
    exclamations (full at 8 per 100). Playful = 60 % light words and signs (full at 20 per 100) +
    40 % exclamations (full at 10 per 100).
    """
    texts = [s.text for s in corpus.statements if s.is_full][:_LOOKED_AT]
    if not texts:
        return Tone(0, 0, 0, 0, 0, 50, 0)
    joined, count = "\n".join(texts), len(texts)
    marks = corpus.cues.tone
    length = count_words(joined) / count
    exclaimed = _per_100(r"!", joined, count)
    reader = _per_100(marks.reader, joined, count)
    casual = (
        0.40 * _address(marks.casual, marks.formal, joined)
        + 0.25 * _share(reader, 60)
        + 0.20 * _share(26 - length, 14)
        + 0.15 * _share(exclaimed, 8)
    )
    playful = 0.60 * _share(_per_100(marks.playful, joined, count), 20)
    playful += 0.40 * _share(exclaimed, 10)
    return Tone(
        sentences=count,
        words_per_sentence=round(length),
        questions=round(_per_100(r"[?؟]", joined, count)),
        exclamations=round(exclaimed),
        reader=round(reader),
        formal_casual=round(100 * casual),
        serious_playful=round(100 * playful),
    )


def tone_line(corpus: Corpus, tone: Tone) -> str:
    """Say the two numbers in words, in the company's language."""
    line = corpus.cues.tone_line.format(
        casual_word=_word(corpus.cues.casual_words, tone.formal_casual),
        casual=tone.formal_casual,
        playful_word=_word(corpus.cues.playful_words, tone.serious_playful),
        playful=tone.serious_playful,
    )
    return _in_digits(line, corpus.cues.digits)


def style_line(corpus: Corpus, tone: Tone) -> str:
    """Say length, address, questions and exclamations in words, in the company's language."""
    line = corpus.cues.style_line.format(
        words=tone.words_per_sentence,
        reader=tone.reader,
        questions=tone.questions,
        exclamations=tone.exclamations,
    )
    return _in_digits(line, corpus.cues.digits)


def _in_digits(line: str, digits: str) -> str:
    return line.translate(str.maketrans("0123456789", digits))


def _word(words: tuple[str, str, str], value: int) -> str:
    return words[0] if value < 35 else words[1] if value < 60 else words[2]


def _address(casual: str, formal: str, text: str) -> float:
    """Give the share of casual marks; a text without either stands in the middle."""
    light = len(re.findall(casual, text, re.IGNORECASE))
    grave = len(re.findall(formal, text, re.IGNORECASE))
    if light + grave < 3:
        return 0.5
    return light / (light + grave)


def _per_100(pattern: str, text: str, count: int) -> float:
    return 100 * len(re.findall(pattern, text, re.IGNORECASE)) / count


def _share(value: float, full: float) -> float:
    return min(1.0, max(0.0, value / full))

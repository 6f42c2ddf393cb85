"""The focus keyword: the words of a title that its text is about.

What does not belong here: titles (`titles.py`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from posthub_assets.domain.text.languages import LanguagePack
from posthub_assets.domain.text.words import normalise, words

MAX_KEYWORD_WORDS = 4


def title_keywords(title: str, text: str, pack: LanguagePack) -> list[str]:
    """Give the phrases of a title that occur in the text, best first, as they stand in the title.

    A phrase has one to four words and neither begins nor ends with a stop word. More occurrences
    and more words make it better.
    """
    haystack = f" {' '.join(words(normalise(text)))} "
    scored: dict[str, float] = {}
    for phrase in _phrases(title, pack):
        needle = " ".join(words(normalise(phrase)))
        count = haystack.count(f" {needle} ")
        if count and needle:
            scored[phrase] = math.log(1 + count) * _form_worth(phrase, count, pack)
    return sorted(scored, key=lambda phrase: (-scored[phrase], title.find(phrase)))


_QUALITY = re.compile(r"(?:able|ible|ful|ous|ive|less)$", re.IGNORECASE)


def _form_worth(phrase: str, count: int, pack: LanguagePack) -> float:
    """Prefer names of two or three words that the text repeats; verbs and qualities are poor ones."""
    tokens = phrase.split()
    worth = 1.0 + len(tokens) + 2.0 * (len(tokens) > 1 and count >= 3)
    if any(_is_little(token, pack) for token in tokens):
        worth *= 0.4
    if tokens[0].casefold() in pack.imperatives and (len(tokens) > 1 or tokens[0][0].isupper()):
        worth *= 0.3
    if pack.code == "en" and _QUALITY.search(tokens[-1]):
        worth *= 0.4
    return worth


def _phrases(title: str, pack: LanguagePack) -> Iterable[str]:
    for part in re.split(r"[:;,،؛?!؟.()«»„“”\"–—]|\s-\s", title):
        tokens = part.split()
        for length in range(1, MAX_KEYWORD_WORDS + 1):
            for start in range(len(tokens) - length + 1):
                chosen = tokens[start : start + length]
                if _is_edge(chosen[0], pack) or _is_edge(chosen[-1], pack):
                    continue
                yield " ".join(chosen)


def _is_little(token: str, pack: LanguagePack) -> bool:
    return token.casefold().replace("’", "'") in pack.stop_words


def _is_edge(token: str, pack: LanguagePack) -> bool:
    plain = token.strip("'’\"").casefold().replace("’", "'")
    weak = plain in pack.stop_words or plain in pack.interrogatives
    return weak or len(plain) < 3 or not any(mark.isalpha() for mark in plain)


def text_phrases(text: str, pack: LanguagePack, least: int = 3) -> list[str]:
    """Give the phrases of two words that a text repeats, most frequent first, as found."""
    found: Counter[tuple[str, str]] = Counter()
    for clause in re.split(r"[.:;,،؛?!؟()«»„“”\"–—\n]", text):
        tokens = clause.split()
        for pair in pairwise(tokens):
            if not any(_is_edge(token, pack) for token in pair):
                found[pair] += 1
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [" ".join(pair) for pair, count in ranked if count >= least]

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
from posthub_assets.domain.text.words import content_stems, normalise, words

MAX_KEYWORD_WORDS = 4


def title_keywords(title: str, text: str, pack: LanguagePack) -> list[tuple[str, bool]]:
    """Give the phrases of a title that occur in the text, best first, as they stand in the title.

    A phrase has one to four words and neither begins nor ends with a stop word. With each comes
    whether it is good: a noun or a name, not a verb or a quality torn out of the title. Outside
    English an inflected form in the text counts as well.
    """
    haystack = f" {' '.join(words(normalise(text)))} "
    stems = Counter(content_stems(text, pack.code)) if pack.code != "en" else Counter[str]()
    scored: dict[str, tuple[int, float]] = {}
    for phrase in _phrases(title, pack):
        needle = " ".join(words(normalise(phrase)))
        count = haystack.count(f" {needle} ")
        own = content_stems(phrase, pack.code)
        if stems and own:
            count = max(count, min(stems[stem] for stem in own))
        if count and needle:
            worth = math.log(1 + count) * (1 + len(phrase.split()))
            scored[phrase] = (_form(phrase, count, pack), worth)
    ranked = sorted(scored, key=lambda p: (-scored[p][0], -scored[p][1], title.find(p)))
    return [(phrase, scored[phrase][0] >= GOOD) for phrase in ranked]


_QUALITY = re.compile(r"(?:able|ible|ful|ous|ive|less|ly)$", re.IGNORECASE)
GOOD = 2


def _form(phrase: str, count: int, pack: LanguagePack) -> int:
    """Rank the form: 4 and 3 a name of several words, 2 a noun, 1 and 0 what is neither."""
    tokens = [token.casefold() for token in phrase.split()]
    verbal = tokens[0] in pack.imperatives or tokens[0] in pack.verbs_or_nouns
    verbal = verbal or (pack.code == "en" and tokens[0].endswith("ing"))
    if any(_is_little(token, pack) for token in tokens):
        return 0
    if pack.code == "en" and _QUALITY.search(tokens[-1]):
        return 0
    if len(tokens) == 1:
        return 1 if verbal else 2
    if verbal:
        return 1
    return 4 if count >= 2 else 3


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

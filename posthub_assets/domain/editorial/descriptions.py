"""The sentences that announce a text: a topic's description, and what serves as an opening.

What does not belong here: meta titles and descriptions (`metas.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from posthub_assets.domain.editorial.fitness import depends, is_labelled
from posthub_assets.domain.editorial.units import Unit
from posthub_assets.domain.text.languages import LanguagePack
from posthub_assets.domain.text.words import count_words, normalise

SHORTEST, LONGEST = 8, 34


def opening_worth(sentence: str, keyword: str, place: int, pack: LanguagePack) -> float:
    """Give how well a sentence opens a text: names the subject, stands alone, early, not long.

    `place` is the sentence's place in its source, from 0.
    """
    count = count_words(sentence)
    if depends(sentence, pack) or is_labelled(sentence) or not SHORTEST <= count <= LONGEST:
        return -1.0
    worth = 1.0 - min(place, 12) / 12
    worth += 0.8 * (normalise(keyword) in normalise(sentence))
    worth -= 0.8 * (sentence.rstrip("”\"'»)").endswith(("?", "؟", "!")))
    worth -= 0.3 * (sentence[:1] in '(“"«„')
    worth -= 1.5 * (not pack.asserts(sentence))
    worth -= 0.6 * (sentence.split(maxsplit=1)[0].casefold() in pack.imperatives)
    return worth + 0.3 * (10 <= count <= 26)


def describe(units: Sequence[Unit], keyword: str, pack: LanguagePack) -> str:
    """Give one sentence of the units, or two short ones, that say what they are about."""
    best = ("", -2.0)
    for place, unit in enumerate(units):
        for paragraph in unit.paragraphs:
            if not unit.is_prose or not paragraph:
                continue
            worth = opening_worth(paragraph[0], keyword, place, pack)
            if worth > best[1]:
                best = (paragraph[0], worth)
    return best[0] or units[0].sentences[0]

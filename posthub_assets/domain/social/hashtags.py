"""Hashtags: valid in every script, made from what a post is about.

What does not belong here: how many a platform takes (`rules.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_MAX_CHARACTERS = 30
_MAX_WORDS = 3
_PARTS = re.compile(r"[,;/&،؛]|\s(?:and|or|a|i|nebo|і|й|та|або|و|یا)\s")
_PART_OF_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u0652][^\W_]*)*")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_MAX_FROM_ONE = 2


def hashtag(phrase: str) -> str:
    """Give the phrase as one hashtag without `#`, or an empty string where none is to be had.

    Words are joined in CamelCase; in Persian, which has no capitals, by underscores, also in the
    place of a zero-width non-joiner. Letters, digits and underscores only, at least one letter, at
    most three words and 30 characters.
    """
    phrase = re.sub(r"(?<=\w)['’ʼ](?=\w)", "", phrase)
    words = _PART_OF_WORD.findall(phrase)
    if not words or len(words) > _MAX_WORDS:
        return ""
    if _ARABIC.search(phrase):
        tag = "_".join(words)
    else:
        tag = "".join(word[:1].upper() + word[1:] for word in words)
        tag = words[0] if len(words) == 1 and words[0][1:] != words[0][1:].lower() else tag
    if len(tag) > _MAX_CHARACTERS or len(tag) < 2 or not any(char.isalpha() for char in tag):
        return ""
    return tag


def hashtags(phrases: Iterable[str], most: int) -> tuple[str, ...]:
    """Give at most `most` hashtags from phrases, in order, none twice (upper and lower case alike).

    A phrase that is too long gives those of its parts that fit, at most two.
    """
    found: dict[str, str] = {}
    for phrase in phrases:
        whole = hashtag(phrase)
        parts = [tag for part in _PARTS.split(phrase) if (tag := hashtag(part))]
        for tag in [whole] if whole else parts[:_MAX_FROM_ONE]:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:most]

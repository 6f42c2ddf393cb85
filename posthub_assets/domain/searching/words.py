"""Words as the index knows them: where they stand, and the form that spellings share.

What does not belong here: endings (`stems.py`), questions (`questions.py`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from posthub_assets.domain.text.languages.pack import word_set
from posthub_assets.domain.text.words import normalise

MAX_WORD_CHARS = 40
"""A longer word is known by its beginning."""

Script = Literal["latin", "cyrillic", "arabic", "other"]

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0640\u00ad\u200d"
# Underscores are made spaces beforehand. A ZWNJ splits: what it joins to a word is an ending, or
# another word of a compound.
_WORD = re.compile(rf"\w[\w{_MARKS}]*(?:['’ʼ]\w[\w{_MARKS}]*)*")
_POSSESSIVE = re.compile(r"['’ʼ]s$", re.IGNORECASE)
_OTHER_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"}
)
_CYRILLIC = str.maketrans({"ґ": "г", "ё": "е"})
_ZWNJ = "\u200c"
_JOINED_BEHIND = word_set(
    """
ها های هایی هایم هایت هایش هایمان هایتان هایشان تر ترین ام ات اش ای اند ایم اید شان تان مان یی ی
"""
)
_JOINED_BEFORE = frozenset({"می", "نمی"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, `text[start:end]` of it. `key` is its spelling-free form."""

    start: int
    end: int
    key: str


def words_of(text: str) -> list[Word]:
    """Give the words of a plain text in order. Takes time in proportion to its length.

    An ending that a ZWNJ joins is part of its word's place, and not of its key.
    """
    found: list[Word] = []
    for match in _WORD.finditer(text.replace("_", " ")):
        key = key_of(match.group())
        start, end = match.span()
        if not key or (key in _JOINED_BEFORE and text[end : end + 1] == _ZWNJ):
            continue
        if key in _JOINED_BEHIND and found and text[start - 1 : start] == _ZWNJ:
            found[-1] = replace(found[-1], end=end)
            continue
        found.append(Word(start, end, key))
    return found


@lru_cache(maxsize=65_536)
def key_of(word: str) -> str:
    """Give a word without case, apostrophes, vowel marks and variants of letters and digits.

    Accents of Latin letters stay: stems want to see them (`unaccented` takes them off). Letters
    and digits only, at most 40; empty for what has none.
    """
    plain = _POSSESSIVE.sub("", word)
    if plain.isascii() and plain.isalnum():
        return plain.lower()[:MAX_WORD_CHARS]
    composed = unicodedata.normalize("NFC", normalise(plain)).translate(_CYRILLIC)
    return "".join(mark for mark in composed if mark.isalnum())[:MAX_WORD_CHARS]


def unaccented(key: str) -> str:
    """Give a key in Latin letters without accents; keys in other scripts as they are."""
    if key.isascii() or script_of(key) != "latin":
        return key
    split = unicodedata.normalize("NFD", key.translate(_OTHER_LETTERS))
    return "".join(mark for mark in split if not unicodedata.combining(mark))


def script_of(key: str) -> Script:
    """Give the script of a key, by its first letter."""
    first = next((mark for mark in key if mark.isalpha()), "")
    if "a" <= first <= "z" or "\u00c0" <= first <= "\u024f" or "\u1e00" <= first <= "\u1eff":
        return "latin"
    if "\u0400" <= first <= "\u052f":
        return "cyrillic"
    if "\u0600" <= first <= "\u06ff" or "\ufb50" <= first <= "\ufeff":
        return "arabic"
    return "other"

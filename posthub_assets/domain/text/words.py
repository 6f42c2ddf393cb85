"""Words of a text: finding, counting, normalising and stemming them.

What does not belong here: sentences (`sentences.py`), likeness of texts (`similarity.py`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice

from posthub_assets.domain.text.languages import LanguagePack, language_pack

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0640"
_WORD = re.compile(rf"[^\W_][\w\u200c\u200d{_MARKS}]*(?:['’.\-‐‑][^\W_][\w\u200c\u200d{_MARKS}]*)*")
_MARKDOWN_TARGET = re.compile(r"(?<=\])\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_FENCED = re.compile(r"^(`{3,})[^`\n]*\n(?:.*\n)*?\1`*[ \t]*$", re.MULTILINE)
_LIST_NUMBER = re.compile(r"^[ \t>]*\d{1,3}[.)][ \t]+", re.MULTILINE)
_UNSEEN = "\u200c\u200d\u0640\u200b\u00ad\ufeff\u200e\u200f"
_FOLD = str.maketrans(
    "يىكةۀأإٱؤئ’‘ʼ“”„«»–—‐‑۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩",
    'ییکههاااوی\'\'\'"""""----01234567890123456789',
    _UNSEEN,
)
_PERSIAN_DIACRITICS = re.compile("[\u064b-\u065f\u0670]")


def words(text: str) -> list[str]:
    """Give the words as they stand. A ZWNJ, an apostrophe or a hyphen does not split a word."""
    return [match.rstrip("\u200c\u200d_") for match in _WORD.findall(text)]


def count_words(text: str) -> int:
    """Count words of plain text or Markdown.

    Marks, link targets, list numbers and fenced code do not count.
    """
    if "```" in text:
        text = _FENCED.sub("", text)
    plain = _MARKDOWN_TARGET.sub("", _LIST_NUMBER.sub("", text))
    return len(_WORD.findall(plain))


def has_words(text: str, least: int) -> bool:
    """Say whether a text has at least so many words, as `count_words` counts them."""
    if "```" in text or "](" in text:
        return count_words(text) >= least
    plain = _LIST_NUMBER.sub("", text)
    return next(islice(_WORD.finditer(plain), least - 1, None), None) is not None


def normalise(text: str, language: str = "") -> str:
    """Give the form in which texts are compared.

    NFKC, casefold, one space for each run of white space, plain quotes, dashes and digits, Persian
    letters for Arabic yeh and kaf, no ZWNJ, no Arabic diacritics. The same for all languages, so
    that mixed texts compare too; `language` is there for those that will need more.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _PERSIAN_DIACRITICS.sub("", folded.translate(_FOLD))
    return " ".join(folded.split())


def stem(word: str, language: str) -> str:
    """Give a light stem: normalised, with one ending of the language's pack taken off.

    Stems shorter than 3 letters are not made. This serves grouping, not display.
    """
    return _stem(normalise(word), language_pack(language))


def _stem(word: str, pack: LanguagePack) -> str:
    if pack.code == "en":
        word = word.removesuffix("'s").removesuffix("'")
    for ending in _endings(pack.code):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _undoubled(word[: -len(ending)]) if pack.code == "en" else word[: -len(ending)]
    return word


@lru_cache(maxsize=8)
def _endings(code: str) -> tuple[str, ...]:
    return tuple(normalise(suffix) for suffix in language_pack(code).suffixes)


def _undoubled(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word


def content_stems(text: str, language: str) -> list[str]:
    """Give the stems of the words that carry meaning: no stop words, no bare numbers."""
    pack = language_pack(language)
    found: list[str] = []
    for word in words(text):
        plain = word.replace("’", "'").casefold()
        if plain in pack.stop_words or len(plain) < 2 or plain.replace(".", "").isdigit():
            continue
        found.append(_known_stem(word, pack.code))
    return found


@lru_cache(maxsize=65_536)
def _known_stem(word: str, code: str) -> str:
    return _stem(normalise(word), language_pack(code))

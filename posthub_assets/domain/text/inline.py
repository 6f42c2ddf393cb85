"""Marks inside a block: links become their words, emphasis, code ticks and addresses go.

What does not belong here: block marks (`markup.py`, `documents.py`).
"""

from __future__ import annotations

import html
import re

from posthub_assets.domain.text.markup import LOST
from posthub_assets.domain.text.traced import Piece, Traced

_PROTECTED = {mark: chr(0xE100 + index) for index, mark in enumerate("*_`[]()<>~!#\\&:{}|/.")}
_RESTORED = {v: k for k, v in _PROTECTED.items()}
_RESTORE = re.compile("[\ue100-\ue11f]")

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"(?<!`)(`+)(?!`)\s?(.+?)\s?(?<!`)\1(?!`)", re.DOTALL)
_TARGET = r"\((?:[^()\n]|\([^()\n]*\))*\)"
_BADGE = re.compile(r"\[\s*!\[[^\]]*\]" + _TARGET + r"\s*\](?:" + _TARGET + r")?")
_IMAGE = re.compile(r"!\[[^\]]*\](?:" + _TARGET + r"|\[[^\]]*\])")
_SITE_LABEL = re.compile(r"\s+\[[^\[\]]{2,40}\](?=\]\()")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]" + _TARGET)
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\s?\[[^\[\]]*\]")
_FOOTNOTE = re.compile(r"\[\^[^\]]+\]:?|<sup>.*?</sup>")
_ADDRESS = r"(?:https?://|ftp://|www\.)[^\s<>()\[\]\ue000]+(?<![.,;:!?\"'»”)*_])"
_ADDRESS_LEFT_OUT = re.compile(
    r"\s*\(\s*(?:PDF:?\s*)?<?" + _ADDRESS + r">?\s*\)|\s*\[\s*" + _ADDRESS + r"\s*\]"
)
_BARE_ADDRESS = re.compile(r"<?(?:mailto:)?" + _ADDRESS + r">?")
_STRONG = re.compile(r"(\*{1,3}|_{2,3})(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_UNDERSCORE = re.compile(r"(?<![\w_])(_)(?=\S)(.+?)(?<=\S)_(?![\w_])", re.DOTALL)
_STRIKE = re.compile(r"(~~)(?=\S)(.+?)(?<=\S)~~", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]\w{1,30});")
_EMOTICON = re.compile(r"(?<!\S)(?:[:;؛]-?[)(DPp]+|<3|\^\^)(?=\s|$|[.!])|:[a-z]+(?:_[a-z]+)+:")
_UNSEEN = re.compile("[\u200b\u00ad\ufeff\u2060\u2066-\u2069\u202a-\u202e]")
_DOUBLE_HYPHEN = re.compile(r"(?<=[\w\s])\s?--\s?(?=[\w\s])")
# A single plain space stays as it is: most matches would put it in its own place.
_SPACE = re.compile(r"[\s\u00a0]{2,}|[^\S ]|\u00a0")
_SPACE_AFTER_LOST = re.compile(rf"(?:(?<= )|^){LOST}+ ")
_SPACE_BEFORE_STOP = re.compile(rf" (?={LOST}*[,.;:!?؟،؛](?:\s|$))")
_EMPTY_BRACKETS = re.compile(r"\s*(?:\(\s*\)|\[\s*\])")
_LEFT_MARKS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|`+")


# What every pattern above needs at least. A block without any of it is clean.
_ANY_MARK = re.compile(
    r"[\\`*_~\[\]<>&]|://|www\.|\(\s*\)|\^\^|(?<!\S)[:;؛]|:[a-z]|--|[\s\u00a0]{2}|[^\S ]|\u00a0"
    r"| [,.;:!?؟،؛]|[\u200b\u00ad\ufeff\u2060\u2066-\u2069\u202a-\u202e\ue000\ue100-\ue11f]"
)


def clean(text: Traced) -> tuple[Traced, tuple[int, ...]]:
    """Give the words of a block, and the places in them where something was lost.

    A place is an index into the clean text: a templated value, or an address in running text,
    stood before that character.
    """
    if not _ANY_MARK.search(text.text):
        return _stripped(text), ()
    text = text.sub(_ESCAPE, lambda m: (_protect(m.group(1)),)).sub(_CODE, _protect_code)
    text = text.drop(_FOOTNOTE).drop(_BADGE).drop(_IMAGE).drop(_SITE_LABEL)
    text = text.sub(_LINK, _words_of_link).sub(_REFERENCE, lambda m: (m.span(1),))
    text = text.drop(_ADDRESS_LEFT_OUT).drop(_BARE_ADDRESS, LOST)
    for pattern in (_STRONG, _STRONG, _UNDERSCORE, _STRIKE):
        text = text.sub(pattern, lambda m: (m.span(2),))
    text = text.drop(_EMOTICON).drop(_LEFT_MARKS)
    text = text.sub(_ENTITY, lambda m: (html.unescape(m.group()),))
    text = text.sub(_RESTORE, lambda m: (_RESTORED[m.group()],))
    text = text.drop(_UNSEEN).drop(_EMPTY_BRACKETS).drop(_DOUBLE_HYPHEN, " – ")
    text = text.drop(_SPACE, " ").drop(_SPACE_AFTER_LOST, LOST).drop(_SPACE_BEFORE_STOP)
    return _without_gaps(_stripped(text))


def _protect(words: str) -> str:
    return "".join(_PROTECTED.get(mark, mark) for mark in words)


def _protect_code(match: re.Match[str]) -> tuple[Piece, ...]:
    if not re.search(r"\w", match.group(2)):
        return (LOST,)
    pieces: list[Piece] = []
    start = match.start(2)
    for index, mark in enumerate(match.group(2)):
        safe = _PROTECTED.get(mark)
        pieces.append(safe if safe else (start + index, start + index + 1))
    return tuple(pieces)


def _words_of_link(match: re.Match[str]) -> tuple[Piece, ...]:
    if re.fullmatch(r"\s*" + _ADDRESS + r"\s*", match.group(1)):
        return (LOST,)
    return (match.span(1),)


def _stripped(text: Traced) -> Traced:
    start = len(text.text) - len(text.text.lstrip())
    return text.cut(start, max(start, len(text.text.rstrip())))


def _without_gaps(text: Traced) -> tuple[Traced, tuple[int, ...]]:
    if LOST not in text.text:
        return text, ()
    gaps: list[int] = []
    seen = 0
    for index, mark in enumerate(text.text):
        if mark == LOST:
            gaps.append(index - seen)
            seen += 1
    return text.drop(re.compile(LOST)), tuple(gaps)

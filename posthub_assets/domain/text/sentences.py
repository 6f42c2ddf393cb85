"""Sentences of a document, each with its place.

What does not belong here: which sentences are worth writing (`domain/editorial/passages.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.text.documents import Block, BlockKind, read_blocks
from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.words import count_words

_CLOSERS = "\"'”’»“)]›"
_OPENERS = "\"'“‘„«([‹¿¡"
_STOP = re.compile(rf"(?:[.!?…؟۔]+)[{re.escape(_CLOSERS)}]*(?=\s)")
_ENDED = re.compile(rf"[.!?…؟۔][{re.escape(_CLOSERS)}]*$")
_INITIAL = re.compile(r"(?:^|[\s(.])[^\W\d_]$")
_PAIRS = (("(", ")"), ("“", "”"), ("«", "»"), ("[", "]"))
FULL_SENTENCE_WORDS = 4
"""Fewer words make an exclamation or a heading, not a statement."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `start` and `end` are offsets into the document's text, half open.

    `is_full`: begins like a sentence, ends like one, has at least four words, balanced brackets
    and quotation marks, and nothing was lost in it. `index` counts the document's sentences.
    """

    text: str
    document_id: str
    document: str
    start: int
    end: int
    block_index: int
    heading_path: tuple[str, ...]
    index: int
    kind: BlockKind
    is_full: bool


def document_sentences(
    document: SourceDocument, language: str, *, full_only: bool = False
) -> tuple[Sentence, ...]:
    """Give the sentences of paragraphs, list items and quotes, in the document's order."""
    found = block_sentences(document, read_blocks(document), language)
    return tuple(s for s in found if s.is_full) if full_only else found


def block_sentences(
    document: SourceDocument, blocks: tuple[Block, ...], language: str
) -> tuple[Sentence, ...]:
    """Give the sentences of blocks that were read already."""
    pack = language_pack(language)
    found: list[Sentence] = []
    for block_index, block in enumerate(blocks):
        if block.kind in (BlockKind.HEADING, BlockKind.CODE, BlockKind.TABLE):
            continue
        for start, end in split_sentences(block.text, language):
            text = block.text[start:end]
            whole = not any(start <= gap <= end for gap in block.gaps)
            span = block.span(start, end)
            found.append(
                Sentence(
                    text, document.id, document.name, *span, block_index, block.heading_path,
                    len(found), block.kind, whole and is_full_sentence(text, pack),
                )
            )  # fmt: skip
    return tuple(found)


def split_sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Give the (start, end) of the sentences of one block of clean text.

    Abbreviations, initials, decimals, ordinals ("1. ledna") and stops inside quotation marks do
    not end a sentence. The Persian semicolon does not either.
    """
    pack = language_pack(language)
    spans: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if _ends_here(text, start, stop, pack):
            spans.append((start, stop.end()))
            start = stop.end()
    spans.append((start, len(text)))
    return [trimmed for a, b in spans if (trimmed := _trim(text, a, b))]


def is_full_sentence(text: str, pack: LanguagePack) -> bool:
    """Tell whether a text is one whole sentence by its form."""
    first = text.lstrip(_OPENERS)[:1]
    if not first or not (first.isupper() or first.isdigit() or _caseless(first)):
        return False
    if not _ENDED.search(text) or count_words(text) < FULL_SENTENCE_WORDS:
        return False
    return all(text.count(a) == text.count(b) for a, b in _PAIRS) and text.count('"') % 2 == 0


def _ends_here(text: str, start: int, stop: re.Match[str], pack: LanguagePack) -> bool:
    rest = text[stop.end() :].lstrip()
    following = rest.lstrip(_OPENERS)[:1]
    if not following:
        return True
    if following.islower() or re.fullmatch(r"(?:\.{2,}|…)[)\]]+", stop.group()):
        return False
    if stop.group()[0] != "." or len(stop.group().rstrip(_CLOSERS)) > 1:
        return True
    before = text[start : stop.start()]
    last = before.split()[-1].lstrip(_OPENERS) if before.split() else ""
    if last.casefold() in pack.abbreviations:
        return _sentence_may_start(rest, last, pack)
    if _INITIAL.search(before) and last.isupper():
        return _caseless(last)
    return not (pack.code == "cs" and last.isdigit() and len(last) <= 2)


def _sentence_may_start(rest: str, abbreviation: str, pack: LanguagePack) -> bool:
    """After "etc." or "U.S.", only a capital on a little word speaks for a new sentence."""
    if abbreviation.casefold() in ("e.g", "i.e", "vs", "např", "tzv", "tj", "напр"):
        return False
    first = rest.partition(" ")[0].strip(_OPENERS + ",")
    return first[:1].isupper() and first.casefold() in pack.stop_words


def _caseless(letter: str) -> bool:
    return letter.isalpha() and not letter.isupper() and not letter.islower()


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    right = len(part.rstrip())
    return (start + left, start + right) if right > left else None

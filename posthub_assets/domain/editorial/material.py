"""What a company's documents offer for a month: its units, and what of them is used already.

What does not belong here: choosing topics (`planning.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from posthub_assets.domain.briefs import PastText, SourceDocument, TopicsBrief
from posthub_assets.domain.editorial.extraction import extract_units
from posthub_assets.domain.editorial.titles import HeadingSense, Vocabulary
from posthub_assets.domain.editorial.units import Unit, sentence_key
from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.sentences import document_sentences
from posthub_assets.domain.text.words import count_words

Span = tuple[str, int, int]
SAID_WORDS = 5
"""Shorter sentences may be said again: they state nothing."""


@dataclass(frozen=True)
class Material:
    """`fresh` units were never quoted; `quoted` ones were in an earlier month.

    `past_keys` holds, for each past text, the keys of its sentences.
    """

    language: str
    pack: LanguagePack
    fresh: tuple[Unit, ...]
    quoted: tuple[Unit, ...]
    sense: HeadingSense
    vocabulary: Vocabulary
    past_keys: tuple[frozenset[str], ...]


def gather(brief: TopicsBrief) -> Material:
    """Read the documents and leave out what this month or a published text has said already."""
    language = brief.company.language
    pack = language_pack(language)
    units = extract_units(brief.documents, language)
    sense = HeadingSense.over(units, pack)
    vocabulary = Vocabulary.of("\n".join(unit.text for unit in units))
    past = tuple(_text_keys(text, language) for text in brief.past if text.text)
    said = frozenset[str]().union(*past)
    used_keys = _keys_of_spans(brief.documents, brief.used, language)
    used, told = _by_document(brief.used), _by_document(brief.quoted)
    fresh: list[Unit] = []
    quoted: list[Unit] = []
    for unit in units:
        if _overlaps(unit, used) or _says(unit, used_keys):
            continue
        if _overlaps(unit, told):
            quoted.append(unit)
        elif not _says(unit, said):
            fresh.append(unit)
    return Material(language, pack, tuple(fresh), tuple(quoted), sense, vocabulary, past)


def _by_document(spans: Iterable[Span]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for document, start, end in spans:
        found.setdefault(document, []).append((start, end))
    return found


def _overlaps(unit: Unit, spans: dict[str, list[tuple[int, int]]]) -> bool:
    """Tell whether a unit and one of its document's spans share a character."""
    own = spans.get(unit.document_id, ())
    return any(start < unit.end and unit.start < end for start, end in own)


def _says(unit: Unit, keys: frozenset[str]) -> bool:
    return any(key in keys for key in unit.keys if count_words(key) >= SAID_WORDS)


def _text_keys(past: PastText, language: str) -> frozenset[str]:
    document = SourceDocument(id="", name="", text=past.text)
    return frozenset(sentence_key(s.text) for s in document_sentences(document, language))


def _keys_of_spans(
    documents: tuple[SourceDocument, ...], spans: tuple[Span, ...], language: str
) -> frozenset[str]:
    keys: set[str] = set()
    for document in documents:
        own = [(start, end) for name, start, end in spans if name == document.id]
        if not own:
            continue
        for sentence in document_sentences(document, language):
            if any(start <= sentence.start and sentence.end <= end for start, end in own):
                keys.add(sentence_key(sentence.text))
    return frozenset(keys)

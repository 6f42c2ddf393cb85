"""All documents of a company, read once: sentences and headings, and which speak of the company.

What does not belong here: which sentence fills which point (`finding.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from posthub_assets.domain.bodies import Passage
from posthub_assets.domain.briefs import CompanyFacts, SourceDocument
from posthub_assets.domain.research.cues import Cues, company_pattern, cues_for
from posthub_assets.domain.text.documents import Block, BlockKind, read_blocks
from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.sentences import Sentence, block_sentences
from posthub_assets.domain.text.words import count_words, normalise, words

_GUIDE = re.compile(r"\b(?:guide|manual|tutorial|handbook|lesson|how to|chapter)\b", re.IGNORECASE)
_KNOWN_MENTIONS_PER_WORD = 1 / 120
"""A document that names the company at least this often, and twice, is about the company."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, list item or heading of a document.

    `own`: it names the company or speaks as "we". `known`: its document is about the company
    itself. `rank` orders statements of equal worth by place: smaller comes first.
    """

    text: str
    passage: Passage
    heading_path: tuple[str, ...]
    kind: BlockKind
    is_full: bool
    own: bool
    names_company: bool
    known: bool
    dangling: bool
    rank: int

    @property
    def heading(self) -> str:
        """The heading right above, or an empty string."""
        return self.heading_path[-1] if self.heading_path else ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A company's documents as statements and headings, in the documents' order."""

    company: CompanyFacts
    cues: Cues
    pack: LanguagePack
    names: tuple[str, ...]
    statements: tuple[Statement, ...]
    headings: tuple[Statement, ...]


def company_names(company: CompanyFacts) -> tuple[str, ...]:
    """Give the spellings under which documents may name the company: with and without spaces."""
    name = company.name.strip()
    return tuple(dict.fromkeys(n for n in (name, name.replace(" ", "")) if n))


def without_conjunction(text: str, cues: Cues) -> str:
    """Take off a conjunction that ties a sentence to the one before ("But we ...")."""
    rest = re.sub(cues.conjunctions, "", text, count=1, flags=re.IGNORECASE).lstrip(" ,")
    return text if rest == text or not rest else rest[:1].upper() + rest[1:]


def read_corpus(company: CompanyFacts, documents: Iterable[SourceDocument]) -> Corpus:
    """Read all documents once. The order of `documents` is the order of the statements."""
    cues, pack = cues_for(company.language), language_pack(company.language)
    names = company_names(company)
    reader = _Reader(cues, pack, names, company.language)
    listed = tuple(documents)
    for document in listed:
        reader.read(document)
    if own_noun := _own_noun(reader.statements, cues, names):
        names = (*names, own_noun)
        reader = _Reader(cues, pack, names, company.language)
        for document in listed:
            reader.read(document)
    return Corpus(company, cues, pack, names, tuple(reader.statements), tuple(reader.headings))


def _own_noun(statements: list[Statement], cues: Cues, names: tuple[str, ...]) -> str:
    """Find what the company calls itself: "Kolna is a workshop" makes "the workshop" its name."""
    if not cues.self_nouns:
        return ""
    pattern = company_pattern(rf"^§ is an? [^.,;]{{0,60}}?\b({cues.self_nouns})\b", names)
    known = (s.text for s in statements if s.known and s.is_full and s.names_company)
    match = next((found for text in known if (found := pattern.search(text))), None)
    return f"the {match[1].lower()}" if match else ""


class _Reader:
    def __init__(
        self, cues: Cues, pack: LanguagePack, names: tuple[str, ...], language: str
    ) -> None:
        self.pack = pack
        self.language = language
        self.named = company_pattern(r"(?<!\w)§(?!\w)", names)
        self.we = re.compile(cues.we, re.IGNORECASE)
        self.conjunctions = re.compile(cues.conjunctions, re.IGNORECASE)
        self.known_names = re.compile(cues.known_names, re.IGNORECASE)
        self.statements: list[Statement] = []
        self.headings: list[Statement] = []

    def read(self, document: SourceDocument) -> None:
        blocks = read_blocks(document)
        known = self._is_known(document, blocks)
        for block in blocks:
            if block.kind is BlockKind.HEADING:
                self.headings.append(self._heading(document, block, known))
        for sentence in block_sentences(document, blocks, self.language):
            self.statements.append(self._statement(sentence, known))

    def _is_known(self, document: SourceDocument, blocks: tuple[Block, ...]) -> bool:
        stem = re.sub(r"[-_./]+", " ", document.name.rpartition(".")[0] or document.name)
        if _GUIDE.search(stem):
            return False
        title = next((b.text for b in blocks if b.kind is BlockKind.HEADING), "")
        if self.known_names.search(stem) or self.known_names.search(title):
            return True
        text = " ".join(block.text for block in blocks)
        mentions = len(self.named.findall(text))
        return mentions >= 2 and mentions >= count_words(text) * _KNOWN_MENTIONS_PER_WORD

    def _statement(self, sentence: Sentence, known: bool) -> Statement:
        names_company = bool(self.named.search(sentence.text))
        passage = Passage(
            document_id=sentence.document_id,
            document=sentence.document,
            start=sentence.start,
            end=sentence.end,
            quote=sentence.text,
        )
        return Statement(
            text=sentence.text,
            passage=passage,
            heading_path=sentence.heading_path,
            kind=sentence.kind,
            is_full=sentence.is_full,
            own=names_company or bool(self.we.search(sentence.text)),
            names_company=names_company,
            known=known,
            dangling=self._dangles(sentence.text),
            rank=len(self.statements),
        )

    def _heading(self, document: SourceDocument, block: Block, known: bool) -> Statement:
        passage = Passage(
            document_id=document.id,
            document=document.name,
            start=block.start,
            end=block.end,
            quote=block.text,
        )
        names_company = bool(self.named.search(block.text))
        return Statement(
            text=block.text,
            passage=passage,
            heading_path=(*block.heading_path, block.text),
            kind=BlockKind.HEADING,
            is_full=False,
            own=names_company or bool(self.we.search(block.text)),
            names_company=names_company,
            known=known,
            dangling=False,
            rank=len(self.headings),
        )

    def _dangles(self, text: str) -> bool:
        text = self.conjunctions.sub("", text).lstrip(" ,")
        found = words(text)
        first = normalise(found[0]) if found else ""
        return first in self.pack.dangling_starts or bool(self.pack.dangling_pattern.search(text))

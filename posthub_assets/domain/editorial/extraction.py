"""From documents to units, with everything left out that cannot stand in a post.

What does not belong here: which sentences are fit (`fitness.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from posthub_assets.domain.briefs import SourceDocument
from posthub_assets.domain.editorial.code_blocks import fenced
from posthub_assets.domain.editorial.fitness import (
    depends,
    is_fit,
    is_fit_code_lead,
    is_fit_item,
    is_fit_lead,
    is_interjection,
    is_lead,
)
from posthub_assets.domain.editorial.units import FENCE, Item, Unit, said_keys, sentence_key
from posthub_assets.domain.text.documents import Block, BlockKind, read_blocks
from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.sentences import is_full_sentence, split_sentences
from posthub_assets.domain.text.words import count_words, normalise

MIN_LIST_WORDS = 12
MIN_UNIT_WORDS = 6
MIN_RUN_WORDS = 9
"""A shorter sentence stays with the one after it."""
MIN_WORDS_BESIDE_CODE = 14
"""A shorter paragraph beside code says what to type, or what came out."""
MAX_CODE_RUN_WORDS = 60
"""A longer passage is closed before the next code."""
SHORT_LEAD_WORDS = 4
"""Shorter sentences may lead in code twice."""
SHORT_KEY_WORDS = 4
"""Shorter items may stand in two lists: names of things, not statements."""


def extract_units(
    documents: Iterable[SourceDocument], language: str, taken: frozenset[str] = frozenset()
) -> list[Unit]:
    """Give the units of documents in their order; no sentence stands in two of them.

    `taken`: keys of sentences (see `sentence_key`) that must not be used.
    """
    pack = language_pack(language)
    seen = set(taken)
    units: list[Unit] = []
    pages = [(document, read_blocks(document)) for document in documents]
    headings = frozenset(
        sentence_key(b.text) for _, blocks in pages for b in blocks if b.kind is BlockKind.HEADING
    )
    for document, blocks in pages:
        units += _Walker(document, blocks, pack, seen, headings).walk()
    return units


@dataclass(slots=True)
class _Line:
    text: str
    start: int
    end: int
    fit: bool
    new_paragraph: bool = False
    code: bool = False


class _Walker:
    """Walks the blocks of one document; `_run` is the prose that may still grow."""

    def __init__(
        self,
        document: SourceDocument,
        blocks: tuple[Block, ...],
        pack: LanguagePack,
        seen: set[str],
        headings: frozenset[str],
    ) -> None:
        self.document = document
        self.blocks = blocks
        self.pack = pack
        self.seen = seen
        self.headings = headings
        self.units: list[Unit] = []
        self._run: list[_Line] = []
        self._path: tuple[str, ...] = ()
        self._after_heading = False
        self._told_last = False

    def walk(self) -> list[Unit]:
        index = 0
        while index < len(self.blocks):
            block = self.blocks[index]
            if self._is_skipped(block):
                self._close_run()
                index += 1
                continue
            if block.kind is BlockKind.ITEM:
                index = self._list(index)
                continue
            if block.kind is BlockKind.PARAGRAPH:
                self._paragraph(block, index)
            elif block.kind is BlockKind.CODE:
                self._code(block)
            else:
                self._close_run()
            if block.kind is BlockKind.HEADING:
                self._after_heading = True
            index += 1
        self._close_run()
        return self.units

    def _is_skipped(self, block: Block) -> bool:
        path = {normalise(heading).rstrip(" :.") for heading in block.heading_path}
        return block.kind is not BlockKind.HEADING and bool(path & self.pack.skipped_headings)

    def _paragraph(self, block: Block, index: int) -> None:
        if block.heading_path != self._path:
            self._close_run()
        self._path = block.heading_path
        self._after_heading = False
        lines = self._lines(block)
        following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        after = following.kind if following else None
        shows = bool(lines and following and self._leads_code(lines[-1], following))
        told = bool(self._run) and self._run[-1].code
        beside = self._instructs(block, index)
        if beside and not shows and not told:
            self._close_run()
            return
        for number, line in enumerate(lines):
            line.new_paragraph = number == 0
            last = number == len(lines) - 1
            if last and shows:
                self._take_code_lead(line)
                continue
            leads = last and is_lead(line.text) and after is BlockKind.ITEM
            self._take(line, leads, joins=beside and told)
        self._told_last = bool(self._run) and self._run[-1] is lines[-1]

    def _leads_code(self, line: _Line, block: Block) -> bool:
        """Tell whether a sentence leads in the code of the block after it."""
        fit = line.fit and is_fit_code_lead(line.text, self.pack)
        return fit and block.heading_path == self._path and bool(self._fence(block))

    def _fence(self, block: Block) -> str:
        """Give a block's code; "" where it may not be shown, or was shown before."""
        if block.kind is not BlockKind.CODE:
            return ""
        fence = fenced(self.document.text, block.start, block.end)
        return fence if fence not in self.seen else ""

    def _code(self, block: Block) -> None:
        """Add code to the run if the sentence right before it is kept; it breaks the run if not."""
        fence = self._fence(block) if self._run and self._told_last else ""
        self._told_last = False
        if not fence or block.heading_path != self._path:
            self._close_run()
            return
        self.seen.add(fence)
        end = block.start + len(self.document.text[block.start : block.end].rstrip())
        self._run.append(_Line(fence, block.start, end, True, True, True))

    def _take_code_lead(self, line: _Line) -> None:
        keys = said_keys(line.text) if count_words(line.text) >= SHORT_LEAD_WORDS else frozenset()
        first = line.text.split(maxsplit=1)[0].strip(",").casefold()
        hangs = first in self.pack.dangling_starts
        own = line.new_paragraph and count_words(line.text) >= MIN_RUN_WORDS
        if keys & self.seen or (own and not hangs) or self._run_words() > MAX_CODE_RUN_WORDS:
            self._close_run()
        if keys & self.seen or (hangs and not self._run):
            return
        self.seen |= keys
        self._run.append(line)

    def _instructs(self, block: Block, index: int) -> bool:
        """Tell whether a short paragraph only accompanies the code or table beside it."""
        beside = [self.blocks[i].kind for i in (index - 1, index + 1) if 0 <= i < len(self.blocks)]
        shown = BlockKind.CODE in beside or BlockKind.TABLE in beside
        return shown and count_words(block.text) < MIN_WORDS_BESIDE_CODE

    def _lines(self, block: Block) -> list[_Line]:
        lines: list[_Line] = []
        for start, end in split_sentences(block.text, self.pack.code):
            text = block.text[start:end]
            whole = not any(start <= gap <= end for gap in block.gaps)
            lines.append(_Line(text, *block.span(start, end), whole))
        return lines

    def _take(self, line: _Line, leads: bool, joins: bool = False) -> None:
        """Add a sentence to the run, or start a new run, or break the run on an unfit one.

        `joins`: the sentence speaks of the code before it and stays with it.
        """
        if line.fit and not leads and is_interjection(line.text):
            return
        if leads:
            line.fit = line.fit and is_fit_lead(line.text, self.pack)
        else:
            line.fit = line.fit and is_full_sentence(line.text, self.pack)
            line.fit = line.fit and is_fit(line.text, self.pack)
        keys = said_keys(line.text)
        if not line.fit or keys & self.seen:
            self._close_run()
            return
        if not depends(line.text, self.pack):
            if not joins and (line.new_paragraph or self._run_words() >= MIN_RUN_WORDS):
                self._close_run()
        elif not self._run:
            return
        self.seen |= keys
        self._run.append(line)

    def _run_words(self) -> int:
        return sum(count_words(line.text) for line in self._run)

    def _close_run(self) -> None:
        run, self._run = self._run, []
        words = sum(count_words(line.text) for line in run)
        if run and not is_lead(run[-1].text) and words >= MIN_UNIT_WORDS:
            self._add(run, ())

    def _add(
        self, run: list[_Line], items: tuple[Item, ...], end: int = 0, ordered: bool = False
    ) -> None:
        paragraphs: list[list[str]] = []
        for line in run:
            if line.new_paragraph or not paragraphs or self._is_after_code(paragraphs):
                paragraphs.append([])
            paragraphs[-1].append(line.text)
        self.units.append(
            Unit(
                self.document.id, self.document.name, run[0].start if run else end,
                end or run[-1].end, self._path, len(self.units),
                tuple(tuple(p) for p in paragraphs), items, ordered,
            )
        )  # fmt: skip

    @staticmethod
    def _is_after_code(paragraphs: list[list[str]]) -> bool:
        return paragraphs[-1][-1].startswith(FENCE)

    def _list(self, index: int) -> int:
        """Read the list that begins here; give the index after it."""
        first = self.blocks[index]
        stop = index
        holes = False
        while stop < len(self.blocks) and self._continues(first, stop):
            holes = holes or self.blocks[stop].kind is not BlockKind.ITEM
            stop += 1
        blocks = [b for b in self.blocks[index:stop] if b.kind is BlockKind.ITEM]
        run = self._run_after_code()
        if run and first.heading_path != self._path:
            run = []
        unfinished = bool(first.heading_path) and first.heading_path[-1].endswith(("…", "..."))
        headed = not run and self._after_heading and not unfinished
        self._after_heading = False
        self._path = first.heading_path
        if run or headed:
            self._list_unit(run, blocks, holes)
        else:
            self._loose_items(blocks)
        return stop

    def _run_after_code(self) -> list[_Line]:
        """Give the run that a list may take; what ends in code is closed before it."""
        run, self._run = self._run, []
        last = max((number for number, line in enumerate(run) if line.code), default=-1)
        if last < 0:
            return run
        tail = run[last + 1 :]
        free = bool(tail) and not depends(tail[0].text, self.pack)
        lead = bool(tail) and is_lead(tail[-1].text)
        self._run = run[: last + 1] if free else run[:-1] if lead else run
        self._close_run()
        return tail if free else []

    def _continues(self, first: Block, index: int) -> bool:
        block = self.blocks[index]
        if block.kind is BlockKind.ITEM:
            return block.list_id == first.list_id or block.level > 1
        following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        return (
            block.kind in (BlockKind.CODE, BlockKind.TABLE)
            and following is not None
            and following.kind is BlockKind.ITEM
            and following.list_id == first.list_id
        )

    def _list_unit(self, run: list[_Line], blocks: list[Block], holes: bool) -> None:
        said: set[str] = set()
        items = [item for block in blocks if (item := self._item(block, said))]
        ordered = blocks[0].ordered
        leads = bool(run) and is_lead(run[-1].text)
        whole = len(items) == len(blocks)
        contents = _is_contents(blocks, self.document) or self._lists_headings(items)
        unusable = holes or contents or (ordered and not whole)
        words = sum(count_words(item.text) for item in items)
        if unusable or len(items) < 2 or words < MIN_LIST_WORDS or items[0].depth > 1:
            self._reopen(run, leads)
            return
        if run and not leads and not _are_sentences(items, self.pack):
            self._reopen(run, leads)
            return
        self.seen |= said
        start = run[0].start if run else blocks[0].start
        self._add(run, tuple(items), max(b.end for b in blocks), ordered)
        self.units[-1] = replace(self.units[-1], start=start)

    def _lists_headings(self, items: list[Item]) -> bool:
        known = sum(sentence_key(item.text) in self.headings for item in items)
        return known * 2 >= len(items) > 0

    def _reopen(self, run: list[_Line], leads: bool) -> None:
        """The list is of no use: what stood before it stays prose, without its lead-in."""
        kept = run[:-1] if leads else run
        if kept:
            self._add(kept, ())

    def _item(self, block: Block, said: set[str]) -> Item | None:
        """Give a list item, or None where it is unfit or said already; adds its keys to `said`."""
        if block.gaps:
            return None
        lines = self._lines(block)
        kept = lines[:1]
        for line in lines[1:]:
            if not (is_full_sentence(line.text, self.pack) and is_fit(line.text, self.pack)):
                break
            kept.append(line)
        text = " ".join(line.text for line in kept)
        if not is_fit_item(text, self.pack):
            return None
        long = [line.text for line in kept if count_words(line.text) >= SHORT_KEY_WORDS]
        keys = {key for line in long for key in said_keys(line)}
        if keys & (self.seen | said):
            return None
        said |= keys
        return Item(text, block.level)

    def _loose_items(self, blocks: list[Block]) -> None:
        """A list that nothing leads in: items that are whole sentences stand for themselves."""
        for block in blocks:
            for number, line in enumerate(self._lines(block)):
                line.new_paragraph = number == 0
                if block.ordered:
                    continue
                line.fit = line.fit and not block.gaps and not line.text.endswith(("?", "؟"))
                self._take(line, leads=False)
            self._close_run()


def _is_contents(blocks: list[Block], document: SourceDocument) -> bool:
    """Tell whether the items are links and nothing else: a table of contents, or sources."""
    return all(_is_link(block, document.text) for block in blocks)


def _is_link(block: Block, text: str) -> bool:
    opened = text[max(0, block.start - 1) : block.start]
    return opened == "[" and block.text[-1:] != "." and "](" in text[block.end - 2 : block.end + 60]


def _are_sentences(items: list[Item], pack: LanguagePack) -> bool:
    whole = sum(is_full_sentence(item.text, pack) or len(item.text.split()) > 8 for item in items)
    return whole * 3 >= len(items) * 2

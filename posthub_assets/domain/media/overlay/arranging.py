"""Facts into rows: a big title, smaller details, four lines in all, as large as the box allows.

Shrink, then wrap, then leave out the least important fact, with a note that names it.
What does not belong here: where the rows stand (`placing.py`), their colours (`inks.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.overlay.facts import BY_IMPORTANCE, IN_ORDER, SPOKEN
from posthub_assets.domain.media.overlay.lettering import Lettering
from posthub_assets.domain.visuals.composition import PHONE_WIDTH_PT, Area
from posthub_assets.domain.visuals.faces import FAMILIES, Face, is_right_to_left, needs_shaping
from posthub_assets.domain.visuals.headline import TITLE_LENGTHS, Wording, shortened
from posthub_assets.domain.visuals.typesetting import Block, fit

MOST_LINES = 4
_MOST_TITLE_LINES = 3
_PAIRS = (("dates", "venue"), ("price", "call_to_action"))
"""Facts that may share a row."""
_HEADS = (*("title", "performers", "free_text", "venue", "dates", "call_to_action", "price"),)
"""Which fact is set large, in order of preference."""
_SMALLEST_TITLE_PT = 12.5
_SMALLEST_DETAIL_PT = 9.5
_SMALLEST_PX = 11
"""Below this nobody reads a line, whatever the picture."""
_DETAIL_SHARE, _SHAPED_DETAIL_SHARE = 0.46, 0.56
"""Details are at most this share of the title's size; Arabic letters are small for their size."""
_SMALL_TITLE_SHARE, _EASY_DETAIL_PT = 0.62, 13.0
"""Below a title that is small itself, details may be nearer to it, up to what is read with ease."""
_LINE_PITCH = 1.42
_GAP, _TITLE_GAP = 0.75, 0.26
"""Space between the title's ink and the first detail's, as shares of the detail's and the title's
size; the larger counts."""
_RULE_PX_SHARE = 0.006
_RULE_GAP_SHARE = 0.022


@dataclass(frozen=True, slots=True)
class Sizes:
    """The range of sizes on one canvas, in pixels."""

    title_px: tuple[float, float]
    detail_px: tuple[float, float]
    easy_px: float
    """What details may reach below a small title."""
    rule_px: float
    """Height of the bar above the title with the space below it; 0 for none."""

    @property
    def rule_height_px(self) -> float:
        """Height of the bar alone."""
        return self.rule_px * _RULE_PX_SHARE / (_RULE_PX_SHARE + _RULE_GAP_SHARE)


@dataclass(frozen=True, slots=True)
class Row:
    """One or two facts in one block of one or more lines. `pitch_px`: baseline to baseline."""

    facts: tuple[str, ...]
    block: Block
    is_title: bool

    @property
    def pitch_px(self) -> float:
        """Distance from a baseline of this row to the next line's."""
        return self.block.line_px if self.is_title else _pitch(self.block.face, self.block.size_px)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Rows from top to bottom, the facts left out, and what was done to the rest."""

    rows: tuple[Row, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def line_count(self) -> int:
        """Lines in all rows."""
        return _line_count(self.rows)


def sizes_for(width_px: int, height_px: int, *, rule: bool) -> Sizes:
    """Give the sizes for a canvas: the smallest by what a phone shows at its full width."""
    point = width_px / PHONE_WIDTH_PT
    largest = min(0.15 * width_px, 0.20 * height_px)
    smallest = max(_SMALLEST_PX, min(_SMALLEST_DETAIL_PT * point, 0.07 * height_px))
    title = max(1.3 * smallest, min(_SMALLEST_TITLE_PT * point, 0.10 * height_px))
    share = _RULE_PX_SHARE + _RULE_GAP_SHARE
    return Sizes(
        title_px=(title, max(title, largest)),
        detail_px=(smallest, max(smallest, 0.45 * largest)),
        easy_px=min(_EASY_DETAIL_PT * point, 0.10 * height_px),
        rule_px=share * min(width_px, 1.4 * height_px) if rule else 0.0,
    )


def arrange(texts: Mapping[str, str], letters: Lettering, area: Area, sizes: Sizes) -> Arrangement:
    """Find the rows for `texts` (by fact) in `area`. Never more than four lines, all inside.

    Raises InvalidInput where not even the main fact can be set, naming its longest word.
    """
    kept = [name for name in BY_IMPORTANCE if name in texts]
    head = next(name for name in _HEADS if name in texts)
    setter = _Setter(head, texts, letters, area, sizes)
    notes: list[str] = []
    best = setter.best(kept)
    while best is None:
        droppable = [name for name in kept if name != head]
        if not droppable:
            best, note = setter.alone()
            notes.append(note)
            break
        kept.remove(droppable[-1])
        best = setter.best(kept)
    left_out = tuple(name for name in BY_IMPORTANCE if name in texts and name not in kept)
    if left_out:
        named = ", ".join(SPOKEN[name] for name in left_out)
        notes.append(
            f"Left out for want of room: {named}. Take a larger box, or shorten the other facts."
        )
    return Arrangement(best, left_out, tuple(note for note in notes if note))


def height_of(rows: Sequence[Row], sizes: Sizes) -> float:
    """Give the height of all rows with the bar above them, in pixels."""
    return offsets(rows, sizes)[1]


def offsets(rows: Sequence[Row], sizes: Sizes) -> tuple[list[float], float]:
    """Give each row's ink top below the upper edge of all, and the height of all, in pixels."""
    tops, y = [], sizes.rule_px
    for index, row in enumerate(rows):
        if index == 0:
            top = y
        elif rows[index - 1].is_title:
            top = y + max(_GAP * row.block.size_px, _TITLE_GAP * rows[index - 1].block.size_px)
        else:
            baseline = y - rows[index - 1].block.descent_px + row.pitch_px
            top = max(baseline - row.block.ascent_px, y + 0.12 * row.block.size_px)
        tops.append(top)
        y = top + _row_height(row)
    return tops, y


def _row_height(row: Row) -> float:
    block = row.block
    return block.ascent_px + row.pitch_px * (len(block.lines) - 1) + block.descent_px


def _pitch(face: Face, size_px: float) -> float:
    return size_px * max(_LINE_PITCH, 1.05 * FAMILIES[face.family].line_height_percent / 100)


@dataclass(frozen=True, slots=True)
class _Setter:
    """Tries rows for one overlay: the head is the fact that is set large."""

    head: str
    texts: Mapping[str, str]
    letters: Lettering
    area: Area
    sizes: Sizes

    def best(self, kept: Sequence[str]) -> tuple[Row, ...] | None:
        """Give the rows with the largest letters that show all of `kept`, or None."""
        found: list[tuple[float, tuple[Row, ...]]] = []
        for groups in _groupings([name for name in IN_ORDER if name in kept and name != self.head]):
            rows = self.rows(groups)
            if rows:
                found.append((_worth(rows), rows))
        return max(found, key=lambda one: one[0])[1] if found else None

    def rows(self, groups: Sequence[tuple[str, ...]]) -> tuple[Row, ...] | None:
        """Set head and details together: a head as large as can be leaves small details."""
        lean = self.details(groups, self.sizes.detail_px[0], MOST_LINES - 1)
        largest = None if lean is None else self.title(lean, self.sizes.title_px[1])
        if lean is None or largest is None:
            return None
        found = [self.grown(groups, largest, lean)]
        for share in (0.86, 0.74, 0.64) if lean else ():
            title = self.title(lean, share * largest.block.size_px)
            if title is not None:
                found.append(self.grown(groups, title, lean))
        return max(found, key=_worth)

    def grown(
        self, groups: Sequence[tuple[str, ...]], title: Row, lean: Sequence[Row]
    ) -> tuple[Row, ...]:
        """Make the details below a title as large as it and the area allow."""
        lines = MOST_LINES - len(title.block.lines)
        shaped = needs_shaping(self.texts[self.head])
        share = _SHAPED_DETAIL_SHARE if shaped else _DETAIL_SHARE
        large = title.block.size_px
        most = max(share * large, min(_SMALL_TITLE_SHARE * large, self.sizes.easy_px))
        size = min(self.sizes.detail_px[1], most)
        while size > self.sizes.detail_px[0]:
            rows = self.details(groups, size, lines)
            if rows is not None and self.holds((title, *rows)):
                return (title, *rows)
            size *= 0.93
        return (title, *lean)

    def title(self, lean: Sequence[Row], largest_px: float) -> Row | None:
        """Set the head as large as the smallest details allow; None where it does not fit so."""
        smallest = self.sizes.title_px[0]
        text = self.texts[self.head]
        room = self.area.height - height_of(lean, self.sizes)
        for share in (1.0, 0.93, 0.86, 0.78, 0.70, 0.6):
            block = fit(
                text,
                self.letters.face(text, bold=True),
                width_px=self.area.width,
                height_px=share * room,
                sizes_px=(smallest, max(smallest, largest_px)),
                most_lines=min(_MOST_TITLE_LINES, MOST_LINES - _line_count(lean)),
            )
            if block is None:
                return None
            title = Row((self.head,), block, is_title=True)
            if self.holds((title, *lean)):
                return title
        return None

    def details(
        self, groups: Sequence[tuple[str, ...]], size_px: float, most_lines: int
    ) -> list[Row] | None:
        """Set every group at one size, one line each; a lone fact in two where it must.

        None if these are more than `most_lines`.
        """
        rows: list[Row] = []
        for group in groups:
            text = joined([self.texts[name] for name in group], self.letters)
            face = self.letters.face_or_none(text, bold="call_to_action" in group)
            if face is None:
                return None
            block = self.in_lines(text, face, int(size_px), 1)
            if block is None and len(group) == 1:
                block = self.in_lines(text, face, int(size_px), 2)
            if block is None:
                return None
            rows.append(Row(group, block, is_title=False))
        return rows if _line_count(rows) <= most_lines else None

    def in_lines(self, text: str, face: Face, size_px: int, most_lines: int) -> Block | None:
        """Set a detail at one size; None where it does not fit."""
        return fit(
            text,
            face,
            width_px=self.area.width,
            height_px=self.area.height,
            sizes_px=(size_px, size_px),
            most_lines=most_lines,
        )

    def holds(self, rows: Sequence[Row]) -> bool:
        """Tell whether the rows are not higher than the area."""
        return height_of(rows, self.sizes) <= self.area.height

    def alone(self) -> tuple[tuple[Row, ...], str]:
        """Set the head with nothing else: smaller, in four lines, at last with words left out."""
        text = self.texts[self.head]
        for most in (len(text), *(length for length in TITLE_LENGTHS if length < len(text))):
            short = shortened(Wording(text), most).text
            block = fit(
                short,
                self.letters.face(short, bold=True),
                width_px=self.area.width,
                height_px=self.area.height - self.sizes.rule_px,
                sizes_px=(self.sizes.detail_px[0], self.sizes.title_px[1]),
                most_lines=MOST_LINES,
            )
            if block:
                cut = f"Shortened {SPOKEN[self.head]}, to be legible: “{short}”."
                return (Row((self.head,), block, is_title=True),), cut if short != text else ""
        longest = max(text.split(), key=len)
        raise InvalidInput(
            f"“{text}” cannot be set legibly here; its longest word, “{longest}”, has "
            f"{len(longest)} characters. Take a larger box or picture, or shorten it.",
            field=f"facts.{self.head}",
        )


def _worth(rows: Sequence[Row]) -> float:
    """Weigh sizes by their ratios: details twice as large are worth a somewhat smaller title."""
    details = [row.block.size_px for row in rows[1:]]
    return math.log(rows[0].block.size_px) + 1.2 * math.log(max(details, default=1.0))


def _line_count(rows: Sequence[Row]) -> int:
    return sum(len(row.block.lines) for row in rows)


def _groupings(names: Sequence[str]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Give the ways to put facts into rows: each of the pairs together or apart."""
    whole = [pair for pair in _PAIRS if all(name in names for name in pair)]
    for choice in range(2 ** len(whole)):
        together = {pair[0]: pair for index, pair in enumerate(whole) if choice >> index & 1}
        taken = {name for pair in together.values() for name in pair[1:]}
        yield tuple(together.get(name, (name,)) for name in names if name not in taken)


def joined(texts: Sequence[str], letters: Lettering) -> str:
    """Join facts of one row with a dot, each kept in its own order.

    The marks around the dot (LRM, RLM of Unicode Standard Annex #9) keep digits of the second from
    joining a Latin name in the first.
    """
    if len(texts) == 1:
        return texts[0]
    mark = "\u200f" if is_right_to_left(" ".join(texts), letters.language) else "\u200e"
    return f"{mark} · {mark}".join(texts)

"""Type setting: words into balanced lines at the largest size that fits, and lines onto a picture.

What does not belong here: which words (`headline.py`) and which typeface (`faces.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from posthub_assets.domain.visuals.composition import Area
from posthub_assets.domain.visuals.faces import Face

if TYPE_CHECKING:
    from PIL import ImageDraw

MAX_LINES = 5
_REFERENCE_PX = 100
"""Words are measured once at this size; widths grow in proportion to the size."""
_SHRINK = 0.97
_ORPHAN_SHARE = 0.34
"""A last line of one word narrower than this share of the block looks lost."""
_PHRASE_ENDS = (":", "?", "!", "؟", ".", ";", "؛", "–", "—")
_NUMBER = re.compile(r"[\d۰-۹][\d۰-۹.,:%]*[!?…]?")
_SHORT_WORDS_BY_LANGUAGE = {
    "en": "a an the of to in on at by or and for is as it i we",
    "cs": "k s v z o u a i do na po za ve ke se ze od je že",
    "uk": "в у з і й о а до на по за не та це із зі що",
    "fa": "و به از در که با تا",
}
_SHORT_WORDS = frozenset(
    word for words in _SHORT_WORDS_BY_LANGUAGE.values() for word in words.split()
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines at one size. `line_px` is the distance from baseline to baseline."""

    face: Face
    size_px: float
    lines: tuple[str, ...]
    line_px: float
    ascent_px: float
    descent_px: float
    """From the first baseline up and from the last one down, of the ink really drawn."""

    @property
    def height_px(self) -> float:
        """Height of the ink, first line's top to last line's bottom."""
        return self.ascent_px + self.line_px * (len(self.lines) - 1) + self.descent_px


def fit(
    text: str,
    face: Face,
    *,
    width_px: float,
    height_px: float,
    sizes_px: tuple[float, float],
    most_lines: int = MAX_LINES,
) -> Block | None:
    """Set `text` as large as `sizes_px` (smallest, largest), space and `most_lines` allow.

    Lines break between words only, never after a single-letter word or before a number. None where
    the text does not fit at the smallest size.
    """
    words = _glued(text.split())
    best, best_score = None, 0.0
    for badness, lines in _line_choices(words, _measurer(face), most_lines):
        block = _sized(lines, face, width_px, height_px, sizes_px)
        worth = 1 - min(0.4, 0.5 * badness) - 0.03 * len(lines)
        score = block.size_px * worth if block else 0.0
        if score > best_score:
            best, best_score = block, score
    return best


def draw_block(
    draw: ImageDraw.ImageDraw, block: Block, *, left: float, right: float, top: float, color: str
) -> None:
    """Draw the lines, ink flush with `left` (or `right` for right-to-left text)."""
    font = block.face.font(block.size_px)
    for line, (x, y, anchor) in zip(block.lines, _origins(block, left, right, top), strict=True):
        draw.text((x, y), line, font=font, fill=color, anchor=anchor, **block.face.shaping)


def ink_areas(block: Block, *, left: float, right: float, top: float) -> tuple[Area, ...]:
    """Give the box of each line's ink, as `draw_block` draws it."""
    areas = []
    for line, (x, y, anchor) in zip(block.lines, _origins(block, left, right, top), strict=True):
        x0, y0, x1, y1 = _ink_box(block.face, block.size_px, line, anchor)
        areas.append(Area(x + x0, y + y0, x + x1, y + y1))
    return tuple(areas)


def _origins(block: Block, left: float, right: float, top: float) -> list[tuple[float, float, str]]:
    """Give each line's pen position, corrected by the side bearing so that the ink is flush."""
    origins = []
    for index, line in enumerate(block.lines):
        y = round(top + block.ascent_px + index * block.line_px)
        anchor = "rs" if block.face.right_to_left else "ls"
        x0, _, x1, _ = _ink_box(block.face, block.size_px, line, anchor)
        origins.append((right - x1 if anchor == "rs" else left - x0, float(y), anchor))
    return origins


@lru_cache(maxsize=2048)
def _ink_box(
    face: Face, size_px: float, line: str, anchor: str
) -> tuple[float, float, float, float]:
    """Give the box of a line's ink around its pen position. Asked for again and again."""
    return face.font(size_px).getbbox(line, anchor=anchor, **face.shaping)


def _measurer(face: Face) -> Callable[[str], float]:
    font = face.font(_REFERENCE_PX)
    shaping = face.shaping
    return lambda text: float(font.getlength(text, **shaping))


def _glued(words: Sequence[str]) -> list[str]:
    """Join what may not be parted by a line break: one-letter words, and numbers to their noun."""
    glued: list[str] = []
    for word in words:
        before = glued[-1] if glued else ""
        one_letter = before[-1:].isalpha() and len(before.rsplit(" ", 1)[-1]) == 1
        number = _NUMBER.fullmatch(word) and len(before) <= 10
        sign = len(word) == 1 and not word.isalnum()
        short = bool(before) and before.count(" ") < 2
        if short and (one_letter or number or sign):
            glued[-1] = f"{glued[-1]} {word}"
        else:
            glued.append(word)
    return glued


def _line_choices(
    words: Sequence[str], measure: Callable[[str], float], most_lines: int
) -> list[tuple[float, tuple[str, ...]]]:
    """Give the best breaks for each number of lines, each with its badness (0 is perfect)."""
    widths, space = [measure(word) for word in words], measure(" ")
    most = min(most_lines, len(words))
    return [_balanced(words, widths, space, count) for count in range(1, most + 1)]


def _balanced(
    words: Sequence[str], widths: Sequence[float], space: float, count: int
) -> tuple[float, tuple[str, ...]]:
    """Break into exactly `count` lines with the least badness, by dynamic programming.

    Badness is the squared shortfall of each line from the even width, plus penalties for weak line
    ends and a lost last word (after Knuth and Plass, "Breaking Paragraphs into Lines", 1981).
    """
    even = (sum(widths) + space * (len(words) - count)) / count
    total = len(words)

    def cost(start: int, end: int) -> float:
        width = sum(widths[start:end]) + space * (end - start - 1)
        shortfall = (width - even) / even
        penalty = _break_penalty(words[end - 1], last=end == total)
        penalty += sum(0.12 for word in words[start : end - 1] if word.endswith(_PHRASE_ENDS))
        lost = end == total and count > 1 and end - start == 1 and width < _ORPHAN_SHARE * even
        over = max(0.0, shortfall)
        return shortfall**2 + 2 * over**2 + penalty + (0.8 if lost else 0.0)

    table: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {(0, 0): (0.0, (0,))}
    for line in range(1, count + 1):
        for end in range(line, total - (count - line) + 1):
            options = [
                (table[line - 1, start][0] + cost(start, end), (*table[line - 1, start][1], end))
                for start in range(line - 1, end)
                if (line - 1, start) in table
            ]
            table[line, end] = min(options)
    badness, breaks = table[count, total]
    lines = tuple(" ".join(words[start:end]) for start, end in pairwise(breaks))
    return max(0.0, badness), lines


def _break_penalty(word: str, *, last: bool) -> float:
    if last:
        return 0.0
    if word.rsplit(" ", 1)[-1].lower() in _SHORT_WORDS:
        return 0.06
    return -0.04 if word.endswith((",", "،", *_PHRASE_ENDS)) else 0.0


def _sized(
    lines: tuple[str, ...],
    face: Face,
    width_px: float,
    height_px: float,
    sizes_px: tuple[float, float],
) -> Block | None:
    from posthub_assets.domain.visuals.faces import FAMILIES

    measure = _measurer(face)
    spacing = FAMILIES[face.family].line_height_percent / 100
    widest = max(measure(line) for line in lines) / _REFERENCE_PX
    size = min(sizes_px[1], width_px / widest, height_px / (spacing * len(lines)))
    while size >= sizes_px[0]:
        block = _measured(lines, face, float(int(size)), spacing)
        boxes = ink_areas(block, left=0, right=width_px, top=0)
        fits = all(box.x0 >= -0.5 and box.x1 <= width_px + 0.5 for box in boxes)
        if fits and block.height_px <= height_px:
            return block
        size *= _SHRINK
    return None


def _measured(lines: tuple[str, ...], face: Face, size: float, spacing: float) -> Block:
    boxes = [_ink_box(face, size, line, "ls") for line in lines]
    return Block(
        face=face,
        size_px=size,
        lines=lines,
        line_px=round(size * spacing),
        ascent_px=-boxes[0][1],
        descent_px=max(0.0, boxes[-1][3]),
    )

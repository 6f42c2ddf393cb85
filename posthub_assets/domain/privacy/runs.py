"""Runs of digits that may be one number: groups and what separates them.

What belongs here: which digits are no such number at all (dates, times, addresses of the web,
prices). What does not: which kind a run is (`numbers.py`, `phones.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

LEAST_DIGITS = 8
MOST_GROUPS = 7
_ANY = re.compile(r"\d(?:[^\d\n]{0,3}\d){7}")
_YEAR = r"(?:1[2-9]|20)\d\d"
_UNITS = (
    r"Kč|CZK|EUR|USD|UAH|GBP|IRR|PLN|[€$£¥₴﷼]|грн|гривень|долар|євро|تومان|تومن|ریال|یورو|دلار"
    r"|[%‰٪]|tis\b|tisíc|mil\b|milion|mld|million|billion|thousand|млн|млрд|тис|тисяч|мільйон"
    r"|میلیون|میلیارد|هزار|درصد|korun|dollars|euros|pounds|obyvatel|lid[íi]\b|osob|kus[ůy]?\b|ks\b"
    r"|kg\b|km\b|m²|g\b|people|persons|visitors|users|views|copies|inhabitants|votes|students"
    r"|downloads|людей|осіб|шт|примірник|користувач|відвідувач|نفر|بازدید|کاربر|عدد|نسخه"
    r"|návštěv|uživatel|výtisk|hlas[ůy]"
)
_NO_NUMBERS = re.compile(
    r"(?=[\dhwiI€$£¥₴ش])(?:"
    r"(?:https?://|www\.)(?!(?:www\.)?(?:wa\.me/|api\.whatsapp\.com/))[^\s<>\"'()\[\]]+"
    rf"|(?<!\d)(?<!\d[-/.]){_YEAR}([-/.])(?:1[0-2]|0?[1-9])\1(?:[12]\d|3[01]|0?[1-9])(?![-/.]?\d)"
    rf"|(?<!\d)(?<!\d[-/.])\d\d?[./-] ?\d\d?[./-] ?{_YEAR}(?![-/.]?\d)"
    rf"|(?<!\d)(?<!\d[-/.]){_YEAR} ?- ?{_YEAR}(?![-/.]?\d)"
    r"|(?<!\d)\d\d?:\d\d(?!\d)(?::\d\d(?!\d))?"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)"
    r"|(?<![\d.])\d{1,3}[.,]\d{4,}(?!\d|\.\d)"
    r"|(?i:isbn|issn|شابک)[^\d\n]{0,12}\d[\d -]{6,16}[\dXx]"
    rf"|(?<!\d)\d{{1,3}}(?:[ .,]\d{{3}}){{1,4}}(?:[.,]\d\d?)? ?(?:{_UNITS})"
    r"|[$€£¥₴] ?\d{1,12}(?:[ ,.]\d{3}(?!\d)){0,4}(?:[.,]\d\d?)?"
    r")"
)
_SEPARATOR = r"(?: ?[/-] ?| {1,2}|\.)"
_RUN = re.compile(
    r"(?:\(\+? ?|\+ ?)?\d+(?:\) ?[-/]? ?\d+| ?\(\d{1,5}\) ?[-/]? ?\d+)?"
    rf"(?:{_SEPARATOR}\d+)*"
)
_GROUP = re.compile(r"\d+")
_LETTER = re.compile(r"[A-Za-z]")
_PHONE_WORD = re.compile(r"[-_]*(?:tel|phone|mob|mobile|mobil|fax|sms|whatsapp|viber)[-_]*", re.I)
_EXTENSION = re.compile(r"x\.? ?\d|ext", re.I)
_TOKEN_REACH = 40


@dataclass(frozen=True, slots=True)
class Run:
    """A run of digits in `text`. `groups` are offsets, half open."""

    text: str
    start: int
    end: int
    groups: tuple[tuple[int, int], ...]

    @property
    def has_plus(self) -> bool:
        """True where it begins with a plus, perhaps in brackets."""
        return "+" in self.text[self.start : self.groups[0][0]]

    def window(self, first: int, last: int) -> Window:
        """Give groups `first` to `last`, half open."""
        start, end = self.groups[first][0], self.groups[last - 1][1]
        if first == 0:
            start = self.start
            if self.text[start] == "(" and ")" not in self.text[start:end]:
                start += 1
        return Window(self, first, last, start, end)


@dataclass(frozen=True, slots=True)
class Window:
    """Some neighbouring groups of a run, from `start` to `end` of the text."""

    run: Run
    first: int
    last: int
    start: int
    end: int

    @property
    def digits(self) -> str:
        """All its digits, without what separates them."""
        return "".join(self.run.text[s:e] for s, e in self.run.groups[self.first : self.last])

    @property
    def shape(self) -> tuple[int, ...]:
        """How many digits each group has."""
        return tuple(e - s for s, e in self.run.groups[self.first : self.last])

    @property
    def separators(self) -> tuple[str, ...]:
        """What stands between its groups."""
        groups = self.run.groups[self.first : self.last]
        return tuple(self.run.text[before[1] : after[0]] for before, after in pairwise(groups))

    @property
    def stands_alone(self) -> bool:
        """True where no other digits follow or go before as if they belonged to it.

        Two numbers with spaces in them may stand on the two sides of a slash or a dash, and two
        without spaces on the two sides of a space.
        """
        return self._is_edge(self.first - 1) and self._is_edge(self.last - 1, after=True)

    def _is_edge(self, gap: int, *, after: bool = False) -> bool:
        groups = self.run.groups
        if gap < 0 or gap + 1 >= len(groups):
            return True
        between = self.run.text[groups[gap][1] : groups[gap + 1][0]].strip()
        if not between:
            return self._has_no_spaces()
        if after and between == "/" and _is_bank_code(groups[gap + 1]):
            return False
        return between in ("/", "-") and all(one.strip() != between for one in self.separators)

    def _has_no_spaces(self) -> bool:
        if len(self.shape) == 1:
            return self.shape[0] > LEAST_DIGITS
        return all(one.strip() for one in self.separators)


def _is_bank_code(group: tuple[int, int]) -> bool:
    return group[1] - group[0] == 4


def runs(text: str) -> Iterator[Run]:
    """Give the runs of at least eight digits of a folded text, in its order.

    What is glued to Latin letters (INV-2026110427, a hash) is no run. Takes time in proportion to
    the length of the text.
    """
    lines = list(_lines(text))
    plain = _without_other_numbers(text, lines)
    for line in lines:
        for match in _RUN.finditer(plain, *line):
            if match.end() - match.start() < LEAST_DIGITS or _is_glued(plain, match):
                continue
            groups = tuple(one.span() for one in _GROUP.finditer(plain, *match.span()))
            if sum(end - start for start, end in groups) >= LEAST_DIGITS:
                yield Run(plain, match.start(), match.end(), groups)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Give the lines that hold enough digits in one place; the others are not worth a look."""
    at = 0
    while match := _ANY.search(text, at):
        start = text.rfind("\n", 0, match.start()) + 1
        at = text.find("\n", match.end())
        at = len(text) if at < 0 else at
        yield start, at


def _without_other_numbers(text: str, lines: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in lines:
        pieces += (text[done:start], _NO_NUMBERS.sub(_blank, text[start:end]))
        done = end
    return "".join([*pieces, text[done:]])


def _blank(match: re.Match[str]) -> str:
    return "\x00" * (match.end() - match.start())


def _is_glued(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    if _LETTER.match(text, end) and not _EXTENSION.match(text, end):
        return True
    if text[start] in "+(":
        return False
    token = start
    while token > 0 and start - token < _TOKEN_REACH and _is_of_token(text[token - 1]):
        token -= 1
    if not _LETTER.search(text, token, start):
        return False
    return _PHONE_WORD.fullmatch(text, token, start) is None


def _is_of_token(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "-_")

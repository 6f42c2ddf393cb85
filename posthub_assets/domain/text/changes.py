"""What changed between two texts, word by word, in any script.

Lines are compared first and words only within lines that differ. Differences are found as Myers did
(An O(ND) Difference Algorithm, 1986), which takes the longer the more differs, so the steps of one
comparison are counted: a passage in which more differs than they allow is replaced as a whole.
What does not belong here: which versions are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

Op = Literal["equal", "insert", "delete"]

MAX_STEPS = 2_000_000
"""Of one comparison of two bodies, all fields together: about a second."""

# A word with what holds it together: apostrophes, hyphens, the zero-width non-joiner of Persian.
_TOKEN = re.compile(r"\s+|\w+(?:[’'\u200c-]\w+)*|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that both have, or only the new one, or only the old one."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """How one field of a body changed; `field` is its path, such as `faq.0.answer`."""

    field: str
    segments: tuple[Segment, ...]


class _Steps:
    """What is left of the steps of one comparison."""

    def __init__(self, left: int = MAX_STEPS) -> None:
        self.left = left


def word_changes(old: str, new: str) -> tuple[Segment, ...]:
    """Give the segments that lead from `old` to `new`.

    Without those of `insert` they join to `old`, without those of `delete` to `new`, to the byte.
    """
    return _changes(old, new, _Steps())


def body_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Give the fields of two bodies whose text differs, in the order of the new body."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    names = [*after, *(name for name in before if name not in after)]
    steps = _Steps()
    return tuple(
        FieldChange(name, _changes(before.get(name, ""), after.get(name, ""), steps))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _changes(old: str, new: str, steps: _Steps) -> tuple[Segment, ...]:
    return _merged(_by_lines(_LINE.findall(old), _LINE.findall(new), steps))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Give every leaf as text with its path; lists count from 0."""
    if isinstance(value, Mapping):
        items = list(value.items())
    elif isinstance(value, list | tuple):
        items = [(str(number), one) for number, one in enumerate(value)]
    else:
        yield path, "" if value is None else str(value)
        return
    for name, one in items:
        yield from _leaves(one, f"{path}.{name}" if path else str(name))


def _by_lines(old: list[str], new: list[str], steps: _Steps) -> Iterator[Segment]:
    for is_equal, a, b in _passages(old, new, steps):
        if is_equal:
            yield Segment("equal", "".join(a))
        else:
            yield from _by_words("".join(a), "".join(b), steps)


def _by_words(old: str, new: str, steps: _Steps) -> Iterator[Segment]:
    for is_equal, a, b in _passages(_TOKEN.findall(old), _TOKEN.findall(new), steps):
        if is_equal:
            yield Segment("equal", "".join(a))
        else:
            yield from (Segment("delete", "".join(a)), Segment("insert", "".join(b)))


def _passages(
    old: Sequence[str], new: Sequence[str], steps: _Steps
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Give passages that are equal, or differ, in order; together they are both sides."""
    first = _common(old, new)
    last = _common(old[first:][::-1], new[first:][::-1])
    a, b = old[first : len(old) - last], new[first : len(new) - last]
    yield True, old[:first], new[:first]
    places = _common_places(a, b, steps) if a and b else []
    x = y = 0
    # Places on one diagonal that follow one another are one passage.
    for _, group in groupby(
        enumerate(places), key=lambda one: (one[1][0] - one[0], one[1][1] - one[0])
    ):
        run = [place for _, place in group]
        (from_x, from_y), length = run[0], len(run)
        yield False, a[x:from_x], b[y:from_y]
        yield True, a[from_x : from_x + length], b[from_y : from_y + length]
        x, y = from_x + length, from_y + length
    yield False, a[x:], b[y:]
    yield True, old[len(old) - last :], new[len(new) - last :]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Count how many items are the same from the start."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _common_places(old: Sequence[str], new: Sequence[str], steps: _Steps) -> list[tuple[int, int]]:
    """Give the places of a longest common subsequence; none where the steps do not suffice."""
    farthest = {1: 0}
    history: list[dict[int, int]] = []
    for distance in range(len(old) + len(new) + 1):
        history.append(dict(farthest))
        # A copy costs as much as a step for each diagonal.
        steps.left -= 2 * len(farthest)
        for diagonal in range(-distance, distance + 1, 2):
            x = _reached(farthest, diagonal, distance)
            y = x - diagonal
            began = x
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            steps.left -= 1 + x - began
            farthest[diagonal] = x
            if x >= len(old) and y >= len(new):
                return _walked_back(history, x, y)
            if steps.left <= 0:
                return []
    return []


def _reached(farthest: Mapping[int, int], diagonal: int, distance: int) -> int:
    """Give how far a diagonal is reached by one more insertion or deletion."""
    by_insertion = farthest.get(diagonal + 1, -1)
    by_deletion = farthest.get(diagonal - 1, -1)
    if diagonal == -distance or (diagonal != distance and by_deletion < by_insertion):
        return by_insertion
    return by_deletion + 1


def _walked_back(history: Sequence[Mapping[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    """Give the equal places on the way from the end to the beginning, in order."""
    places: list[tuple[int, int]] = []
    for distance in range(len(history) - 1, -1, -1):
        farthest, diagonal = history[distance], x - y
        start = _reached(farthest, diagonal, distance)
        while x > start and x > 0 and y > 0:
            x, y = x - 1, y - 1
            places.append((x, y))
        if distance == 0:
            break
        came_down = start == farthest.get(diagonal + 1, -1) and (
            diagonal == -distance
            or (diagonal != distance and farthest.get(diagonal - 1, -1) < start)
        )
        x, y = (x, y - 1) if came_down else (x - 1, y)
    return places[::-1]


def _merged(segments: Iterator[Segment]) -> tuple[Segment, ...]:
    """Leave out empty segments and join neighbours of one kind."""
    merged: list[Segment] = []
    for one in segments:
        if not one.text:
            continue
        if merged and merged[-1].op == one.op:
            merged[-1] = Segment(one.op, merged[-1].text + one.text)
        else:
            merged.append(one)
    return tuple(merged)

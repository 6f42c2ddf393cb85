"""What changed between two texts, word by word, in any script.

Lines are compared first and words only within lines that differ, so that long texts take no longer
than their changes. What does not belong here: which versions are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Op = Literal["equal", "insert", "delete"]

MAX_PAIRS = 4_000_000
"""Words of one side times words of the other; above it a passage is replaced as a whole."""

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


def word_changes(old: str, new: str) -> tuple[Segment, ...]:
    """Give the segments that lead from `old` to `new`.

    Without those of `insert` they join to `old`, without those of `delete` to `new`, to the byte.
    """
    return _merged(_by_lines(_LINE.findall(old), _LINE.findall(new)))


def body_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Give the fields of two bodies whose text differs, in the order of the new body."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        FieldChange(name, word_changes(before.get(name, ""), after.get(name, "")))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


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


def _by_lines(old: list[str], new: list[str]) -> Iterator[Segment]:
    if len(old) * len(new) > MAX_PAIRS:
        yield from (Segment("delete", "".join(old)), Segment("insert", "".join(new)))
        return
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            yield Segment("equal", "".join(old[a:b]))
        else:
            yield from _by_words("".join(old[a:b]), "".join(new[c:d]))


def _by_words(old: str, new: str) -> Iterator[Segment]:
    a_words, b_words = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(a_words) * len(b_words) > MAX_PAIRS:
        yield from (Segment("delete", old), Segment("insert", new))
        return
    matcher = SequenceMatcher(None, a_words, b_words, autojunk=False)
    for op, a, b, c, d in matcher.get_opcodes():
        if op == "equal":
            yield Segment("equal", "".join(a_words[a:b]))
        else:
            yield Segment("delete", "".join(a_words[a:b]))
            yield Segment("insert", "".join(b_words[c:d]))


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

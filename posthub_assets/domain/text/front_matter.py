"""The block of settings at the head of a page, and the few of its values that are for readers.

What does not belong here: a full YAML reader; a page's settings are not ours to obey.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WHOLE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_VALUE = re.compile(
    r"^(title|lead|description|excerpt|summary)[ \t]*:[ \t]*(?:[>|][+-]?[ \t]*)?"
    r"([^\n]*(?:\n(?:[ \t]+[^\n]*|[ \t]*(?=\n[ \t])))*)",
    re.MULTILINE,
)
_KEY_INSIDE = re.compile(r"^\s+(?:- )?[\w-]+:(?:\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Value:
    """One value for readers: its key and its span in the document, without quotation marks."""

    key: str
    start: int
    end: int


def split_front_matter(text: str) -> tuple[tuple[Value, ...], int]:
    """Give the values for readers and the offset where the page itself begins (0: no settings)."""
    whole = _WHOLE.match(text)
    if not whole:
        return (), 0
    values: list[Value] = []
    for match in _VALUE.finditer(whole.group(1)):
        value = match.group(2)
        if not value.strip() or _KEY_INSIDE.search(value):
            continue
        start = whole.start(1) + match.start(2) + len(value) - len(value.lstrip())
        end = whole.start(1) + match.start(2) + len(value.rstrip())
        if text[start] in "\"'" and text[end - 1] == text[start] and end - start > 2:
            start, end = start + 1, end - 1
        values.append(Value(match.group(1), start, end))
    return tuple(values), whole.end()

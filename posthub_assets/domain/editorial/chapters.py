"""Chapters: parts of a document under one heading, of a size that a topic can take whole.

What does not belong here: putting chapters of several documents together (`clusters.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from posthub_assets.domain.editorial.units import Unit

SMALL_SHARE = 0.35
"""A part below this share of the size joins the part before it."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Consecutive units of one document; `path` is what their headings have in common."""

    document_id: str
    document: str
    path: tuple[str, ...]
    units: tuple[Unit, ...]

    @property
    def words(self) -> int:
        """The number of words."""
        return sum(unit.words for unit in self.units)


def split_chapters(units: Iterable[Unit], size: int) -> list[Chapter]:
    """Split each document at its headings until each part has at most `size` words.

    What has no heading to split at is split between its units. The order stays.
    """
    chapters: list[Chapter] = []
    for _, group in groupby(units, key=lambda unit: unit.document_id):
        parts = _split(tuple(group), 0, size)
        chapters += [_chapter(part) for part in _joined(parts, size)]
    return chapters


def _split(units: tuple[Unit, ...], depth: int, size: int) -> list[tuple[Unit, ...]]:
    if _words(units) <= size or len(units) == 1:
        return [units]
    if all(len(unit.heading_path) <= depth for unit in units):
        return _cut(units, size)
    parts: list[tuple[Unit, ...]] = []
    for _, group in groupby(units, key=lambda unit: unit.heading_path[: depth + 1]):
        parts += _split(tuple(group), depth + 1, size)
    return _joined(parts, size)


def _cut(units: tuple[Unit, ...], size: int) -> list[tuple[Unit, ...]]:
    pieces = -(-_words(units) // size)
    each = _words(units) / pieces
    parts: list[list[Unit]] = [[]]
    for unit in units:
        if parts[-1] and _words(tuple(parts[-1])) >= each:
            parts.append([])
        parts[-1].append(unit)
    return [tuple(part) for part in parts]


def _joined(parts: list[tuple[Unit, ...]], size: int) -> list[tuple[Unit, ...]]:
    joined: list[tuple[Unit, ...]] = []
    for part in parts:
        small = min(_words(part), _words(joined[-1]) if joined else size) < SMALL_SHARE * size
        if joined and small and _words(joined[-1]) + _words(part) <= size:
            joined[-1] = joined[-1] + part
        else:
            joined.append(part)
    return joined


def _chapter(units: tuple[Unit, ...]) -> Chapter:
    return Chapter(units[0].document_id, units[0].document, common_path(units), units)


def common_path(units: Iterable[Unit]) -> tuple[str, ...]:
    """Give the headings that all units stand under."""
    paths = [unit.heading_path for unit in units]
    common: list[str] = []
    for level in zip(*paths, strict=False):
        if len(set(level)) > 1:
            break
        common.append(level[0])
    return tuple(common)


def _words(units: tuple[Unit, ...]) -> int:
    return sum(unit.words for unit in units)

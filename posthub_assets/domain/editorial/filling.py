"""What no topic took is given to the topics beside it, where the documents are small.

What does not belong here: making topics (`planning.py`), choosing them (`topics.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from posthub_assets.domain.editorial.chapters import Chapter, split_chapters
from posthub_assets.domain.editorial.planning import FULL_TOPIC_WORDS, Candidate, Planner
from posthub_assets.domain.editorial.units import Unit

PIECE_SHARE = 0.34
"""A piece that is given away has at most this share of a topic's size."""
MOST_SHARE = 1.45
"""A topic grows to this share of the size it was planned with."""


def fill(
    chosen: Sequence[Candidate], units: Sequence[Unit], planner: Planner, target: int
) -> list[Candidate]:
    """Give each topic the untaken parts of its documents that stand nearest to it.

    `target` is the planned size in words. Full topics are left as they are: they have enough.
    A part goes where it shares most headings, then where it stands nearest; a part that an
    earlier text had beside the topic's own words stays out.
    """
    filled = list(chosen)
    if target >= FULL_TOPIC_WORDS:
        return filled
    taken = {id(u) for c in chosen for chapter in c.chapters for u in chapter.units}
    left = [unit for unit in units if id(unit) not in taken]
    for piece in split_chapters(left, max(1, int(target * PIECE_SHARE))):
        rows = [
            (nearness, -place)
            for place, candidate in enumerate(filled)
            if candidate.words + piece.words <= target * MOST_SHARE
            and (nearness := _nearness(candidate, piece))
            and not planner.told_together(candidate.chapters, piece)
        ]
        if rows:
            place = -max(rows)[1]
            filled[place] = _with(filled[place], piece)
    return filled


def _nearness(candidate: Candidate, piece: Chapter) -> tuple[int, int] | None:
    """Give the shared headings and how near it stands; None for a piece of another document."""
    found = [
        (_shared(unit.heading_path, other.heading_path), -abs(unit.order - other.order))
        for chapter in candidate.chapters
        if chapter.document_id == piece.document_id
        for unit in (chapter.units[0], chapter.units[-1])
        for other in (piece.units[0], piece.units[-1])
    ]
    return max(found, default=None)


def _shared(path: tuple[str, ...], other: tuple[str, ...]) -> int:
    shared = 0
    for own, theirs in zip(path, other, strict=False):
        if own != theirs:
            break
        shared += 1
    return shared


def _with(candidate: Candidate, piece: Chapter) -> Candidate:
    """Put the piece among the chapters of its document, in the document's order."""
    chapters = list(candidate.chapters)
    same = [i for i, c in enumerate(chapters) if c.document_id == piece.document_id]
    before = [i for i in same if chapters[i].units[0].order < piece.units[0].order]
    chapters.insert(before[-1] + 1 if before else same[0], piece)
    return replace(candidate, chapters=tuple(chapters))

"""The outline of a post: its units under headings of the documents, in a sensible order.

What does not belong here: what is taken out of it for the introduction, the questions and the
takeaways (`selection.py`), and Markdown (`blog_post.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from posthub_assets.domain.editorial.chapters import common_path
from posthub_assets.domain.editorial.titles import HeadingSense, capitalised, tidy
from posthub_assets.domain.editorial.units import Unit
from posthub_assets.domain.text.words import normalise

THIN_SECTION_WORDS = 22
"""A section with fewer words does not earn a heading."""


@dataclass
class Leaf:
    """Units that stand together under one heading; `top` is the H2 above, `sub` the H3 or ""."""

    top: str
    sub: str
    units: list[Unit] = field(default_factory=list)

    @property
    def words(self) -> int:
        """The number of words left in it."""
        return sum(unit.words for unit in self.units)

    @property
    def heading(self) -> str:
        """The nearest heading."""
        return self.sub or self.top


def outline(units: Sequence[Unit], title: str, sense: HeadingSense) -> list[Leaf]:
    """Group units under H2 and H3; documents keep the order of the units, so do their parts.

    In a post from one document the document's own sections are H2; in one from several, each
    document is an H2, unless it is the one that the title names.
    """
    leaves: list[Leaf] = []
    documents = {unit.document_id for unit in units}
    for _, group in groupby(units, key=lambda unit: unit.document_id):
        part = list(group)
        base = len(common_path(part)) if len(documents) == 1 else 0
        for path, run in groupby(part, key=lambda unit: unit.heading_path):
            group_units = list(run)
            top, sub = _headings(path, base, title, sense, group_units[0].headed)
            leaves.append(Leaf(top, sub, group_units))
    return _without_repeated(_joined(leaves), title)


def _headings(
    path: tuple[str, ...], base: int, title: str, sense: HeadingSense, headed: bool
) -> tuple[str, str]:
    """Give H2 and H3 of a path. A list keeps its own heading even if that says little alone."""
    last = len(path) - 1
    kept = [
        capitalised(tidy(h))
        for depth, h in enumerate(path)
        if depth >= base and (sense.speaks(h) or (depth == last and sense.leads(h, headed)))
    ]
    parts = {normalise(part).strip() for part in (title, *title.split(":"))}
    kept = [h for h in kept if normalise(h) not in parts]
    if not kept:
        return "", ""
    return kept[0], kept[-1] if len(kept) > 1 else ""


def _joined(leaves: list[Leaf]) -> list[Leaf]:
    """Join neighbours with the same headings; a thin part under an H3 joins the one before it."""
    joined: list[Leaf] = []
    for leaf in leaves:
        last = joined[-1] if joined else None
        if last and _belongs(leaf, last):
            last.units += leaf.units
        else:
            joined.append(Leaf(leaf.top, leaf.sub, list(leaf.units)))
    return joined


def _belongs(leaf: Leaf, last: Leaf) -> bool:
    same = (last.top, last.sub) == (leaf.top, leaf.sub)
    thin = leaf.words < THIN_SECTION_WORDS and not leaf.units[0].headed
    return same or (last.top == leaf.top and thin)


def _without_repeated(leaves: list[Leaf], title: str) -> list[Leaf]:
    """Let no heading stand twice, and none stand over nothing."""
    seen = {normalise(title)}
    top = ""
    for leaf in leaves:
        if leaf.top != top:
            top = leaf.top
            if normalise(top) in seen:
                leaf.top = top = ""
        seen.add(normalise(leaf.top))
        if leaf.sub and normalise(leaf.sub) in seen and not leaf.units[0].headed:
            leaf.sub = ""
        seen.add(normalise(leaf.sub))
    return [leaf for leaf in leaves if leaf.units]

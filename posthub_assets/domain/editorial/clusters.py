"""Clusters: chapters that are about the same thing, together as large as a topic should be.

What does not belong here: titles (`titles.py`) and which clusters become topics (`topics.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthub_assets.domain.editorial.chapters import Chapter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAME_DOCUMENT = 0.25
NEIGHBOURS = 0.10
SAME_FAMILY = 0.15
LEAST_LIKENESS = 0.18
"""Below this, chapters have nothing in common but the company."""


def affinities(chapters: list[Chapter], cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how well each two chapters go together: likeness, and where they come from.

    Chapters of one document, next to each other, or of documents with alike names (`guide-a`,
    `guide-b`) go together better. Shape (chapters, chapters); the diagonal is -1.
    """
    import numpy as np

    result = cosines.copy()
    names = [_name_parts(chapter.document) for chapter in chapters]
    for i, first in enumerate(chapters):
        for j in range(i + 1, len(chapters)):
            bonus = SAME_FAMILY * _shared_prefix(names[i], names[j])
            if first.document_id == chapters[j].document_id:
                bonus = SAME_DOCUMENT + (NEIGHBOURS if j == i + 1 else 0.0)
            result[i, j] += bonus
            result[j, i] += bonus
    np.fill_diagonal(result, -1.0)
    return result


def _name_parts(name: str) -> tuple[str, ...]:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return (*name.split("/")[:-1], *stem.replace("_", "-").split("-"))


def _shared_prefix(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    shared = 0
    for left, right in zip(a[:-1], b[:-1], strict=False):
        if left != right:
            break
        shared += 1
    return shared / max(len(a) - 1, len(b) - 1, 1)


def cluster(
    words: list[int], affinity: NDArray[np.float64], target: int, cap: int
) -> list[list[int]]:
    """Join chapters, nearest first, until each group has `target` words, never above `cap`.

    Agglomerative with average linkage and a size limit. Gives groups of indices, each sorted;
    what finds no partner stays a small group.
    """
    import numpy as np

    groups = [[i] for i in range(len(words))]
    size = np.array(words, dtype=np.int64)
    linkage = affinity.copy()
    linkage[size >= target, :] = -1.0
    linkage[:, size >= target] = -1.0
    linkage[size[:, None] + size[None, :] > cap] = -1.0
    while groups:
        flat = int(linkage.argmax())
        i, j = divmod(flat, len(words))
        if linkage[i, j] < LEAST_LIKENESS:
            break
        weight = size[i] / (size[i] + size[j])
        merged = weight * linkage[i] + (1 - weight) * linkage[j]
        merged[(linkage[i] < 0) | (linkage[j] < 0)] = -1.0
        size[i] += size[j]
        merged[(size + size[i] > cap)] = -1.0
        if size[i] >= target:
            merged[:] = -1.0
        groups[i] += groups[j]
        groups[j] = []
        linkage[i, :] = merged
        linkage[:, i] = merged
        linkage[j, :] = -1.0
        linkage[:, j] = -1.0
        linkage[i, i] = -1.0
    return [sorted(group) for group in groups if group]

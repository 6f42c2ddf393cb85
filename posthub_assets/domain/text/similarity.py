"""How alike two texts are, by their words.

What does not belong here: what is too alike; that is for the quality gate and for composing.
"""

from __future__ import annotations

from collections.abc import Iterable

from posthub_assets.domain.text.words import normalise, words


def shingles(tokens: list[str], size: int = 3) -> frozenset[tuple[str, ...]]:
    """Give all runs of `size` tokens; a shorter text is one run of all its tokens."""
    if not tokens:
        return frozenset()
    if len(tokens) < size:
        return frozenset({tuple(tokens)})
    return frozenset(tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1))


def jaccard(a: Iterable[object], b: Iterable[object]) -> float:
    """Give the shared part of two sets, 0 to 1; two empty sets share nothing."""
    left, right = frozenset(a), frozenset(b)
    union = len(left | right)
    return len(left & right) / union if union else 0.0


def near_duplicate(a: str, b: str, language: str) -> float:
    """Give how near two texts are to one, 0 to 1: Jaccard over word shingles of three.

    Both are normalised first, so Persian spelled with Arabic letters or without ZWNJ is the same
    text. Broder's resemblance (1997); texts above about 0.5 read as the same.
    """
    return jaccard(text_shingles(a, language), text_shingles(b, language))


def text_shingles(text: str, language: str, size: int = 3) -> frozenset[tuple[str, ...]]:
    """Give the shingles that `near_duplicate` compares; for those that compare one with many."""
    return shingles(words(normalise(text, language)), size)

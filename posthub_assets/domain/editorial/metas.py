"""Meta title and meta description: short, whole, with the keyword.

What does not belong here: the post's own title (`titles.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from posthub_assets.domain.editorial.titles import capitalised
from posthub_assets.domain.text.words import normalise

MAX_META_TITLE_CHARS = 60
META_DESCRIPTION_CHARS = (50, 155)
"""What search results show of each; Google cuts by width, these lengths fit (2026)."""


def meta_title(title: str, keyword: str, company: str) -> str:
    """Give the title, or the part of it with the keyword, in at most 60 characters.

    Where there is room the company's name follows.
    """
    parts = (part.strip() for part in re.split(r"[:،,](?=\s)|\s[–—]\s", title))
    options = [title, *sorted(parts, key=len, reverse=True), keyword]
    cut = _cut(title, MAX_META_TITLE_CHARS)
    options = [*options[:-1], cut, keyword]
    fitting = (
        capitalised(option)
        for option in options
        if len(option) <= MAX_META_TITLE_CHARS and normalise(keyword) in normalise(option)
    )
    chosen = next(fitting, capitalised(cut))
    signed = f"{chosen} | {company}"
    named = normalise(company) in normalise(chosen)
    return chosen if named or len(signed) > MAX_META_TITLE_CHARS else signed


def meta_description(sentences: Iterable[str], keyword: str) -> str:
    """Give a whole sentence of 50 to 155 characters, with the keyword if one has it.

    Two short neighbours may stand together; where nothing fits the longest is cut between words
    and ends in an ellipsis.
    """
    candidates = list(sentences)
    least, most = META_DESCRIPTION_CHARS
    pairs = [f"{a} {b}" for a, b in pairwise(candidates) if len(a) < least]
    whole = [s for s in (*candidates, *pairs) if least <= len(s) <= most]
    with_keyword = [s for s in whole if normalise(keyword) in normalise(s)]
    for found in (with_keyword, whole):
        if found:
            return found[0]
    longest = max(candidates, key=len, default=capitalised(keyword))
    return _cut(longest, most)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    words = text[: limit - 1].rsplit(" ", 1)[0]
    return re.sub(r"[\s,;:،؛–—-]+$", "", words) + "…"

"""Meta title and meta description: short, whole, with the keyword.

What does not belong here: the post's own title (`titles.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from posthub_assets.domain.editorial.titles import capitalised
from posthub_assets.domain.text.words import normalise

MAX_META_TITLE_CHARS = 60
MAX_META_DESCRIPTION_CHARS = 155
"""What search results show of each; Google cuts by width, these lengths fit (2026)."""


def meta_title(title: str, keyword: str, company: str) -> str:
    """Give the title, or the part of it with the keyword, in at most 60 characters.

    Where there is room the company's name follows.
    """
    parts = (part.strip() for part in re.split(r"[:،,](?=\s)|\s[–—]\s", title))
    options = [title, *sorted(parts, key=len, reverse=True), keyword]
    fitting = (
        capitalised(option)
        for option in options
        if len(option) <= MAX_META_TITLE_CHARS and normalise(keyword) in normalise(option)
    )
    chosen = next(fitting, capitalised(_cut(title, MAX_META_TITLE_CHARS)))
    signed = f"{chosen} | {company}"
    named = normalise(company) in normalise(chosen)
    return chosen if named or len(signed) > MAX_META_TITLE_CHARS else signed


def meta_description(sentences: Iterable[str], keyword: str) -> str:
    """Give a whole sentence of at most 155 characters, with the keyword if one has it.

    Where none is short enough the first is cut between words and ends in an ellipsis.
    """
    candidates = list(sentences)
    whole = [s for s in candidates if 50 <= len(s) <= MAX_META_DESCRIPTION_CHARS]
    with_keyword = [s for s in whole if normalise(keyword) in normalise(s)]
    for found in (with_keyword, whole):
        if found:
            return found[0]
    return _cut(candidates[0], MAX_META_DESCRIPTION_CHARS) if candidates else capitalised(keyword)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    words = text[: limit - 1].rsplit(" ", 1)[0]
    return re.sub(r"[\s,;:،؛–—-]+$", "", words) + "…"

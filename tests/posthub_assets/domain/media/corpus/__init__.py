"""About 400 malformed and odd images, made in memory, each with what must come of it.

`cases()` gives all of them, the same each time and in the same order. What does not belong here:
running them (`test_corpus.py`), real photos.
"""

from __future__ import annotations

from functools import cache

from tests.posthub_assets.domain.media.corpus import broken, colours, disguised, odd, sizes
from tests.posthub_assets.domain.media.corpus.building import Case


@cache
def cases() -> tuple[Case, ...]:
    """Give the corpus. Names are unique."""
    found = [case for part in (colours, sizes, broken, disguised, odd) for case in part.cases()]
    names = [case.name for case in found]
    doubled = {name for name in names if names.count(name) > 1}
    assert not doubled, doubled
    return tuple(found)

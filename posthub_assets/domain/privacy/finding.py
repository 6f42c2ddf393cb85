"""Finding personal data in texts: all kinds together, and which one stands where two overlap.

What does not belong here: what is done with it (`redaction.py`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from posthub_assets.domain.privacy.emails import emails
from posthub_assets.domain.privacy.folding import Folded, fold
from posthub_assets.domain.privacy.kinds import RANK, PiiKind, Span
from posthub_assets.domain.privacy.labels import Labels
from posthub_assets.domain.privacy.numbers import checked_numbers, ibans
from posthub_assets.domain.privacy.phones import phones, regions
from posthub_assets.domain.privacy.runs import MOST_GROUPS, Run, runs

_DIGIT = re.compile(r"\d")


def find(
    texts: Sequence[str], *, country: str = "", language: str = ""
) -> tuple[tuple[Span, ...], ...]:
    """Give the personal data of each text, in its order and without overlaps.

    Offsets are characters of the text as given. A number that is personal data in one place (beside
    its label) is so wherever it stands again, in all the texts. Takes time in proportion to the
    length of the texts.
    """
    where = regions(country, language)
    folded = [fold(text) for text in texts]
    digits = [list(runs(one.text)) for one in folded]
    found = [
        _chosen(_candidates(one.text, there, where))
        for one, there in zip(folded, digits, strict=True)
    ]
    known = _known(folded, found)
    if known:
        found = [
            _chosen([*spans, *_again(there, known)])
            for there, spans in zip(digits, found, strict=True)
        ]
    return tuple(
        tuple(Span(*one.original(span.start, span.end), span.kind) for span in spans)
        for one, spans in zip(folded, found, strict=True)
    )


def _candidates(text: str, there: Iterable[Run], where: tuple[str, ...]) -> Iterator[Span]:
    yield from emails(text)
    yield from ibans(text)
    labels = Labels(text)
    for run in there:
        yield from checked_numbers(run, labels)
        yield from phones(run, labels, where)


def _chosen(candidates: Iterable[Span]) -> list[Span]:
    """Give those that stay: the longest first, then the kind that is checked best."""
    chosen: list[Span] = []
    starts: list[int] = []
    for span in sorted(
        set(candidates), key=lambda one: (one.start - one.end, RANK[one.kind], one.start)
    ):
        at = bisect_left(starts, span.start)
        if at < len(chosen) and chosen[at].start < span.end:
            continue
        if at and chosen[at - 1].end > span.start:
            continue
        chosen.insert(at, span)
        starts.insert(at, span.start)
    return chosen


def _known(folded: Sequence[Folded], found: Sequence[Sequence[Span]]) -> dict[str, PiiKind]:
    """Give the kind of every number that was found, by its digits."""
    known: dict[str, PiiKind] = {}
    for one, spans in zip(folded, found, strict=True):
        for span in spans:
            if span.kind not in (PiiKind.EMAIL, PiiKind.IBAN):
                digits = "".join(_DIGIT.findall(one.text, span.start, span.end))
                known.setdefault(digits, span.kind)
    return known


def _again(there: Iterable[Run], known: dict[str, PiiKind]) -> Iterator[Span]:
    lengths = frozenset(len(digits) for digits in known)
    longest = max(lengths)
    for run in there:
        for first in range(len(run.groups)):
            digits = ""
            for last in range(first + 1, min(len(run.groups), first + MOST_GROUPS) + 1):
                start, end = run.groups[last - 1]
                if len(digits) + end - start > longest:
                    break
                digits += run.text[start:end]
                if len(digits) in lengths and digits in known:
                    window = run.window(first, last)
                    yield Span(window.start, window.end, known[digits])

"""Empty facts: places that promise something and hold nothing, or only a word for "nothing".

What does not belong here: unfilled placeholders of templates (`leftovers.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from posthub_assets.domain.bodies import BlogPostBody, DnaBody, FactSource, Passage
from posthub_assets.domain.quality.findings import Finding, fail, warn
from posthub_assets.domain.quality.outline import Outline, plain_label

RULE = "empty_facts"

MISSING_SHARE_TO_FAIL = 0.8
"""From four fifths of the points missing on, the DNA cannot steer anything; house rule."""

NAMED_POINTS = 12
"""Missing points that the warning names; the count says how many more there are."""

NOTHING = re.compile(
    r"(?:n/?a|nan|null|none|undefined|nil|unknown|not (?:specified|available|provided|known)|tb[ad]"
    r"|neuvedeno|neznámo|není k dispozici|není známo"
    r"|невідомо|не вказано|немає даних|відсутнє"
    r"|نامشخص|نامعلوم|ندارد|موجود نیست|[-–—?.…]+)[.!]?",
    re.IGNORECASE,
)
"""A whole value that says "nothing": en, cs, uk, fa, and bare punctuation."""

_IN_PROSE = re.compile(r"(?<![\w/.-])(?:NaN|undefined|null|N/A|None(?=[.,;]?\s*$))(?![\w/-])", re.M)
_AFTER_COLON = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?[^\n:]{2,60}:[ \t*]*(?P<value>[^\n]{1,40})$", re.M
)


def says_nothing(value: str) -> bool:
    """Say whether a value is blank or only a word for "nothing"."""
    bare = value.strip(" \t\n*_`\"'“”„«»()[]")
    return not bare or bool(NOTHING.fullmatch(bare))


def empty_facts_of_post(body: BlogPostBody, outline: Outline) -> Iterator[Finding]:
    """Name each empty section, each value such as "N/A", and each empty question or answer."""
    yield from _empty_sections(outline)
    prose = outline.without_code()
    for match in _IN_PROSE.finditer(prose):
        yield _nothing(match.group(), match.span())
    for match in _AFTER_COLON.finditer(prose):
        if NOTHING.fullmatch(match.group("value").strip(' *_`"')):
            yield _nothing(match.group().strip(), match.span())
    for number, entry in enumerate(body.faq, start=1):
        if says_nothing(entry.question) or says_nothing(entry.answer):
            lacks = "words" if says_nothing(entry.question) else "answer"
            yield fail(
                RULE,
                f"Question {number} of the FAQ has no {lacks}. Write it, or take the question out.",
                quote=entry.question,
            )
    for number, takeaway in enumerate(body.takeaways, start=1):
        if says_nothing(takeaway):
            yield fail(RULE, f"Key takeaway {number} says nothing. Write it, or take it out.")


def _empty_sections(outline: Outline) -> Iterator[Finding]:
    for heading in outline.headings:
        if heading.level > 1 and says_nothing(outline.section_of(heading)):
            label = plain_label(heading.text)
            yield fail(
                RULE,
                f"Nothing stands under “{label}”. Write the section, or delete the heading.",
                (heading.start, heading.end),
                heading.text,
            )


def _nothing(words: str, span: tuple[int, int]) -> Finding:
    return fail(
        RULE,
        f"“{words}” says that something is not known. Write the fact, or leave the sentence out.",
        span,
        words,
    )


def empty_facts_of_dna(
    body: DnaBody, *, documents_available: bool, machine_written: bool
) -> Iterator[Finding]:
    """Warn of missing points by name; fail where almost everything is missing or a point lies.

    A point lies where its source is `missing` and it holds a value, or the other way round. A
    person who fills the DNA by hand, point by point, is only warned of how much is missing.
    """
    missing = [key for key, point in body.points.items() if point.source is FactSource.MISSING]
    yield from _dishonest(body)
    if not body.points:
        yield fail(RULE, "The DNA has no points at all. Add documents and make it again.")
    elif len(missing) >= MISSING_SHARE_TO_FAIL * len(body.points):
        miss = fail if machine_written else warn
        yield miss(
            RULE,
            _almost_nothing(body, missing, documents_available),
            measured=_share(body, missing),
        )
    elif missing:
        named = ", ".join(_spoken(key) for key in missing[:NAMED_POINTS])
        more = len(missing) - NAMED_POINTS
        rest = f" and {more} more" if more > 0 else ""
        yield warn(
            RULE,
            f"The sources do not say: {named}{rest}. Add a document that does, or write it in.",
            measured=_share(body, missing),
        )


def _almost_nothing(body: DnaBody, missing: list[str], documents_available: bool) -> str:
    cause = (
        "the documents say" if documents_available else "there are no documents, and the brief says"
    )
    return (
        f"{len(missing)} of {len(body.points)} points are missing: {cause} almost nothing about "
        f"{body.company}. Add documents about mission, audience and services, and make it again."
    )


def _dishonest(body: DnaBody) -> Iterator[Finding]:
    for key, point in body.points.items():
        empty = not point.values or all(says_nothing(value) for value in point.values)
        if empty and point.source is not FactSource.MISSING:
            yield fail(
                RULE,
                f"The point “{_spoken(key)}” claims a source and says nothing. Fill it in, or mark "
                "it as missing.",
            )
        elif not empty and point.source is FactSource.MISSING:
            yield fail(
                RULE,
                f"The point “{_spoken(key)}” is marked as missing and yet says something. Name its "
                "source, or empty it.",
                quote=point.values[0],
            )


def evidence(body: DnaBody) -> Iterator[Finding]:
    """Name each fact from a document that does not show the words it came from."""
    for key, point in body.points.items():
        if point.source is FactSource.DOCUMENT and not _shown(point.evidence):
            yield fail(
                "evidence",
                f"The point “{_spoken(key)}” comes from a document, but shows no words of it. "
                "Add the passage, or mark the point as coming from the brief.",
                quote=point.values[0] if point.values else "",
            )
    for segment in body.segments:
        if segment.evidence and not _shown(segment.evidence):
            yield fail(
                "evidence",
                f"The audience segment “{segment.name}” names a document and shows no words of it. "
                "Add the passage.",
                quote=segment.name,
            )


def _shown(passages: tuple[Passage, ...]) -> bool:
    return bool(passages) and all(p.quote.strip() and p.end > p.start for p in passages)


def _spoken(key: str) -> str:
    return key.replace("_", " ")


def _share(body: DnaBody, missing: list[str]) -> str:
    return f"{len(missing)} of {len(body.points)} points missing"

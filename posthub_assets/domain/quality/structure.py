"""The parts of a blog post: title, introduction, sections, key takeaways, FAQ, conclusion.

The parts are found by what they hold (the FAQ's questions, the takeaways' words), then by the
usual names of such sections in our languages.
What does not belong here: heading levels (`headings.py`), empty sections (`emptiness.py`), how long
things are (`lengths.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from posthub_assets.domain.bodies import BlogPostBody
from posthub_assets.domain.quality.findings import Finding, fail, warn
from posthub_assets.domain.quality.outline import Heading, Outline, plain_label
from posthub_assets.domain.quality.section_names import CONCLUSION, FAQ, TAKEAWAYS

MIN_SECTIONS = 2
MIN_INTRODUCTION_WORDS = 15
MIN_TAKEAWAYS, MIN_QUESTIONS = 2, 2

Miss = Callable[..., Finding]
"""How a missing part is named: `fail`, or `warn` in a short draft."""

_MARK = re.compile(r"[^\w]+")


def structure(
    body: BlogPostBody, outline: Outline, count_words: Callable[[str], int]
) -> Iterator[Finding]:
    """Name each part of the post that is not there.

    In a short draft, whose sources carry no more, a missing part is a warning; a title that is
    missing or doubled, and an FAQ or takeaways that the text does not hold, still fail.
    """
    miss = warn if body.short_draft else fail
    yield from _one_title(outline)
    yield from _introduction(outline, count_words, miss)
    faq = _section_with(outline, [entry.question for entry in body.faq], FAQ)
    takeaways = _section_with(outline, list(body.takeaways), TAKEAWAYS)
    sections = [h for h in outline.headings if h.level == 2 and h not in (faq, takeaways)]
    yield from _sections(outline, sections, miss)
    yield from _faq(body, outline, faq, miss)
    yield from _takeaways(body, outline, takeaways, miss)
    yield from _conclusion(outline, sections, count_words, miss)


def _one_title(outline: Outline) -> Iterator[Finding]:
    titles = [h for h in outline.headings if h.level == 1]
    if not titles:
        yield fail(
            "structure",
            "The text has no H1. Put the title at its head, as a line that begins with “# ”.",
            (0, 0),
            measured="no H1",
        )
    elif outline.markdown[: titles[0].start].strip():
        yield fail(
            "structure",
            f"Text stands before the title “{plain_label(titles[0].text)}”. Move it below.",
            (0, titles[0].start),
            outline.markdown[: titles[0].start],
        )
    for extra in titles[1:]:
        yield fail(
            "structure",
            f"“{plain_label(extra.text)}” is a second H1. Make it an H2.",
            (extra.start, extra.end),
            extra.text,
            f"{len(titles)} H1",
        )


def _introduction(
    outline: Outline, count_words: Callable[[str], int], miss: Miss
) -> Iterator[Finding]:
    titles = [h for h in outline.headings if h.level == 1]
    first_section = next((h.start for h in outline.headings if h.level > 1), len(outline.markdown))
    start = min(titles[0].end if titles else 0, first_section)
    words = count_words(outline.markdown[start:first_section])
    if words < MIN_INTRODUCTION_WORDS:
        yield miss(
            "structure",
            f"The introduction before the first section has {words} words. Say in a few sentences "
            "what the post is about.",
            (start, first_section),
            outline.markdown[start:first_section],
            f"introduction of {words} words",
        )


def _sections(outline: Outline, sections: list[Heading], miss: Miss) -> Iterator[Finding]:
    if len(sections) < MIN_SECTIONS:
        yield miss(
            "structure",
            f"Besides FAQ and key takeaways the post has {len(sections)} H2 sections. Divide it "
            f"into at least {MIN_SECTIONS}, with a heading each.",
            (0, len(outline.markdown)),
            measured=f"{len(sections)} sections",
        )


def _faq(
    body: BlogPostBody, outline: Outline, section: Heading | None, miss: Miss
) -> Iterator[Finding]:
    if section is None or len(body.faq) < MIN_QUESTIONS:
        yield miss(
            "structure",
            f"The FAQ has {len(body.faq)} questions{'' if section else ' and no section'}. Add a "
            f"section with at least {MIN_QUESTIONS} questions that readers ask.",
            _span(section, outline),
            measured=f"{len(body.faq)} questions",
        )
    whole = _bare(outline.markdown)
    for entry in body.faq:
        for words in (entry.question, entry.answer):
            if _bare(words) and _bare(words) not in whole:
                yield fail(
                    "structure",
                    f"“{words}” belongs to the FAQ, but is not in the text. Put it there.",
                    _span(section, outline),
                    words,
                )


def _takeaways(
    body: BlogPostBody, outline: Outline, section: Heading | None, miss: Miss
) -> Iterator[Finding]:
    if section is None or len(body.takeaways) < MIN_TAKEAWAYS:
        yield miss(
            "structure",
            f"There are {len(body.takeaways)} key takeaways{'' if section else ' and no section'}. "
            f"Add a section with at least {MIN_TAKEAWAYS}.",
            _span(section, outline),
            measured=f"{len(body.takeaways)} takeaways",
        )
    whole = _bare(outline.markdown)
    for takeaway in body.takeaways:
        if _bare(takeaway) and _bare(takeaway) not in whole:
            yield fail(
                "structure",
                f"“{takeaway}” is a key takeaway, but is not in the text. Put it there.",
                _span(section, outline),
                takeaway,
            )


def _conclusion(
    outline: Outline, sections: list[Heading], count_words: Callable[[str], int], miss: Miss
) -> Iterator[Finding]:
    """The conclusion is a section called so, or else prose as the very last H2 section."""
    last = max((h for h in outline.headings if h.level == 2), key=lambda h: h.start, default=None)
    named = [h for h in sections if CONCLUSION.search(plain_label(h.text))]
    found = named[-1] if named else last if last in sections[1:] else None
    if found is None or not count_words(outline.section_of(found)):
        start = sections[-1].section_end if sections else len(outline.markdown)
        yield miss(
            "structure",
            "The post has no conclusion. Close it with a short section that says what follows.",
            (start, len(outline.markdown)),
            measured="no conclusion",
        )


def _section_with(outline: Outline, parts: list[str], label: re.Pattern[str]) -> Heading | None:
    """Find the H2 section that is called so, or else holds most of the parts."""
    seconds = [h for h in outline.headings if h.level == 2]
    for heading in seconds:
        if label.search(plain_label(heading.text)):
            return heading
    wanted = [_bare(part) for part in parts if _bare(part)]
    for heading in seconds:
        section = _bare(outline.section_of(heading))
        if wanted and sum(part in section for part in wanted) * 2 > len(wanted):
            return heading
    return None


def _span(section: Heading | None, outline: Outline) -> tuple[int, int]:
    if section is None:
        return len(outline.markdown), len(outline.markdown)
    return section.start, section.section_end


def _bare(text: str) -> str:
    """Letters and digits only: emphasis, links' brackets and line breaks do not matter."""
    return _MARK.sub("", text).replace("_", "").casefold()


def takeaways_span(body: BlogPostBody, outline: Outline) -> tuple[int, int]:
    """Give the span of the key takeaways, which repeat the post by their nature; (0, 0): none."""
    section = _section_with(outline, list(body.takeaways), TAKEAWAYS)
    return (section.start, section.section_end) if section else (0, 0)

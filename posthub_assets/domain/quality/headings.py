"""Heading order: may a reader with a screen reader step through the headings without a gap?

After WCAG 2.2, success criterion 1.3.1, and technique G141 (no level skipped on the way down).
What does not belong here: which parts a post must have (`structure.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from posthub_assets.domain.quality.findings import Finding, fail
from posthub_assets.domain.quality.outline import Heading, Outline, plain_label

RULE = "heading_order"


def heading_order(outline: Outline) -> Iterator[Finding]:
    """Name each heading that skips a level on the way down, or that has no words.

    A text without its own H1 may begin at any level: then the page around it sets the title, and
    the first heading says at which depth. Published posts do so (see docs/quality.md).
    """
    before: Heading | None = None
    for heading in outline.headings:
        if not plain_label(heading.text):
            yield fail(
                RULE,
                f"An H{heading.level} heading has no words. Give it words or take it out.",
                (heading.start, heading.end),
                outline.markdown[heading.start : heading.end],
            )
        elif before is not None and heading.level > before.level + 1:
            yield _skipped(before, heading)
        before = heading


def _skipped(before: Heading, heading: Heading) -> Finding:
    return fail(
        RULE,
        f"“{plain_label(heading.text)}” is an H{heading.level} right after an H{before.level} "
        f"(“{plain_label(before.text)}”). Make it an H{before.level + 1}.",
        (heading.start, heading.end),
        heading.text,
        f"H{before.level}, then H{heading.level}",
    )

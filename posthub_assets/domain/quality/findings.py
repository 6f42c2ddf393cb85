"""What a rule says about an item: a verdict, a sentence for people, and the words it is about.

What does not belong here: the rules themselves, and how findings are stored or shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

MAX_FINDINGS_PER_RULE = 5
"""Problems of one rule that are named one by one; a sixth tells nobody anything new."""

QUOTE_CHARS = 120
"""Longest quote, in characters, that a finding carries."""


class Verdict(StrEnum):
    """How a rule went."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One verdict of one rule.

    `span_start` and `span_end` are character offsets (half open) into the item's main text, see
    `reading.main_text`. Where the words stand in another field they are None: the message names
    the field and `quote` shows the words. `measured` is what was counted, for people ("1712
    words"). A finding keeps the item out of review where it is a FAIL and `blocking`.
    """

    rule: str
    verdict: Verdict
    message: str
    span_start: int | None = None
    span_end: int | None = None
    quote: str = ""
    blocking: bool = True
    measured: str = ""


def passes(findings: Iterable[Finding]) -> bool:
    """Say whether an item with these findings may be put before a person."""
    return not any(f.blocking and f.verdict is Verdict.FAIL for f in findings)


def shorten(words: str, limit: int = QUOTE_CHARS) -> str:
    """Give `words` on one line, cut after `limit` characters with an ellipsis."""
    line = " ".join(words.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def fail(
    rule: str,
    message: str,
    span: tuple[int, int] | None = None,
    quote: str = "",
    measured: str = "",
) -> Finding:
    """Make a FAIL; `span` is (start, end) in the main text."""
    start, end = span if span is not None else (None, None)
    return Finding(rule, Verdict.FAIL, message, start, end, quote=shorten(quote), measured=measured)


def warn(
    rule: str,
    message: str,
    span: tuple[int, int] | None = None,
    quote: str = "",
    measured: str = "",
) -> Finding:
    """Make a WARN, which never blocks; `span` is (start, end) in the main text."""
    found = fail(rule, message, span, quote, measured)
    return replace(found, verdict=Verdict.WARN, blocking=False)


def passed(rule: str, message: str, measured: str = "") -> Finding:
    """Make a PASS."""
    return Finding(rule, Verdict.PASS, message, measured=measured)

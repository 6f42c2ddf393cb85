"""Bench `privacy`: what is found, what is missed, and how fast texts are redacted and restored.

Found and missed: on the gold set beside the tests, written by hand in four languages. Every fourth
passage is held out, and the files that say so (they were written after the rules): rules are not
fitted to them, and their figures are rows of their own.
Speed: over the companies' documents in ../shared/data, or over samples/ where they are not. The
floor beside it is one `re.sub` for e-mail addresses over the same texts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import ROOT, Row, at_least, info, median, say
from posthub_assets.domain.privacy import redact, restore
from posthub_assets.domain.privacy.finding import find
from posthub_assets.domain.privacy.kinds import PiiKind, Span

GOLD = ROOT / "tests" / "posthub_assets" / "domain" / "privacy" / "gold"
COMPANIES = ROOT.parent / "shared" / "data" / "companies"
SAMPLES = ROOT / "samples"
HELD_OUT = 4
"""Every fourth passage is held out."""
ROUNDS = 5
_MARK = re.compile(r"<<(\w+):((?:(?!>>).)+)>>", re.DOTALL)
_HEADER = re.compile(r"# language (\w+), country (\w+)(, held out)?\n")
_COUNTRY = re.compile(r"\[([A-Z]{2})\] ")
_FLOOR = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with the spans that hold personal data."""

    text: str
    spans: tuple[Span, ...]
    language: str
    country: str
    is_held_out: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of spans: same place and same kind."""

    right: int
    expected: int
    found: int

    @property
    def recall_percent(self) -> float:
        """Of what is there, how much was found."""
        return 100 * self.right / self.expected

    @property
    def precision_percent(self) -> float:
        """Of what was found, how much is there."""
        return 100 * self.right / self.found


def gold(folder: Path = GOLD) -> list[Passage]:
    """Read the gold set: a file per language, passages between lines of `%%`.

    A value is marked `<<kind:value>>`; `[GB] ` at the start gives the passage another country than
    that of the file's first line.
    """
    passages = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        header = _HEADER.match(text)
        assert header, f"{path.name} does not begin with its language and country"
        for number, marked in enumerate(text[header.end() :].split("\n%%\n"), start=1):
            own = _COUNTRY.match(marked)
            country = own[1] if own else header[2]
            is_held_out = header[3] is not None or number % HELD_OUT == 0
            plain, spans = _unmarked(marked[own.end() if own else 0 :].rstrip("\n"))
            passages.append(Passage(plain, spans, header[1], country, is_held_out))
    return passages


def _unmarked(marked: str) -> tuple[str, tuple[Span, ...]]:
    pieces: list[str] = []
    spans: list[Span] = []
    length = done = 0
    for match in _MARK.finditer(marked):
        pieces += (marked[done : match.start()], match[2])
        start = length + match.start() - done
        length = start + len(match[2])
        spans.append(Span(start, length, PiiKind(match[1])))
        done = match.end()
    return "".join([*pieces, marked[done:]]), tuple(spans)


def found_in(passage: Passage) -> set[Span]:
    """Look for personal data in one passage."""
    return set(find([passage.text], country=passage.country, language=passage.language)[0])


def score(passages: Iterable[Passage]) -> Score:
    """Count what is right over all passages."""
    right = expected = found = 0
    for passage in passages:
        ours = found_in(passage)
        right += len(ours.intersection(passage.spans))
        expected += len(passage.spans)
        found += len(ours)
    return Score(right, expected, found)


def measure() -> list[Row]:
    """Score the gold set, then time the documents."""
    return [*_gold_rows(), *_speed_rows()]


def _gold_rows() -> Iterator[Row]:
    passages = gold()
    yield info("passages of the gold set", len(passages), "")
    parts: dict[str, Sequence[Passage]] = {
        "": passages,
        ", held out": [one for one in passages if one.is_held_out],
    }
    for name, part in parts.items():
        scored = score(part)
        yield info(f"values{name}", scored.expected, "")
        yield at_least(f"recall{name}", scored.recall_percent, "%", 99)
        yield at_least(f"precision{name}", scored.precision_percent, "%", 98)
    for language in sorted({one.language for one in passages}):
        scored = score(one for one in passages if one.language == language)
        yield info(f"recall, {language}", scored.recall_percent, "%")
        yield info(f"precision, {language}", scored.precision_percent, "%")


def _speed_rows() -> list[Row]:
    texts = documents()
    size_mb = sum(len(text.encode()) for text in texts) / 1e6
    ours: list[float] = []
    floor: list[float] = []
    redact(texts)
    for number in range(ROUNDS):
        floor.append(_timed(texts, _bare))
        ours.append(_timed(texts, _there_and_back))
        say(f"round {number + 1} of {ROUNDS}")
    found = [redact([text]) for text in texts]
    return [
        info("documents", len(texts), ""),
        info("their size", size_mb, "MB"),
        info("values found in them", sum(len(one.originals) for one in found), ""),
        info("floor: one re.sub", size_mb / median(floor), "MB/s"),
        info("redact and restore", size_mb / median(ours), "MB/s"),
        info("ratio to the floor", median(ours) / median(floor), "x"),
    ]


def documents() -> list[str]:
    """Read the companies' documents, or the samples where they are not there."""
    folder = COMPANIES if COMPANIES.is_dir() else SAMPLES
    paths = sorted(one for one in folder.rglob("*") if one.suffix in (".md", ".html", ".txt"))
    return [path.read_text(encoding="utf-8") for path in paths]


def _timed(texts: Sequence[str], work: object) -> float:
    assert callable(work)
    began = time.process_time()
    work(texts)
    return time.process_time() - began


def _bare(texts: Sequence[str]) -> None:
    for text in texts:
        _FLOOR.sub("X", text)


def _there_and_back(texts: Sequence[str]) -> None:
    for text in texts:
        redaction = redact([text], country="CZ", language="en")
        if restore(redaction.texts[0], redaction) != text:
            raise AssertionError("a document did not come back as it was")

"""What a person asks to be changed: reasons from a closed list, and the words they marked.

A span counts characters (Unicode code points) of the item's main text, half open; what is marked
in another field has a quote alone. Pure.
What does not belong here: which work follows (`flow.py`), telling a provider (`writing/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from posthub_assets.domain.bodies import MAIN_FIELD
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.text.words import normalise
from posthub_assets.domain.writing.marked import written_texts

QUOTED_CHARS = 60


class ReasonCode(StrEnum):
    """Why something has to change, or is rejected. Few, so that they can be counted."""

    FACTS = "facts"
    OFF_TOPIC = "off_topic"
    TONE = "tone"
    AUDIENCE = "audience"
    LENGTH = "length"
    STRUCTURE = "structure"
    LANGUAGE = "language"
    REPETITION = "repetition"
    BRAND = "brand"
    LEGAL = "legal"
    PICTURE = "picture"
    TIMING = "timing"
    OTHER = "other"


REASONS: dict[ReasonCode, str] = {
    ReasonCode.FACTS: "Something in it is wrong, or no source says it.",
    ReasonCode.OFF_TOPIC: "It misses the topic.",
    ReasonCode.TONE: "The tone is not ours.",
    ReasonCode.AUDIENCE: "It does not speak to the people it is meant for.",
    ReasonCode.LENGTH: "The length is not right.",
    ReasonCode.STRUCTURE: "The order of things is not right.",
    ReasonCode.LANGUAGE: "There are mistakes of language, or it reads like a translation.",
    ReasonCode.REPETITION: "It says what was said before.",
    ReasonCode.BRAND: "It does not fit the brand.",
    ReasonCode.LEGAL: "It may not be said like that: law, licence or a promise we cannot keep.",
    ReasonCode.PICTURE: "The picture is not right.",
    ReasonCode.TIMING: "The time is not right.",
    ReasonCode.OTHER: "",
}
"""What each code says to who writes the next version; `other` says it in free words only."""


def known_codes(codes: Sequence[str]) -> tuple[str, ...]:
    """Give the codes, each once, in their order. Raises InvalidInput for one that is not known."""
    known = [code.value for code in ReasonCode]
    for place, code in enumerate(codes):
        if code not in known:
            raise InvalidInput(
                f"There is no reason “{code[:QUOTED_CHARS]}”. Known are: {', '.join(known)}.",
                field=f"reason_codes[{place}]",
            )
    return tuple(dict.fromkeys(str(code) for code in codes))


def sentences_of(codes: Sequence[str], words: str = "") -> tuple[str, ...]:
    """Give what codes and free words say, as sentences. A code of older days speaks for itself."""
    known = {code.value: sentence for code, sentence in REASONS.items()}
    said = [known.get(str(code), str(code)) for code in codes]
    return tuple(one for one in (*said, words) if one)


@dataclass(frozen=True, slots=True)
class Marked:
    """Words that were marked, and what was said of them."""

    quote: str
    comment: str
    is_gone: bool


def placed(kind: Kind, body: dict[str, Any], span: dict[str, Any], field: str) -> dict[str, Any]:
    """Give a span as it is kept: with offsets that are right and the words that stand there.

    Where offsets and quote disagree, the quote is looked for, the nearest first: some readers
    count characters otherwise. Words of another field keep a quote alone (`start` = `end` = 0).
    Raises InvalidInput that names `field` where the version does not say this.
    """
    text = str(body.get(MAIN_FIELD.get(kind, "")) or "")
    start, end = int(span.get("start") or 0), int(span.get("end") or 0)
    quote = str(span.get("quote") or "")
    if not quote and not start < end:
        raise InvalidInput("Mark some words: give start and end, or a quote.", field=field)
    if start < end <= len(text) and (not quote or text[start:end] == quote):
        return {**span, "start": start, "end": end, "quote": text[start:end]}
    if not quote:
        raise InvalidInput(
            f"The text has {len(text)} characters; the span {start} to {end} is not in it.",
            field=field,
        )
    found = _nearest(text, quote, start)
    if found is not None:
        return {**span, "start": found, "end": found + len(quote)}
    if says(body, quote):
        return {**span, "start": 0, "end": 0}
    shown = quote if len(quote) <= QUOTED_CHARS else f"{quote[:QUOTED_CHARS]}…"
    raise InvalidInput(
        f"This version does not say “{shown}”. Read it again and mark the words anew.", field=field
    )


def _nearest(text: str, quote: str, start: int) -> int | None:
    """Give where `quote` stands nearest to `start`."""
    after = text.find(quote, min(start, len(text)))
    before = text.rfind(quote, 0, min(start, len(text)) + len(quote))
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: abs(at - start)) if found else None


def says(body: dict[str, Any], quote: str) -> bool:
    """Tell whether any field says this, but for white space, case and typographic variants."""
    form = normalise(quote)
    return bool(form) and form in normalise("\n".join(written_texts(body)))


def what_became(body: dict[str, Any], spans: Sequence[dict[str, Any]]) -> tuple[Marked, ...]:
    """Tell of each marked piece whether a later version still says it."""
    marked = [(str(one.get("quote") or ""), str(one.get("comment") or "")) for one in spans]
    return tuple(
        Marked(quote, comment, is_gone=not says(body, quote)) for quote, comment in marked if quote
    )

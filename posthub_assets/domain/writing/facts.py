"""What most prompts are told: the company, the language, the voice, the DNA, a reviewer's wishes.

Everything is plain data for a sandboxed template. A value named `..._sheet`, `text` or `said` came
from people, documents or models: the templates put it between delimiters. What stands in a prompt
without delimiters is ours, or is made harmless by `in_line`.
What does not belong here: what only one kind of brief is told (`topics.py`, `blog_posts.py`, ...).
"""

from __future__ import annotations

import json
import re
from typing import Any

from posthub_assets.domain.bodies import DnaBody, PersonaBody
from posthub_assets.domain.briefs import CompanyFacts, Revision
from posthub_assets.domain.text.languages import WELL_WRITTEN, language_pack

MAX_LINE_CHARS = 160
MAX_NAME_CHARS = 80
MAX_SHEET_CHARS = 6_000
MAX_PREVIOUS_CHARS = 40_000
MAX_REASON_CHARS = 2_000
MAX_SPANS = 40

_LANGUAGE_NAMES = {
    "en": "English", "cs": "Czech", "fa": "Persian", "uk": "Ukrainian", "ar": "Arabic",
    "bg": "Bulgarian", "da": "Danish", "de": "German", "el": "Greek", "es": "Spanish",
    "et": "Estonian", "fi": "Finnish", "fr": "French", "hr": "Croatian", "hu": "Hungarian",
    "it": "Italian", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "sk": "Slovak", "sl": "Slovenian",
    "sv": "Swedish", "tr": "Turkish", "vi": "Vietnamese",
}  # fmt: skip
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069<>{}]+")
_NOT_IN_A_TAG = re.compile(r"[^A-Za-z0-9-]")


def in_line(text: str, limit: int = MAX_LINE_CHARS) -> str:
    """Give a short text as it may stand within a prompt's own sentence.

    One line of at most `limit` characters, without angle brackets, braces and control characters.
    """
    line = " ".join(_UNSAFE.sub(" ", text).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def bounded(text: str, limit: int) -> str:
    """Give a text cut between words to at most `limit` characters, with an ellipsis if cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return f"{cut.rsplit(None, 1)[0] if ' ' in cut else cut}…"


def language_facts(tag: str) -> dict[str, Any]:
    """Give `code`, `name` (in English), `direction`, `quotes` and the `labels` of sections.

    For languages without a pack the name may be a BCP 47 tag, and quotes and labels are empty:
    the model knows better than our English ones.
    """
    code = tag.partition("-")[0].casefold()
    known = code in WELL_WRITTEN
    pack = language_pack(tag)
    safe = _NOT_IN_A_TAG.sub("", tag)[:35]
    return {
        "code": _NOT_IN_A_TAG.sub("", code)[:8],
        "name": _LANGUAGE_NAMES.get(code, f"the language with the BCP 47 tag {safe}"),
        "direction": pack.direction if known else "",
        "quotes": f"{pack.quotes[0]}…{pack.quotes[1]}" if known else "",
        "labels": dict(pack.labels) if known else {},
    }


def company_facts(company: CompanyFacts) -> dict[str, Any]:
    """Give the company's `name` for our sentences, and its `sheet`: what its brief says of it."""
    lines = {
        "Name": company.name,
        "Belongs to": company.organization,
        "Industry": company.industry,
        "What it does": company.business_field,
        "Audience": company.audience,
        "Website": company.website,
        "Country": company.country,
    }
    sheet = "\n".join(f"{label}: {' '.join(v.split())}" for label, v in lines.items() if v.strip())
    return {"name": in_line(company.name, MAX_NAME_CHARS), "sheet": bounded(sheet, MAX_SHEET_CHARS)}


def persona_sheet(persona: PersonaBody) -> str:
    """Give a persona as lines: who speaks, with which words and sentences, how formally."""
    lines = (
        f"Name: {persona.name}",
        f"Archetype: {persona.archetype.value}; type: {persona.mbti}; level: {persona.level.value}",
        f"Biography: {persona.biography}",
        f"Values: {'; '.join(persona.values)}",
        f"Expertise: {'; '.join(persona.expertise)}",
        f"Dislikes: {'; '.join(persona.frustrations)}",
        f"Vocabulary: {persona.vocabulary_level}",
        f"Sentences: {persona.sentence_style}",
        f"Formality: {persona.formality} of 100",
        f"Phrases it likes: {'; '.join(persona.favourite_phrases)}",
    )
    return bounded("\n".join(lines), MAX_SHEET_CHARS)


def dna_sheet(dna: DnaBody, *, without: tuple[str, ...] = ()) -> str:
    """Give the DNA's summary, its filled points and its segments as lines, within 6,000 characters.

    A point is a line of its key and its values; what is missing is left out.
    """
    lines = [dna.summary]
    for key, point in dna.points.items():
        if point.values and key not in without:
            lines.append(f"{key}: {'; '.join(bounded(v, 240) for v in point.values)}")
    for segment in dna.segments:
        said = "; ".join((*segment.pains[:2], *segment.desires[:2]))
        lines.append(f"segment {segment.name}: {bounded(said, 400)}")
    lines.append(f"formal 0 to casual 100: {dna.tone_formal_casual}")
    lines.append(f"serious 0 to playful 100: {dna.tone_serious_playful}")
    return bounded("\n".join(line for line in lines if line.strip()), MAX_SHEET_CHARS)


def said_of(dna: DnaBody) -> str:
    """Give all values of the DNA as one text: how the company speaks."""
    return " ".join(value for point in dna.points.values() for value in point.values)


def revision_facts(revision: Revision | None) -> dict[str, Any] | None:
    """Give a reviewer's request: `round`, `reasons`, `spans`, and the `previous` version as text.

    None where this is the first version.
    """
    if revision is None:
        return None
    spans = [s for span in revision.spans[:MAX_SPANS] if (s := " ".join(span.split()))]
    return {
        "round": revision.round,
        "reasons": bounded("\n".join(revision.reasons), MAX_REASON_CHARS),
        "spans": "\n".join(bounded(span, MAX_REASON_CHARS) for span in spans),
        "previous": _previous(revision.previous),
    }


def _previous(body: dict[str, Any]) -> str:
    """Give the words of a body; where they come from matters to nobody who writes it anew."""
    kept = _words_only(body)
    markdown = kept.pop("markdown", "")
    lines = [f"{key}: {_flat(value)}" for key, value in kept.items() if value]
    return bounded("\n".join([*lines, str(markdown)]).strip(), MAX_PREVIOUS_CHARS)


_NOT_WORDS = frozenset(
    ("passages", "evidence", "source", "note", "palette", "planned_on", "short_draft", "platform")
)


def _words_only(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _words_only(one) for key, one in value.items() if key not in _NOT_WORDS}
    return [_words_only(one) for one in value] if isinstance(value, list | tuple) else value


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    return json.dumps(value, ensure_ascii=False, default=str)

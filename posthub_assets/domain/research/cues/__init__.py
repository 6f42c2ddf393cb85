"""How each point of the DNA shows in documents: patterns and titles, one module per language.

Patterns are regular expressions, searched with IGNORECASE; `§` stands for the company's name.
What does not belong here: code that applies them (`finding.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Cue:
    """How one point is found. Where several are set, each is another way to be found.

    `sentence` matches a statement. `own` asks that it names the company or speaks as "we".
    `known` asks for a document about the company itself, not a guide.
    `heading` matches the heading right above in a document about the company: what stands below
    counts, or only what matches `within`, or only list items and headings below (`items_only`).
    `title` matches headings themselves; `title_under` the heading above a heading.
    `item` matches a list item or a short line that is no sentence.
    `clause`: of a sentence that points back, the part from the match on is taken.
    `unless` refuses.
    """

    sentence: str = ""
    heading: str = ""
    within: str = ""
    items_only: bool = False
    most_from_heading: int = 0
    """0: as many as the point takes."""
    title: str = ""
    title_under: str = ""
    item: str = ""
    clause: bool = False
    unless: str = ""
    own: bool = True
    known: bool = False


@dataclass(frozen=True, slots=True)
class ToneWords:
    """What makes a text formal or casual, serious or playful in a language.

    `casual` and `formal` match marks whose share is measured; `playful` matches words and signs.
    """

    casual: str
    formal: str
    playful: str
    reader: str


@dataclass(frozen=True, slots=True)
class Cues:
    """One language."""

    we: str
    """First person plural: the company speaks of itself."""
    known_names: str
    """Names and titles of documents that are about the company itself."""
    relative: str
    """Where the description of an audience goes from who they are to what they do."""
    list_and: str
    """The word that joins the last item of a list, with its spaces; empty: lists stay whole."""
    self_nouns: str
    """What a company may be, so that "the workshop" is known to be it; empty: not used."""
    conjunctions: str
    """First words that may stand before a sentence that needs nothing before it."""
    pains: str
    desires: str
    unsaid: str
    """What makes of a pain or a desire something else: an offer, an instruction."""
    audience: str
    """Words for the reader: "you"."""
    points: dict[str, Cue]
    titles: dict[str, str]
    missing: str
    """Note on a missing point; takes `{title}`."""
    removed: str
    """Note on a point whose values a reviewer had removed."""
    language_name: str
    tone: ToneWords
    tone_line: str
    """Takes casual and playful, words and numbers."""
    casual_words: tuple[str, str, str]
    playful_words: tuple[str, str, str]
    style_line: str
    """Takes words (mean per sentence), reader, questions and exclamations (per 100 sentences)."""
    style_note: str
    tone_note: str
    digits: str = "0123456789"
    """The digits that numbers in our own lines are written with."""
    terms_by_pairs: bool = False
    """True where two neighbouring words make a term in their common form (no declension)."""


LANGUAGES = ("en", "cs", "fa", "uk")
"""Languages with cues of their own; others get the English ones, best effort."""


def cues_for(language: str) -> Cues:
    """Give the cues of a BCP 47 tag by its primary subtag; English for unknown ones."""
    primary = language.partition("-")[0].lower()
    name = primary if primary in LANGUAGES else "en"
    module = import_module(f"posthub_assets.domain.research.cues.{name}")
    cues: Cues = module.CUES
    return cues


def company_pattern(pattern: str, names: tuple[str, ...]) -> re.Pattern[str]:
    """Compile a cue's pattern with the company's names in the place of `§`."""
    any_name = "|".join(re.escape(name) for name in names)
    return re.compile(pattern.replace("§", f"(?:{any_name})"), re.IGNORECASE)

"""The facts of a show that may stand on a picture, and their words made fit to be drawn.

What does not belong here: which of them find room (`arranging.py`), sizes and places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.visuals.faces import (
    FontSet,
    missing_letters,
    needs_shaping,
    refuse_unshapable,
)
from posthub_assets.domain.visuals.headline import clean

IN_ORDER = ("title", "performers", "dates", "venue", "price", "call_to_action", "free_text")
"""From top to bottom."""
BY_IMPORTANCE = (
    *("title", "dates", "venue", "performers", "call_to_action", "price", "free_text"),
)
"""The last is the first to be left out."""
SPOKEN = {
    "title": "the title",
    "performers": "the performers",
    "dates": "the dates",
    "venue": "the venue",
    "price": "the price",
    "call_to_action": "the call to action",
    "free_text": "the free text",
}
"""How notes call the facts."""
MAX_FACT_CHARS = 300
_PHONE = re.compile(r"\+?\d(?:[\s()./-]*\d){7,}")
_ISOLATE, _POP = "\u2066", "\u2069"


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What a show says of itself, in the words that people will read. Each may be empty.

    `language` is a BCP 47 tag; it gives the direction where the letters leave it open.
    """

    title: str = ""
    performers: str = ""
    dates: str = ""
    venue: str = ""
    price: str = ""
    call_to_action: str = ""
    free_text: str = ""
    language: str = "en"

    def given(self) -> dict[str, str]:
        """Give the facts that are not blank, by name, in the order in which they are shown."""
        texts = {name: str(getattr(self, name)) for name in IN_ORDER}
        return {name: text for name, text in texts.items() if text.strip()}


@dataclass(frozen=True, slots=True)
class Words:
    """Facts that can be drawn, in the order in which they are shown, and what was done to them."""

    texts: Mapping[str, str]
    notes: tuple[str, ...]


def read_facts(told: Mapping[str, Any]) -> EventFacts:
    """Read facts from JSON. Raises InvalidInput naming the field: unknown, no text, or too long.

    At most 300 characters each.
    """
    known = {field.name for field in fields(EventFacts)}
    for name, value in told.items():
        if name not in known:
            raise InvalidInput(
                f"There is no fact named {name!r}. Facts are: {', '.join(IN_ORDER)}.",
                field=f"facts.{name}",
            )
        if value is not None and not isinstance(value, str):
            raise InvalidInput(f"The fact {name} must be a text.", field=f"facts.{name}")
        if value and len(value) > MAX_FACT_CHARS:
            raise InvalidInput(
                f"The fact {name} has {len(value)} characters; at most {MAX_FACT_CHARS} can stand "
                "on a picture. Shorten it.",
                field=f"facts.{name}",
            )
    return EventFacts(**{name: value for name, value in told.items() if value})


def drawable(facts: EventFacts, fonts: FontSet, wanted: tuple[str, ...]) -> Words:
    """Clean the wanted facts: no emoji, no invisible characters, no letters that no font has.

    Each thing that was left out has a note. Raises PermanentProviderError where this machine
    cannot shape right-to-left text, InvalidInput where facts were given and none can be drawn.
    """
    given = {name: text for name, text in facts.given().items() if name in wanted}
    texts, notes = {}, []
    for name, text in given.items():
        refuse_unshapable(text, fonts)
        cleaned = clean(text)
        kept = _known_letters(cleaned.text, fonts)
        lost = dict.fromkeys([*cleaned.dropped, *(c for c in cleaned.text if c not in kept)])
        if lost:
            notes.append(lost_note(name, tuple(lost)))
        if says_something(kept):
            texts[name] = _phones_in_order(kept)
        else:
            notes.append(f"Left out {SPOKEN[name]}: nothing in it can be drawn.")
    if given and not texts:
        raise nothing_to_draw()
    return Words(texts, tuple(notes))


def says_something(text: str) -> bool:
    """Tell whether a text has a letter or digit, so that it has a width and a meaning."""
    return any(char.isalnum() for char in text)


def nothing_to_draw() -> InvalidInput:
    """Make the refusal of facts of which nothing can be drawn."""
    return InvalidInput(
        "None of the facts can be drawn: the fonts have Latin, Cyrillic, Hebrew and Arabic "
        "letters. Write the facts in one of those scripts.",
        field="facts",
    )


def _known_letters(text: str, fonts: FontSet) -> str:
    unknown = set(text)
    for family in fonts.files:
        unknown &= set(missing_letters("".join(sorted(unknown)), family, fonts))
    return " ".join("".join(char for char in text if char not in unknown).split())


def _phones_in_order(text: str) -> str:
    """Isolate telephone numbers in right-to-left text (LRI, PDI of Unicode Standard Annex #9).

    Otherwise their groups of digits would be read in reverse.
    """
    if not needs_shaping(text):
        return text
    return _PHONE.sub(lambda match: f"{_ISOLATE}{match[0]}{_POP}", text)


def lost_note(name: str, lost: tuple[str, ...]) -> str:
    """Say which characters were left out of a fact."""
    shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in lost[:5])
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    return f"Left out of {SPOKEN[name]}, since no font has them: {shown}{more}."

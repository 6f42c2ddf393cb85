"""The words of the pages, by language, from `words/*.yaml`.

A value within a sentence is isolated, so that a name of another script does not turn it around.
What does not belong here: markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

LANGUAGES = ("en", "cs", "fa", "uk")
RIGHT_TO_LEFT = ("fa",)
FIRST_STRONG, END = "\u2068", "\u2069"
"""First strong isolate and its end (Unicode 6.3, UAX 9)."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str
    known: dict[str, Any]

    @property
    def direction(self) -> str:
        """Give `rtl` or `ltr`, as HTML writes it."""
        return direction_of(self.language)

    def say(self, key: str, **values: object) -> str:
        """Give the words of a key, such as `kinds.topic`, with its values filled in."""
        found: Any = self.known
        for part in key.split("."):
            found = found[part]
        isolated = {name: f"{FIRST_STRONG}{value}{END}" for name, value in values.items()}
        return str(found).format_map(isolated)

    def point(self, key: str) -> str:
        """Give the title of a point of the DNA."""
        return str(self.known["points"].get(key, key))


def direction_of(language: str) -> str:
    """Give the direction in which a language is written, as HTML names it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


@cache
def words_in(language: str) -> Words:
    """Give the words of a language; English where there are none."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    path = Path(__file__).parent / "words" / f"{chosen}.yaml"
    return Words(chosen, yaml.safe_load(path.read_text(encoding="utf-8")))


def preferred(accept_language: str) -> str:
    """Give the first of our languages that a browser asks for; English where it asks for none."""
    for part in accept_language.split(",")[:20]:
        asked = part.split(";")[0].strip().lower()[:2]
        if asked in LANGUAGES:
            return asked
    return LANGUAGES[0]


def moment(at: datetime, zone: str) -> str:
    """Give a time for people, in the company's zone, with the zone's name."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def month(of: date) -> str:
    """Give a month for people."""
    return f"{of:%m/%Y}"

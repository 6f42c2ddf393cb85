"""The words that personas are made of, one module per language, all with the same shape.

A language module holds data only: `PACK`. Names are invented pairs of common first names and
surnames. What does not belong here: choosing and composing (`personas.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from posthub_assets.domain.bodies import Archetype, Level


@dataclass(frozen=True, slots=True)
class Voice:
    """How one archetype speaks. Every tuple holds alternatives or a list, in the language."""

    character: tuple[str, ...]
    """Closing sentences of a biography; `{first}` is the first name, `{he}` the pronoun."""
    values: tuple[str, ...]
    frustrations: tuple[str, ...]
    vocabulary_level: str
    sentence_style: str
    phrases: tuple[str, ...]
    endings: tuple[str, ...]
    art_style: str
    atmosphere: str


@dataclass(frozen=True, slots=True)
class Gendered:
    """What depends on a persona's grammatical gender."""

    first_names: tuple[str, ...]
    surnames: tuple[str, ...]
    titles: dict[Level, str]
    pronoun: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One language: names by gender, templates of the biography's opening, voices by archetype.

    `opening` takes name, title, company; `with_field` also field and topics; `without_field`
    topics; `no_topics` nothing but first and company. `joiner` and `last_joiner` join lists.
    """

    feminine: Gendered
    masculine: Gendered
    opening: str
    with_field: str
    without_field: str
    field_only: str
    no_topics: str
    joiner: str
    last_joiner: str
    fallback_expertise: tuple[str, ...]
    voices: dict[Archetype, Voice]


LANGUAGES = ("en", "cs", "fa", "uk")
"""Languages with a pack of their own; others get the English one, best effort."""


def pack_for(language: str) -> Pack:
    """Give the pack of a BCP 47 language tag, by its primary subtag; English for unknown ones."""
    primary = language.partition("-")[0].lower()
    name = primary if primary in LANGUAGES else "en"
    module = import_module(f"posthub_assets.domain.research.personas_data.{name}")
    pack: Pack = module.PACK
    return pack

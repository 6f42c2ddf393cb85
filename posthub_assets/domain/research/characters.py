"""Who a persona is before words: archetype, type, level, formality; as data and simple choices.

The twelve archetypes follow Mark and Pearson (2001); which of the sixteen MBTI types an archetype
leans to is a house choice. What does not belong here: texts (`personas_data/`).
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable

from posthub_assets.domain.bodies import Archetype, Level, PersonaBody

A = Archetype

TYPES: dict[Archetype, str] = {
    A.INNOCENT: "INFP",
    A.EVERYPERSON: "ISFJ",
    A.HERO: "ESTJ",
    A.CAREGIVER: "ESFJ",
    A.EXPLORER: "ESTP",
    A.REBEL: "ENTP",
    A.LOVER: "ENFJ",
    A.CREATOR: "ISFP",
    A.JESTER: "ESFP",
    A.SAGE: "INTP",
    A.MAGICIAN: "INFJ",
    A.RULER: "ENTJ",
}
"""The type an archetype leans to: all different."""

SPARE_TYPES = ("INTJ", "ENFP", "ISTJ", "ISTP")
"""For an archetype whose own type is taken by a persona that people wrote or changed."""

FORMALITY: dict[Archetype, int] = {
    A.RULER: 85,
    A.SAGE: 72,
    A.MAGICIAN: 55,
    A.HERO: 50,
    A.CAREGIVER: 48,
    A.LOVER: 45,
    A.CREATOR: 40,
    A.INNOCENT: 38,
    A.EXPLORER: 35,
    A.EVERYPERSON: 28,
    A.REBEL: 20,
    A.JESTER: 12,
}
"""0 casual, 100 formal: a house choice, one half of a persona's formality; see below."""

_NATURAL_LEVEL: dict[Archetype, Level] = {
    A.RULER: Level.EXECUTIVE,
    A.SAGE: Level.HEAD,
    A.MAGICIAN: Level.HEAD,
    A.HERO: Level.LEAD,
    A.CAREGIVER: Level.LEAD,
    A.CREATOR: Level.SENIOR,
    A.LOVER: Level.SENIOR,
    A.REBEL: Level.SENIOR,
    A.EVERYPERSON: Level.SPECIALIST,
    A.EXPLORER: Level.SPECIALIST,
    A.INNOCENT: Level.JUNIOR,
    A.JESTER: Level.JUNIOR,
}


def seed(*parts: str) -> int:
    """Give a number from 0 to 2**32 - 1 that is always the same for the same words."""
    return zlib.crc32("|".join(parts).encode())


def choose_archetypes(
    slug: str, formality: int, count: int, taken: Iterable[Archetype]
) -> tuple[Archetype, ...]:
    """Give at most `count` archetypes that are free, those nearest the company's tone first.

    `formality` of the company, 0 to 100, counts in steps of 25; within a step the slug decides.
    Fewer than `count` come back when fewer are free.
    """
    free = [a for a in Archetype if a not in set(taken)]
    free.sort(key=lambda a: (abs(FORMALITY[a] - formality) // 25, seed(slug, a.value)))
    return tuple(free[:count])


def choose_type(archetype: Archetype, taken: Iterable[str]) -> str:
    """Give the archetype's type, or where it is taken a spare one, or any free one of the rest."""
    used = set(taken)
    ordered = (TYPES[archetype], *SPARE_TYPES, *TYPES.values())
    return next(kind for kind in ordered if kind not in used)


def choose_level(archetype: Archetype, taken: Iterable[Level]) -> Level:
    """Give the level that is used least so far; among equals the one nearest the archetype's."""
    used = Counter(taken)
    order = list(Level)
    natural = order.index(_NATURAL_LEVEL[archetype])
    return min(order, key=lambda lv: (used[lv], abs(order.index(lv) - natural), order.index(lv)))


def persona_formality(archetype: Archetype, company_formality: int) -> int:
    """Give the mean of archetype and company, 5 to 95."""
    return max(5, min(95, round((FORMALITY[archetype] + company_formality) / 2)))


def names_of(personas: Iterable[PersonaBody]) -> set[str]:
    """Give the names that are used."""
    return {persona.name for persona in personas}

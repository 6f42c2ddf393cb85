"""Personas by a model: what it is told of those who exist, and its answer with our palettes.

What does not belong here: composing without a model (`domain/research/personas.py`).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from posthub_assets.domain.bodies import Archetype, Level, PersonaBody, VisualStyle
from posthub_assets.domain.briefs import PersonasBrief, PersonaSet
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.quality.personas import BIOGRAPHY_SENTENCES
from posthub_assets.domain.research.address import is_informal
from posthub_assets.domain.research.palettes import persona_palette
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.typography import typeset
from posthub_assets.domain.text.words import normalise
from posthub_assets.domain.writing.answers import WrittenPersona, WrittenPersonas
from posthub_assets.domain.writing.facts import (
    company_facts,
    dna_sheet,
    in_line,
    language_facts,
    revision_facts,
    said_of,
)

_NOT_FOR_VOICES = ("channels", "languages", "brand_colors", "website", "contact_channel", "faq")


def persona_variables(brief: PersonasBrief) -> dict[str, Any]:
    """Give what the prompt is told: company, DNA, how many, and who is taken."""
    dna = brief.dna
    return {
        "company": company_facts(brief.company),
        "language": language_facts(brief.company.language),
        "dna_sheet": dna_sheet(dna, without=_NOT_FOR_VOICES),
        "count": brief.count,
        "formality": 100 - dna.tone_formal_casual,
        "is_informal": is_informal(said_of(dna), brief.company.language),
        "archetypes": [one.value for one in Archetype if one not in _archetypes(brief)],
        "taken_types": [one.mbti for one in brief.taken],
        "taken_names": "\n".join(in_line(one.name) for one in brief.taken),
        "levels": [one.value for one in Level],
        "least_sentences": BIOGRAPHY_SENTENCES[0],
        "most_sentences": BIOGRAPHY_SENTENCES[1],
        "revision": revision_facts(brief.revision),
    }


def _archetypes(brief: PersonasBrief) -> set[Archetype]:
    return {one.archetype for one in brief.taken}


def persona_set(brief: PersonasBrief, answer: WrittenPersonas) -> PersonaSet:
    """Make the personas; palettes begin with the brand's colours, as `local` gives them.

    Raises InvalidAnswer where there are too many or too few, or two of one archetype, type or name.
    """
    if len(answer.personas) != brief.count:
        raise InvalidAnswer(
            f"{brief.count} personas were asked for, and {len(answer.personas)} were given. "
            f"Give exactly {brief.count}."
        )
    pack = language_pack(brief.company.language)
    offset = len(brief.taken)
    bodies = tuple(
        _persona(one, persona_palette(brief.company.brand_colors, offset + turn), pack)
        for turn, one in enumerate(answer.personas)
    )
    _refuse_twins((*brief.taken, *bodies))
    return PersonaSet(personas=bodies)


def _persona(one: WrittenPersona, palette: tuple[str, ...], pack: Any) -> PersonaBody:
    def line(text: str) -> str:
        return typeset(" ".join(text.split()), pack)

    def lines(texts: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(line, texts)))

    return PersonaBody(
        name=" ".join(one.name.split()),
        archetype=one.archetype,
        mbti=one.mbti,
        biography=line(one.biography),
        level=one.level,
        values=lines(one.values),
        expertise=lines(one.expertise),
        frustrations=lines(one.frustrations),
        vocabulary_level=line(one.vocabulary_level),
        sentence_style=line(one.sentence_style),
        formality=one.formality,
        favourite_phrases=lines(one.favourite_phrases),
        signature_ending=line(one.signature_ending),
        visual_style=VisualStyle(
            art_style=line(one.art_style), palette=palette, atmosphere=line(one.atmosphere)
        ),
    )


def _refuse_twins(personas: tuple[PersonaBody, ...]) -> None:
    traits = {
        "archetype": [one.archetype.value for one in personas],
        "MBTI type": [one.mbti for one in personas],
        "name": [normalise(one.name) for one in personas],
    }
    faults = [
        f"the {label} {', '.join(twice)}"
        for label, found in traits.items()
        if (twice := [value for value, count in Counter(found).items() if count > 1])
    ]
    if faults:
        raise InvalidAnswer(
            f"Two personas share {' and '.join(faults)} (those that exist already count). Give "
            "each an archetype, a type and a name of its own."
        )

"""Composing the personas that write for a company: invented people, each with a voice.

What does not belong here: the words (`personas_data/`), archetype and type (`characters.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from posthub_assets.domain.bodies import Archetype, Level, PersonaBody, VisualStyle
from posthub_assets.domain.briefs import PersonasBrief, PersonaSet
from posthub_assets.domain.editorial.revisions import Wishes
from posthub_assets.domain.errors import InvalidInput, SourcesExhausted
from posthub_assets.domain.research.address import addressed, is_informal
from posthub_assets.domain.research.characters import (
    choose_archetypes,
    choose_level,
    choose_type,
    names_of,
    persona_formality,
    seed,
)
from posthub_assets.domain.research.palettes import persona_palette
from posthub_assets.domain.research.personas_data import Gendered, Pack, Voice, pack_for
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.words import normalise

_EXPERTISE = 4
_TOPICS_IN_BIOGRAPHY = 3


def compose_personas(brief: PersonasBrief) -> PersonaSet:
    """Give `brief.count` personas: all archetypes, MBTI types and names different, also from taken.

    Names, titles and texts are of the company's language; expertise comes from the DNA's themes
    and terms. The same brief gives the same personas. With a revision the previous persona stays
    who it is, and none of the marked words occurs again.

    Raises InvalidInput where `count` and `taken` are more than the twelve archetypes, and
    SourcesExhausted where a marked word cannot be avoided.
    """
    free = len(Archetype) - len({p.archetype for p in brief.taken})
    if not 1 <= brief.count <= free:
        raise InvalidInput(
            f"{brief.count} personas were asked for, but of the twelve archetypes {free} are free. "
            "Ask for fewer, or archive a persona first.",
            field="count",
        )
    composer = _Composer(brief)
    return PersonaSet(personas=tuple(composer.persona() for _ in range(brief.count)))


class _Composer:
    """Makes one persona after the other, keeping what is taken."""

    def __init__(self, brief: PersonasBrief) -> None:
        self.brief = brief
        self.slug = brief.company.slug
        self.pack: Pack = pack_for(brief.company.language)
        self.wishes = Wishes.read(brief.revision, language_pack(brief.company.language))
        self.made: list[PersonaBody] = list(brief.taken)
        self.formality = 100 - brief.dna.tone_formal_casual
        self.pool = self._expertise_pool()
        self.previous = _previous(brief)
        self.offset = len(brief.taken)
        said = " ".join(v for p in brief.dna.points.values() for v in p.values)
        self.informal = is_informal(said, brief.company.language)

    def persona(self) -> PersonaBody:
        archetype = self._archetype()
        voice, turn = self.pack.voices[archetype], len(self.made)
        gendered, name = self._name(turn)
        level = self._level(archetype)
        expertise = self._expertise(turn)
        body = PersonaBody(
            name=name,
            archetype=archetype,
            mbti=self._type(archetype),
            biography=self._biography(name, gendered, level, voice, expertise),
            level=level,
            values=self._some(voice.values, 4, least=3, of="values"),
            expertise=expertise,
            frustrations=self._some(voice.frustrations, 3, least=1, of="frustrations"),
            vocabulary_level=self._one((voice.vocabulary_level,), "vocabulary_level"),
            sentence_style=self._one((voice.sentence_style,), "sentence_style"),
            formality=persona_formality(archetype, self.formality),
            favourite_phrases=self._some(voice.phrases, 4, least=2, of="phrases"),
            signature_ending=self._one(self._turned(voice.endings), "endings"),
            visual_style=VisualStyle(
                art_style=self._one((voice.art_style,), "art_style"),
                palette=persona_palette(self.brief.company.brand_colors, turn),
                atmosphere=self._one((voice.atmosphere,), "atmosphere"),
            ),
        )
        self.made.append(body)
        return body

    def _archetype(self) -> Archetype:
        taken = {persona.archetype for persona in self.made}
        if self.previous and self.previous.archetype not in taken:
            return self.previous.archetype
        return choose_archetypes(self.slug, self.formality, 1, taken)[0]

    def _type(self, archetype: Archetype) -> str:
        taken = {persona.mbti for persona in self.made}
        if self.previous and self.previous.mbti not in taken:
            return self.previous.mbti
        return choose_type(archetype, taken)

    def _level(self, archetype: Archetype) -> Level:
        if self.previous and len(self.made) == self.offset:
            return self.previous.level
        return choose_level(archetype, (persona.level for persona in self.made))

    def _name(self, turn: int) -> tuple[Gendered, str]:
        """Give a free name; genders alternate, the slug decides who begins."""
        if kept := self._kept_name():
            return kept
        start = seed(self.slug, "name")
        for step in range(200):
            place = start + turn + step
            gendered = self.pack.masculine if place % 2 else self.pack.feminine
            first = gendered.first_names[(place * 5 // 2) % len(gendered.first_names)]
            last = gendered.surnames[(start // 7 + turn * 5 + step * 3) % len(gendered.surnames)]
            name = f"{first} {last}"
            if not self._is_used(first, last) and not self.wishes.forbids(name):
                return gendered, name
        raise SourcesExhausted("No invented name is left for another persona.", provider="local")

    def _is_used(self, first: str, last: str) -> bool:
        """Tell whether another persona has the first name or the surname."""
        parts = {part for name in names_of(self.made) for part in name.split()}
        return first in parts or last in parts

    def _kept_name(self) -> tuple[Gendered, str] | None:
        if not self.previous or self.previous.name in names_of(self.made):
            return None
        first = self.previous.name.partition(" ")[0]
        if self.wishes.forbids(self.previous.name):
            return None
        for gendered in (self.pack.feminine, self.pack.masculine):
            if first in gendered.first_names:
                return gendered, self.previous.name
        return None

    def _biography(
        self,
        name: str,
        gendered: Gendered,
        level: Level,
        voice: Voice,
        expertise: tuple[str, ...],
    ) -> str:
        company = self.brief.company
        opening = self.pack.opening.format(
            name=name, title=gendered.titles[level], company=company.name
        )
        first = name.partition(" ")[0]
        closings = tuple(
            text.format(first=first, he=gendered.pronoun) for text in self._turned(voice.character)
        )
        closing = self._one(closings, "character")
        return " ".join((opening, self._work(expertise), closing))

    def _work(self, expertise: tuple[str, ...]) -> str:
        """Say what the persona works on, from the brief's industry and the DNA's themes."""
        company, pack = self.brief.company, self.pack
        field = _lower_first(" ".join((company.industry or company.business_field).split()))
        known = [topic for topic in expertise if topic in self.pool][:_TOPICS_IN_BIOGRAPHY]
        topics = _join(known, pack.joiner, pack.last_joiner)
        lines = [
            pack.with_field.format(field=field, topics=topics) if field and topics else "",
            pack.without_field.format(topics=topics) if topics else "",
            pack.field_only.format(field=field) if field else "",
            pack.no_topics.format(company=company.name),
        ]
        return self._one([line for line in lines if line], "")

    def _expertise_pool(self) -> list[str]:
        points = self.brief.dna.points
        found: dict[str, str] = {}
        for key in ("content_themes", "terminology"):
            for value in points[key].values if key in points else ():
                if not self.wishes.forbids(value):
                    found.setdefault(normalise(value), _lower_first(value))
        return list(found.values())

    def _expertise(self, turn: int) -> tuple[str, ...]:
        """Give four themes, another four for each persona as far as they last."""
        size = len(self.pool)
        start = (seed(self.slug, "expertise") + turn * _TOPICS_IN_BIOGRAPHY) % size if size else 0
        rolled = [*self.pool[start:], *self.pool[:start]][:_EXPERTISE]
        fallback = [f for f in self.pack.fallback_expertise if not self.wishes.forbids(f)]
        return tuple(dict.fromkeys([*rolled, *fallback]))[: max(3, len(rolled))]

    def _turned(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Start with another alternative for another company, and in another round."""
        start = (seed(self.slug, "turn") + self.wishes.round) % len(texts)
        turned = (*texts[start:], *texts[:start])
        return tuple(addressed(text, informal=self.informal) for text in turned)

    def _one(self, texts: Sequence[str], of: str) -> str:
        """Give the first text without a marked word; else one of another voice."""
        for text in (*texts, *self._others(of)):
            if not self.wishes.forbids(text):
                return text
        raise self._cornered()

    def _some(self, texts: Sequence[str], most: int, *, least: int, of: str) -> tuple[str, ...]:
        said = [addressed(text, informal=self.informal) for text in texts]
        kept = [text for text in said if not self.wishes.forbids(text)][:most]
        for text in self._others(of):
            if len(kept) >= least:
                break
            if text not in kept and not self.wishes.forbids(text):
                kept.append(text)
        if len(kept) < least:
            raise self._cornered()
        return tuple(kept)

    def _others(self, of: str) -> Iterable[str]:
        """Give the same kind of text of the voices that no persona speaks with."""
        if not of or of == "character":
            return
        spoken = {persona.archetype for persona in self.made}
        for archetype, voice in self.pack.voices.items():
            if archetype not in spoken:
                value = getattr(voice, of)
                for text in (value,) if isinstance(value, str) else value:
                    yield addressed(text, informal=self.informal)

    def _cornered(self) -> SourcesExhausted:
        return SourcesExhausted(
            "The persona cannot be written without the words that were marked. "
            "Mark fewer words, or edit the persona by hand.",
            provider="local",
        )


def _previous(brief: PersonasBrief) -> PersonaBody | None:
    """Read the refused persona, where the revision holds one."""
    if brief.revision is None or brief.count != 1:
        return None
    try:
        return PersonaBody.model_validate(brief.revision.previous)
    except ValidationError:
        return None


def _lower_first(text: str) -> str:
    """Write a heading as it stands inside a sentence, where its form shows that it may.

    Only several words whose second is in small letters: "Code review" becomes "code review",
    "Python" and "IT support" stay.
    """
    words = text.split()
    if len(words) > 1 and words[0][1:].islower() and words[1].islower():
        return text[:1].lower() + text[1:]
    return text


def _join(items: Sequence[str], joiner: str, last_joiner: str) -> str:
    if len(items) < 2:
        return "".join(items)
    return joiner.join(items[:-1]) + last_joiner + items[-1]

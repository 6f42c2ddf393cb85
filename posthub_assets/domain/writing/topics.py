"""Topics by a model: the material is divided first, then the model words a topic about each part.

Passages of one month's topics must be disjoint (docs/decisions/0003), so they are not the model's
to choose: `local` divides the documents as it does for itself, and each slot goes to the model with
its part. Where the documents are told to the end, the slots that are left go without material: the
DNA is what their topics are about.
What does not belong here: dividing documents (`domain/editorial/topics.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from posthub_assets.domain.bodies import Passage, TopicBody
from posthub_assets.domain.briefs import TopicsBrief, TopicSet, TopicSlot
from posthub_assets.domain.editorial.topics import compose_topics
from posthub_assets.domain.errors import InvalidAnswer, SourcesExhausted
from posthub_assets.domain.quality.keywords import OPENING_WORDS
from posthub_assets.domain.quality.lengths import TOPIC_TITLE_EASY_CHARS
from posthub_assets.domain.research.address import is_informal
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.typography import typeset
from posthub_assets.domain.writing.answers import WrittenTopic, WrittenTopics
from posthub_assets.domain.writing.budget import beginning
from posthub_assets.domain.writing.facts import (
    company_facts,
    dna_sheet,
    in_line,
    language_facts,
    revision_facts,
    said_of,
)

MATERIAL_WORDS = 9_000
"""Of all slots together, about 12,000 tokens of English."""
SLOT_WORDS = (90, 450)
"""Of one slot: enough to see what it is about."""
PAST_TITLES = 300
"""The latest titles that are told; what is older is still refused by the quality gate."""
SMALLER = 0.6
"""What is tried after a month that the documents do not carry: 72 slots, 43, 25, 15, ..."""


@dataclass(frozen=True, slots=True)
class Share:
    """One slot's material: what `local` would call it, and its passages; none where told."""

    slot: TopicSlot
    title: str = ""
    passages: tuple[Passage, ...] = ()


class TopicsWork:
    """One month's topics: divided once, told to the model, made of its answer."""

    def __init__(self, brief: TopicsBrief) -> None:
        self.brief = brief
        self.shares = divide(brief)
        self.pack = language_pack(brief.company.language)

    def variables(self) -> dict[str, Any]:
        """Give what the prompt is told: company, DNA, slots with their material, titles used."""
        brief = self.brief
        each = MATERIAL_WORDS // max(1, len(self.shares))
        words = max(SLOT_WORDS[0], min(SLOT_WORDS[1], each))
        return {
            "company": company_facts(brief.company),
            "language": language_facts(brief.company.language),
            "dna_sheet": dna_sheet(brief.dna),
            "count": len(self.shares),
            "slots": [
                self._slot(number, share, words) for number, share in enumerate(self.shares, 1)
            ],
            "past_titles": "\n".join(in_line(one.title) for one in brief.past[-PAST_TITLES:]),
            "least_title_chars": TOPIC_TITLE_EASY_CHARS[0],
            "most_title_chars": TOPIC_TITLE_EASY_CHARS[1],
            "opening_words": OPENING_WORDS,
            "is_informal": is_informal(said_of(brief.dna), brief.company.language),
            "revision": revision_facts(brief.revision),
        }

    def _slot(self, number: int, share: Share, words: int) -> dict[str, Any]:
        persona = self.brief.personas.get(share.slot.persona_id)
        voice = (
            f"{persona.name}, {persona.archetype.value}; knows {', '.join(persona.expertise)}"
            if persona
            else ""
        )
        return {
            "number": number,
            "day": share.slot.planned_on.isoformat(),
            "event": in_line(share.slot.event),
            "voice": in_line(voice, 300),
            "working_title": in_line(share.title),
            "material": beginning("\n".join(one.quote for one in share.passages), words),
        }

    def body(self, answer: WrittenTopics) -> TopicSet:
        """Make the topics in the order of the slots. Raises InvalidAnswer.

        That is where a slot is missing, filled twice, or not one of those that were given.
        """
        by_slot = self._by_slot(answer.topics)
        return TopicSet(
            topics=tuple(
                self._topic(share, by_slot[number]) for number, share in enumerate(self.shares, 1)
            )
        )

    def _by_slot(self, topics: Sequence[WrittenTopic]) -> dict[int, WrittenTopic]:
        count = len(self.shares)
        given = [one.slot for one in topics]
        twice = sorted({number for number in given if given.count(number) > 1})
        unknown = sorted({number for number in given if not 1 <= number <= count})
        missing = [number for number in range(1, count + 1) if number not in given]
        faults = [
            f"{text}: {', '.join(map(str, numbers))}."
            for text, numbers in (
                ("These slots have two topics", twice),
                ("These slots do not exist", unknown),
                ("These slots have no topic", missing),
            )
            if numbers
        ]
        if faults:
            raise InvalidAnswer(
                f"{' '.join(faults)} Give exactly one topic for each of the slots 1 to {count}."
            )
        return {one.slot: one for one in topics}

    def _topic(self, share: Share, written: WrittenTopic) -> TopicBody:
        return TopicBody(
            title=self._line(written.title),
            description=self._line(written.description),
            focus_keyword=" ".join(written.focus_keyword.split()),
            planned_on=share.slot.planned_on,
            event=share.slot.event,
            passages=share.passages,
        )

    def _line(self, text: str) -> str:
        return typeset(" ".join(text.split()), self.pack)


def divide(brief: TopicsBrief) -> tuple[Share, ...]:
    """Give each slot its part of the material, in the order of the slots. Deterministic.

    Where the documents do not carry all slots, fewer are tried, those with an event first; the
    others get none.
    """
    places = sorted(range(len(brief.slots)), key=lambda i: (not brief.slots[i].event, i))
    count = len(places)
    while count:
        filled = sorted(places[:count])
        try:
            made = compose_topics(
                brief.model_copy(update={"slots": tuple(brief.slots[i] for i in filled)})
            )
        except SourcesExhausted:
            count = int(count * SMALLER)
            continue
        topics = dict(zip(filled, made.topics, strict=True))
        return tuple(_share(slot, topics.get(i)) for i, slot in enumerate(brief.slots))
    return tuple(Share(slot) for slot in brief.slots)


def _share(slot: TopicSlot, topic: TopicBody | None) -> Share:
    return Share(slot, topic.title, topic.passages) if topic else Share(slot)

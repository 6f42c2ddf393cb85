"""What a model is asked to answer with: small and flat, and only what a model can know.

No offsets, ids, days or colours: those are ours, and are added where the answer becomes a body
(`dna.py`, `topics.py`, ...). Field descriptions are part of the JSON schema that the model sees.
Bounds that the quality gate holds stand there as words, and the gate judges; what stands as a
constraint is what a body could not be made without.
What does not belong here: the making of bodies, the wording of prompts.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, create_model

from posthub_assets.domain.bodies import Archetype, Level
from posthub_assets.domain.quality.lengths import (
    META_DESCRIPTION_CHARS,
    META_TITLE_CHARS,
    TOPIC_TITLE_EASY_CHARS,
)

Words = Annotated[str, Field(min_length=1)]


class WrittenAnswer(BaseModel):
    """Base of all answers: frozen, unknown fields refused, every field required."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenSource(StrEnum):
    """Who says a point of the DNA."""

    BRIEF = "brief"
    DOCUMENT = "document"
    MISSING = "missing"


class WrittenPoint(WrittenAnswer):
    """One point of the DNA."""

    key: str = Field(description="the key of the point, as listed")
    values: list[str] = Field(description="what is said, one short value each; empty if missing")
    quotes: list[str] = Field(
        description="for each value, in the same order, the words of the source it rests on, "
        "copied letter by letter"
    )
    source: WrittenSource = Field(description="who says it")


class WrittenNeed(WrittenAnswer):
    """A pain or a desire, with the words that say so."""

    text: Words = Field(description="the pain or desire in one sentence")
    quote: str = Field(description="the words of the source it rests on, copied letter by letter")


class WrittenSegment(WrittenAnswer):
    """One segment of the audience."""

    name: Words = Field(description="who they are, in two to six words")
    pains: list[WrittenNeed] = Field(description="at most four")
    desires: list[WrittenNeed] = Field(description="at most four")


class WrittenDna(WrittenAnswer):
    """The DNA as a model reads it out of the sources."""

    summary: Words = Field(description="two or three sentences: who the company is, for whom, how")
    points: list[WrittenPoint]
    segments: list[WrittenSegment] = Field(description="at most four")
    tone_formal_casual: int = Field(ge=0, le=100, description="0 formal, 100 casual")
    tone_serious_playful: int = Field(ge=0, le=100, description="0 serious, 100 playful")


class WrittenPersona(WrittenAnswer):
    """One invented voice."""

    name: Words = Field(description="first name and surname, invented")
    archetype: Archetype
    mbti: str = Field(pattern="^[EI][NS][TF][JP]$", description="one of the sixteen MBTI types")
    biography: Words = Field(description="two or three sentences")
    level: Level = Field(description="place in the company's hierarchy")
    values: list[Words] = Field(min_length=3, max_length=5)
    expertise: list[Words] = Field(min_length=3, max_length=5)
    frustrations: list[Words] = Field(min_length=1, max_length=5)
    vocabulary_level: Words = Field(description="which words this person uses, in one phrase")
    sentence_style: Words = Field(description="how this person builds sentences, in one phrase")
    formality: int = Field(ge=0, le=100, description="0 casual, 100 formal")
    favourite_phrases: list[Words] = Field(min_length=2, max_length=6)
    signature_ending: Words = Field(description="the sentence this person ends posts with")
    art_style: Words = Field(description="how this person's pictures are made, in one phrase")
    atmosphere: Words = Field(description="the mood of this person's pictures, in one phrase")


class WrittenPersonas(WrittenAnswer):
    """The voices that were asked for."""

    personas: list[WrittenPersona]


class WrittenTopic(WrittenAnswer):
    """One topic, for one slot of the month."""

    slot: int = Field(ge=1, description="the number of the slot it fills")
    title: Words = Field(
        description=f"{TOPIC_TITLE_EASY_CHARS[0]} to {TOPIC_TITLE_EASY_CHARS[1]} characters; "
        "holds the focus keyword"
    )
    description: Words = Field(description="one sentence of at most 25 words: what readers learn")
    focus_keyword: Words = Field(description="one to three words that readers would search")


class WrittenTopics(WrittenAnswer):
    """One topic for each slot."""

    topics: list[WrittenTopic]


class WrittenQuestion(WrittenAnswer):
    """One entry of the FAQ."""

    question: Words
    answer: Words = Field(description="two to four sentences of plain text")


class WrittenBlogPost(WrittenAnswer):
    """A blog post."""

    title: Words = Field(description="holds the focus keyword")
    meta_title: str = Field(
        description=f"{META_TITLE_CHARS[0]} to {META_TITLE_CHARS[1]} characters"
    )
    meta_description: str = Field(
        description=f"{META_DESCRIPTION_CHARS[0]} to {META_DESCRIPTION_CHARS[1]} characters"
    )
    markdown: Words = Field(
        description="the post in Markdown from its H1 to its conclusion, without FAQ and takeaways"
    )
    faq: list[WrittenQuestion] = Field(description="three to five questions of readers")
    takeaways: list[Words] = Field(description="three to five plain sentences")


class WrittenSocialPost(WrittenAnswer):
    """A post for one platform."""

    text: Words = Field(description="the post, ending with the call to action; no hashtags in it")
    hashtags: list[str] = Field(description="without the leading #; letters, digits, underscores")
    call_to_action: str = Field(description="the last sentence of the text: what readers do next")


@lru_cache(maxsize=256)
def personas_of(count: int) -> type[WrittenPersonas]:
    """Give `WrittenPersonas` of exactly `count`: vendors then cannot give more or fewer."""
    exactly = (list[WrittenPersona], Field(min_length=count, max_length=count))
    return create_model("WrittenPersonas", __base__=WrittenPersonas, personas=exactly)


@lru_cache(maxsize=256)
def topics_of(count: int) -> type[WrittenTopics]:
    """Give `WrittenTopics` of exactly `count`: vendors then cannot give more or fewer."""
    exactly = (list[WrittenTopic], Field(min_length=count, max_length=count))
    return create_model("WrittenTopics", __base__=WrittenTopics, topics=exactly)

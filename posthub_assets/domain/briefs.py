"""What is asked of a provider, typed: the graph's ports take a brief, never a prompt.

A brief holds everything that decides the answer, so the same brief gives the same request hash.
`local` reads it as it is; the gateway renders it into a vendor's prompt.
What does not belong here: prompt texts (`prompts/`), answers (`bodies.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from posthub_assets.domain.bodies import (
    ArticleTask,
    BlogPostBody,
    Body,
    DnaBody,
    PersonaBody,
    Platform,
    SocialPostBody,
    TopicBody,
)
from posthub_assets.domain.media.wanted import ImageType, Preset, Quality
from posthub_assets.domain.tiers import Tier


class Brief(BaseModel):
    """Base of all briefs: frozen, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CompanyFacts(Brief):
    """The company as its account manager described it."""

    slug: str
    name: str
    organization: str = ""
    website: str = ""
    language: str
    """BCP 47 primary language: en, cs, fa or uk are written well; others are best effort."""
    timezone: str
    country: str = ""
    """ISO 3166-1 alpha-2 for public holidays; empty: Saturdays and Sundays only."""
    industry: str = ""
    business_field: str = ""
    audience: str = ""
    tier: Tier
    platforms: tuple[Platform, ...]
    brand_colors: tuple[str, ...] = ()


class SourceDocument(Brief):
    """One of the company's documents, as text. Spans everywhere are offsets into `text`."""

    id: str
    name: str
    text: str
    """Decoded text with its markup (Markdown or HTML); plain for others."""
    media_type: str = "text/markdown"


class Revision(Brief):
    """A reviewer's change request and the version it speaks of."""

    round: int
    previous: dict[str, Any]
    """The body of the refused version."""
    reasons: tuple[str, ...]
    spans: tuple[str, ...] = ()
    """The exact words that the reviewer marked; the next version must not contain them."""


class DnaBrief(Brief):
    """Asks for `DnaBody`."""

    company: CompanyFacts
    documents: tuple[SourceDocument, ...]
    revision: Revision | None = None


class PersonasBrief(Brief):
    """Asks for `PersonaSet`: `count` personas, all archetypes and MBTI types different."""

    company: CompanyFacts
    dna: DnaBody
    count: int
    taken: tuple[PersonaBody, ...] = ()
    """Personas that exist already; their archetypes, MBTI types and names are not used again."""
    revision: Revision | None = None


class PersonaSet(Body):
    """The answer to a `PersonasBrief`."""

    personas: tuple[PersonaBody, ...]


class TopicSlot(Brief):
    """One place to fill: the day it is planned on, who writes it, the event it serves."""

    planned_on: date
    persona_id: str
    event: str = ""


class PastText(Brief):
    """Something the company has already used: a published post, or a topic or post of ours."""

    title: str
    text: str = ""


class TopicsBrief(Brief):
    """Asks for `TopicSet`: exactly one topic per slot, in the order of the slots.

    `past` must not be repeated; `used` are passages set aside for other topics of the same month
    (never to be used again in it); `quoted` are passages of earlier months (better avoided).
    """

    company: CompanyFacts
    dna: DnaBody
    documents: tuple[SourceDocument, ...]
    slots: tuple[TopicSlot, ...]
    personas: dict[str, PersonaBody]
    """By the id that the slots name."""
    past: tuple[PastText, ...] = ()
    used: tuple[tuple[str, int, int], ...] = ()
    """(document id, start, end)."""
    quoted: tuple[tuple[str, int, int], ...] = ()
    revision: Revision | None = None


class TopicSet(Body):
    """The answer to a `TopicsBrief`."""

    topics: tuple[TopicBody, ...]


class BlogPostBrief(Brief):
    """Asks for `BlogPostBody` of 1,500 to 2,500 words, from the topic's passages."""

    company: CompanyFacts
    dna: DnaBody
    persona: PersonaBody
    topic: TopicBody
    documents: tuple[SourceDocument, ...]
    """The documents that the topic's passages name, and no others."""
    min_words: int = 1500
    max_words: int = 2500
    revision: Revision | None = None


class SocialPostBrief(Brief):
    """Asks for `SocialPostBody` for one platform."""

    company: CompanyFacts
    persona: PersonaBody
    topic: TopicBody
    blog_post: BlogPostBody
    platform: Platform
    revision: Revision | None = None


class ImageBrief(Brief):
    """Asks for one picture: the headline set on a ground drawn from brand and persona."""

    company: CompanyFacts
    persona: PersonaBody
    topic_title: str
    social_post: SocialPostBody
    platform: Platform
    width_px: int
    height_px: int
    variant: int
    revision: Revision | None = None


class PictureBrief(Brief):
    """Asks for `PictureBody`: a picture without words in it, a new one or another one changed.

    With `source_sha256` the prompt says what is to change in that picture of the library. `show`
    is what the picture is for, in a line. `variation` is 1 to 4; `round` counts the times that the
    pictures were made anew, so that a drawing turns out otherwise.
    """

    company: CompanyFacts
    type: ImageType
    prompt: str
    negative_prompt: str = ""
    preset: Preset | None = Preset.REALISTIC
    """None leaves a picture that is changed as it is made."""
    quality: Quality = Quality.STANDARD
    width_px: int
    height_px: int
    variation: int
    round: int = 0
    changes: str = ""
    """What shall be different from the pictures before, in the person's words."""
    palette: tuple[str, ...] = ()
    """`#RRGGBB`, the leading one first: the show's palette, or the brand's."""
    show: str = ""
    source_sha256: str = ""
    provider: str = ""
    """Who is to make it; empty: whoever the organisation's settings name."""
    own_key: bool = False
    """Asked for on the organisation's own key, so no key of the platform's pays for it."""


class ResearchBrief(Brief):
    """Asks for `ResearchBody`: what the web says about the company and its market."""

    company: CompanyFacts


class ArticleOrder(Brief):
    """A text that somebody orders, outside of the month's plan.

    `source` is the text to work from: the outline of a draft, the text to rewrite, what a caption
    is about; it may be empty but for a rewrite. Lengths are in words.
    """

    task: ArticleTask
    topic: str
    tone: str = ""
    audience: str = ""
    keywords: tuple[str, ...] = ()
    min_words: int = 300
    max_words: int = 900
    additional_instructions: str = ""
    source: str = ""


class ArticleBrief(ArticleOrder):
    """Asks for `ArticleBody`.

    `documents` are the company's own, for a provider that looks up by itself what they say of the
    topic; they are left out where there is a `source`.
    """

    company: CompanyFacts
    documents: tuple[SourceDocument, ...] = ()
    dna: DnaBody | None = None
    persona: PersonaBody | None = None
    revision: Revision | None = None


TextBrief = DnaBrief | PersonasBrief | TopicsBrief | BlogPostBrief | SocialPostBrief | ArticleBrief

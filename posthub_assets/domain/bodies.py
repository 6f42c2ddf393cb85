"""The body of each kind of content: what is generated, hashed, approved and delivered.

Every model is strict about unknown fields, holds no floats (they do not hash alike everywhere) and
renders itself nowhere: pages and previews are made by their readers.
What does not belong here: statuses (`content.py`) and what is asked of a provider (`briefs.py`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from posthub_assets.domain.content import Kind


class Body(BaseModel):
    """Base of all bodies: frozen, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Passage(Body):
    """Where something comes from: a span of one of the company's documents.

    `start` and `end` are character offsets into the stored document text (half open); `quote` is
    what a reader sees of it, with markup removed, so it may be shorter than the span.
    """

    document_id: str
    document: str = Field(description="the document's name, for people")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str = ""


class FactSource(StrEnum):
    """Who says so."""

    BRIEF = "brief"
    DOCUMENT = "document"
    MEASURED = "measured"
    MISSING = "missing"


class DnaPoint(Body):
    """One point of the DNA. `values` is empty exactly when `source` is `missing`."""

    values: tuple[str, ...] = ()
    source: FactSource = FactSource.MISSING
    evidence: tuple[Passage, ...] = ()
    note: str = Field(default="", description="for a missing point: what would fill it")


class Segment(Body):
    """One segment of the audience with its pains and desires, each from the sources."""

    name: str
    pains: tuple[str, ...] = ()
    desires: tuple[str, ...] = ()
    evidence: tuple[Passage, ...] = ()


class DnaBody(Body):
    """Company DNA: thirty points and more, each with its source, plus segments and measured tone.

    The keys of `points` are those of `domain/research/points.py`, all of them, in its order.
    """

    company: str
    summary: str
    points: dict[str, DnaPoint]
    segments: tuple[Segment, ...] = ()
    tone_formal_casual: int = Field(ge=0, le=100, description="0 formal, 100 casual")
    tone_serious_playful: int = Field(ge=0, le=100, description="0 serious, 100 playful")


class Archetype(StrEnum):
    """The twelve archetypes after Jung, in Mark and Pearson's naming (2001)."""

    INNOCENT = "innocent"
    EVERYPERSON = "everyperson"
    HERO = "hero"
    CAREGIVER = "caregiver"
    EXPLORER = "explorer"
    REBEL = "rebel"
    LOVER = "lover"
    CREATOR = "creator"
    JESTER = "jester"
    SAGE = "sage"
    MAGICIAN = "magician"
    RULER = "ruler"


class Level(StrEnum):
    """Place in the company's hierarchy."""

    JUNIOR = "junior"
    SPECIALIST = "specialist"
    SENIOR = "senior"
    LEAD = "lead"
    HEAD = "head"
    EXECUTIVE = "executive"


class VisualStyle(Body):
    """How a persona's images look. `palette` holds `#RRGGBB` colours, the brand's first."""

    art_style: str
    palette: tuple[str, ...] = Field(min_length=2, max_length=8)
    atmosphere: str


class PersonaBody(Body):
    """A voice that writes for the company. Invented, and said to be so in the interface."""

    name: str
    archetype: Archetype
    mbti: str = Field(pattern="^[EI][NS][TF][JP]$")
    biography: str = Field(description="two or three sentences")
    level: Level
    values: tuple[str, ...] = Field(min_length=3, max_length=5)
    expertise: tuple[str, ...] = Field(min_length=3, max_length=5)
    frustrations: tuple[str, ...] = Field(min_length=1, max_length=5)
    vocabulary_level: str
    sentence_style: str
    formality: int = Field(ge=0, le=100, description="0 casual, 100 formal")
    favourite_phrases: tuple[str, ...] = Field(min_length=2, max_length=6)
    signature_ending: str
    visual_style: VisualStyle


class TopicBody(Body):
    """One topic of the month.

    `passages` is the source material set aside for it: disjoint from those of the month's other
    topics, so that no sentence is written twice even when posts are written in parallel.
    """

    title: str
    description: str
    focus_keyword: str
    planned_on: date
    event: str = Field(default="", description="title of the marketing event it serves, or empty")
    passages: tuple[Passage, ...] = ()


class Question(Body):
    """One entry of the FAQ."""

    question: str
    answer: str


class BlogPostBody(Body):
    """A blog post. `markdown` is the whole text as it will be published, FAQ and all.

    `faq` and `takeaways` repeat, in structured form, what stands in the Markdown.
    """

    title: str
    focus_keyword: str
    meta_title: str
    meta_description: str
    markdown: str
    faq: tuple[Question, ...] = ()
    takeaways: tuple[str, ...] = ()
    short_draft: bool = Field(
        default=False, description="the sources carry less than the asked length"
    )
    passages: tuple[Passage, ...] = ()


class Platform(StrEnum):
    """Where social posts go."""

    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    LINKEDIN = "linkedin"
    X = "x"
    TIKTOK = "tiktok"


class SocialPostBody(Body):
    """A post for one platform. `text` holds no hashtags; they follow it as a list."""

    platform: Platform
    text: str
    hashtags: tuple[str, ...] = Field(description="without the leading #")
    call_to_action: str
    passages: tuple[Passage, ...] = ()


class ImageBody(Body):
    """One variant of an image for a social post. The picture itself is media, named by its hash."""

    platform: Platform
    media_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    media_type: str = "image/png"
    width_px: int = Field(gt=0)
    height_px: int = Field(gt=0)
    variant: int = Field(ge=1)
    layout: str
    headline: str
    alt_text: str
    text_color: str = Field(pattern="^#[0-9A-F]{6}$")
    background_color: str = Field(pattern="^#[0-9A-F]{6}$")
    contrast_percent: int = Field(
        ge=0, description="WCAG contrast ratio of text on its ground, times 100"
    )
    right_to_left: bool = False


class PictureBody(Body):
    """A picture of the media assistant, as the journal keeps it; its bytes are media already.

    `is_ai` is true where a trained model made it, and false for a drawing of ours.
    """

    media_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    media_type: str
    size_bytes: int = Field(gt=0)
    width_px: int = Field(gt=0)
    height_px: int = Field(gt=0)
    alt_text: str
    is_ai: bool
    prompt_version: str = ""


class ArticleTask(StrEnum):
    """What is written on request."""

    OUTLINE = "outline"
    DRAFT = "draft"
    REWRITE = "rewrite"
    CAPTION = "caption"


class ArticleBody(Body):
    """A text written on request. `title` is the first heading of `markdown`, or the asked topic."""

    task: ArticleTask
    title: str
    markdown: str
    keywords: tuple[str, ...] = ()


HEX_COLOR = "^#[0-9A-F]{6}$"
"""How bodies write a colour: six digits, upper case."""

Hex = Annotated[str, Field(pattern=HEX_COLOR)]
Channel = Annotated[int, Field(ge=0, le=255)]
ContrastPercent = Annotated[int, Field(ge=100, le=2100)]
"""A WCAG contrast ratio times 100, rounded down."""


class PaletteRole(StrEnum):
    """What a colour of a palette is for. The first three are filled, and carry words."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    ACCENT = "accent"
    BACKGROUND = "background"
    TEXT = "text"


class PaletteSource(StrEnum):
    """Where a palette's colours come from."""

    EXTRACTED = "extracted"
    BY_HAND = "by_hand"


class PaletteColor(Body):
    """One colour of a palette, the same in three notations, with its share of the picture."""

    hex: Hex
    rgb: tuple[Channel, Channel, Channel]
    hsl: tuple[int, int, int] = Field(description="degrees (0 to 359), percent, percent")
    share_permille: int = Field(ge=0, le=1000, description="0 where no picture has it")
    is_derived: bool = Field(default=False, description="a tint or shade made of the others")


class PaletteRoles(Body):
    """The colour of each role."""

    primary: Hex
    secondary: Hex
    accent: Hex
    background: Hex
    text: Hex

    def of(self, role: PaletteRole) -> str:
        """Give the colour of a role."""
        return str(getattr(self, role.value))


class PalettePair(Body):
    """Two roles, the first in front of the second, and what contrast they have."""

    front: PaletteRole
    back: PaletteRole
    contrast_percent: ContrastPercent


class PaletteAdjustment(Body):
    """A colour that was made lighter or darker for its role, so that words stay legible."""

    role: PaletteRole
    before: Hex
    after: Hex


class PaletteBody(Body):
    """Colours with their roles: of pictures, or chosen by hand.

    `colors` stand in the order of their prominence, or as they were given. `texts` say in what
    words are written on the background and on each filled role; `warnings` are the other pairs
    below 4.5 to 1. Made by `domain/media/palettes/making.py`, which measures what it says.
    """

    name: str = Field(min_length=1, max_length=200)
    source: PaletteSource
    colors: tuple[PaletteColor, ...] = Field(min_length=2, max_length=8)
    roles: PaletteRoles
    texts: tuple[PalettePair, ...] = ()
    adjustments: tuple[PaletteAdjustment, ...] = ()
    warnings: tuple[PalettePair, ...] = ()
    media_sha256s: tuple[Annotated[str, Field(pattern="^[0-9a-f]{64}$")], ...] = ()
    show_id: str = ""
    note: str = ""


class WebSource(Body):
    """A page that a piece of research leans on."""

    url: str
    title: str = ""
    quote: str = ""


class ResearchBody(Body):
    """What the web says about a company, in Markdown, with the pages that say so."""

    markdown: str
    sources: tuple[WebSource, ...] = ()


BODIES: dict[Kind, type[Body]] = {
    Kind.COMPANY_DNA: DnaBody,
    Kind.PERSONA: PersonaBody,
    Kind.TOPIC: TopicBody,
    Kind.BLOG_POST: BlogPostBody,
    Kind.SOCIAL_POST: SocialPostBody,
    Kind.IMAGE: ImageBody,
    Kind.PALETTE: PaletteBody,
    Kind.ARTICLE: ArticleBody,
}

MAIN_FIELD: dict[Kind, str] = {
    Kind.COMPANY_DNA: "summary",
    Kind.PERSONA: "biography",
    Kind.TOPIC: "title",
    Kind.BLOG_POST: "markdown",
    Kind.SOCIAL_POST: "text",
    Kind.IMAGE: "alt_text",
    Kind.PALETTE: "name",
    Kind.ARTICLE: "markdown",
}
"""The field that spans of findings, decisions and comments point into."""


def parse_body(kind: Kind, body: dict[str, Any]) -> Body:
    """Read a body. Raises pydantic.ValidationError; KeyError for kinds without a model."""
    return BODIES[kind].model_validate(body)

"""Good items to plant faults in. Everything in them is invented."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from posthub_assets.domain.bodies import (
    Archetype,
    ArticleBody,
    ArticleTask,
    BlogPostBody,
    Body,
    DnaBody,
    DnaPoint,
    FactSource,
    ImageBody,
    Level,
    Passage,
    PersonaBody,
    Platform,
    Question,
    SocialPostBody,
    TopicBody,
    VisualStyle,
)
from posthub_assets.domain.content import Kind
from posthub_assets.domain.media.palettes.making import by_hand
from posthub_assets.domain.quality.findings import Finding, Verdict
from posthub_assets.domain.quality.gate import GateContext, check_item

WHO = (
    "A rider in the rain",
    "The shop at the harbour",
    "Every second commuter",
    "A mechanic with small hands",
    "The winter crew",
    "One patient teacher",
    "A child on a first bike",
    "The delivery team",
    "Our oldest customer",
    "A visitor from the hills",
)
DOES = (
    "checks the brake pads",
    "cleans the chain with a dry cloth",
    "writes down the tyre pressure",
    "listens for a loose bearing",
    "asks how far the trip will be",
    "tightens the bolts of the rack",
)
WHEN = (
    "before the first long ride of spring",
    "after each week of wet roads",
    "while the kettle boils in the back room",
)
SENTENCES = [f"{who} {does} {when}." for does, when, who in product(DOES, WHEN, WHO)]
HEADINGS = ("Brakes that stop", "A chain that lasts", "Wheels that turn", "Racks that hold")


def english_markdown(sentences: list[str]) -> str:
    """Put sentences into a whole post; the other parts are always the same."""
    intro = (
        "# Bicycle care for wet cities\n\nBicycle care is a matter of small habits. This post "
        "walks through the ones that keep a machine quiet, safe and cheap to own.\n\n"
    )
    size = -(-len(sentences) // len(HEADINGS))
    sections = []
    for index, heading in enumerate(HEADINGS):
        part = sentences[index * size : (index + 1) * size]
        half = len(part) // 2
        text = f"{' '.join(part[:half])}\n\n### How we do it\n\n{' '.join(part[half:])}"
        sections.append(
            f"## {heading}\n\n{text.replace('How we do it', f'How: {heading.lower()}')}\n\n"
        )
    return intro + "".join(sections) + END


TAKEAWAYS = ("Dry chains live longer.", "Pads wear out first.", "Air is free.")
FAQ = (
    Question(question="How often should pads be changed?", answer="When a millimetre is left."),
    Question(question="Does rain harm a hub?", answer="Only a hub that was opened and left dry."),
)
END = (
    "## Key takeaways\n\n"
    + "".join(f"- {line}\n" for line in TAKEAWAYS)
    + "\n## Frequently asked questions\n\n"
    + "".join(f"### {q.question}\n\n{q.answer}\n\n" for q in FAQ)
    + "## Conclusion\n\nGood bicycle care costs minutes and saves afternoons. Begin with the "
    "pads.\n\n*Ride well, and keep a cloth in your pocket.*\n"
)

GOOD_POST = BlogPostBody(
    title="Bicycle care for wet cities",
    focus_keyword="bicycle care",
    meta_title="Bicycle care for wet cities: habits that last",
    meta_description=(
        "Small habits keep a bicycle quiet, safe and cheap to own, even where it rains for half of "
        "the year."
    ),
    markdown=english_markdown(SENTENCES[:120]),
    faq=FAQ,
    takeaways=TAKEAWAYS,
)

GOOD_PERSONA = PersonaBody(
    name="Mira Holt",
    archetype=Archetype.SAGE,
    mbti="INTJ",
    biography="Mira has repaired bicycles for ten years. She explains why before she explains how.",
    level=Level.SENIOR,
    values=("care", "honesty", "patience"),
    expertise=("hub gears", "brakes", "wheels"),
    frustrations=("rust", "hurry"),
    vocabulary_level="plain",
    sentence_style="short",
    formality=40,
    favourite_phrases=("Look first.", "One bolt at a time."),
    signature_ending="Ride well.",
    visual_style=VisualStyle(
        art_style="line drawing", palette=("#112233", "#FFFFFF"), atmosphere="calm"
    ),
)


def passage(quote: str) -> Passage:
    return Passage(document_id="d1", document="about.md", start=0, end=len(quote) or 1, quote=quote)


GOOD_DNA = DnaBody(
    company="Harbour Wheels",
    summary="A repair shop that teaches its customers.",
    points={
        "mission": DnaPoint(
            values=("Keep the city riding",),
            source=FactSource.DOCUMENT,
            evidence=(passage("We keep the city riding."),),
        ),
        "industry": DnaPoint(values=("Bicycle repair",), source=FactSource.BRIEF),
        "tone": DnaPoint(values=("calm",), source=FactSource.MEASURED),
    },
    tone_formal_casual=60,
    tone_serious_playful=40,
)

GOOD_SOCIAL = SocialPostBody(
    platform=Platform.LINKEDIN,
    text=(
        "Most brake pads die of neglect, not of distance.\n\nOur workshop counted last winter: two "
        "of three worn rims came from pads that nobody had looked at for a year. A look takes ten "
        "seconds. Do it while you wait at the lights."
    ),
    hashtags=("cycling", "repair", "commuting"),
    call_to_action="Book a free look at your brakes.",
)

GOOD_TOPIC = TopicBody(
    title="Bicycle care that survives a wet winter",
    description="What to clean, what to check and what to leave alone between October and March.",
    focus_keyword="bicycle care",
    planned_on="2026-12-01",  # type: ignore[arg-type]  # pydantic reads it
)

GOOD_IMAGE = ImageBody(
    platform=Platform.LINKEDIN,
    media_sha256="0" * 64,
    width_px=1200,
    height_px=627,
    variant=1,
    layout="band",
    headline="Look at your pads",
    alt_text="A hand holds a worn brake pad against the light.",
    text_color="#FFFFFF",
    background_color="#1C304A",
    contrast_percent=1280,
)

GOOD_ARTICLE = ArticleBody(
    task=ArticleTask.DRAFT, title=GOOD_POST.title, markdown=GOOD_POST.markdown
)

GOOD_PALETTE = by_hand(
    ("#1C304A", "#B23A2E", "#E9B44C", "#F7F5F0", "#161A1D"), name="Harbour in the evening"
)

GOOD: dict[Kind, Body] = {
    Kind.BLOG_POST: GOOD_POST,
    Kind.PERSONA: GOOD_PERSONA,
    Kind.COMPANY_DNA: GOOD_DNA,
    Kind.SOCIAL_POST: GOOD_SOCIAL,
    Kind.TOPIC: GOOD_TOPIC,
    Kind.IMAGE: GOOD_IMAGE,
    Kind.PALETTE: GOOD_PALETTE,
    Kind.ARTICLE: GOOD_ARTICLE,
}

KIND_OF = {type(body): kind for kind, body in GOOD.items()}

Check = Callable[..., tuple[Finding, ...]]


@pytest.fixture
def good() -> dict[Kind, Body]:
    """One good item of each kind."""
    return dict(GOOD)


@pytest.fixture
def post() -> BlogPostBody:
    """A good English post of about 2,100 words."""
    return GOOD_POST


@pytest.fixture
def sentences() -> list[str]:
    """180 different sentences, of which the good post holds the first 120."""
    return list(SENTENCES)


@pytest.fixture
def markdown_of() -> Callable[[list[str]], str]:
    """Makes a whole post's Markdown of sentences."""
    return english_markdown


@pytest.fixture
def check() -> Check:
    """Judges a body and gives the findings that are no PASS, of one rule or of all."""

    def run(
        body: Body, rule: str = "", language: str = "en", **context: object
    ) -> tuple[Finding, ...]:
        surroundings = GateContext(
            language=language,
            company_name="Harbour Wheels",
            tier="PRO",
            **context,  # type: ignore[arg-type]
        )
        found = check_item(KIND_OF[type(body)], body, surroundings)
        return tuple(f for f in found if f.verdict is not Verdict.PASS and rule in ("", f.rule))

    return run

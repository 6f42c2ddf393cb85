"""Bodies that pass the quality gate and cost next to nothing to make.

Sentences are drawn from a small vocabulary by a seeded generator: the same seed gives the same
text, another seed a text that is nowhere near it.
What does not belong here: calling anybody (`providers.py`).
"""

from __future__ import annotations

import random
from datetime import date

from posthub_assets.domain.bodies import (
    Archetype,
    BlogPostBody,
    DnaBody,
    Level,
    PersonaBody,
    Platform,
    Question,
    SocialPostBody,
    TopicBody,
    VisualStyle,
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


NOUNS = _words(
    "bicycle workshop morning customer repair chain wheel frame city garden kitchen station "
    "school bridge market window teacher baker letter ticket river engine ladder basket "
    "blanket carpet hammer lantern mirror needle orchard pencil quarry ribbon saddle timber "
    "valley wagon balcony candle doorway fabric gallery harbour island jacket kettle library "
    "meadow notebook office painter quilt railway sailor theatre umbrella village weaver yard "
    "apple barrel "
)
VERBS = _words(
    "carries mends paints follows builds opens finds keeps moves turns lifts brings shows "
    "holds reaches measures checks sells shares plans cleans sorts writes reads draws checks "
    "tests "
)
ADJECTIVES = _words(
    "small quiet heavy early bright plain narrow steady gentle honest careful simple warm "
    "broken green wooden useful modern distant patient friendly local empty open sharp clean "
    "round "
)
PLACES = _phrases(
    "near the station, before the winter, after a long day, with a few friends, for the whole "
    "street, on the way to work, without any hurry, in the back of the shop, by the end of "
    "the week, under the old roof, at the edge of town, during the first weeks "
)


def sentence(rng: random.Random) -> str:
    """Give a sentence of some seventeen words."""
    a, b, c = (f"{rng.choice(NOUNS)} {rng.choice(NOUNS)}" for _ in range(3))
    first, second = rng.choices(ADJECTIVES, k=2)
    verb, then = rng.choices(VERBS, k=2)
    where = rng.choice(PLACES)
    shape = rng.randrange(4)
    if shape == 0:
        return f"The {first} {a} {verb} a {second} {b} {where} and {then} the {c}."
    if shape == 1:
        return f"When {where} some {b} {verb} the {a}, it is the {first} {c} that {then} most."
    if shape == 2:
        return f"Nobody at the {c} {verb} {first} {b} as well as this {second} {a} {then} it."
    return f"{where.capitalize()} our {first} {a} {verb} every {b}, so a {c} {then} less."


def _paragraph(rng: random.Random, count: int) -> str:
    return " ".join(sentence(rng) for _ in range(count))


def topic(seed: str, planned_on: date) -> TopicBody:
    """Give a topic whose title holds its keyword."""
    rng = random.Random(seed)
    keyword = f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}"
    title = f"How a {keyword} {rng.choice(VERBS)} the {rng.choice(NOUNS)} {rng.choice(PLACES)}"
    return TopicBody(
        title=title,
        description=_paragraph(rng, 2),
        focus_keyword=keyword,
        planned_on=planned_on,
    )


def blog_post(seed: str, of: TopicBody, *, sections: int = 6) -> BlogPostBody:
    """Give a post of some 240 words a section: 1,500 words and more with six."""
    rng = random.Random(seed)
    keyword = of.focus_keyword
    faq = tuple(
        Question(question=f"What does the {rng.choice(NOUNS)} {n} need?", answer=sentence(rng))
        for n in (1, 2, 3)
    )
    takeaways = tuple(sentence(rng) for _ in range(3))
    opening = f"This is about a {keyword} and what it means for you. {_paragraph(rng, 3)}"
    parts = [f"# {of.title}", opening]
    for number in range(sections):
        parts.append(f"## {number + 1}. About the {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}")
        parts += [_paragraph(rng, 4) for _ in range(3)]
    parts.append("## Key takeaways")
    parts.append("\n".join(f"- {one}" for one in takeaways))
    parts.append("## Frequently asked questions")
    for one in faq:
        parts += [f"### {one.question}", one.answer]
    parts += ["## Conclusion", _paragraph(rng, 3)]
    return BlogPostBody(
        title=of.title,
        focus_keyword=keyword,
        meta_title=of.title[:58],
        meta_description=sentence(rng)[:150],
        markdown="\n\n".join(parts) + "\n",
        faq=faq,
        takeaways=takeaways,
        short_draft=sections < 6,
    )


_TAGS = {Platform.LINKEDIN: 3, Platform.X: 1, Platform.FACEBOOK: 1}


def social_post(seed: str, platform: Platform) -> SocialPostBody:
    """Give a post that is short enough for every platform."""
    rng = random.Random(f"{seed}/{platform}")
    tags = rng.sample(NOUNS, _TAGS.get(platform, 3))
    return SocialPostBody(
        platform=platform,
        text=_paragraph(rng, 2),
        hashtags=tuple(tags),
        call_to_action="Read the post",
    )


def persona(number: int) -> PersonaBody:
    """Give one of twelve personas, `number` from 0."""
    rng = random.Random(number)
    types = _words("INTJ ENFP ISTP ESFJ INFP ENTJ ISFJ ESTP INTP ENFJ ISTJ ESFP")
    return PersonaBody(
        name=f"Persona {number + 1} of Nine Streets",
        archetype=list(Archetype)[number],
        mbti=types[number],
        biography=_paragraph(rng, 2),
        level=list(Level)[number % len(Level)],
        values=("care", "time", "plain words"),
        expertise=("wheels", "frames", "chains"),
        frustrations=("haste",),
        vocabulary_level="everyday",
        sentence_style="short",
        formality=40,
        favourite_phrases=("step by step", "let us see"),
        signature_ending=sentence(rng),
        visual_style=VisualStyle(
            art_style="flat", palette=("#223344", "#DDEEFF"), atmosphere="calm"
        ),
    )


def dna(company: str) -> DnaBody:
    """Give a DNA with every point missing: short, and true of a company that told us nothing."""
    from posthub_assets.domain.bodies import DnaPoint
    from posthub_assets.domain.research.points import POINTS

    return DnaBody(
        company=company,
        summary=f"{company} has told us little about itself so far.",
        points={key: DnaPoint() for key in POINTS},
        tone_formal_casual=50,
        tone_serious_playful=50,
    )

"""Style presets and kinds of picture: words for prompts, and the grounds that `local` draws.

What does not belong here: the prompt around them (`prompts/media/`), the grounds' drawing
(`domain/media/grounds/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.templates.naming import Names

NO_TEXT = (
    "There is no text in the picture: no letters, numbers, captions, signs with writing, logos or "
    "watermarks anywhere. Words are added later."
)
"""Stands in every prompt for a picture: models misspell words, and our overlay sets them."""
ALWAYS_NEGATIVE = (
    "text, letters, numbers, captions, logo, watermark, signature, border, collage, low quality, "
    "distorted faces, malformed hands, extra fingers"
)
"""What is never wanted, whatever the preset."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A style. `words` and `negative` go into prompts; `code` is also a preset of the grounds."""

    code: str
    names: Names
    description: str
    words: str
    negative: str


@dataclass(frozen=True, slots=True)
class ImageType:
    """What kind of picture. `composition` says how it leaves room for the facts.

    `grounds` names, for each preset, the ground that suits best where `local` draws.
    """

    code: str
    names: Names
    description: str
    words: str
    composition: str
    grounds: Mapping[str, str]


PRESETS: tuple[Preset, ...] = (
    Preset(
        "realistic",
        Names("Realistic", "Realistický", "واقع‌گرا", "Реалістичний"),
        "As a good photographer would take it, with light that could be there.",
        "a photograph taken on location with a full-frame camera, natural or stage light, true "
        "colours, real materials, shallow depth of field where it helps, fine detail",
        "illustration, painting, cartoon, 3D render, plastic skin, oversaturated colours, HDR glow",
    ),
    Preset(
        "artistic",
        Names("Artistic", "Umělecký", "هنری", "Художній"),
        "Made by hand: paint, ink or cut paper, with the tool still to be seen.",
        "a hand-made picture, visible brushwork or cut paper, confident simplification, expressive "
        "colour, texture of paper or canvas, one clear gesture rather than many details",
        "photograph, stock photo, glossy 3D render, clip art, photographic bokeh",
    ),
    Preset(
        "modern",
        Names("Modern", "Moderní", "مدرن", "Сучасний"),
        "Flat shapes, clear edges, few colours, much room.",
        "contemporary graphic design, flat geometric shapes, strong figure and ground, few "
        "colours, generous empty space, crisp edges, an even grid behind it",
        "photograph, texture, grain, ornament, drop shadows, clutter, gradients of many colours",
    ),
    Preset(
        "vintage",
        Names("Vintage", "Retro", "نوستالژیک", "Вінтажний"),
        "An old poster: muted inks on yellowed paper.",
        "a lithographed poster of the middle of the twentieth century, muted inks on aged paper, "
        "coarse halftone, simplified forms, slight misregistration, worn edges",
        "photograph, neon colours, glossy surfaces, modern devices, lens flare, digital gradients",
    ),
)

IMAGE_TYPES: tuple[ImageType, ...] = (
    ImageType(
        "poster_background",
        Names("Poster background", "Pozadí plakátu", "پس‌زمینهٔ پوستر", "Тло афіші"),
        "A picture that carries words: one motif, and a calm part for the facts.",
        "a background for an event poster with one strong motif",
        "The motif is in the upper half. The lower third is calm, darker or plain, and free.",
        {"realistic": "lights", "artistic": "marbling", "modern": "gradient", "vintage": "rays"},
    ),
    ImageType(
        "stage_scene",
        Names("Stage scene", "Scéna na jevišti", "صحنهٔ نمایش", "Сцена вистави"),
        "What is seen from the seats: performers, set, light.",
        "a moment on stage, seen from the audience",
        "The action is above the middle; the floor or the heads of the audience lie dark below.",
        {"realistic": "stage", "artistic": "strokes", "modern": "diagonal", "vintage": "rays"},
    ),
    ImageType(
        "portrait",
        Names("Portrait", "Portrét", "پرتره", "Портрет"),
        "One person or a small group, invented, never a likeness of somebody real.",
        "a portrait of one invented person who is nobody famous, at their work",
        "Head and shoulders off centre, looking into the free side; the background is soft.",
        {"realistic": "lights", "artistic": "washes", "modern": "arcs", "vintage": "dots"},
    ),
    ImageType(
        "venue",
        Names("Venue", "Místo konání", "محل برگزاری", "Місце події"),
        "The house, the hall, the square: where it takes place.",
        "the place where the event happens, inviting, shortly before people arrive",
        "A wide view with straight verticals; sky or ceiling takes the upper third and is calm.",
        {"realistic": "curtain", "artistic": "strokes", "modern": "tiles", "vintage": "fans"},
    ),
    ImageType(
        "audience",
        Names("Audience", "Publikum", "تماشاگران", "Глядачі"),
        "People together: listening, laughing, dancing.",
        "people of different ages together at an event, seen from behind or from the side",
        "People fill the lower half as dark shapes; the light they look at is above them.",
        {"realistic": "stage", "artistic": "washes", "modern": "gradient", "vintage": "dots"},
    ),
    ImageType(
        "still_life",
        Names("Things", "Zátiší", "اشیا", "Натюрморт"),
        "One or a few things that stand for the event: an instrument, a mask, bread, tools.",
        "a still life of few things that belong to the event",
        "The things stand to one side on a plain surface; the other side is empty.",
        {"realistic": "curtain", "artistic": "cut_paper", "modern": "arcs", "vintage": "stripes"},
    ),
    ImageType(
        "landscape",
        Names("Landscape", "Krajina", "منظره", "Пейзаж"),
        "Town or country around the event, in its season.",
        "the town or country in which the event takes place, in its season",
        "A low horizon; two thirds are sky and calm.",
        {"realistic": "hills", "artistic": "cut_paper", "modern": "diagonal", "vintage": "dots"},
    ),
    ImageType(
        "abstract",
        Names("Abstract", "Abstraktní", "انتزاعی", "Абстракція"),
        "Colour, shape and rhythm alone.",
        "an abstract composition of colour, shape and rhythm that has the event's temper",
        "Density falls off towards one side or the bottom, where it is nearly plain.",
        {"realistic": "lights", "artistic": "marbling", "modern": "tiles", "vintage": "stripes"},
    ),
)


def preset(code: str) -> Preset:
    """Give one preset. Raises InvalidInput naming those that there are."""
    for one in PRESETS:
        if one.code == code:
            return one
    codes = ", ".join(one.code for one in PRESETS)
    raise InvalidInput(f"There is no preset {code!r}. Presets are: {codes}.", field="preset")


def image_type(code: str) -> ImageType:
    """Give one kind of picture. Raises InvalidInput naming those that there are."""
    for one in IMAGE_TYPES:
        if one.code == code:
            return one
    codes = ", ".join(one.code for one in IMAGE_TYPES)
    raise InvalidInput(f"There is no image type {code!r}. Types are: {codes}.", field="image_type")


def negative_words(chosen: Preset, own: str = "") -> str:
    """Give all that must not be in the picture: a person's own words first, then ours."""
    return ", ".join(
        part for part in (own.strip().strip(","), ALWAYS_NEGATIVE, chosen.negative) if part
    )

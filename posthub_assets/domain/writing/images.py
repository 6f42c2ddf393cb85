"""Pictures by a model: what the prompt is told, and the painting as a picture of ours.

A painted picture carries no words: models misspell them, and Persian most of all. Words on
pictures are set by `domain/visuals`.
What does not belong here: cutting to size (`fitting.py`), drawing with type (`domain/visuals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.ports import Picture
from posthub_assets.domain.quality.pictures import contrast_percent
from posthub_assets.domain.research.palettes import persona_palette
from posthub_assets.domain.social.rules import rules_for
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.vendors import Painting
from posthub_assets.domain.writing.codes import Code
from posthub_assets.domain.writing.facts import bounded, in_line, revision_facts
from posthub_assets.domain.writing.fitting import MEDIA_TYPE, fit_picture, ground_color
from posthub_assets.domain.writing.industries import GUIDANCE, authenticity_of

LAYOUT = "photo"
NEGATIVE = (
    "blur, low quality, distortion, watermark, text, letters, numbers, captions, logo, "
    "brand marks, extra fingers, malformed hands, collage, frame"
)
COMPOSITIONS = (
    "A wide view: the place and what is done there, the subject off centre, room to breathe.",
    "A close view: one telling detail fills the picture, the background falls out of focus.",
    "From above: the things that the subject is about, laid out in order on one surface.",
    "Over the shoulder: somebody at work, seen from behind or from the side, hands in view.",
)
"""One for each variant in turn, so that two variants of a post are two pictures."""
SUBJECT_CHARS = 1_200
RATIOS = {"1:1": 1.0, "4:5": 0.8, "9:16": 0.5625, "16:9": 1.7778, "1.91:1": 1.91}
"""Width by height of the shapes that prompts speak of."""
MAX_ALT_CHARS = 400

_ALT_TEXTS = {
    "en": "A picture on the subject “{title}”, without words in it.",
    "cs": "Obrázek k tématu „{title}“, bez nápisů.",
    "fa": "تصویری با موضوع «{title}»، بدون نوشته.",
    "uk": "Зображення на тему «{title}», без написів.",
}


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """One picture, ready to be asked for. `aspect_ratio` is one that prompts speak of."""

    kind: str
    code: str
    language: str
    variables: Mapping[str, Any] = field(repr=False)
    negative: str
    aspect_ratio: str
    quality: str = ""
    """A word of `Quality`; empty: what the settings say."""
    source_sha256: str = ""
    """The picture that is changed, where there is one."""


def prepare_image(brief: ImageBrief) -> PreparedImage:
    """Prepare a picture's brief: the same brief gives the same words."""
    return PreparedImage(
        kind=type(brief).__name__,
        code=Code.IMAGE_GEN,
        language=brief.company.language,
        variables=image_prompt(brief),
        negative=NEGATIVE,
        aspect_ratio=aspect_ratio_of(brief),
    )


def image_prompt(brief: ImageBrief) -> dict[str, Any]:
    """Give what the prompt is told. The company's name is left out: it would be painted."""
    company, style = brief.company, brief.persona.visual_style
    turn = brief.variant - 1 + (brief.revision.round if brief.revision else 0)
    level = authenticity_of(company.industry, company.business_field)
    return {
        "subject": bounded(f"{brief.topic_title}\n{brief.social_post.text}", SUBJECT_CHARS),
        "industry": in_line(company.industry or company.business_field),
        "country": in_line(company.country, 2),
        "art_style": bounded(style.art_style, 300),
        "atmosphere": bounded(style.atmosphere, 300),
        "palette": list(_palette(brief)),
        "authenticity": level.value,
        "guidance": GUIDANCE[level],
        "composition": COMPOSITIONS[turn % len(COMPOSITIONS)],
        "platform": brief.platform.value,
        "aspect_ratio": aspect_ratio_of(brief),
        "negative": NEGATIVE,
        "revision": revision_facts(brief.revision),
    }


def aspect_ratio_of(brief: ImageBrief) -> str:
    """Give the platform's ratio where the asked size has it, else the nearest of `RATIOS`."""
    asked = brief.width_px / brief.height_px
    nearest = min(RATIOS, key=lambda name: abs(RATIOS[name] / asked - 1))
    usual = _usual_ratio(brief.platform)
    return usual if abs(RATIOS[usual] / asked - 1) < 0.02 else nearest


def _usual_ratio(platform: Platform) -> str:
    ratio = rules_for(platform).image_ratio
    return ratio if ratio in RATIOS else "1:1"


def _palette(brief: ImageBrief) -> tuple[str, ...]:
    """Give the brand's colours first, then the persona's, at most five."""
    brand = brief.company.brand_colors
    own = brief.persona.visual_style.palette
    return persona_palette((*brand, *own), 0)


def picture_from(brief: ImageBrief, painting: Painting) -> Picture:
    """Make a picture of a painting: cut to the asked size, described in the company's language.

    It has no headline, so its contrast is not judged; the colours are the picture's mean and what
    would be read on it. Raises InvalidAnswer where the painting is no picture.
    """
    data = fit_picture(painting.data, brief.width_px, brief.height_px)
    ground = ground_color(data)
    ink = max(("#FFFFFF", "#000000"), key=lambda one: contrast_percent(one, ground))
    return Picture(
        data=data,
        media_type=MEDIA_TYPE,
        width_px=brief.width_px,
        height_px=brief.height_px,
        layout=LAYOUT,
        headline="",
        alt_text=alt_text_of(brief.topic_title, brief.company.language),
        text_color=ink,
        background_color=ground,
        contrast_percent=contrast_percent(ink, ground),
        right_to_left=language_pack(brief.company.language).direction == "rtl",
        model=painting.model,
        usage=painting.usage,
    )


def alt_text_of(title: str, language: str) -> str:
    """Say what the picture is about; what exactly it shows a reviewer sees better than we do.

    For languages other than en, cs, fa and uk the English sentence is used.
    """
    words = _ALT_TEXTS.get(language.partition("-")[0].casefold(), _ALT_TEXTS["en"])
    return words.format(title=bounded(" ".join(title.split()), MAX_ALT_CHARS))

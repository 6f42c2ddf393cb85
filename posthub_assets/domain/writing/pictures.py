"""Pictures of the media assistant by a model: what the prompt is told, and what is said of them.

The facts of a show are never among it: models misspell words, and ours are laid over afterwards.
What does not belong here: pictures for social posts (`images.py`), laying facts over
(`domain/media/overlay`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from posthub_assets.domain.briefs import PictureBrief
from posthub_assets.domain.media.ground_orders import ground_order
from posthub_assets.domain.media.templates.presets import image_type, negative_words, preset
from posthub_assets.domain.media.wanted import Preset, ratio_for
from posthub_assets.domain.research.palettes import persona_palette
from posthub_assets.domain.writing.codes import code_of
from posthub_assets.domain.writing.facts import bounded
from posthub_assets.domain.writing.images import PreparedImage

PROMPT_CHARS = 2_000
NEGATIVE_CHARS = 500
ALT_CHARS = 200

VIEWS = (
    "",
    "Seen from closer: one detail leads. ",
    "Seen from further away, with more of what is around. ",
    "Seen from an unusual side: from above, from below or from behind. ",
)
"""One for each variation in turn, so that two of them are two pictures."""


def prepare_picture(brief: PictureBrief) -> PreparedImage:
    """Prepare a picture's brief: the same brief gives the same words."""
    told = picture_prompt(brief)
    return PreparedImage(
        kind=type(brief).__name__,
        code=code_of(brief),
        language=brief.company.language,
        variables=told,
        negative=told["negative"],
        aspect_ratio=told["aspect_ratio"],
        quality=brief.quality.value,
        source_sha256=brief.source_sha256,
    )


def picture_prompt(brief: PictureBrief) -> dict[str, Any]:
    """Give what the prompts are told: what `PICTURE_GEN` shows, or what `PICTURE_EDIT` changes.

    The company's name is left out: it would be painted.
    """
    wish = bounded(brief.prompt, PROMPT_CHARS)
    style = preset((brief.preset or Preset.REALISTIC).value)
    kind = image_type(brief.type.value)
    own = _in_one_line(brief.negative_prompt)
    told: dict[str, Any] = {
        "preset": style.words if brief.preset else "",
        "palette": list(persona_palette(brief.palette, 0)),
        "mood": "",
        "negative": negative_words(style if brief.preset else replace(style, negative=""), own),
        "aspect_ratio": ratio_for(brief.width_px, brief.height_px),
    }
    if brief.source_sha256:
        return {**told, "instruction": wish}
    turn = (brief.variation - 1 + brief.round) % len(VIEWS)
    return {
        **told,
        "subject": wish,
        "image_type": kind.words,
        "composition": f"{VIEWS[turn]}{kind.composition}",
        "revision": bounded(brief.changes, PROMPT_CHARS),
    }


def _in_one_line(wished: str) -> str:
    return bounded(" ".join(wished.split()), NEGATIVE_CHARS).strip(" ,.;")


_PAINTED = {
    "en": "A picture made with AI on the subject “{title}”, without words in it.",
    "cs": "Obrázek vytvořený pomocí AI k tématu „{title}“, bez nápisů.",
    "fa": "تصویری ساخته‌شده با هوش مصنوعی با موضوع «{title}»، بدون نوشته.",
    "uk": "Зображення, створене за допомогою ШІ, на тему «{title}», без написів.",
}
_CHANGED = {
    "en": "A picture changed with AI, on the subject “{title}”, without words in it.",
    "cs": "Obrázek upravený pomocí AI, k tématu „{title}“, bez nápisů.",
    "fa": "تصویری ویرایش‌شده با هوش مصنوعی با موضوع «{title}»، بدون نوشته.",
    "uk": "Зображення, змінене за допомогою ШІ, на тему «{title}», без написів.",
}


def picture_alt_text(brief: PictureBrief, *, is_ai: bool) -> str:
    """Say in the company's language what the picture shows.

    Of a painting it is known what it is about and that a model made it: the show's title where
    there is one, else the person's own words, 200 characters at most. Of a drawing of ours it is
    known what is to be seen. For languages other than en, cs, fa and uk it is said in English.
    """
    language = brief.company.language
    if not is_ai:
        return ground_order(brief).alt_text()
    sentences = _CHANGED if brief.source_sha256 else _PAINTED
    words = sentences.get(language.partition("-")[0].casefold(), sentences["en"])
    title = bounded(" ".join((brief.show or brief.prompt).split()), ALT_CHARS)
    return words.format(title=title)

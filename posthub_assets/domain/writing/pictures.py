"""Pictures of the media assistant by a model: what the prompt is told, and what is said of them.

The facts of a show are never among it: models misspell words, and ours are laid over afterwards.
What does not belong here: pictures for social posts (`images.py`), laying facts over
(`domain/media/overlay`).
"""

from __future__ import annotations

from typing import Any

from posthub_assets.domain.briefs import PictureBrief
from posthub_assets.domain.media.wanted import TYPE_WORDS, ImageType, ratio_for
from posthub_assets.domain.research.palettes import persona_palette
from posthub_assets.domain.writing.codes import code_of
from posthub_assets.domain.writing.facts import bounded
from posthub_assets.domain.writing.images import COMPOSITIONS, NEGATIVE, PreparedImage

PROMPT_CHARS = 2_000
NEGATIVE_CHARS = 500
ALT_CHARS = 200

GROUNDS = (
    "Calm in the lower third, where words will stand later; what happens is above it.",
    "Calm in the upper third, where words will stand later; what happens is below it.",
    "Calm in the middle, the interest around its edges.",
    "Interest along one side, the other one open.",
)
"""For backgrounds, one for each variation in turn."""


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
    """Give what the prompts are told: what `PICTURE_GEN` shows, what `PICTURE_EDIT` changes.

    The company's name is left out: it would be painted.
    """
    wish = bounded(brief.prompt, PROMPT_CHARS)
    return {
        "subject": wish if not brief.source_sha256 else bounded(brief.show, PROMPT_CHARS),
        "instructions": wish if brief.source_sha256 else "",
        "image_type": TYPE_WORDS[brief.type],
        "preset": brief.preset.value,
        "palette": list(persona_palette(brief.palette, 0)),
        "composition": _composition(brief),
        "negative": _negative(brief.negative_prompt),
        "aspect_ratio": ratio_for(brief.width_px, brief.height_px),
    }


def _composition(brief: PictureBrief) -> str:
    """Give another point of view for each variation, and each time the pictures are made anew."""
    several = GROUNDS if brief.type is ImageType.BACKGROUND else COMPOSITIONS
    return several[(brief.variation - 1 + brief.round) % len(several)]


def _negative(wished: str) -> str:
    """Put a person's wishes before what is never in a picture, of which no word is left out."""
    wish = bounded(" ".join(wished.split()), NEGATIVE_CHARS).strip(" ,.;")
    return f"{wish}, {NEGATIVE}" if wish else NEGATIVE


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
_DRAWN = {
    "en": "An abstract drawing in the brand's colours for “{title}”, without words in it.",
    "cs": "Abstraktní kresba v barvách značky pro „{title}“, bez nápisů.",
    "fa": "طرحی انتزاعی در رنگ‌های برند برای «{title}»، بدون نوشته.",
    "uk": "Абстрактний малюнок у кольорах бренду для «{title}», без написів.",
}


def picture_alt_text(brief: PictureBrief, *, is_ai: bool) -> str:
    """Say in the company's language what the picture is about, and that a model made it.

    The show's title where there is one, else the person's own words, 200 characters at most. For
    languages other than en, cs, fa and uk the English sentence is used.
    """
    sentences = _DRAWN if not is_ai else _CHANGED if brief.source_sha256 else _PAINTED
    words = sentences.get(brief.company.language.partition("-")[0].casefold(), sentences["en"])
    title = bounded(" ".join((brief.show or brief.prompt).split()), ALT_CHARS)
    return words.format(title=title)

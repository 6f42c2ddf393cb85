"""Alternative texts: a sentence or two, in the company's language, that say what is to be seen.

Written for en, cs, fa and uk; for other languages the English one is used.
What does not belong here: the headline itself, which is quoted as it stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from posthub_assets.domain.visuals.composition import Layout
from posthub_assets.domain.visuals.palette import Rgb, to_oklch

_HUES = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")
_HUE_LIMITS = (8, 42, 75, 118, 165, 215, 285, 330)
"""Degrees of OKLCH hue at which a name begins; below the first it is pink again."""


@dataclass(frozen=True, slots=True)
class _Words:
    """One language's words. Colours stand in the case that `sentence` needs."""

    sentence: str
    company: str
    colors: dict[str, str]
    shades: dict[str, str]
    shapes: dict[Layout, str]


_L = Layout
_ENGLISH = _Words(
    sentence="Graphic with the words “{headline}” on a {ground} ground, with {shapes}.",
    company=" The company name {name} stands with it.",
    colors={
        "black": "black",
        "white": "white",
        "grey": "grey",
        "red": "red",
        "orange": "orange",
        "yellow": "yellow",
        "green": "green",
        "teal": "turquoise",
        "blue": "blue",
        "purple": "purple",
        "pink": "pink",
    },
    shades={"dark": "dark {}", "light": "light {}", "": "{}"},
    shapes={
        _L.BLOCK: "large round shapes",
        _L.DIAGONAL: "slanted bands",
        _L.ARCS: "concentric rings",
        _L.TILES: "a pattern of geometric tiles",
        _L.CARD: "large circles behind a sheet of paper",
        _L.MESH: "a soft colour gradient",
        _L.WAVES: "wavy hills and a sun",
        _L.HALFTONE: "a pattern of growing dots",
        _L.PILLS: "round-ended upright bars",
    },
)
_CZECH = _Words(
    sentence="Grafika s nápisem „{headline}“ na {ground} podkladu, doplněná o {shapes}.",
    company=" Vedle stojí název {name}.",
    colors={
        "black": "černém",
        "white": "bílém",
        "grey": "šedém",
        "red": "červeném",
        "orange": "oranžovém",
        "yellow": "žlutém",
        "green": "zeleném",
        "teal": "tyrkysovém",
        "blue": "modrém",
        "purple": "fialovém",
        "pink": "růžovém",
    },
    shades={"dark": "tmavě {}", "light": "světle {}", "": "{}"},
    shapes={
        _L.BLOCK: "velké oblé tvary",
        _L.DIAGONAL: "šikmé pruhy",
        _L.ARCS: "soustředné kruhy",
        _L.TILES: "vzor z geometrických dlaždic",
        _L.CARD: "velké kruhy za listem papíru",
        _L.MESH: "jemný barevný přechod",
        _L.WAVES: "zvlněné kopce a slunce",
        _L.HALFTONE: "vzor ze zvětšujících se teček",
        _L.PILLS: "svislé zaoblené pruhy",
    },
)
_UKRAINIAN = _Words(
    sentence="Графіка з написом «{headline}» на {ground} тлі; поруч — {shapes}.",
    company=" Підписано назвою {name}.",
    colors={
        "black": "чорному",
        "white": "білому",
        "grey": "сірому",
        "red": "червоному",
        "orange": "помаранчевому",
        "yellow": "жовтому",
        "green": "зеленому",
        "teal": "бірюзовому",
        "blue": "синьому",
        "purple": "фіолетовому",
        "pink": "рожевому",
    },
    shades={"dark": "темно-{}", "light": "світло-{}", "": "{}"},
    shapes={
        _L.BLOCK: "великі округлі фігури",
        _L.DIAGONAL: "похилі смуги",
        _L.ARCS: "концентричні кільця",
        _L.TILES: "візерунок із геометричних плиток",
        _L.CARD: "великі кола за аркушем паперу",
        _L.MESH: "м’який перехід кольорів",
        _L.WAVES: "хвилясті пагорби й сонце",
        _L.HALFTONE: "візерунок із дедалі більших крапок",
        _L.PILLS: "вертикальні заокруглені смуги",
    },
)
_PERSIAN = _Words(
    sentence="طرحی گرافیکی با نوشتهٔ «{headline}» روی زمینهٔ {ground}، همراه با {shapes}.",
    company=" نام {name} کنار آن آمده است.",
    colors={
        "black": "سیاه",
        "white": "سفید",
        "grey": "خاکستری",
        "red": "قرمز",
        "orange": "نارنجی",
        "yellow": "زرد",
        "green": "سبز",
        "teal": "فیروزه‌ای",
        "blue": "آبی",
        "purple": "بنفش",
        "pink": "صورتی",
    },
    shades={"dark": "{} تیره", "light": "{} روشن", "": "{}"},
    shapes={
        _L.BLOCK: "شکل‌های گرد بزرگ",
        _L.DIAGONAL: "نوارهای مورب",
        _L.ARCS: "حلقه‌های هم‌مرکز",
        _L.TILES: "نقشی از کاشی‌های هندسی",
        _L.CARD: "دایره‌های بزرگ پشت یک برگ کاغذ",
        _L.MESH: "طیف رنگی ملایم",
        _L.WAVES: "تپه‌های موج‌دار و خورشید",
        _L.HALFTONE: "نقشی از نقطه‌های بزرگ‌شونده",
        _L.PILLS: "میله‌های عمودی با سر گرد",
    },
)
_LANGUAGES = {"en": _ENGLISH, "cs": _CZECH, "uk": _UKRAINIAN, "fa": _PERSIAN}


def alt_text(*, language: str, headline: str, company: str, layout: Layout, ground: Rgb) -> str:
    """Say what the picture shows: its words, their ground, the shapes, the company's name if drawn.

    `language` is a BCP 47 tag; `company` is empty where the name is not in the picture.
    """
    words = _LANGUAGES.get(language.split("-", maxsplit=1)[0].lower(), _ENGLISH)
    sentence = words.sentence.format(
        headline=headline, ground=_color_words(ground, words), shapes=words.shapes[layout]
    )
    return sentence + (words.company.format(name=company) if company else "")


def color_name(color: Rgb) -> tuple[str, str]:
    """Name a colour: its shade (`dark`, `light` or empty) and its hue, in English."""
    lightness, chroma, hue = to_oklch(color)
    if lightness > 0.955 and chroma < 0.03:
        return "", "white"
    if lightness < 0.16:
        return "", "black"
    shade = "dark" if lightness < 0.42 else "light" if lightness > 0.78 else ""
    if chroma < 0.025:
        return shade, "grey"
    degrees = math.degrees(hue) % 360
    index = sum(degrees >= limit for limit in _HUE_LIMITS) - 1
    return shade, _HUES[index]


def _color_words(color: Rgb, words: _Words) -> str:
    shade, name = color_name(color)
    return words.shades[shade].format(words.colors[name])

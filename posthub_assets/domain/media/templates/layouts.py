"""Layout templates: where the facts stand on posters, squares and banners, and how.

Boxes are for left-to-right text; they are mirrored for right-to-left languages.
What does not belong here: how a layout is carried out (`domain/media/overlay/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.overlay.facts import IN_ORDER
from posthub_assets.domain.media.overlay.wish import Align, Box, Placement, Treatment, Wish
from posthub_assets.domain.media.templates.naming import Names
from posthub_assets.domain.visuals.faces import RTL_LANGUAGES

SHAPES = {"poster": (1200, 1800), "square": (1200, 1200), "banner": (2160, 1089)}
"""The shapes, and the size in pixels of the show format of that shape."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout. `shape` is one of `SHAPES`; `box` is for the placement `custom` alone."""

    code: str
    shape: str
    names: Names
    description: str
    placement: Placement
    align: Align
    font: str
    treatment: Treatment = Treatment.AUTO
    box: Box | None = None
    facts: tuple[str, ...] = IN_ORDER
    rule: bool = True


_P, _A, _T = Placement, Align, Treatment
_ESSENTIAL = ("title", "performers", "dates", "venue")
_SHORT = ("title", "dates", "venue", "call_to_action")

LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "poster_foot",
        "poster",
        Names("Facts at the foot", "Údaje dole", "اطلاعات در پایین", "Дані внизу"),
        "All facts at the lower edge, over a shade that rises from it. Works on nearly any photo.",
        *(_P.BOTTOM, _A.START, "manrope"),
    ),
    Layout(
        "poster_marquee",
        "poster",
        Names("Marquee", "Reklamní štít", "سردر سینما", "Афіша кінотеатру"),
        "A loud narrow title across the top, as over the door of a cinema. For concerts and film.",
        *(_P.TOP, _A.CENTRE, "oswald"),
        facts=_ESSENTIAL,
    ),
    Layout(
        "poster_classic",
        "poster",
        Names("Classic centre", "Klasický střed", "مرکز کلاسیک", "Класичний центр"),
        "Everything centred in a book face, in the middle of the picture. For theatre and music.",
        *(_P.CENTRE, _A.CENTRE, "lora"),
    ),
    Layout(
        "poster_card",
        "poster",
        Names("Card", "Karta", "کارت", "Картка"),
        "A card with round corners in the lower half. For pictures that are busy everywhere.",
        *(_P.CUSTOM, _A.START, "rubik", _T.PANEL, Box(0.07, 0.60, 0.93, 0.95)),
    ),
    Layout(
        "square_foot",
        "square",
        Names("Facts at the foot", "Údaje dole", "اطلاعات در پایین", "Дані внизу"),
        "Title, dates, venue and what to do, at the lower edge. The first choice for a feed.",
        *(_P.BOTTOM, _A.START, "manrope"),
        facts=_SHORT,
    ),
    Layout(
        "square_headline",
        "square",
        Names("Headline", "Titulek", "تیتر", "Заголовок"),
        "A large narrow title at the top with the performers, the picture below it.",
        *(_P.TOP, _A.START, "oswald"),
        facts=("title", "performers", "dates"),
    ),
    Layout(
        "square_centre",
        "square",
        Names("Quiet centre", "Tichý střed", "مرکز آرام", "Тихий центр"),
        "Title and dates alone, centred in a book face. For announcements.",
        *(_P.CENTRE, _A.CENTRE, "lora"),
        facts=("title", "dates"),
    ),
    Layout(
        "square_card",
        "square",
        Names("Card", "Karta", "کارت", "Картка"),
        "A card with round corners in the lower half. For pictures that are busy everywhere.",
        *(_P.CUSTOM, _A.START, "rubik", _T.PANEL, Box(0.06, 0.54, 0.94, 0.94)),
        facts=_SHORT,
    ),
    Layout(
        "banner_side",
        "banner",
        Names("Side column", "Boční sloupec", "ستون کناری", "Бічна колонка"),
        "All facts in a column at the side where reading starts; the picture keeps the rest.",
        *(_P.CUSTOM, _A.START, "manrope", _T.AUTO, Box(0.05, 0.12, 0.62, 0.88)),
    ),
    Layout(
        "banner_foot",
        "banner",
        Names("Facts at the foot", "Údaje dole", "اطلاعات در پایین", "Дані внизу"),
        "A narrow title with dates and venue at the lower edge. For wide views of a place.",
        *(_P.BOTTOM, _A.START, "oswald"),
        facts=("title", "dates", "venue"),
    ),
    Layout(
        "banner_centre",
        "banner",
        Names("Classic centre", "Klasický střed", "مرکز کلاسیک", "Класичний центр"),
        "Title, performers and dates, centred in a book face. For curtains, skies and grounds.",
        *(_P.CENTRE, _A.CENTRE, "lora"),
        facts=("title", "performers", "dates"),
    ),
    Layout(
        "banner_card",
        "banner",
        Names("Card at the side", "Karta na straně", "کارت کناری", "Картка збоку"),
        "A card at the side where reading ends. For pictures with their subject at the start.",
        *(_P.CUSTOM, _A.START, "rubik", _T.PANEL, Box(0.46, 0.14, 0.955, 0.86)),
        facts=_SHORT,
    ),
)


def layout(code: str) -> Layout:
    """Give one layout. Raises InvalidInput naming those that there are."""
    for one in LAYOUTS:
        if one.code == code:
            return one
    codes = ", ".join(one.code for one in LAYOUTS)
    raise InvalidInput(f"There is no layout {code!r}. Layouts are: {codes}.", field="layout")


def wish_of(chosen: Layout, *, language: str = "en", colors: Sequence[str] = ()) -> Wish:
    """Give the overlay's wish for a layout: mirrored for right-to-left languages.

    `colors` are the brand's or a palette's, `#RRGGBB`.
    """
    box = chosen.box
    if box is not None and language.split("-", maxsplit=1)[0].lower() in RTL_LANGUAGES:
        box = Box(round(1 - box.x1, 4), box.y0, round(1 - box.x0, 4), box.y1)
    return Wish(
        placement=chosen.placement,
        box=box,
        align=chosen.align,
        font=chosen.font,
        treatment=chosen.treatment,
        colors=tuple(colors),
        rule=chosen.rule,
        facts=chosen.facts,
    )

"""Words of art styles and atmospheres, in the four languages, and what they mean for a picture.

Stems, lower case: a stem counts where it is part of the text. What does not belong here: the
archetypes' own choices (`style.py`), which hold where no word is known.
"""

from __future__ import annotations

from posthub_assets.domain.visuals.composition import Layout

LAYOUT_STEMS: dict[Layout, tuple[str, ...]] = {
    Layout.DIAGONAL: ("diagonal", "diagonál", "діагонал", "مورب", "constructivis", "dynamic"),
    Layout.MESH: (
        *("watercolo", "gradient", "exposure", "close-up", "ethereal", "akvarel", "dvojexpoz"),
        *("malou hloubkou", "акварел", "експозиц", "малою глибин", "آبرنگ", "نوردهی", "عمق میدان"),
    ),
    Layout.WAVES: ("landscape", "organic", "nature scene", "krajin", "пейзаж", "منظره"),
    Layout.CARD: (
        *("editorial", "paper", "collage", "redakč", "papír", "koláž", "редакц", "папер"),
        *("تحریریه", "کاغذ"),
    ),
    Layout.TILES: (
        *("grid", "geometric", "mosaic", "bauhaus", "pattern", "mřížc", "geometrick"),
        *("сітц", "геометричн", "شبکه", "هندسی"),
    ),
    Layout.HALFTONE: (
        *("cartoon", "halftone", "comic", "pop art", "retro", "vtip", "мультяш", "کاریکاتور"),
    ),
    Layout.ARCS: ("line art", "fine lines", "concentric", "linkou", "linkami", "ліні", "خطی"),
    Layout.PILLS: ("diagram", "chart", "infographic", "схем", "نمودار"),
    Layout.BLOCK: ("flat", "minimal", "swiss", "plošn", "пласк", "تخت"),
}

DARK_STEMS = (
    *("dark", "dramatic", "myster", "raw", "contrast", "energetic", "bold", "night"),
    *("temn", "tajemn", "syrov", "kontrast", "energick"),
    *("темн", "таємнич", "різк", "контраст", "енергійн"),
    *("تیره", "رازآلود", "خام", "پرتضاد", "پرانرژی"),
)
LIGHT_STEMS = (
    *("light", "open", "warm", "calm", "airy", "fresh", "soft", "friendly", "cheerful"),
    *("lehk", "otevř", "vřel", "klidn", "vzdušn", "svěž", "přátel", "vesel"),
    *("легк", "відкрит", "тепл", "спокійн", "повітр", "свіж", "дружн", "весел"),
    *("سبک", "تازه", "گرم", "آرام", "دوستانه", "شاد"),
)

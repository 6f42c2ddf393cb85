"""How a company's pictures should look by its industry: candid, polished, or in between.

Authenticity after the house's image prompts: where people trust hands and faces, a picture looks
as if somebody had been there; where they trust order and precision, it looks designed.
What does not belong here: the persona's own style, the brand's colours (`images.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from posthub_assets.domain.text.words import normalise, words


class Authenticity(StrEnum):
    """How candid pictures are."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


GUIDANCE: dict[Authenticity, str] = {
    Authenticity.HIGH: (
        "Candid and natural: as if a colleague had caught it on a working day. Available light, "
        "real textures and wear, small imperfections, nobody posing or smiling at the camera."
    ),
    Authenticity.MEDIUM: (
        "Natural but considered: a real situation, tidied up. Soft daylight, an uncluttered "
        "background, relaxed people if there are any."
    ),
    Authenticity.LOW: (
        "Polished and editorial: composed like a magazine's opening page. Controlled light, clean "
        "lines, generous empty space, one clear subject."
    ),
}

_HIGH = (
    # Crafts, care, food, and all that is done with hands and people.
    "craft", "artisan", "workshop", "repair", "mechanic", "carpent", "plumb", "build", "construct",
    "garden", "farm", "agricult", "bicycle", "bike", "care", "nurs", "health", "medic", "hospital",
    "therap", "social", "charit", "nonprofit", "community", "education", "school", "kindergarten",
    "restaurant", "gastro", "food", "bakery", "cafe", "coffee", "brew", "cook", "catering", "hotel",
    "hospitality", "travel", "wellness", "beauty", "hair", "pet", "veterin", "sport",
    "řemesl", "dílna", "oprav", "servis", "truhlář", "tesař", "instalatér", "staveb", "stavit",
    "zahrad", "zeměděl", "farma", "péče", "pečov", "zdravot", "ošetřov", "lékař", "nemocni",
    "sociáln", "nezisk", "komunit", "vzděláv", "škol", "restaur", "jídl", "pekár", "pekař", "kavár",
    "káva", "pivovar", "kuchař", "pohostin", "hostinec", "cukrár", "kadeř", "zvíř", "jízdní",
    "ремес", "майстер", "ремонт", "столяр", "сантех", "будів", "садів", "фермер", "сільськ",
    "догляд", "здоров", "медич", "медицин", "лікар", "соціальн", "благод", "громад", "освіт",
    "школ", "ресторан", "кафе", "кав", "пекар", "їж", "кухар", "кулінар", "кондитер", "готел",
    "перукар", "ветеринар", "велосипед", "спорт",
    "صنایع دستی", "کارگاه", "تعمیر", "نجار", "ساختمان", "باغ", "کشاورز", "مراقبت", "پرستار",
    "درمان", "بهداشت", "سلامت", "پزشک", "بیمارستان", "خیریه", "آموزش", "مدرسه", "رستوران", "غذا",
    "نانوا", "کافه", "قهوه", "آشپز", "شیرینی", "هتل", "آرایش", "دوچرخه", "ورزش",
)  # fmt: skip
_LOW = (
    # Finance, law, technology, and all that is sold as precise and safe.
    "financ", "bank", "insur", "invest", "account", "audit", "tax", "law", "legal", "attorney",
    "notar", "consult", "technolog", "software", "digital", "it", "saas", "cloud", "cyber", "data",
    "telecom", "engineer", "pharma", "architect", "luxury", "government",
    "finanč", "finance", "banka", "bankov", "pojiš", "investi", "účet", "účetn", "daň", "daňov",
    "práv", "advokát", "notář", "poraden", "konzult", "technologi", "softwar", "digitáln", "data",
    "kyber", "telekom", "inženýr", "farmac", "architekt", "luxus",
    "фінанс", "банк", "страхув", "інвест", "бухгалт", "аудит", "подат", "прав", "юрид", "адвокат",
    "нотар", "консалт", "консульт", "технолог", "програмн", "софт", "цифров", "даних", "кібер",
    "телеком", "інженер", "фармац", "архітект", "розкіш",
    "مالی", "بانک", "بیمه", "سرمایه", "حسابدار", "حسابرس", "مالیات", "حقوق", "وکالت", "وکیل",
    "مشاوره", "فناوری", "فن‌آوری", "نرم‌افزار", "نرم افزار", "دیجیتال", "داده", "سایبر", "مخابرات",
    "مهندس", "دارو", "معمار", "لوکس",
)  # fmt: skip
_WHOLE_WORDS = frozenset(("it", "tax", "law", "pet", "data", "кав", "їж", "care", "food"))
"""Too short to be beginnings of words."""


def authenticity_of(industry: str, business_field: str = "") -> Authenticity:
    """Give how candid a company's pictures are, from its words.

    They are known in English, Czech, Ukrainian and Persian. The industry decides; where it says
    nothing, or both, the business field does. Medium where neither tells.
    """
    for text in (industry, business_field):
        high, low = _count(text, _HIGH), _count(text, _LOW)
        if high != low:
            return Authenticity.HIGH if high > low else Authenticity.LOW
    return Authenticity.MEDIUM


def _count(text: str, stems: Sequence[str]) -> int:
    plain = normalise(text)
    said = words(plain)
    return sum(_is_said(normalise(stem), plain, said) for stem in stems)


def _is_said(stem: str, plain: str, said: Sequence[str]) -> bool:
    if " " in stem:
        return stem in plain
    if stem in _WHOLE_WORDS:
        return stem in said or (not stem.isascii() and any(w.startswith(stem) for w in said))
    return any(word.startswith(stem) for word in said)

"""One invented blog post in four languages, with its persona and topic."""

from __future__ import annotations

from datetime import date

import pytest

from posthub_assets.domain.bodies import (
    Archetype,
    BlogPostBody,
    Level,
    Passage,
    PersonaBody,
    Platform,
    TopicBody,
    VisualStyle,
)
from posthub_assets.domain.briefs import CompanyFacts, SocialPostBrief
from posthub_assets.domain.tiers import Tier

POSTS = {
    "en": """# Sourdough starter in winter

A sourdough starter slows down in a cold kitchen. Wild yeast likes twenty-four degrees best. Below
eighteen degrees the dough needs twice the time.

A warm corner saves the starter without any machine. The top of a fridge is often warm enough. A
wrapped jar keeps its warmth for hours.

## Feeding

Bakers feed the starter by weight and never by the spoon. Equal parts of flour and water are easy
to remember. Rye flour wakes a tired starter within a day.

A grey skin on the starter means that it went hungry for weeks. The layer below is usually sound.

Salt belongs in the dough and never in the starter jar. It slows the yeast at once.

Read the jar, not the clock.
""",
    "cs": """# Housle v zimě

Suchý vzduch v zimě škodí houslím více než mráz. Dřevo v něm ztrácí vlhkost a lepené spáry se
otevírají. Prasklina u spodního lubu bývá první.

Zvlhčovač do pouzdra stojí méně než jediná oprava houslí. Napouští se jednou týdně čistou vodou.
Příliš mnoho vody škodí také.

## Ladění

Ladicí kolíky u houslí v topném období často prokluzují. Pomáhá křída nanesená na dotyková místa.
Síla pomáhá jen zdánlivě.

Struny houslí se v zimě vyplatí měnit po jedné. Tlak na kobylku tak zůstává stejný.

Kobylka houslí se při každém ladění nakloní o kousek dopředu. Stačí ji oběma rukama narovnat.

Dřevo si pamatuje každou zimu.
""",
    "uk": """# Годинник узимку

Механічний годинник узимку поспішає або відстає через холод. Мастило густішає вже за п’яти
градусів. Пружина тоді працює важче, ніж улітку.

Стінний годинник любить внутрішню стіну кімнати. Зовнішня стіна холодна й часто волога. Волога
залишає на коліщатках іржу.

## Заводити вчасно

Годинник заводять щодня в той самий час. Рука звикає, а пружина не слабшає до вечора.

Скло годинника протирають сухою м’якою тканиною. Вода легко потрапляє під обідок.

Маятник годинника не зупиняють рукою без потреби. Важелі при цьому отримують зайвий удар.

Час любить лад.
""",
    "fa": """# کتاب در زمستان

هوای خشک زمستان کاغذ کتاب را شکننده می‌کند. عطف کتاب پیش از همه ترک می‌خورد. چسب کهنه هم
در گرمای بخاری نرم می‌شود.

قفسهٔ کتاب باید از بخاری یک متر فاصله داشته باشد. گرمای مستقیم جلد چرمی را جمع می‌کند.
دیوار بیرونی خانه هم جای خوبی نیست.

## گردگیری

گرد کتاب را با قلم‌موی نرم از عطف به بیرون می‌گیرند. دستمال خیس لکه به جا می‌گذارد.

کتاب سنگین را باید با دو دست از قفسه بیرون کشید. کشیدن از بالای عطف شیرازه را پاره می‌کند.

ورق تاخوردهٔ کتاب را زیر وزنه صاف می‌کنند. اتوی داغ برای کاغذ خطرناک است.

کتاب با آرامش می‌ماند.
""",
}

FACTS = {
    "en": ("Larkmill", "Baking", "starter", ("sourdough", "rye flour", "milling")),
    "cs": ("Vrbovka", "Opravy nástrojů", "housle", ("ladění", "lepení", "struny")),
    "uk": ("Вербичка", "Ремонт годинників", "годинник", ("механізми", "пружини", "маятники")),
    "fa": ("نارون", "صحافی کتاب", "کتاب", ("جلدسازی", "شیرازه", "کاغذ کهنه")),
}


def social_brief(
    language: str, platform: Platform, archetype: Archetype = Archetype.SAGE, **changes: object
) -> SocialPostBrief:
    name, industry, keyword, expertise = FACTS[language]
    text = POSTS[language]
    title = text.splitlines()[0].removeprefix("# ")
    paragraphs = [part.replace("\n", " ") for part in text.split("\n\n") if part[0] != "#"]
    passages = tuple(
        Passage(document_id="d", document="d.md", start=i * 500, end=i * 500 + len(p), quote=p)
        for i, p in enumerate(paragraphs)
    )
    fields: dict[str, object] = {
        "company": CompanyFacts(
            slug="s",
            name=name,
            industry=industry,
            language=language,
            timezone="UTC",
            tier=Tier.PRO,
            platforms=tuple(Platform),
        ),
        "persona": PersonaBody(
            name="N N",
            archetype=archetype,
            mbti="INTP",
            biography="B.",
            level=Level.LEAD,
            values=("a", "b", "c"),
            expertise=expertise,
            frustrations=("f",),
            vocabulary_level="v",
            sentence_style="s",
            formality=60,
            favourite_phrases=("p", "q"),
            signature_ending=paragraphs[-1],
            visual_style=VisualStyle(art_style="a", palette=("#000000", "#FFFFFF"), atmosphere="a"),
        ),
        "topic": TopicBody(
            title=title,
            description=paragraphs[0].split(". ")[0] + ".",
            focus_keyword=keyword,
            planned_on=date(2026, 12, 1),
        ),
        "blog_post": BlogPostBody(
            title=title,
            focus_keyword=keyword,
            meta_title=title,
            meta_description=title,
            markdown=text,
            takeaways=(paragraphs[1].split(". ")[0] + ".",),
            passages=passages,
        ),
        "platform": platform,
    }
    return SocialPostBrief.model_validate(fields | changes)


@pytest.fixture(params=["en", "cs", "uk", "fa"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def brief_for():
    """Give the brief of a social post in a language, for a platform."""
    return social_brief

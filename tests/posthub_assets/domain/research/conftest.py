"""Small invented companies with documents in four languages."""

from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.briefs import CompanyFacts, DnaBrief, SourceDocument
from posthub_assets.domain.tiers import Tier

ABOUT = {
    "en": """# About Larkmill

Larkmill is a bakery on the canal in Oddington, with two ovens and a classroom.

## Our mission

The mission of Larkmill is to bake bread that an ordinary family can afford every day. We grind
our own flour.

## Our history

Rosa opened Larkmill in 2011 with one oven. In 2016 the bakery moved to the canal.

## What we value

- Patience: dough rests for a whole night.
- Thrift: yesterday's bread becomes today's crumbs.

## Partners

We partner with three mills in the valley. Together with our farm partners, we choose the grain.

Many home bakers struggle with sticky dough and give up. You will learn to shape a loaf in one
evening.

> “We bought our wedding bread from Larkmill, and every guest asked for the name.”
""",
    "cs": """# O nás

Vrbovka je dílna na opravu hudebních nástrojů v Kamenném Újezdci.

## Naše poslání

Naším posláním je vracet starým nástrojům hlas. Začínáme vždy u poslechu.

## Historie

V roce 2009 dílnu založila Marta Lipová. V roce 2014 se otevřela druhá místnost.

## Čemu věříme

- Trpělivost: lepidlo má svůj čas.
- Poctivost: každá oprava má svůj rozpis.

Spolupracujeme s lidovou školou v sousední ulici. Začínající houslisté mají strach, že nástroj
poškodí. Chceš hrát bez obav?
""",
    "uk": """# Про нас

Вербичка — це майстерня, у якій ремонтують годинники.

## Наша місія

Наша місія — повертати людям час, який зупинився. Ми працюємо з механізмами різних епох.

## Історія

У 2010 році майстерню заснував годинникар Орест. У 2018 році відкрито другу кімнату.

## Наші цінності

- Терпіння: механізм не любить поспіху.
- Чесність: ціну названо до початку роботи.

Ми співпрацюємо з музеєм на сусідній вулиці. Вам важко знайти майстра для старого годинника?
""",
    "fa": """# درباره ما

ما یک کارگاه صحافی کوچک در شهر نارون هستیم.

## مأموریت ما

مأموریت ما این است که کتاب‌های کهنه دوباره خوانده شوند. کار را با دست انجام می‌دهیم.

## تاریخچه

در سال ۱۳۹۰ کارگاه تأسیس شد و نخستین کتاب‌ها رسیدند.

## ارزش‌های ما

- شکیبایی: چسب باید آرام خشک شود.
- صداقت: قیمت پیش از کار گفته می‌شود.

ما با کتابخانهٔ محله همکاری می‌کنیم. آیا نگه‌داری کتاب‌های قدیمی برای شما دشوار است؟
""",
}

GUIDE = {
    "en": """# A guide to sourdough

A product vision is a picture of the loaf you want. Your mission is to keep the starter alive.
Unlike yeast, sourdough needs time. Sourdough starter is a mix of flour and water. Feed the
sourdough starter twice a day. A sourdough starter smells of apples. If the sourdough starter is
grey, begin again. Their competitors are wild moulds.
""",
    "cs": """# Průvodce houslemi

Vaším posláním je cvičit každý den. Smyčec je pružný. Konkurence mezi houslisty bývá velká.
""",
    "uk": """# Посібник із догляду

Ваша місія — заводити годинник щоранку. Пружина любить спокій. Конкуренти годинника — телефони.
""",
    "fa": """# راهنمای نگه‌داری

مأموریت شما این است که کتاب را از نور دور نگه دارید. رطوبت دشمن کاغذ است.
""",
}

COMPANIES = {
    "en": ("larkmill", "Larkmill", "Baking", "Home bakers, families and cafés who love good bread"),
    "cs": ("vrbovka", "Vrbovka", "Opravy nástrojů", "Začínající houslisté, kteří hledají opravnu"),
    "uk": ("verbychka", "Вербичка", "Ремонт годинників", "Власники старих годинників"),
    "fa": ("narvan", "نارون", "صحافی کتاب", "دوستداران کتاب‌های قدیمی"),
}


def company(language: str, **changes: object) -> CompanyFacts:
    slug, name, industry, audience = COMPANIES[language]
    facts: dict[str, object] = {
        "slug": slug,
        "name": name,
        "website": f"https://{slug}.example",
        "language": language,
        "timezone": "Europe/Prague",
        "industry": industry,
        "audience": audience,
        "tier": Tier.PRO,
        "platforms": (Platform.LINKEDIN, Platform.X),
        "brand_colors": ("#203040", "#c0a020"),
    }
    return CompanyFacts.model_validate(facts | changes)


def dna_brief(language: str, **changes: object) -> DnaBrief:
    documents = (
        SourceDocument(id="a", name="about.md", text=ABOUT[language]),
        SourceDocument(id="g", name="guide-care.md", text=GUIDE[language]),
    )
    return DnaBrief.model_validate({"company": company(language), "documents": documents} | changes)


@pytest.fixture(params=["en", "cs", "uk", "fa"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def brief_in():
    """Give a DNA brief of the invented company that writes in a language."""
    return dna_brief


@pytest.fixture
def company_in():
    """Give the facts of the invented company that writes in a language."""
    return company

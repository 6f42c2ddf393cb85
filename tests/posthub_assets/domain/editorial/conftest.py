"""A small invented workshop in four languages, and briefs about it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from posthub_assets.domain.bodies import Archetype, DnaBody, Level, PersonaBody, VisualStyle
from posthub_assets.domain.briefs import (
    BlogPostBrief,
    CompanyFacts,
    PastText,
    SourceDocument,
    TopicsBrief,
    TopicSlot,
)
from posthub_assets.domain.tiers import Tier

ENGLISH = {
    "brakes.md": """---
title: Caring for rim brakes
description: Rim brakes stop a bike safely for years when their pads are looked after.
layout: page
---
{% include "menu.html" %}

Rim brakes press two pads against the wheel. Their pads wear down with every stop, and grit wears
them faster. A worn pad scratches the rim, which costs far more than a new pair of pads.

## Checking the brake pads

Brake pads have a groove that shows how much rubber is left. When the groove is gone, the pads must
be replaced. Wet winters eat a pair of brake pads in a single season.
See the [picture](p.png) below.

Before you ride, look at three things:

- The pads touch the rim and not the tyre.
- The lever stops well before the handlebar.
- The cable slides without a rough spot.

## Replacing the cable

A brake cable frays where it bends. Riders feel that as a heavy lever long before the cable snaps.
Our mechanics change the cable and its housing together, because old housing ruins a new cable.
Click here to book.
""",
    "wheels.md": """# Building wheels by hand

A hand-built wheel is trued spoke by spoke. Even tension keeps it straight for thousands of
kilometres. Machine-built wheels often lose tension in the first month.

## Choosing spokes

A spoke is a thin steel wire that carries the rider's weight. Butted spokes are thinner in the
middle, so they bend before they break. We lace cargo wheels with the thickest spokes we can find.

## Why do wheels go out of true?

Wheels go out of true when their spokes lose tension. A hard kerb, a heavy load or a loose nipple is
enough. Riders notice a wobble at the brake first.

## Truing a wheel

Truing a wheel takes patience and a stand. Our apprentices true fifty wheels before they touch a
customer's bike. A quarter turn at a time is the rule of our workshop.
""",
    "cargo.md": """# Cargo bikes for families

Cargo bikes carry two children and the shopping. Families in our town leave the car at home four
days a week. A low box keeps the bike steady on cobbles.

## Choosing the right box

A wooden box is light and easy to repair. A foam box is warmer in winter and quieter on bad roads.
Parents should test both with the children on board.

## Insurance and locks

Insurance for a cargo bike asks for two locks. Our shop registers every frame number with the
police. Thieves leave a bike alone when its frame is chained to a post.
""",
    "history.md": """# The story of the workshop

The workshop opened in a shed behind the mill. Three friends mended bikes for their neighbours on
Saturdays. Today the workshop trains two apprentices every year.

## How we work with schools

Schools send us their broken bikes in spring. Pupils learn to mend a puncture and to true a wheel.
Every mended bike goes back to a child who has none.

## Our promise

We mend what can be mended. Our mechanics show every customer the worn part before they replace it.
A repair that fails within a year is repaired again for nothing.
""",
}

CZECH = {
    "kola.md": """# Ruční stavba kol

Ručně stavěné kolo se centruje paprsek po paprsku. Rovnoměrné napětí udrží kolo rovné tisíce
kilometrů. Strojově stavěná kola často ztratí napětí během prvního měsíce.

## Výběr paprsků

Paprsky nesou váhu jezdce i nákladu. Zeslabené paprsky se dřív ohnou, než prasknou. Mistr tomu říká
"pružné kolo" a učí to každého učně.
""",
    "brzdy.md": """# Péče o brzdy

Ráfkové brzdy tisknou dvě gumové špalky na ráfek. Špalky se opotřebují při každém zastavení. Mokrá
zima spotřebuje jeden pár za sezonu.

## Výměna lanka

Lanko brzdy se třepí v ohybu. Jezdec to pozná podle těžké páčky dlouho předtím, než lanko praskne.
Naši mechanici vyměňují lanko i bowden najednou, protože starý bowden nové lanko zničí.
""",
    "dilna.md": """# Příběh dílny

Dílna vznikla v kůlně za starým mlýnem. Tři přátelé opravovali v sobotu kola svým sousedům. Dnes
dílna každý rok vyučí dva nové mechaniky. Školy nám na jaře posílají rozbitá kola a žáci se učí
lepit duše i centrovat.
""",
}

UKRAINIAN = {
    "kolesa.md": """# Складання коліс вручну

Складене вручну колесо центрують спиця за спицею. Рівномірний натяг тримає колесо рівним тисячі
кілометрів. Колеса з конвеєра часто втрачають натяг у перший місяць.

## Вибір спиць

Спиці несуть вагу велосипедиста й вантажу. Потоншені спиці швидше зігнуться, ніж зламаються. Майстер
називає таке колесо "пружним" і навчає цього кожного учня.
""",
    "halma.md": """# Догляд за гальмами

Ободові гальма притискають дві колодки до обода. Колодки стираються під час кожної зупинки. Мокра
зима з'їдає одну пару за сезон.

## Заміна троса

Трос гальма розплітається на згині. Велосипедист відчуває важкий важіль задовго до того, як трос
лусне. Наші механіки міняють трос разом з оболонкою, бо стара оболонка псує новий трос.
""",
    "maisternia.md": """# Історія майстерні

Майстерня виникла в сараї за старим млином. Троє друзів лагодили в суботу велосипеди своїм сусідам.
Сьогодні майстерня щороку навчає двох молодих механіків. Школи навесні надсилають нам поламані
велосипеди, а учні вчаться латати камери.
""",
}

PERSIAN = {
    "charkh.md": """# ساختن چرخ با دست

چرخ دست‌ساز پره به پره تنظیم می‌شود. کشش یکنواخت چرخ را هزاران کیلومتر صاف نگه می‌دارد. چرخ‌های
کارخانه‌ای اغلب در ماه اول کشش خود را از دست می‌دهند.

## انتخاب پره‌ها

پره‌ها وزن دوچرخه‌سوار و بار را تحمل می‌کنند. پره‌های نازک زودتر خم می‌شوند تا بشکنند. استادکار به
چنین چرخی "چرخ نرم" می‌گوید و آن را به هر شاگرد یاد می‌دهد.
""",
    "tormoz.md": """# نگهداری از ترمز

ترمز دو لنت را به طوقه فشار می‌دهد. لنت‌ها با هر توقف ساییده می‌شوند. زمستان بارانی یک جفت لنت را در
یک فصل تمام می‌کند.

## تعویض سیم ترمز

سیم ترمز در محل خم شدن رشته‌رشته می‌شود. دوچرخه‌سوار سنگینی دسته را مدت‌ها پیش از پاره شدن سیم حس
می‌کند. مکانیک‌های ما سیم و روکش را با هم عوض می‌کنند، چون روکش کهنه سیم نو را خراب می‌کند.
""",
}

CORPORA = {"en": ENGLISH, "cs": CZECH, "uk": UKRAINIAN, "fa": PERSIAN}
ENDINGS = {
    "en": "Ride well, and come by.",
    "cs": "Jezděte dobře a stavte se.",
    "uk": "Їдьте добре й заходьте.",
    "fa": "خوب برانید و به ما سر بزنید.",
}


class Workshop:
    """Builds briefs about the workshop in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.company = CompanyFacts(
            slug="workshop",
            name="Spoke Yard",
            language=language,
            timezone="Europe/Prague",
            business_field="Bicycle workshop",
            tier=Tier.BASIC,
            platforms=(),
        )
        self.dna = DnaBody(
            company="Spoke Yard",
            summary="A bicycle workshop.",
            points={},
            tone_formal_casual=50,
            tone_serious_playful=50,
        )
        self.documents = tuple(
            SourceDocument(id=f"d{i}", name=name, text=text)
            for i, (name, text) in enumerate(CORPORA[language].items())
        )

    def persona(self, name: str = "Ada") -> PersonaBody:
        return PersonaBody(
            name=name,
            archetype=Archetype.SAGE,
            mbti="INTJ",
            biography="Ada mends. Ada writes.",
            level=Level.SENIOR,
            values=("care", "craft", "truth"),
            expertise=("wheels", "brakes", "spokes"),
            frustrations=("rust",),
            vocabulary_level="plain",
            sentence_style="short",
            formality=50,
            favourite_phrases=("true it", "look twice"),
            signature_ending=f"{ENDINGS[self.language]}",
            visual_style=VisualStyle(
                art_style="flat", palette=("#112233", "#AABBCC"), atmosphere="calm"
            ),
        )

    def slots(self, count: int, events: dict[int, str] | None = None) -> tuple[TopicSlot, ...]:
        first = date(2026, 12, 1)
        return tuple(
            TopicSlot(
                planned_on=first + timedelta(days=i),
                persona_id="ada",
                event=(events or {}).get(i, ""),
            )
            for i in range(count)
        )

    def topics_brief(self, count: int, **changes: object) -> TopicsBrief:
        values: dict[str, object] = {
            "company": self.company,
            "dna": self.dna,
            "documents": self.documents,
            "slots": self.slots(count),
            "personas": {"ada": self.persona()},
        }
        return TopicsBrief.model_validate(values | changes)

    def post_brief(self, topic: object, **changes: object) -> BlogPostBrief:
        named = {p.document_id for p in topic.passages}  # type: ignore[attr-defined]
        values: dict[str, object] = {
            "company": self.company,
            "dna": self.dna,
            "persona": self.persona(),
            "topic": topic,
            "documents": tuple(d for d in self.documents if d.id in named),
        }
        return BlogPostBrief.model_validate(values | changes)

    def past(self, title: str, text: str = "") -> PastText:
        return PastText(title=title, text=text)


@pytest.fixture(scope="session")
def workshop() -> type[Workshop]:
    return Workshop

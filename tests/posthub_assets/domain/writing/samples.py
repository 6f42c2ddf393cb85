"""Briefs about an invented bicycle workshop in four languages, and good answers to them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from posthub_assets.domain.bodies import (
    Archetype,
    ArticleTask,
    BlogPostBody,
    Level,
    Passage,
    Platform,
    SocialPostBody,
    TopicBody,
)
from posthub_assets.domain.briefs import (
    ArticleBrief,
    BlogPostBrief,
    CompanyFacts,
    DnaBrief,
    ImageBrief,
    PersonasBrief,
    ResearchBrief,
    Revision,
    SocialPostBrief,
)
from posthub_assets.domain.social.rules import rules_for
from posthub_assets.domain.writing.answers import (
    WrittenBlogPost,
    WrittenPersona,
    WrittenPersonas,
    WrittenQuestion,
    WrittenSocialPost,
)

_PATH = Path(__file__).parent.parent / "editorial" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("editorial_samples", _PATH)
assert _SPEC and _SPEC.loader
_EDITORIAL = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_EDITORIAL)

LANGUAGES = ("en", "cs", "fa", "uk")

REVISION = Revision(
    round=2,
    previous={"title": "The refused title", "markdown": "# The refused title\n\nRefused words."},
    reasons=("Say it more plainly.", "Shorter."),
    spans=("refused words",),
)

TOPICS = {
    "en": ("Brake pads: when to replace them", "brake pads", "How to see when pads are worn."),
    "cs": ("Brzdové špalky: kdy je čas na výměnu", "brzdové špalky", "Jak poznat konec špalků."),
    "fa": ("لنت ترمز را کی باید عوض کرد؟", "لنت ترمز", "نشانه‌های ساییدگی لنت."),
    "uk": ("Гальмівні колодки: коли час міняти", "гальмівні колодки", "Як помітити знос колодок."),
}

MARKDOWN = {
    "en": """# Brake pads: when to replace them

Brake pads wear down with every stop, and nobody hears it. This post shows how to look at them in
half a minute, and what a worn pair costs if you wait. You need no tools for it.

## What wear looks like

A groove in the rubber tells how much is left. Once it has gone, the metal is not far from the rim.
Grit makes matters worse in winter.

## What to do about it

Turn the wheel slowly and watch both sides. Write down the day of the last change. If one side is
thinner, the cable pulls askew.

## Conclusion

Look at your brake pads on the first Monday of the month. It takes less time than a cup of tea.

Ride well, and come by.""",
    "cs": """# Brzdové špalky: kdy je čas na výměnu

Brzdové špalky se ztrácejí s každým zastavením a nikdo to neslyší. Tady se dozvíte, jak je během
půl minuty prohlédnout a co stojí, když se to odkládá. Nářadí k tomu nepotřebujete.

## Jak vypadá opotřebení

Drážka v gumě ukazuje, kolik materiálu zbývá. Když zmizí, kov už není daleko od ráfku. V zimě tomu
písek ještě pomáhá.

## Co s tím udělat

Otáčejte kolem pomalu a sledujte obě strany. Zapište si den poslední výměny. Je-li jedna strana
tenčí, lanko táhne nakřivo.

## Závěr

Prohlédněte si špalky každé první pondělí v měsíci. Zabere to méně času než čaj.

Jezděte dobře a stavte se.""",
    "fa": """# لنت ترمز را کی باید عوض کرد؟

لنت ترمز با هر توقف کمی ساییده می‌شود و کسی صدای آن را نمی‌شنود. در این نوشته می‌بینید که چگونه در
نیم دقیقه آن را نگاه کنید و چرا صبر کردن گران تمام می‌شود. ابزاری هم لازم نیست.

## نشانهٔ ساییدگی چیست

شیار روی لاستیک نشان می‌دهد که چقدر مانده است. وقتی این شیار از میان برود، فلز به طوقه نزدیک شده
است. در زمستان شن کار را بدتر می‌کند.

## چه باید کرد

چرخ را آرام بچرخانید و هر دو سو را نگاه کنید. روز آخرین تعویض را یادداشت کنید. اگر یک سو نازک‌تر
است، سیم کج می‌کشد.

## جمع‌بندی

دوشنبهٔ اول هر ماه به لنت‌ها نگاه کنید. این کار از نوشیدن یک چای کوتاه‌تر است.

خوب برانید و به ما سر بزنید.""",
    "uk": """# Гальмівні колодки: коли час міняти

Гальмівні колодки стираються з кожною зупинкою, і ніхто цього не чує. Тут ви дізнаєтеся, як
оглянути їх за пів хвилини і скільки коштує зволікання. Інструменти для цього не потрібні.

## Як виглядає знос

Рівчак у гумі показує, скільки її лишилося. Коли він зникає, метал уже близько до обода. Узимку
справу погіршує пісок.

## Що з цим робити

Повільно крутіть колесо й дивіться на обидва боки. Запишіть день останньої заміни. Якщо один бік
тонший, трос тягне криво.

## Висновок

Оглядайте колодки першого понеділка місяця. Це коротше, ніж випити чаю.

Їдьте добре й заходьте.""",
}

REST = {
    "en": (
        (("How long does a pair last?", "A wet winter eats one pair. In dry towns two years."),
         ("Can I change them myself?", "Yes, with one key. Mind which side points forward.")),
        ("Half a minute a month is enough.", "A rim costs more than pads."),
        "A look at the pads takes half a minute and saves the rim: what wear looks like, and when.",
    ),
    "cs": (
        (("Jak dlouho jeden pár vydrží?", "Mokrá zima spotřebuje jeden pár. V suchu dva roky."),
         ("Vyměním je doma?", "Ano, stačí jeden klíč. Pozor na směr šipky.")),
        ("Půl minuty měsíčně stačí.", "Ráfek je dražší než špalky."),
        "Prohlídka špalků trvá půl minuty a ušetří ráfek: jak poznat opotřebení a kdy je vyměnit.",
    ),
    "fa": (
        (("یک جفت لنت چقدر کار می‌کند؟", "زمستان بارانی یک جفت را تمام می‌کند. در هوای خشک دو سال."),
         ("آیا خودم می‌توانم عوض کنم؟", "بله، یک آچار کافی است. به جهت پیکان توجه کنید.")),
        ("ماهی نیم دقیقه کافی است.", "طوقه از لنت گران‌تر است."),
        "نگاه کردن به لنت نیم دقیقه طول می‌کشد و طوقه را نجات می‌دهد؛ نشانه‌ها و زمان تعویض.",
    ),
    "uk": (
        (("Скільки служить одна пара?", "Мокра зима з’їдає одну пару. У сухому місті це два роки."),
         ("Чи поміняю їх сам?", "Так, досить одного ключа. Зважайте на стрілку.")),
        ("Пів хвилини на місяць досить.", "Обід дорожчий за колодки."),
        "Огляд колодок триває пів хвилини і рятує обід: як виглядає знос і коли час їх міняти.",
    ),
}  # fmt: skip

SOCIAL = {
    "en": (
        "Your brake pads never complain. Half a minute a month is enough to see the groove, and "
        "the rim is what you save.\n\nLook at yours today.",
        ["brakepads", "cycling", "repair"], "Look at yours today.",
    ),
    "cs": (
        "Brzdové špalky si nikdy nestěžují. Na drážku v gumě se stačí podívat jednou za měsíc a "
        "ušetříte ráfek.\n\nPodívejte se dnes na ty svoje.",
        ["brzdy", "kolo", "oprava"], "Podívejte se dnes na ty svoje.",
    ),
    "fa": (
        "لنت ترمز هرگز شکایت نمی‌کند. ماهی نیم دقیقه کافی است تا شیار آن را ببینید و طوقه را نگه "
        "دارید.\n\nامروز به لنت‌های خود نگاه کنید.",
        ["لنت_ترمز", "دوچرخه", "تعمیر"], "امروز به لنت‌های خود نگاه کنید.",
    ),
    "uk": (
        "Гальмівні колодки ніколи не скаржаться. Досить раз на місяць глянути на рівчак у гумі, і "
        "обід лишиться цілим.\n\nПодивіться сьогодні на свої.",
        ["гальма", "велосипед", "ремонт"], "Подивіться сьогодні на свої.",
    ),
}  # fmt: skip

NAMES = {
    "en": ("Nora Vale", "Tom Reed"),
    "cs": ("Jana Horská", "Petr Malík"),
    "fa": ("نرگس دلاوری", "بهرام فرهی"),
    "uk": ("Олена Гай", "Тарас Верес"),
}


class Samples:
    """Builds briefs in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.shop = _EDITORIAL.Workshop(language)
        self.company = CompanyFacts.model_validate(
            self.shop.company.model_dump()
            | {
                "audience": "Commuters who ride all year",
                "industry": "Bicycle repair",
                "brand_colors": ("#1C304A", "#00CFFF"),
                "country": "CZ",
            }
        )
        self.documents = self.shop.documents
        self.dna = self.shop.dna
        self.persona = self.shop.persona()

    def topic(self) -> TopicBody:
        title, keyword, description = TOPICS[self.language]
        return TopicBody(
            title=title,
            description=description,
            focus_keyword=keyword,
            planned_on="2026-12-01",
            passages=self.passages(),
        )

    def passages(self) -> tuple[Passage, ...]:
        topics = self.topics_brief(1)
        from posthub_assets.domain.editorial.topics import compose_topics

        return compose_topics(topics).topics[0].passages

    def dna_brief(self, **changes: object) -> DnaBrief:
        values = {"company": self.company, "documents": self.documents}
        return DnaBrief.model_validate(values | changes)

    def personas_brief(self, **changes: object) -> PersonasBrief:
        values = {"company": self.company, "dna": self.dna, "count": 2}
        return PersonasBrief.model_validate(values | changes)

    def topics_brief(self, count: int = 2, **changes: object):
        return self.shop.topics_brief(count, **({"company": self.company} | changes))

    def blog_post_brief(self, **changes: object) -> BlogPostBrief:
        topic = changes.pop("topic", None) or self.topic()
        return self.shop.post_brief(topic, **({"company": self.company} | changes))

    def blog_post(self) -> BlogPostBody:
        _, takeaways, description = REST[self.language]
        title, keyword, _ = TOPICS[self.language]
        return BlogPostBody(
            title=title,
            focus_keyword=keyword,
            meta_title=title,
            meta_description=description,
            markdown=MARKDOWN[self.language],
            takeaways=takeaways,
            passages=self.passages(),
        )

    def social_brief(self, platform: Platform = Platform.LINKEDIN, **changes: object):
        values = {
            "company": self.company,
            "persona": self.persona,
            "topic": self.topic(),
            "blog_post": self.blog_post(),
            "platform": platform,
        }
        return SocialPostBrief.model_validate(values | changes)

    def article_brief(self, task: ArticleTask, **changes: object) -> ArticleBrief:
        values = {
            "company": self.company,
            "task": task,
            "topic": "Winter brakes",
            "tone": "calm",
            "audience": "commuters",
            "keywords": ("brake pads",),
            "additional_instructions": "Mention rim tape.",
            "source": "Pads wear in winter.",
            "dna": self.dna,
            "persona": self.persona,
        }
        return ArticleBrief.model_validate(values | changes)

    def research_brief(self) -> ResearchBrief:
        return ResearchBrief(company=self.company)

    def image_brief(self, platform: Platform = Platform.LINKEDIN, **changes: object) -> ImageBrief:
        rules = rules_for(platform)
        text, tags, call = SOCIAL[self.language]
        values = {
            "company": self.company,
            "persona": self.persona,
            "topic_title": TOPICS[self.language][0],
            "social_post": SocialPostBody(
                platform=platform, text=text, hashtags=tuple(tags), call_to_action=call
            ),
            "platform": platform,
            "width_px": rules.image_width_px,
            "height_px": rules.image_height_px,
            "variant": 1,
        }
        return ImageBrief.model_validate(values | changes)

    def written_post(self, **changes: object) -> WrittenBlogPost:
        faq, takeaways, description = REST[self.language]
        title = TOPICS[self.language][0]
        values = {
            "title": title,
            "meta_title": title,
            "meta_description": description,
            "markdown": MARKDOWN[self.language],
            "faq": [WrittenQuestion(question=q, answer=a) for q, a in faq],
            "takeaways": list(takeaways),
        }
        return WrittenBlogPost.model_validate(values | changes)

    def written_social(self, **changes: object) -> WrittenSocialPost:
        text, tags, call = SOCIAL[self.language]
        values = {"text": text, "hashtags": tags, "call_to_action": call}
        return WrittenSocialPost.model_validate(values | changes)

    def written_personas(self) -> WrittenPersonas:
        first, second = NAMES[self.language]
        sentences = MARKDOWN[self.language].split("\n\n")[3].replace("\n", " ").split(". ")
        biography = f"{sentences[0]}. {sentences[1].rstrip('.')}."
        return WrittenPersonas(
            personas=[
                _persona(first, Archetype.SAGE, "INTP", biography),
                _persona(second, Archetype.HERO, "ESTJ", biography),
            ]
        )

    def all_briefs(self, **changes: object) -> list:
        """One brief of each kind that text prompts are written for."""
        return [
            self.dna_brief(**changes),
            self.personas_brief(**changes),
            self.topics_brief(2, **changes),
            self.blog_post_brief(**changes),
            *(self.social_brief(platform, **changes) for platform in Platform),
            *(self.article_brief(task, **changes) for task in ArticleTask),
        ]

    def bare_briefs(self) -> list:
        """Briefs about which almost nothing is known, and one with a cast that exists."""
        return [
            self.dna_brief(documents=()),
            self.personas_brief(taken=(self.persona,)),
            self.topics_brief(2, documents=(), personas={}),
            self.blog_post_brief(topic=self.topic().model_copy(update={"passages": ()})),
            ArticleBrief(company=self.company, task=ArticleTask.CAPTION, topic="Rims"),
        ]


def _persona(name: str, archetype: Archetype, mbti: str, biography: str) -> WrittenPersona:
    return WrittenPersona(
        name=name,
        archetype=archetype,
        mbti=mbti,
        biography=biography,
        level=Level.SENIOR,
        values=["says the price first", "mends before replacing", "waits"],
        expertise=["brakes", "spokes", "hubs"],
        frustrations=["rust"],
        vocabulary_level="plain words of the trade",
        sentence_style="short, one thought each",
        formality=40,
        favourite_phrases=["Look first.", "One bolt at a time."],
        signature_ending="Ride well.",
        art_style="close photographs",
        atmosphere="calm morning light",
    )

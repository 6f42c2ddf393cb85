"""Calls to action by platform and language. Data, and the choice of one.

None promises what the company may not keep: no prize, no answer, no link that may not be there.
In Czech and Ukrainian "[formal|informal]" holds both ways to address a reader.
What does not belong here: the rest of the post (`post.py`).
"""

from __future__ import annotations

import zlib

from posthub_assets.domain.bodies import Archetype, Platform
from posthub_assets.domain.research.address import addressed

_P = Platform

CALLS: dict[str, dict[Platform, tuple[str, ...]]] = {
    "en": {
        _P.LINKEDIN: (
            "How do you handle this in your team?",
            "What has worked for you?",
            "Which part would you do differently?",
            "What would you add from your practice?",
            "Where do you see it differently?",
            "The whole post is on our blog.",
        ),
        _P.FACEBOOK: (
            "Pass it on to someone who needs it.",
            "How do you see it? Write to us.",
            "Read the whole post on our blog.",
            "Which tip would you add?",
            "Tell us in the comments what you think.",
            "Who should read this too?",
        ),
        _P.INSTAGRAM: (
            "Save this for the day you need it.",
            "Send it to a friend who needs it.",
            "Keep it for later.",
            "Save this and try one thing.",
            "Tell us below what surprised you.",
            "Save it, share it, come back to it.",
        ),
        _P.TIKTOK: (
            "Try it and tell us how it went.",
            "Save it and try it yourself.",
            "What would you ask?",
            "Send it to someone who is learning too.",
            "Did you know? Tell us below.",
            "Keep this one.",
        ),
        _P.X: (
            "More on our blog.",
            "The whole post is on our blog.",
            "What would you add?",
            "Read on in our blog.",
            "How do you see it?",
        ),
    },
    "cs": {
        _P.LINKEDIN: (
            "Jak to řešíte u vás v týmu?",
            "Co se [vám|ti] osvědčilo?",
            "Co [byste udělali|uděláš] jinak?",
            "Co k tomu [dodáte|dodáš] z praxe?",
            "V čem to [vidíte|vidíš] jinak?",
            "Celý článek je na našem blogu.",
        ),
        _P.FACEBOOK: (
            "[Pošlete|Pošli] to dál, komu se to hodí.",
            "Jak to [vidíte|vidíš]? [Napište|Napiš] nám.",
            "Celý článek je na našem blogu.",
            "Jaký tip [vám|ti] tu chybí?",
            "[Napište|Napiš] nám do komentářů svůj názor.",
            "Kdo další by to měl číst?",
        ),
        _P.INSTAGRAM: (
            "[Uložte|Ulož] si to na jindy.",
            "[Pošlete|Pošli] to tomu, kdo to právě řeší.",
            "[Nechte|Nech] si to na později.",
            "[Uložte|Ulož] si to a [zkuste|zkus] jednu věc.",
            "Co [vás|tě] na tom překvapilo?",
            "[Uložte|Ulož], [sdílejte|sdílej], [vraťte|vrať] se k tomu.",
        ),
        _P.TIKTOK: (
            "[Zkuste|Zkus] to a [napište|napiš], jak to šlo.",
            "[Uložte|Ulož] si to a [vyzkoušejte|vyzkoušej] to.",
            "Na co [byste se zeptali|se chceš zeptat]?",
            "[Pošlete|Pošli] to někomu, kdo se taky učí.",
            "[Věděli jste to|Tohle byla novinka]? [Napište|Napiš] dolů.",
            "Tohle si [nechte|nech].",
        ),
        _P.X: (
            "Více na našem blogu.",
            "Celý článek je na našem blogu.",
            "Co k tomu [dodáte|dodáš]?",
            "Pokračování na našem blogu.",
            "Jak to [vidíte|vidíš]?",
        ),
    },
    "uk": {
        _P.LINKEDIN: (
            "Як із цим у [вашій|твоїй] команді?",
            "Що спрацювало у [вас|тебе]?",
            "Що [ви б зробили|варто зробити] інакше?",
            "Що [додасте|додаси] з власної практики?",
            "У чому [ваш|твій] погляд інший?",
            "Увесь допис — у нашому блозі.",
        ),
        _P.FACEBOOK: (
            "[Поділіться|Поділися] з тими, кому це потрібно.",
            "Як [ви|ти] на це [дивитеся|дивишся]? [Напишіть|Напиши] нам.",
            "Увесь допис — у нашому блозі.",
            "Якої поради тут бракує?",
            "[Напишіть|Напиши] в коментарях свою думку.",
            "Кому ще варто це прочитати?",
        ),
        _P.INSTAGRAM: (
            "[Збережіть|Збережи] на той день, коли знадобиться.",
            "[Надішліть|Надішли] тим, кому це зараз потрібно.",
            "[Залиште|Залиш] собі на потім.",
            "[Збережіть|Збережи] і [спробуйте|спробуй] щось одне.",
            "Що [вас|тебе] тут здивувало?",
            "[Збережіть|Збережи], [поділіться|поділися], [поверніться|повернися] згодом.",
        ),
        _P.TIKTOK: (
            "[Спробуйте|Спробуй] і [розкажіть|розкажи], що вийшло.",
            "[Збережіть|Збережи] і [спробуйте|спробуй] власноруч.",
            "Про що [ви б запитали|хочеться запитати]?",
            "[Надішліть|Надішли] тим, хто теж учиться.",
            "[Знали про це|Це новина]? [Напишіть|Напиши] нижче.",
            "Це варто зберегти.",
        ),
        _P.X: (
            "Більше — у нашому блозі.",
            "Увесь допис — у нашому блозі.",
            "Що [ви б додали|варто додати]?",
            "Продовження — у нашому блозі.",
            "Як [ви|ти] на це [дивитеся|дивишся]?",
        ),
    },
    "fa": {
        _P.LINKEDIN: (
            "در تیم شما این کار چطور پیش می‌رود؟",
            "برای شما چه چیزی جواب داده است؟",
            "شما کدام بخش را جور دیگری انجام می‌دادید؟",
            "از تجربهٔ خودتان چه اضافه می‌کنید؟",
            "نگاه شما کجا متفاوت است؟",
            "متن کامل در وبلاگ ماست.",
        ),
        _P.FACEBOOK: (
            "برای کسی بفرستید که به کارش می‌آید.",
            "شما چه فکر می‌کنید؟ برایمان بنویسید.",
            "متن کامل را در وبلاگ ما بخوانید.",
            "چه نکته‌ای اینجا کم است؟",
            "نظرتان را در دیدگاه‌ها بنویسید.",
            "چه کسی دیگری باید این را بخواند؟",
        ),
        _P.INSTAGRAM: (
            "برای روزی که لازمتان می‌شود ذخیره کنید.",
            "برای دوستی بفرستید که لازمش دارد.",
            "برای بعد نگهش دارید.",
            "ذخیره کنید و یک نکته‌اش را امتحان کنید.",
            "چه چیزی برایتان تازه بود؟",
            "ذخیره کنید و دوباره سر بزنید.",
        ),
        _P.TIKTOK: (
            "امتحانش کنید و بگویید چطور شد.",
            "ذخیره کنید و خودتان امتحان کنید.",
            "شما چه سؤالی دارید؟",
            "برای کسی بفرستید که او هم یاد می‌گیرد.",
            "این را می‌دانستید؟ پایین بنویسید.",
            "این یکی را نگه دارید.",
        ),
        _P.X: (
            "بیشتر در وبلاگ ما.",
            "متن کامل در وبلاگ ماست.",
            "شما چه اضافه می‌کنید؟",
            "ادامه در وبلاگ ما.",
            "نظر شما چیست؟",
        ),
    },
}


def calls_for(
    language: str, platform: Platform, archetype: Archetype, subject: str, *, informal: bool
) -> tuple[str, ...]:
    """Give the calls to action of a platform, the one that suits archetype and subject first.

    `subject` (a title) turns the order, so that a persona does not end all posts alike. English
    for languages without calls of their own.
    """
    primary = language.partition("-")[0].lower()
    texts = CALLS.get(primary, CALLS["en"])[platform]
    start = zlib.crc32(f"{archetype.value}|{subject}".encode()) % len(texts)
    return tuple(addressed(text, informal=informal) for text in (*texts[start:], *texts[:start]))

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
            "How do you handle this in your team? Tell us in the comments.",
            "What has worked for you? Share your experience in the comments.",
            "Which part would you do differently? Tell us in the comments.",
            "The whole post is on our blog. What would you add?",
        ),
        _P.FACEBOOK: (
            "Do you know somebody who could use this? Pass it on.",
            "How do you see it? Write to us in the comments.",
            "Read the whole post on our blog and tell us what you think.",
            "Which tip would you add? Leave it in the comments.",
        ),
        _P.INSTAGRAM: (
            "Save this post for the day you need it.",
            "Save it, and send it to a friend who is in the middle of this.",
            "Keep it for later, and tell us below what surprised you.",
            "Save this and try one thing from it this week.",
        ),
        _P.TIKTOK: (
            "Try it and tell us how it went.",
            "Save it for later and try it yourself.",
            "What would you ask? Write it in the comments.",
            "Send it to someone who is learning this too.",
        ),
        _P.X: (
            "More on our blog.",
            "The whole post is on our blog.",
            "What would you add?",
            "Read on in our blog.",
        ),
    },
    "cs": {
        _P.LINKEDIN: (
            "Jak to řešíte u vás v týmu? [Napište|Napiš] nám do komentářů.",
            "Co se [vám|ti] osvědčilo? [Podělte|Poděl] se v komentářích.",
            "Co [byste udělali|uděláš] jinak? [Napište|Napiš] nám svůj pohled.",
            "Celý článek je na našem blogu. Co k tomu [dodáte|dodáš]?",
        ),
        _P.FACEBOOK: (
            "[Znáte|Znáš] někoho, komu se to bude hodit? [Pošlete|Pošli] mu to dál.",
            "Jak to [vidíte|vidíš]? [Napište|Napiš] nám do komentářů.",
            "[Přečtěte|Přečti] si celý článek na našem blogu a [řekněte|řekni], co si o tom "
            "[myslíte|myslíš].",
            "Jaký tip [vám|ti] tu chybí? [Přidejte|Přidej] ho do komentářů.",
        ),
        _P.INSTAGRAM: (
            "[Uložte|Ulož] si příspěvek na den, kdy se bude hodit.",
            "[Uložte|Ulož] si ho a [pošlete|pošli] dál tomu, kdo to právě řeší.",
            "[Nechte|Nech] si ho na později a [napište|napiš], co [vás|tě] překvapilo.",
            "[Uložte|Ulož] si to a [zkuste|zkus] z toho tento týden jednu věc.",
        ),
        _P.TIKTOK: (
            "[Zkuste|Zkus] to a [napište|napiš] nám, jak to šlo.",
            "[Uložte|Ulož] si to na později a [vyzkoušejte|vyzkoušej] to.",
            "Na co [byste se zeptali|se chceš zeptat]? [Napište|Napiš] to do komentářů.",
            "[Pošlete|Pošli] to někomu, kdo se to taky učí.",
        ),
        _P.X: (
            "Více na našem blogu.",
            "Celý článek je na našem blogu.",
            "Co k tomu [dodáte|dodáš]?",
            "Pokračování na našem blogu.",
        ),
    },
    "uk": {
        _P.LINKEDIN: (
            "Як із цим у [вашій|твоїй] команді? [Напишіть|Напиши] нам у коментарях.",
            "Що спрацювало у [вас|тебе]? [Поділіться|Поділися] досвідом у коментарях.",
            "Що [ви б зробили|варто зробити] інакше? [Напишіть|Напиши] свою думку.",
            "Увесь допис — у нашому блозі. Що [ви б додали|варто додати]?",
        ),
        _P.FACEBOOK: (
            "[Знаєте|Знаєш] когось, кому це стане в пригоді? [Поділіться|Поділися] з ними.",
            "Як [ви|ти] на це [дивитеся|дивишся]? [Напишіть|Напиши] нам у коментарях.",
            "[Прочитайте|Прочитай] увесь допис у нашому блозі й [скажіть|скажи], що про це "
            "[думаєте|думаєш].",
            "Якої поради тут бракує? [Залиште|Залиш] її в коментарях.",
        ),
        _P.INSTAGRAM: (
            "[Збережіть|Збережи] допис на той день, коли він знадобиться.",
            "[Збережіть|Збережи] його й [надішліть|надішли] тим, хто саме з цим має справу.",
            "[Залиште|Залиш] його на потім і [напишіть|напиши], що [вас|тебе] здивувало.",
            "[Збережіть|Збережи] і [спробуйте|спробуй] цього тижня щось одне.",
        ),
        _P.TIKTOK: (
            "[Спробуйте|Спробуй] і [розкажіть|розкажи], що вийшло.",
            "[Збережіть|Збережи] на потім і [спробуйте|спробуй] власноруч.",
            "Про що [ви б запитали|хочеться запитати]? [Напишіть|Напиши] в коментарях.",
            "[Надішліть|Надішли] це тим, хто теж цього вчиться.",
        ),
        _P.X: (
            "Більше — у нашому блозі.",
            "Увесь допис — у нашому блозі.",
            "Що [ви б додали|варто додати]?",
            "Продовження — у нашому блозі.",
        ),
    },
    "fa": {
        _P.LINKEDIN: (
            "در تیم شما این کار چطور پیش می‌رود؟ در دیدگاه‌ها برایمان بنویسید.",
            "برای شما چه چیزی جواب داده است؟ تجربه‌تان را در دیدگاه‌ها بنویسید.",
            "شما کدام بخش را جور دیگری انجام می‌دادید؟ نظرتان را بنویسید.",
            "متن کامل در وبلاگ ماست. شما چه چیزی به آن اضافه می‌کنید؟",
        ),
        _P.FACEBOOK: (
            "کسی را می‌شناسید که این به کارش بیاید؟ برایش بفرستید.",
            "شما چه فکر می‌کنید؟ در دیدگاه‌ها برایمان بنویسید.",
            "متن کامل را در وبلاگ ما بخوانید و بگویید نظرتان چیست.",
            "چه نکته‌ای اینجا کم است؟ در دیدگاه‌ها اضافه‌اش کنید.",
        ),
        _P.INSTAGRAM: (
            "این پست را برای روزی که لازمتان می‌شود ذخیره کنید.",
            "ذخیره‌اش کنید و برای دوستی بفرستید که همین حالا درگیر این کار است.",
            "برای بعد نگهش دارید و بنویسید چه چیزی برایتان تازه بود.",
            "ذخیره کنید و همین هفته یک نکته‌اش را امتحان کنید.",
        ),
        _P.TIKTOK: (
            "امتحانش کنید و بگویید چطور شد.",
            "برای بعد ذخیره‌اش کنید و خودتان امتحان کنید.",
            "شما چه سؤالی دارید؟ در دیدگاه‌ها بنویسید.",
            "برای کسی بفرستید که او هم دارد این را یاد می‌گیرد.",
        ),
        _P.X: (
            "بیشتر در وبلاگ ما.",
            "متن کامل در وبلاگ ماست.",
            "شما چه چیزی اضافه می‌کنید؟",
            "ادامه در وبلاگ ما.",
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

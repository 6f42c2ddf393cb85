"""Alternative texts of grounds: what is to be seen, in the company's language.

Written for en, cs, fa and uk; for other languages the English one is used.
What does not belong here: the words laid over them (`domain/media/overlay/alt_texts.py`).
"""

from __future__ import annotations

from posthub_assets.domain.media.templates.naming import Names

_SHOWN: dict[str, Names] = {
    "stage": Names(
        "Beams of light over a stage, with the heads of an audience before it.",
        "Kužely světla nad jevištěm, před ním hlavy diváků.",
        "پرتوهای نور بر صحنه و سرهای تماشاگران در برابر آن.",
        "Промені світла над сценою, перед нею голови глядачів.",
    ),
    "lights": Names(
        "Lights out of focus in the dark, as discs of many sizes.",
        "Rozostřená světla ve tmě jako různě velké kotouče.",
        "نورهای محو در تاریکی، به شکل دایره‌هایی در اندازه‌های گوناگون.",
        "Розмиті вогні в темряві, наче кола різного розміру.",
    ),
    "curtain": Names(
        "A closed theatre curtain, lit from above.",
        "Zatažená divadelní opona osvětlená shora.",
        "پردهٔ بستهٔ تئاتر با نوری از بالا.",
        "Закрита театральна завіса, освітлена згори.",
    ),
    "hills": Names(
        "Ridges of hills in the mist and a low sun.",
        "Hřebeny kopců v mlze a nízké slunce.",
        "رشته‌تپه‌هایی در مه و خورشیدی پایین در آسمان.",
        "Пасма пагорбів у тумані та низьке сонце.",
    ),
    "marbling": Names(
        "Marbled colours that wind around each other.",
        "Mramorované barvy, které se ovíjejí kolem sebe.",
        "رنگ‌های ابروباد که در هم پیچیده‌اند.",
        "Мармурові кольори, що переплітаються.",
    ),
    "strokes": Names(
        "Wide strokes of a brush.",
        "Široké tahy štětcem.",
        "ضربه‌های پهن قلم‌مو.",
        "Широкі мазки пензля.",
    ),
    "washes": Names(
        "Stains of watercolour on white paper.",
        "Akvarelové skvrny na bílém papíře.",
        "لکه‌های آبرنگ روی کاغذ سفید.",
        "Акварельні плями на білому папері.",
    ),
    "cut_paper": Names(
        "Sheets of coloured paper, cut in curves and laid over each other.",
        "Barevné papíry vystřižené do oblouků a položené přes sebe.",
        "ورق‌های کاغذ رنگی با برش‌های منحنی، روی هم.",
        "Аркуші кольорового паперу, вирізані дугами й складені один на одного.",
    ),
    "diagonal": Names(
        "Slanted bands of colour.", "Šikmé barevné pruhy.", "نوارهای رنگی مورب.", "Похилі смуги."
    ),
    "arcs": Names(
        "Concentric coloured rings.",
        "Soustředné barevné kruhy.",
        "حلقه‌های رنگی هم‌مرکز.",
        "Концентричні кольорові кільця.",
    ),
    "tiles": Names(
        "A pattern of geometric tiles.",
        "Vzor z geometrických dlaždic.",
        "نقشی از کاشی‌های هندسی.",
        "Візерунок із геометричних плиток.",
    ),
    "gradient": Names(
        "Colours that flow into each other.",
        "Barvy, které přecházejí jedna v druhou.",
        "رنگ‌هایی که در هم می‌آمیزند.",
        "Кольори, що перетікають один в один.",
    ),
    "rays": Names(
        "A rising sun with rays, printed as on an old poster.",
        "Vycházející slunce s paprsky jako na starém plakátu.",
        "خورشید در حال طلوع با پرتوهایش، مانند پوسترهای قدیمی.",
        "Сонце, що сходить, із променями, як на старій афіші.",
    ),
    "stripes": Names(
        "Wide stripes that turn around a disc, printed as on an old poster.",
        "Široké pruhy, které obcházejí kotouč, jako na starém plakátu.",
        "نوارهای پهن که به دور دایره‌ای می‌چرخند، مانند پوسترهای قدیمی.",
        "Широкі смуги, що огинають коло, як на старій афіші.",
    ),
    "fans": Names(
        "Rows of overlapping fans, as on old wallpaper.",
        "Řady překrývajících se vějířů jako na staré tapetě.",
        "ردیف‌هایی از بادبزن‌های روی هم، مانند کاغذدیواری قدیمی.",
        "Ряди віял, що перекриваються, як на старих шпалерах.",
    ),
    "dots": Names(
        "A moon over hills, printed in coarse dots.",
        "Měsíc nad kopci, vytištěný hrubým rastrem.",
        "ماه بر فراز تپه‌ها، چاپ‌شده با نقطه‌های درشت.",
        "Місяць над пагорбами, надрукований великими крапками.",
    ),
}


def ground_alt_text(name: str, language: str) -> str:
    """Say what a ground shows; `name` is that of `ground_name`, `language` a BCP 47 tag.

    Raises KeyError for a ground that there is not.
    """
    return _SHOWN[name].in_language(language)

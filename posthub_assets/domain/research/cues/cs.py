"""Czech cues. Data only."""

from __future__ import annotations

from posthub_assets.domain.research.cues import Cue, Cues, ToneWords

_POINTS = {
    "identity": Cue(
        sentence=r"^§ (?:je|jsou) (?!tu\b|už\b|také\b)\w+|^jsme (?:\w+ )?(?:tým|firma|dílna|"
        r"společnost|"
        r"organizace|spolek|skupina|komunita|škola|studio|obchod)\b",
        known=True,
    ),
    "mission": Cue(
        sentence=r"\b(?:naším posláním|posláním (?:§|naší \w+)|naší misí|naše mise|naše poslání)\b",
        heading=r"^(?:naše )?(?:poslání|mise)(?: §)?$",
        most_from_heading=1,
    ),
    "vision": Cue(
        sentence=r"\b(?:naší vizí|naše vize|vizí (?:§|naší \w+))\b",
        heading=r"^(?:naše )?vize(?: §)?$",
        most_from_heading=1,
    ),
    "core_purpose": Cue(
        sentence=(
            r"^(?:(?:a|ale) )?(?:§ )?(?:pomáháme|pomáhá|existujeme|sloužíme|učíme)\b"
            r"|^(?:(?:a|ale) )?chceme (?:ti|vám|lidem|zákazníkům|všem|pomáhat|ukázat)\b"
            r"|^doufáme, že (?:se )?nám\b|\bzde ti chceme ukázat\b"
        ),
        heading=r"^proč (?:to děláme|existujeme|jsme tu)\??$",
        most_from_heading=1,
        known=True,
    ),
    "values": Cue(
        sentence=r"^(?:§ )?(?:věříme|vyznáváme|zakládáme si)\b|^naše hodnoty jsou\b",
        heading=r"^(?:naše )?(?:hodnoty|zásady|principy)$|^(?:čemu věříme|na čem nám záleží)$",
        items_only=True,
    ),
    "culture": Cue(
        sentence=r"\b(?:naše firemní kultura|u nás v (?:týmu|dílně|firmě))\b",
        heading=r"^(?:firemní |naše )?kultura$|^jak (?:u nás )?(?:spolu )?pracujeme$",
    ),
    "target_audience": Cue(
        sentence=r"\b(?:je určen[aoy]?|jsou určeny|je) pro (?:všechny|každého|lidi|ženy|rodiny|"
        r"firmy|"
        r"začátečníky|začátečnice|ty|toho)\b",
        heading=r"^(?:pro koho (?:jsme|pracujeme|je)|naši zákazníci)",
        known=True,
        own=False,
    ),
    "products": Cue(
        sentence=r"^(?:§ )?(?:vyrábíme|vyrábí|vytvořili jsme|vytvořily jsme|vyvinuli jsme|pečeme|"
        r"prodáváme|prodává|vydáváme|vydává) \w+",
        heading=r"^naše (?:výrobky|produkty)$|^co (?:vyrábíme|prodáváme)$",
        known=True,
    ),
    "services": Cue(
        sentence=r"^(?:§ )?(?:nabízíme|nabízí|poskytujeme|poskytuje|opravujeme|opravuje|půjčujeme|"
        r"pořádáme kurzy) \w+|^(?:k )?naš(?:im|e) služb\w+ ",
        heading=r"^(?:naše )?služby$|^co (?:děláme|nabízíme|umíme)$",
        known=True,
    ),
    "unique_selling_proposition": Cue(
        sentence=r"\b(?:na rozdíl od (?:ostatních|jiných)|liší(?:me)? se od|jako jediní|"
        r"jsme jediní)\b",
        heading=r"^(?:čím se lišíme|v čem jsme jiní|proč (?:si vybrat )?(?:nás|právě my|§))\??$",
    ),
    "problems_solved": Cue(
        sentence=r"^(?:§ )?(?:řešíme|vyřešíme|zbavíme|odstraňujeme|odstraníme)\b",
        heading=r"^(?:jaké )?problémy,? které řešíme$|^s čím pomáháme$",
        known=True,
    ),
    "benefits": Cue(
        sentence=r"\b(?:budeš mít|budete mít|naučíš se|naučíte se|získáš|získáte|ušetříš|"
        r"ušetříte)\b",
        heading=r"^(?:co (?:získáte|získáš|vám to přinese)|vaše výhody)\??$",
        unless=r"\b(?:pokud|jestli(?:že)?|v příští|v této|kapitol\w+|cvičení|potřebovat|příkaz)\b",
        known=True,
        own=False,
    ),
    "methods": Cue(
        sentence=r"^(?:náš (?:přístup|postup)|naše metoda) \w+"
        r"|^(?:§ )?(?:pracujeme|vyvíjíme|začínáme|testujeme) (?:\w+ ){0,3}(?:s|v|po|podle|pomocí)\b"
        r"|\bbudeme se snažit ti vysvětlit\b",
        heading=r"^(?:náš (?:přístup|postup)|jak (?:to )?(?:děláme|pracujeme))$",
    ),
    "pricing_model": Cue(
        sentence=r"\b(?:ceny? (?:začíná|začínají|zahrnuj[eí]|jsou)|účtujeme|platí se|stojí \d|"
        r"(?:je|jsou) (?:zdarma|bezplatn\w+))",
        item=r"^(?:cena|ceny|sazba|poplatek)[^:]{0,30}:\s*\S*\d",
        heading=r"^(?:naše )?(?:ceny|ceník|cenové \w+)$",
        unless=r"\b(?:software|program|editor|účet)\b",
        known=True,
    ),
    "guarantees": Cue(
        sentence=r"\b(?:ručíme|garantujeme|zaručujeme|naše záruka|poskytujeme záruku|"
        r"záruku? (?:dáváme|na "
        r"\w+ (?:je|činí)))\b",
        heading=r"^(?:naše )?(?:záruka|záruky|garance)$",
        known=True,
    ),
    "customers": Cue(
        sentence=r"\b(?:naši (?:zákazníci|klienti) (?:jsou|přicházejí)|mezi naše (?:zákazníky|"
        r"klienty)|"
        r"pracovali jsme pro|pracovaly jsme pro)\b",
        heading=r"^(?:naši (?:zákazníci|klienti)|pro koho jsme pracovali|reference)$",
    ),
    "partners": Cue(
        sentence=r"\b(?:spolupracujeme s|naši partneři jsou|naším partnerem|"
        r"ve spolupráci s [A-ZÁ-Ž])",
        heading=r"^(?:naši )?partneři$|^s kým spolupracujeme$",
    ),
    "competitors": Cue(
        sentence=r"\b(?:naši konkurenti|našimi konkurenty|naší konkurencí|konkurujeme)\b",
        title_under=r"^(?:naše )?konkurence$",
        known=True,
        own=False,
    ),
    "proof_points": Cue(
        sentence=r"^(?:(?:v roce|od roku) \d{4} )?(?:§ |jsme ).*\b\d[\d\s.,]* (?:%|procent|lidí|"
        r"zákazníků|"
        r"klientů|oprav|kurzů|účastnic|účastníků|projektů|workshopů|zemí|měst)",
        heading=r"^(?:§ |my )?v číslech$|^výsledky$",
        within=r"\d",
        known=True,
    ),
    "certifications": Cue(
        sentence=r"\b(?:máme certifikát|jsme certifikovan\w+|jsme držitel\w+ certifikátu)\b",
        heading=r"^(?:naše )?certifikáty$",
    ),
    "awards": Cue(
        sentence=r"\b(?:získali jsme|získaly jsme|vyhráli jsme|§ (?:získal[ao]?|vyhrál[ao]?)) .*"
        r"\b(?:cenu|ocenění|medaili|soutěž)\b",
        heading=r"^(?:naše )?ocenění$",
    ),
    "team": Cue(
        sentence=r"\b(?:jsme tým|náš tým (?:tvoří|má)|pracuje u nás|zaměstnáváme|tvoří nás)\b"
        r"|\btutoriál přeložila do češtiny\b",
        heading=r"^(?:náš tým|naši lidé)$",
        known=True,
        own=False,
    ),
    "history": Cue(
        sentence=r"\b(?:v roce|roku|od roku) (?:19|20)\d\d\b.*\b(?:založil\w*|vznikl\w*|"
        r"otevřel\w*|začal\w*)"
        r"|\b(?:založil\w*|vznikl\w*|otevřel\w*) .{0,40}\b(?:v roce|roku) (?:19|20)\d\d\b",
        heading=r"^(?:naše |o )?histori[ei]$|^jak (?:to|jsme) začal\w*$",
        within=r"\b(?:19|20)\d\d\b",
        known=True,
        own=False,
    ),
    "places": Cue(
        sentence=r"\b(?:sídlíme|najdete nás|naše (?:prodejna|dílna|kancelář|pobočka|sídlo) (?:je|"
        r"stojí))\b",
        heading=r"^(?:kde nás najdete|naše (?:pobočky|místa)|pobočky)$",
    ),
    "events": Cue(
        sentence=r"\b(?:pořádáme|organizujeme|zveme vás na|zúčastnit se (?:workshopu|kurzu) §)\b",
        heading=r"^(?:naše )?(?:akce|kurzy|workshopy|události)$",
    ),
    "community": Cue(
        sentence=r"\b(?:dobrovolní\w+|naše komunita|přispěvatel\w+)\b|\bmáme pro tebe chat\b"
        r"|\bpožádali jsme kouče\b",
        heading=r"^(?:naše )?komunita$",
        known=True,
        own=False,
    ),
    "social_responsibility": Cue(
        sentence=r"\b(?:§|jsme|\w+íme|\w+áme|\w+ujeme)\b.*\b(?:neziskov\w+|charit\w+|udržiteln\w+|"
        r"recykl\w+|na dobrou věc)\b",
        heading=r"^(?:společenská )?odpovědnost$",
        known=True,
    ),
    "policies": Cue(
        sentence=r"^(?:nikdy|zásadně) (?:ne\w+|nic)\b",
        heading=r"^(?:naše )?(?:pravidla|co (?:odmítáme|neděláme))$",
        known=True,
    ),
    "key_messages": Cue(
        heading=r"^(?:naše )?(?:klíčová|hlavní) (?:sdělení|poselství)$", items_only=True
    ),
    "calls_to_action": Cue(
        sentence=r"^(?:neboj se|nebojte se|přijďte|přijď|objednejte se|zavolejte|napište nám|"
        r"přidejte se|"
        r"přidej se|sleduj(?:te)? )\b|\bsleduj(?:te)? § na\b",
        own=False,
        known=True,
    ),
}

_TITLES = {
    "identity": "Kdo jsme", "mission": "Poslání", "vision": "Vize", "core_purpose": "Smysl práce",
    "values": "Hodnoty", "culture": "Kultura", "industry": "Obor", "business_field": "Činnost",
    "parent_organization": "Patří pod", "target_audience": "Cílová skupina",
    "products": "Výrobky", "services": "Služby", "unique_selling_proposition": "Čím se liší",
    "problems_solved": "Problémy, které řeší", "benefits": "Přínosy", "methods": "Způsob práce",
    "pricing_model": "Ceny", "guarantees": "Záruky", "customers": "Zákazníci",
    "partners": "Partneři", "competitors": "Konkurence", "proof_points": "Výsledky v číslech",
    "testimonials": "Hlasy zákazníků", "certifications": "Certifikáty", "awards": "Ocenění",
    "team": "Tým", "history": "Historie", "places": "Místa", "events": "Akce",
    "community": "Komunita", "social_responsibility": "Společenská odpovědnost",
    "policies": "Pravidla", "key_messages": "Klíčová sdělení", "content_themes": "Témata obsahu",
    "terminology": "Terminologie", "faq": "Otázky", "calls_to_action": "Výzvy k akci",
    "contact_channel": "Kontakt", "website": "Web", "channels": "Kanály", "languages": "Jazyk",
    "brand_colors": "Barvy značky", "tone": "Tón", "communication_style": "Styl",
}  # fmt: skip

CUES = Cues(
    we=r"\b(?:my|nás|nám|námi|náš|naše|naší|našeho|našem|našich|našim|našimi|jsme|\w{2,}(?:áme|"
    r"íme|eme))\b",
    known_names=r"\b(?:about|home|onas|o nás|o kurzu|kdo jsme|services|sluzby|služby|cenik|ceník|"
    r"prices|history|historie|team|tym|tým|products|produkty|contact|kontakt|faq|hodnoty|poslání|"
    r"readme|zákazníci|záruka)\b",
    relative=r",? (?:kteří|které|která|který|co|jež|již) ",
    list_and="",
    self_nouns="",
    conjunctions=r"^(?:a|ale|i|nebo|však)\b",
    pains=r"\b(?:obtížn\w+|složit\w+ na to|strach\w*|zastraš\w+|boj[íi](?:š|te)? se|potíž\w*|"
    r"trápí\w*|"
    r"zůstáváš? (?:nějak )?pozadu|neměl[ay]? dostatek|nedostatek|otráven\w+|zdlouhav\w+|nejist\w+|"
    r"příliš složit\w+|nespolehliv\w+|frustr\w+)",
    desires=r"\b(?:chceš|chcete|chtěl[ay]? bys|chtěli byste|přeješ si|přejete si|potřebuješ|"
    r"potřebujete|"
    r"chtějí|hledají|přejí si)\b",
    unsaid=r"\b(?:příkaz\w*|soubor\w*|klikn\w+|kód\w*|terminál\w*|konzol\w+|licenc\w+|prosím|"
    r"chyby|neboj)\b|:\s",
    audience=r"\b(?:ty|tě|ti|tebe|tobě|jsi|bys|vy|vás|vám|vaše|tvoje|tvůj|měla jsi|chceš|\w+(?:áš|"
    r"íš|eš))\b",
    points=_POINTS,
    titles=_TITLES,
    missing="Zdroje to neuvádějí. Doplňte dokument nebo zadání o bod: {title}.",
    removed="Na přání schvalovatele vynecháno. Opravte dokument nebo zadání, z něhož údaj pochází.",
    language_name="čeština",
    tone=ToneWords(
        casual=r"\b(?:ty|tě|tebe|tobě|tvůj|tvoje|tvá|tvé|tvého|tvou|jsi|ses|sis|bys|máš|chceš|"
        r"můžeš|budeš|"
        r"musíš|vidíš|víš|podívej|zkus|napiš|ukaž|otevři)\b",
        formal=r"\b(?:vy|vás|vám|vámi|váš|vaše|vašeho|vaši|vaším|jste|byste|máte|chcete|můžete|"
        r"budete|"
        r"musíte|vidíte|víte|podívejte|zkuste|napište|otevřete)\b",
        playful=r"[:;]-?[)D]|<3|[\U0001f300-\U0001faff]|\b(?:zábav\w+|úžasn\w+|skvěl\w+|super|"
        r"hurá|jupí|"
        r"kouzl\w+|magick\w+|dobrodružství|baví|gratul\w+)\b",
        reader=r"\b(?:ty|tě|tebe|tobě|tvůj|tvoje|tvá|tvé|tvou|jsi|máš|chceš|můžeš|budeš|musíš|"
        r"vidíš|vy|vás|"
        r"vám|váš|vaše|jste|máte|chcete|můžete|budete|musíte)\b",
    ),
    tone_line="{casual_word} ({casual} ze 100 na škále k neformálnímu), {playful_word} ({playful} "
    "ze 100 "
    "na škále k hravému)",
    casual_words=("formální", "mezi formálním a neformálním", "neformální"),
    playful_words=("vážný", "vážný s odlehčením", "hravý"),
    style_line="průměrná věta má {words} slov; na 100 vět připadá {reader} přímých oslovení "
    "čtenáře, "
    "{questions} otázek a {exclamations} vykřičníků",
    style_note="Spočítáno z celých vět všech dokumentů.",
    tone_note="Změřeno ve všech dokumentech: tykání nebo vykání, přímé oslovení, délka vět, "
    "vykřičníky "
    "a odlehčená slova. Vlastní vzorec, žádné hodnocení.",
)  # fmt: skip

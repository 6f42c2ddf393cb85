"""Czech."""

from __future__ import annotations

from posthub_assets.domain.text.languages.pack import LanguagePack, phrase_set, word_set

_STOP_WORDS = word_set(
    """
a aby ačkoli ale ani aniž ano asi aspoň atd až bez bude budeme budeš budete budou budu by byl
byla byli bylo byly bys byste bychom být během celý co což čemu čí či další dále dle do dobře
dokud dokonce dost ho hodně i jak jaká jaké jako jakož jakou jaký je jeden jedna jedné jedno
jednoho jednou jeho jej její jejich jelikož jemu jen jenom jenž ještě ji jí jich jim jimi jiné
jiný již jsem jsi jsme jsou jste k kam každá každé každý kde kdo kdy když ke kolem kolik která
které kterou který kterým kterých kteří ku kvůli lze má mají málo mám máme máš máte me mě mezi
mi mít mně mnou moc moci mohou moje možná můj může můžeme můžeš můžete mu musí musíme musíš
musíte my na nad nám námi naproti nás náš naše našeho našich naším ne nebo nebyl nebyla nebyli
nebylo nechť nějaká nějaké nějaký něco někde někdo není nic nich ním nimi níž nový o od ode on
ona oni ono ony opět pak pan po pod podle pokud pomocí potom pouze právě pro proč prostě proto
protože první před přede přes při s se sebe si sice skoro snad spolu sta stále své svého svém
svou svůj svých svým ta tady tak taková také takové takový takže tam tato té tě tedy tehdy ten
tento těch těm těmi teď též ti tím tímto to tobě tohle toho tohoto tom tomto tomu totiž tu tvá
tvé tvoje tvůj ty tyto u už v vám vámi vás váš vaše ve vedle velmi více vlastně však všech
všechno všichni všem všemi všude vždy vždycky z za zatímco zda zde ze že
"""
)

_DANGLING_STARTS = word_set(
    """
to tento tato toto tyto tito ten ta ti ty tohle tenhle tahle ono on ona oni ony jeho její jejich
takže proto tedy však ale avšak a i nebo také taky navíc dále pak potom poté nakonec zatímco tím
tomu toho tam tady zde takový taková takové podobně stejně jinak přesto nicméně tak tudíž tehdy
první druhý druhá druhé třetí další ovšem obojí oba obě jiní jiné jinými naopak samozřejmě
naštěstí bohužel což který která které protože opět znovu teď nyní pokračujme
"""
)

_ABBREVIATIONS = word_set(
    """
např tzv tj tzn atd apod aj mj č čl str sv st ul nám tel p pí sl ing mgr bc dr phdr mudr rndr
doc prof judr csc ph.d r o.s s.r.o a.s resp popř příp angl něm lat cca mil mld tis kap obr odst
pozn viz vč max min hl roč red
"""
)

_INTERROGATIVES = word_set(
    """
co proč jak kdy kde kdo kam který která které jaký jaká jaké kolik čí čím odkud zda lze k čemu
"""
)

_EMPTY_HEADINGS = phrase_set(
    """
úvod | závěr | přehled | příklad | příklady | shrnutí | o nás | obsah | další zdroje |
zdroje | odkazy | poznámka | poznámky | co dál | a co dál | časté otázky | instalace | domů |
kontakt | příspěvky | historie | vítej | vítejte | závěrem | co teď | další kroky | cvičení |
úkol | tip | tipy | hotovo | ostatní
"""
)

_SKIPPED_HEADINGS = phrase_set(
    """
další zdroje | zdroje | odkazy | další čtení | literatura | licence | poděkování | autoři |
kontakt | kontakty | obsah | překlad | ke stažení | pro média | poznámky pod čarou
"""
)

_DEPENDENT = (
    r"^(?:\w+\W+){0,3}?(?:tento|tato|toto|této|tuto|tomto|tohoto|těchto|těmto|tím|tomu|toho|tom|to|"
    r"takov\w+|tohle|tuhle|téhle|oba|obě)\b",
    r"^(?:například|třeba|jinými slovy|kromě|navíc|na druhou stranu|v tom případě|díky tomu)\b",
    r"^(?:ano|ne|dobře|skvěle|hotovo|výborně|super|ok|tak|nuže|hurá)\b[,.! ]",
    r"^\w+ (?:také|však|tedy|pak|ovšem|proto|totiž)\b",
)

_DANGLING = (
    r"\b(?:výše|níže)\b|\bnásledující(?:m|ch|ho|mi|mu)?\b|\bpředchozí(?:m|ch|ho|mi)?\b",
    (
        r"\b(?:tato|této|tuto|tomto|tohoto|tento|další|příští|minulé|"
        r"poslední) (?:kapitol\w*|sekc\w*|část\w*|stránk\w*|lekc\w*|krok\w*|"
        r"příklad\w*|obrázk\w*|výpis\w*)"
    ),
    (
        r"\bv (?:této|další|předchozí|minulé) kapitole\b|\bkapitol\w*|\bobráz(?:ek|ku)\b|"
        r"\bsnímek obrazovky\b"
    ),
    (
        "^(?:viz|podívej|podívejte|koukni|přečti|otevři|zadej|napiš|spusť|ulož|vlož|"
        "přidej|zkopíruj|klikni|stiskni|vytvoř|změň|přejdi|obnov|nainstaluj|zavři|zkus|"
        r"vyzkoušej|uprav|najdi)\b"
    ),
    r"\b(?:takto|jako zde|jak vidíš|jak můžeš vidět|uvidíš)\b|^(?:a |ale |tak )?(?:teď|nyní)\b",
)

_LEAD_WORDS = r"\b(?:následující\w*|níže|výše)\b"

_CHROME = (
    (
        r"\bklikn\w*|\bpravým tlačítkem\b|\bpřečtěte si více\b|\bpřihlas\w* se k odběru\b|"
        r"[\w.+-]+@[\w-]+\.\w+"
    ),
    (
        r"\bcreative commons\b|\blicenc\w*|\bautorsk\w* práv\w*|\bcopyright\b|\bgitter\b|"
        r"\bpull request\b"
    ),
    (
        r"\bgratuluj\w*|\bsuper práce\b|\bprávě js(?:i|te|me|ou)\b|\bvideo\b|\bpro čtenářky?\b|"
        r"\bděkujeme\b|\bpoděkování\b"
    ),
)

PACK = LanguagePack(
    code="cs",
    direction="ltr",
    quotes=("„", "“"),
    stop_words=_STOP_WORDS,
    abbreviations=_ABBREVIATIONS,
    labels={
        "introduction": "Úvod",
        "faq": "Časté otázky",
        "key_takeaways": "Co si odnést",
        "conclusion": "Závěr",
    },
    interrogatives=_INTERROGATIVES,
    what_is={
        "je": "Co je {term}?",
        "jsou": "Co jsou {term}?",
        "znamená": "Co znamená {term}?",
        "představuje": "Co představuje {term}?",
    },
    definition=(
        r"^(?P<term>[A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ0-9][^\s,;:()]*(?: [^\s,;:()]+){0,2}?)"
        r"(?: \([^)]{1,60}\))? (?P<verb>jsou|je|znamená|představuje),? "
        r"(?!(?:to|také|už|již|ale|třeba|nutné|dobré|možné|velmi|tak|asi|dobře|podobn\w+|vždy)\b)"
        r"(?!\w+(?:án|ána|áno|áni|ány|en|ena|eno|eni|eny|ět|it|at|ut|uta|uty)\b)"
    ),
    pointing=(
        r"\b(?:tento|tato|toto|tyto|této|tuto|tomto|tohoto|těchto|těmto|tím|tomu|tohle|oba"
        r"|obě|takov\w+)\b"
    ),
    dangling_starts=_DANGLING_STARTS,
    dependent=_DEPENDENT,
    dangling=_DANGLING,
    chrome=_CHROME,
    lead_words=_LEAD_WORDS,
    empty_headings=_EMPTY_HEADINGS,
    skipped_headings=_SKIPPED_HEADINGS,
    about=(
        "Co je dobré vědět k tématu „{heading}“?",
        "Co stojí za pozornost u tématu „{heading}“?",
    ),
    wishes={
        "shorter": ("kratší", "zkrát", "příliš dlouh", "stručněj"),
        "longer": ("delší", "příliš krátk", "rozšíř", "podrobněj"),
    },
    conjunction=" a ",
    suffixes=(
        "atech",
        "ového",
        "ovému",
        "ových",
        "ovými",
        "ování",
        "ského",
        "ových",
        "eného",
        "ených",
        "ami",
        "emi",
        "ech",
        "ách",
        "ích",
        "ího",
        "imu",
        "ímu",
        "ého",
        "ému",
        "ými",
        "ama",
        "ovi",
        "ové",
        "ová",
        "ový",
        "ete",
        "eme",
        "íme",
        "áme",
        "uje",
        "ují",
        "ila",
        "ilo",
        "ili",
        "ala",
        "alo",
        "ali",
        "ům",
        "ou",
        "ém",
        "ým",
        "ím",
        "ám",
        "em",
        "es",
        "ých",
        "it",
        "at",
        "et",
        "a",
        "á",
        "e",
        "é",
        "ě",
        "i",
        "í",
        "o",
        "u",
        "ů",
        "y",
        "ý",
    ),
    titles_in_capitals=False,
)

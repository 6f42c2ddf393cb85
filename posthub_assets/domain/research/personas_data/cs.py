"""Czech personas: names, titles, and twelve voices. Data only.

Sentences about a person stand in the present tense, which has no gender in Czech; titles and
surnames come in both genders. The company's name is never declined. "[formal|informal]" holds both
ways to address a reader.
"""

from __future__ import annotations

from posthub_assets.domain.bodies import Archetype, Level
from posthub_assets.domain.research.personas_data import Gendered, Pack, Voice

_VOICES = {
    Archetype.INNOCENT: Voice(
        character=(
            "{first} hledá nejjednodušší poctivý způsob, jak věc říct, a většinou ho najde.",
            "{first} věří čtenářům a nic neschovává do poznámek pod čarou.",
        ),
        values=("poctivost", "jednoduchost", "optimismus", "laskavost"),
        frustrations=("drobné písmo", "cynismus vydávaný za zkušenost", "zbytečné složitosti"),
        vocabulary_level="prostá běžná slova, každý odborný výraz je vysvětlen",
        sentence_style="krátké a světlé věty",
        phrases=("Řečeno prostě:", "Nejdřív ta dobrá zpráva.", "Jde to i jednoduše.",
                 "Jeden jasný krok."),
        endings=(
            "V jednoduchosti se další krok ukáže sám.",
            "Pokud jediná věta odsud usnadní den, splnila svůj úkol.",
        ),
        art_style="plošná ilustrace s oblými tvary a spoustou bílého místa",
        atmosphere="lehká, otevřená, svěží jako ráno",
    ),
    Archetype.EVERYPERSON: Voice(
        character=(
            "{first} píše tak, jak se mluví s kolegy u kávy.",
            "{first} pokládá otázku, na kterou se ostatní ostýchají zeptat.",
        ),
        values=("férovost", "sounáležitost", "zdravý rozum", "spolehlivost"),
        frustrations=("odborná hantýrka", "poučování svrchu", "porady bez závěru"),
        vocabulary_level="běžná slova bez hantýrky",
        sentence_style="hovorové, středně dlouhé věty s přímým oslovením",
        phrases=("Mezi námi:", "To zná každý.", "Co pomáhá v praxi?", "Fér je fér."),
        endings=(
            "Tak to vidíme od našeho stolu; a jak to vypadá od toho [vašeho|tvého]?",
            "Žádná kouzla, jen práce, o kterou se dá podělit.",
        ),
        art_style="dokumentární fotografie v přirozeném světle",
        atmosphere="přátelská, všední v dobrém smyslu",
    ),
    Archetype.HERO: Voice(
        character=(
            "{first} má v oblibě těžké úkoly s pevným datem.",
            "{first} pozná dobrý týden podle toho, co se v něm opravdu dokončilo.",
        ),
        values=("odvaha", "disciplína", "výsledky", "vytrvalost"),
        frustrations=("výmluvy", "začatá a nedokončená práce", "mlhavé cíle"),
        vocabulary_level="silná slovesa a konkrétní podstatná jména",
        sentence_style="krátké činné věty, v každé jedna myšlenka",
        phrases=("Začít se dá dnes.", "Jaký je další tah?", "Hotové je víc než dokonalé.",
                 "Bez zkratek."),
        endings=(
            "Stačí vybrat jednu věc z tohoto textu a začít s ní dnes.",
            "Nejtěžší je první krok, zbytek je cvik.",
        ),
        art_style="výrazný grafický plakát se silnými diagonálami",
        atmosphere="energická, odhodlaná",
    ),
    Archetype.CAREGIVER: Voice(
        character=(
            "{first} čte každý text ještě jednou očima toho, kdo má největší obavy.",
            "{first} si všimne, na koho se ve větě zapomnělo.",
        ),
        values=("péče", "trpělivost", "štědrost", "bezpečí"),
        frustrations=("pravidla bez slitování", "pomoc, která přijde pozdě", "nedbalá slova"),
        vocabulary_level="vlídná a jasná slova, pojmy se vysvětlují průběžně",
        sentence_style="klidné, středně dlouhé věty s vysvětlením",
        phrases=("Není kam spěchat.", "Projděme si to spolu.", "Nikdo nemusí umět všechno.",
                 "Ptát se dá kdykoli."),
        endings=(
            "Co se hodí, to si [odneste|odnes]; zbytek počká na jindy.",
            "Jde to i pomalu, k textu se dá kdykoli vrátit.",
        ),
        art_style="jemný akvarel se zaoblenými postavami",
        atmosphere="vřelá, uklidňující",
    ),
    Archetype.EXPLORER: Voice(
        character=(
            "{first} si z každého projektu přináší zápisník plný otázek.",
            "{first} dává přednost vyzkoušené cestě před vyčtenou.",
        ),
        values=("zvídavost", "samostatnost", "otevřenost", "objevování"),
        frustrations=("vyšlapané cesty", "odpovědi, které nikdo neověřil", "zavřené dveře"),
        vocabulary_level="živá a konkrétní slova s obrazy z cest",
        sentence_style="svižné věty s otázkami a změnami tempa",
        phrases=("Podívejme se za to.", "Co když to zkusíme?", "Mimo mapu:",
                 "Ještě jedna zatáčka."),
        endings=(
            "Za další zatáčkou je toho víc; na viděnou tam.",
            "Mapa zůstává otevřená, [zakreslete|zakresli] si, co [najdete|najdeš].",
        ),
        art_style="širokoúhlá fotografie krajiny s malou postavou",
        atmosphere="dobrodružná, vzdušná",
    ),
    Archetype.REBEL: Voice(
        character=(
            "{first} se ptá, proč se to tak dělá odjakživa, a počká si na odpověď.",
            "{first} v každém textu škrtá první odstavec a často má pravdu.",
        ),
        values=("svoboda", "upřímnost", "změna", "nezávislost"),
        frustrations=("prázdné rituály", "věta „takhle to děláme vždycky“", "zdvořilé nepravdy"),
        vocabulary_level="přímá současná slova bez opisů",
        sentence_style="úderné věty s krátkými zlomy",
        phrases=("A proč vlastně?", "Pravidla jsou koncept.", "Rovnou k věci.",
                 "První stranu škrtnout."),
        endings=(
            "Nesouhlas? Výborně, tady to začíná být zajímavé.",
            "[Zpochybněte|Zpochybni] i tohle, text to vydrží.",
        ),
        art_style="koláž z trhaného papíru s hrubými okraji",
        atmosphere="syrová, plná kontrastů",
    ),
    Archetype.LOVER: Voice(
        character=(
            "{first} vnímá, jak věc padne do ruky a jak věta zní nahlas.",
            "{first} si lidi pamatuje podle příběhů, které vyprávějí.",
        ),
        values=("oddanost", "krása", "blízkost", "vděčnost"),
        frustrations=("lhostejnost", "ošklivý spěch", "lidé vedení jako čísla"),
        vocabulary_level="bohatá smyslová slova bez ozdob navíc",
        sentence_style="plynulé věty s rytmem",
        phrases=("S láskou k detailu:", "[Podívejte|Podívej] se blíž.", "Ta péče stojí za to.",
                 "[Poslechněte|Poslechni] si to."),
        endings=(
            "Ať s tím [uděláte|uděláš] cokoli, [udělejte|udělej] to s péčí.",
            "Děkuji za čtení až k poslednímu řádku.",
        ),
        art_style="detailní fotografie s malou hloubkou ostrosti",
        atmosphere="důvěrná, hřejivá",
    ),
    Archetype.CREATOR: Voice(
        character=(
            "{first} nápad nejdřív kreslí a teprve potom vysvětluje.",
            "{first} dá víc na hrubou verzi v úterý než na plán v pátek.",
        ),
        values=("představivost", "řemeslo", "původnost", "tvoření"),
        frustrations=("kopie kopií", "nápady, které skončí v prezentaci", "odbytá práce"),
        vocabulary_level="přesná slova řemesla vysvětlená na příkladech",
        sentence_style="proměnlivé věty s malými výjevy",
        phrases=("Načrtněme si to.", "Verze jedna:", "Nejdřív udělat, pak vyladit.",
                 "Vlastníma rukama."),
        endings=(
            "Teď je řada na [vás|tobě], co z toho [vytvoříte|vytvoříš].",
            "První verze může být hrubá, i tak má smysl ji udělat.",
        ),
        art_style="ruční kresba linkou s jednou výraznou barvou",
        atmosphere="vynalézavá, jako v dílně",
    ),
    Archetype.JESTER: Voice(
        character=(
            "{first} schovává vážnou pointu do druhé půlky vtipu.",
            "{first} si vede seznam nejsušších vět, které kdy prošly schválením.",
        ),
        values=("radost", "lehkost", "vtip", "přítomný okamžik"),
        frustrations=("nabubřelá slova", "porady o poradách", "strach z úsměvu"),
        vocabulary_level="hravá běžná slova",
        sentence_style="krátké náběhy a rychlé obraty",
        phrases=("Teď vážně:", "A teď zvrat:", "Zhluboka se nadechnout.", "Nejdřív káva."),
        endings=(
            "To byla ta vážná část, teď už se zase smí usmívat.",
            "Konec lekce, začátek přestávky na kávu.",
        ),
        art_style="kreslený vtip se silnou konturou a slovní hříčkou v obraze",
        atmosphere="veselá, rozverná",
    ),
    Archetype.SAGE: Voice(
        character=(
            "{first} si nejdřív přečte zdroj a teprve potom ho cituje.",
            "{first} začíná odpověď doklady a vlastní názor nechává na konec.",
        ),
        values=("pravdivost", "znalost", "jasnost", "nezávislý úsudek"),
        frustrations=("tvrzení bez zdroje", "závěry dřív než data", "informační šum"),
        vocabulary_level="přesné pojmy, každý jednou vymezený",
        sentence_style="uvážené, delší a dobře uspořádané věty",
        phrases=("Podívejme se na doklady.", "Nejdřív si ujasněme pojmy.", "Zdroj říká:",
                 "Z toho plynou dvě věci."),
        endings=(
            "Než to [převezmete|převezmeš], [ověřte|ověř] si to na vlastní zkušenosti.",
            "Tady končí to, co víme; zbytek je na vyzkoušení.",
        ),
        art_style="čistý redakční diagram s tenkými linkami",
        atmosphere="klidná, přemýšlivá",
    ),
    Archetype.MAGICIAN: Voice(
        character=(
            "{first} hledá malou změnu, která pohne vším ostatním.",
            "{first} ukazuje nejraději stav před a stav po hned vedle sebe.",
        ),
        values=("proměna", "vize", "vhled", "celistvost"),
        frustrations=("kosmetické úpravy", "strach z nového", "nápady bez prvního kroku"),
        vocabulary_level="obrazná slova, za nimi vždy prosté vysvětlení",
        sentence_style="věty, které se stupňují a pak obrátí",
        phrases=("Předtím a potom:", "[Sledujte|Sleduj], co se změní.", "Jedna malá páka.",
                 "Představme si to hotové."),
        endings=(
            "[Změňte|Změň] jednu malou věc a [sledujte|sleduj], co se pohne s ní.",
            "Obrat začíná ve chvíli, kdy to [vidíte|vidíš] jinak.",
        ),
        art_style="dvojexpozice se světlem a geometrickými tvary",
        atmosphere="tajemná, zářivá",
    ),
    Archetype.RULER: Voice(
        character=(
            "{first} dovede každou debatu k rozhodnutí a k tomu, kdo za ně odpovídá.",
            "{first} drží vysokou laťku a krátký program.",
        ),
        values=("odpovědnost", "řád", "kvalita", "stabilita"),
        frustrations=("zmatek", "nejasná odpovědnost", "sliby bez termínu"),
        vocabulary_level="spisovná přesná slova bez ozdob",
        sentence_style="úplné věty s pevnou stavbou, body po pořádku",
        phrases=("Po pořádku:", "Kdo rozhodne?", "Měřítko je jasné.", "Tři body."),
        endings=(
            "[Určete|Urči], kdo za to odpovídá, [stanovte|stanov] termín a obojí [dodržte|dodrž].",
            "Pořádek je zdvořilost k těm, kdo přijdou po nás.",
        ),
        art_style="souměrná architektura v přísné mřížce",
        atmosphere="důstojná, vyrovnaná",
    ),
}  # fmt: skip

PACK = Pack(
    feminine=Gendered(
        first_names=("Adéla", "Běla", "Dorota", "Eliška", "Hedvika", "Johana", "Klára", "Ludmila",
                     "Magdaléna", "Rozálie", "Viola", "Žofie"),
        surnames=("Bukovská", "Doubravová", "Habrová", "Jasanová", "Kopřivová", "Lískovcová",
                  "Malinovská", "Ostružinová", "Pivoňková", "Rybízová", "Šípková", "Třešňáková",
                  "Vrbická", "Zvonková"),
        titles={
            Level.JUNIOR: "začínající redaktorka",
            Level.SPECIALIST: "specialistka na obsah",
            Level.SENIOR: "zkušená autorka",
            Level.LEAD: "vedoucí redaktorka",
            Level.HEAD: "vedoucí obsahu",
            Level.EXECUTIVE: "ředitelka komunikace",
        },
        pronoun="ona",
    ),
    masculine=Gendered(
        first_names=("Albert", "Benedikt", "Dominik", "Emil", "Hynek", "Ignác", "Kryštof",
                     "Leopold", "Matouš", "Oskar", "Teodor", "Vavřinec"),
        surnames=("Bukovský", "Doubrava", "Habr", "Jasan", "Kopřiva", "Lískovec", "Malinovský",
                  "Ostružina", "Pivoňka", "Rybíz", "Šípek", "Třešňák", "Vrbický", "Zvonek"),
        titles={
            Level.JUNIOR: "začínající redaktor",
            Level.SPECIALIST: "specialista na obsah",
            Level.SENIOR: "zkušený autor",
            Level.LEAD: "vedoucí redaktor",
            Level.HEAD: "vedoucí obsahu",
            Level.EXECUTIVE: "ředitel komunikace",
        },
        pronoun="on",
    ),
    opening="{name} pracuje v týmu {company} jako {title}.",
    with_field="Denně se věnuje oboru „{field}“ a píše hlavně o těchto tématech: {topics}.",
    without_field="Píše hlavně o těchto tématech: {topics}.",
    field_only="Denně se věnuje oboru „{field}“.",
    no_topics="Vysvětluje, co tým {company} dělá a pro koho.",
    joiner=", ",
    last_joiner=" a ",
    fallback_expertise=("srozumitelné psaní", "redakce textů", "průzkum mezi čtenáři"),
    voices=_VOICES,
)  # fmt: skip

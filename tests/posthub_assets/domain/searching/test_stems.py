"""Forms of a word share a stem; words that only look alike do not."""

from __future__ import annotations

import pytest

from posthub_assets.domain.searching.questions import read_question
from posthub_assets.domain.searching.stems import stem
from posthub_assets.domain.searching.words import key_of, script_of, unaccented, words_of


def finds(question: str, written: str, language: str) -> bool:
    """Tell whether a question of one term finds a text."""
    stems = [stem(word.key, language) for word in words_of(written)]
    (term,) = read_question(question).wanted
    return any(
        all(
            at + step < len(stems) and any(one.fits(stems[at + step]) for one in each)
            for step, each in enumerate(term.words)
        )
        for at in range(len(stems))
    )


SAME = {
    "cs": """
        faktura faktury faktuře faktur fakturám fakturace; zahrada zahradě zahrad zahradami;
        okno okna oken oknem oknech; dárek dárku dárky dárků; město městě měst městům;
        obchodník obchodníka obchodníci obchodníkům; studentka studentek studentce studentku;
        cena ceny ceně cen cenou; reklama reklam reklamě reklamou; pes psa psi psům;
        nabídka nabídek nabídce nabídky; střecha střechu střechy střech; kůň koně koní;
        mladý mladého mladých mladým; levnější levnějších levnějšího; pečení pečením;
        plánovat plánuje plánovali plánování plán; stůl stolu stole stoly; rok roku roky roků;
        kancelář kanceláře kanceláři kancelářích; ruka ruce rukou rukama; výrobek výrobku výrobky
    """,
    "uk": """
        рахунок рахунку рахунки рахунків; сад саду сади садів садом; вікно вікна вікон вікном;
        подарунок подарунки подарунком; місто міста міст містом; хлопець хлопця хлопці хлопців;
        ціна ціни цін ціною; реклама реклами рекламою рекламі; кінь коня коні конем;
        дитячий дитячого дитячих дитячу; швидкість швидкості швидкістю; стіл стола столи столів;
        планувати планує планували планування план; рік року роки років; рука руки руці рук рукою;
        камінь каменя камені; вечір вечора вечори; покупець покупця покупці покупців;
        оголошення оголошень оголошенням; пісня пісні пісень піснею; ліс лісу ліси лісом;
        документ документа документи документів документом; п'ять пʼять п’ять
    """,
    "fa": """
        باغ باغ‌ها باغها باغی باغ‌های; مشتری مشتریان مشتریها مشتری‌ها; خانه خانه‌ها خانه‌ای;
        قیمت قیمت‌ها قیمتهای قیمتی; تبلیغ تبلیغات; کتاب كتاب کتابهایشان کتاب‌هایم; بزرگ بزرگتر
        بزرگ‌ترین; درخت درختان درخت‌ها; دانشجو دانشجویان دانشجوها; هدیه هدیه‌ها; شهر شهرها شهری;
        کارگر کارگران; پنجره پنجره‌ها پنجره‌ی; مدرسه مَدرسه; فروشگاه فروشگاه‌ها فروشگاهی
    """,
    "en": """
        garden gardens gardening; invoice invoices invoiced invoicing; city cities city's;
        window windows; price prices pricing priced; box boxes; stop stops stopped stopping;
        advertise advertised advertising advertisement; happy happiness; quick quickly;
        studio studios; hope hoped hoping; hop hopped hopping; carry carries carried carrying;
        delivery deliveries; customer customers; translation translations; use used using uses
    """,
}
ALIKE = {
    "cs": [("ruka", "rok"), ("kniha", "knír"), ("cena", "cesta"), ("smlouva", "smůla")],
    "uk": [("будинок", "будильник"), ("книга", "князь"), ("сад", "садок"), ("план", "планета")],
    "fa": [("کتاب", "کتف"), ("شهر", "شهد"), ("باغ", "باد"), ("درخت", "درس")],
    "en": [("plan", "planet"), ("pets", "petals"), ("customer", "custom"), ("price", "prize")],
}


@pytest.mark.parametrize("language", SAME)
def test_forms_of_a_word_find_one_another(language):
    pairs = []
    for group in SAME[language].split(";"):
        forms = group.split()
        pairs += [(asked, written) for asked in forms for written in forms]
    missed = [pair for pair in pairs if not finds(*pair, language)]
    print(language, len(missed), len(pairs), missed)
    assert len(missed) <= 0.05 * len(pairs), f"{len(missed)} of {len(pairs)}: {missed}"


@pytest.mark.parametrize(
    ("language", "pair"), [(language, pair) for language in ALIKE for pair in ALIKE[language]]
)
def test_words_that_only_look_alike_are_not_one(language, pair):
    first, second = (stem(key_of(word), language) for word in pair)
    assert first != second
    assert not finds(*pair, language)


@pytest.mark.parametrize("language", ["cs", "en", "de", ""])
def test_accents_never_matter(language):
    for word in ("příliš", "žluťoučký", "nejdůležitější", "crème", "größte", "úpěl", "ďábelské"):
        assert finds(unaccented(key_of(word)), word, language), word
        assert finds(word, unaccented(key_of(word)), language), word


def test_a_key_is_the_same_for_all_spellings():
    assert key_of("Об’ЄКТ") == key_of("обʼєкт") == "обєкт"
    assert key_of("كتاب") == key_of("کتاب") == key_of("کِتاب")
    assert key_of("۱۴۰۵") == key_of("١٤٠٥") == "1405"
    assert key_of("за\u0301мок") == "замок"
    assert key_of("company’s") == "company"
    assert key_of("й") == "й"
    assert key_of("soft\u00adware") == "software"


def test_a_place_holds_the_endings_that_a_joiner_adds():
    text = "این کتاب\u200cهای خوب می\u200cشود"
    assert [text[word.start : word.end] for word in words_of(text)] == [
        "این",
        "کتاب\u200cهای",
        "خوب",
        "شود",
    ]


def test_scripts_are_told_by_the_first_letter():
    assert [script_of(one) for one in ("2024a", "ž", "ї", "پ", "漢", "1")] == [
        "latin",
        "latin",
        "cyrillic",
        "arabic",
        "other",
        "other",
    ]


def test_stems_of_long_nonsense_cost_nothing():
    assert stem("a" * 40, "cs")
    assert stem("ов" * 20, "uk")
    assert len(words_of("_" * 100_000 + "'" * 100_000)) == 0
    assert len(words_of("a'" * 50_000)) == 1

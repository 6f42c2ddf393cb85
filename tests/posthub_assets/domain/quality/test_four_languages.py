"""The rules in English, Czech, Persian and Ukrainian: inflection, spelling, script, marks."""

from __future__ import annotations

import pytest

from posthub_assets.domain.bodies import BlogPostBody
from posthub_assets.domain.content import Kind
from posthub_assets.domain.quality.findings import Verdict
from posthub_assets.domain.quality.fingerprints import exact_similarity, fingerprint, similar
from posthub_assets.domain.quality.gate import PastItem
from posthub_assets.domain.quality.structure import structure
from posthub_assets.domain.text.languages import language_pack
from posthub_assets.domain.text.words import count_words

PERSIAN = (
    "تعمیر دوچرخه در زمستان کار سختی نیست. هر روز می‌توانید زنجیر را با یک پارچه‌ی خشک پاک کنید. "
    "لنت‌های ترمز را هر هفته نگاه می‌کنیم و اگر نازک شده‌اند، آن‌ها را عوض می‌کنیم. "
    "باد چرخ‌ها را پیش از سفرهای طولانی اندازه بگیرید. کسی که این کارها را یاد بگیرد، "
    "کمتر به تعمیرگاه می‌آید و با خیال آسوده‌تر در باران می‌راند."
)
CZECH = (
    "Oprava kola v zimě není těžká práce. Každý den můžete řetěz otřít suchým hadrem. Brzdové "
    "destičky prohlížíme jednou týdně, a když jsou tenké, vyměníme je. Před delší cestou změřte "
    "tlak v pneumatikách. Kdo se to naučí, přijde do dílny méně často a v dešti jezdí klidněji."
)
UKRAINIAN = (
    "Ремонт велосипеда взимку не є важкою справою. Щодня ви можете витирати ланцюг сухою "
    "ганчіркою. Гальмівні колодки ми оглядаємо раз на тиждень, а якщо вони тонкі, "
    "то міняємо. Перед довгою поїздкою виміряйте тиск у шинах. "
    "Хто цього навчиться, той рідше приходить до майстерні."
)
ENGLISH = (
    "To repair a bicycle in winter is not hard. Every day you can wipe the chain with a dry cloth. "
    "We look at the pads once a week and change them when they are thin. Before a longer trip "
    "measure the pressure in the tyres. Those who learn this come to the workshop less often."
)
TEXTS = {"en": ENGLISH, "cs": CZECH, "fa": PERSIAN, "uk": UKRAINIAN}


def post(text: str, keyword: str = "x", title: str = "x") -> BlogPostBody:
    return BlogPostBody(
        title=title, focus_keyword=keyword, meta_title="", meta_description="", markdown=text
    )


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_is_in_its_language_and_in_no_other(code, check):
    for other in TEXTS:
        found = check(post(TEXTS[code]), "language", language=other)
        if other == code:
            assert found == ()
        else:
            assert [f.verdict for f in found] == [Verdict.FAIL], (code, other)


@pytest.mark.parametrize(
    ("old", "new"),
    [("ی", "ي"), ("ک", "ك"), ("\u200c", ""), ("\u200c", " "), ("ا", "اَ")],
)
def test_a_persian_text_spelled_otherwise_is_the_same_text(old, new, check):
    variant = PERSIAN.replace(old, new)
    assert variant != PERSIAN
    past = PastItem("p", Kind.BLOG_POST, "قدیمی", fingerprint(variant, "fa"))
    found = check(post(PERSIAN), "near_duplicates", language="fa", past=(past,))
    assert found[0].verdict is Verdict.FAIL
    repeated = check(post(f"{PERSIAN}\n\n{variant}"), "repeated_sentences", language="fa")
    assert repeated


@pytest.mark.parametrize("code", TEXTS)
def test_another_text_of_the_language_is_no_duplicate(code):
    half = TEXTS[code][: len(TEXTS[code]) // 2]
    rest = TEXTS[code][len(TEXTS[code]) // 2 :]
    assert similar(fingerprint(half, code), fingerprint(rest, code)) < 0.1
    assert exact_similarity(half, rest, code) < 0.1


@pytest.mark.parametrize("code", TEXTS)
def test_a_copy_with_its_case_and_marks_changed_is_found(code, check):
    copy = TEXTS[code].upper().replace(".", " !").replace(",", " –")
    past = PastItem("p", Kind.BLOG_POST, "copy", fingerprint(copy, code))
    found = check(post(TEXTS[code]), "near_duplicates", language=code, past=(past,))
    assert found[0].verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("code", "keyword", "title", "text"),
    [
        ("cs", "oprava kola", "Opravy kol v zimě", "S opravou kola začněte včas. " + CZECH),
        ("uk", "ремонт велосипеда", "Ремонти велосипедів", "Про ремонт велосипедів. " + UKRAINIAN),
        ("fa", "تعمیر دوچرخه", "تعمیر دوچرخه‌ها در زمستان", PERSIAN),
        ("fa", "تعمير دوچرخه", "تعمیر دوچرخه‌های شهری", PERSIAN),
        ("en", "repairing bicycles", "Repair your bicycle", ENGLISH),
    ],
)
def test_the_keyword_is_found_in_its_inflected_forms(code, keyword, title, text, check):
    found = check(post(text, keyword, title), "focus_keyword", language=code)
    assert [f for f in found if f.verdict is Verdict.FAIL] == []


@pytest.mark.parametrize(
    ("code", "keyword", "title"),
    [
        ("cs", "nosič zavazadel", "Opravy kol"),
        ("uk", "дитяче сидіння", "Ремонт"),
        ("fa", "چراغ جلو", "تعمیر"),
    ],
)
def test_a_keyword_that_is_not_there_is_missed_in_title_and_opening(code, keyword, title, check):
    found = check(post(TEXTS[code], keyword, title), "focus_keyword", language=code)
    assert [f.verdict for f in found][:2] == [Verdict.FAIL, Verdict.FAIL]


LEFT = {
    "cs": "Jako jazykový model nemohu jezdit na kole.",
    "uk": "Як мовна модель я не можу їздити.",
    "fa": "به عنوان یک مدل زبانی نمی‌توانم رکاب بزنم.",
    "en": "As an AI assistant I cannot ride.",
}


@pytest.mark.parametrize("code", LEFT)
def test_a_chatbots_words_about_itself_are_found(code, check):
    text = f"{TEXTS[code]}\n\n{LEFT[code]}"
    found = check(post(text), "template_leftovers", language=code)
    assert len(found) == 1
    assert found[0].span_start >= len(TEXTS[code])


def test_the_zwnj_form_of_a_chatbots_words_is_found(check):
    text = PERSIAN + " به‌عنوان یک هوش‌مصنوعی می‌نویسم."
    assert check(post(text), "template_leftovers", language="fa")


@pytest.mark.parametrize(
    ("code", "mark"),
    [
        ("cs", 'slovo "kolo" zde'),
        ("uk", 'слово "колесо" тут'),
        ("fa", 'واژه "چرخ" اینجا'),
        ("en", "word „wheel“ here"),
    ],
)
def test_foreign_quotation_marks_are_a_warning(code, mark, check):
    found = check(post(f"{TEXTS[code]} {mark}."), "language", language=code)
    assert [f.verdict for f in found] == [Verdict.WARN]


@pytest.mark.parametrize("code", TEXTS)
def test_the_languages_own_quotation_marks_are_fine(code, check):
    opening, closing = language_pack(code).quotes
    text = f"{TEXTS[code]} {opening}{TEXTS[code][:20]}{closing}."
    assert check(post(text), "language", language=code) == ()


def test_arabic_letters_and_turning_marks_in_persian_are_warnings(check):
    found = check(post(PERSIAN.replace("ی", "ي")), "language", language="fa")
    assert ["yeh" in f.message for f in found] == [True]
    found = check(post(PERSIAN + " \u202eabc\u202c"), "language", language="fa")
    assert found[0].verdict is Verdict.WARN


def test_russian_is_not_ukrainian(check):
    russian = (
        "Зимой ремонт велосипеда не так уж и труден. Каждый день можно вытирать цепь сухой "
        "тряпкой, и это займёт мало времени. Мы смотрим колодки "
        "раз в неделю, чтобы вы ездили спокойно."
    )
    found = check(post(russian), "language", language="uk")
    assert "Russian" in found[0].message


def test_a_language_without_a_pack_is_not_judged(check):
    assert check(post("Wer sein Rad pflegt, fährt länger."), "language", language="de") == ()


@pytest.mark.parametrize("code", TEXTS)
def test_each_languages_own_labels_make_a_whole_structure(code):
    from posthub_assets.domain.quality.outline import read_outline

    labels = language_pack(code).labels
    first, second, *_ = TEXTS[code].split(". ")
    markdown = (
        f"# {first}\n\n{TEXTS[code]}\n\n## {second[:30]}\n\n{first}.\n\n"
        f"## {first[:20]}\n\n{second}.\n\n"
        f"## {labels['key_takeaways']}\n\n- {first}\n- {second}\n\n"
        f"## {labels['faq']}\n\n### {first}?\n\n{second}.\n\n### {second}?\n\n{first}.\n\n"
        f"## {labels['conclusion']}\n\n{first}.\n"
    )
    questions = (
        {"question": f"{first}?", "answer": second},
        {"question": f"{second}?", "answer": first},
    )
    body = BlogPostBody.model_validate(
        {
            **post(markdown).model_dump(),
            "takeaways": (first, second),
            "faq": questions,
        }
    )
    assert list(structure(body, read_outline(markdown), count_words)) == []
    cut = markdown[: markdown.index(f"## {labels['conclusion']}")]
    found = list(structure(body, read_outline(cut), count_words))
    assert ["conclusion" in f.message for f in found] == [True]


@pytest.mark.parametrize("code", TEXTS)
def test_plain_sentences_are_readable_and_a_wall_of_words_is_not(code, check):
    assert check(post(TEXTS[code] * 3), "readability", language=code) == ()
    wall = " ".join(
        f"{word}{word}" for word in TEXTS[code].replace(".", "").split() if len(word) > 3
    )
    found = check(post(f"{wall} " * 4 + "."), "readability", language=code)
    assert found[0].verdict is Verdict.FAIL
    assert "LIX" in found[0].measured

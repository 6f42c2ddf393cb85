"""Generated documents in four languages come back byte for byte, and hold nothing in between.

A seeded generator mixes filler of four scripts with personal data of every kind, lookalikes of
placeholders, Markdown, HTML, JSON and marks of direction. Values are made so that they are valid.
"""

from __future__ import annotations

import json
import random

import pytest
from stdnum import luhn
from stdnum.cz import rc
from stdnum.ua import rntrc

from posthub_assets.domain.privacy import PiiKind, redact, restore
from posthub_assets.domain.privacy.checks import is_iranian_national_id
from posthub_assets.domain.privacy.placeholders import placeholder

COUNTRIES = {"en": "US", "cs": "CZ", "fa": "IR", "uk": "UA"}
FILLER = {
    "en": "The workshop opens early and every wheel is mended before the winter comes . , ; : -",
    "cs": "Dílna otevírá brzy a každé kolo je opravené dřív než přijde zima . , ; : –",
    "fa": "کارگاه زود باز می‌شود و هر چرخ پیش از زمستان درست می‌شود . ، ؛ : –",
    "uk": "Майстерня відчиняється рано й кожне колесо полагоджене до зими . , ; : —",
}
NUMBERS = (
    *("10.15.7", "2026-11-27", "27.11.2026", "۱۴۰۵/۰۹/۰۶", "192.168.10.254", "1", "2019-2023"),
    *("4512098834", "3.14159", "12:30", "550e8400-e29b-41d4-a716-446655440000", "#223344"),
    *("1200x630", "$45.00", "978-0-306-40615-7"),
)
HOSTILE = (
    *("XPII", "xpii-email-1-bk", "EMAIL-1-BK", "XPII-PHONE-2-", "XP", "II-", "\\", "{{", "]]"),
    *("\u200c", "\u200f", "\u202b", "\u00a0", "&nbsp;", "\\n", "\\u00a0", "\ufeff", "@", "+", "00"),
)
WRAPS = (
    *("{}", "{}", "{}", "**{}**", "*{}*", "`{}`", "[{}](https://example.org/a)", "<b>{}</b>"),
    *('"{}"', "({})", "\u200f{}\u200f", "| {} |", "\n- {}\n", "{}.", "{},"),
)
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def email(rng: random.Random) -> str:
    local = rng.choice(("info", "desk", "first.last", "a_b", "x+tag", "o-k"))
    domain = rng.choice(("example.com", "mail.example.org", "example.cz"))
    return f"{local}{rng.randrange(1000)}@{domain}"


def phone(rng: random.Random) -> str:
    form = rng.choice(("+420 60{} {} {}", "+42060{}{}{}", "+420-60{}-{}-{}", "00420 60{} {} {}"))
    return form.format(rng.randrange(1, 9), digits(rng, 3), digits(rng, 3))


def iban(rng: random.Random) -> str:
    bank = f"0{rng.choice(('12', '17', '54', '62'))}{digits(rng, 19)}"
    number = int(bank + "182700")
    plain = f"IR{98 - number % 97:02}{bank}"
    return rng.choice((plain, " ".join(plain[at : at + 4] for at in range(0, 26, 4))))


def card(rng: random.Random) -> str:
    plain = f"4{digits(rng, 14)}"
    plain += luhn.calc_check_digit(plain)
    join = rng.choice(("", " ", "-"))
    return join.join(plain[at : at + 4] for at in range(0, 16, 4))


def iranian_mobile(rng: random.Random) -> str:
    a, b = f"091{rng.randrange(10)}", digits(rng, 7)
    form = rng.choice((f"{a}{b}", f"{a} {b[:3]} {b[3:]}", f"+98{a[1:]}{b}", f"{a}-{b[:3]}-{b[3:]}"))
    return form.translate(rng.choice((PERSIAN, ARABIC, {})))


def iranian_national_id(rng: random.Random) -> str:
    while not is_iranian_national_id(number := digits(rng, 10)):
        pass
    return number


def czech_birth_number(rng: random.Random) -> str:
    while not rc.is_valid(
        number := f"{rng.randrange(55, 99)}{rng.randrange(1, 13):02}{rng.randrange(1, 28):02}"
        f"{digits(rng, 4)}"
    ):
        pass
    return f"{number[:6]}/{number[6:]}"


def ukrainian_tax_number(rng: random.Random) -> str:
    while not rntrc.is_valid(number := f"{rng.randrange(2, 4)}{digits(rng, 9)}"):
        pass
    return number


MAKERS = {
    PiiKind.EMAIL: (email, ""),
    PiiKind.PHONE: (phone, ""),
    PiiKind.IBAN: (iban, ""),
    PiiKind.CARD: (card, "card "),
    PiiKind.IRANIAN_MOBILE: (iranian_mobile, ""),
    PiiKind.IRANIAN_NATIONAL_ID: (iranian_national_id, "کد ملی "),
    PiiKind.CZECH_BIRTH_NUMBER: (czech_birth_number, "rodné číslo "),
    PiiKind.UKRAINIAN_TAX_NUMBER: (ukrainian_tax_number, "ІПН "),
}
KINDS = tuple(MAKERS)


def document(rng: random.Random, language: str) -> tuple[str, dict[str, PiiKind]]:
    """Give a text and the values in it. Around a value stand words, never other digits."""
    words = FILLER[language].split()
    values: dict[str, PiiKind] = {}
    pieces: list[str] = []
    for _ in range(rng.randrange(4, 12)):
        pieces += rng.choices(words, k=rng.randrange(2, 7))
        choice = rng.random()
        if choice < 0.45:
            kind = rng.choice(KINDS)
            make, label = MAKERS[kind]
            value = make(rng)
            values[value] = kind
            pieces += (words[0], label + rng.choice(WRAPS).format(value), words[0])
        elif choice < 0.6:
            pieces.append(rng.choice(NUMBERS))
        elif choice < 0.8:
            pieces.append("".join(rng.choices(HOSTILE, k=rng.randrange(1, 4))))
        elif choice < 0.9:
            pieces.append(placeholder("EMAIL", rng.randrange(1, 4)))
        pieces.append(rng.choice(words))
    text = rng.choice(("# ", "", "<p>", "> ")) + " ".join(pieces)
    if rng.random() < 0.15:
        text = json.dumps({"text": text}, ensure_ascii=False)
    return text, values


def prove(seeds: range) -> int:
    """Redact and restore a document per seed, some of them in pairs; give how many values."""
    count = 0
    for seed in seeds:
        rng = random.Random(seed)
        language = tuple(COUNTRIES)[seed % 4]
        made = [document(rng, language) for _ in range(1 + (seed % 16 == 0))]
        texts = [text for text, _ in made]
        redaction = redact(texts, country=COUNTRIES[language], language=language)
        back = [restore(text, redaction) for text in redaction.texts]
        assert [text.encode() for text in back] == [text.encode() for text in texts], seed
        for _, values in made:
            left = [value for value in values if any(value in text for text in redaction.texts)]
            assert not left, (seed, left)
            count += len(values)
    return count


def test_ten_thousand_documents_come_back_and_hold_no_value_in_between():
    count = prove(range(10_000))
    print(f"\n10,000 documents, {count} values")
    assert count > 25_000


@pytest.mark.accept
def test_a_hundred_thousand_documents_come_back_and_hold_no_value_in_between():
    assert prove(range(10_000, 110_000)) > 250_000


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_that_the_generator_makes_is_found_as_that_kind(kind):
    make, label = MAKERS[kind]
    rng = random.Random(7)
    for _ in range(100):
        value = make(rng)
        redaction = redact([f"{label}{value}"], country="CZ", language="cs")
        assert redaction.kinds == {kind: 1}, value
        assert list(redaction.originals.values()) == [value]

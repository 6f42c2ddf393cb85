"""What is personal data and what only looks like it."""

from __future__ import annotations

import time

import pytest

from posthub_assets.domain.privacy import redact, restore
from posthub_assets.domain.privacy.finding import find


def found(text, country="CZ", language="cs"):
    (spans,) = find([text], country=country, language=language)
    return [(span.kind.value, text[span.start : span.end]) for span in spans]


@pytest.mark.parametrize(
    "address",
    [
        "info@example.com",
        "first.last+tag@sub.mail.example.co.uk",
        "o'neil@example.com",
        "info@kavárna.example",
        "пошта@приклад.укр",
        "a_b-c@xn--caf-dma.example.org",
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "<{}>",
        "[write]({}) now",
        "mailto:{}?subject=x",
        "https://example.org/?mail={}&a=1",
        "**{}**",
        "_{}_",
        "`{}`",
        '"{}"',
        "|{}|",
        "Write to {}.",
        "\\n{}\\n",
        "&nbsp;{}&nbsp;",
        "({}),",
    ],
)
def test_an_address_is_found_whole_whatever_is_around_it(address, around):
    assert found(around.format(address)) == [("email", address)]


def test_an_address_ends_where_a_word_of_another_script_is_glued_to_it():
    assert found("ایمیلinfo@example.comرا بنویسید") == [("email", "info@example.com")]
    assert found("x@a.b.example.comпошта") == [("email", "x@a.b.example.com")]


@pytest.mark.parametrize(
    "text",
    [
        "npm i left-pad@1.3.0-beta.next",
        "logo@2x.png",
        "git@example.com:org/repository.git",
        "@nine_streets",
        "info@localhost",
        "a@b",
        "...@example.com",
    ],
)
def test_what_only_looks_like_an_address_stays(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("country", "language", "text", "number"),
    [
        ("CZ", "cs", "tel. 601 123 456", "601 123 456"),
        ("CZ", "cs", "volejte 601123456 ihned", "601123456"),
        ("CZ", "cs", "(+420) 601 123 456", "(+420) 601 123 456"),
        ("CZ", "cs", "00420 601 123 456", "00420 601 123 456"),
        ("CZ", "cs", "420 601 123 456", "420 601 123 456"),
        ("CZ", "cs", "601.123.456", "601.123.456"),
        ("CZ", "en", "+44 (0)20 7946 0018", "+44 (0)20 7946 0018"),
        ("CZ", "cs", "+44 7700 900123", "+44 7700 900123"),
        ("UA", "uk", "(044) 123-45-67", "(044) 123-45-67"),
        ("UA", "uk", "0501234567", "0501234567"),
        ("UA", "uk", "+38 (050) 123-45-67", "+38 (050) 123-45-67"),
        ("IR", "fa", "۰۲۱-۸۸۷۷۶۶۵۵", "۰۲۱-۸۸۷۷۶۶۵۵"),
        ("IR", "fa", "تلفن: ۸۸۷۷۶۶۵۵", "۸۸۷۷۶۶۵۵"),
        ("US", "en", "1 (800) 555-0199", "1 (800) 555-0199"),
        ("US", "en", "call 2025550143", "2025550143"),
        ("US", "en", "(202) 555-0143x204", "(202) 555-0143"),
        ("US", "en", "202-555-0143 ext. 12", "202-555-0143"),
        ("IR", "fa", "۰۲۱ - ۸۸۷۷۶۶۵۵", "۰۲۱ - ۸۸۷۷۶۶۵۵"),
        ("CZ", "cs", "tel-601123456", "601123456"),
        ("CZ", "en", "020 7946 0018", "020 7946 0018"),
        ("CZ", "cs", "phone=601123456", "601123456"),
        ("", "", "020 7946 0018", "020 7946 0018"),
        ("DE", "de", "030/901820", "030/901820"),
        ("FR", "fr", "01 23 45 67 90", "01 23 45 67 90"),
    ],
)
def test_a_phone_number_is_found_as_people_write_it(country, language, text, number):
    assert found(text, country, language) == [("phone", number)]


def test_two_phones_beside_each_other_are_two():
    for between in (" / ", "/", " - ", "–", ", ", " or "):
        text = f"601 123 456{between}602 123 457"
        assert found(text) == [("phone", "601 123 456"), ("phone", "602 123 457")]
    assert len(found("tel. 601 123 456 602 123 457")) == 2


@pytest.mark.parametrize(
    "number",
    [
        "09123456789",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "٠٩١٢٣٤٥٦٧٨٩",
        "0912 345 6789",
        "۰۹۱۲ ۳۴۵ ۶۷ ۸۹",
        "+98 912 345 6789",
        "0098-912-345-6789",
        "989123456789",
        "+98\u200c912\u200c345\u200c6789",
        "۹۸۹۱۲۳۴۵۶۷۸۹+",
    ],
)
@pytest.mark.parametrize("country", ["IR", "CZ", ""])
def test_an_iranian_mobile_is_found_in_all_digits_and_everywhere(number, country):
    assert found(f"\u200f{number}\u200f است", country, "fa") == [("iranian_mobile", number)]


@pytest.mark.parametrize(
    "iban",
    [
        "CZ6508000000192000145399",
        "CZ65 0800 0000 1920 0014 5399",
        "cz65 0800 0000 1920 0014 5399",
        "GB33-BUKB-2020-1555-5555-55",
        "UA213223130000026007233566001",
        "IR062960000000100324200001",
        "IR77 0627 8277 7793 3532 1177 80",
        "IR۸۴۰۱۷۰۷۹۲۱۰۱۶۷۲۱۰۵۶۸۸۵۳۲",
        "CZ65\u00a00800\u00a00000\u00a01920\u00a00014\u00a05399",
    ],
)
def test_an_iban_is_found_and_with_one_digit_changed_it_is_none(iban):
    assert found(f"na účet {iban} a dál") == [("iban", iban)]
    last = iban[-1]
    changed = iban[:-1] + ("8" if last not in "8۸" else "7")
    assert ("iban", changed) not in found(f"na účet {changed} a dál")


def test_two_ibans_in_one_sentence_are_two():
    text = "NL02ABNA0123456789 or AT48 3200 0000 1234 5864"
    assert [kind for kind, _ in found(text)] == ["iban", "iban"]


def test_an_iranian_iban_without_its_country_needs_its_name():
    digits = "062960000000100324200001"
    assert found(f"شماره شبا {digits}", "IR", "fa") == [("iban", digits)]
    assert found(f"شماره {digits}", "IR", "fa") == []


@pytest.mark.parametrize(
    "card",
    [
        "4111 1111 1111 1111",
        "4111111111111111",
        "5555-5555-5555-4444",
        "378282246310005",
        "3782 822463 10005",
        "6037998369147045",
        "۶۱۰۴ ۳۳۰۷ ۲۱۱۳ ۵۵۳۴",
    ],
)
def test_a_card_is_found_and_with_one_digit_changed_it_is_none(card):
    assert found(f"zaplaceno {card} včera") == [("card", card)]
    last = card[-1]
    changed = card[:-1] + ("8" if last not in "8۸" else "7")
    assert found(f"zaplaceno {changed} včera") == []


@pytest.mark.parametrize(
    ("kind", "labelled", "number"),
    [
        ("iranian_national_id", "کد ملی {}", "0364262125"),
        ("iranian_national_id", "کد\u200cملی: {}", "۲۲۴۵۳۸۳۲۳۰"),
        ("iranian_national_id", "شماره ملي {}", "0364262125"),
        ("iranian_national_id", "{} (کد ملی)", "0364262125"),
        ("iranian_national_id", "national ID {}", "036-426212-5"),
        ("ukrainian_tax_number", "ІПН {}", "2976376071"),
        ("ukrainian_tax_number", "РНОКПП: {}", "2976376071"),
        ("ukrainian_tax_number", "tax number {}", "2976376071"),
        ("czech_birth_number", "rodné číslo {}", "8402053605"),
        ("czech_birth_number", "r. č. {}", "8402053605"),
        ("czech_birth_number", "rodné číslo {}", "535208/580"),
    ],
)
def test_a_number_with_a_check_digit_counts_beside_its_name_only(kind, labelled, number):
    assert found(labelled.format(number), "IR", "fa") == [(kind, number)]
    assert found(f"objednávka {number} z pondělí", "IR", "fa") == []
    changed = number[:-1] + ("1" if number[-1] not in "1۱" else "2")
    if kind != "czech_birth_number" or "/" not in number:
        assert found(labelled.format(changed), "IR", "fa") == []


def test_a_birth_number_with_its_slash_needs_no_name_but_is_no_bank_account():
    assert found("780214/6143") == [("czech_birth_number", "780214/6143")]
    assert found("780214 / 6143 740309/9154") == [
        ("czech_birth_number", "780214 / 6143"),
        ("czech_birth_number", "740309/9154"),
    ]
    assert found("č. ú. 780214/6143") == []
    assert found("780214/6144") == []
    assert found("789914/6143") == []


def test_a_number_beside_its_name_is_found_again_where_it_stands_alone():
    texts = ["ІПН 2976376071", "Повторно: 2976376071.", "Інше: 3368584506."]
    redaction = redact(texts, country="UA", language="uk")
    assert redaction.texts[1] == f"Повторно: {redaction.texts[0].split()[1]}."
    assert redaction.texts[2] == texts[2]


@pytest.mark.parametrize(
    "text",
    [
        "objednávka č. 4512098834",
        "dne 2026-11-27, 27.11.2026, 27. 11. 2026 a 11/27/2026",
        "۱۴۰۵/۰۹/۰۶",
        "verze 10.15.7 a 10.14.2",
        "faktura 2026110427",
        "192.168.10.254 a 10.0.0.1:8080",
        "cena 1 200 000 Kč, 601 123 456 Kč a 1,450,300",
        "ISBN 978-80-7203-717-2, ISSN 1212-3456, 978-0-306-40615-7",
        "50.087451, 14.420671",
        "1764230400, 1764230400000 a 20261127103000",
        "550e8400-e29b-41d4-a716-446655440000",
        "9f86d081884c7d659a2feaa0c55ad015",
        "v letech 2019-2023 a 1998–2004",
        "https://example.cz/p/601123456?id=4111111111111111",
        "2019 120 500, 2020 64 200, 2021 88 350",
        "INV-2026110427 a SKU_601123456",
        "4006381333931",
        "1200 2300 3400 4500 5600 6700",
        "05 06 07 08 09 10",
        "3.14159265358979",
        "účet 19-2000145399/0800",
    ],
)
@pytest.mark.parametrize(("country", "language"), [("CZ", "cs"), ("UA", "uk"), ("IR", "fa")])
def test_other_numbers_stay(text, country, language):
    assert found(text, country, language) == []


def test_where_two_kinds_overlap_the_longer_one_stands():
    assert found("601123456@example.com") == [("email", "601123456@example.com")]
    assert found("IBAN CZ65 0800 0000 1920 0014 5399 5399") == [
        ("iban", "CZ65 0800 0000 1920 0014 5399")
    ]


N = 100_000


@pytest.mark.parametrize(
    "piece",
    [
        "7",
        "a.a.a.a@",
        "a@a.",
        "1 ",
        "1-",
        "601 123 456 ",
        "tel 601 123 456 ",
        "ІПН 2976376071 ",
        "+1 ",
        "00420 ",
        "(1) ",
        "AB12 ",
        "CZ65 0800 ",
        "4111 1111 1111 1111 ",
        "1 000 ",
        "$1 ",
        "http://a1",
        "a1b2c3d4-",
        "XPII-EMAIL-1-",
        "EMAIL-1-",
        "\u200c1",
        "1\u00a0",
        "&nbsp;1",
        "isbn ",
        "780214/6143 ",
        "\\",
        "'",
    ],
)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(piece):
    text = piece * (N // len(piece)) + "@example.com"
    began = time.process_time()
    redaction = redact([text], country="CZ", language="cs")
    assert restore(redaction.texts[0], redaction) == text
    assert time.process_time() - began < 8

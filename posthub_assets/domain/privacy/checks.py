"""Check digits and lengths: whether a row of digits can be what it looks like.

Callers give Latin digits without separators.
What does not belong here: where the digits stand and what is said beside them.
"""

from __future__ import annotations

import re

IBAN_LENGTHS = range(15, 35)
"""ISO 13616: Norway has 15 characters, 34 is the most."""
_IRANIAN_IBAN = re.compile(r"IR\d{24}")
_IRANIAN_MOBILE = re.compile(r"(?:0098|98|0)9(?:[0-3]\d|41|9\d)\d{7}")
_CARD_LENGTHS = (
    (re.compile(r"3[47]"), frozenset({15})),
    (re.compile(r"3(?:0[0-5]|6|8)"), frozenset({14})),
    (re.compile(r"35(?:2[89]|[3-8]\d)"), frozenset({16})),
    (re.compile(r"4"), frozenset({16, 19})),
    (re.compile(r"5[0-9]"), frozenset({16})),
    (re.compile(r"2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720|20[0-4])"), frozenset({16})),
    (re.compile(r"6"), frozenset({16, 18, 19})),
    (re.compile(r"9(?:792|804)"), frozenset({16})),
)
"""First digits and lengths of the card networks (ISO/IEC 7812; Wikipedia, "Payment card number",
read November 2026): American Express, Diners, JCB, Visa, Mastercard and Maestro, Mir, Discover and
UnionPay and the Iranian banks, Troy, Prostir."""


def is_card(digits: str) -> bool:
    """Say whether it has a card network's first digits and length, and Luhn's check digit."""
    if len(set(digits)) == 1:
        return False
    if not any(p.match(digits) and len(digits) in lengths for p, lengths in _CARD_LENGTHS):
        return False
    from stdnum import luhn

    return luhn.is_valid(digits)


def iban_length(characters: str) -> int:
    """Give how many of the first characters are a valid IBAN; 0 if none are.

    `characters` are upper-case letters and digits, more than the IBAN perhaps. Checks ISO 7064
    mod 97-10 and the country's structure; python-stdnum refuses the Iranian one, so that it is
    checked here: `IR` and 24 digits (Central Bank of Iran, the SHEBA standard).
    """
    head = int("".join(str(int(one, 36)) for one in characters[:4]))
    shift = 10 ** len(str(head))
    rest = 0
    for number, one in enumerate(characters[4 : IBAN_LENGTHS.stop - 1], start=5):
        value = int(one, 36)
        rest = (rest * (10 if value < 10 else 100) + value) % 97
        is_right = number in IBAN_LENGTHS and (rest * shift + head) % 97 == 1
        if is_right and _has_structure(characters[:number]):
            return number
    return 0


def _has_structure(iban: str) -> bool:
    if iban.startswith("IR"):
        return _IRANIAN_IBAN.fullmatch(iban) is not None
    from stdnum import iban as stdnum_iban

    return stdnum_iban.is_valid(iban, check_country=False)


def is_iranian_mobile(digits: str) -> bool:
    """Say whether it is an Iranian mobile number with its 0, 98 or 0098.

    Ranges 090 to 093, 0941 and 099 (ITU, national numbering plan of Iran, read November 2026).
    """
    return _IRANIAN_MOBILE.fullmatch(digits) is not None


def is_iranian_national_id(digits: str) -> bool:
    """Say whether ten digits have the check digit of an Iranian national ID (weights 10 to 2)."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = sum(int(one) * (10 - place) for place, one in enumerate(digits[:9])) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)


def is_czech_birth_number(digits: str) -> bool:
    """Say whether nine or ten digits have the date (and, if ten, the check digit)."""
    from stdnum.cz import rc

    return rc.is_valid(digits)


def is_ukrainian_tax_number(digits: str) -> bool:
    """Say whether ten digits have the check digit of a Ukrainian tax number of a person."""
    from stdnum.ua import rntrc

    return len(digits) == 10 and len(set(digits)) > 1 and rntrc.is_valid(digits)

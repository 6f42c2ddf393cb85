"""The kinds of personal data that are looked for, and the sentence that names them.

What does not belong here: how they are found (`finding.py`), how they are replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class PiiKind(StrEnum):
    """A kind of personal data. Its value is stable: it is kept in the journal."""

    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    IRANIAN_MOBILE = "iranian_mobile"
    IRANIAN_NATIONAL_ID = "iranian_national_id"
    CZECH_BIRTH_NUMBER = "czech_birth_number"
    UKRAINIAN_TAX_NUMBER = "ukrainian_tax_number"


RANK = {kind: rank for rank, kind in enumerate(PiiKind)} | {
    PiiKind.PHONE: len(PiiKind),
    PiiKind.IRANIAN_MOBILE: len(PiiKind) - 1,
}
"""Which kind stands where two of the same length fit: a check digit is worth more than a shape."""


class Span(NamedTuple):
    """Where a value stands: offsets in characters, half open."""

    start: int
    end: int
    kind: PiiKind


_NAMES = {
    PiiKind.EMAIL: ("e-mail address", "e-mail addresses"),
    PiiKind.PHONE: ("phone number", "phone numbers"),
    PiiKind.IBAN: ("bank account (IBAN)", "bank accounts (IBAN)"),
    PiiKind.CARD: ("card number", "card numbers"),
    PiiKind.IRANIAN_MOBILE: ("Iranian mobile number", "Iranian mobile numbers"),
    PiiKind.IRANIAN_NATIONAL_ID: ("Iranian national ID", "Iranian national IDs"),
    PiiKind.CZECH_BIRTH_NUMBER: ("Czech birth number", "Czech birth numbers"),
    PiiKind.UKRAINIAN_TAX_NUMBER: ("Ukrainian tax number", "Ukrainian tax numbers"),
}


def warning_text(kinds: Mapping[PiiKind, int]) -> str:
    """Give one sentence that says how many values of which kinds were found; empty if none.

    `kinds` is `Redaction.kinds`. The sentence never holds a value.
    """
    told = [
        f"{count} {_NAMES[kind][0 if count == 1 else 1]}"
        for kind in PiiKind
        if (count := kinds.get(kind, 0)) > 0
    ]
    if not told:
        return ""
    listed = " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
    return f"The sources hold personal data: {listed}."

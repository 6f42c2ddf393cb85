"""Numbers with a check digit: IBANs, cards, national IDs, birth and tax numbers.

What does not belong here: phones (`phones.py`), the arithmetic (`checks.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from posthub_assets.domain.privacy import checks
from posthub_assets.domain.privacy.kinds import PiiKind, Span
from posthub_assets.domain.privacy.labels import Label, Labels
from posthub_assets.domain.privacy.runs import MOST_GROUPS, Run, Window

_IBAN_START = re.compile(r"\d\d(?:(?<=[A-Za-z]{2}\d\d)|(?<=[A-Z]{2} \d\d))")
_IBAN = re.compile(r"[A-Za-z]{2} ?\d\d(?:[ -]?[A-Za-z0-9]){11,40}")
_CARD_SHAPES = frozenset(
    {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (6, 13), (4, 4, 4, 4, 2)}
)
_CARD_DIGITS = range(14, 20)
_BARE_IRANIAN_IBAN = 24


def ibans(text: str) -> Iterator[Span]:
    """Give the IBANs of a folded text, written in one piece or with spaces or dashes."""
    for digits in _IBAN_START.finditer(text):
        start = digits.start() - (3 if text[digits.start() - 1] == " " else 2)
        match = _IBAN.match(text, start)
        if not match or _is_alphanumeric(text[max(0, start - 1) : start]):
            continue
        places = [at for at in range(*match.span()) if text[at] not in " -"]
        length = checks.iban_length("".join(text[at] for at in places).upper())
        end = places[length - 1] + 1
        if length and not _is_alphanumeric(text[end : end + 1]):
            yield Span(start, end, PiiKind.IBAN)


def _is_alphanumeric(character: str) -> bool:
    return character.isascii() and character.isalnum()


def checked_numbers(run: Run, labels: Labels) -> Iterator[Span]:
    """Give what is a card, an ID, a birth or a tax number in a run of a folded text."""
    for first in range(len(run.groups)):
        digits = 0
        for last in range(first + 1, min(len(run.groups), first + MOST_GROUPS) + 1):
            digits += run.groups[last - 1][1] - run.groups[last - 1][0]
            if digits > _BARE_IRANIAN_IBAN:
                break
            if digits >= 9 and (kind := _kind(run.window(first, last), digits, labels)):
                window = run.window(first, last)
                yield Span(window.start, window.end, kind)


def _kind(window: Window, digits: int, labels: Labels) -> PiiKind | None:
    if digits in (9, 10):
        return _personal_number(window, labels)
    if digits in _CARD_DIGITS and _is_card(window, labels):
        return PiiKind.CARD
    if digits == _BARE_IRANIAN_IBAN and _is_bare_iban(window, labels):
        return PiiKind.IBAN
    return None


def _personal_number(window: Window, labels: Labels) -> PiiKind | None:
    digits, shape = window.digits, window.shape
    if shape in ((6, 4), (6, 3)) and window.separators[0].strip() == "/":
        return _slashed_birth_number(window, labels)
    is_one = len(shape) == 1
    if not is_one and shape != (3, 6, 1):
        return None
    fitting = {
        Label.NATIONAL_ID: (PiiKind.IRANIAN_NATIONAL_ID, checks.is_iranian_national_id),
        Label.BIRTH_NUMBER: (PiiKind.CZECH_BIRTH_NUMBER, checks.is_czech_birth_number),
        Label.TAX_NUMBER: (PiiKind.UKRAINIAN_TAX_NUMBER, checks.is_ukrainian_tax_number),
    }.get(labels.at(window.start, window.end) or Label.OTHER)
    if not fitting or not (is_one or fitting[0] is PiiKind.IRANIAN_NATIONAL_ID):
        return None
    return fitting[0] if fitting[1](digits) else None


def _slashed_birth_number(window: Window, labels: Labels) -> PiiKind | None:
    if not window.stands_alone or not checks.is_czech_birth_number(window.digits):
        return None
    label = labels.at(window.start, window.end)
    has_check_digit = len(window.digits) == 10
    if label is Label.BIRTH_NUMBER or (has_check_digit and label is not Label.OTHER):
        return PiiKind.CZECH_BIRTH_NUMBER
    return None


def _is_card(window: Window, labels: Labels) -> bool:
    if len(window.shape) > 1 and not (
        window.shape in _CARD_SHAPES
        and len(set(window.separators)) == 1
        and window.separators[0] in (" ", "  ", "-")
    ):
        return False
    if not checks.is_card(window.digits):
        return False
    label = labels.at(window.start, window.end)
    if label is Label.CARD:
        return True
    is_in_a_table = len(window.run.groups) > len(window.shape) + 2
    return label is not Label.OTHER and not is_in_a_table


def _is_bare_iban(window: Window, labels: Labels) -> bool:
    return (
        labels.at(window.start, window.end) is Label.IBAN
        and checks.iban_length(f"IR{window.digits}") == _BARE_IRANIAN_IBAN + 2
    )

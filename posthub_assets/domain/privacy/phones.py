"""Phone numbers, by Google's rules for every country, and by how people write them.

What does not belong here: numbers with a check digit (`numbers.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from posthub_assets.domain.privacy import checks
from posthub_assets.domain.privacy.kinds import PiiKind, Span
from posthub_assets.domain.privacy.labels import Label, Labels
from posthub_assets.domain.privacy.runs import MOST_GROUPS, Run, Window

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_BY_LANGUAGE = {"cs": ("CZ",), "fa": ("IR",), "uk": ("UA",), "en": ("US", "GB")}
_HOME = ("CZ", "UA", "IR", "US", "GB")
_DIGITS = range(8, 16)
_GROUP = re.compile(r"\d+")
_CZECH_MOBILE = re.compile(r"[67]\d{8}")


def regions(country: str, language: str) -> tuple[str, ...]:
    """Give the countries whose national numbers are looked for, the most likely one first.

    `country` is ISO 3166 with two letters, `language` BCP 47; either may be empty. Without both
    they are the ones we know. A number beside a word such as "phone" is looked for in all of them.
    """
    by_language = _BY_LANGUAGE.get(language.lower().split("-")[0], ())
    found = [country.upper()] if country else []
    return tuple(dict.fromkeys([*found, *by_language])) or _HOME


def phones(run: Run, labels: Labels, regions: tuple[str, ...]) -> Iterator[Span]:
    """Give the phone numbers of a run of a folded text, the longest that fits first."""
    first = 0
    while first < len(run.groups):
        for last in range(min(len(run.groups), first + MOST_GROUPS), first, -1):
            window = run.window(first, last)
            if kind := _kind(window, labels, regions):
                end = window.end
                if kind is PiiKind.IRANIAN_MOBILE and _has_plus_behind(window):
                    end += 1
                yield Span(window.start, end, kind)
                first = last - 1
                break
        first += 1


def _has_plus_behind(window: Window) -> bool:
    """A right-to-left text may hold the plus of 98... after the digits."""
    return window.run.text[window.end : window.end + 1] == "+" and window.digits.startswith("98")


def _kind(window: Window, labels: Labels, regions: tuple[str, ...]) -> PiiKind | None:
    digits = window.digits
    if len(digits) not in _DIGITS or not _is_written_as_a_phone(window):
        return None
    is_first = window.first == 0
    if is_first and window.run.has_plus:
        number = _international(digits, window, labels)
    elif is_first and digits.startswith("00") and len(digits) > 10:
        number = _international(digits[2:], window, labels)
    elif checks.is_iranian_mobile(digits) and window.stands_alone:
        return None if _is_numbered_other(window, labels) else PiiKind.IRANIAN_MOBILE
    else:
        number = _national(digits, window, labels, regions)
    if number is None:
        return None
    national = str(number.national_number)
    is_iranian = number.country_code == 98 and checks.is_iranian_mobile(f"0{national}")
    return PiiKind.IRANIAN_MOBILE if is_iranian else PiiKind.PHONE


def _is_numbered_other(window: Window, labels: Labels) -> bool:
    """Say whether "order no." or the like stands before it."""
    return labels.is_numbered(window.start) and labels.at(window.start, window.end) is Label.OTHER


def _is_written_as_a_phone(window: Window) -> bool:
    between = [one.strip() for one in window.separators]
    if "." in between and any(one != "." for one in between):
        return False
    return not any("/" in one for one in between[1:])


def _parsed(text: str, region: str | None) -> PhoneNumber | None:
    import phonenumbers

    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _is_valid(number: PhoneNumber | None) -> bool:
    import phonenumbers

    return number is not None and phonenumbers.is_valid_number(number)


def _international(digits: str, window: Window, labels: Labels) -> PhoneNumber | None:
    """Give a number with its country's code.

    Numbers that are not given out, such as those kept for films, count if they are written as
    phones are: the country's code apart, or beside a label.
    """
    import phonenumbers

    number = _parsed(f"+{digits}", None)
    if number is None or _is_valid(number):
        return number
    if not phonenumbers.is_possible_number(number) or len(digits) < 9:
        return None
    code = str(number.country_code)
    is_apart = len(window.shape) > 2 and digits[: window.shape[0]] == code
    is_labelled = labels.at(window.start, window.end) is Label.PHONE
    return number if is_apart or is_labelled else None


def _national(
    digits: str, window: Window, labels: Labels, regions: tuple[str, ...]
) -> PhoneNumber | None:
    stands_alone = window.stands_alone
    label = labels.at(window.start, window.end)
    if not stands_alone and label is not Label.PHONE:
        return None
    if label is Label.PHONE:
        return _labelled(window, labels, (*regions, *_HOME))
    is_other = label is not None
    if labels.is_numbered(window.start) and (is_other or len(window.shape) == 1):
        return None
    for region in regions:
        number = _parsed(digits, region)
        if _is_valid(number) and number is not None:
            if _is_grouped(window.shape, digits, number):
                return number
            if _is_telling(digits, number, window) and not (is_other and len(window.shape) == 1):
                return number
    return None


def _labelled(window: Window, labels: Labels, regions: tuple[str, ...]) -> PhoneNumber | None:
    """Give a number that is called a phone; without its area only right beside the word."""
    import phonenumbers

    digits = window.digits
    for region in dict.fromkeys(regions):
        number = _parsed(digits, region)
        if _is_valid(number):
            return number
    near = labels.beside(window.start, window.end)
    number = _parsed(digits, regions[0]) if near and near.is_joined else None
    local = phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY
    if number and phonenumbers.is_possible_number_with_reason(number) == local:
        return number
    return None


def _is_grouped(shape: tuple[int, ...], digits: str, number: PhoneNumber) -> bool:
    """Say whether the groups are those in which the country writes the number."""
    import phonenumbers

    if len(shape) == 1:
        return False
    if shape[0] == 1 and digits[0] == "1" and number.country_code == 1:
        shape = shape[1:]
    code = len(str(number.country_code))
    for form, skipped in (
        (phonenumbers.PhoneNumberFormat.NATIONAL, 0),
        (phonenumbers.PhoneNumberFormat.INTERNATIONAL, 1),
    ):
        written = _GROUP.findall(phonenumbers.format_number(number, form))
        sizes = tuple(len(one) for one in written)
        if shape == sizes[skipped:] or (skipped and shape == sizes and shape[0] == code):
            return True
    return False


def _is_telling(digits: str, number: PhoneNumber, window: Window) -> bool:
    """Say whether the digits alone look like a phone: a leading 0, a mobile, the country's code."""
    code = str(number.country_code)
    national = str(number.national_number)
    if max(window.shape) < 3:
        return False
    if digits.startswith("0"):
        return len(digits) in range(9, 12)
    if code == "420" and len(window.shape) == 1 and _CZECH_MOBILE.fullmatch(digits):
        return True
    return len(code) > 1 and digits == code + national and len(digits) > 10

"""From bytes to characters: Unicode first, old code pages only where they cannot be mistaken.

What does not belong here: what the text means, and files that are not plain text.
"""

from __future__ import annotations

import codecs
import re

from posthub_assets.domain.errors import UnreadableDocument

BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_-]{2,30})""", re.I)
DECLARED_WITHIN_BYTES = 4096
ALLOWED_DECLARED = frozenset(
    {"utf-8", "cp1250", "cp1251", "cp1252", "cp1256", "iso8859-1", "iso8859-2", "koi8-r", "koi8-u"}
)

PUNCTUATION = "–—‚„…‘’“”•‹›«»§°©®™€±·×\u00a0\u00ad"
CZECH = "áčďéěíňóřšťúůýžäöüôľĺŕßłąęćńśź"
WESTERN = "àâäçéèêëîïôöùûüÿñáíóúßæøåœãõìò¿¡ºª"
LEGACY_MIN_SHARE = 0.98
"""Share of a page's non-ASCII characters that must make sense for it to be taken as the one."""
CYRILLIC_LOWERCASE_SHARE = 0.8
"""In Cyrillic text nine letters of ten are small; in a wrong page of the family they are not."""


def decode_text(name: str, data: bytes, *, html: bool = False) -> str:
    """Decode a text file: by its byte order mark, as UTF-8, as declared (HTML), then as guessed.

    Guessed are UTF-16 without a mark, cp1250 (Czech), cp1251 (Cyrillic), cp1252 (Western) and
    cp1256 (Arabic script), each only where the characters leave no doubt.
    Raises UnreadableDocument.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(name, data[len(mark) :], encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _declared_encoding(data) if html else None
    if declared is not None:
        return _strict(name, data, declared)
    guessed = _utf16_without_mark(data) or _legacy_page(data)
    if guessed is None:
        raise UnreadableDocument(
            f"{name} is not text in an encoding that can be told. Save it as UTF-8.", field=name
        )
    return guessed


def _strict(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            f"{name} says that it is {encoding.upper()}, and byte {error.start + 1} is not. "
            "Save it as UTF-8.",
            field=name,
        ) from error


def _declared_encoding(data: bytes) -> str | None:
    found = DECLARED.search(data[:DECLARED_WITHIN_BYTES])
    if found is None:
        return None
    try:
        encoding = codecs.lookup(found.group(1).decode("ascii")).name
    except LookupError:
        return None
    return encoding if encoding in ALLOWED_DECLARED else None


def _utf16_without_mark(data: bytes) -> str | None:
    """Take it as UTF-16 when one byte of two is the same small number: the script's block."""
    if len(data) < 4 or len(data) % 2:
        return None
    for encoding, high in (("utf-16-le", data[1::2]), ("utf-16-be", data[0::2])):
        blocks = sum(high.count(block) for block in (0x00, 0x01, 0x04, 0x06, 0x20))
        if blocks < 0.95 * len(high):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum(c.isprintable() or c in "\r\n\t\ufeff\u200c\u00a0" for c in text) > 0.99 * len(text):
            return text
    return None


def _legacy_page(data: bytes) -> str | None:
    if b"\x00" in data:
        return None
    candidates = (
        ("cp1251", _is_cyrillic),
        ("cp1256", _is_arabic_script),
        ("cp1250", _is_czech),
        ("cp1252", _is_western),
    )
    for encoding, makes_sense in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if makes_sense(text):
            return text
    return None


def _is_cyrillic(text: str) -> bool:
    letters = [c for c in text if "\u0400" <= c <= "\u04ff"]
    small = sum(c.islower() for c in letters)
    return (
        _share(text, lambda c: "\u0400" <= c <= "\u04ff" or c in PUNCTUATION + "№")
        and
        # Text in a Latin script has few letters above ASCII, text in Cyrillic has mostly those.
        len(letters) > sum(c.isascii() and c.isalpha() for c in text) / 2
        and small > CYRILLIC_LOWERCASE_SHARE * len(letters)
    )


def _is_arabic_script(text: str) -> bool:
    letters = sum("\u0600" <= c <= "\u06ff" for c in text)
    return (
        _share(text, lambda c: "\u0600" <= c <= "\u06ff" or c in PUNCTUATION + "\u200c\u200d")
        and letters > sum(c.isascii() and c.isalpha() for c in text) / 2
    )


def _is_czech(text: str) -> bool:
    return _is_latin(text, CZECH)


def _is_western(text: str) -> bool:
    return _is_latin(text, WESTERN)


def _is_latin(text: str, letters: str) -> bool:
    plain = sum(c.isascii() and c.isalpha() for c in text)
    accented = sum(not c.isascii() and c.isalpha() for c in text)
    return _share(text, lambda c: c.lower() in letters or c in PUNCTUATION) and accented < plain / 2


def _share(text: str, makes_sense: object) -> bool:
    assert callable(makes_sense)
    foreign = [c for c in text if not c.isascii()]
    return sum(bool(makes_sense(c)) for c in foreign) >= LEGACY_MIN_SHARE * len(foreign)

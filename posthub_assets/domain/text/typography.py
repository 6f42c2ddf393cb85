"""Quotation marks as a language writes them.

What does not belong here: which marks a language has (`languages/`), spelling.
"""

from __future__ import annotations

import re

from posthub_assets.domain.text.languages import LanguagePack

_STRAIGHT = re.compile(r'(?<!\d)"\s*([^"\n]*?\S)\s*"')
_FOREIGN = {
    "en": re.compile(r"„([^„“”\n]+)[“”]|«([^«»\n]+)»"),
    "cs": re.compile(r"“([^„“”\n]+)”|”([^„“”\n]+)”|«([^«»\n]+)»"),
    "fa": re.compile(r"[“„”]([^„“”\n]+)[”“]"),
    "uk": re.compile(r"[“„”]([^„“”\n]+)[”“]"),
}


def typeset(text: str, pack: LanguagePack) -> str:
    """Give the text with quotation marks of the first level as the language writes them.

    Straight marks are set in pairs only; what has no partner (an inch, a lost mark) stays. English
    keeps straight marks, which it may write.
    """
    opening, closing = pack.quotes
    foreign = _FOREIGN.get(pack.code)
    if foreign:
        text = foreign.sub(lambda m: opening + next(g for g in m.groups() if g) + closing, text)
    if pack.code == "en" or text.count('"') % 2:
        return text
    return _STRAIGHT.sub(lambda m: f"{opening}{m.group(1)}{closing}", text)

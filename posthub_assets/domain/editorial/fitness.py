"""Which sentences may stand in a post: whole, about something, and not torn out of their place.

What does not belong here: how sentences hold together in a passage (`units.py`).
"""

from __future__ import annotations

import re

from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.sentences import FULL_SENTENCE_WORDS
from posthub_assets.domain.text.words import count_words, words

_CODE = re.compile(
    r"<[/!]?\w+[^>]*>|\w\(\)|\w\([\w'\", ]*\)\.|[=!<>]=|>>>|[{}\\|]|\$[A-Za-z_({]|^\$ "
    r"|\b\w+_\w+\b|__\w+|(?<![\w/])/[\w-]+/|\w=\S|(?:^|\s)--?[a-z]\b|\w#\w|\w\[\w"
    r"|\b[\w/-]+\.(?:html?|py|css|js|json|ya?ml|txt|md|sh|exe|png|svg)\b"
)
_MARKUP = re.compile(r"`|<\s*[/!]?\s*\w|[{}]|~ ~|\]\(")
"""What reads as a leftover of a page outside of code."""
_PLACEHOLDER = re.compile(
    r"lorem ipsum|dolor sit amet|consectetur|\[[^\[\]]{2,40}\]|\bTODO\b|\bFIXME\b", re.IGNORECASE
)
_SCRIPTS = {"fa": ("\u0600", "\u06ff"), "uk": ("\u0400", "\u04ff")}
_LETTERS = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[\w'’]+")
MAX_SENTENCE_WORDS = 70
"""Longer ones are lists or run-on lines that lost their stops."""


def speaks(text: str, pack: LanguagePack) -> bool:
    """Tell whether a sentence is in the pack's language: by its script, or by its little words.

    Short English texts inside a Latin-script language pass; whole English sentences do not.
    """
    if pack.code in _SCRIPTS:
        letters = _LETTERS.findall(text)
        own = sum(
            low <= letter <= high for letter in letters for low, high in (_SCRIPTS[pack.code],)
        )
        return bool(own * 3 >= len(letters))
    if pack.code == "en":
        return True
    tokens = [w.casefold() for w in words(text)]
    own = sum(w in pack.stop_words for w in tokens)
    return sum(w in language_pack("en").stop_words for w in tokens) <= max(own, 1)


def is_fit(text: str, pack: LanguagePack) -> bool:
    """Tell whether a whole sentence is content: no chrome, no code, no pointing elsewhere."""
    if pack.chrome_pattern.search(text) or pack.dangling_pattern.search(text):
        return False
    if not speaks(text, pack) or _PLACEHOLDER.search(text):
        return False
    if _CODE.search(text) or count_words(text) > MAX_SENTENCE_WORDS:
        return False
    return len(_LETTERS.findall(text)) >= 0.6 * len(text.replace(" ", ""))


def is_fit_item(text: str, pack: LanguagePack) -> bool:
    """Tell whether a list item is content; it need not be a sentence."""
    if pack.chrome_pattern.search(text) or pack.dangling_pattern.search(text):
        return False
    if _CODE.search(text) or _PLACEHOLDER.search(text) or text.rstrip().endswith(":"):
        return False
    return 2 <= count_words(text) <= 2 * MAX_SENTENCE_WORDS and bool(_LETTERS.search(text))


def is_fit_lead(text: str, pack: LanguagePack) -> bool:
    """Tell whether a sentence may lead in the list that follows it."""
    rest = re.sub(pack.lead_words, "", text, flags=re.IGNORECASE)
    return is_fit(rest, pack)


def is_fit_code_lead(text: str, pack: LanguagePack) -> bool:
    """Tell whether a sentence may lead in the code that follows it.

    It may name files and point at what follows, for that follows; it may not point elsewhere.
    """
    if not text.rstrip().endswith(":") or not 2 <= count_words(text) <= MAX_SENTENCE_WORDS:
        return False
    if pack.chrome_pattern.search(text) or _PLACEHOLDER.search(text) or not speaks(text, pack):
        return False
    if _MARKUP.search(text):
        return False
    rest = re.sub(pack.lead_words, "", text, flags=re.IGNORECASE)
    pointing = pack.dangling_pattern.search(rest)
    ahead = pointing is not None and (
        pointing.start() == 0 or not rest[pointing.end() :].strip(" :")
    )
    return pointing is None or ahead


def is_interjection(text: str) -> bool:
    """Tell whether a text only cheers ("Nice!"): what stands around it holds without it."""
    return text.endswith(("!", "?", "؟")) and count_words(text) < FULL_SENTENCE_WORDS


def depends(text: str, pack: LanguagePack) -> bool:
    """Tell whether a sentence needs the one before it."""
    if text.startswith(("(", "[")):
        return True
    first = _WORD.search(text)
    if first and first.group().casefold() in pack.dangling_starts:
        return True
    return bool(pack.dependent_pattern.search(text.lstrip("\"'“‘„«([")))


_LABEL = re.compile(r"^[^\s:.!?]+(?: [^\s:.!?]+){0,3}: ")


def is_labelled(text: str) -> bool:
    """Tell whether a sentence begins with a label ("Note: ..."): it belongs to a list of such."""
    return bool(_LABEL.match(text))


def is_lead(text: str) -> bool:
    """Tell whether a sentence leads in a list."""
    return text.rstrip().endswith(":") and count_words(text) >= 3

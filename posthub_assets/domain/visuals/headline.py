"""Which words stand in the picture: cleaning of text, and the choice between hook and title.

What does not belong here: measuring and breaking into lines (`typesetting.py`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import PermanentProviderError

if TYPE_CHECKING:
    from posthub_assets.domain.briefs import ImageBrief

LONGEST_HOOK = 90
"""Characters. A longer first sentence cannot be read in passing; the topic's title is used."""
TITLE_LENGTHS = (130, 95, 65, 45)
"""Characters. A title that does not fit is cut to the next of these; the first is about five lines
at the smallest size."""

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_PICTURE_CATEGORIES = frozenset({"So", "Sk", "Cs", "Co", "Cn"})
_KEPT_SYMBOLS = frozenset("°©®™№^`´¨")
_URL = re.compile(r"https?://\S+|www\.\S+")
_MARKS = re.compile(r"\*\*|__|`|^#+\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?…؟])[\"'”“»’)]*\s+")
_SPACE_BEFORE = re.compile(r"\s+([,.;:!?…،؛؟]+)(?=\s|$)")
_PHRASE_END = re.compile(r"(?:[.!?;:,…؟،؛]|\s[–—-])(?=\s)")
_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "st", "vs", "no", "inc", "např", "tzv", "tj"})
_PAIRS = (("(", ")"), ("[", "]"), ("«", "»"), ("„", "“"))


@dataclass(frozen=True, slots=True)
class Wording:
    """One candidate for the headline. `dropped` are characters that were left out (emoji)."""

    text: str
    dropped: str = ""


def clean(text: str) -> Wording:
    """Make one line of plain text: NFC, single spaces, no invisible or pictorial characters.

    Tabs and line breaks become spaces. Zero-width and direction marks go, except the (non-)joiners
    between letters of Arabic script, where they are spelling. Emoji and other pictographs go and
    are named in `dropped`.
    """
    text = unicodedata.normalize("NFC", _MARKS.sub("", _URL.sub("", text)))
    kept, dropped = [], []
    for index, char in enumerate(text):
        if char.isspace():
            kept.append(" ")
        elif char in (_ZWNJ, _ZWJ):
            if _between_arabic(text, index):
                kept.append(char)
        elif _is_pictorial(char):
            dropped.append(char)
        elif unicodedata.category(char) not in ("Cc", "Cf", "Me") and not _is_selector(char):
            kept.append(char)
    line = _SPACE_BEFORE.sub(r"\1", " ".join("".join(kept).split()))
    return Wording(line.strip(), "".join(dropped))


def wordings(brief: ImageBrief) -> tuple[Wording, ...]:
    """Give the candidates for the headline, best first, none of them empty.

    Odd variants prefer the post's hook, even ones the topic's title. A hook must be one whole
    short sentence. Then follow shorter forms of the title, cut at the end of a phrase, or of a
    word with an ellipsis. What a reviewer marked comes last.
    Raises PermanentProviderError where neither hook nor title has a letter or digit.
    """
    cleaned = clean(brief.topic_title)
    title, *shorter = (shortened(cleaned, length) for length in TITLE_LENGTHS)
    hook = first_sentence(brief.social_post.text)
    found = [title] if title.text else []
    if _is_fit_for_headline(hook.text):
        found.insert(0 if brief.variant % 2 == 1 else 1, hook)
    found += shorter
    found = [wording for wording in found if any(char.isalnum() for char in wording.text)]
    if not found:
        raise PermanentProviderError(
            "Neither the topic's title nor the post's first sentence has words that can stand in "
            "a picture. Give the topic a title.",
            provider="local",
        )
    spans = brief.revision.spans if brief.revision else ()
    found.sort(key=lambda wording: any(span and span in wording.text for span in spans))
    return tuple(dict.fromkeys(found))


def first_sentence(text: str) -> Wording:
    """Give the first sentence of a post, cleaned. Abbreviations such as `U.S.` do not end it."""
    paragraph = next((line for line in text.splitlines() if line.strip()), "")
    cleaned = clean(paragraph)
    for match in _SENTENCE_END.finditer(cleaned.text):
        before, after = cleaned.text[: match.start()], cleaned.text[match.end() :]
        last_word = before.rsplit(" ", 1)[-1].strip(".")
        abbreviated = before.endswith(".") and (_is_abbreviation(last_word))
        if not abbreviated and not after[:1].islower():
            return Wording(_without_full_stop(before), cleaned.dropped)
    return Wording(_without_full_stop(cleaned.text), cleaned.dropped)


def _is_abbreviation(word: str) -> bool:
    return len(word) <= 1 or "." in word or word.lower() in _ABBREVIATIONS


def _is_fit_for_headline(hook: str) -> bool:
    whole = not hook.endswith((":", ",", "…", "-", "–"))
    paired = all(hook.count(left) == hook.count(right) for left, right in _PAIRS)
    return 12 <= len(hook) <= LONGEST_HOOK and whole and paired


def shortened(title: Wording, most: int) -> Wording:
    """Cut a title to `most` characters: at the end of a phrase, or of a word with an ellipsis."""
    text = _without_full_stop(title.text)
    if len(text) <= most:
        return Wording(text, title.dropped)
    head = text[: most - 1] if text[most - 1] == " " else text[: most - 1].rpartition(" ")[0]
    phrases = [match.start() for match in _PHRASE_END.finditer(head)]
    if phrases and phrases[-1] >= most // 3:
        return Wording(head[: phrases[-1]].rstrip(" ,;:–—-"), title.dropped)
    if not head:
        return Wording(text, title.dropped)
    return Wording(head.rstrip(" .,;:–—-") + "…", title.dropped)


def _without_full_stop(text: str) -> str:
    alone = text.endswith(".") and not text.endswith("..")
    last_word = text.rsplit(" ", 1)[-1]
    return text[:-1] if alone and "." not in last_word[:-1] else text


def _between_arabic(text: str, index: int) -> bool:
    around = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
    return len(around) == 2 and all(unicodedata.bidirectional(char) == "AL" for char in around)


def _is_pictorial(char: str) -> bool:
    if char in _KEPT_SYMBOLS:
        return False
    return unicodedata.category(char) in _PICTURE_CATEGORIES or 0x1F000 <= ord(char) <= 0x1FAFF


def _is_selector(char: str) -> bool:
    return 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF

"""Language: is the text in the company's language, by its script, its little words, its marks?

What does not belong here: the stop words and marks themselves (`domain/text/languages`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from posthub_assets.domain.quality.findings import Finding, fail, passed, warn
from posthub_assets.domain.text.languages import WELL_WRITTEN, language_pack
from posthub_assets.domain.text.words import words

RULE = "language"

Part = tuple[str, int, int]
"""A paragraph's clean words and its span in the main text."""

NAMES = {"en": "English", "cs": "Czech", "fa": "Persian", "uk": "Ukrainian"}
SCRIPTS = {"en": "Latin", "cs": "Latin", "fa": "Arabic", "uk": "Cyrillic"}

MIN_SCRIPT_SHARE = 0.5
"""Letters of the language's own script in the whole text. Names and terms stay Latin: of 14 real
pages in Persian and Ukrainian 13 have 0.82 and more, a bare list of links has 0.52."""

MIN_STOP_SHARE = 0.12
STOP_SHARE_WORDS = 50
"""Stop words among all words, judged from 50 words on. Of 28 real pages in four languages the
lowest share is 0.24, a list of links; a language without a pack has next to none of them."""

MIN_PARAGRAPH_SHARE = 0.25
MIN_PARAGRAPH_WORDS = 12
"""A foreign paragraph is named from this length on: shorter ones are names and quotations."""

FOREIGN_LEAD = 0.12
"""By how much another language's stop words must outweigh the own ones to call it that language."""

_RUSSIAN_ONLY = frozenset("ыэъё")
_UKRAINIAN_ONLY = frozenset("іїєґ")
_CZECH_ONLY = frozenset("ěščřžůťďň")
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ARABIC_LETTERS = re.compile("[يىك]")
_WRONG_QUOTES = {
    "en": re.compile("[„«»]"),
    "cs": re.compile('"(?=\\w)|(?<=\\w)"|(?<!\\w)”(?=\\w)'),
    "fa": re.compile('"(?=\\w)|(?<=\\w)"|„'),
    "uk": re.compile('"(?=\\w)|(?<=\\w)"'),
}


def language(parts: Sequence[Part], text: str, code: str) -> Iterator[Finding]:
    """Judge the whole text, then name paragraphs in another language, then marks.

    `text` is the main text with code blanked out; `code` a BCP 47 tag. Languages without a pack
    are not judged: nothing is known of them.
    """
    own = code.partition("-")[0].casefold()
    if own not in WELL_WRITTEN:
        yield passed(RULE, f"Nothing is known about the language “{code}”; not judged.")
        return
    whole = " ".join(clean for clean, _, _ in parts)
    said = _said(whole)
    foreign = _foreign(whole, said, own, MIN_SCRIPT_SHARE) or _unknown(said, own)
    if foreign:
        yield fail(
            RULE,
            f"The text reads as {foreign}, but the company writes {NAMES[own]}. Write it anew in "
            f"{NAMES[own]}.",
            (parts[0][1], parts[-1][2]) if parts else None,
            whole[:200],
        )
        return
    yield from _paragraphs(parts, own)
    yield from _marks(text, own)


def _paragraphs(parts: Sequence[Part], own: str) -> Iterator[Finding]:
    for paragraph, start, end in parts:
        said = _said(paragraph)
        if len(said) < MIN_PARAGRAPH_WORDS:
            continue
        foreign = _foreign(paragraph, said, own, MIN_PARAGRAPH_SHARE)
        if foreign:
            yield fail(
                RULE,
                f"This paragraph reads as {foreign}, not {NAMES[own]}. Translate it, or delete it.",
                (start, end),
                paragraph,
            )


def _said(text: str) -> list[str]:
    """Give the words in the form in which stop words are known."""
    return [word.replace("’", "'").casefold() for word in words(text)]


def _foreign(text: str, said: Sequence[str], own: str, least_share: float) -> str:
    """Give the name of the language or script that the text is in instead; empty: it is its own.

    `said` is the text's words.
    """
    scripts = _scripts(text)
    letters = sum(scripts.values())
    if not letters:
        return ""
    if scripts[SCRIPTS[own]] < least_share * letters:
        script = scripts.most_common(1)[0][0]
        return _by_words(text, said, own, script) or f"a language in {script} script"
    if own == "uk" and _only(text, _RUSSIAN_ONLY) > _only(text, _UKRAINIAN_ONLY):
        return "Russian"
    return _by_words(text, said, own, SCRIPTS[own], lead=FOREIGN_LEAD)


def _unknown(said: Sequence[str], own: str) -> str:
    enough = len(said) >= STOP_SHARE_WORDS
    return "another language" if enough and _stop_share(said, own) < MIN_STOP_SHARE else ""


def _by_words(text: str, said: Sequence[str], own: str, script: str, *, lead: float = 0.0) -> str:
    """Give the name of a language of `script` whose stop words outweigh the own ones."""
    rivals = [code for code in WELL_WRITTEN if code != own and SCRIPTS[code] == script]
    if not rivals:
        return ""
    shares = {code: _stop_share(said, code) for code in (own, *rivals)}
    best = max(rivals, key=shares.__getitem__)
    if shares[best] <= shares[own] + lead or (best == "cs" and not _only(text, _CZECH_ONLY)):
        return ""
    return NAMES[best]


def _stop_share(said: Sequence[str], code: str) -> float:
    stop_words = language_pack(code).stop_words
    return sum(word in stop_words for word in said) / len(said) if said else 0.0


def _only(text: str, letters: frozenset[str]) -> int:
    return sum(char in letters for char in text.casefold())


def _scripts(text: str) -> Counter[str]:
    counts: Counter[str] = Counter({"Latin": 0, "Cyrillic": 0, "Arabic": 0, "another": 0})
    for char, count in Counter(text).items():
        if char.isalpha():
            counts[_script(ord(char))] += count
    return counts


def _script(code_point: int) -> str:
    if code_point < 0x0250 or 0x1E00 <= code_point < 0x1F00:
        return "Latin"
    if 0x0400 <= code_point < 0x0530:
        return "Cyrillic"
    if 0x0600 <= code_point < 0x0780 or 0xFB50 <= code_point < 0xFF00:
        return "Arabic"
    return "another"


def _marks(text: str, own: str) -> Iterator[Finding]:
    pack = language_pack(own)
    wrong = list(_WRONG_QUOTES[own].finditer(text))
    if wrong:
        opening, closing = pack.quotes
        yield warn(
            RULE,
            f"{len(wrong)} quotation marks are not those of {NAMES[own]}; write "
            f"{opening}…{closing}. The first is here.",
            wrong[0].span(),
            text[max(0, wrong[0].start() - 20) : wrong[0].end() + 20],
            f"{len(wrong)} marks",
        )
    control = _BIDI_CONTROLS.search(text)
    if control:
        yield warn(
            RULE,
            "An invisible mark that turns the direction of writing stands here. Delete it; the "
            f"page sets the direction of {NAMES[own]} ({pack.direction}) by itself.",
            control.span(),
            text[max(0, control.start() - 20) : control.end() + 20],
        )
    arabic = _ARABIC_LETTERS.findall(text) if own == "fa" else []
    if arabic:
        first = _ARABIC_LETTERS.search(text)
        yield warn(
            RULE,
            f"{len(arabic)} letters are the Arabic yeh or kaf; Persian writes ی and ک. "
            "Replace them, or searches miss the words.",
            first.span() if first else None,
            measured=f"{len(arabic)} letters",
        )

"""Light stems: what the forms of a word share, found by endings alone, without a dictionary.

They serve finding, not display, and prefer to find too much: `otec` and `otce` are one, and so now
and then are words that only look alike. The same stem is made of a word with and without its
Czech accents. What does not belong here: how words are spelled (`words.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from posthub_assets.domain.searching.words import script_of, unaccented

LEAST = 3
"""A stem has so many letters at least; where one vowel is taken off, one less."""


def _longest_first(*endings: str) -> tuple[str, ...]:
    together = " ".join(endings).split()
    return tuple(sorted(set(together), key=lambda ending: (-len(ending), ending)))


_CZECH = _longest_first(
    "a e i o u y",
    "em um am im ym om ou es us ich ych ech ach ami emi imi ymi atum atech ata",
    "eho emu iho imu ove ova ovi ovy ovou oveho ovemu ovych ovymi ovem ovym",
)
_CZECH_VERBS = _longest_first("at et it al el il ac ovat ovan oval ovani ovac uj")
_UKRAINIAN = _longest_first(
    "а е є и і ї о у ю я ь й",
    "ам ям ом ем єм ах ях ою ею єю ої ів їв ей ій ий им їм их їх ові еві єві ами ями",
    "ого ому ими ього ьому ьої ьою іми іх ім ють уть ять єте ємо емо имо ете ите еш єш иш",
)
_UKRAINIAN_VERBS = _longest_first(
    "а и і у ю я ат ят ит ал ял ил ав яв ив ить",
    "ува юва уват юват увал ювал ував ював уванн юванн уван юван",
)
_PERSIAN = _longest_first(
    "ها های هایی هایم هایت هایش هایمان هایتان هایشان تر ترین شان تان مان یش ان ات ی ند ید یم"
)
_TWO_LETTERS_DO = ("ها", "های", "هایی")


@lru_cache(maxsize=131_072)
def stem(key: str, language: str) -> str:
    """Give the stem of a key (`words.key_of`) in a text of a language (BCP 47).

    Cyrillic and Arabic letters decide for themselves. Latin ones are read as Czech in Czech texts
    and as English in those of our other languages; elsewhere only their accents go.
    """
    if any(mark.isdigit() for mark in key):
        return unaccented(key)
    script = script_of(key)
    if script == "latin":
        code = language.partition("-")[0].casefold()
        return _LATIN.get(code, unaccented)(key)
    return {"cyrillic": _ukrainian, "arabic": _persian}.get(script, unaccented)(key)


def variants(key: str) -> frozenset[str]:
    """Give all stems under which a word may stand in an index of any language."""
    found = {stem(key, language) for language in ("", "en", "cs")}
    if script_of(key) != "latin":
        return frozenset(found)
    if key.isascii() and re.search(r"u[^aeiouy]$", key):
        # Typed without accents: the ring of `dům`, which `domu` has not.
        found.add(stem(f"{key[:-2]}ů{key[-1]}", "cs"))
    made = re.search("(.{4,})ations?$", key)
    if made:  # installation, install
        found.add(stem(made[1], "en"))
    return frozenset(found)


def roots(key: str) -> frozenset[str]:
    """Give what longer words of the same root begin with: stems before their vowels are folded."""
    script = script_of(key)
    if script == "latin":
        return frozenset({_czech_root(key)})
    return frozenset({_ukrainian_root(key)} if script == "cyrillic" else ())


def beginnings(key: str) -> frozenset[str]:
    """Give the beginnings of stems that a word which was broken off stands for."""
    bare = unaccented(key)
    return frozenset({bare, bare.replace("ou", "u")})


def _without(word: str, endings: Iterable[str], least: int = LEAST) -> str:
    for ending in endings:
        shortest = least - 1 if len(ending) == 1 else least
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: -len(ending)]
    return word


def _without_case(word: str, endings: Iterable[str]) -> str:
    """Take endings off twice, since a stem may end like one: `program`, `programu`."""
    return _without(_without(word, endings), endings)


def _without_verb(word: str, endings: Iterable[str]) -> str:
    for _ in range(2):
        for ending in endings:
            least = LEAST + 1 if len(ending) == 2 else LEAST
            if word.endswith(ending) and len(word) - len(ending) >= least:
                word = word[: -len(ending)]
                break
    return word


def _czech_root(key: str) -> str:
    # In short words a long vowel becomes another: dům, domu; stůl, stolu.
    word = unaccented(key.replace("ů", "o") if len(key) <= 4 else key)
    return _without_verb(_without_case(word, _CZECH), _CZECH_VERBS).replace("ou", "u")


def _czech(key: str) -> str:
    word = _czech_root(key)
    if re.search(r"[^aeiouy]e[^aeiouy]$", word):  # otec, otce
        word = word[:-2] + word[-1]
    # Before some endings k becomes c, and h z: ruka, ruce; kniha, knize.
    return re.sub("c$", "k", re.sub("z$", "h", word))


def _ukrainian_root(key: str) -> str:
    word = re.sub("(?<=.{4})с[яь]$", "", key)
    word = _without_verb(_without_case(word, _UKRAINIAN), _UKRAINIAN_VERBS)
    word = re.sub("(?<=^..)ів$", "", word)  # днів, дні
    return re.sub(r"([^аеєиіїоуюя])\1$", r"\1", word)  # замовлення, замовлень


def _ukrainian(key: str) -> str:
    word = re.sub("іст$", "ост", _ukrainian_root(key))  # якість, якості
    if re.search("[^аеєиіїоуюя][оеєі][^аеєиіїоуюяьй]$", word):  # будинок, будинку; ніч, ночі
        word = word[:-2] + word[-1]
    # Before some endings к becomes ц or ч, and г з or ж: рука, руці; книга, книзі.
    return re.sub("[цч]$", "к", re.sub("[зж]$", "г", word))


def _persian(key: str) -> str:
    word = key
    while True:
        shorter = _without(word, _PERSIAN, least=LEAST)
        if shorter == word:
            shorter = _without(word, _TWO_LETTERS_DO, least=2)
        if shorter == word or len(shorter) < 2:
            return word
        word = shorter


def _english(key: str) -> str:
    word = _singular(unaccented(key))
    word = _without(word, ("fulness", "ment", "ness", "ly", "ful"), least=4)
    word = _without_verb_ending(word)
    if word.endswith(("tion", "sion")) and len(word) >= 6:
        word = word[:-3]
    if word.endswith("e") and len(word) >= 3:
        word = word[:-1]
    return word[:-1] if len(word) >= 3 and word[-1] == word[-2] else word


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_verb_ending(word: str) -> str:
    if len(word) > 4 and word.endswith("ied"):
        return f"{word[:-3]}y"
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 2 and re.search("[aeiouy]", rest):
            return word if ending == "ed" and rest.endswith("e") else rest
    return word


_LATIN: dict[str, Callable[[str], str]] = {
    "cs": _czech,
    "en": _english,
    "fa": _english,
    "uk": _english,
}

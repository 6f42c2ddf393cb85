"""One pack of facts per language: words, marks, labels and patterns, as data.

What does not belong here: code that reads text; it takes a pack as its argument.
"""

from __future__ import annotations

from functools import cache

from posthub_assets.domain.text.languages.pack import LanguagePack

__all__ = ["WELL_WRITTEN", "LanguagePack", "language_pack"]

WELL_WRITTEN = ("en", "cs", "fa", "uk")
"""Languages with a pack of their own."""


def language_pack(language: str) -> LanguagePack:
    """Give the pack of a BCP 47 tag by its primary subtag; English where there is none."""
    return _by_code(language.partition("-")[0].casefold())


@cache
def _by_code(code: str) -> LanguagePack:
    from posthub_assets.domain.text.languages import czech, english, persian, ukrainian

    packs = (english.PACK, czech.PACK, persian.PACK, ukrainian.PACK)
    return next((pack for pack in packs if pack.code == code), english.PACK)

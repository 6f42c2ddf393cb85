"""Alternative texts of pictures with facts on them, in the company's language.

Written for en, cs, fa and uk; for other languages the English one is used.
What does not belong here: what the picture itself shows; that sentence is handed in.
"""

from __future__ import annotations

from collections.abc import Sequence

from posthub_assets.domain.media.overlay.facts import IN_ORDER, EventFacts
from posthub_assets.domain.visuals.headline import clean

_BARE = {
    "en": "Event picture with the words: {facts}.",
    "cs": "Obrázek k akci s textem: {facts}.",
    "fa": "تصویر رویداد با این نوشته: {facts}.",
    "uk": "Зображення до події з текстом: {facts}.",
}
_BEHIND = {
    "en": " Behind the words: {picture}",
    "cs": " Pod textem: {picture}",
    "fa": " پشت نوشته: {picture}",
    "uk": " За текстом: {picture}",
}
_QUOTED = {"en": "“{}”", "cs": "„{}“", "fa": "«{}»", "uk": "«{}»"}
_COMMA = {"fa": "، "}


def overlaid_alt_text(
    facts: EventFacts, *, left_out: Sequence[str] = (), picture: str = "", language: str = ""
) -> str:
    """Say which words stand on the picture, then what the picture shows.

    `left_out` are the facts that found no room (from the report), `picture` the alternative text
    that the picture had before, `language` a BCP 47 tag (that of the facts where empty). With no
    facts drawn it is `picture` as it was.
    """
    tag = (language or facts.language).split("-", maxsplit=1)[0].lower()
    tag = tag if tag in _BARE else "en"
    texts = facts.given()
    shown = {name: clean(texts[name]).text for name in IN_ORDER if name in texts}
    words = [text.rstrip(".") for name, text in shown.items() if name not in left_out and text]
    if not words:
        return picture
    quoted = [_QUOTED[tag].format(words[0]), *words[1:]]
    sentence = _BARE[tag].format(facts=_COMMA.get(tag, ", ").join(quoted))
    return sentence + (_BEHIND[tag].format(picture=picture) if picture else "")

"""The typefaces of one overlay: one for text of each direction, so that its lines look alike.

What does not belong here: sizes and places (`arranging.py`, `placing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.visuals.faces import (
    LAST_RESORT,
    RTL_LANGUAGES,
    Face,
    FontSet,
    choose_face,
    is_right_to_left,
    missing_letters,
    needs_shaping,
)


@dataclass(frozen=True, slots=True)
class Lettering:
    """Gives the face for a row. `samples` are the texts of the rows that are shaped and plain."""

    fonts: FontSet
    preferred: str
    language: str
    shaped_sample: str
    plain_sample: str

    def face(self, text: str, *, bold: bool) -> Face:
        """Give the face for `text`: that of all its kin where one family has all their letters."""
        sample = self.shaped_sample if needs_shaping(text) else self.plain_sample
        for letters in (sample, text):
            try:
                family = self._family(letters, bold)
                return choose_face(
                    text, family, fonts=self.fonts, language=self.language, bold=bold
                )
            except PermanentProviderError:
                continue
        raise PermanentProviderError(
            f"No single font has all letters of “{text}”. Write it in one or two scripts.",
            provider="local",
        )

    def face_or_none(self, text: str, *, bold: bool) -> Face | None:
        """Give the face for a row, or None where its facts have no family in common."""
        try:
            return self.face(text, bold=bold)
        except PermanentProviderError:
            return None

    def _family(self, letters: str, bold: bool) -> str:
        face = choose_face(
            letters, self.preferred, fonts=self.fonts, language=self.language, bold=bold
        )
        return face.family

    def settable(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Give the text without the letters that keep it from being set in one family, and those.

        So it goes with three scripts in one fact, of which no family has all.
        """
        try:
            self.face(text, bold=True)
        except PermanentProviderError:
            families = [one for one in (self.preferred, *LAST_RESORT) if one in self.fonts.files]
            lost = min((missing_letters(text, one, self.fonts) for one in families), key=len)
            return " ".join("".join(char for char in text if char not in lost).split()), lost
        return text, ()


def lettering(
    texts: Mapping[str, str], *, fonts: FontSet, preferred: str, language: str
) -> Lettering:
    """Choose by all texts of the overlay together. Raises nothing; letters are checked per row."""
    shaped = " ".join(text for text in texts.values() if needs_shaping(text))
    plain = " ".join(text for text in texts.values() if not needs_shaping(text))
    return Lettering(fonts, preferred, language, shaped, plain)


def reads_right_to_left(texts: Mapping[str, str], language: str) -> bool:
    """Tell on which side the lines start: that of the language if it and any text has the letters.

    Else that of the first text.
    """
    every = list(texts.values())
    if not every:
        return False
    if language.split("-", maxsplit=1)[0].lower() in RTL_LANGUAGES:
        return any(is_right_to_left(text, language) for text in every)
    return is_right_to_left(every[0], language)

"""Texts as TF-IDF vectors: what is like what.

What does not belong here: stemming (`domain/text/words.py`), grouping (`clusters.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthub_assets.domain.text.words import content_stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


class TextSpace:
    """TF-IDF over given texts, sublinear, L2-normalised (Salton and Buckley, 1988)."""

    def __init__(self, texts: Sequence[str], language: str) -> None:
        """Fit on `texts`; at least one of them must have a word that is no stop word."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.language = language
        self._vectorizer = TfidfVectorizer(analyzer=_as_it_is, sublinear_tf=True)
        self.matrix = self._vectorizer.fit_transform([content_stems(t, language) for t in texts])

    def similarities(self) -> NDArray[np.float64]:
        """Give the cosine of each text with each, shape (texts, texts), 0 to 1."""
        import numpy as np

        return np.asarray((self.matrix @ self.matrix.T).todense(), dtype=np.float64)

    def likeness(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Give the cosine of each given text with each fitted one, shape (given, fitted)."""
        import numpy as np

        given = self._vectorizer.transform([content_stems(t, self.language) for t in texts])
        return np.asarray((given @ self.matrix.T).todense(), dtype=np.float64)

    def share_of(self, phrase: str, text: int) -> float:
        """Give how much of what a phrase says stands in a fitted text, 0 to 1.

        Words count by their rarity; a word that no text has counts like the rarest.
        """
        known = self._vectorizer.vocabulary_
        rarity = self._vectorizer.idf_
        total = shared = 0.0
        for stem in dict.fromkeys(content_stems(phrase, self.language)):
            weight = float(rarity[known[stem]]) if stem in known else float(rarity.max())
            total += weight
            shared += weight * bool(stem in known and self.matrix[text, known[stem]])
        return shared / total if total else 0.0


def _as_it_is(stems: list[str]) -> list[str]:
    return stems

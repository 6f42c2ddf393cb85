"""The names of templates in the four languages of the product.

What does not belong here: the templates.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """One thing's name in each language."""

    en: str
    cs: str
    fa: str
    uk: str

    def in_language(self, language: str) -> str:
        """Give the name for a BCP 47 tag; English for languages that there is no name in."""
        tag = language.split("-", maxsplit=1)[0].lower()
        return self.as_dict().get(tag, self.en)

    def as_dict(self) -> dict[str, str]:
        """Give all names by language."""
        return asdict(self)

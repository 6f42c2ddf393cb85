"""What a reviewer's request changes in a post: marked words go, wishes for length are met.

What does not belong here: writing the post (`blog_post.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from posthub_assets.domain.briefs import Revision
from posthub_assets.domain.editorial.fitness import depends
from posthub_assets.domain.editorial.units import Unit, is_code
from posthub_assets.domain.text.languages import LanguagePack, language_pack
from posthub_assets.domain.text.words import normalise

SHORTER_SHARE = 0.7


@dataclass(frozen=True)
class Wishes:
    """A revision, read: the normalised spans, the share of words to keep, the round."""

    spans: tuple[str, ...] = ()
    share: float = 1.0
    round: int = 0

    @classmethod
    def read(cls, revision: Revision | None, pack: LanguagePack) -> Wishes:
        """Read reasons in the pack's language or English."""
        if revision is None:
            return cls()
        spans = tuple(s for s in (normalise(span) for span in revision.spans) if s)
        reasons = normalise(" ".join(revision.reasons))
        packs = (pack, language_pack("en"))
        stems = [stem for one in packs for stem in one.wishes.get("shorter", ())]
        shorter = any(normalise(stem) in reasons for stem in stems)
        return cls(spans, SHORTER_SHARE if shorter else 1.0, max(1, revision.round))

    def forbids(self, text: str) -> bool:
        """Tell whether a text contains words that were marked."""
        plain = normalise(text)
        return any(span in plain for span in self.spans)

    def allowed(self, units: Sequence[Unit], pack: LanguagePack) -> list[Unit]:
        """Give the units without the sentences that touch a marked span."""
        if not self.spans:
            return list(units)
        kept = (self._without(unit, pack) for unit in units)
        return [unit for unit in kept if unit is not None]

    def _touches(self, sentence: str) -> bool:
        plain = normalise(sentence)
        return any(span in plain or plain in span for span in self.spans)

    def _without(self, unit: Unit, pack: LanguagePack) -> Unit | None:
        paragraphs: list[tuple[str, ...]] = []
        broken = False
        for paragraph in unit.paragraphs:
            kept: list[str] = []
            for sentence in paragraph:
                hangs = is_code(sentence) or depends(sentence, pack)
                broken = self._touches(sentence) or (broken and hangs)
                if not broken:
                    kept.append(sentence)
            if kept:
                paragraphs.append(tuple(kept))
        items = tuple(item for item in unit.items if not self._touches(item.text))
        if unit.is_list and (broken or len(items) < 2):
            items = ()
        changed = replace(unit, paragraphs=tuple(paragraphs), items=items)
        if not changed.sentences or self.forbids(changed.text):
            return None
        return changed

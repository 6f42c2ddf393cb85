"""How a company addresses its readers, where a language has two ways: Czech and Ukrainian.

What does not belong here: how formal a text is on the whole (`tone.py`).
"""

from __future__ import annotations

import re

from posthub_assets.domain.research.cues import cues_for

_CHOICE = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
_TWO_WAYS = ("cs", "uk")


def addressed(text: str, *, informal: bool) -> str:
    """Resolve the "[formal|informal]" choices of a text."""
    return _CHOICE.sub(lambda match: match[2] if informal else match[1], text)


def is_informal(text: str, language: str) -> bool:
    """Tell whether a text says the informal "you" more often than the formal one.

    False in languages where that makes no difference in our own sentences.
    """
    if language.partition("-")[0].lower() not in _TWO_WAYS:
        return False
    tone = cues_for(language).tone
    casual = len(re.findall(tone.casual, text, re.IGNORECASE))
    return casual > len(re.findall(tone.formal, text, re.IGNORECASE))

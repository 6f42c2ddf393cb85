"""Rules over personas: complete, unlike the company's others, introduced in a few sentences.

What does not belong here: leftovers (`leftovers.py`); which archetypes exist (`bodies.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from posthub_assets.domain.bodies import PersonaBody
from posthub_assets.domain.quality.context import PastItem, persona_traits
from posthub_assets.domain.quality.findings import Finding, fail, warn

BIOGRAPHY_SENTENCES = (2, 3)
"""From the issue: a biography of two or three sentences."""

_NAMES = {
    "name": "name",
    "biography": "biography",
    "vocabulary_level": "vocabulary level",
    "sentence_style": "sentence style",
    "signature_ending": "signature ending",
    "values": "values",
    "expertise": "expertise",
    "frustrations": "frustrations",
    "favourite_phrases": "favourite phrases",
}


def completeness(body: PersonaBody) -> Iterator[Finding]:
    """Name each field that says nothing, and each list that says the same twice."""
    for field, shown in _NAMES.items():
        value = getattr(body, field)
        entries = (value,) if isinstance(value, str) else value
        if not entries or any(not entry.strip() for entry in entries):
            yield fail("completeness", f"The persona's {shown} stands empty. Fill it in.")
        elif len({entry.strip().casefold() for entry in entries}) < len(entries):
            yield warn(
                "completeness",
                f"The persona's {shown} names the same thing twice. Replace one of them.",
                quote=", ".join(entries),
            )
    for field in ("art_style", "atmosphere"):
        if not getattr(body.visual_style, field).strip():
            shown = field.replace("_", " ")
            yield fail("completeness", f"The visual style's {shown} stands empty. Fill it in.")


def distinct(body: PersonaBody, siblings: tuple[PastItem, ...]) -> Iterator[Finding]:
    """Compare name, archetype and MBTI type with each sibling's `traits`."""
    mine = persona_traits(body)
    for sibling in siblings:
        shared = [trait for trait in mine if trait in sibling.traits]
        if shared:
            values = ", ".join(trait.split(":", 1)[1] for trait in shared)
            labels = " and ".join(trait.split(":", 1)[0] for trait in shared)
            yield fail(
                "distinct",
                f"{body.name} has the same {labels} as {sibling.title} ({values}). "
                "Give one of the two another.",
                quote=values,
                measured=f"{len(shared)} in common",
            )


def biography(body: PersonaBody, sentence_count: int) -> Iterator[Finding]:
    """Hold the number of sentences against two or three."""
    least, most = BIOGRAPHY_SENTENCES
    if not least <= sentence_count <= most:
        yield fail(
            "biography",
            f"The biography has {sentence_count} sentences. Write two or three.",
            (0, len(body.biography)),
            body.biography,
            f"{sentence_count} sentences",
        )

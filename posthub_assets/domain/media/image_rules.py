"""What is looked at on the AI images of a month: the rules that Dagster shows as checks.

None keeps a picture back: a person chooses one, or has them made anew. Cheap to import.
What does not belong here: counting (`repositories/image_reports.py`).
"""

from __future__ import annotations

from posthub_assets.domain.quality.catalogue import RuleSpec

VARIATIONS, ALT_TEXT = "variations", "alt_text"

IMAGE_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        VARIATIONS,
        "Variations",
        "A request comes to as many pictures as were asked for.",
        "All pictures are there.",
        (),
        blocking=False,
    ),
    RuleSpec(
        ALT_TEXT,
        "Alternative text",
        "A picture says in words what it shows, and which facts stand on it.",
        "The picture is described.",
        (),
        blocking=False,
    ),
)

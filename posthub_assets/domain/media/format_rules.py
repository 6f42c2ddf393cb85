"""What is looked at on the formatted pictures of a month: the rules that Dagster shows as checks.

None keeps a picture back: it is in the library either way. Cheap to import, as the rules of items.
What does not belong here: counting (`repositories/media_reports.py`).
"""

from __future__ import annotations

from posthub_assets.domain.quality.catalogue import RuleSpec

SIZE, WEIGHT, ALT_TEXT = "size", "weight", "alt_text"

MOST_BITS_PER_PIXEL = 4.0
"""A photo at the default quality has one to two; what has more is not what the encoder is for."""

FORMAT_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        SIZE,
        "Size",
        "A picture has exactly the pixels of its format.",
        "The size is right.",
        (),
        blocking=False,
    ),
    RuleSpec(
        WEIGHT,
        "Weight",
        f"A picture takes at most {MOST_BITS_PER_PIXEL:g} bits a pixel: it loads fast.",
        "The file is small.",
        (),
        blocking=False,
    ),
    RuleSpec(
        ALT_TEXT,
        "Alternative text",
        "A picture says in words what it shows, in those of the picture it was made from.",
        "The picture is described.",
        (),
        blocking=False,
    ),
)

"""Rules over images: legible, in the platform's shape, described in words.

What does not belong here: drawing (`domain/visuals`), the platforms' sizes (`domain/social`).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from posthub_assets.domain.bodies import ImageBody
from posthub_assets.domain.quality.findings import Finding, fail, warn
from posthub_assets.domain.social.rules import rules_for

MIN_CONTRAST_PERCENT = 450
"""WCAG 2.2, success criterion 1.4.3 (AA, text below 18 pt): 4.5 to 1."""

RATIO_TOLERANCE = 0.01
"""Relative difference of aspect ratios that no reader sees: 1200x627 for 1.91:1 is 0.2 % off."""

MIN_WIDTH_SHARE = 0.5
"""Below half of the recommended width a picture looks soft on a phone; house rule."""

ALT_TEXT_CHARS = (5, 1000)
"""Screen readers read it in one go; 1,000 characters is the limit of X (help.x.com, 2026)."""


def contrast(body: ImageBody) -> Iterator[Finding]:
    """Measure the two colours anew; what the body claims must not exceed it.

    A picture without a headline has no text that would have to be legible: painted pictures.
    """
    if not body.headline.strip():
        return
    real = contrast_percent(body.text_color, body.background_color)
    worst = min(real, body.contrast_percent)
    if worst < MIN_CONTRAST_PERCENT:
        yield fail(
            "contrast",
            f"{body.text_color} on {body.background_color} has a contrast of {worst / 100:.2f} "
            "to 1; 4.50 is the least that can be read by most. Take a darker or lighter colour.",
            quote=f"{body.text_color} on {body.background_color}",
            measured=f"{worst / 100:.2f}:1",
        )


def contrast_percent(one: str, other: str) -> int:
    """Give the WCAG contrast ratio of two `#RRGGBB` colours, times 100, rounded down.

    Formula: WCAG 2.2, "contrast ratio" and "relative luminance"; 100 (same) to 2100 (black, white).
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return int((lighter + 0.05) / (darker + 0.05) * 100 + 1e-9)


def _luminance(color: str) -> float:
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def dimensions(body: ImageBody) -> Iterator[Finding]:
    """Compare shape and size with the platform's dated rule."""
    rules = rules_for(body.platform)
    wanted = rules.image_width_px / rules.image_height_px
    given = body.width_px / body.height_px
    size = f"{body.width_px}x{body.height_px}"
    if abs(given / wanted - 1) > RATIO_TOLERANCE:
        yield fail(
            "dimensions",
            f"The picture is {size} pixels; {body.platform.value} shows {rules.image_ratio}, "
            f"for example {rules.image_width_px}x{rules.image_height_px}. Draw it in that shape.",
            measured=size,
        )
    elif body.width_px < rules.image_width_px * MIN_WIDTH_SHARE:
        least = ceil(rules.image_width_px * MIN_WIDTH_SHARE)
        yield fail(
            "dimensions",
            f"The picture is only {body.width_px} pixels wide; it looks soft on "
            f"{body.platform.value}. Draw it at least {least} wide.",
            measured=size,
        )


def alt_text(body: ImageBody) -> Iterator[Finding]:
    """Ask for a description that says more than a word and that platforms accept."""
    length = len(body.alt_text.strip())
    least, most = ALT_TEXT_CHARS
    if length < least:
        yield fail(
            "alt_text",
            "The picture has no alternative text. Say in a sentence what it shows.",
            quote=body.alt_text,
            measured=f"{length} characters",
        )
    elif length > most:
        yield warn(
            "alt_text",
            f"The alternative text has {length} characters; keep it under {most}.",
            (most, len(body.alt_text)),
            body.alt_text[most:],
            f"{length} characters",
        )

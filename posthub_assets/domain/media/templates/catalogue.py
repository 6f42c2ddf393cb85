"""All templates as plain values, as people are shown them.

What does not belong here: the templates themselves, how they are served.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from posthub_assets.domain.media.grounds.drawing import GROUNDS
from posthub_assets.domain.media.overlay.facts import IN_ORDER, MAX_FACT_CHARS
from posthub_assets.domain.media.overlay.wish import FONTS, Align, Placement, Treatment
from posthub_assets.domain.media.templates.layouts import LAYOUTS, SHAPES, Layout
from posthub_assets.domain.media.templates.presets import IMAGE_TYPES, PRESETS, ImageType, Preset
from posthub_assets.domain.media.templates.scenes import SCENES, Scene, filled


def catalogue(language: str = "en") -> dict[str, Any]:
    """Give everything that can be chosen, as JSON values. `name` is in `language` (BCP 47).

    Each template has its names in en, cs, fa and uk too; descriptions are in English.
    """
    return {
        "layouts": [_layout(one, language) for one in LAYOUTS],
        "presets": [_preset(one, language) for one in PRESETS],
        "image_types": [_image_type(one, language) for one in IMAGE_TYPES],
        "scenes": [_scene(one, language) for one in SCENES],
        "overlay": {
            "facts": list(IN_ORDER),
            "max_fact_chars": MAX_FACT_CHARS,
            "placements": [one.value for one in Placement],
            "aligns": [one.value for one in Align],
            "treatments": [one.value for one in Treatment],
            "fonts": [{"code": code, "description": text} for code, text in FONTS.items()],
        },
    }


def _named(one: Layout | Preset | ImageType | Scene, language: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.names.in_language(language),
        "names": one.names.as_dict(),
        "description": one.description,
    }


def _layout(one: Layout, language: str) -> dict[str, Any]:
    width_px, height_px = SHAPES[one.shape]
    return _named(one, language) | {
        "shape": one.shape,
        "width_px": width_px,
        "height_px": height_px,
        "placement": one.placement.value,
        "box": asdict(one.box) if one.box else None,
        "align": one.align.value,
        "font": one.font,
        "treatment": one.treatment.value,
        "facts": list(one.facts),
        "rule": one.rule,
    }


def _preset(one: Preset, language: str) -> dict[str, Any]:
    grounds = [name for name, _ in GROUNDS[one.code]]
    return _named(one, language) | {
        "prompt": one.words,
        "negative_prompt": one.negative,
        "local_grounds": grounds,
    }


def _image_type(one: ImageType, language: str) -> dict[str, Any]:
    return _named(one, language) | {
        "prompt": one.words,
        "composition": one.composition,
        "local_grounds": dict(one.grounds),
    }


def _scene(one: Scene, language: str) -> dict[str, Any]:
    return _named(one, language) | {
        "prompt": one.prompt,
        "variables": dict(one.variables),
        "example": dict(one.example),
        "example_prompt": filled(one, one.example),
        "image_type": one.image_type,
        "preset": one.preset,
        "shape": one.shape,
        "layout": one.layout,
    }

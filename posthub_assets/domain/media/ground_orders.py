"""Which ground `local` draws for a brief, and what it shows.

What does not belong here: drawing it (`grounds/`), keeping it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posthub_assets.domain.media.grounds.alt_texts import ground_alt_text
from posthub_assets.domain.media.grounds.drawing import draw_ground, ground_name
from posthub_assets.domain.media.templates.presets import image_type
from posthub_assets.domain.media.wanted import MOST_VARIATIONS, Preset
from posthub_assets.domain.text.languages import language_pack

if TYPE_CHECKING:
    from PIL import Image

    from posthub_assets.domain.briefs import PictureBrief


@dataclass(frozen=True, slots=True)
class GroundOrder:
    """A ground by what decides it. `variant` counts on where the pictures are made anew."""

    width_px: int
    height_px: int
    colors: tuple[str, ...]
    preset: str
    variant: int
    prefer: str
    seed: str
    language: str

    def draw(self) -> Image.Image:
        """Draw it, RGB. Raises InvalidInput for a size that cannot be drawn."""
        return draw_ground(
            self.width_px,
            self.height_px,
            self.colors,
            self.preset,
            self.variant,
            seed=self.seed,
            prefer=self.prefer,
            mirrored=language_pack(self.language).direction == "rtl",
        )

    def alt_text(self) -> str:
        """Say in the company's language what it shows."""
        name = ground_name(self.preset, self.variant, prefer=self.prefer)
        return ground_alt_text(name, self.language)


def ground_order(brief: PictureBrief) -> GroundOrder:
    """Give the ground of a brief: the one that suits the kind of picture is the first."""
    preset = (brief.preset or Preset.REALISTIC).value
    return GroundOrder(
        width_px=brief.width_px,
        height_px=brief.height_px,
        colors=brief.palette or brief.company.brand_colors,
        preset=preset,
        variant=brief.variation + MOST_VARIATIONS * brief.round,
        prefer=image_type(brief.type.value).grounds[preset],
        seed=brief.company.slug,
        language=brief.company.language,
    )

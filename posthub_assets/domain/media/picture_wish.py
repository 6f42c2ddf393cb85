"""What was asked of AI images, as a request keeps it; and how one of its pictures is briefed.

Facts and colours are kept as they were when the request was made, so that another try gives the
same picture. What does not belong here: rows, who may ask.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from posthub_assets.domain.briefs import CompanyFacts, PictureBrief
from posthub_assets.domain.media.library import MediaOrder
from posthub_assets.domain.media.overlay.facts import EventFacts, read_facts
from posthub_assets.domain.media.overlay.wish import Wish, read_wish
from posthub_assets.domain.media.wanted import MOST_VARIATIONS, ImageType, Preset, Quality
from posthub_assets.domain.providers import LOCAL


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeptOverlay(_Kept):
    """The facts to lay over, in words, and how they shall stand; see `overlay/`."""

    facts: dict[str, str]
    wish: dict[str, object] = Field(default_factory=dict)
    given: dict[str, str] = Field(default_factory=dict)
    """What the person wrote themselves; the rest is the show's."""
    layout: str = ""

    def facts_to_lay(self) -> EventFacts:
        """Give the facts. Raises InvalidInput."""
        return read_facts(self.facts)

    def how(self) -> Wish:
        """Give how they shall stand. Raises InvalidInput."""
        return read_wish(self.wish)


class PictureWish(_Kept):
    """The wish of a media request of the kind `image`."""

    type: ImageType = ImageType.POSTER_BACKGROUND
    prompt: str
    negative_prompt: str = ""
    style: Preset | None = None
    """None: realistic, and a picture that is changed stays as it is made."""
    quality: Quality = Quality.STANDARD
    variations: int = Field(default=1, ge=1, le=MOST_VARIATIONS)
    width_px: int
    height_px: int
    format: str = ""
    provider: str = ""
    """Who makes them; empty: whoever the settings name."""
    asked_provider: str = ""
    """Whom the person named, if anybody."""
    round: int = 0
    """How often these pictures were made anew."""
    changes: str = ""
    """What shall be different from those before, in the person's words."""
    palette: tuple[str, ...] = ()
    show: str = ""
    overlay: KeptOverlay | None = None

    def brief(self, asked: MediaOrder, company: CompanyFacts, variation: int) -> PictureBrief:
        """Brief one of the request's pictures, `variation` from 1."""
        return PictureBrief(
            company=company,
            type=self.type,
            prompt=self.prompt,
            negative_prompt=self.negative_prompt,
            preset=self.style or (None if asked.source_sha256 else Preset.REALISTIC),
            quality=self.quality,
            width_px=self.width_px,
            height_px=self.height_px,
            variation=variation,
            round=self.round,
            changes=self.changes,
            palette=self.palette or company.brand_colors,
            show=self.show,
            source_sha256=asked.source_sha256 or "",
            provider=self.provider,
            own_key=asked.key_source == "organization" and self.provider != LOCAL,
        )

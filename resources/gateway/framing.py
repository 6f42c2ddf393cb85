"""From a painting to a picture of the library: cut in the darkroom, signed, stored, described.

What does not belong here: buying the painting (`pictures.py`, `by_brief.py`), laying facts over it
(`resources/studio/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from posthub_assets.domain.bodies import PictureBody
from posthub_assets.domain.briefs import PictureBrief
from posthub_assets.domain.ports import Call
from resources.gateway.shelf import Shelf

if TYPE_CHECKING:
    from posthub_assets.domain.media.finishing import Finishing
    from posthub_assets.domain.media.provenance.claims import MadeBy
    from posthub_assets.domain.vendors import Painting
    from resources.prompt_library import ServedPrompt


@dataclass(frozen=True, slots=True)
class Made:
    """A painting, and what its credentials say of it."""

    painting: Painting
    provider: str
    is_ai: bool
    prompt: ServedPrompt | None = None


@dataclass(frozen=True, slots=True)
class Framer:
    """Finishes and keeps pictures of the media assistant."""

    shelf: Shelf
    finishing: Finishing

    async def frame(self, brief: PictureBrief, call: Call, made: Made) -> PictureBody:
        """Cut to the brief's size, sign, store, describe. Raises InvalidInput, StorageError."""
        from posthub_assets.domain.media.painting import MEDIA_TYPE
        from posthub_assets.domain.writing import picture_alt_text

        alt_text = picture_alt_text(brief, is_ai=made.is_ai)
        cut = await self.finishing.finished(made.painting.data, brief.width_px, brief.height_px)
        data = await self.finishing.signed(
            cut,
            _claims(brief, made),
            alt_text=alt_text,
            language=brief.company.language,
            source=await self._history(brief, call),
        )
        sha256 = await self.shelf.put(call, data, MEDIA_TYPE, brief.width_px, brief.height_px)
        return PictureBody(
            media_sha256=sha256,
            media_type=MEDIA_TYPE,
            size_bytes=len(data),
            width_px=brief.width_px,
            height_px=brief.height_px,
            alt_text=alt_text,
            is_ai=made.is_ai,
            prompt_version=f"{made.prompt.code} {made.prompt.version}" if made.prompt else "",
        )

    async def source(self, brief: PictureBrief, call: Call) -> bytes:
        """Read the picture that is to be changed, as it is sent. Raises NotFound, InvalidInput."""
        return await self.finishing.shrunk(await self.shelf.take(call, brief.source_sha256))

    async def _history(self, brief: PictureBrief, call: Call) -> bytes | None:
        return await self.shelf.take(call, brief.source_sha256) if brief.source_sha256 else None


def _claims(brief: PictureBrief, made: Made) -> MadeBy:
    """Say who made it. By article 50 of the EU AI Act what a model made is marked as such."""
    return painted_by(made, is_edit=bool(brief.source_sha256)) if made.is_ai else drawn_by_us()


def drawn_by_us() -> MadeBy:
    """Say that a picture is a drawing of ours: no model has a part in it."""
    from posthub_assets.domain.media.provenance.claims import MadeBy, SourceType

    return MadeBy(SourceType.ALGORITHMIC, datetime.now(UTC))


def painted_by(made: Made, *, is_edit: bool = False) -> MadeBy:
    """Say which model painted a picture, or changed one, and by which prompt."""
    from posthub_assets.domain.media.provenance.claims import MadeBy, SourceType
    from posthub_assets.domain.writing.facts import in_line

    return MadeBy(
        SourceType.EDITED_BY_MODEL if is_edit else SourceType.TRAINED,
        datetime.now(UTC),
        model=in_line(made.painting.model, 120),
        provider=made.provider,
        prompt_code=made.prompt.code if made.prompt else "",
        prompt_version=made.prompt.version if made.prompt else None,
    )

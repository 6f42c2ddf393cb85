"""Pictures of the library with facts laid over them, stored.

Implements `FactsLayer` of `posthub_assets/domain/media/finishing.py`.
What does not belong here: how facts are laid over (`domain/media/overlay/`), rows.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from posthub_assets.domain.media.finishing import Finishing
from posthub_assets.domain.media.library import AssetKind, NewPicture
from posthub_assets.domain.media.overlay.facts import EventFacts
from posthub_assets.domain.media.overlay.wish import Wish
from posthub_assets.domain.media.provenance.claims import MadeBy, SourceType
from posthub_assets.domain.media.provenance.marks import source_type_in
from resources.media_store import MediaStore
from resources.studio.finishing import JPEG


@dataclass(frozen=True, slots=True)
class Composer:
    """Reads from and writes to a media store."""

    finishing: Finishing
    media: MediaStore

    async def compose(
        self,
        organization_id: UUID,
        ground: NewPicture,
        facts: EventFacts,
        wish: Wish,
        *,
        made_at: datetime,
    ) -> NewPicture:
        """Lay facts over `ground`; see the port for what it raises."""
        data = await asyncio.to_thread(self.media.open, organization_id, ground.sha256)
        laid = await self.finishing.laid_over(
            data, facts, wish, claims_of(ground, data, made_at), alt_text=ground.alt_text
        )
        sha256 = await asyncio.to_thread(self.media.put, organization_id, laid.data)
        return replace(
            ground,
            sha256=sha256,
            media_type=JPEG,
            size_bytes=len(laid.data),
            width_px=laid.width_px,
            height_px=laid.height_px,
            kind=AssetKind.COMPOSED,
            alt_text=laid.alt_text,
            notes=tuple(laid.notes),
            made_of=ground.sha256,
            cost_usd=ground.cost_usd * 0,
        )


def claims_of(ground: NewPicture, data: bytes, made_at: datetime) -> MadeBy:
    """Say who made a picture of the library, from its row and from what its file says."""
    said = source_type_in(data)
    source_type = next((one for one in SourceType if one.value == said), None)
    if source_type is None and ground.is_ai:
        source_type = SourceType.TRAINED
    code, _, version = ground.prompt_version.rpartition(" ")
    is_ours = source_type is not None and not source_type.is_ai
    return MadeBy(
        source_type,
        made_at,
        model="" if is_ours else ground.model,
        provider="" if is_ours else ground.provider,
        prompt_code=code,
        prompt_version=int(version) if version.isdecimal() else None,
    )

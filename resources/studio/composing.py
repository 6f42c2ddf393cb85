"""Pictures of the library with facts laid over them, stored.

Implements `FactsLayer` of `posthub_assets/domain/media/finishing.py`.
What does not belong here: how facts are laid over (`domain/media/overlay/`), rows.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from posthub_assets.domain.media.finishing import Finishing
from posthub_assets.domain.media.library import AssetKind, NewPicture
from posthub_assets.domain.media.overlay.facts import EventFacts
from posthub_assets.domain.media.overlay.wish import Wish
from posthub_assets.domain.media.provenance.claims import MadeBy
from resources.media_store import MediaStore
from resources.studio.finishing import JPEG
from resources.studio.history import made_by_of


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
    ) -> NewPicture:
        """Lay facts over `ground`; see the port for what it raises."""
        data = await asyncio.to_thread(self.media.open, organization_id, ground.sha256)
        known = await asyncio.to_thread(made_by_of, data, is_ai=ground.is_ai)
        made_by = known or MadeBy(None, datetime.now(UTC))
        laid = await self.finishing.laid_over(data, facts, wish, made_by, alt_text=ground.alt_text)
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
            cost_usd=Decimal(0),
        )

"""Where generated pictures go: signed, the bytes stored, a row about them, a body that names them.

What does not belong here: drawing, cutting to size, journalling.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from posthub_assets.domain.bodies import ImageBody
from posthub_assets.domain.briefs import ImageBrief
from posthub_assets.domain.ports import Call, Picture
from resources.database.engine import Database, Scope
from resources.database.repositories import journal
from resources.media_store import MediaStore

if TYPE_CHECKING:
    from posthub_assets.domain.media.finishing import Finishing
    from posthub_assets.domain.media.provenance.claims import MadeBy


@dataclass(frozen=True, slots=True)
class Shelf:
    """Stores pictures of one organisation at a time. Without `finishing` they are not signed."""

    database: Database
    media: MediaStore
    finishing: Finishing | None = None

    async def keep(
        self, brief: ImageBrief, call: Call, picture: Picture, made_by: MadeBy
    ) -> ImageBody:
        """Sign a picture, store it once, and describe it. Raises StorageError."""
        if self.finishing is not None:
            signed = await self.finishing.signed(
                picture.data,
                made_by,
                alt_text=picture.alt_text,
                language=brief.company.language,
                media_type=picture.media_type,
            )
            picture = replace(picture, data=signed)
        sha256 = await self.put(
            call, picture.data, picture.media_type, picture.width_px, picture.height_px
        )
        return _body(brief, picture, sha256)

    async def put(
        self, call: Call, data: bytes, media_type: str, width_px: int, height_px: int
    ) -> str:
        """Store the bytes of a picture once; give their hash. Raises StorageError."""
        organization_id = UUID(call.organization_id)
        sha256 = await asyncio.to_thread(self.media.put, organization_id, data)
        async with self.database.transaction(Scope.of(organization_id)) as connection:
            await journal.remember_media(
                connection,
                call,
                sha256=sha256,
                media_type=media_type,
                size_bytes=len(data),
                width_px=width_px,
                height_px=height_px,
            )
        return sha256

    async def take(self, call: Call, sha256: str) -> bytes:
        """Read a picture of the organisation. Raises NotFound, StorageError."""
        return await asyncio.to_thread(self.media.open, UUID(call.organization_id), sha256)


def _body(brief: ImageBrief, picture: Picture, sha256: str) -> ImageBody:
    return ImageBody(
        platform=brief.platform,
        media_sha256=sha256,
        media_type=picture.media_type,
        width_px=picture.width_px,
        height_px=picture.height_px,
        variant=brief.variant,
        layout=picture.layout,
        headline=picture.headline,
        alt_text=picture.alt_text,
        text_color=picture.text_color,
        background_color=picture.background_color,
        contrast_percent=picture.contrast_percent,
        right_to_left=picture.right_to_left,
    )

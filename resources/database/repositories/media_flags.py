"""Which parts of the media assistant an organisation has, as columns of its row.

The caller owns the transaction and its scope.
What does not belong here: what is said where one is off (`domain/media/flags.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.flags import MediaFlags, MediaPart

_READ = text(
    "SELECT media_assistant, media_auto_format, media_ai_images FROM posthub.organization"
    " WHERE id = :id AND deleted_at IS NULL"
)
_SWITCH = text(
    """
    UPDATE posthub.organization SET
        media_assistant = coalesce(:media_assistant, media_assistant),
        media_auto_format = coalesce(:media_auto_format, media_auto_format),
        media_ai_images = coalesce(:media_ai_images, media_ai_images)
    WHERE id = :id
    """
)


async def read(connection: AsyncConnection, organization_id: UUID) -> MediaFlags:
    """Read an organisation's switches. Raises NotFound, also for one that the scope hides."""
    row = (await connection.execute(_READ, {"id": organization_id})).first()
    if row is None:
        raise NotFound("There is no such organisation.")
    return MediaFlags(**row._mapping)


async def require(connection: AsyncConnection, organization_id: UUID, part: MediaPart) -> None:
    """Refuse a part of the media assistant that is switched off. Raises Forbidden, NotFound."""
    (await read(connection, organization_id)).require(part)


async def switch(
    connection: AsyncConnection, organization_id: UUID, wanted: Mapping[MediaPart, bool]
) -> None:
    """Set the named switches; the others stay. The organisation is the writable one."""
    values = {part.value: wanted.get(part) for part in MediaPart}
    await connection.execute(_SWITCH, {"id": organization_id, **values})

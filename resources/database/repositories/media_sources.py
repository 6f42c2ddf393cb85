"""The picture that a request of the media assistant works from: of the library, or an image item.

The caller owns the transaction and its scope.
What does not belong here: bytes (`resources/media_store.py`), which pictures lack something
(`media_gaps.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.library import MediaOrder, SourcePicture

_ASSET = text(
    """
    SELECT a.sha256, a.media_type, a.width_px, a.height_px, a.filename, a.alt_text, a.is_ai,
        c.language, a.id AS asset_id
    FROM posthub.media_asset a JOIN posthub.company c ON c.id = a.company_id
    WHERE a.id = :asset_id AND a.organization_id = :organization_id AND a.deleted_at IS NULL
    """
)
# The bytes that a yes was given to: an image that was drawn anew meanwhile is another picture. Who
# edited its words did not make it: it stays the model's, whichever version names it.
_ITEM = text(
    """
    SELECT v.body ->> 'media_sha256' AS sha256, v.body ->> 'media_type' AS media_type,
        (v.body ->> 'width_px')::int AS width_px, (v.body ->> 'height_px')::int AS height_px,
        '' AS filename, coalesce(v.body ->> 'alt_text', '') AS alt_text,
        EXISTS (SELECT 1 FROM posthub.content_version w
            WHERE w.content_id = i.id AND w.organization_id = i.organization_id
                AND w.body ->> 'media_sha256' = :sha256 AND w.provider NOT IN ('', 'local'))
            AS is_ai, i.language, NULL::uuid AS asset_id
    FROM posthub.content i JOIN posthub.content_version v
        ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    WHERE i.id = :content_id AND i.organization_id = :organization_id AND i.kind = 'image'
        AND i.status IN ('approved', 'scheduled', 'delivered')
        AND v.body ->> 'media_sha256' = :sha256
    """
)


async def source_of(connection: AsyncConnection, asked: MediaOrder) -> SourcePicture:
    """Read what is known of a request's picture. Raises NotFound where it is gone by now."""
    values = {
        "organization_id": asked.organization_id,
        "asset_id": asked.source_asset_id,
        "content_id": asked.content_id,
        "sha256": asked.source_sha256,
    }
    if asked.source_asset_id is not None:
        row = (await connection.execute(_ASSET, values)).first()
        gone = "The picture was deleted from the library meanwhile. Upload it again."
    else:
        row = (await connection.execute(_ITEM, values)).first()
        gone = "The image is not approved any more, or another version of it is current."
    if row is None:
        raise NotFound(gone)
    return SourcePicture(**row._mapping)


_NAMED = text(
    """
    SELECT a.sha256, a.media_type, a.width_px, a.height_px, a.filename, a.alt_text, a.is_ai,
        c.language, a.id AS asset_id
    FROM posthub.media_asset a JOIN posthub.company c ON c.id = a.company_id
    WHERE a.id = ANY(CAST(:ids AS uuid[])) AND a.organization_id = :organization_id
        AND a.company_id = :company_id AND a.deleted_at IS NULL
    ORDER BY array_position(CAST(:ids AS uuid[]), a.id)
    """
)


async def sources_of(connection: AsyncConnection, asked: MediaOrder) -> tuple[SourcePicture, ...]:
    """Read the pictures of `asset_ids` in the wish that are there, in that order, or the only one.

    Raises NotFound where none is there by now.
    """
    named = asked.wish.get("asset_ids") or ()
    if len(named) < 2:
        return (await source_of(connection, asked),)
    values = {
        "ids": list(named),
        "organization_id": asked.organization_id,
        "company_id": asked.company_id,
    }
    rows = await connection.execute(_NAMED, values)
    found = tuple(SourcePicture(**row._mapping) for row in rows)
    if not found:
        raise NotFound("The pictures were deleted from the library meanwhile. Upload them again.")
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that somebody wants something made of, and where it belongs."""

    organization_id: UUID
    company_id: UUID
    month: date
    sha256: str
    width_px: int
    height_px: int
    alt_text: str
    filename: str
    asset_id: UUID | None = None
    content_id: UUID | None = None
    show_id: UUID | None = None


_ASSETS = text(
    """
    SELECT organization_id, company_id, month, sha256, width_px, height_px, alt_text, filename,
        id AS asset_id, show_id
    FROM posthub.media_asset WHERE id = ANY(:ids) AND deleted_at IS NULL
    """
)
_IMAGE = text(
    """
    SELECT i.organization_id, i.company_id, i.month, v.body ->> 'media_sha256' AS sha256,
        (v.body ->> 'width_px')::int AS width_px, (v.body ->> 'height_px')::int AS height_px,
        coalesce(v.body ->> 'alt_text', '') AS alt_text, '' AS filename, i.id AS content_id,
        i.status IN ('approved', 'scheduled', 'delivered') AS is_approved
    FROM posthub.content i JOIN posthub.content_version v
        ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    WHERE i.id = :id AND i.kind = 'image' AND v.body IS NOT NULL AND i.month IS NOT NULL
    """
)
_USED = text("UPDATE posthub.media_asset SET last_used_at = now() WHERE id = ANY(:ids)")


async def wanted_assets(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Wanted]:
    """Read pictures of the library in the order in which they are named; each once.

    Raises NotFound where one is not there, also for another organisation's.
    """
    rows = await connection.execute(_ASSETS, {"ids": list(ids)})
    found = {row.asset_id: Wanted(**row._mapping) for row in rows}
    missing = [one for one in ids if one not in found]
    if missing:
        raise NotFound(f"There is no picture {missing[0]} in the library.")
    return [found[one] for one in dict.fromkeys(ids)]


async def wanted_image(connection: AsyncConnection, content_id: UUID) -> tuple[Wanted, bool]:
    """Read an image item's picture, and whether it is approved. Raises NotFound."""
    row = (await connection.execute(_IMAGE, {"id": content_id})).first()
    if row is None:
        raise NotFound("There is no such image.")
    values = dict(row._mapping)
    is_approved = bool(values.pop("is_approved"))
    return Wanted(**values), is_approved


async def note_use(connection: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Keep pictures from being cleaned away: somebody works with them."""
    if ids:
        await connection.execute(_USED, {"ids": list(ids)})

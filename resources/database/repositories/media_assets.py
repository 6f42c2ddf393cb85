"""The library's pictures as rows.

The caller owns the transaction, in which the organisation is the writable one.
What does not belong here: bytes (`resources/media_store.py`), requests (`media_requests.py`).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from posthub_assets.domain.media.library import NewPicture
from resources.ids import new_id

# A file that was erased and comes again is there again.
_MEDIA = text(
    """
    INSERT INTO posthub.media (organization_id, sha256, media_type, size_bytes, width_px, height_px,
        origin)
    VALUES (:organization_id, :sha256, :media_type, :size_bytes, :width_px, :height_px, :kind)
    ON CONFLICT (organization_id, sha256) DO UPDATE SET erased_at = NULL
    WHERE media.erased_at IS NOT NULL
    """
)
_INSERT = text(
    """
    INSERT INTO posthub.media_asset (id, organization_id, company_id, show_id, month, sha256, kind,
        format, variation, filename, media_type, size_bytes, width_px, height_px, alt_text, is_ai,
        notes, derived_from, media_request_id, generation_id, prompt, prompt_version, provider,
        model, cost_usd, created_by)
    VALUES (:id, :organization_id, :company_id, :show_id, :month, :sha256, :kind, :format,
        :variation, :filename, :media_type, :size_bytes, :width_px, :height_px, :alt_text, :is_ai,
        :notes, :derived_from, :media_request_id, :generation_id, :prompt, :prompt_version,
        :provider, :model, :cost_usd, :created_by)
    ON CONFLICT (media_request_id, kind, format, variation)
        WHERE media_request_id IS NOT NULL DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("notes", type_=JSONB))


async def add(
    connection: AsyncConnection,
    picture: NewPicture,
    *,
    organization_id: UUID,
    company_id: UUID,
    month: date,
    show_id: UUID | None = None,
    media_request_id: UUID | None = None,
    created_by: UUID | None = None,
) -> UUID | None:
    """Put a picture into the library; give its id, or None where its request has made it before."""
    values: dict[str, Any] = {
        **asdict(picture),
        "id": new_id(),
        "kind": picture.kind.value,
        "notes": list(picture.notes),
        "organization_id": organization_id,
        "company_id": company_id,
        "month": month,
        "show_id": show_id,
        "media_request_id": media_request_id,
        "created_by": created_by,
    }
    await connection.execute(_MEDIA, values)
    found: UUID | None = (await connection.execute(_INSERT, values)).scalar()
    return found

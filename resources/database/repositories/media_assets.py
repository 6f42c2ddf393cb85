"""The library's pictures as rows.

The caller owns the transaction, in which the organisation is the writable one where rows change.
What does not belong here: bytes (`resources/media_store.py`), requests (`media_requests.py`), what
a picture was made from (`media_lineage.py`), who uses a file (`media_files.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.library import NewPicture
from posthub_assets.domain.media.notes import Note
from resources.database.repositories.shows import escaped
from resources.ids import new_id

# A file that was erased and comes again is there again. Its row is locked in any case, so that
# nobody takes the file away between this and the end of the transaction.
_MEDIA = text(
    """
    INSERT INTO posthub.media (organization_id, sha256, media_type, size_bytes, width_px, height_px,
        origin)
    VALUES (:organization_id, :sha256, :media_type, :size_bytes, :width_px, :height_px, :kind)
    ON CONFLICT (organization_id, sha256) DO UPDATE SET erased_at = NULL
    WHERE media.erased_at IS NOT NULL
    """
)
# What its request made before, or an upload that the company has already.
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
    ON CONFLICT DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("notes", type_=JSONB))
_SAME_UPLOAD = text(
    """
    SELECT id FROM posthub.media_asset WHERE organization_id = :organization_id
        AND company_id = :company_id AND sha256 = :sha256 AND kind = 'upload'
        AND deleted_at IS NULL
    """
)


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
    """Put a picture into the library; give its id.

    None where its request has made it before, or where it is an upload that the company has.
    """
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


async def same_upload(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID, sha256: str
) -> UUID | None:
    """Give the upload of these bytes that a company has, or None."""
    values = {"organization_id": organization_id, "company_id": company_id, "sha256": sha256}
    found: UUID | None = (await connection.execute(_SAME_UPLOAD, values)).scalar()
    return found


@dataclass(frozen=True, slots=True)
class AssetRow:
    """A picture of the library. `is_favourite` is that of the person who asks."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    show_id: UUID | None
    month: date
    sha256: str
    kind: str
    format: str
    variation: int
    filename: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    alt_text: str
    is_ai: bool
    notes: list[str]
    derived_from: UUID | None
    media_request_id: UUID | None
    generation_id: UUID | None
    prompt: str
    prompt_version: str
    provider: str
    model: str
    cost_usd: Decimal
    created_by: UUID | None
    created_at: datetime
    last_used_at: datetime
    deleted_at: datetime | None
    is_favourite: bool


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """What a list holds; None means all. `words` are looked for in name, alt text and prompt."""

    organizations: tuple[UUID, ...] | None
    company_id: UUID | None = None
    show_id: UUID | None = None
    month: date | None = None
    kind: str | None = None
    format: str | None = None
    is_ai: bool | None = None
    is_favourite: bool | None = None
    words: str | None = None


COLUMNS = """
    a.id, a.organization_id, a.company_id, a.show_id, a.month, a.sha256, a.kind, a.format,
    a.variation, a.filename, a.media_type, a.size_bytes, a.width_px, a.height_px, a.alt_text,
    a.is_ai, a.notes, a.derived_from, a.media_request_id, a.generation_id, a.prompt,
    a.prompt_version, a.provider, a.model, a.cost_usd, a.created_by, a.created_at, a.last_used_at,
    a.deleted_at, EXISTS (SELECT 1 FROM posthub.media_favourite f
        WHERE f.asset_id = a.id AND f.user_id = :person) AS is_favourite
"""
_ONE = text(
    f"SELECT {COLUMNS} FROM posthub.media_asset a WHERE a.id = :id AND a.deleted_at IS NULL"  # noqa: S608 - fixed texts
)
_LIST = f"""
    SELECT {COLUMNS} FROM posthub.media_asset a WHERE a.deleted_at IS NULL
        AND a.organization_id IN (SELECT o.id FROM posthub.organization o WHERE o.media_assistant)
"""  # noqa: S608
_FILTERS = {
    "organizations": "a.organization_id = ANY(:organizations)",
    "company_id": "a.company_id = :company_id",
    "show_id": "a.show_id = :show_id",
    "month": "a.month = :month",
    "kind": "a.kind = :kind",
    "format": "a.format = :format",
    "is_ai": "a.is_ai = :is_ai",
    "is_favourite": "EXISTS (SELECT 1 FROM posthub.media_favourite f WHERE f.asset_id = a.id"
    " AND f.user_id = :person) = :is_favourite",
    "words": "(a.filename ILIKE :words OR a.alt_text ILIKE :words OR a.prompt ILIKE :words)",
    "after": "a.id < :after",
}


async def get(connection: AsyncConnection, asset_id: UUID, person_id: UUID | None) -> AssetRow:
    """Read a picture. Raises NotFound, also for another organisation's and for a deleted one."""
    row = (await connection.execute(_ONE, {"id": asset_id, "person": person_id})).first()
    if row is None:
        raise NotFound("There is no such picture.")
    return AssetRow(**row._mapping)


async def page(
    connection: AsyncConnection,
    wanted: AssetFilter,
    person_id: UUID,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[AssetRow]:
    """Read pictures, the newest first, `after` an id; none where the assistant is off."""
    values: dict[str, Any] = {
        **asdict(wanted),
        "organizations": None if wanted.organizations is None else list(wanted.organizations),
        "words": f"%{escaped(wanted.words)}%" if wanted.words else None,
        "after": after,
    }
    given = {name: value for name, value in values.items() if value is not None}
    where = "".join(f" AND {_FILTERS[name]}" for name in given)
    statement = text(f"{_LIST}{where} ORDER BY a.id DESC LIMIT :limit")
    rows = await connection.execute(statement, {**given, "person": person_id, "limit": limit})
    return [AssetRow(**row._mapping) for row in rows]


_DESCRIBE = text(
    "UPDATE posthub.media_asset SET alt_text = coalesce(:alt_text, alt_text),"
    " show_id = CASE WHEN :moves THEN :show_id ELSE show_id END,"
    " last_used_at = CASE WHEN :moves THEN now() ELSE last_used_at END"
    " WHERE id = :id AND deleted_at IS NULL"
)
# What is marked once stays so: the same pixels may come again without their mark.
_BY_MODEL = text(
    """
    UPDATE posthub.media_asset SET is_ai = true,
        notes = CASE WHEN notes ? CAST(:note AS text) THEN notes
            ELSE notes || jsonb_build_array(CAST(:note AS text)) END
    WHERE id = :id AND NOT is_ai
    """
)
_DELETE = text(
    "UPDATE posthub.media_asset SET deleted_at = now() WHERE id = :id AND deleted_at IS NULL"
    " RETURNING id"
)
# A list of thumbnails touches each picture once an hour, and no row is written for the others.
_TOUCH = text(
    "UPDATE posthub.media_asset SET last_used_at = now() WHERE id = :id"
    " AND last_used_at < now() - interval '1 hour'"
)
_MARK = text(
    "INSERT INTO posthub.media_favourite (organization_id, user_id, asset_id)"
    " VALUES (:organization_id, :person, :id) ON CONFLICT DO NOTHING"
)
_UNMARK = text("DELETE FROM posthub.media_favourite WHERE user_id = :person AND asset_id = :id")


async def describe(
    connection: AsyncConnection,
    asset_id: UUID,
    *,
    alt_text: str | None = None,
    show_id: UUID | None = None,
    moves: bool = False,
) -> None:
    """Set the words for who cannot see it; with `moves` its show, or none."""
    values = {"id": asset_id, "alt_text": alt_text, "show_id": show_id, "moves": moves}
    await connection.execute(_DESCRIBE, values)


async def mark_as_ai(connection: AsyncConnection, asset_id: UUID) -> None:
    """Note that a model made a picture, as an upload of the same pixels says of itself."""
    values = {"id": asset_id, "note": Note.MARKED_AS_AI.value}
    await connection.execute(_BY_MODEL, values)


async def delete(connection: AsyncConnection, asset_id: UUID) -> bool:
    """Put a picture away; False where somebody else just did. Its file is another matter."""
    return (await connection.execute(_DELETE, {"id": asset_id})).first() is not None


async def touch(connection: AsyncConnection, asset_id: UUID) -> None:
    """Note that a picture is used, so that it is not cleaned away."""
    await connection.execute(_TOUCH, {"id": asset_id})


async def mark(
    connection: AsyncConnection, asset: AssetRow, person_id: UUID, *, is_favourite: bool
) -> None:
    """Let a picture be a person's favourite, or not."""
    values = {"organization_id": asset.organization_id, "person": person_id, "id": asset.id}
    await connection.execute(_MARK if is_favourite else _UNMARK, values)

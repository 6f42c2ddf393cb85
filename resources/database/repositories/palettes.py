"""Palettes as content items, and where an approved one is applied: the brand, and shows.

The caller owns the transaction and its scope.
What does not belong here: making one (`making.py`, `work_queue.py`), edits, decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from posthub_assets.domain.bodies import PaletteBody, PaletteRole
from posthub_assets.domain.content import APPROVED_STATUSES, Status
from posthub_assets.domain.errors import IllegalTransition, NotFound

BRAND_ORDER = (
    PaletteRole.PRIMARY,
    PaletteRole.SECONDARY,
    PaletteRole.ACCENT,
    PaletteRole.BACKGROUND,
    PaletteRole.TEXT,
)
"""The order in which an applied palette's roles stand in the brand's colours."""

_SELECT = """
    SELECT i.id, i.organization_id, i.company_id, i.month, i.status, i.created_at, i.updated_at,
        v.number AS version, v.sha256, v.body,
        CASE WHEN c.brand -> 'palette' ->> 'content_id' = i.id::text
            THEN (c.brand -> 'palette' ->> 'version')::int END AS brand_version,
        array(SELECT s.id FROM posthub.show s WHERE s.palette_content_id = i.id
            AND s.organization_id = i.organization_id AND s.deleted_at IS NULL
            ORDER BY s.id) AS applied_show_ids
    FROM posthub.content i
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    JOIN posthub.company c ON c.id = i.company_id
    WHERE i.kind = 'palette' AND v.body IS NOT NULL
"""
_ONE = text(f"{_SELECT} AND i.id = :id")
_PAGE = text(
    f"""{_SELECT}
    AND (CAST(:organizations AS uuid[]) IS NULL OR i.organization_id = ANY(:organizations))
    AND (CAST(:company_id AS uuid) IS NULL OR i.company_id = :company_id)
    AND (CAST(:month AS date) IS NULL OR i.month = :month)
    AND (CAST(:status AS text) IS NULL OR i.status = :status)
    AND (CAST(:show_id AS uuid) IS NULL OR v.body ->> 'show_id' = CAST(:show_id AS text)
        OR EXISTS (SELECT 1 FROM posthub.show s WHERE s.palette_content_id = i.id
            AND s.organization_id = i.organization_id AND s.id = :show_id))
    AND (CAST(:after AS uuid) IS NULL OR i.id < :after)
    ORDER BY i.id DESC LIMIT :limit
    """  # noqa: S608 - fixed texts
)
_LOCK = text("SELECT 1 FROM posthub.content WHERE id = :id AND kind = 'palette' FOR UPDATE")
_TO_BRAND = text(
    """
    UPDATE posthub.company SET brand = brand || CAST(:brand AS jsonb), updated_at = now()
    WHERE id = :company_id AND organization_id = :organization_id
    """
).bindparams(bindparam("brand", type_=JSONB))
_TO_SHOW = text(
    """
    UPDATE posthub.show SET palette_content_id = :id, updated_at = now()
    WHERE id = :show_id AND organization_id = :organization_id AND company_id = :company_id
    """
)
# The newest version with a yes: what was edited after it needs a new one before a show takes it.
_OF_SHOW = text(
    """
    SELECT v.body FROM posthub.show s
    JOIN posthub.content i ON i.id = s.palette_content_id AND i.organization_id = s.organization_id
    JOIN posthub.content_version v ON v.content_id = i.id AND v.organization_id = i.organization_id
    WHERE s.id = :show_id AND s.deleted_at IS NULL AND i.status NOT IN ('rejected', 'archived')
        AND v.body IS NOT NULL AND EXISTS (SELECT 1 FROM posthub.decision d
            WHERE d.version_id = v.id AND d.organization_id = v.organization_id
                AND d.action = 'approve')
    ORDER BY v.number DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class PaletteFilter:
    """What a list holds; None means all. `show_id`: made for the show, or applied to it."""

    organizations: tuple[UUID, ...] | None
    company_id: UUID | None = None
    show_id: UUID | None = None
    status: Status | None = None
    month: date | None = None


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """A palette at its current version. `brand_version`: which one the brand has, if any."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    month: date | None
    status: Status
    version: int
    sha256: str
    body: PaletteBody
    brand_version: int | None
    applied_show_ids: tuple[UUID, ...]
    created_at: datetime
    updated_at: datetime


def _row(row: Any) -> PaletteRow:
    values = dict(row._mapping)
    values["body"] = PaletteBody.model_validate(values["body"])
    values["status"] = Status(values["status"])
    values["applied_show_ids"] = tuple(values["applied_show_ids"])
    return PaletteRow(**values)


async def get(connection: AsyncConnection, palette_id: UUID, *, lock: bool = False) -> PaletteRow:
    """Read a palette. Raises NotFound, also for another organisation's."""
    if lock:
        await connection.execute(_LOCK, {"id": palette_id})
    row = (await connection.execute(_ONE, {"id": palette_id})).first()
    if row is None:
        raise NotFound("There is no such palette.")
    return _row(row)


async def page(
    connection: AsyncConnection, wanted: PaletteFilter, *, after: UUID | None, limit: int
) -> list[PaletteRow]:
    """Read palettes, the newest first, `after` an id."""
    values = {
        "organizations": None if wanted.organizations is None else list(wanted.organizations),
        "company_id": wanted.company_id,
        "show_id": wanted.show_id,
        "status": wanted.status.value if wanted.status else None,
        "month": wanted.month,
        "after": after,
        "limit": limit,
    }
    return [_row(row) for row in await connection.execute(_PAGE, values)]


async def hold_approved(connection: AsyncConnection, palette_id: UUID) -> PaletteRow:
    """Read a palette under its lock, at the version that has a yes. Raises IllegalTransition.

    An edit takes the yes back, so the current version of an approved item is the approved one.
    """
    row = await get(connection, palette_id, lock=True)
    if row.status in APPROVED_STATUSES:
        return row
    raise IllegalTransition(
        f"This palette is {_STANDS[row.status]}, and only an approved one is applied. "
        f"{_next_step(row)}"
    )


_STANDS = {
    Status.DRAFT: "a draft",
    Status.IN_REVIEW: "in review",
    Status.CHANGES_REQUESTED: "to be changed",
    Status.REJECTED: "rejected",
    Status.ARCHIVED: "archived",
}


def _next_step(row: PaletteRow) -> str:
    contents = f"/v1/contents/{row.id}"
    match row.status:
        case Status.IN_REVIEW:
            return f'Approve it first: POST {contents}/approve with {{"version": {row.version}}}.'
        case Status.ARCHIVED:
            return f"Restore it first: POST {contents}/restore; then it waits for a yes."
        case Status.REJECTED:
            return "Make another one: POST /v1/media/palettes/extract."
    return f"See what its checks say: GET {contents}/checks. What passes them waits for a yes."


async def apply_to_brand(connection: AsyncConnection, row: PaletteRow) -> None:
    """Make a palette's roles the colours of its company's brand. The palette is approved."""
    roles = {role.value: row.body.roles.of(role) for role in BRAND_ORDER}
    brand = {
        "colors": list(roles.values()),
        "palette": {"content_id": str(row.id), "version": row.version, "roles": roles},
    }
    values = {
        "company_id": row.company_id,
        "organization_id": row.organization_id,
        "brand": brand,
    }
    await connection.execute(_TO_BRAND, values)


async def apply_to_show(connection: AsyncConnection, row: PaletteRow, show_id: UUID) -> None:
    """Let a show of the palette's company use it. The palette is approved."""
    values = {
        "id": row.id,
        "show_id": show_id,
        "company_id": row.company_id,
        "organization_id": row.organization_id,
    }
    await connection.execute(_TO_SHOW, values)


async def palette_of_show(connection: AsyncConnection, show_id: UUID) -> PaletteBody | None:
    """Read the palette that was applied to a show, at its newest approved version.

    None where none was applied, or the palette was rejected, archived or erased since.
    """
    body = (await connection.execute(_OF_SHOW, {"show_id": show_id})).scalar()
    return PaletteBody.model_validate(body) if body else None

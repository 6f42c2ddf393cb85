"""Pictures of a company's month that lack what the graph makes of each: its formats.

Whoever materializes a partition by hand or by backfill wants it filled, whatever was asked for
before; what is under way or has failed is not asked for again.
What does not belong here: items that lack what follows them (`gaps.py`), making a request
(`media_requests.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import Forbidden, NotFound
from posthub_assets.domain.flow import Priority
from posthub_assets.domain.media.auto_format import SHOW_FORMATS, FormatWish
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.library import MediaOrder, Mode, RequestKind
from resources.database.repositories import media_flags, media_requests, media_sources
from resources.ids import new_id

SOURCES = """
    SELECT a.id AS asset_id, CAST(NULL AS uuid) AS content_id, a.sha256, a.show_id, a.filename,
        a.created_at
    FROM posthub.media_asset a
    WHERE a.organization_id = :organization_id AND a.company_id = :company_id
        AND a.month = :month AND a.deleted_at IS NULL
        AND (a.kind = 'upload' OR (a.kind IN ('generated', 'composed') AND EXISTS (
            SELECT 1 FROM posthub.media_request r WHERE r.chosen_asset_id = a.id)))
    UNION ALL
    SELECT NULL, i.id, v.body ->> 'media_sha256', NULL, i.title, i.created_at
    FROM posthub.content i
    JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
        AND v.organization_id = i.organization_id
    JOIN posthub.company c ON c.id = i.company_id AND c.organization_id = i.organization_id
    WHERE i.organization_id = :organization_id AND i.company_id = :company_id
        AND i.month = :month AND i.kind = 'image' AND v.body ->> 'media_sha256' IS NOT NULL
        AND i.status IN ('approved', 'scheduled', 'delivered')
        AND coalesce((SELECT m.tier FROM posthub.company_month m
            WHERE m.organization_id = i.organization_id AND m.company_id = i.company_id
                AND m.month = i.month), c.tier) IN ('PRO', 'ULTIMATE')
"""
"""A month's pictures that are formatted: uploads, chosen AI images, and approved images of posts,
from PRO up. By `:organization_id`, `:company_id` and `:month`."""

OF_SOURCE = """
    r.organization_id = :organization_id AND r.company_id = :company_id AND r.month = :month
    AND r.kind = 'auto_format' AND r.source_sha256 = s.sha256
    AND r.source_asset_id IS NOT DISTINCT FROM s.asset_id
    AND r.content_id IS NOT DISTINCT FROM s.content_id
"""
"""That a request `r` is about a source `s`."""

_MISSING = text(
    f"""
    SELECT s.*, array(
        SELECT f.code FROM unnest(CAST(:formats AS text[])) WITH ORDINALITY AS f(code, place)
        WHERE NOT EXISTS (SELECT 1 FROM posthub.media_request r
            JOIN posthub.media_asset o ON o.media_request_id = r.id AND o.kind = 'formatted'
                AND o.format = f.code AND o.deleted_at IS NULL
            WHERE {OF_SOURCE})
        AND NOT EXISTS (SELECT 1 FROM posthub.media_request r
            JOIN posthub.job j ON j.media_request_id = r.id
                AND j.status IN ('pending', 'running', 'failed')
            WHERE {OF_SOURCE} AND r.wish -> 'formats' ? f.code)
        ORDER BY f.place) AS formats
    FROM ({SOURCES}) s ORDER BY s.created_at, s.sha256
    """  # noqa: S608 - fixed texts
)
_COMPANY = text(
    "SELECT id, organization_id FROM posthub.company"
    " WHERE partition_key = :key AND deleted_at IS NULL"
)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('formats ' || :company_id, 0))")


@dataclass(frozen=True, slots=True)
class MediaCompany:
    """A company whose pictures are looked at."""

    id: UUID
    organization_id: UUID


async def company_of(connection: AsyncConnection, key: str) -> MediaCompany | None:
    """Give the company of a partition; None where there is none any more."""
    row = (await connection.execute(_COMPANY, {"key": key})).first()
    return MediaCompany(**row._mapping) if row else None


async def has_auto_format(connection: AsyncConnection, organization_id: UUID) -> bool:
    """Tell whether an organisation has auto-format switched on."""
    try:
        await media_flags.require(connection, organization_id, MediaPart.AUTO_FORMAT)
    except (Forbidden, NotFound):
        return False
    return True


async def ask_for_formats(connection: AsyncConnection, company: MediaCompany, month: date) -> int:
    """Ask for the formats that a month's pictures lack; give how many requests that makes.

    Who asks at the same time waits, and then finds nothing missing. The organisation is the
    writable one.
    """
    if not await has_auto_format(connection, company.organization_id):
        return 0
    await connection.execute(_ALONE, {"company_id": str(company.id)})
    missing = await _missing(connection, company, month)
    for one in missing:
        order = MediaOrder(
            id=new_id(),
            organization_id=company.organization_id,
            company_id=company.id,
            month=month,
            kind=RequestKind.AUTO_FORMAT,
            mode=Mode.GRAPH,
            wish=FormatWish(formats=tuple(one.formats)).as_json(),
            show_id=one.show_id,
            source_asset_id=one.asset_id,
            source_sha256=one.sha256,
            content_id=one.content_id,
        )
        await media_requests.ask(connection, order, priority=Priority.BACKFILL)
    used = [one.asset_id for one in missing if one.asset_id is not None]
    await media_sources.note_use(connection, used)
    return len(missing)


async def _missing(
    connection: AsyncConnection, company: MediaCompany, month: date
) -> Sequence[Any]:
    values = {
        "organization_id": company.organization_id,
        "company_id": company.id,
        "month": month,
        "formats": list(SHOW_FORMATS),
    }
    return [row for row in await connection.execute(_MISSING, values) if row.formats]

"""Palettes that a company's month lacks: of its uploads together, and of each show.

A palette is asked for once of the same pictures, whatever became of it: they would give the same
colours again. What is under way or has failed is not asked for again either.
What does not belong here: making a request (`media_requests.py`), formats (`media_gaps.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.calendar import month_name
from posthub_assets.domain.errors import Forbidden, NotFound
from posthub_assets.domain.flow import Priority
from posthub_assets.domain.media.flags import MediaPart
from posthub_assets.domain.media.library import MediaOrder, Mode, RequestKind
from posthub_assets.domain.media.palette_orders import MOST_PICTURES, PaletteWish, name_of
from resources.database.repositories import media_flags, media_requests
from resources.database.repositories.media_gaps import MediaCompany
from resources.ids import new_id

_PICTURES = """
    SELECT a.id FROM posthub.media_asset a
    WHERE a.organization_id = :organization_id AND a.company_id = :company_id
        AND a.month = :month AND a.kind = 'upload' AND a.deleted_at IS NULL
"""
_LIVING = """
    SELECT 1 FROM posthub.content i JOIN posthub.content_version v ON v.content_id = i.id
        AND v.number = i.current_version AND v.organization_id = i.organization_id
    WHERE i.organization_id = :organization_id AND i.company_id = :company_id
        AND i.kind = 'palette' AND i.status NOT IN ('rejected', 'archived')
"""
_NEWEST = "ORDER BY a.created_at DESC, a.id DESC LIMIT :most"
_MISSING = text(
    f"""
    SELECT w.* FROM (
        SELECT CAST(NULL AS uuid) AS show_id, c.name, 0 AS turn, c.id,
            array({_PICTURES} {_NEWEST}) AS asset_ids
        FROM posthub.company c
        WHERE c.id = :company_id AND NOT EXISTS ({_LIVING}
            AND i.month = :month AND coalesce(v.body ->> 'show_id', '') = '')
        UNION ALL
        SELECT s.id, s.title, 1, s.id, array({_PICTURES} AND a.show_id = s.id {_NEWEST})
        FROM posthub.show s
        WHERE s.organization_id = :organization_id AND s.company_id = :company_id
            AND s.deleted_at IS NULL AND s.palette_content_id IS NULL
            AND NOT EXISTS ({_LIVING} AND v.body ->> 'show_id' = s.id::text)) w
    WHERE cardinality(w.asset_ids) > 0 AND NOT EXISTS (
        SELECT 1 FROM posthub.media_request r JOIN posthub.job j ON j.media_request_id = r.id
        WHERE r.organization_id = :organization_id AND r.company_id = :company_id
            AND r.kind = 'palette' AND r.mode = 'graph' AND r.month = :month
            AND r.show_id IS NOT DISTINCT FROM w.show_id
            AND (j.status IN ('pending', 'running', 'failed') OR (j.status = 'completed'
                AND r.wish -> 'asset_ids' = to_jsonb(CAST(w.asset_ids AS text[])))))
    ORDER BY w.turn, w.id
    """  # noqa: S608 - fixed texts
)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('palettes ' || :company_id, 0))")
_SHA256 = text("SELECT sha256 FROM posthub.media_asset WHERE id = :id")
_ANY = text(f"SELECT EXISTS ({_PICTURES})")


async def is_on(connection: AsyncConnection, company: MediaCompany) -> bool:
    """Tell whether the company's organisation has the media assistant."""
    try:
        await media_flags.require(connection, company.organization_id, MediaPart.ASSISTANT)
    except (Forbidden, NotFound):
        return False
    return True


async def ask_for_palettes(connection: AsyncConnection, company: MediaCompany, month: date) -> int:
    """Ask for the palettes that a month lacks; give how many requests that makes.

    Who asks at the same time waits, and then finds nothing missing. The organisation is the
    writable one.
    """
    if not await is_on(connection, company):
        return 0
    await connection.execute(_ALONE, {"company_id": str(company.id)})
    values = {**_values(company, month), "most": MOST_PICTURES}
    missing = list(await connection.execute(_MISSING, values))
    for one in missing:
        first = one.asset_ids[0]
        sha256 = (await connection.execute(_SHA256, {"id": first})).scalar_one()
        order = MediaOrder(
            id=new_id(),
            organization_id=company.organization_id,
            company_id=company.id,
            month=month,
            kind=RequestKind.PALETTE,
            mode=Mode.GRAPH,
            wish=_wish(one, month).as_json(),
            show_id=one.show_id,
            source_asset_id=first,
            source_sha256=sha256,
        )
        await media_requests.ask(connection, order, priority=Priority.BACKFILL)
    return len(missing)


def _wish(row: Any, month: date) -> PaletteWish:
    name = row.name if row.show_id else f"{row.name[:180]}, {month_name(month)}"
    return PaletteWish(name_of(name), asset_ids=tuple(str(one) for one in row.asset_ids))


async def waiting_for(connection: AsyncConnection, company: MediaCompany, month: date) -> str:
    """Say why there is nothing to make a palette of; empty where there is."""
    if not await is_on(connection, company):
        return "The media assistant is switched off for this organisation."
    has_any = (await connection.execute(_ANY, _values(company, month))).scalar()
    return "" if has_any else "Waiting for pictures: none was uploaded yet."


def _values(company: MediaCompany, month: date) -> dict[str, Any]:
    return {
        "organization_id": company.organization_id,
        "company_id": company.id,
        "month": month,
    }

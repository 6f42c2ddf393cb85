"""What a picture was made from, what was made from it, and which job made it.

What does not belong here: lineage of content items (`history.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from resources.database.repositories.media_assets import AssetRow

MOST_STEPS = 50
"""A chain is an upload, its formats, and a few edits; more is a slip."""
MOST_CHILDREN = 200


@dataclass(frozen=True, slots=True)
class StepRow:
    """A picture in the lineage of another. A deleted one is a step whose file may be gone."""

    id: UUID
    kind: str
    format: str
    variation: int
    filename: str
    sha256: str
    is_ai: bool
    prompt: str
    model: str
    created_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class MadeByRow:
    """The request that a picture was made for, and the newest job that worked on it."""

    request_id: UUID
    request_kind: str
    mode: str
    key_source: str
    is_chosen: bool
    requested_by: UUID | None
    requested_at: datetime
    job_id: UUID | None
    job_status: str | None
    job_cost_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Lineage:
    """`ancestors` from the nearest to the first, `children` from the newest."""

    ancestors: tuple[StepRow, ...]
    children: tuple[StepRow, ...]
    made_by: MadeByRow | None


_STEP = """
    a.id, a.kind, a.format, a.variation, a.filename, a.sha256, a.is_ai, a.prompt, a.model,
    a.created_at, a.deleted_at
"""
_ANCESTORS = text(
    f"""
    WITH RECURSIVE up AS (
        SELECT a.derived_from AS id, 1 AS place FROM posthub.media_asset a WHERE a.id = :id
        UNION SELECT a.derived_from, up.place + 1 FROM up
        JOIN posthub.media_asset a ON a.id = up.id WHERE up.place < :most)
    SELECT {_STEP} FROM up JOIN posthub.media_asset a ON a.id = up.id ORDER BY up.place
    """  # noqa: S608 - fixed texts
)
_CHILDREN = text(
    f"""
    SELECT {_STEP} FROM posthub.media_asset a WHERE a.derived_from = :id AND a.deleted_at IS NULL
    ORDER BY a.id DESC LIMIT :most
    """  # noqa: S608
)
_MADE_BY = text(
    """
    SELECT r.id AS request_id, r.kind AS request_kind, r.mode, r.key_source,
        coalesce(r.chosen_asset_id = :id, false) AS is_chosen, r.requested_by,
        r.created_at AS requested_at, j.id AS job_id, j.status AS job_status,
        j.cost_usd AS job_cost_usd
    FROM posthub.media_request r
    LEFT JOIN posthub.job j ON j.id = (SELECT k.id FROM posthub.job k
        WHERE k.media_request_id = r.id ORDER BY k.id DESC LIMIT 1)
    WHERE r.id = :request_id
    """
)


async def of(connection: AsyncConnection, asset: AssetRow) -> Lineage:
    """Read the lineage of a picture."""
    values: dict[str, Any] = {"id": asset.id, "most": MOST_STEPS}
    ancestors = [StepRow(**row._mapping) for row in await connection.execute(_ANCESTORS, values)]
    values["most"] = MOST_CHILDREN
    children = [StepRow(**row._mapping) for row in await connection.execute(_CHILDREN, values)]
    made_by = None
    if asset.media_request_id is not None:
        asked = {"id": asset.id, "request_id": asset.media_request_id}
        row = (await connection.execute(_MADE_BY, asked)).first()
        made_by = MadeByRow(**row._mapping) if row else None
    return Lineage(tuple(ancestors), tuple(children), made_by)

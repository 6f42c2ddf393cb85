"""Requests to auto-format as people see them: how far the work is, and what came of it.

The caller owns the transaction and its scope.
What does not belong here: asking (`media_requests.py`), jobs of other kinds (`job_views.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class FormattedRow:
    """A picture that was made."""

    id: UUID
    sha256: str
    format: str
    filename: str
    media_type: str
    width_px: int
    height_px: int
    size_bytes: int
    alt_text: str
    is_ai: bool


@dataclass(frozen=True, slots=True)
class FormatJobRow:
    """A request with its job, and the pictures that it came to so far."""

    job_id: UUID
    request_id: UUID
    organization_id: UUID
    company_id: UUID
    mode: str
    wish: Mapping[str, Any]
    source_asset_id: UUID | None
    content_id: UUID | None
    source_size_bytes: int | None
    status: str
    progress: int
    step: str
    error_code: str | None
    error: str | None
    duration_s: Decimal | None
    created_at: datetime
    finished_at: datetime | None
    outputs: tuple[FormattedRow, ...] = ()

    @property
    def formats(self) -> list[str]:
        """The codes of what was asked for."""
        return [str(one) for one in self.wish.get("formats", ())]


_JOBS = text(
    """
    SELECT j.id AS job_id, r.id AS request_id, r.organization_id, r.company_id, r.mode, r.wish,
        r.source_asset_id, r.content_id, m.size_bytes AS source_size_bytes, j.status, j.progress,
        j.step, j.error_code, j.error, j.duration_s, r.created_at, j.finished_at
    FROM posthub.job j JOIN posthub.media_request r ON r.id = j.media_request_id
        AND r.kind = 'auto_format'
    LEFT JOIN posthub.media m ON m.organization_id = r.organization_id
        AND m.sha256 = r.source_sha256
    WHERE j.id = ANY(:ids)
    """
)
_OUTPUTS = text(
    """
    SELECT a.media_request_id, a.id, a.sha256, a.format, a.filename, a.media_type, a.width_px,
        a.height_px, a.size_bytes, a.alt_text, a.is_ai
    FROM posthub.media_asset a JOIN posthub.media_request r ON r.id = a.media_request_id
    WHERE a.media_request_id = ANY(:ids) AND a.kind = 'formatted' AND a.deleted_at IS NULL
    ORDER BY (SELECT f.place FROM jsonb_array_elements_text(r.wish -> 'formats')
        WITH ORDINALITY AS f(code, place) WHERE f.code = a.format LIMIT 1), a.id
    """
)


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[FormatJobRow]:
    """Read jobs of auto-format in the order in which they are named; others are left out."""
    rows = [row._mapping for row in await connection.execute(_JOBS, {"ids": list(ids)})]
    requests = [row["request_id"] for row in rows]
    made: dict[UUID, list[FormattedRow]] = defaultdict(list)
    for row in await connection.execute(_OUTPUTS, {"ids": requests}):
        values = dict(row._mapping)
        made[values.pop("media_request_id")].append(FormattedRow(**values))
    found = {
        row["job_id"]: FormatJobRow(**row, outputs=tuple(made[row["request_id"]])) for row in rows
    }
    return [found[one] for one in ids if one in found]


async def get(connection: AsyncConnection, job_id: UUID) -> FormatJobRow:
    """Read a job of auto-format. Raises NotFound, also for another organisation's."""
    found = await by_ids(connection, [job_id])
    if not found:
        raise NotFound("There is no such job of auto-format.")
    return found[0]

"""The inbox: what waits for a person, the oldest first, with a preview of each.

One index probe per organisation, in the order of waiting, so that it costs the same with ten
companies and with ten thousand. What does not belong here: decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

PREVIEW_CHARS = 400


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An item that waits. `preview` is the beginning of its text; `warnings` counts findings."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    company: str
    company_slug: str
    month: date | None
    kind: str
    language: str
    place: str
    title: str
    version: int
    sha256: str
    word_count: int
    preview: str
    media_sha256: str | None
    round: int
    scheduled_at: datetime | None
    review_since: datetime
    stale: bool
    warnings: int


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Whose inbox: the organisations of the person (None: all), and what of it."""

    organizations: tuple[UUID, ...] | None
    company_id: UUID | None = None
    month: date | None = None
    kind: str | None = None


_EXTRA = {
    "company_id": "AND c.company_id = :company_id",
    "month": "AND c.month = :month",
    "kind": "AND c.kind = :kind",
    "since": "AND (c.review_since, c.id) > (:since, :after)",
}
_STATEMENT = """
    WITH waiting AS ({waiting})
    SELECT w.id, w.organization_id, w.company_id, k.name AS company, k.slug AS company_slug,
        w.month, w.kind, w.language, w.place, w.title, w.current_version AS version, v.sha256,
        v.word_count,
        left(coalesce(v.body ->> 'markdown', v.body ->> 'text', v.body ->> 'description',
            v.body ->> 'summary', v.body ->> 'biography', v.body ->> 'alt_text', ''), :preview)
            AS preview,
        v.body ->> 'media_sha256' AS media_sha256, w.round, w.scheduled_at, w.review_since,
        coalesce(made.number <> p.current_version, false) AS stale,
        (SELECT count(*) FROM posthub.check_result r
         WHERE r.version_id = v.id AND r.verdict = 'warn') AS warnings
    FROM waiting w
    JOIN posthub.company k ON k.id = w.company_id
    JOIN posthub.content_version v ON v.organization_id = w.organization_id
        AND v.content_id = w.id AND v.number = w.current_version
    LEFT JOIN posthub.content_version made ON made.id = v.parent_version_id
    LEFT JOIN posthub.content p ON p.id = made.content_id
    ORDER BY w.review_since, w.id
"""
_NAMED = """
    SELECT w.* FROM unnest(CAST(:organizations AS uuid[])) AS mine(id) CROSS JOIN LATERAL (
        SELECT c.* FROM posthub.content c
        WHERE c.organization_id = mine.id AND c.status = 'in_review' {extra}
        ORDER BY c.review_since, c.id LIMIT :limit) w
    ORDER BY w.review_since, w.id LIMIT :limit
"""
# Another index, in the order of waiting alone: it is read until the page is full.
_EVERY = """
    SELECT c.* FROM posthub.content c
    JOIN posthub.organization o ON o.id = c.organization_id AND o.deleted_at IS NULL
    WHERE c.status = 'in_review' {extra}
    ORDER BY c.review_since, c.id LIMIT :limit
"""


async def page(
    connection: AsyncConnection,
    wanted: InboxFilter,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[InboxRow]:
    """Read what waits, `after` (review_since, id) of the last one read."""
    values: dict[str, Any] = {
        "company_id": wanted.company_id,
        "month": wanted.month,
        "kind": wanted.kind,
        "since": after[0] if after else None,
    }
    given = {name: value for name, value in values.items() if value is not None}
    extra = " ".join(_EXTRA[name] for name in given)
    if after:
        given["after"] = after[1]
    if wanted.organizations is not None:
        given["organizations"] = list(wanted.organizations)
    waiting = (_EVERY if wanted.organizations is None else _NAMED).format(extra=extra)
    statement = text(_STATEMENT.format(waiting=waiting))
    rows = await connection.execute(statement, {**given, "limit": limit, "preview": PREVIEW_CHARS})
    return [InboxRow(**row._mapping) for row in rows]

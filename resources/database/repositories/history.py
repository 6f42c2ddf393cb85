"""How an item came to be as it is: decisions about it, what was said, what it was made from.

The caller owns the transaction; another organisation's things are not there.
What does not belong here: the items and versions themselves (`contents.py`), deciding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from resources.database.repositories.contents import ContentRow
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A person's word over one version. `decided_by` is null for what was decided by a rule, and
    by a link: then `link_id` says which, and `name` for whom it was made."""

    id: UUID
    action: str
    version_number: int
    sha256: str
    reason_codes: list[str]
    reason: str
    spans: list[dict[str, Any]]
    decided_by: UUID | None
    link_id: UUID | None
    name: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class CommentRow:
    """What somebody said about a version, or about a part of its text."""

    id: UUID
    content_id: UUID
    version_number: int
    author_id: UUID
    author: str | None
    text: str
    span: dict[str, Any] | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RelativeRow:
    """An item that this one was made from (`distance` below 0) or that was made from it (above).

    `version` is the version that was used or made; `is_stale` where the parent's has moved on.
    """

    content_id: UUID
    kind: str
    title: str
    status: str
    version: int
    current_version: int
    generation_id: UUID | None
    distance: int
    is_stale: bool


_DECISIONS = text(
    """
    SELECT d.id, d.action, d.version_number, d.sha256, d.reason_codes, d.reason, d.spans,
        d.decided_by, d.link_id, coalesce(u.name, l.recipient) AS name, d.decided_at
    FROM posthub.decision d LEFT JOIN posthub.app_user u ON u.id = d.decided_by
    LEFT JOIN posthub.approval_link l ON l.id = d.link_id
    WHERE d.organization_id = :organization_id AND d.content_id = :id
    ORDER BY d.decided_at DESC, d.id DESC LIMIT :limit
    """
)
_COMMENTS = text(
    """
    SELECT c.id, c.content_id, c.version_number, c.author_id, u.name AS author, c.text, c.span,
        c.created_at
    FROM posthub.comment c LEFT JOIN posthub.app_user u ON u.id = c.author_id
    WHERE c.organization_id = :organization_id AND c.content_id = :id
        AND (CAST(:after AS uuid) IS NULL OR c.id > :after)
    ORDER BY c.id LIMIT :limit
    """
)
_ADD_COMMENT = text(
    """
    INSERT INTO posthub.comment (id, organization_id, content_id, version_number, author_id, text,
        span)
    VALUES (:id, :organization_id, :content_id, :version_number, :author_id, :text, :span)
    RETURNING created_at
    """
).bindparams(bindparam("span", type_=JSONB(none_as_null=True)))
# Made from: up from the current version. Made of it: down, by the current versions of the children.
_LINEAGE = text(
    """
    WITH RECURSIVE up AS (
        SELECT v.id, v.content_id, v.number, v.parent_version_id, v.generation_id, 0 AS distance
        FROM posthub.content_version v
        WHERE v.organization_id = :organization_id AND v.content_id = :id AND v.number = :version
        UNION ALL
        SELECT v.id, v.content_id, v.number, v.parent_version_id, v.generation_id, up.distance - 1
        FROM up JOIN posthub.content_version v ON v.id = up.parent_version_id
        WHERE v.organization_id = :organization_id AND up.distance > -10),
    down AS (
        SELECT i.id AS content_id, i.current_version AS number, CAST(NULL AS uuid) AS generation_id,
            0 AS distance, false AS is_stale
        FROM posthub.content i WHERE i.organization_id = :organization_id AND i.id = :id
        UNION ALL
        SELECT c.id, v.number, v.generation_id, down.distance + 1, made.number <> p.current_version
        FROM down
        JOIN posthub.content c ON c.parent_id = down.content_id
            AND c.organization_id = :organization_id
        JOIN posthub.content_version v ON v.organization_id = c.organization_id
            AND v.content_id = c.id AND v.number = c.current_version
        JOIN posthub.content_version made ON made.id = v.parent_version_id
        JOIN posthub.content p ON p.id = made.content_id
        WHERE down.distance < 10)
    SELECT i.id AS content_id, i.kind, i.title, i.status, r.number AS version, i.current_version,
        r.generation_id, r.distance, r.is_stale
    FROM (
        SELECT content_id, number, generation_id, distance, false AS is_stale FROM up
        WHERE distance < 0
        UNION ALL
        SELECT content_id, number, generation_id, distance, is_stale FROM down WHERE distance > 0) r
    JOIN posthub.content i ON i.id = r.content_id AND i.organization_id = :organization_id
    ORDER BY r.distance, i.created_at, i.id LIMIT :limit
    """
)


async def decisions_about(
    connection: AsyncConnection, item: ContentRow, limit: int = 200
) -> Sequence[DecisionRow]:
    """Read what was decided about an item, the newest first."""
    values = {"organization_id": item.organization_id, "id": item.id, "limit": limit}
    return [DecisionRow(**row._mapping) for row in await connection.execute(_DECISIONS, values)]


async def comments_on(
    connection: AsyncConnection, item: ContentRow, *, after: UUID | None, limit: int
) -> list[CommentRow]:
    """Read what was said about an item, the oldest first."""
    values = {
        "organization_id": item.organization_id,
        "id": item.id,
        "after": after,
        "limit": limit,
    }
    return [CommentRow(**row._mapping) for row in await connection.execute(_COMMENTS, values)]


async def add_comment(
    connection: AsyncConnection,
    item: ContentRow,
    *,
    version: int,
    author_id: UUID,
    author: str,
    said: str,
    span: dict[str, Any] | None,
) -> CommentRow:
    """Say something about a version of an item, whose organisation is the writable one."""
    values: dict[str, Any] = {
        "id": new_id(),
        "content_id": item.id,
        "version_number": version,
        "author_id": author_id,
        "text": said,
        "span": span,
    }
    given = {**values, "organization_id": item.organization_id}
    created_at = (await connection.execute(_ADD_COMMENT, given)).scalar_one()
    return CommentRow(**values, author=author, created_at=created_at)


async def lineage(
    connection: AsyncConnection, item: ContentRow, limit: int = 500
) -> Sequence[RelativeRow]:
    """Read what an item was made from, the farthest first, then what was made from it."""
    values = {
        "organization_id": item.organization_id,
        "id": item.id,
        "version": item.version,
        "limit": limit,
    }
    return [RelativeRow(**row._mapping) for row in await connection.execute(_LINEAGE, values)]

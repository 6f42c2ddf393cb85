"""The audit trail as people read it: a page, or all of it part by part.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: writing rows (`audit.py`), how a row looks in a file (`api/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to what, from where. Without an organisation it is the platform's."""

    id: UUID
    at: datetime
    organization_id: UUID | None
    actor_id: UUID | None
    actor_kind: str
    actor_name: str | None
    """None for the system, and for somebody who is out of the scope."""
    action: str
    subject_kind: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows: from `begins` until before `ends`. None means all that the scope shows."""

    organization_id: UUID | None = None
    company_id: UUID | None = None
    actor_id: UUID | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None


# A row names its subject only; what belongs to a company is found by the company's own things.
_OF_COMPANY = """
    (a.subject_id = CAST(:company_id AS text) OR a.subject_id LIKE CAST(:company_id AS text) || '/%'
    OR a.subject_id IN (SELECT id::text FROM posthub.content WHERE company_id = :company_id
        UNION ALL SELECT id::text FROM posthub.job WHERE company_id = :company_id
        UNION ALL SELECT id::text FROM posthub.source_document WHERE company_id = :company_id
        UNION ALL SELECT id::text FROM posthub.marketing_event WHERE company_id = :company_id))
"""
_FILTERS = {
    "organization_id": "a.organization_id = :organization_id",
    "company_id": _OF_COMPANY,
    "actor_id": "a.actor_id = :actor_id",
    "action": "a.action = :action",
    "subject_kind": "a.subject_kind = :subject_kind",
    "subject_id": "a.subject_id = :subject_id",
    "begins": "a.at >= :begins",
    "ends": "a.at < :ends",
}


async def page(
    connection: AsyncConnection,
    wanted: AuditFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[AuditRow]:
    """Read rows, the newest first, `after` a moment and an id."""
    values = {one.name: getattr(wanted, one.name) for one in fields(wanted)}
    given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    conditions = [_FILTERS[name] for name in given]
    if after is not None:
        conditions.append("(a.at, a.id) < (:after_at, :after_id)")
        given |= {"after_at": after[0], "after_id": after[1]}
    where = " AND ".join(conditions) or "true"
    statement = text(
        f"""
        SELECT a.id, a.at, a.organization_id, a.actor_id, a.actor_kind, u.name AS actor_name,
            a.action, a.subject_kind, a.subject_id, a.before, a.after, a.ip, a.request_id
        FROM posthub.audit a LEFT JOIN posthub.app_user u ON u.id = a.actor_id
        WHERE {where} ORDER BY a.at DESC, a.id DESC LIMIT :limit
        """  # noqa: S608 - constants of this module
    )
    rows = await connection.execute(statement, {**given, "limit": limit})
    return [AuditRow(**row._mapping) for row in rows]


_NOW = text("SELECT now()")


async def now(connection: AsyncConnection) -> datetime:
    """Give the moment that the transaction's own rows bear: an export ends before it."""
    found: datetime = (await connection.execute(_NOW)).scalar_one()
    return found

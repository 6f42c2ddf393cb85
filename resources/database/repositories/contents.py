"""Reading items: lists, one item, its versions and the verdicts on them.

Every function takes an open connection whose scope shows what may be seen. The organisations are
named in each query all the same, so that indexes serve it.
What does not belong here: what the factory reads (`orders.py`), the inbox (`inbox.py`), changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.calendars.local_time import local_of
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import NotFound
from resources.database.repositories.items import NOT_THERE


@dataclass(frozen=True, slots=True)
class ContentFilter:
    """What a list holds; None means all. `organizations` is what the person may see."""

    organizations: tuple[UUID, ...] | None
    company_id: UUID | None = None
    month: date | None = None
    kind: Kind | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class ContentRow:
    """An item in a list."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    month: date | None
    kind: str
    language: str
    parent_id: UUID | None
    persona_id: UUID | None
    place: str
    status: str
    version: int
    title: str
    round: int
    scheduled_at: datetime | None
    review_since: datetime | None
    created_at: datetime
    updated_at: datetime
    zone: str | None
    """The company's time zone, where the item has a time."""

    @property
    def scheduled_local(self) -> str | None:
        """The item's time as the company's clocks show it, with the offset."""
        return local_of(self.scheduled_at, self.zone) if self.zone else None


@dataclass(frozen=True, slots=True)
class VersionDetail:
    """A version of an item. `body` is None where it was erased; the hash stays."""

    id: UUID
    number: int
    sha256: str
    word_count: int
    provider: str
    author_id: UUID | None
    author: str | None
    generation_id: UUID | None
    parent_version_id: UUID | None
    created_at: datetime
    erased_at: datetime | None
    body: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The verdict of one rule on a version."""

    rule: str
    verdict: str
    blocking: bool
    message: str
    span_start: int | None
    span_end: int | None
    quote: str
    measured: str


@dataclass(frozen=True, slots=True)
class ContentDetail:
    """An item with its current version.

    `stale`: it was made from a version of its parent that is no longer the current one.
    """

    item: ContentRow
    version: VersionDetail | None
    stale: bool


COLUMNS = """
    i.id, i.organization_id, i.company_id, i.month, i.kind, i.language, i.parent_id, i.persona_id,
    i.place, i.status, i.current_version AS version, i.title, i.round, i.scheduled_at,
    i.review_since, i.created_at, i.updated_at,
    CASE WHEN i.scheduled_at IS NOT NULL
        THEN (SELECT k.timezone FROM posthub.company k WHERE k.id = i.company_id) END AS zone
"""
_FILTERS = {
    "company_id": "AND i.company_id = :company_id",
    "month": "AND i.month = :month",
    "kind": "AND i.kind = :kind",
    "status": "AND i.status = :status",
    "after": "AND i.id > :after",
}
# One index probe per organisation, in the order of the list: it reads what it shows.
_NAMED = """
    SELECT {columns} FROM unnest(CAST(:organizations AS uuid[])) AS mine(id) CROSS JOIN LATERAL (
        SELECT i.* FROM posthub.content i WHERE i.organization_id = mine.id {extra}
        ORDER BY i.id LIMIT :limit) i
    ORDER BY i.id LIMIT :limit
"""
_EVERY = "SELECT {columns} FROM posthub.content i WHERE true {extra} ORDER BY i.id LIMIT :limit"


async def page(
    connection: AsyncConnection, wanted: ContentFilter, *, after: UUID | None, limit: int
) -> list[ContentRow]:
    """Read items in the order they were made, `after` an id."""
    values: dict[str, Any] = {
        "company_id": wanted.company_id,
        "month": wanted.month,
        "kind": wanted.kind.value if wanted.kind else None,
        "status": wanted.status.value if wanted.status else None,
        "after": after,
    }
    given = {name: value for name, value in values.items() if value is not None}
    extra = " ".join(_FILTERS[name] for name in given)
    if wanted.organizations is not None:
        given["organizations"] = list(wanted.organizations)
    statement = _EVERY if wanted.organizations is None else _NAMED
    rows = await connection.execute(
        text(statement.format(columns=COLUMNS, extra=extra)), {**given, "limit": limit}
    )
    return [ContentRow(**row._mapping) for row in rows]


_ONE = text(f"SELECT {COLUMNS} FROM posthub.content i WHERE i.id = :id")  # noqa: S608
_STALE = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM posthub.content i
        JOIN posthub.content_version v ON v.content_id = i.id AND v.number = i.current_version
            AND v.organization_id = i.organization_id
        JOIN posthub.content_version made ON made.id = v.parent_version_id
        JOIN posthub.content p ON p.id = made.content_id
        WHERE i.id = :id AND made.number <> p.current_version)
    """
)
_VERSION_COLUMNS = """
    v.id, v.number, v.sha256, v.word_count, v.provider, v.author_id, u.name AS author,
    v.generation_id, v.parent_version_id, v.created_at, v.erased_at
"""
_FROM_VERSIONS = """
    FROM posthub.content_version v LEFT JOIN posthub.app_user u ON u.id = v.author_id
    WHERE v.organization_id = :organization_id AND v.content_id = :id
"""
_VERSIONS = text(f"SELECT {_VERSION_COLUMNS} {_FROM_VERSIONS} ORDER BY v.number")
_VERSION = text(f"SELECT {_VERSION_COLUMNS}, v.body {_FROM_VERSIONS} AND v.number = :number")
_CHECKS = text(
    """
    SELECT rule, verdict, blocking, message, span_start, span_end, quote, measured
    FROM posthub.check_result
    WHERE version_id = :version_id AND organization_id = :organization_id
    ORDER BY array_position(ARRAY['fail', 'warn', 'pass'], verdict::text), rule, span_start, id
    """
)


async def row(connection: AsyncConnection, content_id: UUID) -> ContentRow:
    """Read an item. Raises NotFound, also for another organisation's."""
    found = (await connection.execute(_ONE, {"id": content_id})).first()
    if found is None:
        raise NotFound(NOT_THERE)
    return ContentRow(**found._mapping)


async def get(connection: AsyncConnection, content_id: UUID) -> ContentDetail:
    """Read an item with its current version. Raises NotFound."""
    item = await row(connection, content_id)
    current = await version(connection, item, item.version) if item.version else None
    stale = (await connection.execute(_STALE, {"id": content_id})).scalar_one()
    return ContentDetail(item, current, stale)


async def versions(connection: AsyncConnection, item: ContentRow) -> Sequence[VersionDetail]:
    """Read the item's versions in order, without their bodies."""
    values = {"id": item.id, "organization_id": item.organization_id}
    return [VersionDetail(**one._mapping) for one in await connection.execute(_VERSIONS, values)]


async def version(connection: AsyncConnection, item: ContentRow, number: int) -> VersionDetail:
    """Read one version with its body. Raises NotFound."""
    values = {"id": item.id, "organization_id": item.organization_id, "number": number}
    found = (await connection.execute(_VERSION, values)).first()
    if found is None:
        raise NotFound(f"This item has no version {number}.")
    return VersionDetail(**found._mapping)


async def checks(connection: AsyncConnection, item: ContentRow, number: int) -> Sequence[CheckRow]:
    """Read the verdicts on a version, failures first. Raises NotFound."""
    found = await version(connection, item, number)
    values = {"version_id": found.id, "organization_id": item.organization_id}
    return [CheckRow(**one._mapping) for one in await connection.execute(_CHECKS, values)]

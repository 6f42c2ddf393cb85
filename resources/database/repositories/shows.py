"""Shows as rows. Those of organisations without the media assistant are not in lists.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: what makes a date or a price valid (`domain/media/shows.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.shows import Show, show_of
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class ShowRow:
    """A show. `language` and `zone` are its company's; `dates` as JSON in local time."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    title: str
    venue: str
    address: str
    dates: list[dict[str, str | None]]
    price_from: Decimal | None
    price_to: Decimal | None
    currency: str
    performers: list[str]
    call_to_action: str
    palette_content_id: UUID | None
    created_at: datetime
    updated_at: datetime
    language: str
    zone: str

    @property
    def facts(self) -> Show:
        """The show as the domain knows it."""
        names = ("title", "venue", "address", "dates", "price_from", "price_to", "currency")
        more = ("performers", "call_to_action")
        return show_of({name: getattr(self, name) for name in (*names, *more)})


@dataclass(frozen=True, slots=True)
class ShowFilter:
    """What a list holds; None means all. `title` is a part of it, in small letters or large."""

    organizations: tuple[UUID, ...] | None
    company_id: UUID | None = None
    title: str | None = None
    is_upcoming: bool | None = None


_SELECT = """
    SELECT s.id, s.organization_id, s.company_id, s.title, s.venue, s.address, s.dates,
        s.price_from, s.price_to, s.currency, s.performers, s.call_to_action,
        s.palette_content_id, s.created_at, s.updated_at, c.language, c.timezone AS zone
    FROM posthub.show s JOIN posthub.company c ON c.id = s.company_id
    WHERE s.deleted_at IS NULL AND c.deleted_at IS NULL
"""
_ONE = text(f"{_SELECT} AND s.id = :id")
# A date without an end lasts until midnight. Dates are those of the company's clocks.
_UPCOMING = """
    EXISTS (SELECT 1 FROM jsonb_array_elements(s.dates) d
        WHERE coalesce(CAST(d ->> 'ends_at' AS timestamp),
            date_trunc('day', CAST(d ->> 'starts_at' AS timestamp)) + interval '1 day')
            > now() AT TIME ZONE c.timezone)
"""
_FILTERS = {
    "organizations": "s.organization_id = ANY(:organizations)",
    "company_id": "s.company_id = :company_id",
    "title": "s.title ILIKE :title",
    "after": "s.id < :after",
}
_HAS_IT = """
    AND s.organization_id IN (SELECT o.id FROM posthub.organization o WHERE o.media_assistant)
"""
_VALUES = """
    title = :title, venue = :venue, address = :address, dates = :dates, price_from = :price_from,
    price_to = :price_to, currency = :currency, performers = :performers,
    call_to_action = :call_to_action
"""
_AS_JSON = (bindparam("dates", type_=JSONB), bindparam("performers", type_=JSONB))
_INSERT = text(
    """
    INSERT INTO posthub.show (id, organization_id, company_id, title, venue, address, dates,
        price_from, price_to, currency, performers, call_to_action, created_by)
    VALUES (:id, :organization_id, :company_id, :title, :venue, :address, :dates, :price_from,
        :price_to, :currency, :performers, :call_to_action, :created_by)
    """
).bindparams(*_AS_JSON)
_UPDATE = text(
    f"UPDATE posthub.show SET {_VALUES}, updated_at = now()"  # noqa: S608 - fixed texts
    " WHERE id = :id AND deleted_at IS NULL"
).bindparams(*_AS_JSON)
_LOCK = text("SELECT 1 FROM posthub.show WHERE id = :id AND deleted_at IS NULL FOR UPDATE")
_DELETE = text(
    "UPDATE posthub.show SET deleted_at = now() WHERE id = :id AND deleted_at IS NULL RETURNING id"
)


async def get(connection: AsyncConnection, show_id: UUID, *, lock: bool = False) -> ShowRow:
    """Read a show. Raises NotFound, also for another organisation's."""
    if lock:
        await connection.execute(_LOCK, {"id": show_id})
    row = (await connection.execute(_ONE, {"id": show_id})).first()
    if row is None:
        raise NotFound("There is no such show.")
    return ShowRow(**row._mapping)


async def get_of(connection: AsyncConnection, show_id: UUID, company_id: UUID) -> ShowRow:
    """Read a show of a company. Raises NotFound, also for another company's."""
    row = await get(connection, show_id)
    if row.company_id != company_id:
        raise NotFound("The company has no such show.")
    return row


async def page(
    connection: AsyncConnection, wanted: ShowFilter, *, after: UUID | None, limit: int
) -> Sequence[ShowRow]:
    """Read shows, the newest first, `after` an id."""
    values: dict[str, Any] = {
        "organizations": None if wanted.organizations is None else list(wanted.organizations),
        "company_id": wanted.company_id,
        "title": f"%{escaped(wanted.title)}%" if wanted.title else None,
        "after": after,
    }
    given = {name: value for name, value in values.items() if value is not None}
    where = "".join(f" AND {_FILTERS[name]}" for name in given)
    if wanted.is_upcoming is not None:
        where += f" AND {_UPCOMING}" if wanted.is_upcoming else f" AND NOT {_UPCOMING}"
    statement = text(f"{_SELECT}{_HAS_IT}{where} ORDER BY s.id DESC LIMIT :limit")
    rows = await connection.execute(statement, {**given, "limit": limit})
    return [ShowRow(**row._mapping) for row in rows]


def escaped(words: str) -> str:
    """Give words for LIKE, in which its signs stand for themselves."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def create(
    connection: AsyncConnection,
    show: Show,
    *,
    organization_id: UUID,
    company_id: UUID,
    created_by: UUID | None,
) -> UUID:
    """Make a show in the writable organisation; give its id."""
    id_ = new_id()
    owner = {"organization_id": organization_id, "company_id": company_id, "created_by": created_by}
    await connection.execute(_INSERT, {"id": id_, **owner, **_columns(show)})
    return id_


async def change(connection: AsyncConnection, show_id: UUID, show: Show) -> None:
    """Write a show's facts in place of those before."""
    await connection.execute(_UPDATE, {"id": show_id, **_columns(show)})


async def delete(connection: AsyncConnection, show_id: UUID) -> bool:
    """Put a show away; its pictures stay. False where somebody else just did."""
    return (await connection.execute(_DELETE, {"id": show_id})).first() is not None


def _columns(show: Show) -> dict[str, Any]:
    price = show.price
    return {
        "title": show.title,
        "venue": show.venue,
        "address": show.address,
        "dates": [one.as_json() for one in show.occasions],
        "price_from": price.lowest if price else None,
        "price_to": price.highest if price else None,
        "currency": price.currency if price else "",
        "performers": list(show.performers),
        "call_to_action": show.call_to_action,
    }

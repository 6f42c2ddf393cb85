"""Links by which somebody without an account decides: making, reading, revoking them.

The secret is shown once and stored as a hash. The caller owns the transaction and its scope.
What does not belong here: what the holder of a link reads and decides (`link_use.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    NotFound,
    OwnVersion,
    StaleVersion,
)
from posthub_assets.domain.links import MAX_ITEMS, ItemState, LinkState, item_state, link_state
from posthub_assets.domain.people import Actor, Role
from resources.database.repositories.api_tokens import PREFIX
from resources.database.repositories.identity import clean_email, clean_name, write_in
from resources.database.repositories.items import NOT_THERE
from resources.database.repositories.sessions import token_hash
from resources.ids import new_id

SECRET_PREFIX = f"{PREFIX}link_"
"""Log lines hide what begins like this."""


@dataclass(frozen=True, slots=True)
class LinkItem:
    """A version of a link. `action` is what was decided by the link, `status` is the item's."""

    content_id: UUID
    version: int
    current_version: int
    kind: str
    title: str
    status: str
    action: str | None
    decided_at: datetime | None

    @property
    def state(self) -> ItemState:
        """Tell whether it can still be decided by the link."""
        return item_state(
            version=self.version,
            current=self.current_version,
            status=Status(self.status),
            is_used=self.action is not None,
        )


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link without its secret. `maker` is None for one that a reminder brought."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    company: str
    language: str
    zone: str
    recipient: str
    user_id: UUID | None
    made_by: UUID | None
    maker: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    items: tuple[LinkItem, ...]

    @property
    def state(self) -> LinkState:
        """Tell how the link stands now."""
        return link_state(
            [one.state for one in self.items],
            expires_at=self.expires_at,
            is_revoked=self.revoked_at is not None,
            now=datetime.now(UTC),
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """An item, in the version that a link covers."""

    content_id: UUID
    version: int


_LINK = """
    SELECT l.id, l.organization_id, l.company_id, k.name AS company, k.language,
        k.timezone AS zone, l.recipient, l.user_id, l.made_by, u.name AS maker, l.created_at,
        l.expires_at, l.revoked_at,
        (SELECT jsonb_agg(jsonb_build_array(i.content_id, i.version, c.current_version, c.kind,
                c.title, c.status, d.action, d.decided_at) ORDER BY i.position)
         FROM posthub.approval_link_item i JOIN posthub.content c ON c.id = i.content_id
         LEFT JOIN posthub.decision d ON d.link_id = i.link_id AND d.content_id = i.content_id
         WHERE i.link_id = l.id) AS items
    FROM posthub.approval_link l
    JOIN posthub.company k ON k.id = l.company_id AND k.deleted_at IS NULL
    LEFT JOIN posthub.app_user u ON u.id = l.made_by
"""
_ONE = text(f"{_LINK} WHERE l.id = :id")
_FILTERS = {
    "organizations": "l.organization_id = ANY(:organizations)",
    "company_id": "l.company_id = :company_id",
    "content_id": "EXISTS (SELECT 1 FROM posthub.approval_link_item i"
    " WHERE i.link_id = l.id AND i.content_id = :content_id)",
    "after": "l.id < :after",
}
_CANDIDATES = text(
    """
    SELECT c.id, c.organization_id, c.company_id, c.kind, c.status, c.current_version, c.title,
        v.author_id, o.four_eyes
    FROM posthub.content c
    JOIN posthub.organization o ON o.id = c.organization_id
    JOIN posthub.company k ON k.id = c.company_id AND k.deleted_at IS NULL
    LEFT JOIN posthub.content_version v ON v.organization_id = c.organization_id
        AND v.content_id = c.id AND v.number = c.current_version
    WHERE c.id = ANY(:ids)
    """
)
# Personas are chosen together, so they are nothing to send one by one.
_WAITING = text(
    """
    SELECT c.id, c.current_version FROM posthub.content c
    JOIN posthub.organization o ON o.id = c.organization_id
    JOIN posthub.content_version v ON v.organization_id = c.organization_id
        AND v.content_id = c.id AND v.number = c.current_version
    WHERE c.company_id = :company_id AND c.status = 'in_review' AND c.kind <> 'persona'
        AND (CAST(:month AS date) IS NULL OR c.month = :month)
        AND (CAST(:kind AS text) IS NULL OR c.kind = :kind)
        AND NOT (o.four_eyes AND :obeys_four_eyes
            AND coalesce(v.author_id = CAST(:maker AS uuid), false))
    ORDER BY c.review_since, c.id LIMIT :most
    """
)
_MEMBER = text(
    "SELECT u.id FROM posthub.app_user u JOIN posthub.membership m ON m.user_id = u.id"
    " WHERE m.organization_id = :organization_id AND u.email = :email"
)
_ADD = text(
    """
    INSERT INTO posthub.approval_link (id, organization_id, company_id, secret_hash, recipient,
        user_id, made_by, expires_at)
    VALUES (:id, :organization_id, :company_id, :hash, :recipient, :user_id, :made_by, :expires_at)
    """
)
_ADD_ITEM = text(
    "INSERT INTO posthub.approval_link_item (link_id, content_id, version, organization_id,"
    " position) VALUES (:link_id, :content_id, :version, :organization_id, :position)"
)
_REVOKE = text(
    "UPDATE posthub.approval_link SET revoked_at = now() WHERE id = :id AND revoked_at IS NULL"
)


def new_secret() -> str:
    """Give a secret of 256 random bits."""
    return SECRET_PREFIX + secrets.token_urlsafe(32)


async def waiting(
    connection: AsyncConnection,
    *,
    actor: Actor,
    company_id: UUID,
    organization_id: UUID,
    month: date | None,
    kind: Kind | None,
) -> list[Pair]:
    """Find what waits in a company and could be sent by this person, the oldest first.

    At most as much as one link covers. Raises Conflict where nothing waits.
    """
    values = {
        "company_id": company_id,
        "month": month,
        "kind": kind.value if kind else None,
        "maker": actor.user_id,
        "obeys_four_eyes": actor.role_in(organization_id) is Role.SUPERVISOR,
        "most": MAX_ITEMS,
    }
    found = [Pair(*row) for row in await connection.execute(_WAITING, values)]
    if not found:
        raise Conflict("Nothing waits there that could be sent. GET /v1/inbox shows what waits.")
    return found


async def make(
    connection: AsyncConnection,
    *,
    actor: Actor,
    pairs: Sequence[Pair],
    recipient: str,
    lifetime: timedelta,
) -> tuple[LinkRow, str]:
    """Make a link over versions that the person could decide about; give it and its secret.

    Raises NotFound (also for another organisation's item), StaleVersion, IllegalTransition where an
    item is not in review, OwnVersion under four eyes, InvalidInput where they are of several
    companies.
    """
    organization_id, company_id = await _sendable(connection, actor, pairs)
    await write_in(connection, organization_id)
    name, email = _recipient(recipient)
    secret = new_secret()
    id_ = new_id()
    values = {
        "id": id_,
        "organization_id": organization_id,
        "company_id": company_id,
        "hash": token_hash(secret),
        "recipient": name,
        "user_id": await _member(connection, organization_id, email) if email else None,
        "made_by": actor.user_id,
        "expires_at": datetime.now(UTC) + lifetime,
    }
    await connection.execute(_ADD, values)
    items = [
        {
            "link_id": id_,
            "content_id": pair.content_id,
            "version": pair.version,
            "organization_id": organization_id,
            "position": position,
        }
        for position, pair in enumerate(pairs, start=1)
    ]
    await connection.execute(_ADD_ITEM, items)
    return await get(connection, id_), secret


async def _sendable(
    connection: AsyncConnection, actor: Actor, pairs: Sequence[Pair]
) -> tuple[UUID, UUID]:
    """Give the organisation and the company of items that may be sent."""
    ids = [pair.content_id for pair in pairs]
    if len(set(ids)) != len(ids):
        raise InvalidInput("An item is named twice.", field="items")
    rows = {row.id: row for row in await connection.execute(_CANDIDATES, {"ids": ids})}
    for pair in pairs:
        row = rows.get(pair.content_id)
        if row is None or actor.role_in(row.organization_id) is None:
            raise NotFound(NOT_THERE)
        _refuse(row, pair, actor)
    owners = {(row.organization_id, row.company_id) for row in rows.values()}
    if len(owners) != 1:
        raise InvalidInput("A link is for one company. Make one for each of them.", field="items")
    return owners.pop()


def _refuse(row: Any, pair: Pair, actor: Actor) -> None:
    if row.current_version != pair.version:
        raise StaleVersion(pair.version, row.current_version)
    if row.status != Status.IN_REVIEW:
        raise IllegalTransition(
            f"“{row.title}” is {row.status}; a link is made for what is in review."
        )
    own = row.author_id is not None and row.author_id == actor.user_id
    if own and row.four_eyes and actor.role_in(row.organization_id) is Role.SUPERVISOR:
        raise OwnVersion(
            f"You wrote “{row.title}”, and your organisation wants a second pair of eyes. "
            "Ask a colleague or your marketer to send it."
        )


def _recipient(given: str) -> tuple[str, str | None]:
    """Give how the person is called, and their e-mail where that is how."""
    if "@" in given:
        email = clean_email(given)
        return email, email
    return clean_name(given, "recipient"), None


async def _member(connection: AsyncConnection, organization_id: UUID, email: str) -> UUID | None:
    values = {"organization_id": organization_id, "email": email}
    found: UUID | None = (await connection.execute(_MEMBER, values)).scalar()
    return found


async def get(connection: AsyncConnection, link_id: UUID) -> LinkRow:
    """Read a link. Raises NotFound, also for another organisation's."""
    row = (await connection.execute(_ONE, {"id": link_id})).first()
    if row is None:
        raise NotFound("There is no such link.")
    return _link(row)


async def page(
    connection: AsyncConnection,
    organizations: tuple[UUID, ...] | None,
    *,
    company_id: UUID | None = None,
    content_id: UUID | None = None,
    after: UUID | None,
    limit: int,
) -> list[LinkRow]:
    """Read the links of organisations (None: all that the scope shows), the newest first."""
    values: dict[str, Any] = {
        "organizations": None if organizations is None else list(organizations),
        "company_id": company_id,
        "content_id": content_id,
        "after": after,
    }
    given = {name: value for name, value in values.items() if value is not None}
    where = " AND ".join(_FILTERS[name] for name in given) or "true"
    statement = text(f"{_LINK} WHERE {where} ORDER BY l.id DESC LIMIT :limit")
    return [_link(row) for row in await connection.execute(statement, {**given, "limit": limit})]


def _link(row: Any) -> LinkRow:
    items = tuple(
        LinkItem(UUID(id_), version, current, kind, title, status, action, at and _moment(at))
        for id_, version, current, kind, title, status, action, at in row.items
    )
    return LinkRow(**{**row._mapping, "items": items})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def revoke(connection: AsyncConnection, link_id: UUID) -> bool:
    """Make a link useless; False where it is already."""
    return bool((await connection.execute(_REVOKE, {"id": link_id})).rowcount)

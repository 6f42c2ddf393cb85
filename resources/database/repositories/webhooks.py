"""Webhook endpoints as people administer them, and what became of their deliveries.

What does not belong here: sending, opening secrets (`resources/notifying/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.notifying.topics import TEST
from resources.ids import new_id

_COLUMNS = (
    "id, organization_id, url, topics, is_active, disabled_because, previous_until, created_at,"
    " updated_at"
)


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint without its secrets."""

    id: UUID
    organization_id: UUID
    url: str
    topics: list[str]
    is_active: bool
    disabled_because: str | None
    previous_until: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One message to one endpoint, and how it stands."""

    id: UUID
    outbox_id: UUID
    topic: str
    status: str
    attempts: int
    next_at: datetime
    response_status: int | None
    error: str | None
    created_at: datetime
    delivered_at: datetime | None


_PAGE = text(
    f"""
    SELECT {_COLUMNS} FROM posthub.webhook_endpoint
    WHERE (CAST(:organizations AS uuid[]) IS NULL OR organization_id = ANY (:organizations))
        AND (CAST(:after AS uuid) IS NULL OR id < :after)
    ORDER BY id DESC LIMIT :limit
    """  # noqa: S608
)
_GET = text(f"SELECT {_COLUMNS} FROM posthub.webhook_endpoint WHERE id = :id")  # noqa: S608
_CREATE = text(
    f"""
    INSERT INTO posthub.webhook_endpoint (id, organization_id, url, topics, secret, created_by)
    VALUES (:id, :organization_id, :url, :topics, :secret, :by) RETURNING {_COLUMNS}
    """  # noqa: S608
).bindparams(bindparam("topics", type_=JSONB))
_CHANGE = text(
    f"""
    UPDATE posthub.webhook_endpoint SET url = :url, topics = :topics, is_active = :is_active,
        disabled_because = CASE WHEN :is_active THEN NULL ELSE disabled_because END,
        updated_at = now()
    WHERE id = :id RETURNING {_COLUMNS}
    """  # noqa: S608
).bindparams(bindparam("topics", type_=JSONB))
_ROTATE = text(
    f"""
    UPDATE posthub.webhook_endpoint SET previous_secret = secret, secret = :secret,
        previous_until = now() + CAST(:overlap AS interval), updated_at = now()
    WHERE id = :id RETURNING {_COLUMNS}
    """  # noqa: S608
)
_DELETE = text("DELETE FROM posthub.webhook_endpoint WHERE id = :id")
_DELIVERIES = text(
    """
    SELECT d.id, d.outbox_id, o.topic, d.status, d.attempts, d.next_at, d.response_status, d.error,
        d.created_at, d.delivered_at
    FROM posthub.notification_delivery d JOIN posthub.outbox o ON o.id = d.outbox_id
    WHERE d.recipient = :endpoint AND d.channel = 'webhook'
        AND (CAST(:after AS uuid) IS NULL OR d.id < :after)
    ORDER BY d.id DESC LIMIT :limit
    """
)
_TEST_MESSAGE = text(
    """
    INSERT INTO posthub.outbox (id, organization_id, topic, payload, delivered_at)
    VALUES (:outbox, :organization_id, :topic,
        jsonb_build_object('webhook_id', CAST(:name AS text)), now())
    """
).bindparams(topic=TEST)
_TEST_DELIVERY = text(
    """
    INSERT INTO posthub.notification_delivery (id, organization_id, outbox_id, channel, recipient)
    VALUES (:id, :organization_id, :outbox, 'webhook', :endpoint)
    """
)


async def page(
    connection: AsyncConnection,
    organizations: Sequence[UUID] | None,
    *,
    after: UUID | None,
    limit: int,
) -> list[EndpointRow]:
    """Read endpoints, the newest first; of all organisations where None is given."""
    wanted = list(organizations) if organizations is not None else None
    values = {"organizations": wanted, "after": after, "limit": limit}
    return [EndpointRow(**row._mapping) for row in await connection.execute(_PAGE, values)]


async def get(connection: AsyncConnection, endpoint_id: UUID) -> EndpointRow:
    """Read an endpoint. Raises NotFound."""
    return await _one(connection, _GET, {"id": endpoint_id})


async def create(
    connection: AsyncConnection,
    *,
    endpoint_id: UUID,
    organization_id: UUID,
    url: str,
    topics: Sequence[str],
    secret: bytes,
    by: UUID,
) -> EndpointRow:
    """Keep a new endpoint with its sealed secret."""
    values = {
        "id": endpoint_id,
        "organization_id": organization_id,
        "url": url,
        "topics": list(topics),
        "secret": secret,
        "by": by,
    }
    return await _one(connection, _CREATE, values)


async def change(
    connection: AsyncConnection,
    endpoint_id: UUID,
    *,
    url: str,
    topics: Sequence[str],
    is_active: bool,
) -> EndpointRow:
    """Write what may be changed; made active again, it forgets why it was not. Raises NotFound."""
    values = {"id": endpoint_id, "url": url, "topics": list(topics), "is_active": is_active}
    return await _one(connection, _CHANGE, values)


async def rotate(
    connection: AsyncConnection, endpoint_id: UUID, secret: bytes, overlap: timedelta
) -> EndpointRow:
    """Keep a new secret; the one before signs as well for `overlap`. Raises NotFound."""
    values = {"id": endpoint_id, "secret": secret, "overlap": overlap}
    return await _one(connection, _ROTATE, values)


async def delete(connection: AsyncConnection, endpoint_id: UUID) -> None:
    """Forget an endpoint; what was still to be sent to it is skipped."""
    await connection.execute(_DELETE, {"id": endpoint_id})


async def deliveries(
    connection: AsyncConnection, endpoint_id: UUID, *, after: UUID | None, limit: int
) -> list[DeliveryRow]:
    """Read an endpoint's deliveries, the newest first."""
    values = {"endpoint": endpoint_id, "after": after, "limit": limit}
    return [DeliveryRow(**row._mapping) for row in await connection.execute(_DELIVERIES, values)]


async def send_test(connection: AsyncConnection, endpoint: EndpointRow) -> UUID:
    """Ask for a message of the topic `webhook.test` to this endpoint alone; give its delivery."""
    outbox, delivery = new_id(), new_id()
    values: dict[str, Any] = {"organization_id": endpoint.organization_id, "outbox": outbox}
    await connection.execute(_TEST_MESSAGE, {**values, "name": str(endpoint.id)})
    await connection.execute(_TEST_DELIVERY, {**values, "id": delivery, "endpoint": endpoint.id})
    return delivery


async def _one(connection: AsyncConnection, statement: Any, values: dict[str, Any]) -> EndpointRow:
    row = (await connection.execute(statement, values)).first()
    if row is None:
        raise NotFound("There is no such webhook.")
    return EndpointRow(**row._mapping)

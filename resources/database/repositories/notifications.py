"""Deliveries of the outbox: planned for each recipient, claimed with a lease, recorded.

A message is taken out of the outbox in the transaction that plans its deliveries. A claim moves
`next_at` behind the lease, so that what a killed process was sending comes up again by itself.
What does not belong here: sending, reminders (`reminders.py`), endpoints (`webhooks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.notifying.topics import CONFIRM
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the outbox that nobody was told of yet. `decided_by` is not told of a decision."""

    id: UUID
    organization_id: UUID | None
    topic: str
    payload: dict[str, Any]
    created_at: datetime
    decided_by: UUID | None
    zone: str
    """That of the company it speaks of, else of the organisation's first one."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A person of an organisation who may get e-mails."""

    user_id: UUID
    role: str
    preferences: dict[str, Any] | None
    is_confirmed: bool
    """Whether the address is known to be theirs; before that they are asked, and told nothing."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """An endpoint that is active, and what it wants."""

    id: UUID
    topics: list[str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery to be kept. With `skipped_because` it is kept as one that is never made."""

    outbox_id: UUID
    organization_id: UUID
    channel: str
    recipient: UUID
    next_at: datetime
    skipped_because: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A claimed delivery to an endpoint, with the sealed secrets that sign."""

    id: UUID
    organization_id: UUID
    outbox_id: UUID
    endpoint_id: UUID
    attempts: int
    """Of them, this is the last one."""
    topic: str
    payload: dict[str, Any]
    message_at: datetime
    url: str | None
    """None where the endpoint is gone or disabled."""
    secret: bytes | None = field(repr=False)
    previous_secret: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A claimed delivery to a person, with what its line in the e-mail says."""

    id: UUID
    organization_id: UUID
    user_id: UUID
    attempts: int
    topic: str
    payload: dict[str, Any]
    email: str | None
    """None where the person is gone, left the organisation, or wants no e-mails."""
    name: str
    company: str
    language: str
    title: str
    error: str


_ZONE = """coalesce(
        (SELECT k.timezone FROM posthub.company k
         WHERE k.id = CAST(o.payload ->> 'company_id' AS uuid)),
        (SELECT k.timezone FROM posthub.company k WHERE k.organization_id = o.organization_id
         ORDER BY k.id LIMIT 1), 'UTC')"""
_UNTOLD = text(
    f"""
    SELECT o.id, o.organization_id, o.topic, o.payload, o.created_at,
        (SELECT coalesce(d.decided_by, l.user_id) FROM posthub.decision d
         LEFT JOIN posthub.approval_link l ON l.id = d.link_id
         WHERE d.id = CAST(o.payload ->> 'decision_id' AS uuid)
            AND d.organization_id = o.organization_id
            AND d.content_id = CAST(o.payload ->> 'content_id' AS uuid)) AS decided_by,
        {_ZONE} AS zone
    FROM posthub.outbox o WHERE o.delivered_at IS NULL AND o.available_at <= :now
    ORDER BY o.available_at, o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED
    """  # noqa: S608
)
_READERS = text(
    """
    SELECT u.id AS user_id, m.role, u.settings -> 'notifications' AS preferences,
        u.email_confirmed_at IS NOT NULL AS is_confirmed
    FROM posthub.membership m JOIN posthub.app_user u ON u.id = m.user_id
    WHERE m.organization_id = :organization_id AND u.is_active AND u.deleted_at IS NULL
        AND (u.email_confirmed_at IS NULL
            OR coalesce(u.settings #>> '{notifications,email}', 'true') <> 'false')
    """
)
_SUBSCRIPTIONS = text(
    "SELECT id, topics, created_at FROM posthub.webhook_endpoint"
    " WHERE organization_id = :organization_id AND is_active"
)
# E-mails to one person that wait for the same moment become one.
_PLAN = text(
    """
    INSERT INTO posthub.notification_delivery (id, organization_id, outbox_id, channel, recipient,
        status, next_at, error)
    VALUES (:id, :organization_id, :outbox_id, CAST(:channel AS text), :recipient,
        CASE WHEN CAST(:skipped AS text) IS NULL THEN 'pending' ELSE 'skipped' END,
        CASE WHEN CAST(:channel AS text) = 'webhook' THEN CAST(:next_at AS timestamptz)
        ELSE coalesce((SELECT min(w.next_at) FROM posthub.notification_delivery w
            WHERE w.recipient = :recipient AND w.channel = 'email' AND w.status = 'pending'
                AND w.attempts = 0 AND w.next_at BETWEEN :now AND :next_at), :next_at) END,
        CAST(:skipped AS text))
    ON CONFLICT (outbox_id, channel, recipient) DO NOTHING
    """
)
_TOLD = text("UPDATE posthub.outbox SET delivered_at = :now WHERE id = ANY (:ids)")


async def untold(connection: AsyncConnection, now: datetime, most: int) -> list[Message]:
    """Lock messages that nobody was told of, the oldest first; others skip them meanwhile."""
    rows = await connection.execute(_UNTOLD, {"now": now, "most": most})
    return [Message(**row._mapping) for row in rows]


async def readers(connection: AsyncConnection, organization_id: UUID) -> list[Reader]:
    """Read who of an organisation may get e-mails."""
    rows = await connection.execute(_READERS, {"organization_id": organization_id})
    return [Reader(**row._mapping) for row in rows]


async def subscriptions(connection: AsyncConnection, organization_id: UUID) -> list[Subscription]:
    """Read an organisation's active endpoints."""
    rows = await connection.execute(_SUBSCRIPTIONS, {"organization_id": organization_id})
    return [Subscription(**row._mapping) for row in rows]


async def plan(
    connection: AsyncConnection, now: datetime, told: Sequence[UUID], planned: Sequence[Planned]
) -> None:
    """Keep the deliveries of messages, and take the messages out of the outbox."""
    for one in planned:
        values = {
            "id": new_id(),
            "organization_id": one.organization_id,
            "outbox_id": one.outbox_id,
            "channel": one.channel,
            "recipient": one.recipient,
            "next_at": one.next_at,
            "skipped": one.skipped_because,
            "now": now,
        }
        await connection.execute(_PLAN, values)
    await connection.execute(_TOLD, {"now": now, "ids": list(told)})


# Of each endpoint a few, so that one which never answers holds up no other.
_CLAIM_WEBHOOKS = text(
    """
    WITH fair AS (
        SELECT id, row_number() OVER (PARTITION BY recipient ORDER BY next_at, id) AS place
        FROM posthub.notification_delivery
        WHERE channel = 'webhook' AND status = 'pending' AND next_at <= :now),
    due AS (
        SELECT n.id FROM posthub.notification_delivery n
        JOIN fair ON fair.id = n.id AND fair.place <= :each
        WHERE n.status = 'pending' AND n.next_at <= :now
        ORDER BY n.next_at, n.id LIMIT :most FOR UPDATE OF n SKIP LOCKED),
    taken AS (
        UPDATE posthub.notification_delivery d SET attempts = d.attempts + 1,
            next_at = :now + CAST(:lease AS interval)
        FROM due WHERE d.id = due.id RETURNING d.*)
    SELECT d.id, d.organization_id, d.outbox_id, d.recipient AS endpoint_id, d.attempts, o.topic,
        o.payload, o.created_at AS message_at, e.url, e.secret,
        CASE WHEN e.previous_until > :now THEN e.previous_secret END AS previous_secret
    FROM taken d JOIN posthub.outbox o ON o.id = d.outbox_id
    LEFT JOIN posthub.webhook_endpoint e ON e.id = d.recipient AND e.is_active
        AND e.organization_id = d.organization_id
    """
)
# All that is due for one person is taken together: it becomes one e-mail.
_CLAIM_MAILS = text(
    f"""
    WITH due AS (
        SELECT id FROM posthub.notification_delivery
        WHERE channel = 'email' AND status = 'pending' AND next_at <= :now
            AND recipient = (
                SELECT recipient FROM posthub.notification_delivery
                WHERE channel = 'email' AND status = 'pending' AND next_at <= :now
                ORDER BY next_at, id LIMIT 1)
        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED),
    taken AS (
        UPDATE posthub.notification_delivery d SET attempts = d.attempts + 1,
            next_at = :now + CAST(:lease AS interval)
        FROM due WHERE d.id = due.id RETURNING d.*)
    SELECT d.id, d.organization_id, d.recipient AS user_id, d.attempts, o.topic, o.payload,
        CASE WHEN u.is_active AND u.deleted_at IS NULL AND m.user_id IS NOT NULL
                AND CASE WHEN o.topic = '{CONFIRM}' THEN u.email_confirmed_at IS NULL
                    ELSE u.email_confirmed_at IS NOT NULL
                    AND coalesce(u.settings #>> '{{notifications,email}}', 'true') <> 'false' END
            THEN u.email END AS email,
        coalesce(u.name, '') AS name, coalesce(k.name, '') AS company,
        coalesce(k.language, first.language, 'en') AS language, coalesce(c.title, '') AS title,
        coalesce(j.error, '') AS error
    FROM taken d JOIN posthub.outbox o ON o.id = d.outbox_id
    LEFT JOIN posthub.app_user u ON u.id = d.recipient
    LEFT JOIN posthub.membership m ON m.user_id = u.id AND m.organization_id = d.organization_id
    LEFT JOIN posthub.company k ON k.id = CAST(o.payload ->> 'company_id' AS uuid)
        AND k.organization_id = d.organization_id
    LEFT JOIN LATERAL (SELECT language FROM posthub.company
        WHERE organization_id = d.organization_id ORDER BY id LIMIT 1) first ON true
    LEFT JOIN posthub.content c ON c.id = CAST(o.payload ->> 'content_id' AS uuid)
        AND c.organization_id = d.organization_id
    LEFT JOIN posthub.job j ON j.id = CAST(o.payload ->> 'job_id' AS uuid)
        AND j.organization_id = d.organization_id
    ORDER BY d.id
    """  # noqa: S608 - a constant
)
_RECORD = text(
    """
    UPDATE posthub.notification_delivery SET status = CAST(:status AS text), error = :error,
        response_status = :response_status, next_at = coalesce(:next_at, next_at),
        delivered_at = CASE WHEN CAST(:status AS text) = 'delivered' THEN :now END
    WHERE id = :id AND attempts = :attempts AND status = 'pending'
    """
)
_DISABLE = text(
    """
    UPDATE posthub.webhook_endpoint SET is_active = false, disabled_because = :because,
        updated_at = now()
    WHERE id = :id AND is_active RETURNING url
    """
)
_REACHED_SINCE = text(
    """
    SELECT EXISTS (SELECT 1 FROM posthub.notification_delivery
        WHERE recipient = :endpoint AND channel = 'webhook' AND status = 'delivered'
            AND delivered_at >= :since)
    """
)


async def claim_webhooks(
    connection: AsyncConnection, now: datetime, *, lease: timedelta, most: int, each: int
) -> list[Webhook]:
    """Take due deliveries for as long as the lease: `most` in all, `each` of one endpoint."""
    values = {"now": now, "lease": lease, "most": most, "each": each}
    return [Webhook(**row._mapping) for row in await connection.execute(_CLAIM_WEBHOOKS, values)]


async def claim_mails(
    connection: AsyncConnection, now: datetime, *, lease: timedelta, most: int
) -> list[Mail]:
    """Take all that is due for the person who waits longest, for as long as the lease."""
    values = {"now": now, "lease": lease, "most": most}
    return [Mail(**row._mapping) for row in await connection.execute(_CLAIM_MAILS, values)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt. `next_at` is when a pending one is tried again."""

    status: str
    error: str | None = None
    response_status: int | None = None
    next_at: datetime | None = None


async def record(
    connection: AsyncConnection, delivery_id: UUID, attempts: int, outcome: Outcome, now: datetime
) -> None:
    """Write an attempt's outcome down, unless somebody else took the delivery over meanwhile."""
    values = {
        "id": delivery_id,
        "attempts": attempts,
        "now": now,
        "status": outcome.status,
        "error": outcome.error,
        "response_status": outcome.response_status,
        "next_at": outcome.next_at,
    }
    await connection.execute(_RECORD, values)


async def disable(connection: AsyncConnection, endpoint_id: UUID, because: str) -> str | None:
    """Send an endpoint nothing any more; give its URL, or None where it was not active."""
    values = {"id": endpoint_id, "because": because}
    url: str | None = (await connection.execute(_DISABLE, values)).scalar()
    return url


async def reached_since(connection: AsyncConnection, endpoint_id: UUID, since: datetime) -> bool:
    """Tell whether anything arrived at an endpoint since a moment."""
    values = {"endpoint": endpoint_id, "since": since}
    return bool((await connection.execute(_REACHED_SINCE, values)).scalar_one())

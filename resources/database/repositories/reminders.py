"""What waits for whom and since when, which step was told, and which months are ready.

Finding is across organisations; telling is within one. Nothing here decides: a reminder writes
what it told and a message, no status.
What does not belong here: delivering, the steps and quiet hours (domain).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from posthub_assets.domain.calendar import month_name
from posthub_assets.domain.notifying.reminders import STEPS_H
from posthub_assets.domain.notifying.topics import EVERY_TOPIC, MONTH_READY, REMINDER, WAITING
from resources.database.repositories import audit


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody has to be reminded of in one organisation; without a person, the webhooks."""

    organization_id: UUID
    user_id: UUID | None
    preferences: dict[str, Any] | None
    zone: str
    """That of the company which waits longest."""
    content_ids: list[UUID]


_STEP = "CASE " + " ".join(
    f"WHEN c.review_since <= :now - interval '{step} hours' THEN {step}"
    for step in sorted(STEPS_H, reverse=True)
)
_WAITS = f"""
    c.status = 'in_review' AND c.review_since <= :now - interval '{min(STEPS_H)} hours'
"""
_NEW = f"(r.id IS NULL OR r.review_since <> c.review_since OR r.hours < {_STEP} END)"
_PEOPLE = text(
    f"""
    SELECT c.organization_id, u.id AS user_id, u.settings -> 'notifications' AS preferences,
        (array_agg(k.timezone ORDER BY c.review_since))[1] AS zone,
        (array_agg(c.id ORDER BY c.review_since))[1:500] AS content_ids
    FROM posthub.content c
    JOIN posthub.company k ON k.id = c.company_id AND k.deleted_at IS NULL
    JOIN posthub.membership m ON m.organization_id = c.organization_id
        AND m.role IN ('SUPERVISOR', 'MARKETER')
    JOIN posthub.app_user u ON u.id = m.user_id AND u.is_active AND u.deleted_at IS NULL
        AND u.email_confirmed_at IS NOT NULL
        AND coalesce(u.settings #>> '{{notifications,email}}', 'true') <> 'false'
    LEFT JOIN posthub.reminder r ON r.content_id = c.id AND r.user_id = u.id
    WHERE {_WAITS} AND {_NEW}
    GROUP BY c.organization_id, u.id
    """  # noqa: S608
)
_WEBHOOKS = text(
    f"""
    SELECT c.organization_id, CAST(NULL AS uuid) AS user_id, CAST(NULL AS jsonb) AS preferences,
        'UTC' AS zone, (array_agg(c.id ORDER BY c.review_since))[1:500] AS content_ids
    FROM posthub.content c
    JOIN posthub.company k ON k.id = c.company_id AND k.deleted_at IS NULL
    LEFT JOIN posthub.reminder r ON r.content_id = c.id AND r.user_id IS NULL
    WHERE {_WAITS} AND {_NEW} AND EXISTS (
        SELECT 1 FROM posthub.webhook_endpoint e
        WHERE e.organization_id = c.organization_id AND e.is_active
            AND e.topics ?| ARRAY['{WAITING}', '{EVERY_TOPIC}'])
    GROUP BY c.organization_id
    """  # noqa: S608
)
_TELL = text(
    f"""
    INSERT INTO posthub.reminder AS old (id, organization_id, content_id, user_id, review_since,
        hours, told_at)
    SELECT gen_random_uuid(), c.organization_id, c.id, CAST(:user_id AS uuid), c.review_since,
        {_STEP} END, :now
    FROM posthub.content c WHERE c.id = ANY (:content_ids) AND {_WAITS} ORDER BY c.id
    ON CONFLICT (content_id, user_id) DO UPDATE SET review_since = excluded.review_since,
        hours = excluded.hours, told_at = excluded.told_at
    WHERE old.review_since <> excluded.review_since OR old.hours < excluded.hours
    RETURNING old.content_id, old.hours
    """  # noqa: S608
).bindparams(bindparam("content_ids", type_=ARRAY(Uuid)))
_FACTS = text(
    "SELECT id, company_id, kind, current_version FROM posthub.content WHERE id = ANY (:ids)"
)


async def people(connection: AsyncConnection, now: datetime) -> list[Waiting]:
    """Find whom a step is due for: supervisors and marketers who want e-mails."""
    return [Waiting(**row._mapping) for row in await connection.execute(_PEOPLE, {"now": now})]


async def webhooks(connection: AsyncConnection, now: datetime) -> list[Waiting]:
    """Find organisations with an endpoint that wants to be told, and a step that is due."""
    return [Waiting(**row._mapping) for row in await connection.execute(_WEBHOOKS, {"now": now})]


async def tell(connection: AsyncConnection, waiting: Waiting, now: datetime) -> int:
    """Write the reminder and its message; give of how many items. Two at once tell once."""
    values = {"now": now, "user_id": waiting.user_id, "content_ids": waiting.content_ids}
    told = {row.content_id: row.hours for row in await connection.execute(_TELL, values)}
    if not told:
        return 0
    payload: dict[str, Any] = {"hours": max(told.values()), "count": len(told)}
    topic = WAITING
    if waiting.user_id is not None:
        topic, payload["user_id"] = REMINDER, str(waiting.user_id)
    else:
        rows = await connection.execute(_FACTS, {"ids": list(told)})
        payload["items"] = [
            {
                "content_id": str(row.id),
                "company_id": str(row.company_id),
                "kind": row.kind,
                "version": row.current_version,
                "hours": told[row.id],
            }
            for row in rows
        ]
    await audit.tell(
        connection, organization_id=waiting.organization_id, topic=topic, payload=payload
    )
    return len(told)


@dataclass(frozen=True, slots=True)
class StillWaiting:
    """An item that waits when the e-mail is written."""

    title: str
    kind: str
    company: str
    language: str
    zone: str
    hours: int
    content_id: UUID
    company_id: UUID
    organization_id: UUID
    by_link: bool
    """Whether the organisation lets reminders bring links."""


_STILL = text(
    f"""
    SELECT c.title, c.kind, k.name AS company, k.language, k.timezone AS zone,
        CAST(floor(extract(epoch FROM :now - c.review_since) / 3600) AS int) AS hours,
        c.id AS content_id, c.company_id, c.organization_id,
        coalesce(o.settings -> 'links_in_reminders' = 'true', false) AS by_link
    FROM posthub.content c
    JOIN posthub.company k ON k.id = c.company_id AND k.deleted_at IS NULL
    JOIN posthub.organization o ON o.id = c.organization_id
    WHERE c.organization_id = ANY (:organizations) AND {_WAITS}
    ORDER BY c.review_since, c.id LIMIT :most
    """  # noqa: S608
)


async def still_waiting(
    connection: AsyncConnection, organizations: list[UUID], now: datetime, most: int
) -> list[StillWaiting]:
    """Read all that waits longer than the first step, the longest first."""
    values = {"organizations": organizations, "now": now, "most": most}
    return [StillWaiting(**row._mapping) for row in await connection.execute(_STILL, values)]


@dataclass(frozen=True, slots=True)
class ReadyMonth:
    """A month of which everything that was made is decided."""

    organization_id: UUID
    company_id: UUID
    month: date


# The derived work (the calendar, the usage) follows every decision and holds nothing up. Neither
# does the media assistant's: what of it waits for a person is an item.
_READY = """
    m.ready_at IS NULL
    AND EXISTS (SELECT 1 FROM posthub.content c WHERE c.organization_id = m.organization_id
        AND c.company_id = m.company_id AND c.month = m.month AND c.kind <> 'topic'
        AND c.status IN ('approved', 'scheduled', 'delivered'))
    AND NOT EXISTS (SELECT 1 FROM posthub.content c WHERE c.organization_id = m.organization_id
        AND c.company_id = m.company_id AND c.month = m.month
        AND c.status IN ('draft', 'in_review', 'changes_requested'))
    AND NOT EXISTS (SELECT 1 FROM posthub.job j WHERE j.organization_id = m.organization_id
        AND j.company_id = m.company_id AND j.month = m.month
        AND j.status IN ('pending', 'running', 'failed')
        AND j.asset NOT IN ('content_calendar', 'monthly_usage') AND j.media_request_id IS NULL)
"""
_FIND_READY = text(
    f"""
    SELECT m.organization_id, m.company_id, m.month FROM posthub.company_month m
    JOIN posthub.company k ON k.id = m.company_id AND k.deleted_at IS NULL
    WHERE m.month >= :since AND {_READY} LIMIT 500
    """  # noqa: S608
)
_MARK_READY = text(
    f"""
    UPDATE posthub.company_month m SET ready_at = :now
    WHERE m.organization_id = :organization_id AND m.company_id = :company_id AND m.month = :month
        AND {_READY} RETURNING 1
    """  # noqa: S608
)


async def ready_months(connection: AsyncConnection, since: date) -> list[ReadyMonth]:
    """Find months from `since` on that are ready and nobody was told of."""
    rows = await connection.execute(_FIND_READY, {"since": since})
    return [ReadyMonth(**row._mapping) for row in rows]


async def tell_ready(connection: AsyncConnection, found: ReadyMonth, now: datetime) -> bool:
    """Mark a month as ready and write the message; False where somebody was faster."""
    values = {
        "organization_id": found.organization_id,
        "company_id": found.company_id,
        "month": found.month,
        "now": now,
    }
    if (await connection.execute(_MARK_READY, values)).first() is None:
        return False
    await audit.tell(
        connection,
        organization_id=found.organization_id,
        topic=MONTH_READY,
        payload={"company_id": str(found.company_id), "month": month_name(found.month)},
    )
    return True

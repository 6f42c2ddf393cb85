"""Opening a company's month: its row in `company_month`, and the topics it asks for.

The caller owns the transaction. What does not belong here: when months are opened by themselves
(`sensors/`), working days (`domain/calendar.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.calendar import month_name, refuse_month, working_days
from posthub_assets.domain.errors import InvalidInput, NotFound
from posthub_assets.domain.flow import Priority, work_for_month
from posthub_assets.domain.tiers import ALLOWANCES, Tier, prorated_quota
from resources.database.repositories import audit, jobs
from resources.database.repositories.audit import NOWHERE, Origin


@dataclass(frozen=True, slots=True)
class MonthRow:
    """An opened month: the tier and the topics that held at its opening."""

    company_id: UUID
    month: date
    tier: Tier
    quota: int
    starts_on: date
    opened_by: str
    opened_at: datetime
    is_new: bool = False
    waits_for_personas: bool = False


_COMPANY = text(
    """
    SELECT c.id, c.name, c.tier, c.country, c.is_active,
        EXISTS (SELECT 1 FROM posthub.content p WHERE p.organization_id = c.organization_id
            AND p.company_id = c.id AND p.month IS NULL AND p.kind = 'persona'
            AND p.status = 'approved') AS has_personas
    FROM posthub.company c
    WHERE c.id = :company_id AND c.organization_id = :organization_id AND c.deleted_at IS NULL
    """
)
_OPEN = text(
    """
    INSERT INTO posthub.company_month (organization_id, company_id, month, tier, quota, starts_on,
        opened_by)
    VALUES (:organization_id, :company_id, :month, :tier, :quota, :starts_on, :opened_by)
    ON CONFLICT (organization_id, company_id, month) DO NOTHING RETURNING month
    """
)
_ONE = text(
    """
    SELECT company_id, month, tier, quota, starts_on, opened_by, opened_at
    FROM posthub.company_month
    WHERE organization_id = :organization_id AND company_id = :company_id AND month = :month
    """
)
_ALL = text(
    """
    SELECT company_id, month, tier, quota, starts_on, opened_by, opened_at
    FROM posthub.company_month
    WHERE organization_id = :organization_id AND company_id = :company_id
        AND (CAST(:since AS date) IS NULL OR month >= :since)
    ORDER BY month
    """
)


def today_in(timezone: str, now: datetime) -> date:
    """Give the date that people in an IANA time zone see; `now` is aware."""
    return now.astimezone(ZoneInfo(timezone)).date()


async def open_month(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    month: date,
    *,
    opened_by: str,
    today: date,
    actor_id: UUID | None = None,
    priority: Priority = Priority.AFTER_DECISION,
    origin: Origin = NOWHERE,
) -> MonthRow:
    """Open a month and ask for its topics. An opened month stays as it is: asking twice is free.

    `opened_by` says how: `schedule`, `personas`, `command` or `api`. `today` is the date in the
    company's zone; the current month gets the part of the quota that its working days left carry.
    Without active personas the month is opened and its topics are asked for when they are chosen.
    Raises InvalidInput for a month that is past, too far ahead or has no working day left, NotFound
    for an unknown company.
    """
    values: dict[str, object] = {"organization_id": organization_id, "company_id": company_id}
    company = (await connection.execute(_COMPANY, values)).first()
    if company is None:
        raise NotFound("There is no such company.")
    values["month"] = month = month.replace(day=1)
    row = await _opened(connection, values)
    is_new = row is None
    if row is None:
        refuse_month(month, today)
        terms = _terms(Tier(company.tier), company.country, month, today)
        inserted = await connection.execute(_OPEN, {**values, **terms, "opened_by": opened_by})
        is_new = inserted.first() is not None
        row = await _opened(connection, values)
    assert row is not None
    if is_new:
        await _leave_trace(connection, organization_id, row, actor_id, origin)
    if company.has_personas:
        await jobs.ask_for(
            connection,
            organization_id=organization_id,
            company_id=company_id,
            requests=[work_for_month(month, priority=priority)],
            requested_by=actor_id,
        )
    return replace(row, is_new=is_new, waits_for_personas=not company.has_personas)


def _terms(tier: Tier, country: str, month: date, today: date) -> dict[str, object]:
    """Give tier, quota and first day of a month that is opened today."""
    quota, starts_on = ALLOWANCES[tier].topics_per_month, month
    if month == today.replace(day=1):
        left = len(working_days(month, country, today))
        quota, starts_on = prorated_quota(tier, left, len(working_days(month, country))), today
    if not quota:
        raise InvalidInput(
            f"No working day is left in {month_name(month)}; open the next month.", field="month"
        )
    return {"tier": tier.value, "quota": quota, "starts_on": starts_on}


async def _opened(connection: AsyncConnection, values: dict[str, object]) -> MonthRow | None:
    row = (await connection.execute(_ONE, values)).first()
    return MonthRow(**{**row._mapping, "tier": Tier(row.tier)}) if row else None


async def _leave_trace(
    connection: AsyncConnection,
    organization_id: UUID,
    row: MonthRow,
    actor_id: UUID | None,
    origin: Origin,
) -> None:
    facts = {"month": month_name(row.month), "tier": row.tier.value, "quota": row.quota}
    await audit.record(
        connection,
        organization_id=organization_id,
        actor_id=actor_id,
        action="month.open",
        subject_kind="company",
        subject_id=row.company_id,
        after={**facts, "opened_by": row.opened_by},
        origin=origin,
    )
    await audit.tell(
        connection,
        organization_id=organization_id,
        topic="month.opened",
        payload={"company_id": str(row.company_id), **facts},
    )


_ROOM = text(
    """
    SELECT quota FROM posthub.company_month
    WHERE organization_id = :organization_id AND company_id = :company_id AND month = :month
    FOR UPDATE
    """
)
_TOPICS = text(
    """
    SELECT count(*) FROM posthub.content
    WHERE organization_id = :organization_id AND company_id = :company_id AND month = :month
        AND kind = 'topic' AND status NOT IN ('rejected', 'archived')
    """
)


async def lock_room(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID, month: date
) -> int:
    """Lock an opened month and give how many topics it still has room for; 0 where it is not open.

    The count is read after the lock, so that it holds what was waited for.
    """
    values = {"organization_id": organization_id, "company_id": company_id, "month": month}
    quota = (await connection.execute(_ROOM, values)).scalar()
    if quota is None:
        return 0
    topics = (await connection.execute(_TOPICS, values)).scalar_one()
    return max(0, int(quota) - int(topics))


async def opened_months(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    since: date | None = None,
) -> Sequence[MonthRow]:
    """Read a company's opened months in order, from `since` on where it is given."""
    values = {"organization_id": organization_id, "company_id": company_id, "since": since}
    rows = await connection.execute(_ALL, values)
    return [MonthRow(**{**row._mapping, "tier": Tier(row.tier)}) for row in rows]

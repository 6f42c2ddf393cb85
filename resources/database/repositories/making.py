"""Items that a person makes by hand: written by them, or ordered from the machine.

Such an item is checked, decided about and followed like any other. The caller owns the
transaction, in which the company's organisation is the writable one.
What does not belong here: what hangs on what (`posthub_assets/domain/by_hand.py`), edits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.bodies import Body, TopicBody
from posthub_assets.domain.briefs import ArticleOrder
from posthub_assets.domain.by_hand import KIND_NAMES, one, place_of, placing_of
from posthub_assets.domain.calendar import month_name
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import Conflict, InvalidInput
from posthub_assets.domain.flow import ASSET_OF, JobRequest, Priority
from posthub_assets.domain.people import Actor
from posthub_assets.domain.planning import BLOG_HOUR, local_moment
from resources.database.repositories import audit, jobs, months
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.companies import CompanyRow
from resources.database.repositories.edits import read_body, refuse_foreign_media
from resources.database.repositories.versions import add_version, title_of
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person gives: a body they wrote, or an order that the machine writes from."""

    kind: Kind
    body: dict[str, Any] | None = None
    order: ArticleOrder | None = None
    month: date | None = None
    parent_id: UUID | None = None
    persona_id: UUID | None = None
    scheduled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeItem:
    """The new item. `version` is 0 and `sha256` empty where the machine has to write it first."""

    content_id: UUID
    version: int
    sha256: str
    status: Status
    job_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the item will stand."""

    month: date | None = None
    parent_id: UUID | None = None
    parent_version_id: UUID | None = None
    persona_id: UUID | None = None
    scheduled_at: datetime | None = None


async def make(
    connection: AsyncConnection,
    *,
    actor: Actor,
    company: CompanyRow,
    given: ByHand,
    origin: Origin = NOWHERE,
) -> MadeItem:
    """Make an item with its first version, which is checked next, or order it from the machine.

    Raises InvalidInput that names the field, NotFound, Conflict where the place is taken, the
    month is full or not open, or the parent is not there for it.
    """
    placing_of(given.kind)
    body = read_body(given.kind, given.body) if given.body is not None else None
    if body is not None:
        await refuse_foreign_media(connection, company.organization_id, body)
    spot = await _spot(connection, company, given, body)
    item_id = new_id()
    await _insert(connection, _columns(item_id, company, given, body, spot), given.kind)
    version = None
    if body is not None:
        version = await add_version(
            connection,
            organization_id=company.organization_id,
            content_id=item_id,
            kind=given.kind,
            language=company.language,
            body=body,
            parent_version_id=spot.parent_version_id,
            author_id=actor.user_id,
            is_first=True,
        )
    job_ids = await jobs.ask_for(
        connection,
        organization_id=company.organization_id,
        company_id=company.id,
        requests=[_work(given, item_id, version.id if version else None, spot.month)],
        requested_by=actor.user_id,
    )
    facts = {"kind": given.kind.value, "ordered": given.order is not None}
    await _leave_trace(connection, company, item_id, facts, actor=actor, origin=origin)
    number, sha256 = (version.number, version.sha256) if version else (0, "")
    return MadeItem(item_id, number, sha256, Status.DRAFT, tuple(job_ids))


def _columns(
    item_id: UUID, company: CompanyRow, given: ByHand, body: Body | None, spot: _Spot
) -> dict[str, Any]:
    return {
        "id": item_id,
        "organization_id": company.organization_id,
        "company_id": company.id,
        "kind": given.kind.value,
        "language": company.language,
        "place": place_of(given.kind, body, item_id.hex[-8:]),
        "current_version": 1 if body else 0,
        "title": title_of(body) if body else _short(given),
        "month": spot.month,
        "parent_id": spot.parent_id,
        "persona_id": spot.persona_id,
        "scheduled_at": given.scheduled_at or spot.scheduled_at,
    }


def _short(given: ByHand) -> str:
    return given.order.topic.strip().partition("\n")[0][:200] if given.order else ""


def _work(given: ByHand, item_id: UUID, version_id: UUID | None, month: date | None) -> JobRequest:
    """Give the check of what a person wrote, or the writing of what they ordered."""
    params: dict[str, Any] = {}
    if given.order is not None:
        params = {"order": given.order.model_dump(mode="json")}
        if given.persona_id:
            params["persona_id"] = str(given.persona_id)
    return JobRequest(
        verb="check" if version_id else "create",
        asset=ASSET_OF[given.kind],
        month=month,
        content_id=str(item_id),
        source_version_id=str(version_id) if version_id else None,
        priority=Priority.PERSON_WAITS,
        params=params,
    )


async def _spot(
    connection: AsyncConnection, company: CompanyRow, given: ByHand, body: Body | None
) -> _Spot:
    """Find where the item stands, and refuse what does not belong there."""
    placing = placing_of(given.kind)
    if placing.parent is not None:
        return await _below(connection, company, given, placing.parent)
    if given.parent_id is not None:
        raise InvalidInput(
            f"{one(given.kind)} has no parent; leave parent_id out.", field="parent_id"
        )
    persona_id = await _persona(connection, company, given.persona_id)
    if not placing.is_monthly:
        if given.month is not None:
            belongs = "the month in which it is made" if placing.is_dated else "no month"
            raise InvalidInput(
                f"{one(given.kind)} belongs to {belongs}; leave month out.", field="month"
            )
        today = months.today_in(company.timezone, datetime.now(UTC))
        month = today.replace(day=1) if placing.is_dated else None
        return _Spot(month=month, persona_id=persona_id)
    assert isinstance(body, TopicBody)
    return await _in_month(connection, company, given, body, persona_id)


_PARENT = text(
    """
    SELECT i.id, i.kind, i.status, i.month, i.persona_id, v.id AS version_id,
        v.body ->> 'planned_on' AS planned_on
    FROM posthub.content i JOIN posthub.content_version v ON v.content_id = i.id
        AND v.number = i.current_version AND v.organization_id = i.organization_id
    WHERE i.id = :id AND i.organization_id = :organization_id AND i.company_id = :company_id
    FOR SHARE OF i
    """
)


async def _below(
    connection: AsyncConnection, company: CompanyRow, given: ByHand, kind: Kind
) -> _Spot:
    """Stand under a living parent, in its month and with its voice."""
    mine, its = KIND_NAMES[given.kind], KIND_NAMES[kind]
    if given.parent_id is None:
        raise InvalidInput(
            f"A {mine} is written for a {its}: give its parent_id.", field="parent_id"
        )
    values = {
        "id": given.parent_id,
        "organization_id": company.organization_id,
        "company_id": company.id,
    }
    parent = (await connection.execute(_PARENT, values)).first()
    if parent is None or parent.kind != kind.value:
        raise InvalidInput(f"The company has no such {its}.", field="parent_id")
    if parent.status in ("rejected", "archived"):
        raise Conflict(f"The {its} is {parent.status}. Restore it, or choose another one.")
    at = None
    if kind is Kind.TOPIC and parent.planned_on:
        day = date.fromisoformat(parent.planned_on)
        at = local_moment(day, BLOG_HOUR, company.timezone)
    return _Spot(parent.month, parent.id, parent.version_id, parent.persona_id, at)


_WRITERS = text(
    """
    SELECT p.id, count(t.id) AS topics FROM posthub.content p
    LEFT JOIN posthub.content t ON t.organization_id = p.organization_id AND t.persona_id = p.id
        AND t.month = :month AND t.kind = 'topic' AND t.status NOT IN ('rejected', 'archived')
    WHERE p.organization_id = :organization_id AND p.company_id = :company_id AND p.month IS NULL
        AND p.kind = 'persona' AND p.status IN ('approved', 'scheduled', 'delivered')
    GROUP BY p.id ORDER BY 2, p.id LIMIT 1
    """
)


async def _in_month(
    connection: AsyncConnection,
    company: CompanyRow,
    given: ByHand,
    body: TopicBody,
    persona_id: UUID | None,
) -> _Spot:
    """Take a place of an opened month that is free; without a persona, the least busy one's."""
    month = given.month or body.planned_on.replace(day=1)
    if body.planned_on.replace(day=1) != month:
        raise InvalidInput(
            f"The day {body.planned_on} is not in {month_name(month)}.", field="body.planned_on"
        )
    values = {
        "organization_id": company.organization_id,
        "company_id": company.id,
        "month": month,
    }
    opened = await months.opened_months(connection, company.organization_id, company.id)
    if month not in [one.month for one in opened]:
        raise Conflict(
            f"{month_name(month)} is not open. Open it first: POST "
            f"/v1/companies/{company.id}/months."
        )
    if not await months.lock_room(connection, company.organization_id, company.id, month):
        raise Conflict(f"{month_name(month)} is full. Reject or archive a topic first.")
    if persona_id is None:
        persona_id = (await connection.execute(_WRITERS, values)).scalar()
    if persona_id is None:
        raise Conflict("Nobody writes for this company yet. Choose its personas first.")
    return _Spot(month=month, persona_id=persona_id)


async def _persona(
    connection: AsyncConnection, company: CompanyRow, persona_id: UUID | None
) -> UUID | None:
    if persona_id is None:
        return None
    found = await connection.execute(
        text(
            "SELECT id FROM posthub.content WHERE id = :id AND kind = 'persona'"
            " AND organization_id = :organization_id AND company_id = :company_id"
            " AND status IN ('approved', 'scheduled', 'delivered')"
        ),
        {
            "id": persona_id,
            "organization_id": company.organization_id,
            "company_id": company.id,
        },
    )
    if found.first() is None:
        raise InvalidInput("The company has no such active persona.", field="persona_id")
    return persona_id


_INSERT = text(
    """
    INSERT INTO posthub.content (id, organization_id, company_id, month, kind, language, parent_id,
        persona_id, place, status, current_version, title, scheduled_at)
    VALUES (:id, :organization_id, :company_id, :month, :kind, :language, :parent_id, :persona_id,
        :place, 'draft', :current_version, :title, :scheduled_at)
    """
)


async def _insert(connection: AsyncConnection, values: dict[str, Any], kind: Kind) -> None:
    try:
        async with connection.begin_nested():
            await connection.execute(_INSERT, values)
    except IntegrityError as error:
        if "uq_content_place" not in str(error):
            raise
        raise Conflict(
            f"There is a {KIND_NAMES[kind]} at this place already. Edit it, or reject or archive "
            "it first."
        ) from error


async def _leave_trace(
    connection: AsyncConnection,
    company: CompanyRow,
    item_id: UUID,
    facts: dict[str, Any],
    *,
    actor: Actor,
    origin: Origin,
) -> None:
    await audit.record(
        connection,
        organization_id=company.organization_id,
        actor_id=actor.user_id,
        action="content.create",
        subject_kind="content",
        subject_id=item_id,
        after={**facts, "status": Status.DRAFT.value},
        origin=origin,
    )
    await audit.tell(
        connection,
        organization_id=company.organization_id,
        topic="content.created",
        payload={"content_id": str(item_id), "company_id": str(company.id), **facts},
    )

"""Choosing the personas that write for a company.

The caller owns the transaction. What does not belong here: making personas (`assets/`), decisions
about single items (`decisions.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.content import Action, Kind, Status, Step, next_status
from posthub_assets.domain.errors import InvalidInput, NotFound
from posthub_assets.domain.flow import work_for_month
from posthub_assets.domain.people import Actor
from posthub_assets.domain.tiers import ALLOWANCES, Tier
from resources.database.repositories import audit, jobs, months
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.decisions import refuse_approval, sign
from resources.database.repositories.identity import write_in
from resources.database.repositories.items import HeldItem, hold, refuse_stale, set_status


@dataclass(frozen=True, slots=True)
class Choice:
    """A persona, in the version that was read."""

    content_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class ActivePersonas:
    """Who writes now, and the months that began or go on with it."""

    active: tuple[UUID, ...]
    archived: tuple[UUID, ...]
    months: tuple[date, ...]
    job_ids: tuple[UUID, ...]


_COMPANY = text(
    "SELECT id, organization_id, tier FROM posthub.company WHERE id = :id AND deleted_at IS NULL"
)
_LOCK_ALL = text(
    """
    SELECT id, status FROM posthub.content
    WHERE organization_id = :organization_id AND company_id = :id AND month IS NULL
        AND kind = 'persona' ORDER BY id FOR UPDATE
    """
)
_LIVING = ("draft", "in_review", "changes_requested", "approved", "scheduled")


async def set_active(
    connection: AsyncConnection,
    *,
    actor: Actor,
    company_id: UUID,
    choices: Sequence[Choice],
    today: date,
    origin: Origin = NOWHERE,
) -> ActivePersonas:
    """Choose exactly as many personas as the tier has; record an approval each, archive the rest.

    Where no month is open yet, the current one is opened, with a quota for the working days left.
    Months that are open already get their topics. `today` is the date in the company's zone.
    Raises NotFound, InvalidInput that says how many, StaleVersion, IllegalTransition, OwnVersion.
    """
    found = (await connection.execute(_COMPANY, {"id": company_id})).first()
    if found is None or actor.role_in(found.organization_id) is None:
        raise NotFound("There is no such company.")
    await write_in(connection, found.organization_id)
    _refuse_count(Tier(found.tier), choices)
    known = {
        row.id: row.status for row in await connection.execute(_LOCK_ALL, dict(found._mapping))
    }
    chosen = [await _approve(connection, actor, choice, known, origin) for choice in choices]
    archived = await _archive_rest(connection, actor, choices, known, origin)
    active = tuple(choice.content_id for choice in choices)
    if not any(chosen) and not archived:
        return ActivePersonas(active, (), (), ())
    opened, job_ids = await _go_on(
        connection, found.organization_id, company_id, actor=actor, today=today, origin=origin
    )
    return ActivePersonas(active, archived, opened, job_ids)


def _refuse_count(tier: Tier, choices: Sequence[Choice]) -> None:
    wanted = ALLOWANCES[tier].personas_active
    if len({choice.content_id for choice in choices}) != len(choices):
        raise InvalidInput("A persona is named twice.", field="personas")
    if len(choices) != wanted:
        raise InvalidInput(
            f"{tier.value} has {wanted} active personas; {len(choices)} were named.",
            field="personas",
        )


async def _approve(
    connection: AsyncConnection,
    actor: Actor,
    choice: Choice,
    known: dict[UUID, str],
    origin: Origin,
) -> bool:
    """Record the approval of a chosen persona; False where that version is active already."""
    if choice.content_id not in known:
        raise NotFound(f"There is no persona {choice.content_id} in this company.")
    item = await hold(connection, actor=actor, content_id=choice.content_id)
    refuse_stale(item, choice.version)
    if item.status is Status.APPROVED:
        return False
    if item.status is Status.ARCHIVED:
        item = replace(item, status=next_status(item.status, Step.RESTORE))
    status = next_status(item.status, Step.APPROVE)
    refuse_approval(item, actor)
    await sign(connection, item, actor=actor, action=Action.APPROVE, status=status, origin=origin)
    return True


async def _archive_rest(
    connection: AsyncConnection,
    actor: Actor,
    choices: Sequence[Choice],
    known: dict[UUID, str],
    origin: Origin,
) -> tuple[UUID, ...]:
    chosen = {choice.content_id for choice in choices}
    rest = [id_ for id_, status in known.items() if id_ not in chosen and status in _LIVING]
    for id_ in rest:
        item: HeldItem = await hold(connection, actor=actor, content_id=id_)
        await set_status(connection, item, next_status(item.status, Step.ARCHIVE))
        await audit.record(
            connection,
            organization_id=item.organization_id,
            actor_id=actor.user_id,
            action="content.archive",
            subject_kind="content",
            subject_id=item.id,
            before={"status": item.status.value},
            after={"status": Status.ARCHIVED.value, "kind": Kind.PERSONA.value},
            origin=origin,
        )
    return tuple(rest)


async def _go_on(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID,
    *,
    actor: Actor,
    today: date,
    origin: Origin,
) -> tuple[tuple[date, ...], tuple[UUID, ...]]:
    """Open the current month where none is open; ask for the topics of those that are."""
    current = today.replace(day=1)
    opened = await months.opened_months(connection, organization_id, company_id)
    if not opened:
        try:
            row = await months.open_month(
                connection,
                organization_id,
                company_id,
                current,
                opened_by="personas",
                today=today,
                actor_id=actor.user_id,
                origin=origin,
            )
        except InvalidInput:
            return (), ()  # no working day is left this month; the schedule opens the next
        opened = [row]
    waiting = [row.month for row in opened if row.month >= current]
    job_ids: list[UUID] = []
    for month in waiting:
        job_ids += await _ask_for_topics(connection, organization_id, company_id, month, actor)
    return tuple(waiting), tuple(job_ids)


async def _ask_for_topics(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID, month: date, actor: Actor
) -> list[UUID]:
    """Ask for a month's topics; once more where they were asked for before there was a choice."""
    request = work_for_month(month)
    for wanted in (request, replace(request, again=True)):
        ids = await jobs.ask_for(
            connection,
            organization_id=organization_id,
            company_id=company_id,
            requests=[wanted],
            requested_by=actor.user_id,
        )
        if ids:
            break
    return ids

"""A person's word over an item: approve, reject, request changes.

An approval is a signature over bytes: it names the version that was read, and keeps its hash. The
decision, the status, the jobs that follow, the audit row and the outbox row are one transaction,
which the caller owns. Who decides by a link has no account: the decision names the link instead.
What does not belong here: which work follows (`domain/flow.py`), choosing personas
(`personas.py`), edits (`edits.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.change_requests import known_codes
from posthub_assets.domain.content import MAX_ROUNDS, Action, Kind, Status, Step, next_status
from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound, OwnVersion
from posthub_assets.domain.flow import JobRequest, work_after_approval, work_after_change_request
from posthub_assets.domain.people import Actor, Role
from resources.database.hot import HotStatement
from resources.database.repositories import jobs
from resources.database.repositories.audit import NOWHERE, Origin
from resources.database.repositories.items import NOT_THERE, HeldItem, hold, refuse_stale
from resources.database.repositories.marking import placed_in
from resources.ids import new_id

MAX_REASON_CHARS = 5_000
MAX_SPANS = 100

# A decision and all that is written with it, in one trip.
_SIGN = HotStatement(
    """
    WITH decided AS (
        INSERT INTO posthub.decision (id, organization_id, content_id, version_id, version_number,
            sha256, action, reason_codes, reason, spans, decided_by, link_id)
        VALUES (:id, :organization_id, :content_id, :version_id, :version, :sha256, :action,
            :reason_codes, :reason, :spans, :decided_by, CAST(:link_id AS uuid))),
    origin AS (
        INSERT INTO posthub.decision_origin (decision_id, organization_id, ip, user_agent)
        VALUES (:id, :organization_id, :ip, :user_agent)),
    moved AS (
        UPDATE posthub.content SET status = :status, round = :round, review_since = NULL,
            updated_at = now()
        WHERE id = :content_id AND organization_id = :organization_id RETURNING id),
    audited AS (
        INSERT INTO posthub.audit (id, organization_id, actor_id, actor_kind, action, subject_kind,
            subject_id, before, after, ip, request_id)
        VALUES (:audit_id, :organization_id, :decided_by,
            CASE WHEN CAST(:link_id AS uuid) IS NULL THEN 'person' ELSE 'link' END,
            'content.' || CAST(:action AS text), 'content', CAST(:content_id AS text),
            jsonb_build_object('status', CAST(:status_before AS text)),
            jsonb_strip_nulls(jsonb_build_object('status', CAST(:status AS text),
                'version', CAST(:version AS int), 'sha256', CAST(:sha256 AS text),
                'link_id', CAST(:link_id AS text))),
            :ip, :request_id)),
    told AS (
        INSERT INTO posthub.outbox (id, organization_id, topic, payload)
        VALUES (:outbox_id, :organization_id, 'content.' || CAST(:status AS text),
            jsonb_build_object('decision_id', CAST(:id AS text), 'content_id',
                CAST(:content_id AS text), 'company_id', CAST(:company_id AS text),
                'kind', CAST(:kind AS text), 'version', CAST(:version AS int),
                'sha256', CAST(:sha256 AS text)))),
    """  # noqa: S608 - fixed texts
    + jobs.ASKED
    + jobs.ASKED_IDS
    # Nothing is moved where the company was deleted while the lock was waited for.
    + " UNION ALL SELECT id FROM moved"
)

_ARCHIVE_SIBLINGS = text(
    """
    UPDATE posthub.content SET status = 'archived', review_since = NULL, updated_at = now()
    WHERE organization_id = :organization_id AND parent_id = :parent_id AND kind = 'image'
        AND id <> :id AND status NOT IN ('rejected', 'archived', 'delivered')
    """
)

_STEPS = {
    Action.APPROVE: Step.APPROVE,
    Action.REJECT: Step.REJECT,
    Action.REQUEST_CHANGES: Step.REQUEST_CHANGES,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: codes from a list, free words, and spans of the text they are about."""

    codes: tuple[str, ...] = ()
    text: str = ""
    spans: tuple[dict[str, Any], ...] = ()


NO_REASON = Reason()


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What was decided, over which bytes, and what follows."""

    decision_id: UUID
    content_id: UUID
    action: Action
    version: int
    sha256: str
    status: Status
    job_ids: tuple[UUID, ...]
    message: str


async def decide(
    connection: AsyncConnection,
    *,
    actor: Actor,
    content_id: UUID,
    action: Action,
    version: int,
    reason_codes: Sequence[str] = (),
    reason: str = "",
    spans: Sequence[dict[str, Any]] = (),
    ip: str | None = None,
    user_agent: str | None = None,
    request_id: str | None = None,
    link_id: UUID | None = None,
) -> DecisionResult:
    """Decide about the version that was read. Of many at once one wins.

    With `link_id` whoever holds that link decides, in the right of `actor`.

    Raises NotFound (also for another organisation's item), StaleVersion, IllegalTransition where
    it is not in review, OwnVersion under four eyes, Conflict, InvalidInput.
    """
    why = Reason(known_codes(reason_codes), reason.strip(), tuple(spans))
    _refuse_reason(action, why)
    item = await hold(connection, actor=actor, content_id=content_id)
    refuse_stale(item, version)
    status = _status_after(item, action)
    if why.spans:
        marked = await placed_in(connection, item.version_id, item.kind, why.spans)
        why = replace(why, spans=marked)
    if action is Action.APPROVE:
        refuse_approval(item, actor)
    origin = Origin(ip, user_agent, request_id)
    decision_id, job_ids = await sign(
        connection,
        item,
        actor=actor,
        action=action,
        status=status,
        why=why,
        origin=origin,
        requests=_work(item, action),
        link_id=link_id,
    )
    if action is Action.APPROVE and item.kind is Kind.IMAGE and item.parent_id:
        await _archive_siblings(connection, item)
    return DecisionResult(
        decision_id=decision_id,
        content_id=item.id,
        action=action,
        version=item.version,
        sha256=item.sha256,
        status=status,
        job_ids=job_ids,
        message=_message(item, action),
    )


def _refuse_reason(action: Action, why: Reason) -> None:
    if action is Action.REQUEST_CHANGES and not (why.text or why.codes):
        raise InvalidInput(
            "Say what should change: give a reason or a reason code.", field="reason"
        )
    if len(why.text) > MAX_REASON_CHARS:
        raise InvalidInput(
            f"The reason has {len(why.text)} characters; the limit is {MAX_REASON_CHARS}.",
            field="reason",
        )
    if len(why.spans) > MAX_SPANS or len(why.codes) > MAX_SPANS:
        raise InvalidInput(f"At most {MAX_SPANS} spans and codes in a decision.", field="spans")


def refuse_approval(item: HeldItem, actor: Actor) -> None:
    """Refuse what may not be approved by this person, or at all. Raises OwnVersion, Conflict."""
    if item.erased:
        raise Conflict("This version was erased; there is nothing left to approve.")
    own = item.author_id is not None and item.author_id == actor.user_id
    if own and item.four_eyes and item.role is Role.SUPERVISOR:
        raise OwnVersion(
            "You wrote this version, and your organisation wants a second pair of eyes. "
            "Ask a colleague or your marketer to approve it."
        )


def _status_after(item: HeldItem, action: Action) -> Status:
    if action is Action.APPROVE and item.kind is Kind.PERSONA:
        raise Conflict(
            "Personas are chosen together. Name the ones to keep with PUT "
            f"/v1/companies/{item.company_id}/personas/active."
        )
    status = next_status(item.status, _STEPS[action])
    if status is Status.APPROVED and item.scheduled_at is not None:
        return next_status(status, Step.SCHEDULE)
    return status


def _work(item: HeldItem, action: Action) -> tuple[JobRequest, ...]:
    if action is Action.APPROVE:
        return work_after_approval(item.for_flow())
    if action is Action.REQUEST_CHANGES:
        return work_after_change_request(item.for_flow())
    return ()


def _message(item: HeldItem, action: Action) -> str:
    if action is Action.REQUEST_CHANGES and item.round >= MAX_ROUNDS:
        return (
            f"This item had its {MAX_ROUNDS} rounds of changes by machine. "
            "A person writes the next version."
        )
    return ""


async def sign(
    connection: AsyncConnection,
    item: HeldItem,
    *,
    actor: Actor,
    action: Action,
    status: Status,
    why: Reason = NO_REASON,
    origin: Origin = NOWHERE,
    requests: Sequence[JobRequest] = (),
    link_id: UUID | None = None,
) -> tuple[UUID, tuple[UUID, ...]]:
    """Write a decision about the current version, where it came from, the item's new status (a
    change request begins a round), its rows in the audit trail and the outbox, and the work that
    follows; give its id and those of the jobs.

    Raises NotFound where the item's company was deleted meanwhile.
    """
    id_ = new_id()
    signer = None if link_id else actor.user_id
    values = {
        "id": id_,
        "audit_id": new_id(),
        "outbox_id": new_id(),
        "organization_id": item.organization_id,
        "company_id": item.company_id,
        "content_id": item.id,
        "kind": item.kind.value,
        "version_id": item.version_id,
        "version": item.version,
        "sha256": item.sha256,
        "action": action.value,
        "status_before": item.status.value,
        "status": status.value,
        "round": item.round + (action is Action.REQUEST_CHANGES),
        "reason_codes": list(why.codes),
        "reason": why.text,
        "spans": list(why.spans),
        "decided_by": signer,
        "link_id": link_id,
        "ip": origin.ip,
        "user_agent": (origin.user_agent or "")[:400] or None,
        "request_id": origin.request_id,
        "requested_by": signer,
        "requests": jobs.asked_for(requests),
    }
    written = [row["id"] for row in await _SIGN.rows(connection, values)]
    if item.id not in written:
        raise NotFound(NOT_THERE)
    return id_, tuple(one for one in written if one != item.id)


async def _archive_siblings(connection: AsyncConnection, item: HeldItem) -> None:
    values = {
        "organization_id": item.organization_id,
        "parent_id": item.parent_id,
        "id": item.id,
    }
    await connection.execute(_ARCHIVE_SIBLINGS, values)

"""Decisions: approve, reject, request changes; one, or up to a hundred with one answer each.

Each decision names the version that was read. Each is a transaction of its own.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.idempotency import REPLAYED, keep, kept, key_of, once, rendered
from api.metrics import count_decision
from api.problems import problem, status_of
from api.services import Acting, SignedInRoute, acting
from api.shapes import Input, Output
from posthub_assets.domain.change_requests import ReasonCode
from posthub_assets.domain.content import Action
from posthub_assets.domain.errors import NotSignedIn, OutOfScope, PostHubError
from resources.database.repositories import decisions
from resources.database.repositories.decisions import MAX_REASON_CHARS, MAX_SPANS

router = APIRouter(prefix="/v1", tags=["decisions"], route_class=SignedInRoute)
MAX_DECISIONS = 100


class Span(Input):
    """A part of the text that the decision is about, in characters; or its words alone."""

    start: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    end: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    quote: Annotated[str, Field(max_length=2000)] = ""
    comment: Annotated[str, Field(max_length=2000)] = ""


class Word(Input):
    """A person's word over the version that they read."""

    version: Annotated[int, Field(ge=1, le=2_000_000_000)]
    reason: Annotated[str, Field(max_length=MAX_REASON_CHARS)] = ""
    reason_codes: Annotated[
        list[ReasonCode], Field(max_length=len(ReasonCode), default_factory=list)
    ]
    spans: Annotated[list[Span], Field(max_length=MAX_SPANS, default_factory=list)]


class Decision(Word):
    """A decision about one item of many."""

    content_id: UUID
    action: Action


class Decisions(Input):
    """Many decisions at once."""

    decisions: Annotated[list[Decision], Field(min_length=1, max_length=MAX_DECISIONS)]


class Decided(Output):
    """What was decided over which bytes, and the jobs that follow from it."""

    decision_id: UUID
    content_id: UUID
    action: str
    version: int
    sha256: str
    status: str
    job_ids: list[UUID]
    message: str


class Outcome(Output):
    """The answer to one of many: a decision, or a problem document."""

    content_id: UUID
    status: int
    decision: Decided | None = None
    problem: dict[str, Any] | None = None


class Outcomes(Output):
    """One answer each, in the order of the request."""

    results: list[Outcome]


async def _decide(act: Acting, content_id: UUID, action: Action, word: Word) -> Decided:
    result = await decisions.decide(
        act.connection,
        actor=act.actor,
        content_id=content_id,
        action=action,
        version=word.version,
        reason_codes=word.reason_codes,
        reason=word.reason,
        spans=[span.model_dump() for span in word.spans],
        ip=act.origin.ip,
        user_agent=act.origin.user_agent,
        request_id=act.origin.request_id,
    )
    return Decided.model_validate(result)


async def _one(request: Request, content_id: UUID, action: Action, word: Word) -> Response:
    async with acting(request) as act:

        async def work() -> Decided:
            return await _decide(act, content_id, action, word)

        response = await once(request, act, 200, work)
    if REPLAYED not in response.headers:
        count_decision(action.value)
    return response


@router.post("/contents/{content_id}/approve", response_model=Decided)
async def approve(request: Request, content_id: UUID, body: Word) -> Response:
    """Approve the version that was read: a signature over its bytes."""
    return await _one(request, content_id, Action.APPROVE, body)


@router.post("/contents/{content_id}/reject", response_model=Decided)
async def reject(request: Request, content_id: UUID, body: Word) -> Response:
    """Reject the item; its place in the quota is free again."""
    return await _one(request, content_id, Action.REJECT, body)


@router.post("/contents/{content_id}/request-changes", response_model=Decided)
async def request_changes(request: Request, content_id: UUID, body: Word) -> Response:
    """Ask for changes, and say which. After three rounds a person writes."""
    return await _one(request, content_id, Action.REQUEST_CHANGES, body)


@router.post("/decisions", response_model=Outcomes)
async def decide_many(request: Request, body: Decisions) -> Response:
    """Decide about many items: one answer each, and one transaction each."""
    key = key_of(request)
    if key is not None:
        async with acting(request) as act:
            replay = await kept(request, act, key)
        if replay is not None:
            return replay
    results = [await _outcome(request, one) for one in body.decisions]
    response = rendered(Outcomes(results=results), 200)
    if key is not None:
        async with acting(request) as act:
            await keep(act, key, response)
    return response


async def _outcome(request: Request, one: Decision) -> Outcome:
    try:
        async with acting(request) as act:
            decided = await _decide(act, one.content_id, one.action, one)
    except (NotSignedIn, OutOfScope):  # of the whole request, not of this item
        raise
    except PostHubError as error:
        return Outcome(content_id=one.content_id, status=status_of(error), problem=problem(error))
    count_decision(one.action.value)
    return Outcome(content_id=one.content_id, status=200, decision=decided)

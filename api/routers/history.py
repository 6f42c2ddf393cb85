"""An item's history: what changed between versions, who decided what, comments, lineage."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import anyio.to_thread
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.idempotency import once
from api.routers.contents import Number
from api.services import acting, origin_of, signed_in
from api.shapes import Input, Output, Page, Pages
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import Conflict
from posthub_assets.domain.text.changes import body_changes
from resources.database.repositories import audit, contents, history, marking

router = APIRouter(prefix="/v1/contents", tags=["contents"], dependencies=[Depends(signed_in)])
MAX_COMMENT_CHARS = 5000


class SegmentOut(Output):
    """A piece of text that both versions have, or only the newer, or only the older one."""

    op: Literal["equal", "insert", "delete"]
    text: str


class FieldChangeOut(Output):
    """How a field changed. Its segments join to both texts to the byte."""

    field: str
    segments: list[SegmentOut]


class Diff(Output):
    """The fields whose text differs between two versions."""

    from_version: int
    to_version: int
    fields: list[FieldChangeOut]


class DecisionOut(Output):
    """A person's word over a version and its hash. By link: `link_id`, and whom it was made for."""

    id: UUID
    action: str
    version_number: int
    sha256: str
    reason_codes: list[str]
    reason: str
    spans: list[dict[str, Any]]
    decided_by: UUID | None
    link_id: UUID | None
    name: str | None
    decided_at: datetime


class DecisionList(Output):
    """What was decided, the newest first."""

    items: list[DecisionOut]


class MarkedOut(Output):
    """Words that were marked. `is_gone`: the version does not say them any more."""

    quote: str
    comment: str
    is_gone: bool


class Asked(Output):
    """The change request that a version answers."""

    decision_id: UUID
    version: int
    reason: str
    reason_codes: list[str]
    asked_at: datetime
    marked: list[MarkedOut]


class RequestedChanges(Output):
    """What was asked of a version; `asked` is null where nobody asked for it."""

    version: int
    asked: Asked | None


class CommentSpan(Input):
    """The part of the text that a comment is about, in characters; or its words alone."""

    start: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    end: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    quote: Annotated[str, Field(max_length=2000)] = ""


class NewComment(Input):
    """What you say about the version that you read."""

    version: Number
    text: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT_CHARS)]
    span: CommentSpan | None = None


class CommentOut(Output):
    """A comment."""

    id: UUID
    content_id: UUID
    version_number: int
    author_id: UUID
    author: str | None
    text: str
    span: dict[str, Any] | None
    created_at: datetime


class Relative(Output):
    """Something this item was made from (`distance` below 0), or that was made from it (above)."""

    content_id: UUID
    kind: str
    title: str
    status: str
    version: int
    current_version: int
    generation_id: UUID | None
    distance: int
    is_stale: bool


class Lineage(Output):
    """Where an item comes from and what became of it."""

    content_id: UUID
    version: int
    items: list[Relative]


@router.get("/{content_id}/versions/{number}/diff/{other}", responses={409: {}})
async def diff_versions(request: Request, content_id: UUID, number: Number, other: Number) -> Diff:
    """Compare two versions word by word: from `number` to `other`."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        old = await contents.version(act.connection, item, number)
        new = await contents.version(act.connection, item, other)
    if old.body is None or new.body is None:
        raise Conflict("One of these versions was erased; there is nothing to compare.")
    # Long texts take a while, during which others are to be answered.
    found = await anyio.to_thread.run_sync(body_changes, old.body, new.body)
    fields = [FieldChangeOut.model_validate(one) for one in found]
    return Diff(from_version=number, to_version=other, fields=fields)


@router.get("/{content_id}/versions/{number}/requested-changes")
async def get_requested_changes(
    request: Request, content_id: UUID, number: Number
) -> RequestedChanges:
    """Read the change request that a version answers, and which of the marked words are gone."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        version = await contents.version(act.connection, item, number)
        found = await marking.asked_before(
            act.connection, item.organization_id, item.id, version.number
        )
    return RequestedChanges(version=number, asked=Asked.model_validate(found) if found else None)


@router.get("/{content_id}/decisions")
async def list_decisions(request: Request, content_id: UUID) -> DecisionList:
    """List what was decided about an item."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        rows = await history.decisions_about(act.connection, item)
    return DecisionList(items=[DecisionOut.model_validate(row) for row in rows])


@router.get("/{content_id}/lineage")
async def get_lineage(request: Request, content_id: UUID) -> Lineage:
    """Say what the current version was made from, and what was made from the item."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        rows = await history.lineage(act.connection, item)
    return Lineage(
        content_id=item.id,
        version=item.version,
        items=[Relative.model_validate(row) for row in rows],
    )


@router.get("/{content_id}/comments")
async def list_comments(request: Request, paging: Pages, content_id: UUID) -> Page[CommentOut]:
    """List what was said about an item, the oldest first."""
    after = paging.after(UUID)
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        rows = await history.comments_on(
            act.connection, item, after=after[0] if after else None, limit=paging.limit + 1
        )
    shown, cursor = paging.page(rows, "id")
    return Page(items=[CommentOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.post("/{content_id}/comments", status_code=201, response_model=CommentOut)
async def add_comment(request: Request, content_id: UUID, body: NewComment) -> Response:
    """Say something about a version. It changes nothing else."""
    async with acting(request) as act:
        item = await contents.row(act.connection, content_id)
        await act.write_in(item.organization_id)
        read = await contents.version(act.connection, item, body.version)

        async def work() -> CommentOut:
            span = body.span.model_dump() if body.span else None
            if span is not None:
                kind = Kind(item.kind)
                span = await marking.placed_one(act.connection, read.id, kind, span)
            row = await history.add_comment(
                act.connection,
                item,
                version=body.version,
                author_id=act.person.id,
                author=act.person.name,
                said=body.text,
                span=span,
            )
            await audit.record(
                act.connection,
                organization_id=item.organization_id,
                actor_id=act.person.id,
                action="content.comment",
                subject_kind="content",
                subject_id=item.id,
                after={"comment_id": str(row.id), "version": body.version},
                origin=origin_of(request),
            )
            return CommentOut.model_validate(row)

        return await once(request, act, 201, work)

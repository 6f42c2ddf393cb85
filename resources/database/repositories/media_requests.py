"""What is asked of the media assistant: a request and the job that works it off, in one go.

The caller owns the transaction, in which the organisation is the writable one.
What does not belong here: the pictures that come of it (`media_assets.py`), limits.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.flow import JobRequest, Priority
from posthub_assets.domain.media.library import ASSET_FOR, MediaOrder, Mode, RequestKind
from posthub_assets.domain.work import Job
from resources.database.repositories import jobs

_INSERT = text(
    """
    INSERT INTO posthub.media_request (id, organization_id, company_id, month, show_id, kind, mode,
        wish, source_asset_id, source_sha256, content_id, key_source, follows_id, requested_by)
    VALUES (:id, :organization_id, :company_id, :month, :show_id, :kind, :mode, :wish,
        :source_asset_id, :source_sha256, :content_id, :key_source, :follows_id, :requested_by)
    """
).bindparams(bindparam("wish", type_=JSONB))
_ONE = text(
    """
    SELECT id, organization_id, company_id, month, kind, mode, wish, show_id, source_asset_id,
        source_sha256, content_id, key_source, follows_id, requested_by
    FROM posthub.media_request WHERE id = :id
    """
)


async def ask(
    connection: AsyncConnection, order: MediaOrder, *, priority: int = Priority.PERSON_WAITS
) -> UUID:
    """Write down a request with its job; give the job's id. The request's id is the caller's."""
    values: dict[str, Any] = asdict(order)
    values.update(kind=order.kind.value, mode=order.mode.value, wish=dict(order.wish))
    await connection.execute(_INSERT, values)
    (job_id,) = await jobs.ask_for(
        connection,
        organization_id=order.organization_id,
        company_id=order.company_id,
        requests=[
            JobRequest(
                verb="create",
                asset=ASSET_FOR[order.kind],
                month=order.month,
                content_id=_made_item(order),
                media_request_id=str(order.id),
                priority=priority,
            )
        ],
        requested_by=order.requested_by,
    )
    return job_id


def _made_item(order: MediaOrder) -> str | None:
    """Give the item that the job makes; one that a picture is taken from is left alone by it."""
    makes_it = order.content_id is not None and order.kind is RequestKind.PALETTE
    return str(order.content_id) if makes_it else None


_NOTE_ON_REQUEST = text(
    "UPDATE posthub.media_request SET content_id = :content_id"
    " WHERE id = :request_id AND organization_id = :organization_id"
)
_NOTE_ON_JOB = text(
    "UPDATE posthub.job SET content_id = :content_id"
    " WHERE id = :job_id AND organization_id = :organization_id"
)


async def note_item(connection: AsyncConnection, job: Job, content_id: UUID) -> None:
    """Let a request and its job name the item that they came to, for whoever reads the job."""
    values = {
        "content_id": content_id,
        "request_id": job.media_request_id,
        "job_id": job.id,
        "organization_id": job.organization_id,
    }
    await connection.execute(_NOTE_ON_REQUEST, values)
    await connection.execute(_NOTE_ON_JOB, values)


async def of_job(connection: AsyncConnection, job: Job) -> MediaOrder:
    """Read the request that a job works off. Raises NotFound, also where it names none."""
    if job.media_request_id is None:
        raise NotFound("The work names no request of the media assistant.")
    return await get(connection, job.media_request_id)


async def get(connection: AsyncConnection, request_id: UUID) -> MediaOrder:
    """Read a request. Raises NotFound, also for another organisation's."""
    row = (await connection.execute(_ONE, {"id": request_id})).first()
    if row is None:
        raise NotFound("There is no such request of the media assistant.")
    values = dict(row._mapping)
    kind, mode = RequestKind(values.pop("kind")), Mode(values.pop("mode"))
    return MediaOrder(kind=kind, mode=mode, **values)

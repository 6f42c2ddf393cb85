"""A job's progress as server-sent events, for a page or a script that waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response, StreamingResponse

from api.job_streams import ENDS, JobStreams, state_id
from api.routers.jobs import JobOut
from api.services import acting, services_of, signed_in
from resources.database.repositories import job_views
from resources.database.repositories.job_views import JobRow

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=[Depends(signed_in)])
COMMENT_EVERY_S = 15.0
"""Proxies close what is silent for a minute or less."""
COMES_BACK_AFTER_MS = 2000


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A stream of events; the data of each is a job, as JSON.",
            "content": {"text/event-stream": {}},
        },
        204: {"description": "The job is done, and you have seen its last event."},
        409: {},
    },
)
async def job_events(
    request: Request,
    job_id: UUID,
    last_event_id: Annotated[str, Header(max_length=100)] = "",
) -> Response:
    """Follow a job: an event for each change of its state, the last one named `done`.

    Each event's data is the job as `GET /v1/jobs/{id}` gives it. With `Last-Event-ID` the stream
    goes on from there; 204 says that nothing is to come.
    """
    async with acting(request) as act:
        job = await job_views.get(act.connection, job_id)
    if job.status in ENDS and state_id(job) == last_event_id:
        return Response(status_code=204)
    streams = services_of(request).streams
    streams.refuse_crowd()
    return StreamingResponse(
        _events(streams, job, last_event_id),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _events(streams: JobStreams, job: JobRow, seen: str) -> AsyncIterator[str]:
    yield f"retry: {COMES_BACK_AFTER_MS}\n\n"
    if state_id(job) != seen:
        seen = state_id(job)
        yield _event(job)
    if job.status in ENDS:
        return
    async for state in streams.states(job.id, seen, COMMENT_EVERY_S):
        yield ": still here\n\n" if state is None else _event(state)


def _event(job: JobRow) -> str:
    name = "done" if job.status in ENDS else "progress"
    data = JobOut.model_validate(job).model_dump_json()
    return f"id: {state_id(job)}\nevent: {name}\ndata: {data}\n\n"

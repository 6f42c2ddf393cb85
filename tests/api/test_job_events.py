"""A job followed live: over a real server on loopback, with connections that break."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from api import job_streams
from posthub_assets.domain.flow import JobRequest
from resources.database.engine import Scope
from resources.database.repositories import jobs
from resources.ids import new_id
from resources.processes.readiness import free_port

HOST = "127.0.0.1"


@asynccontextmanager
async def serving(app) -> AsyncIterator[str]:
    """Serve a started application on loopback."""
    config = uvicorn.Config(app, host=HOST, port=free_port(HOST), lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://{HOST}:{config.port}"
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def server(app) -> AsyncIterator[str]:
    async with serving(app) as url:
        yield url


async def a_job(seed, owner_database):
    company = await seed.company()
    person = await seed.person(company.organization_id)
    async with owner_database.transaction(Scope.of(company.organization_id)) as connection:
        (job_id,) = await jobs.ask_for(
            connection,
            organization_id=company.organization_id,
            company_id=company.id,
            requests=[JobRequest(verb="create", asset=f"asset_{new_id().hex}")],
        )
    return job_id, person


async def change(owner_database, job_id, assignment: str) -> None:
    async with owner_database.engine.begin() as connection:
        statement = f"UPDATE posthub.job SET {assignment} WHERE id = :id"  # noqa: S608
        await connection.execute(text(statement), {"id": job_id})


async def events(client, job_id, last: str = "") -> AsyncIterator[dict[str, str]]:
    headers = {"Last-Event-ID": last} if last else {}
    async with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
        if answer.status_code != 200:
            return
        assert answer.headers["content-type"].startswith("text/event-stream")
        event: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if not line and "id" in event:
                yield event
                event = {}
            name, _, value = line.partition(": ")
            event[name] = value


def client_of(app, server, person) -> httpx.AsyncClient:
    token = app.state.services.tokens.issue(person.id)
    return httpx.AsyncClient(
        base_url=server, headers={"authorization": f"Bearer {token}"}, timeout=10
    )


async def test_every_change_is_told_and_the_end_ends_the_stream(app, server, seed, owner_database):
    job_id, person = await a_job(seed, owner_database)
    told = []
    async with client_of(app, server, person) as client:
        async for event in events(client, job_id):
            job = json.loads(event["data"])
            told.append((event["event"], job["status"], job["progress"]))
            if len(told) == 1:
                await change(
                    owner_database, job_id, "status = 'running', progress = 40, step = 'drafting'"
                )
            elif len(told) == 2:
                await change(owner_database, job_id, "status = 'completed', progress = 100")
    assert told == [
        ("progress", "pending", 0),
        ("progress", "running", 40),
        ("done", "completed", 100),
    ]


async def test_who_comes_back_gets_what_is_new_and_nothing_twice(app, server, seed, owner_database):
    job_id, person = await a_job(seed, owner_database)
    async with client_of(app, server, person) as client:
        async for event in events(client, job_id):
            last = event["id"]
            break  # the connection breaks after the first event
        await change(owner_database, job_id, "status = 'running', progress = 10")
        await change(owner_database, job_id, "status = 'failed', progress = 60, error = 'No.'")
        again = [event async for event in events(client, job_id, last)]
        assert [json.loads(one["data"])["status"] for one in again] == ["failed"]
        path = f"/v1/jobs/{job_id}/events"
        done = await client.get(path, headers={"Last-Event-ID": again[-1]["id"]})
        assert done.status_code == 204


async def test_a_strangers_job_is_not_there(app, server, seed, owner_database):
    job_id, _ = await a_job(seed, owner_database)
    _, stranger = await a_job(seed, owner_database)
    async with client_of(app, server, stranger) as client:
        answer = await client.get(f"/v1/jobs/{job_id}/events")
    assert answer.status_code == 404


async def test_one_stream_too_many_is_refused_with_a_problem(
    app, server, seed, owner_database, monkeypatch
):
    monkeypatch.setattr(job_streams, "MOST_STREAMS", 0)
    job_id, person = await a_job(seed, owner_database)
    async with client_of(app, server, person) as client:
        answer = await client.get(f"/v1/jobs/{job_id}/events")
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:posthub:problem:too-many-streams",
    )


async def test_sixty_watchers_are_one_look(app, server, seed, owner_database):
    job_id, person = await a_job(seed, owner_database)
    streams = app.state.services.streams

    async def follow(client) -> list[str]:
        return [event["event"] async for event in events(client, job_id)]

    async with client_of(app, server, person) as client:
        tasks = [asyncio.create_task(follow(client)) for _ in range(60)]
        while streams._watched[job_id] < 60:  # noqa: ASYNC110 - clients come one by one
            await asyncio.sleep(0.05)
        assert list(streams._watched) == [job_id]
        await change(owner_database, job_id, "status = 'cancelled'")
        assert await asyncio.gather(*tasks) == [["progress", "done"]] * 60
    assert streams._watched.total() == 0


async def test_a_cancelled_job_is_told_at_once(app, server, seed, owner_database, monkeypatch):
    streams = app.state.services.streams
    monkeypatch.setattr(streams, "look_every_s", 0.1)
    job_id, _ = await a_job(seed, owner_database)
    (job,) = await seed.rows("SELECT organization_id FROM posthub.job WHERE id = :id", id=job_id)
    marketer = await seed.person(job.organization_id, role="MARKETER")
    told = []
    async with client_of(app, server, marketer) as client:

        async def follow() -> None:
            async for event in events(client, job_id):
                told.append((json.loads(event["data"])["status"], time.monotonic()))

        following = asyncio.create_task(follow())
        while not streams._watched[job_id]:  # noqa: ASYNC110 - the client comes when it comes
            await asyncio.sleep(0.02)
        monkeypatch.setattr(streams, "look_every_s", 60)  # from now on nobody looks by himself
        await asyncio.sleep(0.5)
        answer = await client.post(f"/v1/jobs/{job_id}/cancel")
        answered_at = time.monotonic()
        assert answer.json()["status"] == "cancelled"
        await asyncio.wait_for(following, 10)
    assert [status for status, _ in told] == ["pending", "cancelled"]
    assert told[-1][1] - answered_at < 2.0

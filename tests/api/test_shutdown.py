"""A server that is told to stop ends its streams, finishes what it began, and goes."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import httpx

from posthub_assets.domain.flow import JobRequest
from resources.database.engine import Scope
from resources.database.repositories import jobs
from resources.ids import new_id
from resources.processes.readiness import free_port
from resources.tokens import AccessTokens

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]


async def start(settings, database_urls) -> tuple[asyncio.subprocess.Process, str]:
    port = free_port(HOST)
    environment = {
        "PATH": os.environ["PATH"],
        "POSTHUB_HOME": str(settings.home),
        "POSTHUB_API_DATABASE_URL": database_urls.api,
        "POSTHUB_RATE_ANONYMOUS": "1000000",  # all tests share an address
        "POSTHUB_SECRET_KEY": settings.secret_key,
        "POSTHUB_ADMIN_KEYRING": settings.admin_keyring[0],
        "POSTHUB_USER_KEYRING": settings.user_keyring[0],
    }
    words = ["-m", "uvicorn", "api.app:create_app", "--factory", "--host", HOST]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        f"--port={port}",
        "--no-access-log",
        "--timeout-graceful-shutdown=5",
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    url = f"http://{HOST}:{port}"
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"{url}/healthz")
                return process, url
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise TimeoutError((await process.communicate())[1].decode())


async def test_streams_end_whole_and_requests_are_answered(
    api_settings, database_urls, seed, owner_database
):
    company = await seed.company()
    person = await seed.person(company.organization_id)
    async with owner_database.transaction(Scope.of(company.organization_id)) as connection:
        (job_id,) = await jobs.ask_for(
            connection,
            organization_id=company.organization_id,
            company_id=company.id,
            requests=[JobRequest(verb="create", asset=f"asset_{new_id().hex}")],
        )
    process, url = await start(api_settings, database_urls)
    token = AccessTokens(api_settings.secret_key).issue(person.id)
    headers = {"authorization": f"Bearer {token}"}
    told = b""
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as client:
        async with client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
            # Logging in takes a while: it is under way when the server is told to stop.
            under_way = asyncio.create_task(
                client.post(
                    "/v1/auth/login?key=planted",
                    json={"email": "nobody@example.com", "password": "x"},
                )
            )
            async for chunk in answer.aiter_bytes():
                told += chunk
                if b"event: progress" in told and process.returncode is None:
                    await asyncio.sleep(0.02)
                    began = time.monotonic()
                    process.terminate()
        assert b"event: progress" in told, "the stream ended as a whole answer does"
        assert (await under_way).status_code == 401
    await asyncio.wait_for(process.wait(), 10)
    assert time.monotonic() - began < 4, "nobody was waited for until the time was up"
    log = (await process.stderr.read()).decode()
    assert "Traceback" not in log
    lines = [line for line in log.splitlines() if "/v1/auth/login" in line]
    assert len(lines) == 1, "one line for a request"
    assert "POST /v1/auth/login 401" in lines[0]
    assert "planted" not in log

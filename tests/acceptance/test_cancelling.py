"""Cancelling over HTTP what a run's process works on: the real factory, each part a process.

Pictures are drawn one after the other, by a provider that takes its time and bills every call.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from resources.database.embedded import EmbeddedPostgres
from resources.processes import Factory
from resources.processes.leftovers import end_leftovers
from resources.processes.readiness import free_port
from resources.settings import load_settings

HERE = Path(__file__).parent
ANSWER_S = 3.0
WITHIN_S = 120.0


def load(name: str) -> Any:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def home() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="posthub cancel "))
    base.chmod(0o711)
    yield base / "home"
    end_leftovers(base / "home", lambda _: None)
    EmbeddedPostgres(base / "home").stop()
    shutil.rmtree(base)


def wait_for(what: Callable[[], Any], every_s: float = 0.1) -> Any:
    """Ask until the answer is yes."""
    deadline = time.monotonic() + WITHIN_S
    while not (answer := what()):
        assert time.monotonic() < deadline
        time.sleep(every_s)
    return answer


def follow(client: httpx.Client, job: str, told: list[tuple[str, float]]) -> None:
    """Follow a job to its end; keep each state and its moment."""
    with client.stream("GET", f"/v1/jobs/{job}/events", timeout=60) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                told.append((json.loads(line[6:])["status"], time.time()))


@pytest.mark.accept
def test_a_job_in_another_process_stops_between_its_calls(home, monkeypatch):
    beginning = load("ground")
    settings = load_settings(
        {
            "POSTHUB_HOME": str(home),
            "POSTHUB_API_PORT": str(free_port("127.0.0.1")),
            "POSTHUB_DAGSTER_PORT": str(free_port("127.0.0.1")),
            "POSTHUB_RATE_SIGNED_IN": "1000000",
        }
    )
    EmbeddedPostgres(home).ensure_running()
    ground = asyncio.run(beginning.prepare(settings, 1))
    with load("billing_server").BillingServer(words=300) as meter:
        monkeypatch.setenv("METER_URL", meter.url)
        monkeypatch.setenv("PYTHONPATH", str(HERE))
        factory = Factory(settings, say=lambda _: None, definitions_module="metered_graph")
        with factory, httpx.Client(base_url=factory.where.api_url, trust_env=False) as client:
            who = {"email": beginning.EMAIL, "password": beginning.PASSWORD}
            token = client.post("/v1/auth/login", json=who).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            jobs = wait_for(lambda: drawing(client, ground, meter))
            told: list[tuple[str, float]] = []
            watching = threading.Thread(target=follow, args=(client, jobs[0], told))
            watching.start()
            wait_for(lambda: told)

            for job in jobs:
                assert client.post(f"/v1/jobs/{job}/cancel").json()["status"] == "cancelled"
            at = time.time()
            watching.join(10)
            assert told[-1][0] == "cancelled"
            assert told[-1][1] - at < 1.0, "who watches is told at once"

            wait_for(lambda: not meter.in_flight)
            time.sleep(ANSWER_S)
            assert [one for one in meter.calls if one.at > at] == [], "nothing more was bought"
            drawn = [one for one in meter.calls if one.kind == "ImageBrief"]
            rows = ground.rows(
                "SELECT g.status, g.cost_usd, j.cost_usd AS booked FROM posthub.generation g"
                " JOIN posthub.job j ON j.id = g.job_id WHERE j.asset = 'image_variants'"
            )
            assert [one.status for one in rows] == ["completed"] * len(drawn), "all are booked"
            assert all(one.booked >= one.cost_usd > 0 for one in rows)

            meter.latency_s = 0.0
            for job in jobs:
                assert client.post(f"/v1/jobs/{job}/retry").json()["status"] == "pending"
            wait_for(lambda: all(status(client, job) == "completed" for job in jobs))
            assert meter.bought_again == 0, "what was bought before was kept"


def status(client: httpx.Client, job: str) -> str:
    """Ask how a job stands."""
    return str(client.get(f"/v1/jobs/{job}").json()["status"])


def drawing(client: httpx.Client, ground: Any, meter: Any) -> list[str]:
    """Approve what waits; give the jobs that draw once a picture of each is being drawn."""
    for item in client.get("/v1/inbox?limit=50").json()["items"]:
        if item["kind"] == "social_post":
            meter.latency_s = ANSWER_S
        client.post(f"/v1/contents/{item['id']}/approve", json={"version": item["version"]})
    rows = ground.rows(
        "SELECT DISTINCT j.id FROM posthub.job j JOIN posthub.generation g ON g.job_id = j.id"
        " WHERE j.asset = 'image_variants' AND j.status = 'running' AND g.status = 'started'"
    )
    return [str(one.id) for one in rows] if len(rows) == 2 else []

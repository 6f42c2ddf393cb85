"""The whole factory backed up while it works, ended, and started from the backup: each a process.

Dagster's own records come along: the new factory shows the old one's runs and goes on numbering.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.processes import Factory
from resources.processes.leftovers import end_leftovers
from resources.processes.readiness import free_port
from resources.settings import Settings, load_settings

HERE = Path(__file__).parent
TOPICS = 2
WITHIN_S = 180.0


def load(name: str) -> Any:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


beginning = load("ground")


@pytest.fixture
def place() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="posthub factory "))
    base.chmod(0o711)
    yield base
    for name in ("old", "new"):
        end_leftovers(base / name, lambda _: None)
        EmbeddedPostgres(base / name).stop()
    shutil.rmtree(base)


def settings_of(home: Path) -> Settings:
    """Give a home with ports of its own."""
    return load_settings(
        {
            "POSTHUB_HOME": str(home),
            "POSTHUB_API_PORT": str(free_port("127.0.0.1")),
            "POSTHUB_DAGSTER_PORT": str(free_port("127.0.0.1")),
            "POSTHUB_RATE_SIGNED_IN": "1000000",
        }
    )


def posthub(home: Path, *arguments: str) -> str:
    """Run the command as a person does, in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "posthub_assets.cli", *arguments],
        env={**os.environ, "POSTHUB_HOME": str(home), "PYTHONPATH": str(HERE.parents[1])},
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def approve_until(url: str, is_done: Callable[[], bool]) -> None:
    """Say yes to all that waits, until it is done."""
    deadline = time.monotonic() + WITHIN_S
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        who = {"email": beginning.EMAIL, "password": beginning.PASSWORD}
        token = client.post("/v1/auth/login", json=who).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        while not is_done():
            assert time.monotonic() < deadline
            for item in client.get("/v1/inbox?limit=50").json()["items"]:
                version = {"version": item["version"]}
                client.post(f"/v1/contents/{item['id']}/approve", json=version)
            time.sleep(0.2)


def runs_of(ground: Any) -> set[str]:
    """Read the ids of Dagster's runs."""
    return {one.run_id for one in ground.rows("SELECT run_id FROM dagster.runs")}


@pytest.mark.accept
def test_a_factory_is_backed_up_while_it_runs_and_goes_on_elsewhere(place, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    old = settings_of(place / "old")
    EmbeddedPostgres(old.home).ensure_running()
    ground = asyncio.run(beginning.prepare(old, TOPICS))
    posts = "SELECT count(*) FROM posthub.content WHERE kind = 'blog_post'"
    with load("billing_server").BillingServer(latency_s=0.5, words=300) as meter:
        monkeypatch.setenv("METER_URL", meter.url)
        with Factory(old, say=lambda _: None, definitions_module="metered_graph") as factory:
            approve_until(factory.where.api_url, lambda: ground.number(posts) > 0)
            runs = runs_of(ground)
            assert runs
            told = posthub(old.home, "backup", str(place / "factory.tar"))
            assert "SHA-256" in told

        told = posthub(place / "new", "restore", str(place / "factory.tar"))
        assert "Restored" in told
        new = settings_of(place / "new")
        with Factory(new, say=lambda _: None, definitions_module="metered_graph") as factory:
            ground.owner_url = resolve_database(new).owner
            images = (
                "SELECT count(*) FROM posthub.content WHERE kind = 'image'"
                " AND status IN ('approved', 'scheduled')"
            )
            wanted = TOPICS * len(beginning.PLATFORMS)
            approve_until(factory.where.api_url, lambda: ground.number(images) == wanted)
            assert runs_of(ground) > runs, "the old runs are there, and new ones"
            twice = ground.rows(
                "SELECT kind, parent_id, place FROM posthub.content WHERE month IS NOT NULL"
                " GROUP BY kind, parent_id, place, month, company_id HAVING count(*) > 1"
            )
            assert twice == []

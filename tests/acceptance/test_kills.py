"""kill -9 of run worker, daemon and API at random moments of a month: nothing lost, nothing twice.

The real factory: database, API, code server, web server and daemon as processes, on a provider that
bills every call. Five kills belong to every test run, fifty to `make accept`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import psutil
import pytest

from resources.database.embedded import EmbeddedPostgres
from resources.processes import Factory
from resources.processes.leftovers import end_leftovers
from resources.processes.readiness import free_port
from resources.settings import load_settings

HERE = Path(__file__).parent
LOOK_EVERY_S = 0.05
AT_ONCE_UNDER_KILLS = 2
"""Decisions a round while kills are to come, so that they do not all meet the same stage."""

FINISHES_WITHIN_S = 240.0
"""After the last kill: leases end after 30 s, a sensor pauses 30 s after a failed run."""


def load(name: str) -> ModuleType:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


beginning = load("ground")
PLATFORMS: list[str] = beginning.PLATFORMS
Ground = Any
"""`ground.Ground`, which is loaded by path."""


@dataclass
class Supervisor:
    """Approves all that is in review, through an API that may be away; keeps what was answered."""

    url: str
    answered: dict[str, str] = field(default_factory=dict)
    """Decision ids by content id, as the API answered them."""
    _token: str = ""

    def round(self, most: int) -> None:
        """Look into the inbox once and decide; what fails is left for the next round."""
        try:
            with httpx.Client(base_url=self.url, trust_env=False, timeout=20) as client:
                self._sign_in(client)
                for item in self._ask(client, "GET", f"/v1/inbox?limit={most}")["items"]:
                    self._approve(client, item)
        except (httpx.TransportError, httpx.HTTPStatusError):
            self._token = ""

    def _sign_in(self, client: httpx.Client) -> None:
        if not self._token:
            who = {"email": beginning.EMAIL, "password": beginning.PASSWORD}
            answer = client.post("/v1/auth/login", json=who)
            answer.raise_for_status()
            self._token = answer.json()["access_token"]

    def _ask(self, client: httpx.Client, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = client.request(method, path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    def _approve(self, client: httpx.Client, item: dict[str, Any]) -> None:
        path = f"/v1/contents/{item['id']}/approve"
        try:
            told = self._ask(client, "POST", path, {"version": item["version"]})
        except httpx.HTTPStatusError as error:
            # A yes whose answer never came, or an image whose sibling has the yes by now.
            if error.response.status_code != 409:
                raise
        else:
            self.answered[item["id"]] = told["decision_id"]


@dataclass
class Killer:
    """Ends processes of one factory at moments that its seed decides, in a thread of its own."""

    factory: Factory
    meter: Any
    chance: random.Random
    targets: list[str]
    pause_s: tuple[float, float]
    meeting_s: float
    """Up to this long a target lives after it was met."""
    killed: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def is_done(self) -> bool:
        """Say whether every kill was made."""
        return not self.targets

    def __enter__(self) -> Killer:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        began = time.monotonic()
        while self.targets and not self._over.wait(LOOK_EVERY_S):
            if self._pid(self.targets[0]) is None:
                continue
            self._over.wait(self.chance.uniform(0, self.meeting_s))  # it may work for a while
            pid = self._pid(self.targets[0])
            if pid is None:
                continue
            os.kill(pid, signal.SIGKILL)
            self.killed.append(f"{self.targets.pop(0)} {time.monotonic() - began:.0f}s")
            self._over.wait(self.chance.uniform(*self.pause_s))

    def _pid(self, target: str) -> int | None:
        children = self.factory.child_pids()
        if target != "worker":
            return children[target]
        # A worker is killed while it waits for an answer that is billed already.
        workers = buyers(children["code-server"], self.meter.port)
        return self.chance.choice(workers) if workers else None


def buyers(code_server: int | None, port: int) -> list[int]:
    """Give the run workers that are in a call now: below the code server, connected to `port`."""
    try:
        below = psutil.Process(code_server).children(recursive=True) if code_server else []
    except psutil.NoSuchProcess:
        return []
    return [process.pid for process in below if _is_connected(process, port)]


def _is_connected(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections(kind="tcp")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(one.raddr and one.raddr.port == port for one in connections)


def targets_of(kills: int, chance: random.Random) -> list[str]:
    """Give as many targets, each kind among them, workers most often."""
    kinds = ["worker", "dagster-daemon", "api"]
    rest = [chance.choice(["worker", *kinds]) for _ in range(kills - len(kinds))]
    targets = kinds + rest
    chance.shuffle(targets)
    return targets


def is_finished(ground: Ground) -> bool:
    """Say whether the month is made and approved, and nothing is left to do."""
    open_jobs = "SELECT count(*) FROM posthub.job WHERE status IN ('pending', 'running', 'failed')"
    approved = (
        "SELECT count(*) FROM posthub.content WHERE company_id = :c AND kind = 'image'"
        " AND status IN ('approved', 'scheduled')"
    )
    wanted = ground.topics * len(PLATFORMS)
    return ground.number(approved) == wanted and ground.number(open_jobs) == 0


def work_through(ground: Ground, supervisor: Supervisor, killer: Killer) -> float:
    """Approve and kill until the month is finished; give the seconds it took."""
    began = time.monotonic()
    deadline = began + FINISHES_WITHIN_S
    while True:
        supervisor.round(100 if killer.is_done else AT_ONCE_UNDER_KILLS)
        if killer.is_done and is_finished(ground):
            return time.monotonic() - began
        if not killer.is_done:
            deadline = time.monotonic() + FINISHES_WITHIN_S
            if is_finished(ground):  # the month was faster than the kills
                asyncio.run(ground.open_next())
        assert time.monotonic() < deadline, standing(ground)
        time.sleep(0.1)


def standing(ground: Ground) -> str:
    """Say where the month stands, for a failing test."""
    items = ground.rows(
        "SELECT kind, status, count(*) FROM posthub.content WHERE company_id = :c GROUP BY 1, 2"
        " ORDER BY 1, 2"
    )
    jobs = ground.rows(
        "SELECT asset, status, crash_count, lease_until, error FROM posthub.job"
        " WHERE status <> 'completed'"
    )
    return f"the month did not finish: {items} {jobs}"


@pytest.fixture
def home() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="posthub kills "))
    base.chmod(0o711)
    yield base / "home"
    end_leftovers(base / "home", lambda _: None)
    EmbeddedPostgres(base / "home").stop()
    shutil.rmtree(base)


@pytest.fixture
def kill_month(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Runs a month under kills and asserts what must hold after it."""

    def run(
        *, kills: int, quota: int, seed: int, pause_s: tuple[float, float], meeting_s: float
    ) -> None:
        settings = load_settings(
            {
                "POSTHUB_HOME": str(home),
                "POSTHUB_API_PORT": str(free_port("127.0.0.1")),
                "POSTHUB_DAGSTER_PORT": str(free_port("127.0.0.1")),
                # This supervisor looks into the inbox many times a second, for an hour's worth.
                "POSTHUB_RATE_SUPERVISOR": "1000000",
                "POSTHUB_RATE_ANONYMOUS": "1000000",
            }
        )
        EmbeddedPostgres(home).ensure_running()
        ground = asyncio.run(beginning.prepare(settings, quota))
        chance = random.Random(seed)
        with load("billing_server").BillingServer(latency_s=0.5, words=300) as meter:
            monkeypatch.setenv("METER_URL", meter.url)
            monkeypatch.setenv("PYTHONPATH", str(HERE))
            said: list[str] = []
            factory = Factory(settings, say=said.append, definitions_module="metered_graph")
            with factory:
                supervisor = Supervisor(factory.where.api_url)
                targets = targets_of(kills, chance)
                with Killer(factory, meter, chance, targets, pause_s, meeting_s) as killer:
                    took_s = work_through(ground, supervisor, killer)
                hold(ground, supervisor, meter, len(killer.killed))
            print(f"killed {killer.killed} in {took_s:.0f} s; {len(meter.calls)} calls,", end=" ")
            print(f"{meter.bought_again} again, {meter.most_in_flight} in flight at most")

    yield run


def hold(ground: Ground, supervisor: Supervisor, meter: Any, kills: int) -> None:
    """Assert what must hold after any number of kills."""
    statuses = dict(ground.rows("SELECT status, count(*) FROM posthub.job GROUP BY 1"))
    assert set(statuses) == {"completed"}, f"lost or stuck: {standing(ground)}"

    counts = dict(
        ground.rows(
            "SELECT kind, count(*) FROM posthub.content WHERE month IS NOT NULL"
            " AND status NOT IN ('rejected', 'archived') GROUP BY 1"
        )
    )
    posts = ground.topics * len(PLATFORMS)
    assert counts == {
        "topic": ground.topics,
        "blog_post": ground.topics,
        "social_post": posts,
        "image": posts,
    }
    twice = ground.rows(
        "SELECT kind, parent_id, place FROM posthub.content WHERE month IS NOT NULL"
        " GROUP BY kind, parent_id, place, month, company_id HAVING count(*) > 1"
    )
    assert twice == [], "no item twice"
    versions = "SELECT max(current_version) FROM posthub.content WHERE month IS NOT NULL"
    assert ground.number(versions) == 1, "nothing was made anew"

    kept = {str(row[0]) for row in ground.rows("SELECT id FROM posthub.decision")}
    assert set(supervisor.answered.values()) <= kept, "an answered decision was lost"
    signed = ground.number(
        "SELECT count(*) FROM posthub.decision d JOIN posthub.content_version v"
        " ON v.id = d.version_id AND v.sha256 = d.sha256 WHERE d.action = 'approve'"
    )
    assert signed == len(kept)
    assert len(kept) == len(
        {row[0] for row in ground.rows("SELECT version_id FROM posthub.decision")}
    )

    again = ground.rows(
        "SELECT request_hash FROM posthub.generation WHERE status = 'completed'"
        " GROUP BY 1 HAVING count(*) > 1"
    )
    assert again == [], "an answer that was committed was bought again"
    assert meter.bought_again <= kills * meter.most_in_flight
    assert meter.bought_again <= len(meter.calls) // 2, "most calls were made once"


def test_a_month_survives_five_kills(kill_month):
    kill_month(kills=5, quota=4, seed=21, pause_s=(1.0, 5.0), meeting_s=0.3)


@pytest.mark.accept
def test_months_survive_fifty_kills(kill_month):
    kill_month(kills=50, quota=48, seed=50, pause_s=(1.0, 10.0), meeting_s=4.0)

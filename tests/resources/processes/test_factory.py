"""The factory for real: PostgreSQL, uvicorn, Dagster's web server, daemon and code server.

One factory with the smallest graph serves all tests here, because a start costs CPU seconds.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import resources.processes.factory as factory_module
from posthub_assets.domain.errors import Conflict
from resources.database.embedded import EmbeddedPostgres
from resources.database.urls import DatabaseUrls
from resources.processes import Factory, RunningFactory, is_up
from resources.processes.leftovers import end_leftovers, marked_processes
from resources.processes.readiness import answers_http, free_port
from resources.settings import Settings, load_settings

TINY = Path(__file__).parent / "tiny"
UP = """
from resources.processes import Factory
from resources.settings import load_settings
factory = Factory(
    load_settings(), definitions_module="tiny_graph", api_factory="tiny_api:create_app"
)
factory.start()
print("up", flush=True)
factory.run_until_signal()
"""
LAUNCH = """mutation($p:ExecutionParams!){launchPipelineExecution(executionParams:$p){
__typename ... on LaunchRunSuccess{run{runId}}}}"""
RUNS = "{runsOrError{... on Runs{results{runId status}}}}"


class Up:
    """A supervisor in a process of its own, as `posthub up` is one."""

    def __init__(self, home: Path) -> None:
        self.environ = {
            "POSTHUB_HOME": str(home),
            "POSTHUB_API_PORT": str(free_port("127.0.0.1")),
            "POSTHUB_DAGSTER_PORT": str(free_port("127.0.0.1")),
        }
        self.settings: Settings = load_settings(self.environ)
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> RunningFactory:
        environment = {**os.environ, **self.environ, "PYTHONPATH": str(TINY)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", UP], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line == "up\n":
                break
        found = is_up(self.settings)
        assert found is not None and found.ready, "it did not come up"
        return found

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.communicate(timeout=60)

    def graphql(self, query: str, **variables: Any) -> Any:
        url = f"http://127.0.0.1:{self.settings.dagster_port}/graphql"
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def launch(self, asset: str) -> str:
        selector = {
            "repositoryLocationName": "posthub",
            "repositoryName": "__repository__",
            "pipelineName": "__ASSET_JOB",
            "assetSelection": [{"path": [asset]}],
        }
        said = self.graphql(LAUNCH, p={"selector": selector, "runConfigData": {}})
        run_id: str = said["launchPipelineExecution"]["run"]["runId"]
        return run_id

    def status(self, run_id: str) -> str:
        runs = self.graphql(RUNS)["runsOrError"]["results"]
        return next(run["status"] for run in runs if run["runId"] == run_id)


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    base = Path(tempfile.mkdtemp(prefix="posthub up "))
    base.chmod(0o711)
    running = Up(base / "home")
    try:
        running.start()
        yield running
    finally:
        running.end()
        end_leftovers(base / "home", print)
        EmbeddedPostgres(base / "home").stop()
        shutil.rmtree(base)


def wait_for(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def test_a_running_factory_serves_its_api_and_its_graph_and_says_where(up: Up) -> None:
    found = is_up(up.settings)

    assert found is not None
    assert up.process is not None and found.pid == up.process.pid
    assert answers_http(f"{found.api_url}/readyz")
    assert answers_http(f"{found.dagster_url}/server_info")


def test_a_second_factory_for_the_same_home_is_refused(up: Up) -> None:
    assert up.process is not None
    with pytest.raises(Conflict, match=rf"process {up.process.pid}.*{up.settings.api_port}"):
        Factory(up.settings, say=lambda _: None).start()
    assert answers_http(f"http://127.0.0.1:{up.settings.api_port}/readyz")


def test_the_api_knows_only_what_it_needs(up: Up) -> None:
    url = f"http://127.0.0.1:{up.settings.api_port}/environment"
    with urllib.request.urlopen(url, timeout=10) as answer:
        names = json.load(answer)

    assert "POSTHUB_API_DATABASE_URL" in names
    assert "POSTHUB_SECRET_KEY" in names
    for name in ("POSTHUB_DATABASE_URL", "POSTHUB_FACTORY_DATABASE_URL", "DAGSTER_HOME"):
        assert name not in names


def run_workers(home: Path) -> list[psutil.Process]:
    """The processes of runs: forks of the code server's fork server."""
    marked = marked_processes(home)
    servers = {p.pid for p in marked if "forkserver" in str(p.cmdline())}
    return [p for p in marked if p.ppid() in servers]


def test_a_run_is_a_fork_of_a_warm_process_and_its_killing_shows(up: Up) -> None:
    run_id = up.launch("slow")
    wait_for(lambda: up.status(run_id) == "STARTED")
    [worker] = run_workers(up.settings.home)

    worker.kill()

    wait_for(lambda: up.status(run_id) == "FAILURE")


def test_after_kill_9_of_everything_it_comes_up_again_and_dead_runs_show_as_failed(up: Up) -> None:
    finished = up.launch("quick")
    wait_for(lambda: up.status(finished) == "SUCCESS")
    cut_off = up.launch("slow")
    wait_for(lambda: up.status(cut_off) == "STARTED")

    assert up.process is not None
    up.process.kill()
    up.process.communicate(timeout=10)
    left = marked_processes(up.settings.home)
    assert len(left) >= 5, "API, code server, web server, daemon and a run"
    data_directory = str(up.settings.home / "postgres")
    for process in psutil.process_iter(["cmdline"]):
        if data_directory in (process.info["cmdline"] or []):
            process.kill()
    assert is_up(up.settings) is None

    up.start()

    assert not [process for process in left if process.is_running() and not zombie(process)]
    assert up.status(cut_off) == "FAILURE"
    assert up.status(finished) == "SUCCESS"


def zombie(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_child_that_is_killed_is_started_again(up: Up) -> None:
    marked = marked_processes(up.settings.home)
    api = next(process for process in marked if "uvicorn" in process.cmdline())
    api.send_signal(signal.SIGKILL)

    wait_for(lambda: answers_http(f"http://127.0.0.1:{up.settings.api_port}/readyz"))
    assert api.pid not in {process.pid for process in marked_processes(up.settings.home)}


def test_a_run_that_ends_with_the_factory_shows_as_cancelled(up: Up) -> None:
    run_id = up.launch("slow")
    wait_for(lambda: up.status(run_id) == "STARTED")

    up.end()
    up.start()

    assert up.status(run_id) == "CANCELED"


def test_a_factory_that_is_asked_to_end_leaves_nothing_behind(up: Up) -> None:
    up.end()

    assert up.process is not None and up.process.returncode == 0
    assert is_up(up.settings) is None
    assert marked_processes(up.settings.home) == []
    assert not EmbeddedPostgres(up.settings.home).is_running()


@pytest.fixture
def resting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[list[int], float], int]:
    """Rests while so many runs are left at each look; gives how often it looked."""

    def rest(left: list[int], most_s: float) -> int:
        answers = iter(left)
        monkeypatch.setattr(factory_module, "unfinished_runs", lambda _url: next(answers))
        monkeypatch.setattr(factory_module, "WATCH_EVERY_S", 0.01)
        factory = Factory(load_settings({"POSTHUB_HOME": str(tmp_path)}), say=lambda _: None)
        factory._urls = DatabaseUrls(dagster="postgresql://nobody@localhost/posthub")
        factory.rest(most_s)
        return len(left) - len(list(answers))

    return rest


def test_a_command_that_is_done_lets_its_runs_end_first(resting: Any) -> None:
    assert resting([2, 1, 0, 0], 60.0) == 3


def test_a_command_that_is_done_does_not_wait_for_ever(resting: Any) -> None:
    assert 1 < resting([1] * 9999, 0.2) < 9999

"""A supervised child: watched, started again, ended with all that it started."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.processes.child import Child, ChildSpec
from resources.processes.leftovers import MARK, end_leftovers, marked_processes
from resources.processes.readiness import free_port, port_is_free, require_free_port

FAMILY = """
import subprocess, sys, time
grandchild = subprocess.Popen(['sleep', '300'])
print(grandchild.pid, flush=True)
time.sleep(300)
"""


@pytest.fixture
def child_of(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    made: list[Child] = []

    def make(code: str, is_ready: Callable[[], bool] = lambda: True) -> Child:
        spec = ChildSpec(
            name="tiny",
            command=(sys.executable, "-c", code),
            environment={**os.environ, MARK: str(tmp_path)},
            working_directory=tmp_path,
            log_path=tmp_path / "logs" / "tiny.log",
            is_ready=is_ready,
        )
        made.append(Child(spec))
        return made[-1]

    yield make
    for child in made:
        child.wait_for_end(0)


def wait_for(condition: Callable[[], object], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_child_writes_to_its_log_and_is_ended_with_its_children(
    child_of: Callable[..., Child],
) -> None:
    child = child_of(FAMILY)
    child.start()
    lines: list[str] = []
    wait_for(lambda: lines.extend(child.new_lines()) or lines)

    child.ask_to_end()
    child.wait_for_end(5)

    wait_for(lambda: gone(int(lines[0])))
    assert child.pid is None


def test_a_child_that_ignores_the_request_is_killed(child_of: Callable[..., Child]) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True)"
    child = child_of(f"{code}; time.sleep(300)")
    child.start()
    wait_for(child.new_lines)
    pid = child.pid

    child.ask_to_end()
    child.wait_for_end(0.3)

    assert pid is not None and gone(pid)


def test_a_dead_child_is_started_again_and_a_second_death_costs_a_pause(
    child_of: Callable[..., Child],
) -> None:
    child = child_of("import time; time.sleep(300)")
    child.start()
    for _ in range(2):
        os.kill(child.pid or 0, signal.SIGKILL)
        wait_for(lambda: not child.is_alive())
        said = child.revive()
        assert said == "tiny ended with code -9; it is started again."
        if child.starts == 1:
            child.revive()
            assert child.pid is not None
    child.revive()
    assert child.pid is None, "the second death in a row must cost a pause"
    wait_for(lambda: child.revive() or child.pid)
    assert child.starts == 3


def test_a_child_that_dies_while_starting_shows_the_end_of_its_log(
    child_of: Callable[..., Child],
) -> None:
    child = child_of("raise SystemExit('no such colour')", lambda: False)
    child.start()
    with pytest.raises(StorageError, match=r"(?s)tiny ended while it was starting.*no such colour"):
        child.wait_until_ready(10, lambda: False)


def test_a_child_that_never_gets_ready_is_named(child_of: Callable[..., Child]) -> None:
    child = child_of("import time; time.sleep(300)", lambda: False)
    child.start()
    with pytest.raises(StorageError, match="tiny was not ready after"):
        child.wait_until_ready(0.2, lambda: False)


def test_leftovers_are_found_by_their_mark_and_nobody_else_is_touched(
    child_of: Callable[..., Child], tmp_path: Path
) -> None:
    child = child_of(FAMILY)
    child.start()
    wait_for(lambda: len(marked_processes(tmp_path)) == 2)
    assert marked_processes(tmp_path / "other") == []

    said: list[str] = []
    end_leftovers(tmp_path, said.append)

    assert said == ["Ending 2 processes that an earlier run left behind."]
    assert marked_processes(tmp_path) == []


def test_a_port_that_is_taken_is_refused_and_its_variable_named() -> None:
    import socket

    port = free_port("127.0.0.1")
    assert port_is_free("127.0.0.1", port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(InvalidInput, match=f"Port {port}.*POSTHUB_API_PORT"):
            require_free_port("127.0.0.1", port, "POSTHUB_API_PORT")

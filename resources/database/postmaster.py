"""The server's processes: what `postmaster.pid` says, whether it is true, and how to end them.

After kill -9, `postmaster.pid` may name nobody, a zombie that no init reaps (common in
containers), or another program that got the number. PostgreSQL only asks whether the number
lives, and then refuses to start. Here the number, the program and its directory must all agree.

What does not belong here: making and starting a cluster (`embedded.py`).
"""

from __future__ import annotations

import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import StorageError

if TYPE_CHECKING:
    import psutil

POLL_S = 0.05
LINGER_S = 2.0
"""How long children of a killed server may take to notice before they are told."""
QUIT_S = 3.0
"""How long SIGQUIT (immediate shutdown) may take before SIGKILL."""
CONNECT_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class PostmasterFile:
    """The lines of `postmaster.pid` that matter (PostgreSQL source, `utils/pidfile.h`)."""

    pid: int
    port: int
    socket_directory: str
    status: str
    """`starting`, `stopping`, `ready` or `standby`; empty while the file is being written."""


def read_postmaster_file(data_directory: Path) -> PostmasterFile | None:
    """Read `postmaster.pid`. None where it is missing, empty or half-written."""
    try:
        text = (data_directory / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    lines = [line.strip() for line in text.splitlines()] + [""] * 8
    try:
        pid, port = int(lines[0]), int(lines[3] or "0")
    except ValueError:
        return None
    return PostmasterFile(pid, port, lines[4], lines[7])


def answers(data_directory: Path) -> bool:
    """Say whether the server is ready: its file says so and its socket takes a connection."""
    known = read_postmaster_file(data_directory)
    if known is None or known.status != "ready" or not known.socket_directory:
        return False
    path = f"{known.socket_directory}/.s.PGSQL.{known.port}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(CONNECT_TIMEOUT_S)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


def server_processes(data_directory: Path) -> list[psutil.Process]:
    """Give the living processes of a server on this data directory, also of a removed one.

    Each works in the data directory, so their working directory tells them from all others.
    """
    import psutil

    places = {str(data_directory), f"{data_directory} (deleted)"}
    found = []
    for process in psutil.process_iter(["name", "status"]):
        name = (process.info["name"] or "").casefold()
        if not name.startswith("postgres") or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if process.cwd() in places:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def living_postmaster(data_directory: Path) -> psutil.Process | None:
    """Give the server's first process when it lives, else None."""
    known = read_postmaster_file(data_directory)
    if known is None:
        return None
    for process in server_processes(data_directory):
        if process.pid == known.pid:
            return process
    return None


def clear_remains(data_directory: Path, socket_directory: Path, port: int) -> None:
    """Make the way free after a crash: end what lingers, take away files that lie.

    Only to be called under the start lock, when no server lives here. Raises StorageError when
    something lingers that does not end.
    """
    end_all(server_processes(data_directory), data_directory)
    (data_directory / "postmaster.pid").unlink(missing_ok=True)
    (socket_directory / f".s.PGSQL.{port}.lock").unlink(missing_ok=True)
    (socket_directory / f".s.PGSQL.{port}").unlink(missing_ok=True)


def end_all(processes: list[psutil.Process], data_directory: Path) -> None:
    """Wait for processes to end; then SIGQUIT, then SIGKILL. Bounded to about 8 seconds."""
    import psutil

    _, alive = psutil.wait_procs(processes, timeout=LINGER_S)
    for order in (signal.SIGQUIT, signal.SIGKILL):
        for process in alive:
            _send(process, order)
        _, alive = psutil.wait_procs(alive, timeout=QUIT_S)
    alive = [p for p in server_processes(data_directory) if p in alive]
    if alive:
        numbers = ", ".join(str(process.pid) for process in alive)
        raise StorageError(f"PostgreSQL's processes {numbers} do not end. End them and try again.")


def stop_server(process: psutil.Process, *, timeout_s: float) -> bool:
    """Ask for a fast shutdown: open transactions are rolled back. False: not done in time."""
    _send(process, signal.SIGINT)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if not _lives(process):
            return True
        time.sleep(POLL_S)
    return False


def _lives(process: psutil.Process) -> bool:
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _send(process: psutil.Process, order: signal.Signals) -> None:
    import psutil

    try:
        process.send_signal(order)
    except psutil.NoSuchProcess:
        return

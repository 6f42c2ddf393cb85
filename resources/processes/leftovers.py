"""What a killed supervisor left behind: found by a mark in the environment, and ended.

Every process that a supervisor starts carries MARK with its POSTHUB_HOME, and so do the processes
that those start (Dagster's run workers). A number from a file may have been given to somebody else
by now; a mark in the environment may not.
What does not belong here: PostgreSQL's processes, which do not carry the mark.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from posthub_assets.domain.errors import StorageError

if TYPE_CHECKING:
    import psutil

MARK = "POSTHUB_SUPERVISED_HOME"
GRACE_S = 2.0
KILL_S = 5.0


def marked_processes(home: Path) -> list[psutil.Process]:
    """Give the living processes, of our user, that a supervisor of this home started."""
    import psutil

    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            living = process.status() != psutil.STATUS_ZOMBIE
            if living and process.environ().get(MARK) == str(home):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
            continue
    return found


def end_leftovers(home: Path, say: Callable[[str], None]) -> None:
    """End what an earlier supervisor of this home left. Only to be called under its lock.

    Raises StorageError when a process does not end.
    """
    left = marked_processes(home)
    if left:
        say(f"Ending {len(left)} processes that an earlier run left behind.")
        end_processes(left)


def end_processes(processes: list[psutil.Process], grace_s: float = GRACE_S) -> None:
    """Ask processes to end, and after `grace_s` seconds end them."""
    import psutil

    alive = processes
    for order, wait_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, KILL_S)):
        for process in alive:
            try:
                process.send_signal(order)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        _, alive = psutil.wait_procs(alive, timeout=wait_s)
        alive = [process for process in alive if _lives(process)]
        if not alive:
            return
    numbers = ", ".join(str(process.pid) for process in alive)
    raise StorageError(f"The processes {numbers} do not end. End them and try again.")


def _lives(process: psutil.Process) -> bool:
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

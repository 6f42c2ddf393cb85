"""Dagster's code server with warm run workers: `dagster api grpc`, but a run starts as a fork.

Dagster starts each run's process from nothing ("spawn") and imports everything again: several CPU
seconds before the first line. Here the process is forked from a small server that has imported
Dagster and our definitions already (multiprocessing's "forkserver": one thread, no connections, so
a fork is safe). Where this Dagster has no such place, or on macOS, where forks are not safe, runs
start as Dagster starts them.

What does not belong here: which options the server gets (`lineup.py`).
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from types import ModuleType
from typing import Any

PRELOADED = "resources.processes.preloaded"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""NumPy would start a thread for each core, and those do not survive a fork."""


class WarmMultiprocessing(ModuleType):
    """Stands in for `multiprocessing` in Dagster's server module: "spawn" gives a warm context."""

    def __init__(self) -> None:
        super().__init__("multiprocessing")

    def __getattr__(self, name: str) -> Any:
        return getattr(multiprocessing, name)

    def get_context(self, method: str | None = None) -> Any:
        """Give the context of the asked method, with "forkserver" in the place of "spawn"."""
        return multiprocessing.get_context("forkserver" if method == "spawn" else method)


def warm_up(definitions_module: str) -> bool:
    """Make runs start warm; say whether they will."""
    if sys.platform != "linux":
        return False
    from multiprocessing import forkserver

    from dagster._grpc import server

    if getattr(server, "multiprocessing", None) is not multiprocessing:
        return False
    vars(server)["multiprocessing"] = WarmMultiprocessing()
    os.environ.update(ONE_THREAD)
    multiprocessing.get_context("forkserver").set_forkserver_preload(
        ["dagster", definitions_module, PRELOADED]
    )
    forkserver.ensure_running()
    return True


def main() -> None:
    """Serve: the arguments are those of `dagster`, and `-m` names the definitions."""
    import runpy

    warm_up(sys.argv[sys.argv.index("-m") + 1])
    runpy.run_module("dagster", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

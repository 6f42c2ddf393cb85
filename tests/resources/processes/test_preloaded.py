"""The process that runs are forked from."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from resources.processes.code_server import ONE_THREAD

SCRIPT = """
import gc, importlib
importlib.import_module("posthub_assets.definitions")
importlib.import_module("resources.processes.preloaded")
with open("/proc/self/status", encoding="ascii") as status:
    threads = next(line.split()[1] for line in status if line.startswith("Threads"))
print(threads, gc.get_freeze_count())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="runs are forked on Linux only")
def test_it_has_one_thread_and_hides_what_it_imported_from_the_collector():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    threads, frozen = map(int, done.stdout.split())
    assert (threads, frozen > 100_000) == (1, True)

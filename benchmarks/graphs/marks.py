"""Marks: when a run's asset reached its first line, and what its process had cost by then.

One JSON line per mark, appended to the file that POSTHUB_BENCH_MARKS names.
What does not belong here: reading the marks (`benchmarks/stand.py`).
"""

from __future__ import annotations

import json
import os
import time

VARIABLE = "POSTHUB_BENCH_MARKS"


def now() -> tuple[float, float]:
    """Give the time, and the CPU seconds of this process so far."""
    return time.time(), time.process_time()


def mark(asset: str, run_id: str, first_line: tuple[float, float]) -> None:
    """Write down that `asset` got to its first line, at a moment given by `now`."""
    path = os.environ.get(VARIABLE)
    if not path:
        return
    at, cpu_s = first_line
    later, later_cpu_s = now()
    line = {
        "asset": asset,
        "run_id": run_id,
        "pid": os.getpid(),
        "at": at,
        "cpu_s": cpu_s,
        "later_at": later,
        "later_cpu_s": later_cpu_s,
        "process_began_at": _process_began_at(),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, json.dumps(line).encode() + b"\n")
    os.close(descriptor)


def _process_began_at() -> float:
    import psutil

    return psutil.Process().create_time()

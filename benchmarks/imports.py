"""Bench `import`: what it costs to load the graph, beside loading Dagster alone.

Every run is a process of its own and pays this first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from benchmarks.harness import ROOT, Row, at_most, info, median, own_cpu_s, say, with_bytecode

ROUNDS = 9
OURS = "import posthub_assets.definitions"
BARE = "import dagster"
TARGET = 1.3


def measure() -> list[Row]:
    """Import both in fresh processes, in turns, after one round that warms the file cache."""
    for statement in (BARE, OURS):
        _cost(statement)
    cpu: dict[str, list[float]] = {BARE: [], OURS: []}
    wall: dict[str, list[float]] = {BARE: [], OURS: []}
    for number in range(ROUNDS):
        for statement in (BARE, OURS) if number % 2 else (OURS, BARE):
            cpu_s, wall_s = _cost(statement)
            cpu[statement].append(cpu_s)
            wall[statement].append(wall_s)
    say(f"{ROUNDS} rounds")
    ratios = [ours / bare for ours, bare in zip(cpu[OURS], cpu[BARE], strict=True)]
    return [
        info("import dagster", median(cpu[BARE]), "CPU s"),
        info("import posthub_assets.definitions", median(cpu[OURS]), "CPU s"),
        info("import dagster, wall", median(wall[BARE]), "s"),
        info("import posthub_assets.definitions, wall", median(wall[OURS]), "s"),
        info("ratio of a round, lowest", min(ratios), "x"),
        info("ratio of a round, highest", max(ratios), "x"),
        at_most("ratio of medians", median(cpu[OURS]) / median(cpu[BARE]), "x", TARGET),
    ]


def _cost(statement: str) -> tuple[float, float]:
    began, before = time.monotonic(), own_cpu_s()
    environment = with_bytecode({**os.environ, "PYTHONPATH": str(ROOT)})
    command = [sys.executable, "-W", "ignore", "-c", statement]
    subprocess.run(command, env=environment, check=True, cwd=ROOT)
    return own_cpu_s() - before, time.monotonic() - began

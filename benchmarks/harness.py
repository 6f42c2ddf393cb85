"""What every bench shares: rows with a target, medians, CPU seconds, the table and the JSON file.

What does not belong here: what is measured (one module per bench), a running factory (`stand.py`).
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / ".bench"
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a result. `target` is None for what is shown for information only."""

    name: str
    value: float
    unit: str
    target: str | None = None
    met: bool | None = None


def info(name: str, value: float, unit: str) -> Row:
    """Give a row without a target."""
    return Row(name, _rounded(value), unit)


def at_most(name: str, value: float, unit: str, limit: float) -> Row:
    """Give a row whose value must not be above `limit`, in the same unit."""
    return Row(name, _rounded(value), unit, f"<= {limit:g}", value <= limit)


def at_least(name: str, value: float, unit: str, limit: float) -> Row:
    """Give a row whose value must not be below `limit`, in the same unit."""
    return Row(name, _rounded(value), unit, f">= {limit:g}", value >= limit)


def _rounded(value: float) -> float:
    """Give four significant digits, and whole numbers whole: more would be noise."""
    return float(f"{value:.4g}") if abs(value) < 1000 else float(round(value))


def percentile(values: Sequence[float], percent: float) -> float:
    """Give a percentile (0 to 100), linear between the two nearest. Raises ValueError if empty."""
    if not values:
        raise ValueError("a percentile needs at least one value")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median(values: Iterable[float]) -> float:
    """Give the median. Raises statistics.StatisticsError if empty."""
    return statistics.median(values)


def own_cpu_s() -> float:
    """Give user and system seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def tree_cpu_s(pids: Iterable[int]) -> float:
    """Give user and system seconds of processes with all that they started, living or ended.

    A process that ended between two looks counts as soon as its parent has reaped it.
    """
    total = 0.0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(pid)
            for one in (root, *root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    times = one.cpu_times()
                    total += times.user + times.system
                    total += times.children_user + times.children_system
    return total


def with_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    """Give an environment in which Python keeps compiled modules, as it does on most machines.

    Where it is told not to (PYTHONDONTWRITEBYTECODE), every process would compile what it imports,
    which is most of its cost; then they are kept beside the results.
    """
    kept = {name: value for name, value in environment.items() if name != _NO_BYTECODE}
    if environment.get(_NO_BYTECODE):
        kept["PYTHONPYCACHEPREFIX"] = str(RESULTS / "bytecode")
    return kept


def machine() -> str:
    """Describe the machine: cores and load, no names."""
    load = os.getloadavg()[0]
    cores = os.cpu_count() or 1
    return (
        f"{cores} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, load {load:.1f}"
    )


def table(rows: Sequence[Row]) -> str:
    """Give the rows as a table of plain text."""
    cells = [("", "value", "unit", "target", "met")]
    words = {True: "yes", False: "NO", None: ""}
    cells += [(r.name, f"{r.value:g}", r.unit, r.target or "", words[r.met]) for r in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = []
    for line in cells:
        name, value, *rest = line
        told = [name.ljust(widths[0]), value.rjust(widths[1])]
        told += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True)]
        lines.append("  ".join(told).rstrip())
    return "\n".join(lines)


def report(bench: str, rows: Sequence[Row], folder: Path = RESULTS) -> Path:
    """Print the table and write NAME.json, whole or not at all; give its path."""
    print(f"\n{bench}: {machine()}\n{table(rows)}\n", flush=True)
    folder.mkdir(exist_ok=True)
    path = folder / f"{bench}.json"
    new = path.with_suffix(".new")
    new.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    new.replace(path)
    return path


def say(sentence: str) -> None:
    """Tell how far a bench is."""
    print(f"  {time.strftime('%H:%M:%S')} {sentence}", flush=True)

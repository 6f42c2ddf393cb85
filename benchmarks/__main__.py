"""`python -m benchmarks [NAME ...]`: run the benches named, or all, one after the other.

The exit code is 0 whether targets are met or not: these are measurements.
"""

from __future__ import annotations

import importlib
import signal
import sys
import time
from types import FrameType

from benchmarks.harness import report, say

BENCHES = {
    "import": "benchmarks.imports",
    "run_cost": "benchmarks.run_cost",
    "approval": "benchmarks.approval",
    "approve": "benchmarks.approve",
    "backfill": "benchmarks.backfill",
    "burst": "benchmarks.burst",
    "concurrency": "benchmarks.concurrency",
    "growth": "benchmarks.growth",
    "items": "benchmarks.items",
    "queue": "benchmarks.queue",
    "budgets": "benchmarks.budgets",
    "gateway": "benchmarks.gateway",
    "privacy": "benchmarks.privacy",
    "credentials": "benchmarks.credentials",
    "auto_format": "benchmarks.auto_format",
    "formats": "benchmarks.formats",
    "palettes": "benchmarks.palettes",
}


def main(names: list[str]) -> int:
    """Run the benches; 2 where a name is not known."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}. There are: {', '.join(BENCHES)}.")
        return 2
    signal.signal(signal.SIGTERM, _end)
    for name in names or BENCHES:
        began = time.monotonic()
        say(f"bench {name}")
        rows = importlib.import_module(BENCHES[name]).measure()
        report(name, rows)
        say(f"bench {name} took {time.monotonic() - began:.0f} s")
    return 0


def _end(_number: int, _frame: FrameType | None) -> None:
    """Leave through every `finally`, so that nothing that was started stays."""
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

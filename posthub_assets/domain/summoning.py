"""How many draining runs an asset needs now. The pure heart of every sensor.

A run costs some seconds of CPU before its first line, so one run serves many company-months, and a
second is worth it only where the first cannot keep up.
What does not belong here: reading the queue, asking Dagster.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_RUNS = 2
SECOND_RUN_FROM = 100
"""Due jobs from which a second run pays for its own start."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is due for one asset, and who is at work.

    `due` jobs could be claimed now; `overdue` of them have been for a second and more.
    `live_workers` hold a live lease. `starting_runs` were asked for in the last 120 s and have not
    begun. `started_runs` began and may be waiting for more work, or may be dead for all we know.
    """

    due: int
    overdue: int
    live_workers: int
    starting_runs: int
    started_runs: int
    failed_runs: int = 0
    """Draining runs that failed in the last half minute: the infrastructure needs a pause."""


def runs_wanted(demand: Demand) -> int:
    """Give how many draining runs to ask for: 0 or 1, at most two in flight.

    A run that has begun and holds no lease does not count as being at work (after a kill it may be
    shown for ever), but one that lingers would have taken new work within a second: so with such a
    run about, only work that has waited longer calls for another. After a failed run nothing is
    asked for until its half minute is over: the next would fail of the same cause, at its price.
    """
    if demand.failed_runs:
        return 0
    in_flight = demand.live_workers + demand.starting_runs
    if in_flight == 0:
        waiting = demand.overdue if demand.started_runs else demand.due
        return 1 if waiting else 0
    return 1 if in_flight < MOST_RUNS and demand.overdue >= SECOND_RUN_FROM else 0

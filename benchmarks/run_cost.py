"""Bench `run_cost`: the CPU seconds of a run's process from its launch to the first step.

Ours is a draining run, as sensors ask for it. Beside it, in turns and by the same daemon and
launcher: a bare run of an empty asset behind Dagster's own code server, and one behind ours, which
starts runs as forks of a warm process. The second tells what our graph adds, the first what it is
worth to start warm.
"""

from __future__ import annotations

from benchmarks.harness import Row, at_most, info, median, say
from benchmarks.stand import BARE, OURS, WARM_BARE, Location, Stand, stand

ROUNDS = 7
TARGET = 1.3
RUN_TIMEOUT_S = 180
_LAUNCHES: tuple[tuple[Location, str, tuple[str, ...]], ...] = (
    (OURS, "drain_blog_posts", ()),
    (BARE, "__ASSET_JOB", ("bare_next",)),
    (WARM_BARE, "__ASSET_JOB", ("bare_next",)),
)


def measure() -> list[Row]:
    """Launch the three in turns, one run at a time."""
    cpu: dict[str, list[float]] = {one.name: [] for one, _, _ in _LAUNCHES}
    wall: dict[str, list[float]] = {one.name: [] for one, _, _ in _LAUNCHES}
    first_claim: list[float] = []
    with stand(OURS, BARE, WARM_BARE) as here:
        for number in range(-1, ROUNDS):  # the first round warms up and does not count
            for location, job, assets in _LAUNCHES:
                mark = _run(here, location, job, assets)
                if number < 0:
                    continue
                cpu[location.name].append(mark["cpu_s"])
                wall[location.name].append(mark["at"] - mark["process_began_at"])
                if location is OURS:
                    first_claim.append(mark["later_cpu_s"])
            say(f"round {number + 1} of {ROUNDS}")
    ours, bare, warm = (median(cpu[one.name]) for one in (OURS, BARE, WARM_BARE))
    return [
        info("bare run, Dagster's code server", bare, "CPU s"),
        info("bare run, our code server", warm, "CPU s"),
        info("draining run", ours, "CPU s"),
        info("draining run, to its first claim", median(first_claim), "CPU s"),
        info("bare run, Dagster's code server, wall", median(wall[BARE.name]), "s"),
        info("bare run, our code server, wall", median(wall[WARM_BARE.name]), "s"),
        info("draining run, wall", median(wall[OURS.name]), "s"),
        at_most("draining run to bare run", ours / bare, "x", TARGET),
        at_most("draining run to bare run, both warm", ours / warm, "x", TARGET),
    ]


def _run(here: Stand, location: Location, job: str, assets: tuple[str, ...]) -> dict[str, float]:
    run_id = here.launch(location, job, assets)
    here.wait_until(lambda: here.unfinished_runs() == 0, f"a run of {job}", RUN_TIMEOUT_S)
    return next(mark for mark in here.marks() if mark["run_id"] == run_id)

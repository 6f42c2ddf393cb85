"""How many runs are asked for: few, never none where work would be left, never too many."""

from __future__ import annotations

from itertools import product

import pytest

from posthub_assets.domain.summoning import MOST_RUNS, SECOND_RUN_FROM, Demand, runs_wanted

MANY = SECOND_RUN_FROM

CASES = {
    "nothing is due": (Demand(0, 0, 0, 0, 0), 0),
    "work is due and nobody is at it": (Demand(1, 0, 0, 0, 0), 1),
    "a run with a live lease is at it": (Demand(5, 5, 1, 0, 0), 0),
    "a run is starting": (Demand(5, 5, 0, 1, 0), 0),
    "a run that waits for more will take it": (Demand(5, 0, 0, 0, 1), 0),
    "a run shows as started, but the work has waited": (Demand(5, 1, 0, 0, 1), 1),
    "much work has waited behind one run": (Demand(MANY, MANY, 1, 0, 1), 1),
    "much work is due and has not waited": (Demand(MANY, 0, 1, 0, 1), 0),
    "two runs are at much work": (Demand(MANY, MANY, 2, 0, 2), 0),
    "one is at it and one is starting": (Demand(MANY, MANY, 1, 1, 1), 0),
    "a run failed half a minute ago": (Demand(MANY, MANY, 0, 0, 0, 1), 0),
}


@pytest.mark.parametrize("case", CASES)
def test_as_many_runs_as_are_worth_their_start(case):
    demand, expected = CASES[case]
    assert runs_wanted(demand) == expected


def test_never_more_than_two_are_in_flight_and_never_two_asked_for_at_once():
    for due, live, starting, started in product((0, 1, 50, 1000), range(4), range(4), range(3)):
        wanted = runs_wanted(Demand(due, due, live, starting, started))
        assert wanted in (0, 1)
        assert live + starting + wanted <= max(MOST_RUNS, live + starting)


def test_overdue_work_with_nobody_at_it_always_gets_a_run():
    for started in range(10):
        assert runs_wanted(Demand(1, 1, 0, 0, started)) == 1

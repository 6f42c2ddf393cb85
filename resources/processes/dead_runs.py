"""Dagster's runs that nobody works on any more, after a kill: marked failed, so that it shows.

Dagster's default launcher does not see that a run's process is gone when its code server is gone
too; the run would show as started for hours. No work is lost: jobs and leases are in our tables.
Run as a program, with DAGSTER_HOME set, this module marks them. Only to be run while no run can be
alive. What does not belong here: retrying anything.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from resources.database.urls import PSYCOPG, with_scheme

TIMEOUT_S = 120
MESSAGE = (
    "The factory was ended while this run was working. Its jobs are taken up again by another run."
)
_UNFINISHED = text(
    "SELECT count(*) FROM dagster.runs WHERE status IN ('STARTING', 'STARTED', 'CANCELING')"
)
_HAS_RUNS = text("SELECT to_regclass('dagster.runs') IS NOT NULL")


def unfinished_runs(dagster_url: str) -> int:
    """Count the runs that Dagster takes to be alive. 0 before Dagster's first start."""
    engine = create_engine(with_scheme(dagster_url, PSYCOPG), poolclass=NullPool)
    with engine.connect() as connection:
        if not connection.execute(_HAS_RUNS).scalar_one():
            return 0
        return int(connection.execute(_UNFINISHED).scalar_one())


def mark_dead_runs(environment: Mapping[str, str]) -> None:
    """Mark them in a process of its own, so that the supervisor does not load Dagster."""
    subprocess.run(
        [sys.executable, "-m", "resources.processes.dead_runs"],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def main() -> None:
    """Mark every unfinished run as failed, or as cancelled where that was asked for."""
    import dagster as dg

    statuses = [
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ]
    with dg.DagsterInstance.get() as instance:
        for run in instance.get_runs(dg.RunsFilter(statuses=statuses)):
            if run.status is dg.DagsterRunStatus.CANCELING:
                instance.report_run_canceled(run, message=MESSAGE)
            else:
                instance.report_run_failed(run, message=MESSAGE)


if __name__ == "__main__":
    main()

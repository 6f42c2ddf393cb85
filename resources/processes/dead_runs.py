"""Dagster's runs that end with the factory.

After a kill nobody works on them any more: they are marked failed, so that it shows. Dagster's
default launcher does not see that a run's process is gone when its code server is gone too; the run
would show as started for hours. Before an orderly end they are asked to cancel, or Dagster would
call their end a failure. No work is lost: jobs and leases are in our tables.
Run as a program, with DAGSTER_HOME set, this module marks them: failed while no run can be alive,
with the argument `ending` as about to be cancelled. What does not belong here: retrying anything.
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
ENDING = "ending"
ENDING_MESSAGE = "The factory is being ended. Another run takes up what this one has not done."
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
    """Mark every unfinished run as failed."""
    _run(environment)


def ask_runs_to_cancel(environment: Mapping[str, str]) -> None:
    """Mark every unfinished run as about to be cancelled: so it will show when it is ended."""
    _run(environment, ENDING)


def _run(environment: Mapping[str, str], *arguments: str) -> None:
    """Work in a process of its own, so that the supervisor does not load Dagster."""
    subprocess.run(
        [sys.executable, "-m", "resources.processes.dead_runs", *arguments],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def main() -> None:
    """Mark every unfinished run as the argument says."""
    import dagster as dg

    statuses = [
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ]
    with dg.DagsterInstance.get() as instance:
        for run in instance.get_runs(dg.RunsFilter(statuses=statuses)):
            if sys.argv[1:] == [ENDING]:
                instance.report_run_canceling(run, message=ENDING_MESSAGE)
            elif run.status is dg.DagsterRunStatus.CANCELING:
                instance.report_run_canceled(run, message=MESSAGE)
            else:
                instance.report_run_failed(run, message=MESSAGE)


if __name__ == "__main__":
    main()

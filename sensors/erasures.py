"""Looks whether a company is due to be erased, or an erasure is to be finished, and asks for a run.

What does not belong here: erasing (`resources/erasing.py`, `resources/dagster_erasure.py`).
"""

import dagster as dg

from posthub_assets.jobs import erase
from resources.watch import Watch

EVERY_S = 30
AT_ONCE = 200
"""Runs that are asked about in one question."""

IN_PROGRESS = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dg.sensor(
    name="erasures",
    job=erase,
    minimum_interval_seconds=EVERY_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks for the erasure of companies that are due. Idle otherwise.",
)
def erasures(
    context: dg.SensorEvaluationContext, watch: dg.ResourceParam[Watch]
) -> dg.RunRequest | dg.SkipReason:
    """Ask for one run at a time, and not while the runs go on that it would wait for."""
    due = watch.erasures_due()
    if not due:
        return dg.SkipReason("Nothing is to be erased.")
    if context.instance.get_runs_count(dg.RunsFilter(job_name=erase.name, statuses=IN_PROGRESS)):
        return dg.SkipReason("A run is at it.")
    if all(_go_on(context.instance, run_ids) for run_ids in due):
        return dg.SkipReason("Runs that worked for an erased company are still under way.")
    return dg.RunRequest()


def _go_on(instance: dg.DagsterInstance, run_ids: tuple[str, ...]) -> bool:
    """Tell whether any of these runs is under way."""
    return any(
        instance.get_runs_count(
            dg.RunsFilter(run_ids=list(run_ids[start : start + AT_ONCE]), statuses=IN_PROGRESS)
        )
        for start in range(0, len(run_ids), AT_ONCE)
    )

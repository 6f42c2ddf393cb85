"""One sensor per asset: is work due, and is nobody at it? Then ask for a draining run.

No cursor and no run key: what is pending stays pending until it is done.
What does not belong here: how many runs are wanted (`domain/summoning.py`), claims.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from posthub_assets.domain.flow import ASSETS
from posthub_assets.domain.summoning import Demand, runs_wanted
from posthub_assets.partitions import draining_job_name
from resources.watch import Watch

DRAIN_TAG = "posthub/drain"
STARTING_S = 120
"""A run that was asked for and has not begun within this time is not counted on any more."""

STARTED_S = 1200
PAUSE_S = 30
_STARTING = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
)


def work_sensor(asset: str) -> dg.SensorDefinition:
    """Make the sensor of one asset."""

    @dg.sensor(
        name=f"{asset}_work",
        job_name=draining_job_name(asset),
        minimum_interval_seconds=1,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Asks for a draining run of {asset} while jobs are due and nobody is at them.",
    )
    def look(
        context: dg.SensorEvaluationContext, watch: dg.ResourceParam[Watch]
    ) -> dg.SensorResult | dg.SkipReason:
        demand = _demand(context, watch, asset)
        if not runs_wanted(demand):
            return dg.SkipReason(_why_not(demand))
        return dg.SensorResult(run_requests=[dg.RunRequest(tags={DRAIN_TAG: asset})])

    return look


def _demand(context: dg.SensorEvaluationContext, watch: Watch, asset: str) -> Demand:
    jobs = watch.demand(asset)
    if not jobs.due:
        return Demand(0, 0, jobs.live_workers, 0, 0)
    return Demand(
        due=jobs.due,
        overdue=jobs.overdue,
        live_workers=jobs.live_workers,
        starting_runs=_runs(context, asset, _STARTING, STARTING_S),
        started_runs=_runs(context, asset, (dg.DagsterRunStatus.STARTED,), STARTED_S),
        failed_runs=_failed_runs(context, asset),
    )


def _runs(
    context: dg.SensorEvaluationContext,
    asset: str,
    statuses: tuple[dg.DagsterRunStatus, ...],
    younger_than_s: int,
) -> int:
    wanted = dg.RunsFilter(
        tags={DRAIN_TAG: asset},
        statuses=list(statuses),
        created_after=datetime.now(UTC) - timedelta(seconds=younger_than_s),
    )
    return context.instance.get_runs_count(wanted)


def _failed_runs(context: dg.SensorEvaluationContext, asset: str) -> int:
    wanted = dg.RunsFilter(
        tags={DRAIN_TAG: asset},
        statuses=[dg.DagsterRunStatus.FAILURE],
        updated_after=datetime.now(UTC) - timedelta(seconds=PAUSE_S),
    )
    return context.instance.get_runs_count(wanted)


def _why_not(demand: Demand) -> str:
    if not demand.due:
        return "No work is due."
    return (
        f"{demand.due} jobs are due; {demand.live_workers + demand.starting_runs} runs are at it."
    )


work_sensors = [work_sensor(asset) for asset in ASSETS]

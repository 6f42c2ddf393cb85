"""Looks whether a vendor's batch is to be handed in or asked about, and asks for the job that does.

No run waits for a vendor: between two looks nothing runs.
What does not belong here: batches themselves (`resources/gateway/batches.py`).
"""

import dagster as dg

from posthub_assets.jobs import turn_batches
from resources.watch import Watch

EVERY_S = 30


@dg.sensor(
    name="vendor_batches",
    job=turn_batches,
    minimum_interval_seconds=EVERY_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks for a look at the vendors' batches when one is due. Idle without batches.",
)
def vendor_batches(
    context: dg.SensorEvaluationContext, watch: dg.ResourceParam[Watch]
) -> dg.RunRequest | dg.SkipReason:
    """Ask for one run at a time; two would find nothing more."""
    if not watch.batches_due():
        return dg.SkipReason("No batch is due.")
    if _is_at_it(context):
        return dg.SkipReason("A run is at it.")
    return dg.RunRequest()


def _is_at_it(context: dg.SensorEvaluationContext) -> bool:
    open_runs = dg.RunsFilter(
        job_name=turn_batches.name,
        statuses=[
            dg.DagsterRunStatus.QUEUED,
            dg.DagsterRunStatus.NOT_STARTED,
            dg.DagsterRunStatus.STARTING,
        ],
    )
    return context.instance.get_runs_count(open_runs) > 0

"""Looks for approved items without what should follow them, and asks for the repair job.

It finds nothing on a good day: decisions insert their jobs themselves.
"""

import dagster as dg

from posthub_assets.jobs import reconcile
from resources.watch import Watch

EVERY_S = 300


@dg.sensor(
    name="reconciler",
    job=reconcile,
    minimum_interval_seconds=EVERY_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asserts that nothing approved is without its downstream item or an open job.",
)
def reconciler(
    context: dg.SensorEvaluationContext, watch: dg.ResourceParam[Watch]
) -> dg.RunRequest | dg.SkipReason:
    """Ask for the repair where something is missing."""
    missing = watch.missing_work()
    if not missing:
        return dg.SkipReason("Nothing is missing.")
    context.log.warning("%d approved items lack what follows them", missing)
    return dg.RunRequest()

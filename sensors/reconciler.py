"""Looks for approved items without what should follow them, and asks for the repair job.

Its tick also says that the factory is alive, for the API's readiness and metrics.
It finds nothing on a good day: decisions insert their jobs themselves. A tick looks at a part of
all items, the next one goes on from there, so that a tick costs the same however many there are.
"""

import dagster as dg

from posthub_assets.jobs import reconcile
from resources.watch import Watch

EVERY_S = 30


@dg.sensor(
    name="reconciler",
    job=reconcile,
    minimum_interval_seconds=EVERY_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks for a repair where what follows an approval is missing and has no job.",
)
def reconciler(
    context: dg.SensorEvaluationContext, watch: dg.ResourceParam[Watch]
) -> dg.RunRequest | dg.SkipReason:
    """Ask for the repair where something is missing."""
    watch.say_alive()
    missing, goes_on_from = watch.missing_work(context.cursor or "")
    context.update_cursor(goes_on_from)
    if not missing:
        return dg.SkipReason("Nothing is missing.")
    context.log.warning("%d approved items lack what follows them", missing)
    return dg.RunRequest()

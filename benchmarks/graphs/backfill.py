"""Our graph with a provider that answers at once, and without the reconciler.

The bench leaves gaps for the backfill to fill; the reconciler would fill them first.
"""

import dagster as dg

from benchmarks.graphs import instant

defs = dg.Definitions(
    assets=instant.defs.assets,
    jobs=instant.defs.jobs,
    sensors=[one for one in instant.defs.sensors or () if one.name != "reconciler"],
    resources=instant.defs.resources,
    executor=instant.defs.executor,
)

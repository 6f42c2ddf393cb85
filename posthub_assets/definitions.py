"""The composition root of the graph: every asset, sensor, job and resource meets here only.

`defs` is what Dagster loads. `build_definitions(**overrides)` is for tests and benchmarks: it takes
another workshop (a metered provider, say) or another watch in place of the real ones.
"""

from __future__ import annotations

from typing import Any

import dagster as dg

from posthub_assets.assets.calendars import content_calendar
from posthub_assets.assets.editorial import blog_posts, social_posts, topics
from posthub_assets.assets.research import company_dna, company_sources, personas
from posthub_assets.assets.visuals import image_variants
from posthub_assets.jobs import open_months, opening_schedule, reconcile
from resources.watch import Watch
from resources.workshop import PostgresWorkshop
from sensors.companies import company_partitions
from sensors.reconciler import reconciler
from sensors.work import work_sensors

ASSETS = (
    company_sources,
    company_dna,
    personas,
    topics,
    blog_posts,
    social_posts,
    image_variants,
    content_calendar,
)


def build_definitions(**overrides: Any) -> dg.Definitions:
    """Compose the graph. `overrides` replace resources by name: `workshop`, `watch`."""
    resources: dict[str, Any] = {"workshop": PostgresWorkshop(), "watch": Watch()}
    unknown = sorted(set(overrides) - set(resources))
    if unknown:
        raise TypeError(f"no such resource: {', '.join(unknown)}")
    return dg.Definitions(
        assets=ASSETS,
        jobs=[open_months, reconcile],
        schedules=[opening_schedule],
        sensors=[*work_sensors, company_partitions, reconciler],
        resources=resources | overrides,
        # One process per run: the multiprocess executor pays the imports again for each step.
        executor=dg.in_process_executor,
    )


defs = build_definitions()

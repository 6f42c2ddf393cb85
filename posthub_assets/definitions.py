"""The composition root of the graph: every asset, sensor, job and resource meets here only.

`defs` is what Dagster loads. `build_definitions(**overrides)` is for tests and benchmarks: it takes
another workshop (a metered provider, say) or another watch in place of the real ones.
"""

from __future__ import annotations

from typing import Any

import dagster as dg

from posthub_assets.assets import (
    articles,
    brand_palettes,
    calendars,
    editorial,
    formatted_images,
    generated_images,
    research,
    spending,
    visuals,
)
from posthub_assets.assets.stages import draining_job
from posthub_assets.jobs import (
    erase,
    open_months,
    opening_schedule,
    reconcile,
    tidy_up,
    tidying_schedule,
    turn_batches,
)
from resources.watch import Watch
from resources.workshop import PostgresWorkshop
from sensors.batches import vendor_batches
from sensors.companies import company_partitions
from sensors.erasures import erasures
from sensors.reconciler import reconciler
from sensors.work import work_sensors

ASSETS = (
    research.company_sources,
    research.company_dna,
    research.personas,
    editorial.topics,
    editorial.blog_posts,
    editorial.social_posts,
    visuals.image_variants,
    generated_images.generated_images,
    formatted_images.formatted_images,
    brand_palettes.brand_palettes,
    articles.articles,
    calendars.content_calendar,
    spending.monthly_usage,
)
STAGES = (
    *research.STAGES,
    *editorial.STAGES,
    *visuals.STAGES,
    *generated_images.STAGES,
    *formatted_images.STAGES,
    *brand_palettes.STAGES,
    *articles.STAGES,
    *calendars.STAGES,
    *spending.STAGES,
)


def build_definitions(**overrides: Any) -> dg.Definitions:
    """Compose the graph. `overrides` replace resources by name: `workshop`, `watch`."""
    resources: dict[str, Any] = {"workshop": PostgresWorkshop(), "watch": Watch()}
    unknown = sorted(set(overrides) - set(resources))
    if unknown:
        raise TypeError(f"no such resource: {', '.join(unknown)}")
    return dg.Definitions(
        assets=ASSETS,
        jobs=[
            *(draining_job(stage) for stage in STAGES),
            erase,
            open_months,
            reconcile,
            tidy_up,
            turn_batches,
        ],
        schedules=[opening_schedule, tidying_schedule],
        sensors=[*work_sensors, company_partitions, erasures, reconciler, vendor_batches],
        resources=resources | overrides,
        # One process per run: the multiprocess executor pays the imports again for each step.
        executor=dg.in_process_executor,
    )


defs = build_definitions()

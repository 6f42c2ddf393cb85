"""Keeps the graph's company partitions like the companies in the database.

The API never imports Dagster, so it is a sensor that adds and removes them.
"""

import dagster as dg

from posthub_assets.partitions import companies
from resources.watch import Watch


@dg.sensor(
    name="company_partitions",
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Adds a partition for each new company, and removes those that are gone.",
)
def company_partitions(
    context: dg.SensorEvaluationContext, watch: dg.ResourceParam[Watch]
) -> dg.SensorResult | dg.SkipReason:
    """Compare only when a company came or went, and once an hour: the cursor is a mark of both."""
    mark = watch.companies_mark()
    if mark == context.cursor:
        return dg.SkipReason("No company came or went.")
    wanted = set(watch.company_keys())
    there = set(context.instance.get_dynamic_partitions("companies"))
    requests: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = []
    if missing := sorted(wanted - there):
        requests.append(companies.build_add_request(missing))
    if gone := sorted(there - wanted):
        requests.append(companies.build_delete_request(gone))
    return dg.SensorResult(dynamic_partitions_requests=requests, cursor=mark)

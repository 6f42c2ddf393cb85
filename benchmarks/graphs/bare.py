"""Bare Dagster: empty assets with our partitions and policies, which write nothing.

`bare_*` are four monthly assets for the backfill. `bare_next` waits behind a gate: a sensor looks
for flagged rows in a table, as ours look for due jobs, and asks for a run of it.
"""

import os
from typing import Any

import dagster as dg

from benchmarks.graphs.marks import mark, now

companies = dg.DynamicPartitionsDefinition(name="companies")
months = dg.MonthlyPartitionsDefinition(start_date="2026-01-01", end_offset=24)
company_months = dg.MultiPartitionsDefinition({"company": companies, "month": months})

DATABASE = "POSTHUB_BENCH_DATABASE_URL"
GATE = "bench_gate"
"""Table: (id, state) where state is `pending`, `asked` or `done`."""


def _monthly(name: str, deps: list[str]) -> dg.AssetsDefinition:
    @dg.asset(
        key=name,
        deps=deps,
        partitions_def=company_months,
        backfill_policy=dg.BackfillPolicy.multi_run(50),
    )
    def empty() -> None:
        return None

    return empty


@dg.asset
def bare_next(context: dg.AssetExecutionContext) -> None:
    """Nothing but the first line."""
    mark("bare_next", context.run_id, now())


_connection: list[Any] = []


def _query(statement: str) -> list[tuple[Any, ...]]:
    import psycopg

    if not _connection:
        _connection.append(psycopg.connect(os.environ[DATABASE], autocommit=True))
    return list(_connection[0].execute(statement).fetchall())


@dg.sensor(
    target=dg.AssetSelection.assets("bare_next"),
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def bare_gate() -> dg.RunRequest | dg.SkipReason:
    """Ask for a run while a row is pending; `run_key` keeps one row to one run."""
    if DATABASE not in os.environ:
        return dg.SkipReason("There is no gate.")
    rows = _query(f"SELECT id FROM public.{GATE} WHERE state = 'pending' LIMIT 1")  # noqa: S608
    if not rows:
        return dg.SkipReason("Nothing is pending.")
    return dg.RunRequest(run_key=str(rows[0][0]))


ASSETS = ["bare_topics", "bare_blog_posts", "bare_social_posts", "bare_calendar"]

defs = dg.Definitions(
    assets=[
        *(
            _monthly(name, [before] if before else [])
            for name, before in zip(ASSETS, ["", *ASSETS], strict=False)
        ),
        bare_next,
    ],
    sensors=[bare_gate],
    executor=dg.in_process_executor,
)

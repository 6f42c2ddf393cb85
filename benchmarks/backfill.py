"""Bench `backfill`: 200 company-months as one backfill of the four monthly assets, no images.

Every stage has a third of a BASIC month of twelve topics to do: four topics to find, four approved
topics without their post, four approved posts without their social posts. So each company-month
comes to 4 topics, 4 posts of full length, 8 social posts and a calendar; all are judged, hashed and
written. Beside it, in turns: the same backfill of a bare graph of four empty assets, with the same
policy, by Dagster as it comes, alone on a server of its own. The same bare graph behind our daemon,
on our storage, is told for information.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.harness import Row, at_least, info, median, say
from benchmarks.seeding import Chain, next_month, seed, template
from benchmarks.stand import BARE, Location, Stand, stand

COMPANIES = 200
ROUNDS = 2
QUOTA = 12
OURS = Location("posthub", "benchmarks.graphs.backfill")
ASSETS = ("topics", "blog_posts", "social_posts", "content_calendar")
BARE_ASSETS = ("bare_topics", "bare_blog_posts", "bare_social_posts", "bare_calendar")
TARGET_SHARE = 0.5
TIMEOUT_S = 1500
SETTLED_S = 600

_BACKFILL = """
mutation($parameters: LaunchBackfillParams!) {
    launchPartitionBackfill(backfillParams: $parameters) {
        __typename
        ... on LaunchBackfillSuccess { backfillId }
        ... on Error { message }
    }
}
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one backfill took."""

    wall_s: float
    factory_cpu_s: float
    postgres_cpu_s: float
    runs: int
    items: int


def measure() -> list[Row]:
    """Backfill bare and ours in turns, each round on servers of its own."""
    bare, kept, ours = [], [], []
    unfinished = 0
    for _ in range(ROUNDS):
        bare.append(_stock())
        say(f"bare graph: {bare[-1].wall_s:.0f} s")
        with stand(OURS, BARE) as here:
            keys = _seeded(here)
            kept.append(_backfill(here, BARE_ASSETS, keys))
            say(f"bare graph on our storage: {kept[-1].wall_s:.0f} s")
            ours.append(_backfill(here, ASSETS, keys))
            say(f"our graph: {ours[-1].wall_s:.0f} s, {ours[-1].items} items")
            unfinished += here.one("SELECT count(*) FROM posthub.job WHERE status <> 'completed'")
    return _rows(ours, bare, kept, unfinished)


def _stock() -> Cost:
    """Backfill the bare graph with nothing else on the machine, on Dagster's own storage."""
    with stand(BARE, stock_storage=True) as here:
        companies = [f"company-{number}" for number in range(1, COMPANIES + 1)]
        here.query(
            "INSERT INTO dagster.dynamic_partitions (partitions_def_name, partition)"
            " SELECT 'companies', unnest(CAST(%(companies)s AS text[]))",
            companies=companies,
        )
        return _backfill(here, BARE_ASSETS, [f"{one}|{next_month()}" for one in companies])


def _seeded(here: Stand) -> list[str]:
    """Make the companies, and wait until the graph knows them; give the keys of their months."""
    month = next_month()
    chains = [Chain("approved")] * 4 + [Chain("approved", "approved")] * 4
    made = seed(
        here.urls.owner,
        first=1,
        count=COMPANIES,
        items=template(chains, month),
        month=month,
        quota=QUOTA,
    )
    statement = "SELECT count(*) FROM dagster.dynamic_partitions"
    here.wait_until(lambda: here.one(statement) >= COMPANIES, "the partitions", SETTLED_S)
    return [f"{one.key}|{month}" for one in made]


def _rows(ours: list[Cost], bare: list[Cost], kept: list[Cost], unfinished: int) -> list[Row]:
    rate, bare_rate, kept_rate = _rate(ours), _rate(bare), _rate(kept)
    return [
        info("bare graph", bare_rate, "company-months/min"),
        info("bare graph on our storage", kept_rate, "company-months/min"),
        info("our graph", rate, "company-months/min"),
        info("bare graph, factory", median(_each(o.factory_cpu_s) for o in bare), "CPU s/month"),
        info("our graph, factory", median(_each(o.factory_cpu_s) for o in ours), "CPU s/month"),
        info("bare graph, database", median(_each(o.postgres_cpu_s) for o in bare), "CPU s/month"),
        info("our graph, database", median(_each(o.postgres_cpu_s) for o in ours), "CPU s/month"),
        info("items made in a company-month", median(_each(o.items) for o in ours), "items"),
        info("runs", median(one.runs for one in ours), "runs"),
        info("jobs that are not completed", unfinished, "jobs"),
        info("our rate to the bare rate on our storage", rate / kept_rate, "x"),
        at_least("our rate to the bare rate", rate / bare_rate, "x", TARGET_SHARE),
    ]


def _rate(costs: list[Cost]) -> float:
    return median(60 * COMPANIES / one.wall_s for one in costs)


def _each(value: float) -> float:
    return value / COMPANIES


def _backfill(here: Stand, assets: tuple[str, ...], keys: list[str]) -> Cost:
    """Run one backfill through the daemon, to its end."""
    items = here.one("SELECT count(*) FROM posthub.content")
    runs = here.one("SELECT count(*) FROM dagster.runs")
    factory, postgres = here.factory_cpu_s(), here.postgres_cpu_s()
    began = here.now()
    parameters = {
        "assetSelection": [{"path": [asset]} for asset in assets],
        "partitionNames": keys,
    }
    answer = here.graphql(_BACKFILL, {"parameters": parameters})["launchPartitionBackfill"]
    if "backfillId" not in answer:
        raise RuntimeError(f"the backfill was not launched: {answer}")
    statement = "SELECT status FROM dagster.bulk_actions WHERE key = %(key)s"
    key = answer["backfillId"]
    done = ("COMPLETED", "COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED")
    here.wait_until(lambda: here.one(statement, key=key) in done, "the backfill", TIMEOUT_S)
    status = here.one(statement, key=key)
    if status not in ("COMPLETED", "COMPLETED_SUCCESS"):
        raise RuntimeError(f"the backfill ended as {status}")
    ended = here.one("SELECT max(end_time) FROM dagster.runs")
    here.wait_until(lambda: here.unfinished_runs() == 0, "the last run", SETTLED_S)
    return Cost(
        wall_s=ended - began,
        factory_cpu_s=here.factory_cpu_s() - factory,
        postgres_cpu_s=here.postgres_cpu_s() - postgres,
        runs=here.one("SELECT count(*) FROM dagster.runs") - runs,
        items=here.one("SELECT count(*) FROM posthub.content") - items,
    )

"""Bench `growth`: what one thing costs while the database holds 100, 1,000, 10,000 companies.

Measured are the tick of a sensor (all work sensors, the one that keeps partitions, the reconciler),
`GET /v1/inbox` of a supervisor and of an administrator, and one company's month: a third of its
topics, posts and social posts, and its calendar, as one run of the four assets. Every company has a
month of 12 topics with its posts, verdicts, decisions and done jobs; two topics wait for a person.

CPU seconds are those of our process and of the database server together.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.harness import Row, at_most, info, median, percentile, say
from benchmarks.providers import InstantText
from benchmarks.seeding import A_YEAR_AGO, Chain, Seeded, next_month, plain_url, seed, template
from benchmarks.stand import Stand, stand

if TYPE_CHECKING:
    import dagster as dg

SIZES = (100, 1_000, 10_000)
BATCHES = 5
TICKS = 40
REQUESTS = 40
MONTHS = 6
SETTLED_S = 300
TARGET = 1.5
PROBES_FROM = 1_000_000
DONE = ("approved", "approved", "approved")
ASSETS = ("topics", "blog_posts", "social_posts", "content_calendar")
_ADMIN = "UPDATE posthub.app_user SET is_admin = true WHERE id = %(id)s"
_DUE = """
    INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, month, round)
    SELECT gen_random_uuid(), organization_id, id, 'topics', 'create_topics', %(month)s, 99
    FROM posthub.company WHERE partition_key = ANY(%(keys)s)
"""
_VACUUMS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
_NOT_DUE = "DELETE FROM posthub.job WHERE round = 99"

Costs = dict[str, float]
"""Milliseconds of CPU, and of waiting where the name says so, by what was measured."""


def measure() -> list[Row]:
    """Grow the database in three steps and measure all after each."""
    month = next_month()
    chains = [Chain("in_review"), Chain("in_review"), *(Chain(*DONE) for _ in range(10))]
    everyday = template(chains, month, sections=1)
    gaps = template(
        [Chain("approved")] * 4 + [Chain("approved", "approved")] * 4, month, sections=1
    )
    results: dict[int, Costs] = {}
    there = 0
    with stand(api=True) as here:
        graph = _Graph(here)
        for size in SIZES:
            seed(
                here.urls.owner,
                first=there + 1,
                count=size - there,
                items=everyday,
                month=month,
                quota=12,
                began=A_YEAR_AGO,
            )
            probes = seed(
                here.urls.owner,
                first=PROBES_FROM + size,
                count=MONTHS,
                items=gaps,
                month=month,
                quota=12,
                began=A_YEAR_AGO,
            )
            there = size
            graph.add_partitions()
            _settle(here)
            say(f"{size} companies are there")
            results[size] = _measure_all(here, graph, month, probes)
            say(f"{size} companies: " + _told(results[size]))
    return _rows(results)


def _told(costs: Costs) -> str:
    return ", ".join(f"{name} {value:.1f}" for name, value in costs.items())


def _rows(results: dict[int, Costs]) -> list[Row]:
    rows = []
    first, last = results[SIZES[0]], results[SIZES[-1]]
    for name in first:
        unit = "ms" if name.endswith("wall") else "CPU ms"
        rows += [info(f"{name}, {size:,}", results[size][name], unit) for size in SIZES]
        label = f"{name}, {SIZES[-1]:,} to {SIZES[0]:,}"
        ratio = last[name] / first[name]
        rows.append(info(label, ratio, "x") if unit == "ms" else at_most(label, ratio, "x", TARGET))
    return rows


def _settle(here: Stand) -> None:
    """Do now what the server would do by itself in the middle of the measurement."""
    with psycopg.connect(plain_url(here.urls.owner), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    here.wait_until(lambda: here.one(_VACUUMS) == 0, "the server's own vacuum", SETTLED_S)


def _measure_all(here: Stand, graph: _Graph, month: date, probes: Sequence[Seeded]) -> Costs:
    costs: Costs = {}
    costs |= _ticks(here, graph, "tick, nothing is due", graph.work_sensors)
    here.query(_DUE, month=month, keys=[f"company-{n}" for n in range(1, 21)])
    costs |= _ticks(here, graph, "tick, 20 jobs are due", graph.work_sensors)
    here.query(_NOT_DUE)
    costs |= _ticks(here, graph, "tick of the partitions' sensor", [graph.partitions_sensor])
    costs |= _inbox(here, "inbox of a supervisor", admin=False)
    costs |= _inbox(here, "inbox of an administrator", admin=True)
    costs |= _months(here, graph, month, probes)
    costs |= _ticks(here, graph, "tick of the reconciler", [graph.reconciler], ticks=2)
    return costs


def _ticks(
    here: Stand, graph: _Graph, name: str, sensors: Sequence[Any], ticks: int = TICKS
) -> Costs:
    def tick() -> None:
        for sensor in sensors:
            graph.tick(sensor)

    each = _batches(here, tick, ticks, own=True)
    return {f"{name}": each[0] / len(sensors), f"{name}, wall": each[1] / len(sensors)}


def _inbox(here: Stand, name: str, *, admin: bool) -> Costs:
    user = here.query(
        "SELECT id FROM posthub.app_user ORDER BY id OFFSET %(n)s LIMIT 1", n=int(admin)
    )
    if admin:
        here.query(_ADMIN, id=user[0]["id"])
    token = here.token(user[0]["id"])

    def ask() -> None:
        here.http(here.settings.api_port, "GET", "/v1/inbox", token=token)

    cpu_ms, wall_ms = _batches(here, ask, REQUESTS, own=False)
    return {name: cpu_ms, f"{name}, wall": wall_ms}


def _months(here: Stand, graph: _Graph, month: date, probes: Sequence[Seeded]) -> Costs:
    cpu: list[float] = []
    wall: list[float] = []
    for number, probe in enumerate(probes):
        before, began = _cpu_s(here, own=True), time.monotonic()
        graph.materialize(probe.key, month)
        if number:  # the first one imports
            cpu.append(1000 * (_cpu_s(here, own=True) - before))
            wall.append(1000 * (time.monotonic() - began))
    failed = here.one("SELECT count(*) FROM posthub.job WHERE status <> 'completed'")
    if failed:
        raise RuntimeError(f"{failed} jobs of the months were not completed")
    return {"a company's month": median(cpu), "a company's month, wall": median(wall)}


def _batches(
    here: Stand, action: Callable[[], None], count: int, *, own: bool
) -> tuple[float, float]:
    """Give CPU and wall milliseconds of one action: the median of batches."""
    action()
    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(BATCHES):
        before = _cpu_s(here, own=own)
        for _ in range(count):
            began = time.monotonic()
            action()
            wall.append(1000 * (time.monotonic() - began))
        cpu.append(1000 * (_cpu_s(here, own=own) - before) / count)
    return median(cpu), percentile(wall, 50)


def _cpu_s(here: Stand, *, own: bool) -> float:
    return here.postgres_cpu_s() + (time.process_time() if own else here.cpu_s("api"))


class _Graph:
    """Our graph inside this process, on the stand's databases."""

    def __init__(self, here: Stand) -> None:
        warnings.simplefilter("ignore")
        import dagster as dg

        from posthub_assets.definitions import ASSETS as ALL_ASSETS
        from resources.watch import Watch
        from resources.workshop import PostgresWorkshop
        from sensors.companies import company_partitions
        from sensors.reconciler import reconciler
        from sensors.work import work_sensors

        os.environ["POSTHUB_DAGSTER_DATABASE_URL"] = here.urls.dagster
        self.instance = dg.DagsterInstance.from_config(str(here.home / "dagster"))
        self.work_sensors = work_sensors
        self.partitions_sensor = company_partitions
        self.reconciler = reconciler
        self._here = here
        self._watch = Watch(here.settings)
        self._workshop = PostgresWorkshop(settings=here.settings, text=InstantText())
        self._assets = [one for one in ALL_ASSETS if one.key.to_user_string() in ASSETS]
        self._cursors: dict[str, str | None] = {}

    def add_partitions(self) -> None:
        """Let the sensor bring Dagster's partitions up to the companies, as it does every hour."""
        self._cursors.pop(self.partitions_sensor.name, None)
        result = self.tick(self.partitions_sensor)
        for request in result.dynamic_partitions_requests:
            keys = list(request.partition_keys)
            self.instance.add_dynamic_partitions(request.partitions_def_name, keys)

    def tick(self, sensor: dg.SensorDefinition) -> Any:
        """Evaluate a sensor as the code server does."""
        import dagster as dg

        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self._cursors.get(sensor.name),
            resources={"watch": self._watch},
        )
        result = sensor(context)
        self._cursors[sensor.name] = getattr(result, "cursor", None) or context.cursor
        return result

    def materialize(self, company: str, month: date) -> None:
        """Run the four monthly assets for one company-month."""
        import dagster as dg

        key = dg.MultiPartitionKey({"company": company, "month": str(month)})
        dg.materialize(
            self._assets,
            partition_key=key,
            instance=self.instance,
            resources={"workshop": self._workshop},
            run_config={"loggers": {"console": {"config": {"log_level": "ERROR"}}}},
        )

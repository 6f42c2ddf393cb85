"""Bench `queue`: jobs claimed and completed in a second, for information.

The floor beside it is the least that a claim can be: SELECT ... FOR UPDATE SKIP LOCKED and UPDATE
on a bare table, with the same driver, the same number of workers and the same batches, without
leases, policies, SQLAlchemy or results.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import psycopg

from benchmarks.harness import Row, info, median, say
from benchmarks.seeding import Chain, next_month, plain_url, seed, template
from benchmarks.stand import Stand, stand
from posthub_assets.domain.work import Result
from resources.database.engine import open_database
from resources.work_queue import PostgresWorkQueue

JOBS = 1500
WORKERS = 4
BATCH = 16
ROUNDS = 3
ASSET = "content_calendar"

_ASK = """
    INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, month, round)
    SELECT gen_random_uuid(), c.organization_id, c.id, 'content_calendar', 'bench', %(month)s,
        %(round)s * 1000 + n
    FROM posthub.company c CROSS JOIN generate_series(1, %(each)s) n
"""
_FLOOR = "CREATE TABLE IF NOT EXISTS public.bench_queue (id serial PRIMARY KEY, state text)"
_FLOOR_ASK = """
    INSERT INTO public.bench_queue (state) SELECT 'pending' FROM generate_series(1, %(jobs)s)
"""
_FLOOR_CLAIM = """
    UPDATE public.bench_queue SET state = 'running' WHERE id IN (
        SELECT id FROM public.bench_queue WHERE state = 'pending' ORDER BY id LIMIT %s
        FOR UPDATE SKIP LOCKED) RETURNING id
"""
_FLOOR_COMPLETE = "UPDATE public.bench_queue SET state = 'done' WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a queue was emptied."""

    jobs_per_s: float
    cpu_ms: float
    """Of this process and the server, for one job."""


def measure() -> list[Row]:
    """Empty ours and the floor in turns."""
    month = next_month()
    companies = 50
    ours: list[Speed] = []
    floor: list[Speed] = []
    with stand() as here:
        seed(
            here.urls.owner,
            first=1,
            count=companies,
            items=template([Chain("approved")], month),
            month=month,
            quota=12,
        )
        here.query(_FLOOR)
        for number in range(ROUNDS):
            here.query(_FLOOR_ASK, jobs=JOBS)
            floor.append(_timed(here, _empty_floor))
            here.query(_ASK, month=month, round=number, each=JOBS // companies)
            ours.append(_timed(here, _empty_ours))
            say(f"round {number + 1} of {ROUNDS}")
    return [
        info("floor", median(one.jobs_per_s for one in floor), "jobs/s"),
        info("ours", median(one.jobs_per_s for one in ours), "jobs/s"),
        info("floor, cost of a job", median(one.cpu_ms for one in floor), "CPU ms"),
        info("ours, cost of a job", median(one.cpu_ms for one in ours), "CPU ms"),
    ]


def _timed(here: Stand, empty: object) -> Speed:
    assert callable(empty)
    cpu, began = time.process_time() + here.postgres_cpu_s(), time.monotonic()
    asyncio.run(empty(here))
    wall_s = time.monotonic() - began
    cpu_s = time.process_time() + here.postgres_cpu_s() - cpu
    return Speed(JOBS / wall_s, 1000 * cpu_s / JOBS)


async def _empty_ours(here: Stand) -> None:
    database = open_database(here.urls.factory, pool_size=WORKERS)
    queue = PostgresWorkQueue(database)

    async def work(name: str) -> None:
        while jobs := await queue.claim(ASSET, worker=name, run_id="", limit=BATCH, only=None):
            for job in jobs:
                await queue.save(job, name, Result(), duration_s=0)

    try:
        await asyncio.gather(*(work(f"worker {n}") for n in range(WORKERS)))
    finally:
        await database.close()


async def _empty_floor(here: Stand) -> None:
    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(
            plain_url(here.urls.owner), autocommit=True
        ) as connection:
            while rows := await (await connection.execute(_FLOOR_CLAIM, (BATCH,))).fetchall():
                for row in rows:
                    await connection.execute(_FLOOR_COMPLETE, row)

    await asyncio.gather(*(work() for _ in range(WORKERS)))

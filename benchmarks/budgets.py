"""Bench `budgets`: a thousand callers on one budget, what a reservation costs, and who is killed.

Four processes with 250 callers each spend mixed amounts of one limit, while somebody else adds up
what is spent and reserved. The floor beside the speed is as many bare updates of one row. Then a
hundred processes are killed (SIGKILL, each by its id) between reserving and settling.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from decimal import Decimal

import psycopg

from benchmarks.callers import Spender, Spent, hold, reserve, spend
from benchmarks.harness import Row, at_most, info, say
from benchmarks.seeding import plain_url
from benchmarks.stand import Stand, stand
from posthub_assets.domain.errors import BudgetExceeded
from resources.database.engine import open_database
from resources.ids import new_id
from resources.pricing import Estimate

PROCESSES = 4
CALLERS = 250
"""In each process."""

LIMIT_USD = Decimal(90)
"""A tenth of what the callers ask for in all: most of the time it is nearly full. It is less than
what the tier gives the organisation, so that it is the one that binds."""

KILLS = 100
HOLD_S = 1.0
_SPAWN = multiprocessing.get_context("spawn")
_SUMS = """
    SELECT coalesce(max(spent_usd + reserved_usd), 0) FROM posthub.budget
    WHERE company_id = %(company)s
"""


@dataclass(slots=True)
class Watched:
    """The highest sum of spent and reserved that was seen, and how often somebody looked."""

    most: Decimal = Decimal(0)
    looks: int = 0


def measure() -> list[Row]:
    """Spend, then kill."""
    with stand() as here:
        crowd = make_company(here, LIMIT_USD)
        began = time.monotonic()
        watched, spent = asyncio.run(_spend_watched(here, crowd))
        wall_s = time.monotonic() - began
        say(f"{sum(one.served for one in spent)} calls served, {watched.looks} looks at the sums")
        floor = asyncio.run(_floor(here))
        whole, left = _kill(here)
        booked = here.query(
            "SELECT spent_usd, reserved_usd FROM posthub.budget WHERE company_id = %(company)s",
            company=crowd.company_id,
        )[0]
        spent_usd, reserved_usd = booked["spent_usd"], booked["reserved_usd"]
    served = sum(one.served for one in spent)
    paid = sum((one.paid_usd for one in spent), start=Decimal(0))
    per_s = (PROCESSES * CALLERS) / wall_s
    return [
        at_most(
            "overshoot seen while spending",
            float(max(Decimal(0), watched.most - LIMIT_USD)),
            "USD",
            0,
        ),
        at_most("overshoot at the end", float(max(Decimal(0), spent_usd - LIMIT_USD)), "USD", 0),
        at_most("left reserved at the end", float(reserved_usd), "USD", 0),
        at_most("booked beside what was paid", float(abs(spent_usd - paid)), "USD", 0),
        info("callers served", served, "of 1,000"),
        info("highest sum seen", float(watched.most), "USD of 90"),
        info("looks at the sums", watched.looks, ""),
        info("calls tried, with process starts", per_s, "a second"),
        info("floor: bare updates of one row", floor, "a second"),
        at_most("killed between reserve and settle, not whole again", KILLS - whole, "of 100", 0),
        at_most("left reserved after the kills", float(left), "USD", 0),
    ]


def _above(amount: Decimal) -> float:
    return float(max(Decimal(0), amount - LIMIT_USD))


def make_company(here: Stand, limit_usd: Decimal | None) -> Spender:
    """Make a company with a limit of a month, or without one."""
    organization, company = str(new_id()), str(new_id())
    values = {"organization": organization, "company": company, "limit": limit_usd}
    here.query(
        "INSERT INTO posthub.organization (id, name) VALUES (%(organization)s::uuid, 'Bench')",
        **values,
    )
    here.query(
        "INSERT INTO posthub.company (id, organization_id, slug, partition_key, name, language,"
        " timezone, tier) VALUES (%(company)s::uuid, %(organization)s::uuid, 'bench',"
        " %(company)s::text, 'Bench', 'en', 'UTC', 'PRO')",
        **values,
    )
    if limit_usd is None:
        return Spender(here.urls.factory, organization, company)
    here.query(
        "INSERT INTO posthub.usage_limit (id, organization_id, company_id, period, cost_usd)"
        " VALUES (gen_random_uuid(), %(organization)s::uuid, %(company)s::uuid, 'month',"
        " %(limit)s)",
        **values,
    )
    return Spender(here.urls.factory, organization, company)


async def _spend_watched(here: Stand, who: Spender) -> tuple[Watched, list[Spent]]:
    pipes = [_SPAWN.Pipe(duplex=False) for _ in range(PROCESSES)]
    children = [
        _SPAWN.Process(target=spend, args=(who, CALLERS, number, pipe[1]))
        for number, pipe in enumerate(pipes)
    ]
    for child in children:
        child.start()
    watched = Watched()
    async with await psycopg.AsyncConnection.connect(
        plain_url(here.urls.owner), autocommit=True
    ) as connection:
        await connection.execute("SET posthub.organization_ids = '*'")
        while any(child.is_alive() for child in children):
            row = await (await connection.execute(_SUMS, {"company": who.company_id})).fetchone()
            assert row is not None
            watched.most = max(watched.most, row[0])
            watched.looks += 1
            await asyncio.sleep(0.002)
    spent = [pipe[0].recv() for pipe in pipes]
    for child in children:
        child.join()
    return watched, spent


async def _floor(here: Stand) -> float:
    """Update one row as often, from as many connections; give updates a second."""
    here.query("CREATE TABLE IF NOT EXISTS public.bench_row (id int PRIMARY KEY, amount numeric)")
    here.query("INSERT INTO public.bench_row VALUES (1, 0) ON CONFLICT DO NOTHING")
    times = 2 * PROCESSES * CALLERS // 8  # a call reserves and settles

    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(
            plain_url(here.urls.owner), autocommit=True
        ) as connection:
            for _ in range(times):
                await connection.execute("UPDATE public.bench_row SET amount = amount + 1")

    began = time.monotonic()
    await asyncio.gather(*(work() for _ in range(8)))
    return 8 * times / (time.monotonic() - began)


def _kill(here: Stand) -> tuple[int, Decimal]:
    """Kill a hundred holders of the whole budget; count how often it was whole again."""
    who = make_company(here, Decimal(1))
    whole = 0
    for number in range(KILLS):
        receive, send = _SPAWN.Pipe(duplex=False)
        holder = _SPAWN.Process(target=hold, args=(who, HOLD_S, send))
        holder.start()
        send.close()
        receive.recv()
        assert holder.pid is not None
        os.kill(holder.pid, signal.SIGKILL)
        holder.join()
        whole += asyncio.run(_is_whole_again(who))
        if number % 25 == 24:
            say(f"{number + 1} of {KILLS} killed")
    rows = here.query(
        "SELECT reserved_usd FROM posthub.budget WHERE company_id = %(company)s",
        company=who.company_id,
    )
    return whole, rows[0]["reserved_usd"]


async def _is_whole_again(who: Spender) -> bool:
    """Reserve all of it, once the dead holder's time is over, and give it back."""
    from uuid import UUID

    from resources.database.engine import Scope
    from resources.database.repositories import budgets

    database = open_database(who.url, pool_size=1)
    try:
        for _ in range(20):
            await asyncio.sleep(HOLD_S / 4)
            try:
                id_ = await reserve(database, who.call, Estimate(1000, Decimal(1)), 60)
            except BudgetExceeded:
                continue
            async with database.transaction(Scope.of(UUID(who.organization_id))) as connection:
                await budgets.release(connection, id_)
            return True
        return False
    finally:
        await database.close()

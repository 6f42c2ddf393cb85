"""Processes that reserve and settle, for bench `budgets`: many at once, and some that are killed.

What does not belong here: what is measured (`budgets.py`).
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing.connection import Connection
from uuid import UUID

from posthub_assets.domain.errors import BudgetExceeded
from posthub_assets.domain.ports import Call
from posthub_assets.domain.spending.limits import LimitDefaults
from resources.database.engine import Database, Scope, open_database
from resources.database.repositories import budgets, journal
from resources.ids import new_id
from resources.pricing import Estimate

POOL = 8
DEFAULTS = LimitDefaults()


@dataclass(frozen=True, slots=True)
class Spender:
    """Who spends: an organisation's company, on a database."""

    url: str
    organization_id: str
    company_id: str

    @property
    def call(self) -> Call:
        """What the journal is told."""
        return Call(self.organization_id, self.company_id, "bench")


@dataclass(frozen=True, slots=True)
class Spent:
    """What the callers of a process came to."""

    served: int
    refused: int
    paid_usd: Decimal


async def reserve(database: Database, call: Call, asked: Estimate, hold_s: float) -> UUID:
    """Reserve as the gateway does: with the journal's row, in one transaction."""
    generation_id = new_id()
    async with database.transaction(Scope.of(UUID(call.organization_id))) as connection:
        request = journal.Request(kind="bench", hash=str(generation_id), kept={})
        await journal.start(
            connection, call, request, generation_id=generation_id, provider="bench"
        )
        limits = await budgets.limits_for(connection, call, "bench", DEFAULTS)
        await budgets.reserve(
            connection,
            call,
            generation_id=generation_id,
            provider="bench",
            estimate=asked,
            limits=limits,
            hold_s=hold_s,
        )
    return generation_id


def spend(spender: Spender, callers: int, seed: int, answer: Connection) -> None:
    """Run many callers at once, each with a cost of its own; send what came of them."""
    answer.send(asyncio.run(_spend(spender, callers, random.Random(seed))))


async def _spend(spender: Spender, callers: int, dice: random.Random) -> Spent:
    database = open_database(spender.url, pool_size=POOL)

    async def one(asked: Decimal, share: int) -> Decimal | None:
        try:
            id_ = await reserve(database, spender.call, Estimate(1000, asked), 600)
        except BudgetExceeded:
            return None
        await asyncio.sleep(0.02)
        paid = asked * share / 100
        async with database.transaction(Scope.of(UUID(spender.organization_id))) as connection:
            await budgets.settle(connection, id_, tokens=100, cost_usd=paid)
        return paid

    costs = [(Decimal(dice.randint(1, 200)) / 100, dice.randint(1, 100)) for _ in range(callers)]
    try:
        results = await asyncio.gather(*(one(*cost) for cost in costs))
    finally:
        await database.close()
    paid = [result for result in results if result is not None]
    return Spent(len(paid), callers - len(paid), sum(paid, start=Decimal(0)))


def hold(spender: Spender, hold_s: float, ready: Connection) -> None:
    """Reserve, say so, and wait to be killed."""
    asyncio.run(_hold(spender, hold_s, ready))


async def _hold(spender: Spender, hold_s: float, ready: Connection) -> None:
    database = open_database(spender.url, pool_size=1)
    await reserve(database, spender.call, Estimate(1000, Decimal(1)), hold_s)
    ready.send("reserved")
    await asyncio.sleep(60)

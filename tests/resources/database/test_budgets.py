"""Budgets: hard under concurrency, whole after a death, exact after a call."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from posthub_assets.domain.errors import BudgetExceeded
from posthub_assets.domain.ports import Call
from posthub_assets.domain.spending.limits import Ceiling, LimitDefaults
from resources.database.engine import Scope
from resources.database.repositories import budgets, journal
from resources.pricing import Estimate

pytestmark = pytest.mark.anyio

OPEN = LimitDefaults()


@dataclass
class Desk:
    """A company, and the pool that reserves for it."""

    database: object
    seed: object
    call: Call

    @property
    def scope(self) -> Scope:
        return Scope.of(UUID(self.call.organization_id))

    async def limit(self, period="month", company=True, **most) -> None:
        await self.seed.insert(
            "usage_limit",
            id=UUID(int=random.getrandbits(128)),
            organization_id=UUID(self.call.organization_id),
            company_id=UUID(self.call.company_id) if company else None,
            period=period,
            **most,
        )

    async def reserve(self, usd="1", tokens=10, hold_s=60.0, provider="gemini") -> UUID:
        async with self.database.transaction(self.scope) as connection:
            request = journal.Request(kind="test", hash=str(random.random()), kept={})
            generation = await journal.start(connection, self.call, request, provider=provider)
            limits = await budgets.limits_for(connection, self.call, provider, OPEN)
            await budgets.reserve(
                connection,
                self.call,
                generation_id=generation,
                provider=provider,
                estimate=Estimate(tokens, Decimal(usd)),
                limits=limits,
                hold_s=hold_s,
            )
            return generation

    async def settle(self, generation: UUID, usd="1", tokens=10, requests=1) -> bool:
        async with self.database.transaction(self.scope) as connection:
            return await budgets.settle(
                connection, generation, tokens=tokens, cost_usd=Decimal(usd), requests=requests
            )

    async def budget(self, period="month", company=True):
        (row,) = await self.seed.rows(
            "SELECT * FROM posthub.budget WHERE organization_id = :id AND period = :period"
            " AND (company_id IS NOT NULL) = :company",
            id=UUID(self.call.organization_id),
            period=period,
            company=company,
        )
        return row

    async def rows(self, table: str):
        return await self.seed.rows(
            f"SELECT * FROM posthub.{table} WHERE organization_id = :id",  # noqa: S608
            id=UUID(self.call.organization_id),
        )


@pytest.fixture
async def desk(factory_database, seed) -> Desk:
    company = await seed.company(tier="BASIC")
    call = Call(str(company.organization_id), str(company.id), "test")
    return Desk(factory_database, seed, call)


async def test_a_call_reserves_and_settles_what_it_really_cost(desk):
    generation = await desk.reserve("2.5", tokens=100)
    row = await desk.budget()
    assert (row.reserved_usd, row.reserved_tokens, row.reserved_requests) == (
        Decimal("2.5"),
        100,
        1,
    )
    assert await desk.settle(generation, "0.123456789", tokens=7)
    row = await desk.budget()
    assert (row.reserved_usd, row.reserved_tokens, row.reserved_requests) == (0, 0, 0)
    assert (row.spent_usd, row.spent_tokens, row.spent_requests) == (Decimal("0.123456789"), 7, 1)


async def test_settling_twice_books_once(desk):
    generation = await desk.reserve()
    assert await desk.settle(generation)
    assert not await desk.settle(generation)
    assert (await desk.budget()).spent_usd == 1


async def test_a_call_that_was_never_made_costs_nothing(desk):
    generation = await desk.reserve()
    async with desk.database.transaction(desk.scope) as connection:
        await budgets.release(connection, generation)
    row = await desk.budget()
    assert (row.spent_requests, row.spent_usd, row.reserved_usd) == (0, 0, 0)


async def test_a_refusal_names_the_limit_and_its_figures(desk):
    await desk.limit(cost_usd=Decimal(3))
    await desk.settle(await desk.reserve("1"), "1")
    await desk.reserve("1.5")
    with pytest.raises(BudgetExceeded) as caught:
        await desk.reserve("1")
    error = caught.value
    assert error.limit_source == "company/month/cost_usd"
    assert (error.spent, error.reserved, error.limit, error.asked) == (
        Decimal(1),
        Decimal("1.5"),
        Decimal(3),
        Decimal(1),
    )
    now = datetime.now(UTC)
    assert error.resets_at > now
    assert (error.resets_at.day, error.resets_at.hour) == (1, 0)
    assert error.may_pass, "the open call may come to less"


async def test_a_refused_call_leaves_nothing_behind(desk):
    await desk.limit(cost_usd=Decimal(1))
    with pytest.raises(BudgetExceeded, match="less than that"):
        await desk.reserve("2")
    assert await desk.rows("budget") == []
    assert await desk.rows("generation") == []


@pytest.mark.parametrize(
    ("most", "source"),
    [
        ({"requests": 1}, "requests"),
        ({"tokens": 15}, "tokens"),
        ({"cost_usd": Decimal("1.5")}, "cost_usd"),
    ],
)
async def test_requests_tokens_and_money_are_each_a_limit(desk, most, source):
    await desk.limit(**most)
    await desk.reserve()
    with pytest.raises(BudgetExceeded) as caught:
        await desk.reserve()
    assert caught.value.limit_source == f"company/month/{source}"


async def test_of_a_day_and_a_month_the_tighter_one_wins(desk):
    await desk.limit(cost_usd=Decimal(10))
    await desk.limit("day", cost_usd=Decimal(1))
    await desk.reserve()
    with pytest.raises(BudgetExceeded) as caught:
        await desk.reserve()
    assert caught.value.limit_source == "company/day/cost_usd"


async def test_the_organisations_limit_holds_for_all_its_companies(desk):
    await desk.limit(company=False, cost_usd=Decimal(2))
    sibling = await desk.seed.company(UUID(desk.call.organization_id), tier="BASIC")
    await desk.reserve()
    other = Desk(desk.database, desk.seed, Call(desk.call.organization_id, str(sibling.id), "x"))
    await other.reserve()
    with pytest.raises(BudgetExceeded) as caught:
        await other.reserve()
    assert caught.value.limit_source == "organization/month/cost_usd"


async def test_without_written_limits_the_tiers_hold(desk):
    async with desk.database.transaction(desk.scope) as connection:
        limits = await budgets.limits_for(connection, desk.call, "gemini", OPEN)
        said = LimitDefaults(month=Ceiling(requests=5))
        own = await budgets.limits_for(connection, desk.call, "gemini", said)
    company = next(one for one in limits if one.owner == "company")
    assert (company.ceiling.requests, company.ceiling.tokens, company.ceiling.cost_usd) == (
        1000,
        1_000_000,
        Decimal(100),
    )
    assert next(one for one in own if one.owner == "company").ceiling.requests == 5


async def test_the_platforms_budget_with_a_provider_is_shared_by_all(desk, owner_database):
    provider = f"vendor-{random.random()}"
    await desk.seed.insert(
        "provider_setting",
        id=UUID(int=random.getrandbits(128)),
        organization_id=None,
        provider=provider,
        settings={"monthly_budget_usd": "2"},
    )
    company = await desk.seed.company()
    other = Desk(desk.database, desk.seed, Call(str(company.organization_id), str(company.id), "x"))
    await desk.reserve(provider=provider)
    await other.reserve(provider=provider)
    with pytest.raises(BudgetExceeded) as caught:
        await desk.reserve(provider=provider)
    assert caught.value.limit_source == "provider/month/cost_usd"
    await desk.reserve(provider="another")


async def test_where_the_caller_died_the_budget_is_whole_again(desk):
    await desk.limit(cost_usd=Decimal(1))
    died = await desk.reserve(hold_s=0.2)
    with pytest.raises(BudgetExceeded):
        await desk.reserve()
    await asyncio.sleep(0.3)
    await desk.reserve()
    row = await desk.budget()
    assert (row.reserved_usd, row.spent_usd) == (1, 0)
    assert await desk.settle(died, "0.5"), "who comes back late is booked all the same"
    row = await desk.budget()
    assert (row.reserved_usd, row.spent_usd) == (1, Decimal("0.5"))


async def test_alerts_are_told_once_at_80_and_once_at_100_percent(desk):
    await desk.limit(cost_usd=Decimal(10))
    for _ in range(8):
        await desk.settle(await desk.reserve())
    await desk.settle(await desk.reserve("0.5"), "0.5")
    (told,) = await desk.rows("outbox")
    assert (told.topic, told.payload["percent"]) == ("budget.alert", 80)
    assert told.payload["limit"]["usd"] == "10.000000000"
    await desk.settle(await desk.reserve("1.5"), "1.5")
    percents = sorted(row.payload["percent"] for row in await desk.rows("outbox"))
    assert percents == [80, 100]
    assert [row.action for row in await desk.rows("audit")] == ["budget.alert"] * 2


async def test_many_callers_at_once_never_overshoot(desk):
    most = Decimal(20)
    await desk.limit(cost_usd=most)
    dice = random.Random(7)

    async def spend() -> int:
        asked = Decimal(dice.randint(1, 300)) / 100
        try:
            generation = await desk.reserve(str(asked))
        except BudgetExceeded:
            return 0
        await asyncio.sleep(0)
        await desk.settle(generation, str(asked * dice.randint(1, 100) / 100))
        return 1

    done = False

    async def watch() -> None:
        while not done:
            for row in await desk.rows("budget"):
                assert row.spent_usd + row.reserved_usd <= most or row.company_id is None
            await asyncio.sleep(0.005)

    watching = asyncio.create_task(watch())
    served = sum(await asyncio.gather(*(spend() for _ in range(120))))
    done = True
    await watching
    row = await desk.budget()
    assert 0 < served < 120
    assert row.reserved_usd == 0
    assert row.spent_usd <= most
    assert row.spent_requests == served


async def test_another_organisations_budget_is_neither_seen_nor_moved(desk, factory_database):
    generation = await desk.reserve()
    stranger = await desk.seed.company()
    scope = Scope.of(stranger.organization_id)
    async with factory_database.transaction(scope) as connection:
        assert not await budgets.settle(connection, generation, tokens=0, cost_usd=Decimal(0))
        rows = await connection.execute(
            sql("SELECT * FROM posthub.budget WHERE organization_id IS NOT NULL")
        )
        assert list(rows) == []
    assert (await desk.budget()).reserved_usd == 1


async def test_the_platforms_budget_with_a_provider_is_alerted_of_as_well(desk):
    provider = f"vendor-{random.random()}"
    await desk.seed.insert(
        "provider_setting",
        id=UUID(int=random.getrandbits(128)),
        organization_id=None,
        provider=provider,
        settings={"monthly_budget_usd": "1"},
    )
    await desk.settle(await desk.reserve("0.9", provider=provider), "0.9")
    told = await desk.seed.rows(
        "SELECT payload FROM posthub.outbox WHERE organization_id IS NULL"
        " AND payload->>'provider' = :provider",
        provider=provider,
    )
    assert [row.payload["percent"] for row in told] == [80]

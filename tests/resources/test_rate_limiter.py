"""The rate limiter: one line for all processes, and nobody is refused."""

from __future__ import annotations

import asyncio

import pytest

from resources.database.engine import open_database
from resources.ids import new_id
from resources.rate_limiter import Rate, RateLimiter

pytestmark = pytest.mark.anyio


def a_name() -> str:
    return f"provider-{new_id()}"


async def test_callers_are_spaced_by_the_rate_whichever_pool_they_use(database_urls):
    name, rates = a_name(), {}
    rates[name] = Rate(per_minute=600)
    databases = [open_database(database_urls.factory, pool_size=4) for _ in range(3)]
    limiters = [RateLimiter(database, rates) for database in databases]
    loop = asyncio.get_running_loop()
    began = loop.time()
    moments = []

    async def call(number: int) -> None:
        await limiters[number % 3].wait(name)
        moments.append(loop.time() - began)

    await asyncio.gather(*(call(number) for number in range(12)))
    for database in databases:
        await database.close()
    moments.sort()
    assert moments[-1] >= 11 * 0.1 - 0.02
    # No second holds more calls than the rate and the one that began it.
    for first, last in zip(moments, moments[11:], strict=False):
        assert last - first >= 1.0


async def test_the_first_caller_does_not_wait(factory_database):
    name = a_name()
    limiter = RateLimiter(factory_database, {name: Rate(per_minute=60)})
    assert await limiter.wait(name) < 0.05


async def test_a_burst_goes_at_once_and_then_the_rate_holds(factory_database):
    name = a_name()
    limiter = RateLimiter(factory_database, {name: Rate(per_minute=600, burst=5)})
    waits = [await limiter.wait(name) for _ in range(7)]
    assert all(wait < 0.1 for wait in waits[:5])
    assert sum(waits) > 0.05


async def test_a_provider_without_a_rate_is_not_held_back(factory_database):
    limiter = RateLimiter(factory_database, {})
    assert [await limiter.wait("free") for _ in range(50)] == [0.0] * 50


async def test_scopes_have_lines_of_their_own(factory_database):
    name = a_name()
    limiter = RateLimiter(factory_database, {name: Rate(per_minute=6)})
    assert await limiter.wait(name, "platform") < 0.5
    assert await limiter.wait(name, "an organisation with its own key") < 0.5

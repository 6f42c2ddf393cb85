"""Time limits count work, not the wait in line."""

from __future__ import annotations

import asyncio

import pytest

from posthub_assets.domain.patience import allow_for, time_limit

pytestmark = pytest.mark.anyio


async def test_work_over_its_limit_is_stopped():
    with pytest.raises(TimeoutError):
        async with time_limit(0.05):
            await asyncio.sleep(5)


async def test_a_wait_that_was_announced_does_not_count():
    async with time_limit(0.2):
        allow_for(0.4)
        await asyncio.sleep(0.4)


async def test_work_after_the_wait_counts_again():
    with pytest.raises(TimeoutError):
        async with time_limit(0.05):
            allow_for(0.1)
            await asyncio.sleep(5)


async def test_each_job_has_a_limit_of_its_own():
    async def job(wait_s: float) -> str:
        try:
            async with time_limit(0.2):
                allow_for(wait_s)
                await asyncio.sleep(0.4)
        except TimeoutError:
            return "stopped"
        return "done"

    assert await asyncio.gather(job(0.5), job(0.0), job(0.5)) == ["done", "stopped", "done"]


async def test_waits_of_tasks_that_a_job_starts_count_for_the_job():
    async def call() -> None:
        allow_for(0.4)
        await asyncio.sleep(0.4)

    async with time_limit(0.2):
        await asyncio.gather(call(), call())


async def test_outside_of_a_job_nothing_happens():
    allow_for(10)

"""What is paid comes to its end; nothing else does."""

from __future__ import annotations

import asyncio

import pytest

from posthub_assets.domain.stopping import Stop, stop_is_asked, stoppable, to_its_end

pytestmark = pytest.mark.anyio


async def a_call(done: list[str], lasts_s: float = 0.1) -> str:
    try:
        await asyncio.sleep(lasts_s)
    except asyncio.CancelledError:
        done.append("broken off")
        raise
    done.append("booked")
    return "an answer"


async def cancelled(stop: Stop, *, is_stop: bool, times: int = 1) -> list[str]:
    """Cancel a call under way; give what became of it."""
    done: list[str] = []

    async def work() -> None:
        with stoppable(stop):
            await to_its_end(a_call(done))
            done.append("went on")

    task = asyncio.create_task(work())
    await asyncio.sleep(0.02)
    stop.is_asked = is_stop
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0.02)
    with pytest.raises(asyncio.CancelledError):
        await task
    return done


async def test_without_a_stop_it_gives_what_the_work_gives():
    assert await to_its_end(a_call([])) == "an answer"


async def test_a_call_under_way_is_ended_before_the_job_stops():
    assert await cancelled(Stop(), is_stop=True) == ["booked"]


async def test_a_call_whose_time_is_over_is_broken_off():
    assert await cancelled(Stop(), is_stop=False) == ["broken off"]


async def test_a_run_that_ends_does_not_wait_for_a_stopped_jobs_call():
    assert await cancelled(Stop(), is_stop=True, times=2) == ["broken off"]


async def test_a_stopped_calls_failure_is_not_heard_of():
    async def failing() -> None:
        await asyncio.sleep(0.05)
        raise ValueError("no")

    stop = Stop()

    async def work() -> None:
        with stoppable(stop):
            await to_its_end(failing())

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    stop.is_asked = True
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_failure_is_raised_as_it_is():
    async def failing() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await to_its_end(failing())


async def test_all_tasks_of_a_job_see_its_stop_and_no_other_job_does():
    mine, seen = Stop(), []

    async def look() -> None:
        seen.append(stop_is_asked())

    with stoppable(mine):
        mine.is_asked = True
        await asyncio.gather(look(), look())
    with stoppable(Stop()):
        await look()
    await look()
    assert seen == [True, True, False, False]

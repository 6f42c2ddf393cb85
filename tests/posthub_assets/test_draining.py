"""How a run works off jobs: failures are rows, other workers and people are respected."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import BlogPostBrief, TextBrief
from posthub_assets.domain.errors import (
    DarkroomUnavailable,
    InvalidAnswer,
    PermanentProviderError,
    RateLimited,
    RefusedPicture,
    TransientProviderError,
)
from posthub_assets.domain.ports import Answer
from posthub_assets.domain.work import Job, Order, Result, Tools
from posthub_assets.draining import RETRY_BASE_S, Drain, describe_failure
from resources.database.repositories import jobs
from resources.ids import new_id
from resources.providers.canned import CannedText

pytestmark = pytest.mark.anyio


@dataclass
class MoodyText:
    """Writes as `canned` does, but for blog posts first raises what it was given to raise."""

    errors: list[Exception] = field(default_factory=list)
    name: str = "moody"

    async def write(self, brief: TextBrief, schema: type[Body]) -> Answer[Body]:
        if isinstance(brief, BlogPostBrief) and self.errors:
            raise self.errors.pop(0)
        return await CannedText(words=300).write(brief, schema)


async def with_posts_to_write(make_world, writer, quota: int = 1):
    world = await make_world(quota=quota, writer=writer)
    await world.reach_topics()
    await world.approve_all("topic")
    return world


# An item's failure


async def test_an_items_failure_is_a_row_and_the_others_are_written(make_world):
    writer = MoodyText([PermanentProviderError("The model refuses this subject.")])
    world = await with_posts_to_write(make_world, writer, quota=3)
    drained = await world.drain("blog_posts")
    assert (drained.done, drained.failed, drained.errors) == (2, 1, {"provider-refused": 1})
    (failed,) = await world.jobs("blog_posts", "failed")
    assert (failed.attempts, failed.error) == (1, "The model refuses this subject.")
    report = await world.materialize("social_posts")
    assert report.waiting_for == "Waiting for 2 blog posts to be approved."


async def test_a_failure_is_shown_with_its_item_and_its_reason(make_world):
    writer = MoodyText([InvalidAnswer("The answer is no blog post.")])
    world = await with_posts_to_write(make_world, writer)
    await world.drain("blog_posts")
    (topic,) = await world.items("topic")
    (report,) = await world.tools.store.reports("blog_posts", [(world.key, world.month)])
    assert report.stuck == [(topic.title, "invalid-answer", "The answer is no blog post.")]
    assert report.jobs == {"failed": 1}


async def test_who_asks_by_hand_wants_a_failed_job_tried_again(make_world):
    writer = MoodyText([PermanentProviderError("no")])
    world = await with_posts_to_write(make_world, writer)
    await world.drain("blog_posts")
    report = await world.materialize("blog_posts")
    assert report.by_status == {"in_review": 1}
    assert report.stuck == []
    assert [job.status for job in await world.jobs("blog_posts")] == ["completed"]


async def test_a_passing_failure_is_tried_again_after_a_growing_pause(make_world):
    writer = MoodyText([TransientProviderError("busy") for _ in range(2)])
    world = await with_posts_to_write(make_world, writer)
    pauses = []
    for _ in range(2):
        drained = await world.drain("blog_posts")
        assert (drained.done, drained.retried, drained.failed) == (0, 1, 0)
        (row,) = await world.seed.rows(
            "SELECT extract(epoch FROM available_at - now()) AS pause_s FROM posthub.job"
            " WHERE company_id = :id AND asset = 'blog_posts'",
            id=world.company_id,
        )
        pauses.append(float(row.pause_s))
        await world.hurry()
    assert RETRY_BASE_S - 2 < pauses[0] <= RETRY_BASE_S < pauses[1] <= 2 * RETRY_BASE_S
    assert (await world.drain("blog_posts")).done == 1


async def test_after_three_attempts_a_job_has_failed(make_world):
    writer = MoodyText([TransientProviderError("busy") for _ in range(3)])
    world = await with_posts_to_write(make_world, writer)
    for _ in range(4):
        await world.drain("blog_posts")
        await world.hurry()
    (job,) = await world.jobs("blog_posts")
    assert (job.status, job.attempts, job.error_code) == ("failed", 3, "provider-unavailable")


async def test_a_fault_of_ours_fails_the_item_with_words_and_not_the_run(make_world, caplog):
    writer = MoodyText([ZeroDivisionError("division by zero")] * 3)
    world = await with_posts_to_write(make_world, writer)
    with caplog.at_level(logging.ERROR):
        drained = await world.drain("blog_posts")
    assert drained.errors == {"internal": 1}
    (job,) = await world.jobs("blog_posts")
    assert job.error.startswith("A fault in PostHub itself (ZeroDivisionError)")
    assert "ZeroDivisionError" in caplog.text, "the log has the traceback"


async def test_work_over_its_time_limit_is_stopped_and_tried_again(make_world):
    world = await with_posts_to_write(make_world, MoodyText())
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.job SET time_limit_s = 1 WHERE company_id = :id"),
            {"id": world.company_id},
        )

    async def endless(_order: Order, _tools: Tools) -> Result:
        await asyncio.sleep(60)
        return Result()

    drained = await run(world, endless)
    assert drained.retried == 1
    (job,) = await world.jobs("blog_posts")
    assert (job.error_code, job.error) == ("time-limit", "It took longer than 1 seconds.")


async def test_the_wait_for_a_providers_rate_is_no_work_over_the_limit(make_world):
    name = f"slow-lane-{new_id()}"
    world = await make_world(quota=8, writer=MoodyText(name=name), rates={name: 240})
    await world.reach_topics()
    await world.approve_all("topic")
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.job SET time_limit_s = 1 WHERE company_id = :id"),
            {"id": world.company_id},
        )
    drained = await world.drain("blog_posts", concurrency=8)  # the last waits for two seconds
    assert (drained.done, drained.retried) == (8, 0)


def a_job(attempts: int = 0) -> Job:
    return Job(
        id=new_id(),
        organization_id=new_id(),
        company_id=new_id(),
        asset="topics",
        kind="create_topics",
        month=None,
        content_id=None,
        source_version_id=None,
        round=0,
        attempts=attempts,
        crash_count=0,
        time_limit_s=180,
        priority=50,
        partition_key="shop",
    )


def test_a_rate_limit_says_itself_how_long_to_wait():
    code, _, retry, delay_s = describe_failure(a_job(2), RateLimited("full", retry_after_s=42))
    assert (code, retry, delay_s) == ("rate-limited", True, 42)


def test_a_part_of_ours_that_does_not_answer_is_asked_again_and_a_bad_picture_is_not():
    code, _, retry, delay_s = describe_failure(a_job(), DarkroomUnavailable("no process"))
    assert (code, retry, delay_s) == ("darkroom-unavailable", True, RETRY_BASE_S)
    code, _, retry, _ = describe_failure(a_job(), RefusedPicture("broken", reason="damaged"))
    assert (code, retry) == ("picture-refused", False)


def test_pauses_double_with_each_attempt():
    pauses = [describe_failure(a_job(n), TransientProviderError("x"))[3] for n in range(3)]
    assert pauses == [5.0, 10.0, 20.0]


# Other workers, and people who cancel


async def run(world, handle, **options):
    drain = Drain(
        tools=world.tools,
        asset="blog_posts",
        handle=handle,
        run_id="test",
        only=world.partitions,
        log=logging.getLogger("test"),
        **{"concurrency": 4, **options},
    )
    return await drain.run()


async def test_cancelling_a_running_job_stops_its_work(make_world):
    world = await with_posts_to_write(make_world, MoodyText())
    stopped = asyncio.Event()
    began = asyncio.Event()

    async def endless(_order: Order, _tools: Tools) -> Result:
        began.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.set()
            raise
        return Result()

    working = asyncio.create_task(run(world, endless, heartbeat_s=0.2))
    await asyncio.wait_for(began.wait(), 10)
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.job SET status = 'cancelled', lease_until = NULL, leased_by = NULL"
                " WHERE company_id = :id AND asset = 'blog_posts'"
            ),
            {"id": world.company_id},
        )
    drained = await asyncio.wait_for(working, 10)
    assert stopped.is_set()
    assert (drained.done, drained.lost) == (0, 1)
    assert await world.items("blog_post") == []
    assert [job.status for job in await world.jobs("blog_posts")] == ["cancelled"]


async def test_a_run_that_is_ended_gives_its_jobs_back_untouched(make_world):
    world = await with_posts_to_write(make_world, MoodyText(), quota=2)
    began = asyncio.Event()

    async def endless(_order: Order, _tools: Tools) -> Result:
        began.set()
        await asyncio.sleep(60)
        return Result()

    working = asyncio.create_task(run(world, endless))
    await asyncio.wait_for(began.wait(), 10)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    for job in await world.jobs("blog_posts"):
        assert (job.status, job.attempts, job.crash_count) == ("pending", 0, 0)
    assert (await world.drain("blog_posts")).done == 2


async def test_two_runs_share_the_work_and_do_nothing_twice(make_world):
    world = await with_posts_to_write(make_world, MoodyText(), quota=8)
    first, second = await asyncio.gather(
        *(world.drain("blog_posts", concurrency=2) for _ in range(2))
    )
    assert first.done + second.done == 8
    posts = await world.items("blog_post")
    assert len(posts) == 8
    assert {post.current_version for post in posts} == {1}


async def test_two_runs_that_fill_one_month_keep_its_quota(make_world):
    world = await make_world(quota=5)
    await world.reach_topics()
    one, two, *_ = await world.items("topic")
    from posthub_assets.domain.content import Action

    for topic in (one, two):
        await world.decide(topic, Action.REJECT)
    await asyncio.gather(*(world.materialize("topics") for _ in range(3)))
    living = await world.items("topic", "in_review")
    assert sorted(topic.place for topic in living) == ["01", "02", "03", "04", "05"]


async def test_a_draining_run_waits_a_moment_for_more_work(make_world):
    world = await make_world(quota=1)
    asset = f"asset_{new_id().hex}"
    done: list[str] = []

    async def note(order: Order, _tools: Tools) -> Result:
        done.append(order.company.slug)
        return Result()

    drain = Drain(
        tools=world.tools,
        asset=asset,
        handle=note,
        run_id="test",
        only=None,
        concurrency=2,
        log=logging.getLogger("test"),
        linger_s=1.5,
    )
    working = asyncio.create_task(drain.run())
    await asyncio.sleep(0.7)
    from posthub_assets.domain.flow import JobRequest

    async with world.api.transaction(world.scope) as connection:
        await jobs.ask_for(
            connection,
            organization_id=world.organization_id,
            company_id=world.company_id,
            requests=[JobRequest(verb="create", asset=asset, month=world.month)],
        )
    drained = await working
    assert done == [world.key]
    assert drained.partitions == {(world.key, world.month)}

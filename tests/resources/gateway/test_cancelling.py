"""A person cancels a job: no further call begins, the one under way is booked, the rest is kept.

The vendor is the stand-in on this machine; it notes when a question arrives, and takes its time.
The job is worked on in a thread with a loop and connections of its own, as in a run's process.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from posthub_assets.assets.ordering import all_of, call_for
from posthub_assets.domain.bodies import SocialPostBody
from posthub_assets.domain.errors import Postponed
from posthub_assets.domain.work import Order, Result, Tools
from posthub_assets.draining import Drain, Drained
from resources.content_store import PostgresContentStore
from resources.darkroom.room import Darkroom
from resources.database.engine import EVERYTHING, Scope, open_database
from resources.database.repositories import job_views, queued
from resources.gateway.batches import Batches
from resources.gateway.vendors import Vendors
from resources.ids import new_id
from resources.media_store import MediaStore
from resources.providers.canned_models import answer_as_canned
from resources.providers.loopback import Fault, LoopbackServer
from resources.rate_limiter import Rate, RateLimiter
from resources.studio.opening import studio_of
from resources.upkeep import PostgresUpkeep
from resources.website_reader import NoReader
from resources.work_queue import PostgresWorkQueue

pytestmark = pytest.mark.anyio

ANSWER_S = 0.4
"""What the stand-in takes for an answer."""
NEVER_S = 1000.0


@pytest.fixture
def arrived() -> list[float]:
    """When questions reached the vendor."""
    return []


@pytest.fixture
def server(arrived) -> Iterator[LoopbackServer]:
    def answer(provider, system, user, schema):
        arrived.append(time.monotonic())
        time.sleep(ANSWER_S)
        return answer_as_canned(provider, system, user, schema)

    with LoopbackServer(answer=answer) as running:
        yield running


@dataclass(frozen=True, slots=True)
class CountingQueue(PostgresWorkQueue):
    """The queue, which counts how often a run asks whether it still holds its jobs."""

    asked: list[int] = field(default_factory=list)

    async def held(self, worker, ids):
        self.asked.append(len(ids))
        return await PostgresWorkQueue.held(self, worker, ids)


@dataclass
class Work:
    """Jobs of one company, worked on in another thread; each asks for `calls` posts."""

    shop: object
    tools_of: object
    post_of: object
    key: str
    jobs: list[UUID]
    calls: int
    at_once: bool
    options: dict[str, float]
    drained: Drained | None = None
    asked: list[int] = field(default_factory=list)

    def start(self) -> None:
        self.thread = threading.Thread(target=lambda: asyncio.run(self._drain()))
        self.thread.start()

    async def _drain(self) -> None:
        async with self.tools_of(self.asked) as tools:
            drain = Drain(
                tools,
                "social_posts",
                self._handle,
                "run",
                [(self.key, None)],
                4,
                logging.getLogger(),
                **self.options,
            )
            self.drained = await drain.run()

    async def _handle(self, order: Order, tools: Tools) -> Result:
        questions = [
            tools.text.generate(
                self.post_of("Bells."), SocialPostBody, call_for(order, variant=number)
            )
            for number in range(self.calls)
        ]
        if self.at_once:
            await all_of(*questions)
        else:
            try:
                for question in questions:
                    await question
            finally:
                for question in questions:
                    question.close()
        return Result(note="all done")

    async def ended(self) -> Drained:
        await asyncio.to_thread(self.thread.join, 30)
        assert self.drained is not None, "the run ended"
        return self.drained

    async def cancel(self, job: UUID | None = None) -> float:
        """Cancel as the API does; give the moment at which that was committed."""
        organization = UUID(self.shop.call.organization_id)
        async with self.shop.seed.database.transaction(Scope.of(organization)) as connection:
            row = await job_views.get(connection, job or self.jobs[0])
            await job_views.cancel(connection, row)
        return time.monotonic()

    async def row(self, job: UUID | None = None):
        (row,) = await self.shop.seed.rows(
            "SELECT * FROM posthub.job WHERE id = :id", id=job or self.jobs[0]
        )
        return row


@pytest.fixture
async def work_of(open_shop, database_urls, seed, post_of, tmp_path):
    """Makes jobs that ask for several posts, one after the other or `at_once`."""

    async def make(
        *, calls: int, at_once: bool = False, jobs: int = 1, per_minute: int = 0, **options: float
    ) -> Work:
        shop = await open_shop("gemini")

        class Opened:
            def __init__(self, asked):
                self.asked = asked

            async def __aenter__(self) -> Tools:
                self.database = database = open_database(database_urls.factory, pool_size=8)
                rates = {"gemini": Rate(per_minute)} if per_minute else {}
                known = shop.gateway.vendors
                vault = replace(known.vault, database=database)
                self.vendors = vendors = Vendors(known.settings, database, vault)
                gateway = replace(
                    shop.gateway,
                    database=database,
                    vendors=vendors,
                    limiter=RateLimiter(database, rates),
                )
                queue = CountingQueue(database, self.asked)
                return Tools(
                    queue=queue,
                    store=PostgresContentStore(database, MediaStore(tmp_path / "media")),
                    text=gateway,
                    images=gateway,
                    research=gateway,
                    website=NoReader(),
                    batches=Batches(database, vendors),
                    upkeep=PostgresUpkeep(database, queue),
                    studio=studio_of(known.settings, MediaStore(tmp_path / "media"), Darkroom()),
                )

            async def __aexit__(self, *_: object) -> None:
                await self.vendors.close()
                await self.database.close()

        company = UUID(shop.call.company_id)
        (key,) = await seed.rows("SELECT partition_key FROM posthub.company WHERE id=:c", c=company)
        ids = [new_id() for _ in range(jobs)]
        for number, id_ in enumerate(ids):
            await seed.insert(
                "job",
                id=id_,
                organization_id=UUID(shop.call.organization_id),
                company_id=company,
                asset="social_posts",
                kind="create_social_posts",
                round=number,
            )
        return Work(shop, Opened, post_of, key[0], ids, calls, at_once, options)

    return make


async def reached(arrived: list[float], count: int) -> None:
    """Wait until so many questions are with the vendor."""
    deadline = time.monotonic() + 10
    while len(arrived) < count:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_the_call_under_way_is_booked_and_no_other_begins(work_of, arrived):
    work = await work_of(calls=5)
    work.start()
    await reached(arrived, 2)
    at = await work.cancel()
    drained = await work.ended()
    assert time.monotonic() - at < 1.0 + ANSWER_S + 1.0, "a second, a call, and a loaded machine"
    assert [moment for moment in arrived if moment > at] == []
    assert (drained.done, drained.lost, drained.failed) == (0, 1, 0)

    rows = await work.shop.rows()
    assert [one.status for one in rows] == ["completed", "completed"]
    cost = sum(one.cost_usd for one in rows)
    assert cost > 0
    _, spent, reserved = await work.shop.spent()
    assert (spent, reserved) == (cost, 0)
    job = await work.row()
    assert (job.status, job.error_code, job.leased_by) == ("cancelled", "cancelled", None)
    assert job.cost_usd == cost
    assert job.tokens == sum(one.input_tokens + one.output_tokens for one in rows)
    assert job.step == "cancelled; answers kept for another try: 2"
    assert (
        await work.shop.seed.rows(
            "SELECT 1 FROM posthub.content WHERE company_id = :c", c=UUID(work.shop.call.company_id)
        )
        == []
    )


async def test_no_call_begins_though_nobody_told_the_run(work_of, arrived):
    work = await work_of(calls=5, watch_s=NEVER_S, heartbeat_s=NEVER_S)
    work.start()
    await reached(arrived, 1)
    at = await work.cancel()
    assert (await work.ended()).lost == 1
    assert [moment for moment in arrived if moment > at] == [], "the database refused them"
    assert len(arrived) == 1
    assert work.asked == []
    assert (await work.row()).step == "cancelled; answers kept for another try: 1"


@pytest.mark.parametrize("watch_s", [0.2, NEVER_S])
async def test_who_waits_in_line_leaves_it_and_pays_nothing(work_of, arrived, watch_s):
    work = await work_of(calls=3, at_once=True, per_minute=60, watch_s=watch_s, heartbeat_s=NEVER_S)
    work.start()
    await reached(arrived, 1)
    at = await work.cancel()
    await work.ended()
    took_s = time.monotonic() - at
    assert [moment for moment in arrived if moment > at] == []
    codes = sorted(str(one.error_code) for one in await work.shop.rows())
    assert codes == ["None", "job-cancelled", "job-cancelled"]
    assert (await work.shop.spent())[2] == 0, "nothing stays reserved"
    if watch_s < NEVER_S:
        assert took_s < 1.0 + ANSWER_S, "the line is two seconds long"


async def test_another_try_pays_only_for_what_was_not_asked(work_of, arrived):
    work = await work_of(calls=3)
    work.start()
    await reached(arrived, 2)
    await work.cancel()
    await work.ended()
    organization = UUID(work.shop.call.organization_id)
    async with work.shop.seed.database.transaction(Scope.of(organization)) as connection:
        await job_views.retry(connection, await job_views.get(connection, work.jobs[0]))
    work.start()
    assert (await work.ended()).done == 1
    assert len(arrived) == 3
    job = await work.row()
    assert (job.status, job.step, job.external_ref) == ("completed", "all done", None)


async def test_only_the_cancelled_job_stops(work_of, arrived):
    work = await work_of(calls=3, jobs=3, watch_s=0.2)
    work.start()
    await reached(arrived, 3)
    await work.cancel(work.jobs[1])
    drained = await work.ended()
    assert (drained.done, drained.lost) == (2, 1)
    statuses = [(await work.row(job)).status for job in work.jobs]
    assert statuses == ["completed", "cancelled", "completed"]


async def test_a_job_that_is_cancelled_while_its_last_call_is_made_writes_nothing(work_of, arrived):
    work = await work_of(calls=1)
    work.start()
    await reached(arrived, 1)
    await work.cancel()
    assert (await work.ended()).lost == 1
    assert (await work.row()).status == "cancelled"
    assert [one.status for one in await work.shop.rows()] == ["completed"]


async def test_a_failure_of_the_call_under_way_is_booked_too(work_of, arrived, server):
    work = await work_of(calls=2)
    server.plan("gemini", Fault.TRUNCATED)
    work.start()
    await reached(arrived, 1)
    await work.cancel()
    await work.ended()
    (row,) = await work.shop.rows()
    assert (row.status, row.error_code) == ("failed", "answer-truncated")
    job = await work.row()
    assert job.cost_usd == row.cost_usd > 0


async def test_a_run_asks_once_a_second_for_all_its_jobs(work_of, arrived):
    work = await work_of(calls=4, jobs=4)
    began = time.monotonic()
    work.start()
    assert (await work.ended()).done == 4
    took_s = time.monotonic() - began
    assert 1 <= len(work.asked) <= took_s + 1
    assert max(work.asked) == 4, "one question for all of them"
    assert len(arrived) == 16


# Batches


@pytest.fixture
async def desk(open_shop, factory_database, owner_database):
    async with owner_database.engine.begin() as connection:
        # Batches of other tests are theirs; here one turn is one turn.
        await connection.execute(
            sql("UPDATE posthub.vendor_batch SET status = 'failed' WHERE ended_at IS NULL")
        )
        await connection.execute(
            sql("UPDATE posthub.generation SET status = 'failed' WHERE status = 'queued'")
        )
    shop = await open_shop("gemini", batch=True)
    shop.server.batch_wait_s = 100
    return shop, Batches(factory_database, shop.gateway.vendors, quiet=timedelta(0))


async def waiting_job(shop, factory_database, variant: int) -> UUID:
    """Make a job whose question waits for a batch."""
    id_ = new_id()
    await shop.seed.insert(
        "job",
        id=id_,
        organization_id=UUID(shop.call.organization_id),
        company_id=UUID(shop.call.company_id),
        asset="social_posts",
        kind=f"create_{id_}",
        status="running",
        leased_by="worker",
    )
    with pytest.raises(Postponed):
        await shop.post(variant=variant, may_wait=True, job_id=str(id_))
    async with factory_database.transaction(EVERYTHING) as connection:
        await queued.park(connection, worker="worker", job_id=id_)
    return id_


async def cancel(shop, job: UUID) -> None:
    organization = UUID(shop.call.organization_id)
    async with shop.seed.database.transaction(Scope.of(organization)) as connection:
        await job_views.cancel(connection, await job_views.get(connection, job))


async def is_busy(factory_database) -> bool:
    async with factory_database.transaction(EVERYTHING) as connection:
        return (await connection.execute(queued.BUSY, {"quiet": timedelta(0)})).scalar_one()


async def batch_of(shop):
    (row,) = await shop.seed.rows(
        "SELECT * FROM posthub.vendor_batch WHERE organization_id = :id",
        id=UUID(shop.call.organization_id),
    )
    return row


async def test_a_question_that_no_vendor_has_yet_is_taken_back(desk, factory_database):
    shop, batches = desk
    await cancel(shop, await waiting_job(shop, factory_database, 0))
    assert await is_busy(factory_database)
    told = await batches.turn()
    assert (told["withdrawn"], told["handed in"]) == (1, 0)
    (row,) = await shop.rows()
    assert (row.status, row.error_code) == ("failed", "job-cancelled")
    assert await shop.spent() == (0, 0, 0)
    assert not await is_busy(factory_database)


async def test_a_batch_of_cancelled_jobs_only_is_cancelled_at_its_vendor(desk, factory_database):
    shop, batches = desk
    jobs = [await waiting_job(shop, factory_database, number) for number in range(2)]
    assert (await batches.turn())["handed in"] == 2
    assert not await is_busy(factory_database)
    await cancel(shop, jobs[0])
    told = await batches.turn()
    assert told["cancelled"] == 0, "the other job still waits for its answer"
    await cancel(shop, jobs[1])
    assert await is_busy(factory_database)
    told = await batches.turn()
    assert told["cancelled"] == 1
    assert (await batch_of(shop)).status == "collected"
    assert {one.status for one in await shop.rows()} == {"failed"}
    assert (await shop.spent())[1:] == (0, 0)
    assert not await is_busy(factory_database)
    assert (await batches.turn())["cancelled"] == 0


async def test_what_a_shared_batch_answers_for_a_cancelled_job_is_booked(desk, factory_database):
    shop, batches = desk
    shop.server.batch_wait_s = 0
    jobs = [await waiting_job(shop, factory_database, number) for number in range(2)]
    await batches.turn()
    await cancel(shop, jobs[0])
    async with shop.seed.database.engine.begin() as connection:
        await connection.execute(sql("UPDATE posthub.vendor_batch SET look_at = now()"))
    told = await batches.turn()
    assert (told["collected"], told["jobs woken"]) == (2, 1)
    costs = {row.job_id: row.cost_usd for row in await shop.rows()}
    (row,) = await shop.seed.rows("SELECT * FROM posthub.job WHERE id = :id", id=jobs[0])
    assert row.cost_usd == costs[jobs[0]] > 0
    assert (row.status, row.step) == ("cancelled", "cancelled; answers kept for another try: 1")


async def test_a_vendor_that_is_away_is_told_at_the_next_turn(desk, factory_database):
    shop, batches = desk
    job = await waiting_job(shop, factory_database, 0)
    await batches.turn()
    await cancel(shop, job)
    shop.server.plan("gemini", Fault.UNAVAILABLE, on="batch")
    assert (await batches.turn())["cancelled"] == 0
    assert (await batches.turn())["cancelled"] == 1
    (row,) = await shop.seed.rows("SELECT * FROM posthub.job WHERE id = :id", id=job)
    assert row.status == "cancelled"

"""The queue on a real PostgreSQL: claims, leases, failures, renewals, many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from posthub_assets.domain.bodies import TopicBody
from posthub_assets.domain.content import Kind
from posthub_assets.domain.flow import JobRequest, Priority
from posthub_assets.domain.work import Draft, Job, Result
from resources.database.engine import EVERYTHING, Database, Scope, open_database
from resources.database.repositories import jobs
from resources.database.repositories.jobs import CRASH_CAP, LeaseLost
from resources.ids import new_id
from resources.work_queue import PostgresWorkQueue

pytestmark = pytest.mark.anyio

MONTH = date(2026, 12, 1)


class Line:
    """One asset of its own, and the jobs of one company in it."""

    def __init__(self, database: Database, company, seed) -> None:
        self.asset = f"asset_{new_id().hex}"
        self.database = database
        self.company = company
        self.seed = seed
        self.queue = PostgresWorkQueue(database)

    async def ask(self, count: int = 1, **more) -> list[UUID]:
        """Ask for `count` jobs; they differ by their round."""
        requests = [
            JobRequest(
                **{"verb": "create", "asset": self.asset, "month": MONTH, "round": n, **more}
            )
            for n in range(count)
        ]
        async with self.database.transaction(Scope.of(self.company.organization_id)) as connection:
            return await jobs.ask_for(
                connection,
                organization_id=self.company.organization_id,
                company_id=self.company.id,
                requests=requests,
            )

    async def claim(self, worker: str = "one", limit: int = 100, only=None) -> list[Job]:
        return await self.queue.claim(
            self.asset, worker=worker, run_id=f"run-{worker}", limit=limit, only=only
        )

    async def set(self, assignment: str) -> None:
        async with self.seed.database.engine.begin() as connection:
            statement = f"UPDATE posthub.job SET {assignment} WHERE asset = :asset"  # noqa: S608
            await connection.execute(text(statement), {"asset": self.asset})

    async def rows(self) -> list:
        return await self.seed.rows(
            "SELECT * FROM posthub.job WHERE asset = :asset ORDER BY round", asset=self.asset
        )

    async def status(self) -> Counter[str]:
        return Counter(row.status for row in await self.rows())

    async def fail(self, job: Job, worker: str = "one", retry: bool = True) -> str | None:
        return await self.queue.fail(
            job, worker, code="broken", message="It broke.", retry=retry, delay_s=0
        )


@pytest.fixture
async def line(factory_database, seed) -> Line:
    return Line(factory_database, await seed.company(), seed)


# Claims


async def test_eight_concurrent_claimers_never_share_a_job(database_urls, line):
    asked = set(await line.ask(200))
    databases = [open_database(database_urls.factory, pool_size=1) for _ in range(8)]

    async def work(number: int) -> list[UUID]:
        queue = PostgresWorkQueue(databases[number])
        mine: list[UUID] = []
        while True:
            found = await queue.claim(
                line.asset, worker=f"w{number}", run_id="run", limit=7, only=None
            )
            if not found:
                return mine
            mine += [job.id for job in found]

    claimed = await asyncio.gather(*(work(number) for number in range(8)))
    for database in databases:
        await database.close()
    everyone = [id_ for mine in claimed for id_ in mine]
    assert len(everyone) == len(set(everyone)) == 200
    assert set(everyone) == asked
    assert sum(bool(mine) for mine in claimed) > 1, "they worked at the same time"


async def test_who_waits_goes_before_a_backfill(line):
    await line.ask(priority=Priority.BACKFILL)
    await line.ask(month=date(2027, 1, 1), priority=Priority.PERSON_WAITS)
    await line.ask(month=date(2027, 2, 1), priority=Priority.AFTER_DECISION)
    claimed = [(await line.claim(f"w{n}", limit=1))[0].priority for n in range(3)]
    assert claimed == [10, 50, 90]


async def test_a_claim_may_be_restricted_to_partitions(line):
    await line.ask(3)
    other = (line.company.partition_key, date(2027, 1, 1))
    assert await line.claim(only=[other]) == []
    assert await line.claim(only=[(line.company.partition_key, None)]) == []
    assert len(await line.claim(only=[other, (line.company.partition_key, MONTH)])) == 3


async def test_a_claimed_job_says_what_it_is_about(line):
    await line.ask()
    (job,) = await line.claim()
    (row,) = await line.rows()
    assert (job.verb, job.asset, job.partition) == (
        "create",
        line.asset,
        (line.company.partition_key, MONTH),
    )
    assert (row.status, row.leased_by, row.run_id) == ("running", "one", "run-one")


async def test_asking_twice_makes_nothing_twice(line):
    assert len(await line.ask(3)) == 3
    assert await line.ask(3) == []
    assert await line.status() == {"pending": 3}


# Leases


async def test_a_heartbeat_keeps_a_lease_and_only_ones_own(line):
    await line.ask(2)
    mine = await line.claim(limit=1)
    theirs = await line.claim("two")
    await line.set("lease_until = now() + interval '1 second'")
    ids = [job.id for job in (*mine, *theirs)]
    assert await line.queue.extend("one", ids) == {mine[0].id}
    rows = await line.seed.rows(
        "SELECT id FROM posthub.job WHERE asset = :a AND lease_until > now() + interval '20 s'",
        a=line.asset,
    )
    assert [row.id for row in rows] == [mine[0].id]


async def test_a_live_lease_is_not_taken_over(line):
    await line.ask()
    await line.claim("one")
    assert await line.claim("two") == []


async def test_an_ended_lease_is_taken_over_and_counts_as_a_crash_not_as_an_attempt(line):
    await line.ask()
    await line.claim("dead")
    await line.set("lease_until = now() - interval '1 second'")
    (job,) = await line.claim("alive")
    assert (job.crash_count, job.attempts) == (1, 0)
    (row,) = await line.rows()
    assert (row.leased_by, row.error) == ("alive", None)


async def test_a_job_that_crashes_twenty_times_fails_with_the_reason(line):
    await line.ask()
    for crashes in range(CRASH_CAP):
        (job,) = await line.claim(f"w{crashes}")
        assert (job.crash_count, job.attempts) == (crashes, 0)
        await line.set("lease_until = now() - interval '1 second'")
    assert await line.claim("after") == []
    (row,) = await line.rows()
    assert (row.status, row.crash_count, row.error_code) == ("failed", 20, "crashed")
    assert "20 times" in row.error


async def test_a_lost_lease_writes_nothing(seed, line):
    await line.ask()
    (job,) = await line.claim("slow")
    await line.set("lease_until = now() - interval '1 second'")
    await line.claim("fast")
    body = TopicBody(title="A title", description="Words.", focus_keyword="title", planned_on=MONTH)
    result = Result(drafts=(Draft(kind=Kind.TOPIC, body=body, findings=(), place="01"),))

    with pytest.raises(LeaseLost):
        await line.queue.save(job, "slow", result, duration_s=1.0)

    rows = await seed.rows("SELECT 1 FROM posthub.content WHERE company_id = :c", c=job.company_id)
    assert rows == []
    assert await line.fail(job, "slow") is None
    (row,) = await line.rows()
    assert (row.status, row.leased_by, row.attempts) == ("running", "fast", 0)


async def test_a_result_is_written_with_the_completion_of_its_job(seed, line):
    await line.ask()
    (job,) = await line.claim()
    body = TopicBody(title="A title", description="Words.", focus_keyword="title", planned_on=MONTH)
    draft = Draft(kind=Kind.TOPIC, body=body, findings=(), place="01")
    await line.queue.save(job, "one", Result(drafts=(draft,), note="made"), duration_s=1.25)
    (row,) = await line.rows()
    assert (row.status, row.step, row.progress, row.duration_s) == (
        "completed",
        "made",
        100,
        Decimal("1.250"),
    )
    (item,) = await seed.rows(
        "SELECT status, current_version FROM posthub.content WHERE company_id = :c",
        c=job.company_id,
    )
    assert tuple(item) == ("in_review", 1)


async def test_two_results_for_one_place_make_one_item(seed, line):
    await line.ask(2)
    claimed = await line.claim()

    async def save(job: Job, title: str) -> None:
        body = TopicBody(title=title, description="-", focus_keyword="k", planned_on=MONTH)
        draft = Draft(kind=Kind.TOPIC, body=body, findings=(), place="07")
        await line.queue.save(job, "one", Result(drafts=(draft,)), duration_s=0)

    await asyncio.gather(*(save(job, f"Title {n}") for n, job in enumerate(claimed)))
    rows = await seed.rows(
        "SELECT i.current_version, (SELECT count(*) FROM posthub.content_version v"
        " WHERE v.content_id = i.id) AS versions FROM posthub.content i WHERE i.company_id = :c",
        c=line.company.id,
    )
    assert [tuple(row) for row in rows] == [(1, 1)]
    assert await line.status() == {"completed": 2}


async def test_work_given_back_is_neither_an_attempt_nor_a_crash(line):
    await line.ask()
    (job,) = await line.claim()
    await line.queue.give_back("one", [job.id])
    (again,) = await line.claim("two")
    assert (again.id, again.attempts, again.crash_count) == (job.id, 0, 0)


# Failures


async def test_failed_attempts_stop_at_three(line):
    await line.ask()
    told = []
    for _ in range(3):
        (job,) = await line.claim()
        told.append(await line.fail(job))
    assert told == ["pending", "pending", "failed"]
    (row,) = await line.rows()
    assert (row.attempts, row.error_code, row.error) == (3, "broken", "It broke.")
    assert row.finished_at is not None
    assert await line.claim() == []


async def test_a_failure_that_time_does_not_mend_is_not_tried_again(line):
    await line.ask()
    (job,) = await line.claim()
    assert await line.fail(job, retry=False) == "failed"
    assert await line.claim() == []


async def test_a_failed_attempt_waits_before_the_next(line):
    await line.ask()
    (job,) = await line.claim()
    await line.queue.fail(job, "one", code="c", message="m", retry=True, delay_s=60)
    assert await line.claim() == []
    await line.set("available_at = now()")
    assert len(await line.claim()) == 1


# Derived work


async def test_a_renewal_asked_for_while_it_runs_runs_once_more(line):
    await line.ask(again=True)
    await line.set("available_at = now()")
    (job,) = await line.claim()
    await line.ask(again=True)
    await line.ask(again=True)
    assert await line.status() == {"running": 1}

    await line.queue.save(job, "one", Result(), duration_s=0)
    assert await line.status() == {"pending": 1}
    await line.set("available_at = now()")
    (once_more,) = await line.claim()
    await line.queue.save(once_more, "one", Result(), duration_s=0)
    assert await line.status() == {"completed": 1}


async def test_a_bulk_of_decisions_is_one_renewal(line):
    for _ in range(20):
        await line.ask(again=True)
    assert await line.status() == {"pending": 1}
    assert await line.claim() == [], "it waits a moment for more of them"


async def test_a_renewal_that_failed_is_asked_for_anew_by_the_next_decision(line):
    await line.ask(again=True)
    await line.set("available_at = now()")
    (job,) = await line.claim()
    await line.fail(job, retry=False)
    await line.ask(again=True)
    (row,) = await line.rows()
    assert (row.status, row.attempts, row.error) == ("pending", 0, None)


# Cancelling


async def test_a_cancelled_job_is_neither_claimed_nor_completed(line):
    await line.ask()
    (job,) = await line.claim()
    await line.set("status = 'cancelled', lease_until = NULL, leased_by = NULL")
    assert await line.queue.extend("one", [job.id]) == set()
    with pytest.raises(LeaseLost):
        await line.queue.save(job, "one", Result(), duration_s=0)
    assert await line.claim("two") == []


async def test_jobs_are_listed_across_organisations_but_written_in_one(factory_database, seed):
    lines = [Line(factory_database, await seed.company(), seed) for _ in range(2)]
    lines[1].asset = lines[0].asset
    for one in lines:
        await one.ask()
    claimed = await lines[0].claim()
    assert {job.organization_id for job in claimed} == {
        one.company.organization_id for one in lines
    }
    async with factory_database.transaction(EVERYTHING) as connection:
        hidden = await connection.execute(
            text("UPDATE posthub.company SET name = 'x' WHERE id = :id"),
            {"id": lines[0].company.id},
        )
        assert hidden.rowcount == 0, "reading everything writes nothing"

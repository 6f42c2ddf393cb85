"""Work that nobody waits for: handed in together, collected, at half the price."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from posthub_assets.domain.errors import Postponed
from posthub_assets.domain.ports import Call
from resources.database.engine import EVERYTHING
from resources.database.repositories import queued
from resources.gateway.batches import Batches
from resources.ids import new_id
from resources.providers.loopback import Fault

pytestmark = pytest.mark.anyio


@dataclass
class Desk:
    """A shop whose calls may wait, and the desk that hands them in."""

    shop: object
    desk: Batches

    async def ask(self, variant: int = 0, job: UUID | None = None):
        return await self.shop.post(
            variant=variant, may_wait=True, job_id=str(job) if job else None
        )

    async def hand_in(self) -> dict[str, int]:
        return await self.desk.turn()

    async def collect(self) -> dict[str, int]:
        async with self.shop.seed.database.engine.begin() as connection:
            await connection.execute(sql("UPDATE posthub.vendor_batch SET look_at = now()"))
        return await self.desk.turn()

    async def job(self) -> UUID:
        """Make a job that waits for a batch."""
        call: Call = self.shop.call
        id_ = new_id()
        await self.shop.seed.insert(
            "job",
            id=id_,
            organization_id=UUID(call.organization_id),
            company_id=UUID(call.company_id),
            asset="social_posts",
            kind=f"create_{id_}",
            status="running",
            leased_by="worker",
        )
        return id_

    async def batch(self):
        (row,) = await self.shop.seed.rows(
            "SELECT * FROM posthub.vendor_batch WHERE organization_id = :id",
            id=UUID(self.shop.call.organization_id),
        )
        return row


@pytest.fixture
async def desk(open_shop, factory_database, owner_database) -> Desk:
    async with owner_database.engine.begin() as connection:
        # Batches of other tests are theirs; here one turn is one turn.
        await connection.execute(
            sql("UPDATE posthub.vendor_batch SET status = 'failed' WHERE ended_at IS NULL")
        )
        await connection.execute(
            sql("UPDATE posthub.generation SET status = 'failed' WHERE status = 'queued'")
        )
    shop = await open_shop(batch=True)
    return Desk(shop, Batches(factory_database, shop.gateway.vendors, quiet=timedelta(0)))


async def test_a_question_is_handed_in_collected_and_then_served(desk):
    for variant in range(3):
        with pytest.raises(Postponed):
            await desk.ask(variant)
    assert {row.status for row in await desk.shop.rows()} == {"queued"}
    told = await desk.hand_in()
    assert told["handed in"] == 3
    assert (await desk.batch()).external_ref
    with pytest.raises(Postponed):
        await desk.ask(0)
    assert (await desk.collect())["collected"] == 3
    answers = [await desk.ask(variant) for variant in range(3)]
    assert all(answer.from_journal for answer in answers)
    assert (await desk.batch()).status == "collected"
    calls = [call for call in desk.shop.server.calls() if call.is_batch]
    assert len(calls) == 3


async def test_a_batch_costs_half(desk):
    single = await desk.shop.post(variant=7)
    with pytest.raises(Postponed):
        await desk.ask(7 + 1)
    await desk.hand_in()
    await desk.collect()
    batched = await desk.ask(7 + 1)
    rows = {row.id: row for row in await desk.shop.rows()}
    alone, together = rows[UUID(single.generation_id)], rows[UUID(batched.generation_id)]
    each = Decimal(together.input_tokens + together.output_tokens)
    assert together.cost_usd < alone.cost_usd * Decimal("0.7")
    assert each > 0
    _, spent, reserved = await desk.shop.spent()
    assert (spent, reserved) == (alone.cost_usd + together.cost_usd, 0)


async def test_who_waits_is_not_put_into_a_batch(desk):
    answer = await desk.shop.post()
    assert not answer.from_journal
    assert [row.status for row in await desk.shop.rows()] == ["completed"]


async def test_asking_again_before_the_answer_adds_no_question(desk):
    for _ in range(3):
        with pytest.raises(Postponed):
            await desk.ask()
    assert len(await desk.shop.rows()) == 1


async def test_a_row_that_failed_is_bought_singly(desk):
    with pytest.raises(Postponed):
        await desk.ask(0)
    with pytest.raises(Postponed):
        await desk.ask(1)
    desk.shop.server.plan("gemini", Fault.EXPIRED, on="row")
    await desk.hand_in()
    assert (await desk.collect())["collected"] == 1
    answers = [await desk.ask(variant) for variant in range(2)]
    assert sorted(answer.from_journal for answer in answers) == [False, True]
    rows = await desk.shop.rows()
    assert [row.error_code for row in rows].count("batch-unanswered") == 1
    assert (await desk.shop.spent())[2] == 0


async def test_a_vendor_that_refuses_the_batch_costs_nothing_but_a_single_call(desk):
    with pytest.raises(Postponed):
        await desk.ask()
    desk.shop.server.plan("gemini", Fault.KEY_REVOKED, on="batch")
    assert (await desk.hand_in())["handed in"] == 0
    answer = await desk.ask()
    assert not answer.from_journal
    assert (await desk.batch()).status == "failed"


async def test_a_batch_that_takes_its_time_is_asked_about_later(desk):
    desk.shop.server.batch_wait_s = 0.5
    with pytest.raises(Postponed):
        await desk.ask()
    await desk.hand_in()
    assert (await desk.collect())["collected"] == 0
    assert (await desk.batch()).status == "submitted"
    await asyncio.sleep(0.6)
    assert (await desk.collect())["collected"] == 1


async def test_a_job_is_parked_without_a_lease_and_woken_by_the_end_of_its_batch(
    desk, factory_database
):
    job = await desk.job()
    with pytest.raises(Postponed):
        await desk.ask(job=job)
    async with factory_database.transaction(EVERYTHING) as connection:
        await queued.park(connection, worker="worker", job_id=job)
    await desk.hand_in()
    (row,) = await desk.shop.seed.rows("SELECT * FROM posthub.job WHERE id = :id", id=job)
    assert (row.status, row.lease_until, row.external_ref) == ("running", None, "batch")
    told = await desk.collect()
    assert told["jobs woken"] == 1
    (row,) = await desk.shop.seed.rows("SELECT * FROM posthub.job WHERE id = :id", id=job)
    assert (row.status, row.external_ref, row.attempts, row.crash_count) == ("pending", None, 0, 0)
    assert (await desk.ask(job=job)).from_journal


async def test_handing_in_that_broke_off_is_given_up_and_bought_singly(desk, owner_database):
    with pytest.raises(Postponed):
        await desk.ask()
    group_id = new_id()
    async with owner_database.engine.begin() as connection:
        await connection.execute(
            sql(
                "INSERT INTO posthub.vendor_batch (id, organization_id, provider, model,"
                " key_source, requests, created_at) VALUES (:id, :organization, 'gemini', 'm',"
                " 'platform', 1, now() - interval '1 hour')"
            ),
            {"id": group_id, "organization": UUID(desk.shop.call.organization_id)},
        )
        await connection.execute(
            sql("UPDATE posthub.generation SET batch_id = :id WHERE company_id = :company"),
            {"id": group_id, "company": UUID(desk.shop.call.company_id)},
        )
    await desk.hand_in()
    assert (await desk.batch()).status == "failed"
    assert not (await desk.ask()).from_journal


async def test_two_turns_at_once_hand_nothing_in_twice(desk):
    for variant in range(4):
        with pytest.raises(Postponed):
            await desk.ask(variant)
    again = replace(desk.desk)
    told = await asyncio.gather(desk.desk.turn(), again.turn())
    assert sum(one["handed in"] for one in told) == 4

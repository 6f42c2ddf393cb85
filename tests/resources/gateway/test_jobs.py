"""Through the queue: a job whose vendors fail ends completed after fallback, or failed with why."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from posthub_assets.domain.bodies import SocialPostBody
from posthub_assets.domain.work import Order, Result, Tools
from posthub_assets.draining import Drain
from resources.content_store import PostgresContentStore
from resources.darkroom.room import Darkroom
from resources.gateway import till
from resources.gateway.batches import Batches
from resources.ids import new_id
from resources.media_store import MediaStore
from resources.providers.loopback import Fault
from resources.studio.opening import studio_of
from resources.upkeep import PostgresUpkeep
from resources.website_reader import NoReader
from resources.work_queue import PostgresWorkQueue

pytestmark = pytest.mark.anyio

ALL_DIE = {
    Fault.RATE_LIMITED: ("pending", "rate-limited"),
    Fault.SERVER_ERROR: ("pending", "provider-unavailable"),
    Fault.RESET: ("pending", "provider-unavailable"),
    Fault.HALF_ANSWER: ("pending", "provider-unavailable"),
    Fault.INVALID_JSON: ("pending", "provider-unavailable"),
    Fault.QUOTA_EXHAUSTED: ("failed", "quota-exhausted"),
    Fault.KEY_REVOKED: ("failed", "key-rejected"),
    Fault.BLOCKED_PROMPT: ("failed", "prompt-blocked"),
    Fault.WRONG_SCHEMA: ("failed", "invalid-answer"),
    Fault.TRUNCATED: ("failed", "answer-truncated"),
}


@dataclass
class Bench:
    """A shop with a job of its own, and a worker."""

    shop: object
    tools: Tools
    post_of: object
    key: str
    job: UUID

    async def work(self) -> None:
        """Drain the company's jobs once."""
        async with self.shop.seed.database.engine.begin() as connection:
            await connection.execute(
                sql("UPDATE posthub.job SET available_at = now() WHERE id = :id"), {"id": self.job}
            )

        async def handle(order: Order, tools: Tools) -> Result:
            from posthub_assets.assets.ordering import call_for

            answer = await tools.text.generate(
                self.post_of("Bells."), SocialPostBody, call_for(order)
            )
            return Result(note=answer.provider)

        drain = Drain(
            self.tools, "social_posts", handle, "run", [(self.key, None)], 2, logging.getLogger()
        )
        await drain.run()

    async def row(self):
        """Read the job."""
        (row,) = await self.shop.seed.rows("SELECT * FROM posthub.job WHERE id = :id", id=self.job)
        return row


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Between attempts nothing is waited for."""
    monkeypatch.setattr(till, "FIRST_PAUSE_S", 0.01)


@pytest.fixture
async def bench(open_shop, factory_database, seed, post_of, tmp_path):

    async def make(priority: int = 50, **changes) -> Bench:
        shop = await open_shop(**changes)
        queue = PostgresWorkQueue(factory_database)
        tools = Tools(
            queue=queue,
            store=PostgresContentStore(factory_database, MediaStore(tmp_path / "media")),
            text=shop.gateway,
            images=shop.gateway,
            research=shop.gateway,
            website=NoReader(),
            batches=Batches(factory_database, shop.gateway.vendors, quiet=timedelta(0)),
            upkeep=PostgresUpkeep(factory_database, queue),
            studio=studio_of(
                shop.gateway.vendors.settings, MediaStore(tmp_path / "media"), Darkroom()
            ),
        )
        (company,) = await seed.rows(
            "SELECT * FROM posthub.company WHERE id = :id", id=UUID(shop.call.company_id)
        )
        job = new_id()
        await seed.insert(
            "job",
            id=job,
            organization_id=company.organization_id,
            company_id=company.id,
            asset="social_posts",
            kind="create_social_posts",
            priority=priority,
        )
        return Bench(shop, tools, post_of, company.partition_key, job)

    return make


@pytest.mark.parametrize("fault", ALL_DIE)
async def test_after_fallback_the_job_is_completed(bench, fault):
    one = await bench()
    one.shop.server.plan("gemini", fault, times=3)
    await one.work()
    row = await one.row()
    assert (row.status, row.step) == ("completed", "openai")


@pytest.mark.parametrize(("fault", "told"), ALL_DIE.items())
async def test_when_every_vendor_fails_the_job_says_why(bench, fault, told):
    one = await bench()
    for provider in ("gemini", "openai"):
        one.shop.server.plan(provider, fault, times=3)
    await one.work()
    row = await one.row()
    assert (row.status, row.error_code) == told
    assert "gemini" in row.error
    assert "openai" in row.error
    assert row.prompt_version_id is not None


async def test_what_passes_is_tried_again_by_the_job_and_then_given_up(bench):
    one = await bench()
    for provider in ("gemini", "openai"):
        one.shop.server.plan(provider, Fault.UNAVAILABLE, times=9)
    for _ in range(3):
        await one.work()
    row = await one.row()
    assert (row.status, row.attempts) == ("failed", 3)
    assert len(await one.shop.rows()) == 18


async def test_a_budget_that_is_used_up_fails_the_job_with_the_day_it_begins_anew(bench):
    one = await bench()
    await one.shop.seed.insert(
        "usage_limit",
        id=new_id(),
        organization_id=UUID(one.shop.call.organization_id),
        company_id=UUID(one.shop.call.company_id),
        period="day",
        cost_usd=Decimal("0.000001"),
    )
    await one.work()
    row = await one.row()
    assert (row.status, row.error_code) == ("failed", "budget-exceeded")
    assert "begins anew on" in row.error


async def test_a_backfills_job_waits_for_its_batch_and_then_completes(bench):
    one = await bench(priority=90, batch=True)
    async with one.shop.seed.database.engine.begin() as connection:
        await connection.execute(
            sql("UPDATE posthub.vendor_batch SET status = 'failed' WHERE ended_at IS NULL")
        )
    await one.work()
    row = await one.row()
    assert (row.status, row.external_ref, row.lease_until) == ("running", "batch", None)
    assert (row.attempts, row.crash_count) == (0, 0)
    await one.tools.batches.turn()
    async with one.shop.seed.database.engine.begin() as connection:
        await connection.execute(sql("UPDATE posthub.vendor_batch SET look_at = now()"))
    told = await one.tools.batches.turn()
    assert told["jobs woken"] >= 1
    await one.work()
    row = await one.row()
    assert (row.status, row.attempts) == ("completed", 0)
    calls = [call for call in one.shop.server.calls() if call.operation in ("text", "row")]
    assert [call.is_batch for call in calls] == [True]

"""A place in the quota belongs to one company, one month and one kind."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import text

from posthub_assets.domain.bodies import TopicBody
from posthub_assets.domain.content import Kind
from posthub_assets.domain.flow import JobRequest
from posthub_assets.domain.work import Draft, Result
from resources.database.engine import Scope
from resources.database.repositories import jobs
from resources.ids import new_id
from resources.work_queue import PostgresWorkQueue

pytestmark = pytest.mark.anyio

MONTHS = (date(2026, 12, 1), date(2027, 1, 1))


async def test_the_same_place_of_two_months_holds_two_items(seed, factory_database):
    company, queue = await seed.company(), PostgresWorkQueue(factory_database)
    asset = f"asset_{new_id().hex}"
    async with factory_database.transaction(Scope.of(company.organization_id)) as connection:
        await jobs.ask_for(
            connection,
            organization_id=company.organization_id,
            company_id=company.id,
            requests=[JobRequest(verb="create", asset=asset, month=month) for month in MONTHS],
        )
    claimed = await queue.claim(asset, worker="one", run_id="run", limit=2, only=None)

    async def save(job):
        body = TopicBody(title="T", description="-", focus_keyword="k", planned_on=job.month)
        draft = Draft(kind=Kind.TOPIC, body=body, findings=(), place="01")
        await queue.save(job, "one", Result(drafts=(draft,)), duration_s=0)

    await asyncio.gather(*(save(job) for job in claimed))
    rows = await seed.rows(
        "SELECT month FROM posthub.content WHERE company_id = :c ORDER BY month", c=company.id
    )
    assert [row.month for row in rows] == list(MONTHS)


async def test_the_index_refuses_a_second_living_item_only_in_the_same_month(seed, owner):
    company = await seed.company()
    await seed.item(company, place="01", month=MONTHS[0])
    await seed.item(company, place="01", month=MONTHS[1])
    copied = text(
        "INSERT INTO posthub.content (id, organization_id, company_id, month, kind, language,"
        " place, status, title) SELECT gen_random_uuid(), organization_id, company_id, month, kind,"
        " language, place, 'draft', title FROM posthub.content WHERE company_id = :c LIMIT 1"
    )
    with pytest.raises(Exception, match="uq_content_place"):
        await owner.execute(copied, {"c": company.id})

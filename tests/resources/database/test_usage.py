"""The journal added up: by month, by dimension, by organisation; and when it is added up again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from posthub_assets.domain.usage import totals
from resources.database.engine import EVERYTHING, Scope
from resources.database.repositories import usage
from resources.ids import new_id
from resources.upkeep import PostgresUpkeep
from resources.work_queue import PostgresWorkQueue

pytestmark = pytest.mark.anyio

DECEMBER = date(2026, 12, 1)


async def bought(seed, company, **changes) -> UUID:
    """Write a call down."""
    values = {
        "id": new_id(),
        "organization_id": company.organization_id,
        "company_id": company.id,
        "kind": "BlogPostBrief",
        "provider": "gemini",
        "model": "gemini-3.8-flash",
        "request_hash": str(new_id()),
        "nonce": "",
        "status": "completed",
        "month": DECEMBER,
        "input_tokens": 100,
        "output_tokens": 50,
        "cost_usd": Decimal("0.100000001"),
        "completed_at": datetime.now(UTC),
    } | changes
    await seed.insert("generation", **values)
    return values["id"]


async def of(database, company, month=DECEMBER):
    async with database.transaction(Scope.of(company.organization_id)) as connection:
        return await usage.usage_of(connection, company.organization_id, company.id, month)


async def test_a_month_is_added_up_by_sort_and_equals_the_ledger(seed, factory_database):
    company = await seed.company()
    for _ in range(3):
        await bought(seed, company)
    await bought(seed, company, provider="openai", model="gpt-6-luna", kind="SocialPostBrief")
    await bought(seed, company, status="failed", cost_usd=Decimal("0.02"))
    rows = await of(factory_database, company)
    found = totals(rows)
    assert (found.requests, found.failed) == (5, 1)
    assert found.cost_usd == Decimal("0.400000004") + Decimal("0.02")
    assert {(one.provider, one.kind, one.requests) for one in rows} == {
        ("gemini", "BlogPostBrief", 4),
        ("openai", "SocialPostBrief", 1),
    }


async def test_a_call_without_a_month_belongs_to_the_month_of_utc_it_was_made_in(
    seed, factory_database
):
    company = await seed.company()
    last = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    await bought(seed, company, month=None, kind="DnaBrief", created_at=last)
    await bought(seed, company, month=None, kind="DnaBrief", created_at=last + timedelta(seconds=1))
    assert totals(await of(factory_database, company)).requests == 1
    assert totals(await of(factory_database, company, date(2027, 1, 1))).requests == 1


async def test_persons_prompts_and_own_keys_are_told_apart(seed, factory_database):
    company = await seed.company()
    person = await seed.person(company.organization_id, name="Somebody")
    job = new_id()
    await seed.insert(
        "job",
        id=job,
        organization_id=company.organization_id,
        company_id=company.id,
        asset="blog_posts",
        kind=f"create_{job}",
        requested_by=person.id,
    )
    (version,) = await seed.rows("SELECT id, code FROM posthub.prompt_version LIMIT 1")
    await bought(seed, company, job_id=job, prompt_version_id=version.id)
    await bought(seed, company, key_source="organization")
    rows = {one.person: one for one in await of(factory_database, company)}
    assert rows["Somebody"].prompt.startswith(version.code)
    assert rows["the factory"].key_source == "organization"
    assert totals(rows.values()).invoiced_usd == Decimal("0.100000001")


async def test_what_waits_in_a_batch_is_not_usage_yet(seed, factory_database):
    company = await seed.company()
    await bought(seed, company, status="queued", cost_usd=Decimal(0))
    assert await of(factory_database, company) == []


async def test_another_organisation_sees_nothing(seed, factory_database):
    company, stranger = await seed.company(), await seed.company()
    await bought(seed, company)
    async with factory_database.transaction(Scope.of(stranger.organization_id)) as connection:
        assert await usage.usage_of(connection, company.organization_id, company.id, DECEMBER) == []
        now = datetime.now(UTC)
        rows = await usage.usage_between(
            connection, now - timedelta(days=1), now + timedelta(days=1), "provider"
        )
        assert rows == []


@pytest.mark.parametrize("by", usage.DIMENSIONS)
async def test_any_span_is_added_up_by_any_dimension(seed, factory_database, by):
    company = await seed.company()
    await bought(seed, company)
    await bought(seed, company, created_at=datetime(2020, 1, 1, tzinfo=UTC))
    now = datetime.now(UTC)
    async with factory_database.transaction(Scope.of(company.organization_id)) as connection:
        rows = await usage.usage_between(connection, now - timedelta(days=1), now, by)
    assert [(one.requests, one.cost_usd) for one in rows] == [(1, Decimal("0.100000001"))]


async def test_usage_is_asked_for_again_only_where_the_journal_moved(
    seed, factory_database, owner_database
):
    company = await seed.company()
    await bought(seed, company)
    upkeep = PostgresUpkeep(factory_database, PostgresWorkQueue(factory_database))
    jobs = "SELECT status FROM posthub.job WHERE company_id = :id AND asset = 'monthly_usage'"
    await upkeep.renew_usage()
    await upkeep.renew_usage()
    assert len(await seed.rows(jobs, id=company.id)) == 1
    async with owner_database.engine.begin() as connection:
        await connection.execute(
            sql(
                "UPDATE posthub.job SET status = 'completed', started_at = now()"
                " WHERE company_id = :id"
            ),
            {"id": company.id},
        )
    async with factory_database.transaction(EVERYTHING) as connection:
        assert company.id not in {one[1] for one in await usage.moved(connection)}
    await bought(seed, company)
    async with factory_database.transaction(EVERYTHING) as connection:
        assert company.id in {one[1] for one in await usage.moved(connection)}

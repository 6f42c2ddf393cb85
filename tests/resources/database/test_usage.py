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
                "UPDATE posthub.job SET status = 'completed', duration_s = 1,"
                " finished_at = now() + interval '1 hour' WHERE company_id = :id"
            ),
            {"id": company.id},
        )
    async with factory_database.transaction(EVERYTHING) as connection:
        assert company.id not in {one[1] for one in await usage.moved(connection)}
    later = datetime.now(UTC) + timedelta(hours=2)
    await bought(seed, company, completed_at=later)
    async with factory_database.transaction(EVERYTHING) as connection:
        assert company.id in {one[1] for one in await usage.moved(connection)}


async def a_job(seed, company, **changes) -> UUID:
    """Write a job down."""
    id_ = new_id()
    values = {
        "id": id_,
        "organization_id": company.organization_id,
        "company_id": company.id,
        "asset": "monthly_usage",
        "kind": "create_monthly_usage",
        "month": DECEMBER,
    } | changes
    await seed.insert("job", **values)
    return id_


@pytest.mark.parametrize(
    ("status", "renewal", "found"),
    [
        ("completed", (3600, 1), False),
        ("completed", (3600, 3590), True),  # bought while it ran
        ("completed", (100, 1), True),  # perhaps not visible to it
        ("completed", (-3600, 1), True),
        ("failed", (3600, 1), True),
        ("pending", (-3600, 1), False),
        ("running", (-3600, 1), False),
    ],
)
async def test_a_month_is_renewed_where_its_last_renewal_may_have_missed_a_call(
    seed, factory_database, status, renewal, found
):
    ended_after_s, took_s = renewal
    company = await seed.company()
    at = datetime.now(UTC) - timedelta(hours=5)
    await bought(seed, company, created_at=at, completed_at=at)
    await a_job(
        seed,
        company,
        status=status,
        started_at=at - timedelta(days=9),
        finished_at=at + timedelta(seconds=ended_after_s),
        duration_s=took_s,
    )
    async with factory_database.transaction(EVERYTHING) as connection:
        moved = await usage.moved(connection)
    assert ((company.organization_id, company.id, DECEMBER) in moved) is found


async def test_an_old_call_without_a_month_belongs_to_its_jobs_month(seed, factory_database):
    company = await seed.company()
    job = await a_job(seed, company, asset="blog_posts", kind="create_blog_posts")
    november = datetime(2026, 11, 3, tzinfo=UTC)
    await bought(seed, company, month=None, job_id=job, created_at=november)
    assert totals(await of(factory_database, company)).requests == 1
    assert await of(factory_database, company, date(2026, 11, 1)) == []
    async with factory_database.transaction(EVERYTHING) as connection:
        months = {one[2] for one in await usage.moved(connection) if one[1] == company.id}
    assert months == {DECEMBER}


async def test_companies_of_one_name_are_told_apart_and_one_organisation_can_be_named(
    seed, factory_database
):
    company = await seed.company(name="River Bicycles")
    sister = await seed.company(company.organization_id, name="River Bicycles")
    neighbour = await seed.company(name="River Bicycles")
    at = datetime(2021, 7, 1, tzinfo=UTC)
    for one, usd in ((company, "3"), (sister, "2"), (neighbour, "1")):
        await bought(seed, one, created_at=at, cost_usd=Decimal(usd))
    span = (at, at + timedelta(days=1))
    async with factory_database.transaction(EVERYTHING) as connection:
        everybody = await usage.usage_between(connection, *span, "company")
        own = await usage.usage_between(
            connection, *span, "company", organization_id=company.organization_id
        )
    keys = [one.partition_key for one in (company, sister, neighbour)]
    assert [(one.name, one.cost_usd) for one in everybody] == list(
        zip(keys, (Decimal(3), Decimal(2), Decimal(1)), strict=True)
    )
    assert [one.name for one in own] == keys[:2]

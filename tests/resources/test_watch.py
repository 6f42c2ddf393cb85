"""What sensors ask: due work, who is at it, which companies there are, what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import anyio
import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.flow import JobRequest
from resources.database.engine import Scope
from resources.database.repositories import jobs, metrics
from resources.ids import new_id
from resources.settings import load_settings
from resources.watch import MOST, Watch

pytestmark = pytest.mark.anyio


@pytest.fixture
def watch(database_urls, tmp_path) -> Watch:
    settings = load_settings({"POSTHUB_HOME": str(tmp_path)})
    found = Watch(replace(settings, factory_database_url=database_urls.factory))
    yield found
    found._engine.dispose()


async def ask(database, company, asset: str, count: int = 1) -> None:
    requests = [JobRequest(verb="create", asset=asset, round=n) for n in range(count)]
    async with database.transaction(Scope.of(company.organization_id)) as connection:
        await jobs.ask_for(
            connection,
            organization_id=company.organization_id,
            company_id=company.id,
            requests=requests,
        )


async def change(seed, asset: str, assignment: str) -> None:
    async with seed.database.engine.begin() as connection:
        statement = f"UPDATE posthub.job SET {assignment} WHERE asset = :asset"  # noqa: S608
        await connection.execute(text(statement), {"asset": asset})


async def test_due_jobs_are_counted_across_organisations(watch, factory_database, seed):
    asset = f"asset_{new_id().hex}"
    assert watch.demand(asset).due == 0
    for _ in range(2):
        await ask(factory_database, await seed.company(), asset, 2)
    found = watch.demand(asset)
    assert (found.due, found.live_workers) == (4, 0)


async def test_work_that_waits_longer_than_a_second_is_overdue(watch, factory_database, seed):
    asset = f"asset_{new_id().hex}"
    await ask(factory_database, await seed.company(), asset, 2)
    await change(seed, asset, "available_at = now() + interval '5 s'")
    assert (watch.demand(asset).due, watch.demand(asset).overdue) == (0, 0)
    await change(seed, asset, "available_at = now()")
    assert (watch.demand(asset).due, watch.demand(asset).overdue) == (2, 0)
    await change(seed, asset, "available_at = now() - interval '2 s'")
    assert (watch.demand(asset).due, watch.demand(asset).overdue) == (2, 2)


async def test_a_live_lease_is_a_worker_and_an_ended_one_is_due_work(watch, factory_database, seed):
    asset = f"asset_{new_id().hex}"
    await ask(factory_database, await seed.company(), asset, 3)
    async with factory_database.transaction(Scope(readable=None)) as connection:
        await jobs.claim(connection, asset=asset, worker="w", run_id="r", limit=2)
    found = watch.demand(asset)
    assert (found.due, found.live_workers) == (1, 1)
    await change(seed, asset, "lease_until = lease_until - interval '1 minute'")
    found = watch.demand(asset)
    assert (found.due, found.live_workers) == (3, 0)
    assert found.overdue >= 2, "nobody waits for an ended lease once more"


async def test_counting_stops_at_a_thousand(watch, factory_database, seed):
    asset = f"asset_{new_id().hex}"
    company = await seed.company()
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, round)"
                " SELECT gen_random_uuid(), :o, :c, CAST(:asset AS text), 'create_asset', n"
                " FROM generate_series(1, 1500) n"
            ),
            {"o": company.organization_id, "c": company.id, "asset": asset},
        )
    assert watch.demand(asset).due == MOST
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("DELETE FROM posthub.job WHERE asset = :asset"), {"asset": asset}
        )


async def test_the_mark_changes_when_a_company_comes_or_goes(watch, seed):
    before = watch.companies_mark()
    assert watch.companies_mark() == before
    company = await seed.company()
    after = watch.companies_mark()
    assert after != before
    assert company.partition_key in watch.company_keys()
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.company SET deleted_at = now() WHERE id = :id"),
            {"id": company.id},
        )
    assert watch.companies_mark() not in (before, after)
    assert company.partition_key not in watch.company_keys()


async def test_a_cursor_that_a_person_wrote_is_the_beginning(watch):
    assert watch.missing_work("what is this", most=10) == watch.missing_work("", most=10)


async def test_an_approved_topic_without_post_and_job_is_missing_work(watch, seed):
    everything = 10**6
    before, _ = watch.missing_work(most=everything)
    company = await seed.company()
    topic = await seed.item(company, kind=Kind.TOPIC, status=Status.APPROVED)
    assert watch.missing_work(most=everything) == (before + 1, "")
    await seed.insert(
        "job",
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        asset="blog_posts",
        kind="create_blog_posts",
        month=date(2026, 12, 1),
        content_id=topic.id,
        source_version_id=topic.version_id,
        status="failed",
    )
    found, _ = watch.missing_work(most=everything)
    assert found == before, "what failed for good is shown, not repeated"


async def test_missing_work_is_found_in_parts_that_come_round_again(watch, seed):
    company = await seed.company()
    for _ in range(3):
        await seed.item(company, kind=Kind.TOPIC, status=Status.APPROVED)
    whole, after = watch.missing_work(most=10**6)
    assert (whole >= 3, after) == (True, "")
    parts = []
    while True:
        missing, after = watch.missing_work(after, most=2)
        parts.append(missing)
        if not after:
            break
    assert sum(parts) == whole
    assert all(missing <= 2 for missing in parts)


async def test_nothing_is_asked_before_the_first_question(tmp_path):
    settings = load_settings({"POSTHUB_HOME": str(tmp_path)})
    Watch(replace(settings, factory_database_url="postgresql://nobody@127.0.0.1:1/none"))


async def test_the_factory_says_that_it_lives_and_may_say_so_twice(watch, api_database):
    for _ in range(2):
        await anyio.to_thread.run_sync(watch.say_alive)
    async with api_database.transaction(Scope()) as connection:
        age_s = await metrics.factory_age_s(connection)
    assert age_s is not None
    assert 0 <= age_s < 60

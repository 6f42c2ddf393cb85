"""What stages read and what upkeep mends, on a company that works."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Action
from posthub_assets.domain.errors import NotFound
from resources.settings import load_settings
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio


async def an_order(world, asset: str = "topics"):
    """Claim a job of the company and read its order."""
    await world.tools.queue.create_missing(asset, [(world.key, world.month)])
    (job,) = await world.tools.queue.claim(
        asset, worker="w", run_id="r", limit=1, only=[(world.key, world.month)]
    )
    return await world.tools.store.order(job)


async def touch(world) -> None:
    """Write every topic's row anew, as any update does: the table's own order changes."""
    for topic in reversed(await world.items("topic")):
        async with world.seed.database.engine.begin() as connection:
            await connection.execute(
                text("UPDATE posthub.content SET updated_at = now() WHERE id = :id"),
                {"id": topic.id},
            )


async def test_what_goes_into_a_brief_is_read_in_the_same_order_every_time(make_world):
    world = await make_world(quota=6)
    await world.reach_topics()
    await world.decide((await world.items("topic"))[2], Action.REJECT)
    order = await an_order(world)
    store = world.tools.store

    async def read():
        return (
            await store.past(order),
            await store.passages(order),
            await store.personas(order),
            await store.documents(order),
        )

    before = await read()
    assert len(before[0]) == 6
    await touch(world)
    assert await read() == before


async def test_a_killed_attempt_and_the_next_one_ask_the_same_question(make_world):
    world = await make_world(quota=4)
    await world.reach_topics()
    await world.decide((await world.items("topic"))[0], Action.REJECT)
    from posthub_assets.assets.editorial import find_topics

    order = await an_order(world)
    await find_topics(order, world.tools)  # answered, and killed before the result is written
    await touch(world)
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.job SET lease_until = now() WHERE id = :id"), {"id": order.job.id}
        )
    await world.drain("topics")
    rows = await world.seed.rows(
        "SELECT count(*) AS calls, count(DISTINCT request_hash) AS questions"
        " FROM posthub.generation WHERE company_id = :id AND kind = 'TopicsBrief'",
        id=world.company_id,
    )
    assert tuple(rows[0]) == (2, 2), "the month's first topics, and those for the gap, once each"


async def test_an_item_is_read_at_the_version_that_its_job_names(make_world):
    world = await make_world(quota=1)
    await world.reach_topics()
    await world.approve_all("topic")
    (topic,) = await world.items("topic")
    order = await an_order(world, "blog_posts")
    await world.edit(topic, description="Another thought, which came later than the yes.")
    again = await world.tools.store.order(order.job)
    assert again.subject.body.description == topic.body["description"]
    assert (again.subject.is_current, again.is_superseded) == (False, True)


async def test_another_organisations_item_cannot_be_read_through_a_job(make_world):
    world, other = await make_world(quota=1), await make_world(quota=1)
    await world.reach_topics()
    await world.approve_all("topic")
    order = await an_order(world, "blog_posts")
    stolen = replace(order.job, organization_id=other.organization_id, company_id=other.company_id)
    with pytest.raises(NotFound):
        await world.tools.store.order(stolen)


async def test_the_calendar_holds_what_is_approved_and_is_renewed_by_a_withdrawn_yes(
    make_world, tmp_path
):
    world = await make_world(quota=2)
    await world.reach_blog_posts()
    await world.approve_all("blog_post")

    async def lines():
        await world.hurry()
        await world.drain("content_calendar")
        (path,) = tmp_path.rglob("calendar.csv")
        return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))

    assert len(await lines()) == 2
    (first, _) = await world.items("blog_post")
    await world.edit(first, meta_title="A different title for search results")
    assert [line["title"] for line in await lines()] == [
        one.title for one in await world.items("blog_post", "scheduled")
    ]
    (job,) = await world.jobs("content_calendar")
    assert (job.status, "1 entries" in job.step) == ("completed", True)


async def test_repair_finds_nothing_on_a_good_day(make_world):
    world = await make_world(quota=2)
    await world.reach_social_posts()
    before = await world.seed.rows(
        "SELECT id FROM posthub.job WHERE company_id = :id ORDER BY id", id=world.company_id
    )
    await world.tools.upkeep.repair()
    after = await world.seed.rows(
        "SELECT id FROM posthub.job WHERE company_id = :id ORDER BY id", id=world.company_id
    )
    assert after == before


async def test_repair_asks_for_what_fell_through_and_only_once(make_world):
    world = await make_world(quota=3)
    await world.reach_topics()
    await world.approve_all("topic")
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("DELETE FROM posthub.job WHERE company_id = :id AND asset = 'blog_posts'"),
            {"id": world.company_id},
        )
    await world.tools.upkeep.repair()
    await world.tools.upkeep.repair()
    assert len(await world.jobs("blog_posts", "pending")) == 3
    assert (await world.drain("blog_posts")).done == 3


async def test_a_workshop_can_be_made_with_nothing_set_and_shows_no_secret():
    workshop = PostgresWorkshop()
    assert workshop.settings is None
    settings = replace(
        load_settings({}),
        factory_database_url="postgresql://posthub_factory:hidden-word@localhost/posthub",
    )
    assert "hidden-word" not in repr(PostgresWorkshop(settings))


async def test_without_providers_given_local_writes_and_draws(make_world):
    world = await make_world()
    async with PostgresWorkshop(world.settings).open() as tools:
        assert tools.text.text.name == "local"
        assert tools.images.images.name == "local"

"""An article from its order to a yes: written from the documents, checked, written anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from posthub_assets.domain.bodies import ArticleTask
from posthub_assets.domain.briefs import ArticleOrder
from posthub_assets.domain.content import Action, Kind
from posthub_assets.domain.errors import AlreadyRunning, Conflict, IllegalTransition
from resources.database.repositories import companies, making, remaking
from resources.database.repositories.making import ByHand
from resources.providers.local import LocalText

pytestmark = pytest.mark.anyio

SOURCE = """# Chains

A chain wears with every ride through the rain. A worn chain eats the teeth of every sprocket it
runs over. Our mechanics measure each chain before they touch anything else.

## Cleaning a chain

Grit between the links works like sandpaper. A dry cloth and a drop of oil keep a chain quiet for
two hundred kilometres. Riders who wipe their chain once a week buy half as many chains.
"""


async def order(world, **wishes: Any) -> UUID:
    wanted = ArticleOrder(
        **{"task": ArticleTask.DRAFT, "topic": "Caring for chains", "source": SOURCE, **wishes}
    )
    return await make(world, ByHand(kind=Kind.ARTICLE, order=wanted))


async def make(world, given: ByHand) -> UUID:
    async with world.api.transaction(world.scope) as connection:
        company = await companies.get(connection, world.company_id)
        made = await making.make(connection, actor=world.actor, company=company, given=given)
    return made.content_id


async def remake(world, content_id: UUID, **more: Any) -> UUID:
    async with world.api.transaction(world.scope) as connection:
        return await remaking.remake(connection, actor=world.actor, content_id=content_id, **more)


async def test_an_ordered_article_is_written_from_its_source_and_waits_for_a_yes(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, min_words=20, max_words=90)
    before = await world.item(article)
    assert (before.status, before.current_version, before.title) == (
        "draft",
        0,
        "Caring for chains",
    )
    await world.drain("articles")
    after = await world.item(article)
    assert (after.status, after.current_version) == ("in_review", 1)
    assert after.body["task"] == "draft"
    assert "A chain wears with every ride through the rain." in after.body["markdown"]
    assert (await world.decide(after)).job_ids == ()
    assert (await world.item(article)).status == "approved"


async def test_an_article_that_is_too_short_for_its_order_says_so(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, min_words=300, max_words=900)
    await world.drain("articles")
    rules = await world.rules((await world.item(article)).version_id)
    assert rules["asked_length"] == "advice"


async def test_a_change_request_keeps_the_order_and_drops_the_marked_words(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, min_words=20, max_words=90)
    await world.drain("articles")
    marked = "Grit between the links works like sandpaper."
    await world.decide(
        await world.item(article),
        Action.REQUEST_CHANGES,
        reason_codes=["facts"],
        spans=[{"quote": marked}],
    )
    await world.drain("articles")
    after = await world.item(article)
    assert (after.current_version, after.status) == (2, "in_review")
    assert marked not in after.body["markdown"]
    assert "A dry cloth and a drop of oil" in after.body["markdown"]


async def test_what_the_sources_do_not_carry_fails_with_advice_and_can_be_put_away(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, topic="Quantum chromodynamics", source="")
    await world.drain("articles")
    (job,) = await world.jobs("articles", "failed")
    assert "add documents" in job.error
    await world.archive(await world.item(article))
    assert (await world.item(article)).status == "archived"
    with pytest.raises(Conflict, match="Nothing is written"):
        await world.restore(await world.item(article))


async def test_a_failed_order_can_be_placed_again(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, topic="Quantum chromodynamics", source="")
    await world.drain("articles")
    async with world.api.transaction(world.scope) as connection:
        job_id = await remaking.order_again(connection, actor=world.actor, content_id=article)
    async with world.api.transaction(world.scope) as connection:
        with pytest.raises(AlreadyRunning) as caught:
            await remaking.order_again(connection, actor=world.actor, content_id=article)
    assert caught.value.job_id == str(job_id)


async def test_generating_again_is_a_round_and_after_three_a_person_writes(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, min_words=20, max_words=90)
    await world.drain("articles")
    for number in (1, 2, 3):
        job_id = await remake(world, article, instructions="Shorter, please.", version=number)
        with pytest.raises(AlreadyRunning, match=str(job_id)):
            await remake(world, article)
        await world.drain("articles")
        after = await world.item(article)
        assert (after.round, after.current_version) == (number, number + 1)
    with pytest.raises(Conflict, match="A person writes"):
        await remake(world, article)


async def test_a_machine_changes_nothing_about_a_yes(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, min_words=20, max_words=90)
    await world.drain("articles")
    await world.decide(await world.item(article))
    with pytest.raises(IllegalTransition, match="The item is approved"):
        await remake(world, article)


async def test_what_a_person_wrote_meanwhile_is_not_covered_by_the_machine(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, min_words=20, max_words=90)
    await world.drain("articles")
    read = await world.item(article)
    await remake(world, article)
    await world.edit(read, markdown="# Chains\n\nMy own words about chains.\n")
    await world.drain("articles")
    after = await world.item(article)
    assert after.current_version == 2
    assert "My own words" in after.body["markdown"]


async def test_a_yes_that_comes_first_wins_over_a_generation(make_world):
    world = await make_world(writer=LocalText())
    article = await order(world, min_words=20, max_words=90)
    await world.drain("articles")
    await remake(world, article)
    await world.decide(await world.item(article))
    await world.drain("articles")
    after = await world.item(article)
    assert (after.status, after.current_version) == ("approved", 1)


async def test_an_article_of_ones_own_is_checked_and_the_machine_can_go_on_from_it(make_world):
    world = await make_world(writer=LocalText())
    body = {"task": "draft", "title": "Chains", "markdown": SOURCE}
    article = await make(world, ByHand(kind=Kind.ARTICLE, body=body))
    await world.drain("articles")
    mine = await world.item(article)
    assert (mine.status, mine.current_version) == ("in_review", 1)
    await world.decide(mine, Action.REQUEST_CHANGES, reason="Shorter, please.")
    await world.drain("articles")
    after = await world.item(article)
    assert after.current_version == 2
    assert len(after.body["markdown"].split()) < len(SOURCE.split())


async def test_a_topic_by_hand_takes_a_place_of_the_quota(make_world):
    world = await make_world(quota=3)
    await world.reach_topics()
    topics = await world.items("topic", "in_review")
    body = {**topics[0].body, "title": "Why chains wear", "passages": []}
    with pytest.raises(Conflict, match="is full"):
        await make(world, ByHand(kind=Kind.TOPIC, body=body))
    await world.decide(topics[0], Action.REJECT, reason="Another one.")
    mine = await make(world, ByHand(kind=Kind.TOPIC, body=body))
    await world.materialize("topics")
    living = await world.items("topic", "draft", "in_review", "approved")
    assert len(living) == 3
    assert mine in [one.id for one in living]
    made = await world.item(mine)
    assert made.persona_id is not None


async def test_a_partition_by_hand_orders_nothing_and_tries_failed_orders_again(make_world):
    world = await make_world(writer=LocalText())
    report = await world.materialize("articles")
    assert (report.by_status, report.jobs) == ({}, {})
    await order(world, topic="Quantum chromodynamics", source="")
    await world.drain("articles")
    (before,) = await world.jobs("articles", "failed")
    report = await world.materialize("articles")
    (after,) = await world.jobs("articles", "failed")
    assert after.finished_at > before.finished_at
    assert report.jobs == {"failed": 1}

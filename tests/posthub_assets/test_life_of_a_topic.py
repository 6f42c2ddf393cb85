"""The life of one topic, walked edge by edge on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from posthub_assets.domain.bodies import BlogPostBody, Body
from posthub_assets.domain.briefs import BlogPostBrief, TextBrief
from posthub_assets.domain.content import Action
from posthub_assets.domain.errors import StaleVersion
from posthub_assets.domain.ports import Answer
from resources.providers.canned import CannedText

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class ForgetfulText:
    """Writes as `canned` does, but forgets what stands under a heading of every blog post."""

    name: str = "forgetful"

    async def write(self, brief: TextBrief, schema: type[Body]) -> Answer[Body]:
        answer = await CannedText(words=300).write(brief, schema)
        if isinstance(brief, BlogPostBrief):
            assert isinstance(answer.value, BlogPostBody)
            markdown = f"{answer.value.markdown}\n\n## One more thing\n"
            broken = answer.value.model_copy(update={"markdown": markdown})
            return Answer(value=broken, model=answer.model)
        return answer


# Rejected


async def test_a_rejected_topic_frees_its_place_and_only_that_gap_is_filled(make_world):
    world = await make_world(quota=4)
    await world.reach_topics()
    first, second, *rest = await world.items("topic")
    await world.decide(second, Action.REJECT, reason="Not about us.")

    await world.materialize("topics")

    living = await world.items("topic", "in_review")
    assert [one.place for one in living] == ["01", "02", "03", "04"]
    (new,) = [one for one in living if one.id not in {first.id, *(one.id for one in rest)}]
    assert new.place == second.place
    assert new.body["planned_on"] == second.body["planned_on"]
    assert new.persona_id == second.persona_id
    assert new.title != second.title
    for old in (first, *rest):
        assert (await world.item(old.id)).current_version == 1


async def test_materializing_a_full_month_again_makes_nothing(make_world):
    world = await make_world()
    await world.reach_topics()
    before = {one.id for one in await world.items("topic")}
    for _ in range(2):
        report = await world.materialize("topics")
    assert {one.id for one in await world.items("topic")} == before
    assert report.by_status == {"in_review": 3}


async def test_nothing_is_written_below_a_rejected_topic(make_world):
    world = await make_world()
    await world.reach_topics()
    topic = (await world.items("topic"))[0]
    await world.decide(topic, Action.REJECT)
    report = await world.materialize("blog_posts")
    assert await world.jobs("blog_posts") == []
    assert report.waiting_for == "Waiting for 2 topics to be approved."


async def test_a_rejected_blog_post_does_not_come_back_by_itself(make_world):
    world = await make_world(quota=1)
    await world.reach_blog_posts()
    (post,) = await world.items("blog_post")
    await world.decide(post, Action.REJECT, reason="We do not say such things.")

    assert await missing(world, "blog_posts") == 0
    await world.drain("blog_posts")
    assert [one.status for one in await world.items("blog_post")] == ["rejected"]

    await world.materialize("blog_posts")
    assert [one.status for one in await world.items("blog_post")] == ["rejected", "in_review"]


async def missing(world, asset: str) -> int:
    """Count what the reconciler finds for this company."""
    from resources.database.engine import EVERYTHING
    from resources.database.repositories import gaps

    async with world.tools.queue.database.transaction(EVERYTHING) as connection:
        found = await gaps.missing_children(connection, asset, None)
    return sum(one.company_id == world.company_id for one in found)


# Changes requested


async def test_requested_changes_make_a_new_version_without_the_marked_words(make_world):
    world = await make_world(quota=1)
    await world.reach_blog_posts()
    (post,) = await world.items("blog_post")
    marked = post.body["takeaways"][0]
    start = post.body["markdown"].index(marked)
    await world.decide(
        post,
        Action.REQUEST_CHANGES,
        reason="This is not true.",
        spans=[{"start": start, "end": start + len(marked), "quote": marked}],
    )

    await world.drain("blog_posts")

    revised = await world.item(post.id)
    assert (revised.current_version, revised.round, revised.status) == (2, 1, "in_review")
    assert marked not in revised.body["markdown"]
    assert revised.parent_version_id == post.parent_version_id
    assert len(await world.items("blog_post")) == 1


async def test_a_revised_topic_keeps_its_day_its_persona_and_its_place(make_world):
    world = await make_world()
    await world.reach_topics()
    topic = (await world.items("topic"))[1]
    await world.decide(topic, Action.REQUEST_CHANGES, reason="Nearer to our customers.")
    await world.drain("topics")
    revised = await world.item(topic.id)
    assert (revised.current_version, revised.status) == (2, "in_review")
    assert revised.title != topic.title
    for same in ("place", "persona_id", "month"):
        assert getattr(revised, same) == getattr(topic, same)
    assert revised.body["planned_on"] == topic.body["planned_on"]


async def test_after_three_rounds_no_machine_writes_and_an_edit_goes_on(make_world):
    world = await make_world(quota=1)
    await world.reach_topics()
    (topic,) = await world.items("topic")
    for round_ in (1, 2, 3):
        await world.decide(await world.item(topic.id), Action.REQUEST_CHANGES, reason="Again.")
        await world.drain("topics")
        found = await world.item(topic.id)
        assert (found.round, found.current_version, found.status) == (
            round_,
            round_ + 1,
            "in_review",
        )
    last = await world.decide(await world.item(topic.id), Action.REQUEST_CHANGES, reason="No.")
    await world.drain("topics")
    stuck = await world.item(topic.id)
    assert "A person writes the next version" in last.message
    assert (stuck.status, stuck.current_version) == ("changes_requested", 4)

    keyword = stuck.body["focus_keyword"]
    await world.edit(stuck, title=f"What we really think of the {keyword}")
    await world.drain("topics")
    assert (await world.item(topic.id)).status == "in_review"


async def test_a_decision_about_the_old_version_is_refused_after_a_revision(make_world):
    world = await make_world(quota=1)
    await world.reach_topics()
    (read,) = await world.items("topic")
    await world.decide(read, Action.REQUEST_CHANGES, reason="Shorter.")
    await world.drain("topics")
    with pytest.raises(StaleVersion):
        await world.decide(read)


# Edited after approval


async def test_an_edit_after_a_yes_needs_a_check_and_a_new_yes(make_world):
    world = await make_world(quota=1)
    await world.reach_blog_posts()
    (topic,) = await world.items("topic")
    (post,) = await world.items("blog_post")
    keyword = topic.body["focus_keyword"]

    await world.edit(topic, title=f"A better look at the {keyword}")

    edited = await world.item(topic.id)
    assert (edited.status, edited.current_version) == ("draft", 2)
    (check,) = await world.jobs("topics", "pending")
    assert (check.kind, check.priority) == ("check_topics", 10)

    await world.drain("topics", "blog_posts")
    assert (await world.item(topic.id)).status == "in_review"
    assert (await world.item(post.id)).current_version == 1, "children wait for the new yes"

    await world.approve_all("topic")
    await world.drain("blog_posts")
    remade = await world.item(post.id)
    approved = await world.item(topic.id)
    assert (remade.current_version, remade.status) == (2, "in_review")
    assert remade.parent_version_id == approved.version_id
    assert remade.title == f"A better look at the {keyword}"


async def test_work_for_a_yes_that_was_withdrawn_is_not_done(make_world):
    world = await make_world(quota=1)
    await world.reach_topics()
    await world.approve_all("topic")
    (topic,) = await world.items("topic")
    await world.edit(topic, description="Something else altogether, in a sentence of its own.")

    await world.drain("blog_posts")

    assert await world.items("blog_post") == []
    (job,) = await world.jobs("blog_posts")
    assert job.status == "completed"
    assert job.step.startswith("Superseded")


async def test_an_edit_that_says_the_same_withdraws_nothing(make_world):
    world = await make_world(quota=1)
    await world.reach_topics()
    await world.approve_all("topic")
    (topic,) = await world.items("topic")
    result = await world.edit(topic)
    assert not result.changed
    assert (await world.item(topic.id)).status == "approved"


# Its parent approved again


async def test_children_that_nobody_approved_are_made_anew_and_approved_ones_stay(make_world):
    world = await make_world(quota=1)
    await world.reach_social_posts()
    linkedin, x = await world.items("social_post")
    await world.decide(linkedin)
    (post,) = await world.items("blog_post")
    await world.edit(post, meta_description=f"{post.body['meta_description']} Now it is longer.")
    await world.drain("blog_posts")
    await world.approve_all("blog_post")

    await world.drain("social_posts")

    post = await world.item(post.id)
    kept, remade = await world.item(linkedin.id), await world.item(x.id)
    assert (kept.status, kept.current_version) == ("scheduled", 1)
    assert kept.parent_version_id != post.version_id, "shown as made from an older version"
    assert (remade.status, remade.current_version) == ("in_review", 2)
    assert remade.parent_version_id == post.version_id
    assert len(await world.items("social_post")) == 2


async def test_a_topic_approved_again_after_it_was_put_away_gets_its_post(make_world):
    world = await make_world(quota=1)
    await world.reach_topics()
    await world.approve_all("topic")
    (topic,) = await world.items("topic")
    await world.archive(topic)
    await world.drain("blog_posts")  # the job of the first yes finds nothing to stand on
    await world.restore(await world.item(topic.id))
    await world.decide(await world.item(topic.id))

    assert await missing(world, "blog_posts") == 1
    await world.tools.upkeep.repair()
    await world.drain("blog_posts")

    assert [one.status for one in await world.items("blog_post")] == ["in_review"]
    assert await missing(world, "blog_posts") == 0


# The gate


async def test_a_post_that_fails_its_gate_stays_a_draft_until_it_is_mended_by_hand(make_world):
    world = await make_world(quota=1, writer=ForgetfulText())
    await world.reach_blog_posts()
    (post,) = await world.items("blog_post")
    assert post.status == "draft"
    assert (await world.rules(post.version_id))["empty_facts"] == "fail"
    assert await world.approve_all("blog_post") == 0

    report = await world.materialize("blog_posts")
    assert report.by_status == {"draft": 1}
    assert ("empty_facts" in {rule for _, rule, _ in report.stuck}) and report.stuck[0][2]

    mended = post.body["markdown"].replace("\n\n## One more thing\n", "\n")
    await world.edit(post, markdown=mended)
    await world.drain("blog_posts")
    assert (await world.item(post.id)).status == "in_review"


async def test_an_edit_that_mends_nothing_stays_a_draft_and_says_why(make_world):
    world = await make_world(quota=1, writer=ForgetfulText())
    await world.reach_blog_posts()
    (post,) = await world.items("blog_post")
    await world.edit(post, meta_title="Another title for the results")
    await world.drain("blog_posts")
    edited = await world.item(post.id)
    assert (edited.status, edited.current_version) == ("draft", 2)
    assert (await world.rules(edited.version_id))["empty_facts"] == "fail"


async def test_of_two_edits_only_the_newer_is_judged(make_world):
    world = await make_world(quota=1)
    await world.reach_topics()
    (topic,) = await world.items("topic")
    await world.edit(topic, description="The first thought that came to mind about it.")
    await world.edit(await world.item(topic.id), description="The second, and the better one.")
    await world.drain("topics")
    found = await world.item(topic.id)
    assert (found.current_version, found.status) == (3, "in_review")
    assert {job.status for job in await world.jobs("topics")} == {"completed"}


# By hand, before the gates open


async def test_by_hand_before_a_gate_opens_a_partition_says_what_it_waits_for(make_world):
    world = await make_world(quota=1)
    waits = {}
    for asset in ("personas", "topics", "blog_posts", "social_posts", "image_variants"):
        waits[asset] = (await world.materialize(asset)).waiting_for
    assert waits == {
        "personas": "Waiting for the company's DNA to be approved.",
        "topics": "Waiting for personas to be chosen.",
        "blog_posts": "Waiting for topics: none is there yet.",
        "social_posts": "Waiting for blog posts: none is there yet.",
        "image_variants": "Images are part of PRO and ULTIMATE; this company has BASIC.",
    }
    for asset in waits:
        assert await world.jobs(asset) == []


async def test_materializing_the_topics_of_a_month_opens_it(make_world):
    world = await make_world(open_month=False)
    assert (await world.materialize("topics")).waiting_for == "Waiting for personas to be chosen."


async def test_what_waits_for_a_person_is_counted(make_world):
    world = await make_world(quota=2)
    await world.reach_topics()
    report = await world.materialize("topics")
    assert report.waiting_for == "Waiting for a person: 2 to decide."
    await world.decide((await world.items("topic"))[0])
    assert (
        await world.materialize("blog_posts")
    ).waiting_for == "Waiting for 1 topic to be approved."


async def test_jobs_that_went_missing_are_found_by_hand(make_world):
    world = await make_world(quota=2)
    await world.reach_topics()
    await world.approve_all("topic")
    async with world.seed.database.engine.begin() as connection:
        from sqlalchemy import text

        await connection.execute(
            text("DELETE FROM posthub.job WHERE company_id = :id AND asset = 'blog_posts'"),
            {"id": world.company_id},
        )
    assert await missing(world, "blog_posts") == 2
    report = await world.materialize("blog_posts")
    assert report.by_status == {"in_review": 2}


async def test_several_partitions_are_worked_on_in_one_run(make_world):
    worlds = [await make_world(quota=2) for _ in range(3)]
    for world in worlds:
        await world.reach_topics()
        await world.approve_all("topic")
    partitions = [(world.key, world.month) for world in worlds]
    tools = worlds[0].tools
    await tools.queue.create_missing("blog_posts", partitions)

    drained = await worlds[0].drain("blog_posts", only=partitions)

    assert (drained.done, drained.failed) == (6, 0)
    assert drained.partitions == set(partitions)
    reports = await tools.store.reports("blog_posts", partitions)
    assert [one.by_status for one in reports] == [{"in_review": 2}] * 3

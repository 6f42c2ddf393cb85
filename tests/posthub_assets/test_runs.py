"""Runs as Dagster sees them, on its real storage: partitions, metadata, verdicts, failures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import text

from posthub_assets.definitions import ASSETS, build_definitions
from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import BlogPostBrief, TextBrief
from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.ports import Answer
from resources.providers.canned import CannedImages, CannedText
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

GRAPH = {asset.key.to_user_string(): asset for asset in ASSETS}


@pytest.fixture(scope="module")
def instance(database_urls) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance, in the schema that it has in the factory."""
    storage = {"storage": {"postgres": {"postgres_url": database_urls.dagster}}}
    with dg.instance_for_test(overrides=storage) as found:
        yield found


class RefusingText:
    """Writes as `canned` does, but refuses blog posts."""

    name = "refusing"

    async def write(self, brief: TextBrief, schema: type[Body]) -> Answer[Body]:
        if isinstance(brief, BlogPostBrief):
            raise PermanentProviderError("The writer is ill today.")
        return await CannedText(words=300).write(brief, schema)


def workshop_of(world, writer: Any = None) -> PostgresWorkshop:
    return PostgresWorkshop(
        world.settings, text=writer or CannedText(words=300), images=CannedImages()
    )


async def alone(world) -> None:
    """Cancel what other tests left open: a draining run works for every company."""
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.job SET status = 'cancelled' WHERE company_id <> ALL(:ids)"
                " AND status IN ('pending', 'running', 'failed')"
            ),
            {"ids": [world.company_id]},
        )


async def run(call: Callable[[], Any]) -> Any:
    """Run Dagster in a thread: it opens event loops of its own."""
    return await asyncio.to_thread(call)


async def drain(world, instance, asset: str, writer: Any = None, **options: Any) -> Any:
    definitions = build_definitions(workshop=workshop_of(world, writer))
    job = definitions.resolve_job_def(f"drain_{asset}")
    return await run(lambda: job.execute_in_process(instance=instance, **options))


def key_of(world) -> dg.MultiPartitionKey:
    return dg.MultiPartitionKey({"company": world.key, "month": str(world.month)})


async def materialize(world, instance, asset: str, writer: Any = None, **options: Any) -> Any:
    chosen = GRAPH[asset]
    monthly = isinstance(chosen.partitions_def, dg.MultiPartitionsDefinition)
    key = key_of(world) if monthly else world.key
    instance.add_dynamic_partitions("companies", [world.key])
    return await run(
        lambda: dg.materialize(
            [chosen],
            partition_key=key,
            instance=instance,
            resources={"workshop": workshop_of(world, writer)},
            **options,
        )
    )


def metadata_of(result: Any) -> dict[str, Any]:
    (event,) = result.get_asset_materialization_events()
    return {name: value.value for name, value in event.materialization.metadata.items()}


async def test_a_draining_run_marks_exactly_the_company_months_it_touched(make_world, instance):
    touched, other = await make_world(quota=2), await make_world(quota=2)
    idle = await make_world(quota=2)
    for world in (touched, other, idle):
        await world.reach_topics()
    await alone(touched)
    for world in (touched, other):
        await world.approve_all("topic")

    result = await drain(touched, instance, "blog_posts")

    assert result.success
    marked = instance.get_materialized_partitions(dg.AssetKey("blog_posts"))
    assert {str(key_of(touched)), str(key_of(other))} <= marked
    assert str(key_of(idle)) not in marked
    events = result.all_events
    told = {
        event.partition: event.step_materialization_data.materialization.metadata
        for event in events
        if event.event_type_value == "ASSET_MATERIALIZATION"
    }
    assert set(told) == {str(key_of(touched)), str(key_of(other))}
    metadata = told[str(key_of(touched))]
    assert metadata["waiting for a person"].value == 2
    assert "items" not in metadata, "a run that serves several companies carries counts only"
    assert len(await other.items("blog_post", "in_review")) == 2


async def test_a_run_of_one_partition_tells_what_a_content_person_wants_to_see(
    make_world, instance
):
    world = await make_world(quota=2)
    await world.reach_topics()
    await world.decide((await world.items("topic"))[0])

    result = await materialize(world, instance, "blog_posts")

    metadata = metadata_of(result)
    (post,) = await world.items("blog_post")
    assert metadata["waiting for a person"] == 1
    assert metadata["waiting for"] == "Waiting for 1 topic to be approved."
    assert (metadata["jobs done"], metadata["jobs failed"]) == (1, 0)
    assert metadata["cost in USD"] == 0
    assert f"| {post.title} | waiting for a person |" in metadata["items"]
    assert str(key_of(world)) in instance.get_materialized_partitions(dg.AssetKey("blog_posts"))


async def test_a_partition_whose_gate_is_shut_succeeds_and_says_so(make_world, instance):
    world = await make_world()
    result = await materialize(world, instance, "topics")
    assert result.success
    assert metadata_of(result)["waiting for"] == "Waiting for personas to be chosen."


async def test_checks_show_the_verdict_of_every_rule(make_world, instance):
    world = await make_world(quota=2)
    await world.reach_topics()
    await world.approve_all("topic")
    result = await materialize(world, instance, "blog_posts")
    verdicts = {one.check_name: one for one in result.get_asset_check_evaluations()}
    from posthub_assets.assets.checks import rules_of

    assert set(verdicts) == {rule.code for rule in rules_of("blog_posts")} | {"no_failed_work"}
    assert verdicts["structure"].passed
    assert verdicts["structure"].metadata["passed"].value == 2
    short = verdicts["length"]
    assert not short.passed
    assert short.severity is dg.AssetCheckSeverity.WARN
    assert short.metadata["warned"].value == 2
    assert "short draft" in short.metadata["items"].value


async def test_a_failed_job_is_red_with_its_item_and_its_reason_and_the_run_succeeds(
    make_world, instance
):
    world = await make_world(quota=1)
    await world.reach_topics()
    await world.approve_all("topic")
    await alone(world)
    (topic,) = await world.items("topic")

    result = await drain(world, instance, "blog_posts", RefusingText())

    assert result.success, "an item's failure never fails a run"
    (work,) = [
        event.asset_check_evaluation_data
        for event in result.all_events
        if event.event_type_value == "ASSET_CHECK_EVALUATION"
        and event.asset_check_evaluation_data.check_name == "no_failed_work"
    ]
    assert not work.passed
    assert work.severity is dg.AssetCheckSeverity.ERROR
    assert topic.title in work.metadata["reasons"].value
    assert "The writer is ill today." in work.metadata["reasons"].value

    # It stays red while another company's run succeeds, and is green when the work is done.
    other = await make_world(quota=1)
    await other.reach_topics()
    await other.approve_all("topic")
    later = await materialize(other, instance, "blog_posts")
    (work,) = [
        one for one in later.get_asset_check_evaluations() if one.check_name == "no_failed_work"
    ]
    assert not work.passed
    assert topic.title in work.metadata["reasons"].value
    mended = await materialize(world, instance, "blog_posts")
    (work,) = [
        one for one in mended.get_asset_check_evaluations() if one.check_name == "no_failed_work"
    ]
    assert work.passed


async def test_only_infrastructure_fails_a_run_and_its_jobs_stay_pending(make_world, instance):
    world = await make_world(quota=1)
    await world.reach_topics()
    await world.approve_all("topic")
    away = "postgresql+psycopg://nobody:x@127.0.0.1:9/none"
    without = replace(world, settings=replace(world.settings, factory_database_url=away))

    result = await drain(without, instance, "blog_posts", raise_on_error=False)

    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    error = failure.step_failure_data
    assert "The database does not answer." in error.user_failure_data.description
    assert "Nothing is lost" in error.user_failure_data.metadata["what to do"].value
    assert [job.status for job in await world.jobs("blog_posts")] == ["pending"]
    assert [job.attempts for job in await world.jobs("blog_posts")] == [0]


async def test_a_backfill_run_serves_several_company_months(make_world, instance):
    worlds = [await make_world(quota=1) for _ in range(2)]
    for world in worlds:
        await world.reach_topics()
        await world.approve_all("topic")
    instance.add_dynamic_partitions("companies", [world.key for world in worlds])
    chosen = GRAPH["blog_posts"]
    keys = sorted(str(key_of(world)) for world in worlds)
    assert chosen.backfill_policy.max_partitions_per_run == 50
    from dagster._core.storage.tags import (
        ASSET_PARTITION_RANGE_END_TAG,
        ASSET_PARTITION_RANGE_START_TAG,
    )

    result = await run(
        lambda: dg.materialize(
            [chosen],
            instance=instance,
            tags={ASSET_PARTITION_RANGE_START_TAG: keys[0], ASSET_PARTITION_RANGE_END_TAG: keys[1]},
            resources={"workshop": workshop_of(worlds[0])},
        )
    )

    assert result.success
    assert set(keys) <= instance.get_materialized_partitions(dg.AssetKey("blog_posts"))
    for world in worlds:
        assert len(await world.items("blog_post", "in_review")) == 1


async def test_a_company_that_is_gone_is_told_and_fails_nothing(make_world, instance):
    world = await make_world()
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.company SET deleted_at = now() WHERE id = :id"),
            {"id": world.company_id},
        )
    result = await materialize(world, instance, "topics")
    assert result.success
    assert metadata_of(result)["waiting for"] == "This company is not in PostHub any more."


async def test_opening_months_repairs_and_tidying_are_jobs_that_say_what_they_did(
    make_world, instance
):
    world = await make_world(quota=1)
    definitions = build_definitions(workshop=workshop_of(world))
    for name, label in (
        ("open_months", "months opened"),
        ("reconcile", "jobs asked for"),
        ("tidy_up", "sessions"),
    ):
        job = definitions.resolve_job_def(name)
        result = await run(lambda job=job: job.execute_in_process(instance=instance))
        (output,) = [event for event in result.all_events if event.is_successful_output]
        assert label in output.step_output_data.metadata

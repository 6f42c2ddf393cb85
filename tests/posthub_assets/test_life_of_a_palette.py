"""Palettes in the graph: a month's pictures and each show, once; changes, checks, and pictures."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import dagster as dg
import pytest
from PIL import Image

from posthub_assets.assets.brand_palettes import brand_palettes
from posthub_assets.domain.content import Action
from posthub_assets.partitions import partition_key
from resources.ids import new_id
from resources.media_store import media_store_of
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

ASSET = "brand_palettes"


@dataclass(frozen=True)
class Owner:
    """Whose picture it is, as `seed.picture` takes it."""

    id: UUID
    organization_id: UUID


def jpeg(*colors: tuple[int, int, int]) -> bytes:
    """Give a picture of stripes."""
    image = Image.new("RGB", (len(colors) * 80, 200))
    for at, color in enumerate(colors):
        image.paste(color, (at * 80, 0, at * 80 + 80, 200))
    out = BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


STAGE = jpeg((200, 40, 40), (20, 30, 60), (240, 230, 210), (60, 140, 90), (230, 170, 40))
SEA = jpeg((10, 90, 140), (240, 240, 235), (20, 40, 60))


async def upload(world: Any, data: bytes = STAGE, **values: Any) -> UUID:
    """Put a picture into the library of the world's month."""
    owner = Owner(world.company_id, world.organization_id)
    given = {"month": world.month, **values}
    return await world.seed.picture(owner, media_store_of(world.settings), data, **given)


async def a_show(world: Any, title: str = "An evening") -> UUID:
    """Make a show of the world's company."""
    show = new_id()
    await world.seed.insert(
        "show",
        id=show,
        organization_id=world.organization_id,
        company_id=world.company_id,
        title=title,
    )
    return show


async def test_a_month_gets_one_palette_of_its_uploads_and_each_show_one_of_its_own(make_world):
    world = await make_world()
    show = await a_show(world)
    await a_show(world, "Without pictures")
    await upload(world)
    await upload(world, SEA, show_id=show)
    await upload(world, b"\xff\xd8\xff not a picture")

    report = await world.materialize(ASSET)

    month, evening = sorted(await world.items("palette"), key=lambda one: one.body["show_id"])
    assert month.body["name"] == f"River Bicycles, {world.month:%Y-%m}"
    assert len(month.body["media_sha256s"]) == 2, "of all uploads together that can be read"
    assert "1 picture could not be read" in month.body["note"]
    assert (evening.body["name"], evening.body["show_id"]) == ("An evening", str(show))
    assert len(evening.body["media_sha256s"]) == 1
    assert {one.status for one in (month, evening)} == {"in_review"}
    assert {one.month for one in (month, evening)} == {world.month}
    assert report.by_status == {"in_review": 2}
    assert report.waiting_for == "Waiting for a person: 2 to decide."
    named = {job.content_id for job in await world.jobs(ASSET, "completed")}
    assert named == {month.id, evening.id}, "jobs name what they came to"


async def test_asking_twice_all_at_once_or_after_a_no_makes_nothing_twice(make_world):
    world = await make_world()
    await upload(world)
    partition = [(world.key, world.month)]
    asked = (world.tools.queue.create_missing(ASSET, partition) for _ in range(6))
    assert sorted(await asyncio.gather(*asked)) == [0, 0, 0, 0, 0, 1]
    await world.materialize(ASSET)
    await world.materialize(ASSET)
    (only,) = await world.items("palette")
    await world.decide(only, Action.REJECT, reason_codes=("brand",), reason="Too loud.")
    await world.materialize(ASSET)
    assert len(await world.items("palette")) == 1, "the same pictures give the same colours"
    await upload(world, SEA)
    await world.materialize(ASSET)
    assert len(await world.items("palette")) == 2, "other pictures give others"


async def test_a_month_without_pictures_or_without_the_assistant_says_so(make_world):
    world = await make_world()
    report = await world.materialize(ASSET)
    assert report.waiting_for == "Waiting for pictures: none was uploaded yet."
    without = await make_world(media_assistant=False)
    await upload(without)
    report = await without.materialize(ASSET)
    assert report.waiting_for == "The media assistant is switched off for this organisation."
    assert await without.jobs(ASSET) == await world.jobs(ASSET) == []


async def test_changes_bring_other_colours_and_an_edit_is_checked_anew(make_world, photo):
    world = await make_world()
    await upload(world, photo)
    await world.materialize(ASSET)
    (first,) = await world.items("palette")
    changes = {"reason_codes": ("brand",), "reason": "More of it."}
    await world.decide(first, Action.REQUEST_CHANGES, **changes)
    await world.drain(ASSET)
    again = await world.item(first.id)
    assert (again.status, again.current_version) == ("in_review", 2)
    colors = [{one["hex"] for one in row.body["colors"]} for row in (first, again)]
    assert colors[0] != colors[1]
    assert again.body["media_sha256s"] == first.body["media_sha256s"]
    assert "after changes were asked for" in again.body["note"]

    await world.decide(again)
    roles = {**again.body["roles"], "text": again.body["roles"]["background"]}
    await world.edit(again, roles=roles, texts=[])
    await world.drain(ASSET)
    edited = await world.item(first.id)
    assert (edited.status, edited.current_version) == ("draft", 3), "words that cannot be read"
    assert (await world.rules(edited.version_id))["palette_contrast"] == "fail"


async def test_a_run_by_hand_shows_the_palettes_and_their_checks(make_world):
    world = await make_world()
    await upload(world)

    def run() -> dg.ExecuteInProcessResult:
        with dg.DagsterInstance.ephemeral() as instance:
            instance.add_dynamic_partitions("companies", [world.key])
            return dg.materialize(
                [brand_palettes],
                partition_key=partition_key((world.key, world.month)),
                instance=instance,
                resources={"workshop": PostgresWorkshop(world.settings)},
            )

    result = await asyncio.to_thread(run)
    (event,) = result.get_asset_materialization_events()
    told = {name: one.value for name, one in event.materialization.metadata.items()}
    assert told["jobs done"] == 1
    assert f"River Bicycles, {world.month:%Y-%m}" in told["items"]
    verdicts = {one.check_name: one.passed for one in result.get_asset_check_evaluations()}
    assert verdicts["palette_contrast"] is True

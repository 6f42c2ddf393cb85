"""Formatted images in the graph: a month's pictures, each once, with what is known of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import dagster as dg
import pytest
from PIL import Image
from sqlalchemy import text

from posthub_assets.assets.formatted_images import formatted_images
from posthub_assets.domain.content import Action
from posthub_assets.domain.media.formats import SHOW_FORMATS
from posthub_assets.partitions import partition_key
from resources.company_folder import read_company_folder
from resources.ids import new_id
from resources.media_store import media_store_of
from resources.photo_import import Album, take_photos
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

ASSET = "formatted_images"
SIZES = {one.code: (one.width_px, one.height_px) for one in SHOW_FORMATS}


@dataclass(frozen=True)
class Owner:
    """Whose picture it is, as `seed.picture` takes it."""

    id: UUID
    organization_id: UUID


async def upload(world: Any, data: bytes, **values: Any) -> UUID:
    """Put a picture into the library of the world's month."""
    owner = Owner(world.company_id, world.organization_id)
    given = {"month": world.month, **values}
    return await world.seed.picture(owner, media_store_of(world.settings), data, **given)


async def made(world: Any) -> list[Any]:
    """Read the formatted pictures of the world's company, by the order of asking."""
    return await world.seed.rows(
        "SELECT a.*, r.wish, r.mode FROM posthub.media_asset a"
        " JOIN posthub.media_request r ON r.id = a.media_request_id"
        " WHERE a.company_id = :company AND a.kind = 'formatted' ORDER BY r.id, a.format",
        company=world.company_id,
    )


async def change(world: Any, statement: str, **values: Any) -> None:
    """Change rows as nobody may."""
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def test_an_upload_gets_the_three_formats_and_what_is_known_of_it_travels_along(
    make_world, photo
):
    world = await make_world()
    source = await upload(world, photo, is_ai=True, alt_text="Two dancers on a stage")

    report = await world.materialize(ASSET)

    outputs = {one.format: one for one in await made(world)}
    assert set(outputs) == set(SIZES)
    for code, one in outputs.items():
        data = media_store_of(world.settings).open(world.organization_id, one.sha256)
        assert Image.open(BytesIO(data)).size == SIZES[code] == (one.width_px, one.height_px)
        assert (one.size_bytes, one.media_type) == (len(data), "image/jpeg")
        assert one.filename == f"{code}-{SIZES[code][0]}x{SIZES[code][1]}.jpg"
        known = (one.alt_text, one.is_ai, one.derived_from)
        assert known == ("Two dancers on a stage", True, source)
        assert (one.month, one.mode) == (world.month, "graph")
    assert report.by_status == {
        "pictures": 1,
        "in all formats": 1,
        "formats made": 3,
        "waiting to be formatted": 0,
    }
    ((name, stands),) = report.titles
    assert (name, stands.partition(" (")[0]) == ("photo.jpg", "poster, square, banner")
    (job,) = await world.jobs(ASSET)
    assert (job.status, job.progress) == ("completed", 100)
    assert job.step.startswith("3 formats, 0.")


async def test_asking_twice_or_all_at_once_makes_nothing_twice(make_world, photo):
    world = await make_world()
    await upload(world, photo)
    partition = [(world.key, world.month)]
    asked = (world.tools.queue.create_missing(ASSET, partition) for _ in range(6))
    assert sorted(await asyncio.gather(*asked)) == [0, 0, 0, 0, 0, 1]
    await world.drain(ASSET)
    assert await world.tools.queue.create_missing(ASSET, partition) == 0
    assert len(await made(world)) == 3


async def test_only_what_is_lacking_is_made(make_world, photo):
    world = await make_world()
    await upload(world, photo)
    await world.materialize(ASSET)
    await change(
        world,
        "UPDATE posthub.media_asset SET deleted_at = now()"
        " WHERE company_id = :c AND format = 'square'",
        c=world.company_id,
    )
    await world.materialize(ASSET)
    *_, again = await made(world)
    assert (again.format, again.wish["formats"]) == ("square", ["square"])


async def test_of_ai_images_the_chosen_one_is_formatted(make_world, photo):
    world = await make_world()
    request = new_id()
    await world.seed.insert(
        "media_request",
        id=request,
        organization_id=world.organization_id,
        company_id=world.company_id,
        month=world.month,
        kind="image",
        mode="queued",
    )
    ids = [
        await upload(world, photo, kind="generated", variation=n, media_request_id=request)
        for n in (1, 2)
    ]
    assert (await world.materialize(ASSET)).waiting_for.startswith("Waiting for pictures")
    await change(
        world,
        "UPDATE posthub.media_request SET chosen_asset_id = :a WHERE id = :r",
        a=ids[1],
        r=request,
    )
    await world.materialize(ASSET)
    assert {one.derived_from for one in await made(world)} == {ids[1]}


async def test_an_approved_image_of_a_post_is_formatted_and_one_withdrawn_is_not(make_world):
    world = await make_world(tier="PRO", quota=1, platforms=("linkedin",))
    await world.reach_images()
    one, other = await world.items("image")
    await world.materialize(ASSET)
    assert await world.jobs(ASSET) == [], "nobody has approved any"
    await world.decide(one)
    partition = [(world.key, world.month)]
    assert await world.tools.queue.create_missing(ASSET, partition) == 1
    assert await world.tools.queue.create_missing(ASSET, partition) == 0

    await world.archive(await world.item(one.id))
    await world.drain(ASSET)
    (job,) = await world.jobs(ASSET)
    assert (job.status, job.content_id) == ("completed", None)
    assert "not approved any more" in job.step
    assert await made(world) == []

    await world.restore(await world.item(other.id))
    await world.decide(await world.item(other.id))
    await world.materialize(ASSET)
    outputs = await made(world)
    # The tests' painter stands for a vendor: what it draws is AI's.
    assert {(row.alt_text, row.is_ai) for row in outputs} == {(other.body["alt_text"], True)}
    assert len(outputs) == 3


async def test_a_company_that_has_not_the_tier_or_the_switch_gets_nothing(make_world, photo):
    basic = await make_world(tier="PRO", quota=1, platforms=("linkedin",))
    await basic.reach_images()
    await basic.decide((await basic.items("image"))[0], Action.APPROVE)
    await change(
        basic,
        "UPDATE posthub.company_month SET tier = 'BASIC' WHERE company_id = :c",
        c=basic.company_id,
    )
    await basic.materialize(ASSET)
    assert await basic.jobs(ASSET) == []

    without = await make_world(media_auto_format=False)
    await upload(without, photo)
    report = await without.materialize(ASSET)
    assert report.waiting_for == "Auto-format is switched off for this organisation."
    assert await without.jobs(ASSET) == []


async def test_a_picture_that_cannot_be_read_fails_alone_and_is_named(make_world, photo):
    world = await make_world()
    await upload(world, b"\xff\xd8\xff not a picture", filename="broken.jpg")
    await upload(world, photo)
    report = await world.materialize(ASSET)
    assert len(await made(world)) == 3
    ((name, code, reason),) = report.stuck
    assert (name, bool(code), bool(reason)) == ("broken.jpg", True, True)
    assert (report.jobs["failed"], report.jobs["completed"]) == (1, 1)
    partition = [(world.key, world.month)]
    assert await world.tools.queue.create_missing(ASSET, partition) == 1, "it is tried again"


async def test_a_run_by_hand_shows_the_pictures_and_what_is_amiss(make_world, photo):
    world = await make_world()
    await upload(world, photo, alt_text="")

    def run() -> dg.ExecuteInProcessResult:
        with dg.DagsterInstance.ephemeral() as instance:
            instance.add_dynamic_partitions("companies", [world.key])
            return dg.materialize(
                [formatted_images],
                partition_key=partition_key((world.key, world.month)),
                instance=instance,
                resources={"workshop": PostgresWorkshop(world.settings)},
            )

    result = await asyncio.to_thread(run)
    (event,) = result.get_asset_materialization_events()
    told = {name: one.value for name, one in event.materialization.metadata.items()}
    assert (told["jobs done"], told["pictures"], told["formats made"]) == (1, 1, 3)
    assert "| photo.jpg | poster, square, banner (" in told["items"]
    verdicts = {one.check_name: one for one in result.get_asset_check_evaluations()}
    # `no_failed_work` is about all companies, so it is red while any other test's job has failed.
    assert [verdicts[rule].passed for rule in ("size", "weight", "alt_text")] == [True, True, False]
    assert "photo.jpg: banner" in verdicts["alt_text"].metadata["items"].value
    assert verdicts["alt_text"].severity is dg.AssetCheckSeverity.WARN


@pytest.mark.accept
@pytest.mark.shared_data
async def test_a_real_companys_photos_are_a_month_of_formats_and_a_palette(
    make_world, owner_database, shared_data
):
    world = await make_world()
    folder = read_company_folder(shared_data / "companies" / "18f")
    person = await world.seed.person(world.organization_id)
    album = Album(world.organization_id, world.company_id, person.id)
    taken = await take_photos(owner_database, world.settings, album, folder.photos)
    assert (len(taken.new), taken.refused) == (13, ())
    await change(
        world,
        "UPDATE posthub.media_asset SET month = :month WHERE company_id = :c",
        month=world.month,
        c=world.company_id,
    )

    report = await world.materialize(ASSET)

    assert report.by_status["in all formats"] == 13, report.stuck
    outputs = await made(world)
    assert len(outputs) == 13 * 3 and all(one.alt_text is not None for one in outputs)
    for one in outputs:
        data = media_store_of(world.settings).open(world.organization_id, one.sha256)
        assert Image.open(BytesIO(data)).size == SIZES[one.format]
    await world.materialize("brand_palettes")
    (palette,) = await world.items("palette")
    assert palette.status == "in_review" and len(palette.body["colors"]) >= 5

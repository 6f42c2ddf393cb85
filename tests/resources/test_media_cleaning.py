"""Cleaning the library: what nobody used for 90 days goes, what anything holds on to stays."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from resources.ids import new_id
from resources.media_cleaning import MediaCleaner
from resources.media_store import MediaStore, name_of
from resources.upkeep import PostgresUpkeep
from resources.work_queue import PostgresWorkQueue

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)
LONG_AGO, LATELY = NOW - timedelta(days=91), NOW - timedelta(days=89)
MONTH = date(2026, 12, 1)


@pytest.fixture
def media(tmp_path) -> MediaStore:
    return MediaStore(tmp_path / "media")


@pytest.fixture
def cleaner(factory_database, media) -> MediaCleaner:
    return MediaCleaner(factory_database, media)


@pytest.fixture
async def company(seed):
    return await seed.company()


async def a_picture(seed, media, company, data: bytes | None = None, **values: Any) -> Any:
    """Put a picture into the library that was last used 91 days ago; give its id."""
    asset = new_id()
    data = data or asset.bytes
    sha256 = media.put(company.organization_id, data)
    age(media, company, sha256, hours=2)
    owner = {"organization_id": company.organization_id, "sha256": sha256}
    size = {"media_type": "image/png", "size_bytes": 16, "width_px": 6, "height_px": 4}
    where = "organization_id = :organization_id AND sha256 = :sha256"
    if not await seed.rows(f"SELECT 1 FROM posthub.media WHERE {where}", **owner):  # noqa: S608
        await seed.insert("media", **owner, **size, origin="upload")
    values = {"kind": "upload", "last_used_at": LONG_AGO, **values}
    shape = {"id": asset, "company_id": company.id, "month": MONTH}
    await seed.insert("media_asset", **shape, **owner, **size, **values)
    return asset


def age(media, company, sha256: str, *, hours: float) -> None:
    """Let a file be as old as its picture."""
    then = time.time() - hours * 3600
    os.utime(media.root / name_of(company.organization_id, sha256), (then, then))


def is_there(media, company, asset) -> bool:
    sha256 = hashlib.sha256(asset.bytes).hexdigest()
    return media.place.age_s(name_of(company.organization_id, sha256)) is not None


async def living(seed, company) -> set[Any]:
    rows = await seed.rows(
        "SELECT id FROM posthub.media_asset WHERE company_id = :id AND deleted_at IS NULL",
        id=company.id,
    )
    return {row.id for row in rows}


async def a_request(seed, company, *, status: str | None = "failed", hours: float = 25, **values):
    """Write a request and its job, which ended so many hours ago; give the request's id."""
    request = new_id()
    owner = {"organization_id": company.organization_id, "company_id": company.id}
    await seed.insert(
        "media_request",
        **{"id": request, **owner, "month": MONTH, "kind": "image", "mode": "queued", **values},
    )
    if status is not None:
        await seed.insert(
            "job", id=new_id(), **owner, kind="create_generated_images", asset="generated_images",
            month=MONTH, status=status, media_request_id=request, time_limit_s=180,
            finished_at=NOW - timedelta(hours=hours),
        )  # fmt: skip
    return request


async def requests(seed, company) -> set[Any]:
    rows = await seed.rows(
        "SELECT id FROM posthub.media_request WHERE company_id = :id", id=company.id
    )
    return {row.id for row in rows}


async def test_a_picture_that_nobody_used_for_90_days_goes_with_its_file(
    cleaner, seed, media, company
):
    old = await a_picture(seed, media, company)
    young = await a_picture(seed, media, company, last_used_at=LATELY)
    found = await cleaner.clean(1)
    assert found["unused pictures"] >= 1 and found["files"] >= 1
    assert await living(seed, company) == {young}
    assert (is_there(media, company, old), is_there(media, company, young)) == (False, True)
    assert "files" not in await cleaner.clean(1), "nothing is left to be done twice"


async def test_a_chain_that_nobody_used_goes_from_its_end_in_one_night(
    cleaner, seed, media, company
):
    upload = await a_picture(seed, media, company)
    drawn = await a_picture(seed, media, company, kind="generated", derived_from=upload)
    await a_picture(seed, media, company, kind="formatted", derived_from=drawn)
    await cleaner.clean(1)
    assert await living(seed, company) == set()


async def keep(seed, media, company, asset, by: str) -> None:
    """Let something hold on to a picture."""
    owner = {"organization_id": company.organization_id, "company_id": company.id}
    sha256 = hashlib.sha256(asset.bytes).hexdigest()
    if by == "a favourite":
        person = await seed.person(company.organization_id, password_hash=None)
        await seed.insert(
            "media_favourite",
            organization_id=company.organization_id, user_id=person.id, asset_id=asset,
        )  # fmt: skip
    elif by == "what was made of it":
        await a_picture(
            seed, media, company, kind="formatted", derived_from=asset, last_used_at=LATELY
        )
    elif by == "being chosen":
        await a_request(seed, company, status="completed", chosen_asset_id=asset)
    elif by == "open work":
        await a_request(seed, company, status="pending", source_asset_id=asset)
    elif by == "a palette":
        item = await seed.item(company, kind=Kind.PALETTE, status=Status.APPROVED)
        await a_request(
            seed, company, status="completed", kind="palette", source_asset_id=asset,
            content_id=item.id,
        )  # fmt: skip
    elif by == "a palette of several":
        body = {"name": "Evening", "media_sha256s": ["0" * 64, sha256]}
        await seed.item(company, kind=Kind.PALETTE, status=Status.APPROVED, body=body)
    elif by == "a show":
        show = new_id()
        await seed.insert("show", id=show, **owner, title="A show")
        await change(seed, "media_asset", asset, show_id=show)
    elif by == "an item":
        body = {"media_sha256": sha256, "media_type": "image/png"}
        await seed.item(company, kind=Kind.IMAGE, body=body)
    else:
        await change(seed, "company", company.id, deleted_at=NOW)


async def change(seed, table: str, id_: Any, **values: Any) -> None:
    sets = ", ".join(f"{name} = :{name}" for name in values)
    async with seed.database.engine.begin() as connection:
        statement = text(f"UPDATE posthub.{table} SET {sets} WHERE id = :id")  # noqa: S608
        await connection.execute(statement, {"id": id_, **values})


@pytest.mark.parametrize(
    "by",
    [
        "a favourite",
        "what was made of it",
        "being chosen",
        "open work",
        "a palette",
        "a palette of several",
        "a show",
        "an item",
        "a company that may come back",
    ],
)
async def test_a_picture_is_kept_by(cleaner, seed, media, company, by):
    asset = await a_picture(seed, media, company)
    await keep(seed, media, company, asset, by)
    await cleaner.clean(100)
    assert asset in await living(seed, company)
    assert is_there(media, company, asset)


async def test_a_show_that_was_deleted_holds_on_to_nothing(cleaner, seed, media, company):
    asset = await a_picture(seed, media, company)
    await keep(seed, media, company, asset, "a show")
    (row,) = await seed.rows("SELECT show_id FROM posthub.media_asset WHERE id = :i", i=asset)
    await change(seed, "show", row.show_id, deleted_at=NOW)
    await cleaner.clean(100)
    assert await living(seed, company) == set()


async def test_a_file_that_something_else_shows_stays_when_its_picture_goes(
    cleaner, seed, media, company
):
    other = await seed.company(company.organization_id)
    data = company.id.bytes
    await a_picture(seed, media, company, data)
    theirs = await a_picture(seed, media, other, data, last_used_at=LATELY)
    await cleaner.clean(100)
    assert await living(seed, company) == set()
    assert media.open(company.organization_id, hashlib.sha256(data).hexdigest()) == data
    await change(seed, "media_asset", theirs, deleted_at=NOW)
    assert (await cleaner.clean(100))["files"] >= 1, "it goes the night after the last of them"
    with pytest.raises(Exception, match="There is no file"):
        media.open(company.organization_id, hashlib.sha256(data).hexdigest())


async def test_a_file_that_was_stored_a_moment_ago_is_left_for_the_next_night(
    cleaner, seed, media, company
):
    asset = await a_picture(seed, media, company)
    media.put(company.organization_id, asset.bytes)  # a worker, whose row comes in a moment
    await cleaner.clean(100)
    assert await living(seed, company) == set()
    assert is_there(media, company, asset)
    age(media, company, hashlib.sha256(asset.bytes).hexdigest(), hours=2)
    await cleaner.clean(100)
    assert not is_there(media, company, asset)


async def test_what_the_journal_keeps_goes_when_the_journal_is_pruned(
    cleaner, seed, media, company
):
    asset = await a_picture(seed, media, company, kind="generated")
    call = new_id()
    await seed.insert(
        "generation", id=call, organization_id=company.organization_id, company_id=company.id,
        kind="image", provider="local", model="m", nonce="n", request_hash="h", status="completed",
        media_sha256=hashlib.sha256(asset.bytes).hexdigest(),
    )  # fmt: skip
    await cleaner.clean(100)
    assert is_there(media, company, asset)
    await change(seed, "generation", call, pruned_at=NOW)
    await cleaner.clean(100)
    assert not is_there(media, company, asset)


async def test_a_request_that_failed_a_day_ago_goes_with_its_job(cleaner, seed, company):
    await a_request(seed, company, hours=25)
    await a_request(seed, company, status="cancelled", hours=25)
    young = await a_request(seed, company, hours=23)
    waiting = await a_request(seed, company, status="pending")
    unasked = await a_request(seed, company, status=None)
    found = await cleaner.clean(1)
    assert found["failed media requests"] >= 2
    assert await requests(seed, company) == {young, waiting, unasked}
    jobs = await seed.rows("SELECT id FROM posthub.job WHERE company_id = :id", id=company.id)
    assert len(jobs) == 2


async def test_a_request_that_something_came_of_says_how_for_ever(cleaner, seed, media, company):
    some = await a_request(seed, company)
    await a_picture(
        seed, media, company, kind="generated", media_request_id=some, last_used_at=LATELY
    )
    retried = await a_request(seed, company)
    await seed.insert(
        "job", id=new_id(), organization_id=company.organization_id, company_id=company.id,
        kind="create_generated_images", asset="generated_images", month=MONTH, round=1,
        status="running", media_request_id=retried, time_limit_s=180,
    )  # fmt: skip
    followed = await a_request(seed, company)
    again = await a_request(seed, company, status="completed", follows_id=followed)
    item = await seed.item(company, kind=Kind.PALETTE)
    palette = await a_request(seed, company, kind="palette", content_id=item.id)
    await cleaner.clean(100)
    assert await requests(seed, company) == {some, retried, followed, again, palette}


async def test_other_failed_jobs_are_not_touched(cleaner, seed, company):
    await seed.insert(
        "job", id=new_id(), organization_id=company.organization_id, company_id=company.id,
        kind="create_topics", asset="topics", month=MONTH, status="failed", time_limit_s=180,
        finished_at=LONG_AGO,
    )  # fmt: skip
    await cleaner.clean(100)
    assert await seed.rows("SELECT 1 FROM posthub.job WHERE company_id = :id", id=company.id)


async def test_the_nights_pruning_cleans_the_library_too(factory_database, seed, media, company):
    asset = await a_picture(seed, media, company)
    queue = PostgresWorkQueue(factory_database)
    found = await PostgresUpkeep(factory_database, queue, media=media).prune()
    assert found["unused pictures"] >= 1
    assert not is_there(media, company, asset)

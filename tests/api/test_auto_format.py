"""Auto-format over HTTP: asked for, done in the request or by the factory, and taken away."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from api.routers.auto_format import FormatCode
from posthub_assets.domain.media.formats import FORMATS
from posthub_assets.draining import Drain, Drained
from posthub_assets.picture_work import format_picture
from resources.settings import load_settings
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

ROUTE = "/v1/media/auto-format"
ASSET = "formatted_images"


@dataclass
class Desk:
    """A company with a supervisor who asks, and a factory that can be told to work."""

    api: Any
    seed: Any
    company: Any
    person: Any
    client: httpx.AsyncClient
    factory: PostgresWorkshop
    photo: bytes

    async def upload(self, **values: Any) -> UUID:
        """Put a picture into the library."""
        media = self.api.app.state.services.media
        made: UUID = await self.seed.picture(self.company, media, self.photo, **values)
        return made

    async def ask(self, *assets: UUID, mode: str = "", **body: Any) -> httpx.Response:
        """Ask for formats."""
        named = {"asset_ids": [str(one) for one in assets]} if assets else {}
        query = f"?mode={mode}" if mode else ""
        return await self.client.post(f"{ROUTE}{query}", json={**named, **body})

    async def work(self) -> Drained:
        """Let the factory work off what is due of this company."""
        async with self.factory.open() as tools:
            drain = Drain(
                tools=tools,
                asset=ASSET,
                handle=format_picture,
                run_id="test",
                only=[(self.company.partition_key, month) for month in await self.months()],
                concurrency=2,
                log=logging.getLogger("test"),
            )
            return await drain.run()

    async def months(self) -> list[Any]:
        """Give the months of the company's jobs."""
        rows = await self.seed.rows(
            "SELECT DISTINCT month FROM posthub.job WHERE company_id = :id", id=self.company.id
        )
        return [row.month for row in rows]

    async def jobs(self) -> list[Any]:
        """Read the company's jobs."""
        rows: list[Any] = await self.seed.rows(
            "SELECT * FROM posthub.job WHERE company_id = :id ORDER BY id", id=self.company.id
        )
        return rows

    async def read(self, job_id: str) -> dict[str, Any]:
        """Read a job as the person sees it."""
        answer = await self.client.get(f"{ROUTE}/{job_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def set_heartbeat(owner_database: Any, seconds_ago: int | None) -> None:
    """Let the factory have been seen, or never."""
    async with owner_database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM posthub.heartbeat WHERE name = 'factory'"))
        if seconds_ago is not None:
            await connection.execute(
                text(
                    "INSERT INTO posthub.heartbeat (name, at)"
                    " VALUES ('factory', now() - make_interval(secs => :ago))"
                ),
                {"ago": seconds_ago},
            )


@pytest.fixture
async def factory_runs(owner_database) -> AsyncIterator[None]:
    """A factory that was seen just now."""
    await set_heartbeat(owner_database, 1)
    yield
    await set_heartbeat(owner_database, None)


@pytest.fixture
async def desk(api, seed, photo, api_settings, database_urls) -> Desk:
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    settings = load_settings({"POSTHUB_HOME": str(api_settings.home)})
    factory = PostgresWorkshop(replace(settings, factory_database_url=database_urls.factory))
    return Desk(api, seed, company, person, api.known(person), factory, photo)


def sizes_of(job: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["format"]: (one["width_px"], one["height_px"]) for one in job["outputs"]}


def test_the_formats_of_the_api_are_those_there_are():
    assert set(FormatCode.__value__.__args__) == set(FORMATS)


async def test_a_picture_is_queued_made_by_the_factory_and_taken_away(desk):
    asset = await desk.upload()
    answer = await desk.ask(asset)
    assert answer.status_code == 202, answer.text
    asked = answer.json()
    assert asked["mode"] == "queued"
    (job,) = asked["jobs"]
    assert (job["status"], job["asset_id"], job["outputs"]) == ("pending", str(asset), [])
    assert job["formats"] == ["poster", "square", "banner"]
    early = await desk.client.get(f"{ROUTE}/{job['job_id']}/zip")
    assert early.status_code == 404
    assert "The job is pending, at 0 %" in early.json()["detail"]

    assert (await desk.work()).done == 1

    done = await desk.read(job["job_id"])
    assert (done["status"], done["progress"], done["mode"]) == ("completed", 100, "queued")
    assert sizes_of(done) == {
        "poster": (1200, 1800),
        "square": (1200, 1200),
        "banner": (2160, 1089),
    }
    for one in done["outputs"]:
        assert one["alt_text"] == "Two dancers on a stage"
        taken = await desk.client.get(one["url"])
        assert taken.headers["content-type"] == "image/jpeg"
        assert one["filename"] in taken.headers["content-disposition"]
        assert len(taken.content) == one["size_bytes"]
        assert Image.open(io.BytesIO(taken.content)).size == sizes_of(done)[one["format"]]
        small = await desk.client.get(one["preview_url"])
        assert max(Image.open(io.BytesIO(small.content)).size) == 480
        assert len(small.content) < len(taken.content)


async def test_of_what_several_people_ask_at_once_nothing_is_lost_and_nothing_made_twice(
    desk, seed
):
    people = [desk.client] + [
        desk.api.known(await seed.person(desk.company.organization_id, password_hash=None))
        for _ in range(2)
    ]
    assets = [str(await desk.upload()) for _ in range(6)]
    asking = [
        people[number % 3].post(ROUTE, json={"asset_ids": [asset], "formats": ["square", "x"]})
        for number, asset in enumerate(assets)
    ]
    answers = await asyncio.gather(*asking)
    assert {one.status_code for one in answers} == {202}
    done = await asyncio.gather(desk.work(), desk.work())
    assert sum(one.done for one in done) == 6
    made = await seed.rows(
        "SELECT derived_from, format FROM posthub.media_asset"
        " WHERE company_id = :id AND kind = 'formatted'",
        id=desk.company.id,
    )
    expected = [(asset, code) for asset in assets for code in ("square", "x")]
    assert sorted((str(one.derived_from), one.format) for one in made) == sorted(expected)


async def test_the_zip_holds_the_pictures_by_their_names_and_what_they_show(desk):
    asset = await desk.upload(is_ai=True)
    asked = (await desk.ask(asset, formats=["banner", "x"], encoding="webp", mode="sync")).json()
    (job,) = asked["jobs"]
    answer = await desk.client.get(job["zip_url"])
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = ["banner-2160x1089.webp", "x-1600x900.webp"]
        assert archive.namelist() == [*names, "alt-texts.json"]
        said = json.loads(archive.read("alt-texts.json"))
        for name, one in zip(names, job["outputs"], strict=True):
            assert len(archive.read(name)) == one["size_bytes"]
            assert said[name] == {"alt_text": "Two dancers on a stage", "is_ai": True}
    again = await desk.client.get(job["zip_url"])
    assert again.content == answer.content


async def test_sync_does_it_in_the_request_where_the_factory_is_not_running(desk):
    asset = await desk.upload()
    answer = await desk.ask(asset, mode="sync", formats=list(FORMATS))
    assert answer.status_code == 200, answer.text
    asked = answer.json()
    assert asked["mode"] == "sync"
    assert "factory is not running" in asked["detail"]
    (job,) = asked["jobs"]
    assert (job["status"], job["mode"], len(job["outputs"])) == ("completed", "sync", len(FORMATS))
    (row,) = await desk.jobs()
    assert (row.status, row.leased_by, row.attempts, row.crash_count) == ("completed", None, 0, 0)
    assert (await desk.work()).done == 0, "nothing is left for the factory"


async def test_sync_leaves_what_is_not_small_to_a_factory_that_runs(desk, factory_runs):
    one, other = await desk.upload(), await desk.upload()
    small = (await desk.ask(one, mode="sync")).json()
    assert (small["mode"], small["jobs"][0]["status"]) == ("sync", "completed")
    answer = await desk.ask(one, other, encoding="avif", formats=["square"], mode="sync")
    assert answer.status_code == 202
    large = answer.json()
    assert (large["mode"], [job["status"] for job in large["jobs"]]) == ("queued", ["pending"] * 2)
    assert "more than is made in a request" in large["detail"]


async def test_sync_tells_what_went_wrong_with_a_picture(desk):
    desk.photo = b"\xff\xd8\xff not a picture"
    answer = await desk.ask(await desk.upload(), mode="sync")
    assert answer.status_code == 200
    (job,) = answer.json()["jobs"]
    assert (job["status"], job["outputs"], job["zip_url"]) == ("failed", [], None)
    assert job["error"]
    gone = await desk.client.get(f"{ROUTE}/{job['job_id']}/poster")
    assert gone.status_code == 404
    assert job["error"] in gone.json()["detail"]


class Hanging:
    """A studio that never comes to an end."""

    async def format(self, *_: Any) -> Any:
        await asyncio.Event().wait()


@pytest.fixture
def stuck(app) -> Iterator[None]:
    """An API that begins to format and does not end."""
    services, at_once = app.state.services, app.state.services.at_once
    hanging = replace(at_once, studio=replace(at_once.studio, formats=Hanging()))
    object.__setattr__(services, "at_once", hanging)
    yield
    object.__setattr__(services, "at_once", at_once)


async def begun(desk: Desk) -> tuple[asyncio.Task[httpx.Response], Any]:
    """Ask in a request that hangs; give it, and its job as soon as that is claimed."""
    asking = asyncio.create_task(desk.ask(await desk.upload(), mode="sync"))
    for _ in range(500):
        if rows := await desk.jobs():
            return asking, rows[0]
        await asyncio.sleep(0.02)
    raise AssertionError("the request does not begin")


async def test_an_api_that_dies_leaves_the_job_to_the_factory(desk, stuck):
    asking, job = await begun(desk)
    assert (job.status, job.leased_by[:4]) == ("running", "api:")
    assert (await desk.work()).done == 0, "the lease is alive"
    async with desk.seed.database.engine.begin() as connection:
        # As after a kill: nobody prolongs the lease, and nobody gives the job back.
        await connection.execute(
            text("UPDATE posthub.job SET lease_until = now() - interval '1 s' WHERE id = :id"),
            {"id": job.id},
        )
    assert (await desk.work()).done == 1
    await asking
    job = await desk.read(str(job.id))
    assert (job["status"], len(job["outputs"])) == ("completed", 3), "what the factory made"
    (row,) = await desk.jobs()
    assert (row.crash_count, row.attempts) == (1, 0)


async def test_a_person_stops_what_another_request_is_at(desk, seed, stuck):
    marketer = desk.api.known(await seed.person(desk.company.organization_id, "MARKETER"))
    asking, job = await begun(desk)
    assert (await marketer.post(f"/v1/jobs/{job.id}/cancel")).status_code == 200
    answer = await asyncio.wait_for(asking, 5)
    assert answer.json()["jobs"][0]["status"] == "cancelled"


async def test_a_job_is_cancelled_and_tried_again_as_any_other(desk, seed):
    marketer = desk.api.known(await seed.person(desk.company.organization_id, "MARKETER"))
    (job,) = (await desk.ask(await desk.upload())).json()["jobs"]
    assert (await marketer.post(f"/v1/jobs/{job['job_id']}/cancel")).status_code == 200
    assert (await desk.work()).done == 0
    assert (await desk.read(job["job_id"]))["status"] == "cancelled"
    assert (await marketer.post(f"/v1/jobs/{job['job_id']}/retry")).status_code == 200
    assert (await desk.work()).done == 1
    assert len((await desk.read(job["job_id"]))["outputs"]) == 3


async def test_the_eleventh_picture_of_an_hour_waits_and_a_retry_does_not_count(desk):
    assets = [await desk.upload() for _ in range(3)]
    asked = await asyncio.gather(*(desk.ask(assets[n % 3]) for n in range(13)))
    refused = [one for one in asked if one.status_code == 429]
    assert len(refused) == 3
    assert 3500 < int(refused[0].headers["retry-after"]) <= 3600
    assert "The limit is 10 pictures" in refused[0].json()["detail"]
    assert len(await desk.jobs()) == 10
    more = await desk.ask(*[await desk.upload() for _ in range(11)])
    assert more.status_code == 422


async def test_a_request_that_is_sent_twice_is_one(desk):
    asset = await desk.upload()
    for mode, status in (("queued", 202), ("sync", 200)):
        headers = {"Idempotency-Key": f"{mode} {asset}"}
        body = {"asset_ids": [str(asset)]}
        first, second = [
            await desk.client.post(f"{ROUTE}?mode={mode}", json=body, headers=headers)
            for _ in range(2)
        ]
        assert (first.status_code, second.status_code) == (status, status)
        assert second.headers["idempotency-replayed"] == "true"
        assert second.content == first.content
    assert len(await desk.jobs()) == 2


async def test_what_cannot_be_asked_is_refused_with_what_can(desk, seed):
    asset = await desk.upload()
    elsewhere = await seed.company()
    manager = await seed.person(desk.company.organization_id)
    await seed.insert(
        "membership",
        organization_id=elsewhere.organization_id,
        user_id=desk.person.id,
        role="SUPERVISOR",
    )
    media = desk.api.app.state.services.media
    foreign = await seed.picture(elsewhere, media, desk.photo)
    for body, says in (
        ({}, "Give asset_ids"),
        ({"asset_ids": [str(asset)], "image_id": str(asset)}, "Give asset_ids"),
        ({"asset_ids": [str(asset)], "formats": ["stamp"]}, "poster"),
        ({"asset_ids": [str(asset)], "quality": 100}, "95"),
        ({"asset_ids": [str(asset), str(foreign)]}, "different organisations"),
    ):
        answer = await desk.client.post(ROUTE, json=body)
        assert (answer.status_code, says in answer.text) == (422, True), answer.text
    stranger = desk.api.known(manager)
    answer = await stranger.post(ROUTE, json={"asset_ids": [str(foreign)]})
    assert answer.status_code == 404


async def test_an_image_of_a_post_is_formatted_once_it_is_approved(desk, seed):
    sha256 = desk.api.app.state.services.media.put(desk.company.organization_id, desk.photo)
    await seed.insert(
        "media",
        organization_id=desk.company.organization_id,
        sha256=sha256,
        media_type="image/jpeg",
        size_bytes=len(desk.photo),
        origin="test",
    )
    body = {
        "media_sha256": sha256,
        "media_type": "image/jpeg",
        "width_px": 640,
        "height_px": 427,
        "alt_text": "A card",
    }
    from posthub_assets.domain.content import Kind, Status

    waiting = await seed.item(desk.company, kind=Kind.IMAGE, body=body)
    answer = await desk.ask(image_id=str(waiting.id))
    assert answer.status_code == 409
    approved = await seed.item(desk.company, kind=Kind.IMAGE, body=body, status=Status.APPROVED)
    answer = await desk.ask(image_id=str(approved.id), formats=["square"], mode="sync")
    (job,) = answer.json()["jobs"]
    assert (job["content_id"], job["asset_id"]) == (str(approved.id), None)
    assert job["outputs"][0]["alt_text"] == "A card"


async def test_where_auto_format_is_switched_off_nothing_is_asked_or_given(desk):
    asset = await desk.upload()
    (job,) = (await desk.ask(asset)).json()["jobs"]
    async with desk.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.organization SET media_auto_format = false WHERE id = :id"),
            {"id": desk.company.organization_id},
        )
    for answer in (await desk.ask(asset), await desk.client.get(f"{ROUTE}/{job['job_id']}")):
        assert answer.status_code == 403
        assert "can switch it on" in answer.json()["detail"]

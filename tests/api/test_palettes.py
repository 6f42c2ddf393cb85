"""Palettes over HTTP: taken from a picture or chosen by hand, approved, applied."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from posthub_assets.assets.brand_palettes import make_or_check
from posthub_assets.draining import Drain
from resources.database.engine import EVERYTHING
from resources.database.repositories import orders, palettes
from resources.ids import new_id
from resources.settings import load_settings
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

ROUTE = "/v1/media/palettes"
COLORS = ["#1C304A", "#E0A030", "#F6F1E7"]


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

    async def extract(self, asset: UUID, mode: str = "", **body: Any) -> httpx.Response:
        """Ask for a palette of a picture."""
        query = f"?mode={mode}" if mode else ""
        return await self.client.post(
            f"{ROUTE}/extract{query}", json={"asset_id": str(asset)} | body
        )

    async def work(self) -> None:
        """Let the factory work off what is due of this company."""
        months = await self.seed.rows(
            "SELECT DISTINCT month FROM posthub.job WHERE company_id = :id", id=self.company.id
        )
        async with self.factory.open() as tools:
            await Drain(
                tools=tools,
                asset="brand_palettes",
                handle=make_or_check,
                run_id="test",
                only=[(self.company.partition_key, row.month) for row in months],
                concurrency=2,
                log=logging.getLogger("test"),
            ).run()

    async def show(self) -> str:
        """Make a show."""
        new = {"company_id": str(self.company.id), "title": "An evening"}
        return str((await self.client.post("/v1/shows", json=new)).json()["id"])

    async def by_hand(self, **values: Any) -> dict[str, Any]:
        """Make a palette by hand."""
        new = {"company_id": str(self.company.id), "name": "Harbour", "colors": COLORS, **values}
        answer = await self.client.post(ROUTE, json=new)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def read(self, palette: str) -> dict[str, Any]:
        """Read a palette as the person sees it."""
        answer = await self.client.get(f"{ROUTE}/{palette}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def approve(self, palette: str, version: int = 1) -> None:
        """Say yes to a version."""
        said = {"version": version}
        answer = await self.client.post(f"/v1/contents/{palette}/approve", json=said)
        assert answer.status_code == 200, answer.text

    async def apply(self, palette: str, to: str, **more: Any) -> httpx.Response:
        """Apply a palette."""
        return await self.client.post(f"{ROUTE}/{palette}/apply", json={"to": to, **more})


@pytest.fixture
async def desk(api, seed, photo, api_settings, database_urls) -> AsyncIterator[Desk]:
    company = await seed.company()
    person = await seed.person(company.organization_id, password_hash=None)
    settings = load_settings({"POSTHUB_HOME": str(api_settings.home)})
    factory = PostgresWorkshop(replace(settings, factory_database_url=database_urls.factory))
    yield Desk(api, seed, company, person, api.known(person), factory, photo)


async def test_a_palette_is_queued_made_by_the_factory_and_waits_for_a_yes(desk):
    asset = await desk.upload(filename="stage.jpg")
    answer = await desk.extract(asset)
    asked = answer.json()
    assert (answer.status_code, asked["mode"], asked["status"]) == (202, "queued", "pending")
    assert asked["content_id"] is None

    await desk.work()
    job = (await desk.client.get(f"/v1/jobs/{asked['job_id']}")).json()
    assert job["status"] == "completed", job
    found = await desk.read(job["content_id"])
    assert (found["status"], found["source"], found["month"]) == (
        "in_review",
        "extracted",
        "2026-12",
    )
    assert (found["name"], found["version"]) == ("stage", 1)
    assert 5 <= len(found["colors"]) <= 8
    assert sum(one["share_permille"] for one in found["colors"]) == 1000
    assert found["applied_to"] == {"brand_version": None, "show_ids": []}


async def test_in_the_request_the_palette_is_there_with_the_answer(desk):
    show = await desk.show()
    answer = await desk.extract(await desk.upload(show_id=show), "sync", colors=6)
    made = answer.json()
    assert (answer.status_code, made["mode"], made["status"]) == (200, "sync", "completed")
    found = await desk.read(made["content_id"])
    assert (found["show_id"], found["name"]) == (show, "An evening"), "the picture's show"
    assert (found["status"], found["roles"].keys() >= {"primary", "text"}) == ("in_review", True)

    again = {"asset_id": str(await desk.upload()), "name": "Ours"}
    key = {"Idempotency-Key": "once"}
    first = await desk.client.post(f"{ROUTE}/extract?mode=sync", json=again, headers=key)
    second = await desk.client.post(f"{ROUTE}/extract?mode=sync", json=again, headers=key)
    assert first.json() == second.json()
    listed = (await desk.client.get(f"{ROUTE}?company={desk.company.id}&month=2026-12")).json()
    assert [one["name"] for one in listed["items"]] == ["Ours", "An evening"]


async def test_an_approved_palette_becomes_the_brand_and_the_colours_of_a_show(
    desk, owner_database
):
    made = await desk.by_hand()
    show = await desk.show()
    refused = await desk.apply(made["id"], "brand")
    assert (refused.status_code, "draft" in refused.text) == (409, True)
    await desk.work()
    refused = await desk.apply(made["id"], "show", show_id=show)
    assert refused.status_code == 409
    assert f"POST /v1/contents/{made['id']}/approve" in refused.json()["detail"]

    await desk.approve(made["id"])
    applied = (await desk.apply(made["id"], "brand")).json()
    assert (await desk.apply(made["id"], "show", show_id=show)).json()["applied_to"] == {
        "brand_version": 1,
        "show_ids": [show],
    }
    roles = applied["roles"]
    names = ("primary", "secondary", "accent", "background", "text")
    async with owner_database.transaction(EVERYTHING) as connection:
        facts = await orders.company_facts(
            connection, desk.company.organization_id, desk.company.id, None
        )
        worn = await palettes.palette_of_show(connection, UUID(show))
    assert facts.brand_colors == tuple(roles[name] for name in names)
    assert worn is not None
    assert worn.roles.primary == roles["primary"]
    trail = await desk.seed.rows(
        "SELECT after FROM posthub.audit WHERE action = 'palette.apply' AND subject_id = :id"
        " ORDER BY id",
        id=made["id"],
    )
    assert [(row.after["to"], row.after["version"]) for row in trail] == [("brand", 1), ("show", 1)]

    marketer = await desk.seed.person(desk.company.organization_id, "MARKETER", password_hash=None)
    renamed = await desk.api.known(marketer).patch(
        f"/v1/companies/{desk.company.id}", json={"name": "Renamed"}
    )
    assert renamed.status_code == 200, renamed.text
    assert (await desk.read(made["id"]))["applied_to"]["brand_version"] == 1


async def test_a_change_after_the_yes_takes_it_back_and_what_is_applied_stays(desk, owner_database):
    made = await desk.by_hand()
    show = await desk.show()
    await desk.work()
    await desk.approve(made["id"])
    await desk.apply(made["id"], "show", show_id=show)
    patch = {"version": 1, "colors": ["#7A1030", "#E0A030"], "roles": {"background": "#FFFFFF"}}
    changed = (await desk.client.patch(f"{ROUTE}/{made['id']}", json=patch)).json()
    assert (changed["changed"], changed["palette"]["status"]) == (True, "draft")
    assert changed["palette"]["roles"]["background"] == "#FFFFFF"
    assert (await desk.apply(made["id"], "brand")).status_code == 409
    stale = await desk.client.patch(f"{ROUTE}/{made['id']}", json=patch)
    assert stale.status_code == 409

    async def worn() -> str:
        async with owner_database.transaction(EVERYTHING) as connection:
            found = await palettes.palette_of_show(connection, UUID(show))
        assert found is not None
        return found.roles.primary

    assert await worn() == made["roles"]["primary"], "the version that has a yes"
    await desk.work()
    await desk.approve(made["id"], 2)
    assert await worn() == changed["palette"]["roles"]["primary"]


async def test_palettes_are_found_by_status_and_by_show(desk):
    show = await desk.show()
    first = await desk.by_hand(show_id=show)
    second = await desk.by_hand(name="Other")

    async def listed(query: str) -> list[str]:
        answer = await desk.client.get(f"{ROUTE}?company={desk.company.id}&{query}")
        return [one["id"] for one in answer.json()["items"]]

    assert await listed("status=draft") == [second["id"], first["id"]]
    assert await listed(f"show={show}") == [first["id"]]
    assert await listed("status=approved") == []
    await desk.work()
    await desk.approve(second["id"])
    assert await listed("status=approved") == [second["id"]]
    await desk.apply(second["id"], "show", show_id=show)
    assert await listed(f"show={show}") == [second["id"], first["id"]], "made for it, or applied"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colors": ["#12"]}, "colors[0]"),
        ({"colors": ["#111111", "#111111"]}, "colors[1]"),
        ({"colors": []}, "colors"),
        ({"roles": {"text": "ink"}}, "no colour that we can read"),
        ({"show_id": "0198c1f0-0000-7000-8000-000000000000"}, "show_id"),
    ],
)
async def test_what_is_no_palette_is_refused_with_its_place(desk, change, says):
    new = {"company_id": str(desk.company.id), "name": "Harbour", "colors": COLORS, **change}
    answer = await desk.client.post(ROUTE, json=new)
    assert (answer.status_code, says in answer.text) == (422, True), answer.text


async def test_a_strangers_palettes_and_pictures_are_not_there(desk, seed):
    asset, made = await desk.upload(), await desk.by_hand()
    home = await seed.company()
    stranger = desk.api.known(await seed.person(home.organization_id, password_hash=None))
    for answer in (
        await stranger.get(f"{ROUTE}/{made['id']}"),
        await stranger.patch(f"{ROUTE}/{made['id']}", json={"version": 1, "name": "Mine"}),
        await stranger.post(f"{ROUTE}/{made['id']}/apply", json={"to": "brand"}),
        await stranger.post(f"{ROUTE}/extract", json={"asset_id": str(asset)}),
        await stranger.get(f"{ROUTE}?company={desk.company.id}"),
    ):
        assert answer.status_code == 404, answer.text
    assert (await stranger.get(ROUTE)).json()["items"] == []


async def test_twenty_an_hour_and_the_next_one_says_when(desk):
    asset = await desk.upload()
    for _ in range(19):
        await desk.seed.insert(
            "media_request",
            id=new_id(),
            organization_id=desk.company.organization_id,
            company_id=desk.company.id,
            month=date(2026, 12, 1),
            kind="palette",
            mode="queued",
            requested_by=desk.person.id,
        )
    assert (await desk.extract(asset)).status_code == 202
    answer = await desk.extract(asset)
    assert answer.status_code == 429
    assert "20 palettes per person and hour" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) > 0


async def test_where_the_assistant_is_switched_off_there_are_no_palettes(desk):
    asset, made = await desk.upload(), await desk.by_hand()
    async with desk.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.organization SET media_assistant = false WHERE id = :id"),
            {"id": desk.company.organization_id},
        )
    for answer in (await desk.extract(asset), await desk.client.get(f"{ROUTE}/{made['id']}")):
        assert answer.status_code == 403
        assert "can switch it on" in answer.json()["detail"]

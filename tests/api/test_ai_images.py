"""AI images over HTTP: priced, ordered, made by the factory on stand-ins, chosen, laid over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography.fernet import Fernet
from PIL import Image
from sqlalchemy import text

from posthub_assets.assets.brand_palettes import make_or_check
from posthub_assets.domain.errors import NotFound
from posthub_assets.domain.media.provenance.marks import source_type_in
from posthub_assets.domain.work import Tools
from posthub_assets.draining import Drain, Drained
from posthub_assets.picture_making import make_pictures
from resources.ids import new_id
from resources.providers.canned_models import answer_as_canned
from resources.providers.loopback import Fault, LoopbackServer
from resources.settings import Settings, load_settings
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

ROUTE = "/v1/media/images"
ASSET = "generated_images"
OWN_KEY = "sk-of0the0customer0and0not0ours"
PROMPT = "A jazz band on a small stage"


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    """Stands in for the vendors."""
    with LoopbackServer(answer=answer_as_canned) as running:
        yield running


@pytest.fixture(scope="module")
def environment(server, tmp_path_factory) -> dict[str, str]:
    """What the API and the factory of these tests share: the platform has a key of OpenAI's."""
    key = Fernet.generate_key().decode()
    return {
        "POSTHUB_HOME": str(tmp_path_factory.mktemp("home")),
        "POSTHUB_SECRET_KEY": "a secret of the tests, longer than it must be",
        "POSTHUB_ADMIN_KEYRING": key,
        "POSTHUB_USER_KEYRING": key,
        "OPENAI_API_KEY": "sk-planted0key0for0the0tests",
        **{f"{one.upper()}_BASE_URL": server.base_url(one) for one in ("gemini", "openai")},
        "POSTHUB_RATE_SIGNED_IN": "1000000",
        "POSTHUB_RATE_ANONYMOUS": "1000000",
        "POSTHUB_IMAGES_RATE_PER_MINUTE": "0",  # no limit: nothing here is about waiting in line
    }


@pytest.fixture(scope="module")
def api_settings(database_urls, environment) -> Settings:
    """The API's settings."""
    return load_settings({**environment, "POSTHUB_API_DATABASE_URL": database_urls.api})


@dataclass
class Desk:
    """A company, somebody who asks, the stand-in that is paid, and a factory that can be told."""

    api: Any
    seed: Any
    server: LoopbackServer
    factory: Tools
    company: Any
    client: httpx.AsyncClient

    async def ask(self, expected: int = 202, **wishes: Any) -> dict[str, Any]:
        """Ask for pictures."""
        body = {"company_id": str(self.company.id), "prompt": PROMPT, **SMALL, **wishes}
        answer = await self.client.post(ROUTE, json=body)
        assert answer.status_code == expected, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def send(self, path: str, expected: int = 200, **body: Any) -> dict[str, Any]:
        """Send to a route below."""
        answer = await self.client.post(f"{ROUTE}/{path}", json=body)
        assert answer.status_code == expected, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def read(self, job_id: str) -> dict[str, Any]:
        """Read a request as the person sees it."""
        answer = await self.client.get(f"{ROUTE}/{job_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def work(self) -> Drained:
        """Let the factory work off what is due."""
        return await self.drain().run()

    def drain(self) -> Drain:
        """Give a run over the company's month."""
        month = self.api.month
        return Drain(
            tools=self.factory,
            asset=ASSET,
            handle=make_pictures,
            run_id="test",
            only=[(self.company.partition_key, month)],
            concurrency=2,
            log=logging.getLogger("test"),
        )

    async def made(self, **wishes: Any) -> dict[str, Any]:
        """Ask, let it be made, and read it."""
        job_id = (await self.ask(**wishes))["job_id"]
        await self.work()
        return await self.read(job_id)

    async def bytes_of(self, url: str) -> bytes:
        """Take a picture."""
        answer = await self.client.get(url)
        assert answer.status_code == 200, answer.text
        return answer.content

    async def show(self, **values: Any) -> str:
        """Make a show; give its id."""
        id_ = new_id()
        await self.seed.insert(
            "show",
            **{
                "id": id_,
                "organization_id": self.company.organization_id,
                "company_id": self.company.id,
                "title": "Night of Jazz",
                "venue": "Blue Hall",
                "dates": [{"starts_at": "2026-12-05T19:30", "ends_at": None}],
                "performers": ["The Fives"],
                **values,
            },
        )
        return str(id_)

    def calls(self) -> int:
        """Count the pictures that OpenAI was asked for."""
        return len([one for one in self.server.calls("openai") if one.operation == "image"])


SMALL = {"width_px": 400, "height_px": 600}
"""Pictures need not be large for what is looked at here."""
NO_SIZE = {"width_px": None, "height_px": None}


@dataclass
class Clients:
    """The clients of an application, and the month that it is there."""

    known: Any
    app: Any
    month: Any


@pytest.fixture(scope="module")
async def factory(anyio_backend, environment, database_urls) -> AsyncIterator[Tools]:
    """A factory whose keys, vendors and files are those of the API."""
    settings = replace(load_settings(environment), factory_database_url=database_urls.factory)
    async with PostgresWorkshop(settings).open() as tools:
        yield tools


@pytest.fixture
async def open_desk(api, seed, server, factory):
    """Opens desks of companies."""

    async def make(role: str = "SUPERVISOR", **company: Any) -> Desk:
        from datetime import UTC, datetime

        made = await seed.company(brand={"colors": ["#7A1E2B", "#F2C14E"]}, **company)
        person = await seed.person(made.organization_id, role, password_hash=None)
        clients = Clients(api.known, api.app, datetime.now(UTC).date().replace(day=1))
        server.clear()
        server.forget_plans()
        return Desk(clients, seed, server, factory, made, api.known(person))

    return make


@pytest.fixture
async def desk(open_desk) -> AsyncIterator[Desk]:
    """One of them."""
    yield await open_desk(timezone="UTC")


async def test_pictures_are_made_with_a_shows_facts_over_them_and_say_where_they_come_from(desk):
    show = await desk.show()
    told = await desk.ask(variations=2, show_id=show, overlay={}, style="vintage")
    before = await desk.read(told["job_id"])
    assert (before["status"], before["variations"]) == ("pending", [])
    await desk.work()
    job = await desk.read(told["job_id"])
    assert (job["status"], job["progress"], job["step"]) == ("completed", 100, "2 pictures")
    assert [one["index"] for one in job["variations"]] == [1, 2]
    assert desk.calls() == 2
    first = job["variations"][0]
    assert (first["is_ai"], first["provider"]) == (True, "openai")
    assert first["prompt_version"] == "PICTURE_GEN 1"
    assert first["alt_text"].startswith("A picture made with AI on the subject “Night of Jazz”")
    composed = first["with_facts"]
    assert "“Night of Jazz”" in composed["alt_text"] and "Blue Hall" in composed["alt_text"]
    assert composed["is_ai"]
    ground, poster = [await desk.bytes_of(one["url"]) for one in (first, composed)]
    assert source_type_in(ground) == "trainedAlgorithmicMedia"
    assert source_type_in(poster) == "compositeSynthetic"
    assert Image.open(BytesIO(poster)).size == (400, 600)
    (row,) = await desk.seed.rows(
        "SELECT * FROM posthub.media_asset WHERE id = :id", id=UUID(composed["asset_id"])
    )
    assert str(row.derived_from) == first["asset_id"]
    assert row.cost_usd == 0


async def test_what_is_estimated_is_what_the_order_says_and_the_bill_stays_below(desk):
    wish = {"company_id": str(desk.company.id), "prompt": PROMPT, "variations": 2, **SMALL}
    estimate = await desk.send("estimate", **wish)
    assert [one["provider"] for one in estimate["quotes"]] == ["openai", "local"]
    dear, free = estimate["quotes"]
    assert (free["cost_usd"], estimate["provider"]) == ("0", "openai")
    assert (dear["key_source"], dear["within_budget"]) == ("platform", True)
    told = await desk.ask(variations=2)
    assert Decimal(told["estimate_usd"]) == Decimal(dear["cost_usd"]) > 0
    await desk.work()
    job = await desk.read(told["job_id"])
    assert Decimal(job["estimate_usd"]) == Decimal(dear["cost_usd"])
    assert 0 < Decimal(job["cost_usd"]) <= Decimal(job["estimate_usd"])
    assert sum(Decimal(one["cost_usd"]) for one in job["variations"]) == Decimal(job["cost_usd"])


async def test_drawn_here_they_cost_nothing_and_no_ai_is_claimed(desk):
    job = await desk.made(provider="local", variations=4)
    assert desk.calls() == 0
    assert job["cost_usd"] == "0" or Decimal(job["cost_usd"]) == 0
    assert len({one["sha256"] for one in job["variations"]}) == 4
    for one in job["variations"]:
        assert (one["is_ai"], one["provider"], one["width_px"]) == (False, "local", 400)
    assert len({one["alt_text"] for one in job["variations"]}) == 4, "each says what it shows"


async def test_what_is_drawn_here_can_be_had_in_the_request_and_what_is_paid_cannot(desk):
    body = {"company_id": str(desk.company.id), "prompt": PROMPT, **SMALL, "variations": 2}
    headers = {"Idempotency-Key": str(new_id())}
    wish = {**body, "provider": "local", "overlay": {"facts": {"title": "Jazz"}}}
    answers = [
        await desk.client.post(f"{ROUTE}?mode=sync", json=wish, headers=headers) for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [200, 200]
    told = answers[0].json()
    assert answers[1].json() == told, "once, and the same answer again"
    assert (told["mode"], told["job"]["status"]) == ("sync", "completed")
    assert all(one["with_facts"] for one in told["job"]["variations"])
    assert len(told["job"]["variations"]) == 2
    rows = await desk.seed.rows(
        "SELECT provider, status, cost_usd FROM posthub.generation WHERE company_id = :id",
        id=desk.company.id,
    )
    assert {(one.provider, one.status, one.cost_usd) for one in rows} == {("local", "completed", 0)}
    queued = await desk.client.post(f"{ROUTE}?mode=sync", json=body)
    assert (queued.status_code, queued.json()["mode"]) == (202, "queued")
    assert "openai takes a while" in queued.json()["detail"]
    assert desk.calls() == 0


async def test_a_picture_of_the_library_is_changed_at_its_own_size(desk, photo):
    media = desk.api.app.state.services.media
    source = await desk.seed.picture(desk.company, media, photo)
    wish = {"source_asset_id": str(source), "prompt": "Make it night"}
    local = await desk.ask(expected=422, provider="local", **wish, **NO_SIZE)
    assert "local draws new ones only" in local["detail"]
    job = await desk.made(**wish, **NO_SIZE)
    (one,) = job["variations"]
    assert (one["width_px"], one["height_px"]) == (640, 427)
    assert desk.server.calls("openai")[-1].body["image_bytes"] > 0
    changed = await desk.bytes_of(one["url"])
    assert source_type_in(changed) == "compositeWithTrainedAlgorithmicMedia"
    (row,) = await desk.seed.rows(
        "SELECT derived_from FROM posthub.media_asset WHERE id = :id", id=UUID(one["asset_id"])
    )
    assert row.derived_from == source


async def test_over_the_budget_nothing_is_asked_and_the_figures_say_why(desk):
    await desk.seed.insert(
        "usage_limit",
        id=new_id(),
        organization_id=desk.company.organization_id,
        company_id=desk.company.id,
        period="month",
        cost_usd=Decimal("0.30"),
    )
    refused = await desk.ask(expected=402, variations=2)
    assert refused["limit_source"] == "company/month/cost_usd"
    assert Decimal(refused["asked"]) > Decimal("0.30") == Decimal(refused["limit"])
    assert "has 0.3000 USD left" in refused["detail"]
    wish = {"company_id": str(desk.company.id), "prompt": PROMPT, "variations": 2}
    dear, free = (await desk.send("estimate", **wish))["quotes"]
    assert (dear["within_budget"], free["within_budget"]) == (False, True)
    assert "0.30" in dear["detail"]
    await desk.ask(provider="local")
    assert len(await desk.seed.rows(JOBS, id=desk.company.id)) == 1


JOBS = "SELECT * FROM posthub.job WHERE company_id = :id AND asset = 'generated_images' ORDER BY id"


async def test_five_requests_an_hour_on_our_keys_and_no_limit_on_an_own_one(open_desk):
    desk = await open_desk("MANAGER", timezone="UTC")
    for _ in range(5):
        await desk.ask()
    refused = await desk.ask(expected=429)
    assert "5 requests for AI images" in refused["detail"]
    kept = await desk.client.put("/v1/provider-keys/openai", json={"key": OWN_KEY})
    assert kept.status_code == 200, kept.text
    told = await desk.ask()
    assert told["key_source"] == "organization"
    await desk.ask()


async def test_a_run_that_ends_between_two_pictures_pays_for_none_of_them_twice(desk):
    told = await desk.ask(variations=2)
    desk.server.plan("openai", Fault.SLOW, on="image", delay_s=30.0)
    run = asyncio.create_task(desk.drain().run())
    for _ in range(400):
        await asyncio.sleep(0.05)
        job = await desk.read(told["job_id"])
        if job["progress"] >= 50:
            break
    assert (job["status"], job["progress"]) == ("running", 50)
    assert job["step"] == "picture 1 of 2 is there"
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    assert desk.calls() == 2
    await desk.work()
    job = await desk.read(told["job_id"])
    assert (job["status"], len(job["variations"])) == ("completed", 2)
    assert desk.calls() == 3, "the one that was answered is not asked for again"


async def test_where_one_picture_is_refused_the_others_come_and_the_job_says_so(desk):
    told = await desk.ask(variations=3, overlay={"facts": {"title": "Jazz"}})
    desk.server.plan("openai", Fault.BLOCKED_PROMPT, on="image")
    await desk.work()
    job = await desk.read(told["job_id"])
    assert job["status"] == "completed"
    assert job["step"].startswith("2 of 3 pictures. ")
    assert len(job["variations"]) == 2
    assert all(one["with_facts"] for one in job["variations"])
    partition = (desk.company.partition_key, desk.api.month)
    (report,) = await desk.factory.store.reports(ASSET, [partition])
    assert report.by_status == {
        "requests done": 1,
        "pictures": 2,
        "with facts": 2,
        "requests with a choice": 0,
        "waiting to be made": 0,
    }
    assert report.cost_usd == Decimal(job["cost_usd"]) > 0
    found = await desk.factory.store.findings(ASSET, [partition], detailed=True)
    assert (found.warnings, found.passed) == ({"variations": 1}, {"variations": 0, "alt_text": 1})
    assert found.examples[0][1] == PROMPT


async def test_where_all_are_refused_the_job_fails_with_the_reason(desk):
    told = await desk.ask(variations=2)
    desk.server.plan("openai", Fault.BLOCKED_PROMPT, on="image", times=2)
    await desk.work()
    job = await desk.read(told["job_id"])
    assert (job["status"], job["error_code"]) == ("failed", "prompt-blocked")
    refused = await desk.send(f"{told['job_id']}/select", 409, variation_index=1)
    assert "nothing to choose" in refused["detail"]


async def test_one_is_chosen_with_its_facts_and_its_formats_are_asked_for(desk):
    job = await desk.made(provider="local", variations=2, overlay={"facts": {"title": "Jazz"}})
    path = f"{job['job_id']}/select"
    missing = await desk.send(path, 404, variation_index=3)
    assert "there is 1, 2" in missing["detail"]
    chosen = await desk.send(path, variation_index=2, auto_format=True)
    second = job["variations"][1]
    assert chosen["asset_id"] == second["with_facts"]["asset_id"]
    (asked,) = await desk.seed.rows(
        "SELECT r.* FROM posthub.media_request r JOIN posthub.job j ON j.media_request_id = r.id"
        " WHERE j.id = :id",
        id=UUID(chosen["format_job_id"]),
    )
    assert (asked.kind, str(asked.source_asset_id)) == ("auto_format", chosen["asset_id"])
    assert (await desk.read(job["job_id"]))["chosen_asset_id"] == chosen["asset_id"]
    again = await desk.send(path, variation_index=1)
    assert (again["format_job_id"], again["asset_id"]) == (
        None,
        job["variations"][0]["with_facts"]["asset_id"],
    )


async def test_made_anew_they_are_other_pictures_with_the_shows_facts_of_now(desk):
    show = await desk.show()
    overlay = {"facts": {"call_to_action": "Come early"}}
    job = await desk.made(variations=1, show_id=show, overlay=overlay)
    assert desk.calls() == 1
    async with desk.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.show SET venue = 'Red Hall' WHERE id = :id"), {"id": UUID(show)}
        )
    told = await desk.send(
        f"{job['job_id']}/regenerate", 202, style="modern", changes="Fewer people, please."
    )
    await desk.work()
    fresh = await desk.read(told["job_id"])
    assert desk.calls() == 2
    assert "Fewer people, please." in str(desk.server.calls("openai")[-1].body)
    assert (fresh["round"], fresh["style"], fresh["prompt"]) == (1, "modern", PROMPT)
    (one,) = fresh["variations"]
    assert one["sha256"] != job["variations"][0]["sha256"]
    assert "Red Hall" in one["with_facts"]["alt_text"]
    assert "Come early" in one["with_facts"]["alt_text"]
    listed = (await desk.client.get(f"{ROUTE}?company={desk.company.id}")).json()["items"]
    assert [item["job_id"] for item in listed] == [told["job_id"], job["job_id"]]


async def test_the_palette_of_the_show_goes_before_the_colours_of_the_brand(desk):
    show, palettes = await desk.show(), "/v1/media/palettes"
    colors = ["#101820", "#2A9D8F", "#E9C46A", "#FFFFFF", "#F4A261"]
    new = {"company_id": str(desk.company.id), "name": "Night", "colors": colors}
    made = (await desk.client.post(palettes, json=new)).json()
    (checked,) = await desk.seed.rows(
        "SELECT month FROM posthub.job WHERE company_id = :id", id=desk.company.id
    )
    only = [(desk.company.partition_key, checked.month)]
    check = replace(desk.drain(), asset="brand_palettes", handle=make_or_check, only=only)
    assert (await check.run()).done == 1
    said = {"version": 1}
    yes = await desk.client.post(f"/v1/contents/{made['id']}/approve", json=said)
    to = {"to": "show", "show_id": show}
    applied = await desk.client.post(f"{palettes}/{made['id']}/apply", json=to)
    assert (yes.status_code, applied.status_code) == (200, 200), (yes.text, applied.text)

    await desk.ask(provider="local", show_id=show, overlay={})

    (asked,) = await desk.seed.rows(
        "SELECT wish FROM posthub.media_request WHERE company_id = :id", id=desk.company.id
    )
    roles = (await desk.client.get(f"{palettes}/{made['id']}")).json()["roles"]
    first = [roles[name] for name in ("primary", "secondary", "accent", "background")]
    expected = list(dict.fromkeys((*first, *colors)))
    assert asked.wish["palette"] == expected
    assert asked.wish["overlay"]["wish"]["colors"] == expected


async def test_a_scene_and_a_layout_of_the_templates_can_be_ordered_by_their_codes(desk):
    templates = (await desk.client.get("/v1/media/templates?language=cs")).json()
    scene = next(one for one in templates["scenes"] if one["code"] == "concert")
    layout = next(one for one in templates["layouts"] if one["code"] == "poster_marquee")
    assert (scene["name"], layout["placement"]) == ("Koncert", "top")
    job = await desk.made(
        prompt="",
        scene={"code": "concert", "variables": scene["example"]},
        overlay={
            "layout": "poster_marquee",
            "facts": {"title": "Slow", "price": "12 EUR"},
            "font": "lora",
        },
    )
    told = job["variations"][0]["with_facts"]["alt_text"]
    assert "Slow" in told and "12 EUR" not in told, "that layout shows no price"
    assert job["type"] == scene["image_type"]
    assert job["prompt"] == scene["example_prompt"]
    assert "a chamber orchestra" in str(desk.server.calls("openai")[-1].body).lower()
    (asked,) = await desk.seed.rows(
        "SELECT wish FROM posthub.media_request WHERE company_id = :id", id=desk.company.id
    )
    how = asked.wish["overlay"]["wish"]
    assert (how["placement"], how["font"], how["align"]) == ("top", "lora", "centre")
    assert how["colors"] == ["#7A1E2B", "#F2C14E"]


async def test_other_facts_are_laid_over_a_picture_again_for_nothing(open_desk, photo):
    desk = await open_desk(timezone="UTC", language="fa")
    media = desk.api.app.state.services.media
    source = await desk.seed.picture(desk.company, media, photo)
    facts = {"title": "شب جاز", "dates": "۵ دسامبر"}
    body = {"asset_id": str(source), "overlay": {"facts": facts, "placement": "top"}}
    laid = await desk.send("overlay", 201, **body)
    assert (laid["width_px"], laid["is_ai"]) == (640, False)
    assert laid["alt_text"].startswith("تصویر رویداد با این نوشته: «شب جاز»")
    data = await desk.bytes_of(laid["url"])
    assert source_type_in(data) == "composite"
    nothing = await desk.send("overlay", 422, asset_id=str(source))
    assert "There are no facts to lay over" in nothing["detail"]
    assert desk.calls() == 0


async def test_facts_are_laid_over_what_shows_through_as_if_it_were_white(desk):
    buffer = BytesIO()
    Image.new("RGBA", (640, 427), (0, 0, 0, 0)).save(buffer, "PNG")
    media = desk.api.app.state.services.media
    source = await desk.seed.picture(desk.company, media, buffer.getvalue(), media_type="image/png")
    laid = await desk.send("overlay", 201, asset_id=str(source), overlay=FREE)
    image = Image.open(BytesIO(await desk.bytes_of(laid["url"])))
    assert min(image.getpixel((5, 5))) > 250


FREE = {"facts": {"title": "Jazz"}}


async def test_facts_laid_over_a_picture_with_facts_take_their_place(desk, photo):
    source = await desk.seed.picture(desk.company, desk.api.app.state.services.media, photo)
    first = await desk.send("overlay", 201, asset_id=str(source), overlay=FREE)
    again = {"facts": {"title": "Blues"}}
    second = await desk.send("overlay", 201, asset_id=first["asset_id"], overlay=again)
    assert "Blues" in second["alt_text"]
    assert "Jazz" not in second["alt_text"]


async def test_made_anew_without_their_show_they_keep_its_facts(desk):
    show = await desk.show()
    job = await desk.made(provider="local", show_id=show, overlay={})
    async with desk.seed.database.engine.begin() as connection:
        gone = text("UPDATE posthub.show SET deleted_at = now() WHERE id = :id")
        await connection.execute(gone, {"id": UUID(show)})
    told = await desk.send(f"{job['job_id']}/regenerate", 202)
    await desk.work()
    (one,) = (await desk.read(told["job_id"]))["variations"]
    assert "Night of Jazz" in one["with_facts"]["alt_text"]


async def test_a_neighbours_show_picture_and_request_are_not_there(desk, open_desk, photo):
    other = await open_desk(timezone="UTC")
    show = await other.show()
    picture = await other.seed.picture(other.company, desk.api.app.state.services.media, photo)
    theirs = await other.ask(provider="local")
    await desk.ask(expected=404, show_id=show)
    await desk.ask(expected=404, source_asset_id=str(picture))
    await desk.ask(expected=404, company_id=str(other.company.id))
    await desk.send("overlay", 404, asset_id=str(picture))
    await desk.send(f"{theirs['job_id']}/select", 404, variation_index=1)
    assert (await desk.client.get(f"{ROUTE}/{theirs['job_id']}")).status_code == 404
    assert (await desk.client.get(ROUTE)).json()["items"] == []


async def test_of_a_company_that_is_erased_nothing_is_told_and_nothing_left(open_desk):
    desk = await open_desk("MANAGER", timezone="UTC")
    job = await desk.made(overlay={"facts": {"title": "Jazz"}})
    (one,) = job["variations"]
    erased = await desk.client.post(
        f"/v1/companies/{desk.company.id}/erasure",
        json={"confirm": "Company"},
    )
    assert erased.status_code in (200, 202), erased.text
    await desk.ask(expected=404)
    assert (await desk.client.get(f"{ROUTE}/{job['job_id']}")).status_code == 404
    assert (await desk.client.get(ROUTE)).json()["items"] == []
    async with desk.seed.database.engine.begin() as connection:
        due = "UPDATE posthub.erasure SET due_at = now() WHERE subject_id = :id"
        await connection.execute(text(due), {"id": desk.company.id})
    await desk.factory.upkeep.go_on_erasing()
    left = await desk.seed.rows(
        "SELECT id FROM posthub.media_asset WHERE company_id = :id AND prompt || alt_text <> ''"
        " UNION ALL SELECT id FROM posthub.media_request WHERE company_id = :id AND wish <> '{}'"
        " UNION ALL SELECT id FROM posthub.generation WHERE company_id = :id"
        " AND (response IS NOT NULL OR request IS NOT NULL)",
        id=desk.company.id,
    )
    assert left == [], "words go"
    store = desk.api.app.state.services.media
    for sha256 in (one["sha256"], one["with_facts"]["sha256"]):
        with pytest.raises(NotFound):
            store.open(desk.company.organization_id, sha256)


async def test_where_it_is_switched_off_the_refusal_says_who_switches_it_on(desk):
    before = await desk.ask(provider="local")
    async with desk.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.organization SET media_ai_images = false WHERE id = :id"),
            {"id": desk.company.organization_id},
        )
    refused = await desk.ask(expected=403)
    assert "A manager or above can switch it on" in refused["detail"]
    assert (await desk.client.get(f"{ROUTE}/{before['job_id']}")).status_code == 403
    assert (await desk.client.get(ROUTE)).json()["items"] == []


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"width_px": 400, "height_px": None}, "body"),
        ({"format": "poster"}, "body"),
        ({"variations": 5}, "variations"),
        ({"style": "baroque"}, "style"),
        ({"prompt": "  "}, "body"),
        ({"prompt": "", "scene": {"code": "opera"}}, "scene"),
        ({"prompt": "", "scene": {"code": "concert"}}, "variables.ensemble"),
        ({"overlay": {"layout": "nowhere", "facts": {"title": "x"}}}, "layout"),
        ({"overlay": {"placement": "custom"}}, "overlay"),
        ({"overlay": {"font": "comic"}}, "overlay.font"),
        ({"overlay": {}}, "overlay.facts"),
        ({"provider": "gemini"}, "provider"),
    ],
)
async def test_what_cannot_be_made_is_refused_before_anything_is_asked(desk, wish, field):
    refused = await desk.ask(expected=422, **wish)
    assert field in [one["field"].removeprefix("body.") for one in refused["errors"]]
    assert await desk.seed.rows(JOBS, id=desk.company.id) == []


async def test_the_same_request_sent_twice_is_one(desk):
    body = {"company_id": str(desk.company.id), "prompt": PROMPT, "provider": "local"}
    headers = {"Idempotency-Key": str(new_id())}
    answers = [await desk.client.post(ROUTE, json=body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await desk.seed.rows(JOBS, id=desk.company.id)) == 1

"""Making items by hand, ordering articles, and having versions written anew, over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from posthub_assets.domain.content import Kind, Status
from resources.ids import new_id

pytestmark = pytest.mark.anyio

URL = "/v1/contents"
TOPIC = {
    "title": "Why wheels go out of true",
    "description": "What a rider can hear, and what to do about it.",
    "focus_keyword": "true wheels",
    "planned_on": "2026-12-10",
}
POST = {
    "title": "Why wheels go out of true",
    "focus_keyword": "true wheels",
    "meta_title": "Why wheels go out of true",
    "meta_description": "What a rider can hear when a wheel goes out of true.",
    "markdown": "# Why wheels go out of true\n\nSpokes lose tension.\n",
}
SOCIAL = {"platform": "linkedin", "text": "Hear that?", "hashtags": [], "call_to_action": "Ride."}
ARTICLE = {"task": "caption", "title": "Wheels", "markdown": "Wheels turn.\n"}


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id))


@pytest.fixture
async def persona(seed, company):
    return await seed.item(company, kind=Kind.PERSONA, status=Status.APPROVED, month=None)


@pytest.fixture
def platform_key(app):
    """The platform has a key of a vendor's: what is written from here on is paid for."""
    services = app.state.services
    known = services.settings.providers
    paid = {**known, "gemini": replace(known["gemini"], api_key="AIza" + "0" * 35)}
    app.state.services = replace(services, settings=replace(services.settings, providers=paid))
    yield
    app.state.services = services


async def open_month(seed, company, quota=2):
    await seed.insert(
        "company_month",
        organization_id=company.organization_id,
        company_id=company.id,
        month=date(2026, 12, 1),
        tier="PRO",
        quota=quota,
        starts_on=date(2026, 12, 1),
        opened_by="command",
    )


async def make(client, company, kind, **given):
    return await client.post(URL, json={"company_id": str(company.id), "kind": kind, **given})


async def test_a_topic_by_hand_is_checked_next_and_has_a_voice(seed, company, supervisor, persona):
    await open_month(seed, company)
    answer = await make(supervisor, company, "topic", body=TOPIC)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["version"], made["status"]) == (1, "draft")
    item = (await supervisor.get(f"{URL}/{made['content_id']}")).json()
    assert (item["month"], item["persona_id"]) == ("2026-12", str(persona.id))
    assert item["current"]["sha256"] == made["sha256"]
    job = (await supervisor.get(f"/v1/jobs/{made['job_ids'][0]}")).json()
    assert (job["kind"], job["status"]) == ("check_topics", "pending")
    trail = await seed.rows(
        "SELECT action, after FROM posthub.audit WHERE subject_id = :id", id=made["content_id"]
    )
    assert [tuple(row) for row in trail] == [
        ("content.create", {"kind": "topic", "ordered": False, "status": "draft"})
    ]


async def test_a_month_that_is_not_open_or_full_takes_no_topic(seed, company, supervisor, persona):
    answer = await make(supervisor, company, "topic", body=TOPIC)
    assert answer.status_code == 409
    assert f"POST /v1/companies/{company.id}/months" in answer.json()["detail"]
    await open_month(seed, company, quota=1)
    assert (await make(supervisor, company, "topic", body=TOPIC)).status_code == 201
    answer = await make(supervisor, company, "topic", body=TOPIC)
    assert answer.status_code == 409
    assert "is full" in answer.json()["detail"]


async def test_of_many_topics_at_once_only_as_many_are_made_as_the_month_has_room_for(
    seed, company, supervisor, persona
):
    await open_month(seed, company, quota=3)
    answers = await asyncio.gather(
        *(make(supervisor, company, "topic", body=TOPIC) for _ in range(8))
    )
    assert sorted(one.status_code for one in answers) == [201] * 3 + [409] * 5


async def test_a_blog_post_stands_under_its_topic_and_there_is_one(seed, company, supervisor):
    topic = await seed.item(company, body=TOPIC, status=Status.APPROVED)
    given = {"body": POST, "parent_id": str(topic.id)}
    answer = await make(supervisor, company, "blog_post", **given)
    assert answer.status_code == 201, answer.text
    item = (await supervisor.get(f"{URL}/{answer.json()['content_id']}")).json()
    assert (item["month"], item["parent_id"]) == ("2026-12", str(topic.id))
    assert item["scheduled_at"].startswith("2026-12-10T08:00")
    assert item["current"]["parent_version_id"] == str(topic.version_id)
    again = await make(supervisor, company, "blog_post", **given)
    assert again.status_code == 409
    assert "There is a blog post at this place" in again.json()["detail"]


async def test_a_social_post_stands_at_its_platform(seed, company, supervisor):
    post = await seed.item(company, kind=Kind.BLOG_POST, body=POST)
    answer = await make(supervisor, company, "social_post", body=SOCIAL, parent_id=str(post.id))
    item = (await supervisor.get(f"{URL}/{answer.json()['content_id']}")).json()
    assert (item["place"], item["kind"]) == ("linkedin", "social_post")


@pytest.mark.parametrize(
    ("kind", "given", "code", "said"),
    [
        ("image", {"body": {}}, 422, "is not made by hand. Possible are: company_dna"),
        ("blog_post", {"body": POST}, 422, "give its parent_id"),
        ("blog_post", {"body": POST, "parent_id": str(new_id())}, 422, "no such topic"),
        ("blog_post", {"body": {"title": "x"}, "parent_id": str(new_id())}, 422, "focus_keyword"),
        ("article", {"body": ARTICLE, "month": "2026-12"}, 422, "An article belongs to no month"),
        ("article", {"body": ARTICLE, "parent_id": str(new_id())}, 422, "An article has no parent"),
        ("article", {"body": ARTICLE, "persona_id": str(new_id())}, 422, "no such active persona"),
        ("article", {}, 422, "one of them"),
        ("article", {"body": ARTICLE, "order": {"topic": "x"}}, 422, "one of them"),
        ("topic", {"order": {"topic": "x"}}, 422, "Only articles are ordered"),
        ("article", {"order": {"topic": "x", "task": "rewrite"}}, 422, "needs the text"),
        ("article", {"order": {"topic": "x", "min_words": 9, "max_words": 3}}, 422, "is above"),
        ("topic", {"body": TOPIC, "month": "2026-11"}, 422, "2026-12-10 is not in 2026-11"),
    ],
)
async def test_what_cannot_be_made_is_refused_by_name(
    company, supervisor, *, kind, given, code, said
):
    answer = await make(supervisor, company, kind, **given)
    assert answer.status_code == code, answer.text
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
async def test_a_time_out_of_reach_is_refused_and_the_list_stays_readable(company, supervisor, at):
    answer = await make(supervisor, company, "article", order={"topic": "Rims"}, scheduled_at=at)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "scheduled_at"
    assert (await supervisor.get(URL)).status_code == 200


async def test_nothing_is_made_for_a_stranger_or_under_anothers_topic(
    api, seed, company, supervisor
):
    other = await seed.company()
    stranger = api.known(await seed.person(other.organization_id))
    assert (await make(stranger, company, "article", body=ARTICLE)).status_code == 404
    topic = await seed.item(other, body=TOPIC)
    answer = await make(supervisor, company, "blog_post", body=POST, parent_id=str(topic.id))
    assert answer.status_code == 422
    counted = await seed.rows(
        "SELECT count(*) FROM posthub.content WHERE company_id = :id", id=company.id
    )
    assert counted[0][0] == 0


async def test_an_ordered_article_is_a_draft_until_it_is_written_and_made_once(company, supervisor):
    order = {"topic": "Rims\nand what they carry", "keywords": ["rims"], "task": "caption"}
    given = {"company_id": str(company.id), "kind": "article", "order": order}
    key = {"Idempotency-Key": str(new_id())}
    first = await supervisor.post(URL, json=given, headers=key)
    assert first.status_code == 201, first.text
    again = await supervisor.post(URL, json=given, headers=key)
    assert again.content == first.content
    made = first.json()
    assert (made["version"], made["sha256"], made["status"]) == (0, "", "draft")
    item = (await supervisor.get(f"{URL}/{made['content_id']}")).json()
    assert (item["title"], item["current"]) == ("Rims", None)
    job = (await supervisor.get(f"/v1/jobs/{made['job_ids'][0]}")).json()
    assert job["kind"] == "create_articles"
    busy = await supervisor.post(f"{URL}/{made['content_id']}/generate", json={})
    assert busy.status_code == 409
    assert busy.json()["job_id"] == made["job_ids"][0]
    assert busy.json()["type"].endswith("already-running")


async def test_who_asks_while_the_ordered_text_is_being_written_gets_its_next_version(
    seed, company, supervisor
):
    given = {"company_id": str(company.id), "kind": "article", "order": {"topic": "Rims"}}
    made = (await supervisor.post(URL, json=given)).json()
    item_id = made["content_id"]
    async with seed.database.engine.begin() as connection:
        # As the factory ends the job: the version and its item are written in one transaction.
        await connection.execute(
            text(
                "UPDATE posthub.content SET current_version = 1, status = 'in_review'"
                " WHERE id = :id"
            ),
            {"id": item_id},
        )
        await connection.execute(
            text("UPDATE posthub.job SET status = 'completed' WHERE id = :id"),
            {"id": made["job_ids"][0]},
        )
        await connection.execute(
            text(
                "INSERT INTO posthub.content_version (id, organization_id, content_id, number,"
                " body, sha256, word_count) VALUES (:version, :organization, :id, 1, '{}',"
                " repeat('a', 64), 2)"
            ),
            {"version": new_id(), "organization": company.organization_id, "id": item_id},
        )
        asking = asyncio.create_task(supervisor.post(f"{URL}/{item_id}/generate", json={}))
        await asyncio.sleep(0.3)
        assert not asking.done()
    answer = await asking
    assert answer.status_code == 202, answer.text
    (job,) = await seed.rows(
        "SELECT kind FROM posthub.job WHERE id = :id", id=answer.json()["job_id"]
    )
    assert job.kind == "revise_articles"


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, (300, 900)),
        ({"task": "caption"}, (20, 80)),
        ({"min_words": 2000}, (2000, 4000)),
        ({"min_words": 4000}, (4000, 5000)),
        ({"max_words": 120}, (60, 120)),
        ({"max_words": 1}, (1, 1)),
        ({"min_words": 50, "max_words": 60}, (50, 60)),
    ],
)
async def test_lengths_that_are_left_out_leave_room_to_write(
    seed, company, supervisor, given, asked
):
    made = await make(supervisor, company, "article", order={"topic": "Rims", **given})
    (job,) = await seed.rows(
        "SELECT params FROM posthub.job WHERE id = :id", id=made.json()["job_ids"][0]
    )
    order = job.params["order"]
    assert (order["min_words"], order["max_words"]) == asked


async def test_a_new_version_is_a_job_and_asked_for_once_at_a_time(seed, company, supervisor):
    item = await seed.item(company)
    path = f"{URL}/{item.id}/generate"
    answers = await asyncio.gather(
        *(supervisor.post(path, json={"instructions": "Warmer."}) for _ in range(5))
    )
    assert sorted(one.status_code for one in answers) == [202, 409, 409, 409, 409]
    job_id = next(one.json()["job_id"] for one in answers if one.status_code == 202)
    assert {one.json()["job_id"] for one in answers} == {job_id}
    rows = await seed.rows("SELECT kind, round, params FROM posthub.job WHERE id = :id", id=job_id)
    assert tuple(rows[0]) == ("revise_topics", 1, {"instructions": "Warmer."})


@pytest.mark.parametrize(
    ("values", "version", "said"),
    [
        ({"status": Status.APPROVED}, None, "The item is approved"),
        ({"status": Status.ARCHIVED}, None, "The item is archived"),
        ({"round": 3}, None, "A person writes the next version"),
        ({}, 7, "version 1 is the current one"),
    ],
)
async def test_what_a_machine_may_not_write_anew_is_409(
    seed, company, supervisor, *, values, version, said
):
    item = await seed.item(company, **values)
    answer = await supervisor.post(f"{URL}/{item.id}/generate", json={"version": version})
    assert answer.status_code == 409
    assert said in answer.json()["detail"]


async def spend(seed, company, **amounts):
    await seed.insert(
        "budget",
        id=new_id(),
        organization_id=company.organization_id,
        company_id=company.id,
        period="month",
        starts_on=datetime.now(UTC).date().replace(day=1),
        **amounts,
    )


async def test_over_budget_is_402_with_its_figures_where_a_vendor_would_be_paid(
    api, seed, company, supervisor, platform_key
):
    item = await seed.item(company)
    path = f"{URL}/{item.id}/generate"
    await spend(seed, company, spent_usd=Decimal(10_000), reserved_usd=Decimal("0.5"))
    answer = await supervisor.post(path, json={})
    assert answer.status_code == 402, answer.text
    said = answer.json()
    assert said["limit_source"] == "company/month/cost_usd"
    assert (Decimal(said["spent"]), Decimal(said["reserved"])) == (10_000, Decimal("0.5"))
    assert Decimal(said["limit"]) > 0 and said["resets_at"]
    assert "PUT /v1/usage/limits" in said["detail"]
    order = {"topic": "Rims"}
    assert (await make(supervisor, company, "article", order=order)).status_code == 402
    assert (await make(supervisor, company, "article", body=ARTICLE)).status_code == 201


async def test_local_writing_costs_nothing_and_is_never_over_budget(seed, company, supervisor):
    item = await seed.item(company)
    await spend(seed, company, spent_usd=Decimal(10_000))
    assert (await supervisor.post(f"{URL}/{item.id}/generate", json={})).status_code == 202

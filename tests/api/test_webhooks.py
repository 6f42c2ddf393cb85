"""Webhooks and notification settings over HTTP."""

from __future__ import annotations

import pytest

from resources.ids import new_id

pytestmark = pytest.mark.anyio
URL = "https://hooks.example.com/posthub"


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def marketer(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MARKETER"))


async def made(client, **values):
    answer = await client.post("/v1/webhooks", json={"url": URL, **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_secret_is_shown_once_and_kept_sealed(seed, marketer):
    hook = await made(marketer, topics=["month.ready"])
    assert hook["secret"].startswith("whsec_")
    read = await marketer.get(f"/v1/webhooks/{hook['id']}")
    assert "secret" not in read.json()
    assert read.json()["topics"] == ["month.ready"]
    (row,) = await seed.rows(
        "SELECT secret FROM posthub.webhook_endpoint WHERE id = :id", id=hook["id"]
    )
    assert hook["secret"].encode() not in bytes(row.secret)


async def test_the_same_request_again_makes_one_webhook_and_hides_its_secret(marketer):
    headers = {"Idempotency-Key": str(new_id())}
    answers = [
        await marketer.post("/v1/webhooks", json={"url": URL}, headers=headers) for _ in range(2)
    ]
    first, again = (answer.json() for answer in answers)
    assert first["id"] == again["id"]
    assert first["secret"]
    assert again["secret"] is None


async def test_a_rotated_secret_is_another_one_and_says_how_long_both_sign(marketer):
    hook = await made(marketer)
    answer = await marketer.post(f"/v1/webhooks/{hook['id']}/rotate-secret")
    assert answer.status_code == 200, answer.text
    assert answer.json()["secret"] not in (None, hook["secret"])
    assert answer.json()["previous_until"] is not None


async def test_a_webhook_is_changed_listed_and_deleted(seed, marketer):
    hook = await made(marketer)
    path = f"/v1/webhooks/{hook['id']}"
    changed = await marketer.patch(path, json={"is_active": False, "topics": ["job.failed"]})
    assert (changed.json()["is_active"], changed.json()["url"]) == (False, URL)
    listed = await marketer.get("/v1/webhooks")
    assert [one["id"] for one in listed.json()["items"]] == [hook["id"]]
    assert (await marketer.delete(path)).status_code == 204
    assert (await marketer.get(path)).status_code == 404
    rows = await seed.rows(
        "SELECT action FROM posthub.audit WHERE subject_id = :id ORDER BY id", id=hook["id"]
    )
    assert [row.action for row in rows] == ["webhook.create", "webhook.change", "webhook.delete"]


async def test_a_test_message_is_among_the_deliveries(marketer):
    hook = await made(marketer, topics=["job.failed"])
    answer = await marketer.post(f"/v1/webhooks/{hook['id']}/test")
    assert answer.status_code == 202, answer.text
    listed = await marketer.get(f"/v1/webhooks/{hook['id']}/deliveries")
    (one,) = listed.json()["items"]
    assert (one["id"], one["topic"]) == (answer.json()["delivery_id"], "webhook.test")
    assert (one["status"], one["attempts"]) == ("pending", 0)


async def test_a_strangers_webhook_is_not_there(api, seed, marketer):
    hook = await made(marketer)
    other = await seed.organization()
    stranger = api.known(await seed.person(other, "MANAGER"))
    path = f"/v1/webhooks/{hook['id']}"
    answers = [
        await stranger.get(path),
        await stranger.patch(path, json={"is_active": False}),
        await stranger.delete(path),
        await stranger.post(f"{path}/test"),
        await stranger.post(f"{path}/rotate-secret"),
        await stranger.get(f"{path}/deliveries"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert (await stranger.get("/v1/webhooks")).json()["items"] == []


async def test_a_supervisor_makes_and_sees_no_webhooks(api, seed, company, marketer):
    hook = await made(marketer)
    supervisor = api.known(await seed.person(company.organization_id))
    assert (await supervisor.post("/v1/webhooks", json={"url": URL})).status_code == 403
    assert (await supervisor.get(f"/v1/webhooks/{hook['id']}")).status_code == 403
    assert (await supervisor.get("/v1/webhooks")).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": URL, "topics": ["reminder.due"]}, "topics"),
        ({"url": URL, "topics": []}, "topics"),
    ],
)
async def test_what_cannot_be_called_is_refused_by_name(marketer, body, field):
    answer = await marketer.post("/v1/webhooks", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_people_set_their_own_quiet_hours(seed, marketer):
    before = await marketer.get("/v1/me/notifications")
    assert before.json() == {
        "email": True,
        "quiet_from": "20:00",
        "quiet_until": "08:00",
        "zone": None,
    }
    given = {"quiet_from": "22:30", "zone": "Asia/Tehran"}
    changed = await marketer.patch("/v1/me/notifications", json=given)
    assert changed.status_code == 200, changed.text
    changed = await marketer.patch("/v1/me/notifications", json={"email": False, "zone": None})
    after = await marketer.get("/v1/me/notifications")
    assert after.json() == changed.json()
    assert after.json() == {
        "email": False,
        "quiet_from": "22:30",
        "quiet_until": "08:00",
        "zone": None,
    }


@pytest.mark.parametrize("given", [{"zone": "Mars/Base"}, {"quiet_until": "8 o'clock"}])
async def test_a_time_or_zone_that_is_none_is_refused_by_name(marketer, given):
    answer = await marketer.patch("/v1/me/notifications", json=given)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(given))

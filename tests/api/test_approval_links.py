"""Links by which somebody without an account decides: made, listed, revoked."""

from __future__ import annotations

import pytest

from posthub_assets.domain.content import Status
from resources.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def supervisor(api, seed, company):
    return api.known(await seed.person(company.organization_id, name="Mara Maker"))


async def test_one_link_covers_what_waits_of_a_month_and_each_is_decided_once(
    api, seed, company, supervisor
):
    items = [await seed.item(company) for _ in range(3)]
    await seed.item(company, month=None)
    await seed.item(company, status=Status.DRAFT)
    body = {"recipient": "Board", "company_id": str(company.id), "month": "2026-12"}
    answer = await supervisor.post("/v1/approval-links", json=body)
    assert answer.status_code == 201, answer.text
    link = answer.json()
    assert {one["content_id"] for one in link["items"]} == {str(one.id) for one in items}
    page = await api.stranger.get(api.path_of(link))
    assert page.text.count('<li><a href="/approve/') == 3 and "<form" not in page.text
    first = await api.say(api.path_of(link) + "/1")
    assert first.status_code == 200 and api.path_of(link) + "/2" in first.text
    again = await api.stranger.get(api.path_of(link) + "/1")
    assert again.status_code == 200 and "<form" not in again.text
    await api.say(api.path_of(link) + "/3", "request_changes", reason="Shorter")
    last = await api.say(api.path_of(link) + "/2", "reject")
    assert "That was all" in last.text
    assert (await api.stranger.get(api.path_of(link))).status_code == 410
    known = (await supervisor.get("/v1/approval-links", params={"company": company.id})).json()
    (shown,) = known["items"]
    assert (shown["state"], "url" in shown) == ("used", False)
    actions = [one["action"] for one in shown["items"]]
    assert actions == ["approve", "reject", "request_changes"]
    for number in ("0", "4", "x", "²"):
        assert (await api.stranger.get(f"{api.path_of(link)}/{number}")).status_code in (404, 410)


async def test_links_are_listed_by_item_without_their_secrets(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic, expires_in_days=30)
    await api.made(supervisor, await seed.item(company))
    answer = await supervisor.get(f"/v1/contents/{topic.id}/approval-links")
    (shown,) = answer.json()["items"]
    assert (shown["id"], shown["state"], shown["recipient"]) == (
        link["id"],
        "open",
        "client@example.com",
    )
    secret = link["url"].rpartition("/")[2]
    assert secret not in answer.text
    rows = await seed.rows("SELECT l::text AS row FROM posthub.approval_link l")
    assert rows and all(secret not in row.row for row in rows)


async def test_links_of_a_deleted_company_are_nowhere_and_come_back_with_it(api, seed, company):
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    other = await seed.company(company.organization_id)
    gone = await api.made(manager, await seed.item(company))
    kept = await api.made(manager, await seed.item(other))
    path = f"/v1/companies/{company.id}"
    assert (await manager.post(f"{path}/erasure", json={"confirm": "Company"})).status_code == 202
    answer = await manager.get("/v1/approval-links")
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["items"]] == [kept["id"]]
    assert (await manager.delete(f"/v1/approval-links/{gone['id']}")).status_code == 404
    assert (await api.stranger.get(api.path_of(gone))).status_code == 404
    assert (await manager.post(f"{path}/restore")).status_code == 200
    shown = (await manager.get("/v1/approval-links")).json()["items"]
    assert [one["id"] for one in shown] == [kept["id"], gone["id"]]
    assert (await api.say(api.path_of(gone))).status_code == 200


async def test_a_replayed_request_holds_no_url(seed, company, supervisor):
    topic = await seed.item(company)
    body, headers = {"recipient": "Client", "version": 1}, {"idempotency-key": str(new_id())}
    path = f"/v1/contents/{topic.id}/approval-links"
    first = await supervisor.post(path, json=body, headers=headers)
    second = await supervisor.post(path, json=body, headers=headers)
    assert second.headers["idempotency-replayed"] == "true"
    assert (first.json()["id"], second.json()["url"]) == (second.json()["id"], None)
    assert first.json()["url"].startswith("http://127.0.0.1:8000/approve/ph_link_")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"version": 2}, 409),
        ({"recipient": " "}, 422),
        ({"recipient": "a@"}, 422),
        ({"expires_in_days": 31}, 422),
        ({"expires_in_days": 0}, 422),
        ({"version": 0}, 422),
        ({"more": 1}, 422),
    ],
)
async def test_a_link_that_would_be_good_for_nothing_is_not_made(
    seed, company, supervisor, change, status
):
    topic = await seed.item(company)
    body = {"recipient": "Client", "version": 1, **change}
    answer = await supervisor.post(f"/v1/contents/{topic.id}/approval-links", json=body)
    assert answer.status_code == status, answer.text


async def test_a_link_is_made_for_what_waits_in_one_company(api, seed, company, supervisor):
    draft = await seed.item(company, status=Status.DRAFT)
    body = {"recipient": "Client", "version": 1}
    answer = await supervisor.post(f"/v1/contents/{draft.id}/approval-links", json=body)
    assert answer.json()["type"].endswith(":illegal-transition")
    sibling = await seed.company(company.organization_id)
    foreign = await seed.item(await seed.company())
    one, two = await seed.item(company), await seed.item(sibling)

    async def over(*items, **more):
        pairs = [{"content_id": str(item.id), "version": 1} for item in items]
        answer = await supervisor.post(
            "/v1/approval-links", json={"recipient": "Client", "items": pairs, **more}
        )
        return answer.status_code

    assert await over(one, two) == 422
    assert await over(one, one) == 422
    assert await over(one, foreign) == 404
    assert await over(one, month="2026-12") == 422
    assert await over(one) == 201
    nothing = {"recipient": "Client", "company_id": str(company.id), "month": "2031-01"}
    assert (await supervisor.post("/v1/approval-links", json=nothing)).status_code == 409
    neither = await supervisor.post("/v1/approval-links", json={"recipient": "Client"})
    assert neither.status_code == 422


async def test_a_stranger_neither_sees_nor_revokes_a_link(api, seed, company, supervisor):
    topic = await seed.item(company)
    link = await api.made(supervisor, topic)
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    assert (await stranger.delete(f"/v1/approval-links/{link['id']}")).status_code == 404
    listed = await stranger.get(f"/v1/contents/{topic.id}/approval-links")
    assert listed.status_code == 404
    assert (await stranger.get("/v1/approval-links")).json()["items"] == []
    named = await stranger.get("/v1/approval-links", params={"company": str(company.id)})
    assert named.status_code == 404


async def test_a_machine_needs_the_scope_to_decide(api, seed, company):
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    topic = await seed.item(company)
    found = {}
    for scope in ("write", "decide"):
        token = await marketer.post("/v1/api-tokens", json={"name": scope, "scopes": [scope]})
        machine = api.client(authorization=f"Bearer {token.json()['token']}")
        body = {"recipient": "Client", "version": 1}
        answer = await machine.post(f"/v1/contents/{topic.id}/approval-links", json=body)
        found[scope] = answer.status_code
    assert found == {"write": 403, "decide": 201}
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    token = await manager.post("/v1/api-tokens", json={"name": "m", "scopes": ["write", "decide"]})
    machine = api.client(authorization=f"Bearer {token.json()['token']}")
    path = f"/v1/organizations/{company.organization_id}/reminder-links"
    assert (await machine.put(path, json={"in_reminders": True})).status_code == 403


async def test_a_manager_lets_reminders_bring_links(api, seed, company, supervisor):
    path = f"/v1/organizations/{company.organization_id}/reminder-links"
    assert (await supervisor.get(path)).json() == {"in_reminders": False}
    assert (await supervisor.put(path, json={"in_reminders": True})).status_code == 403
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    assert (await manager.put(path, json={"in_reminders": True})).status_code == 200
    assert (await supervisor.get(path)).json() == {"in_reminders": True}
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    for answer in (await stranger.get(path), await stranger.put(path, json={"in_reminders": True})):
        assert answer.status_code == 404

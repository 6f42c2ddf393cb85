"""Shows over HTTP: facts go in, are checked, and come out in words."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.anyio

EVENING: dict[str, Any] = {
    "title": "  Večer   písní ",
    "venue": "Divadlo na cestě",
    "address": "Ulice 1, Praha",
    "dates": [
        {"starts_at": "2026-12-05T19:30"},
        {"starts_at": "2026-12-04T19:30", "ends_at": "2026-12-04T22:00"},
    ],
    "price_from": "300",
    "price_to": 500,
    "currency": "czk",
    "performers": ["A", " B "],
    "call_to_action": "Kupte si lístky",
}


def dated(*starts: str) -> dict[str, Any]:
    return {"dates": [{"starts_at": one} for one in starts]}


@pytest.fixture
async def company(seed):
    return await seed.company(language="cs")


@pytest.fixture
async def client(api, seed, company):
    return api.known(await seed.person(company.organization_id))


async def made(client, company, **values: Any) -> dict[str, Any]:
    body = {"company_id": str(company.id), "title": "A show", **values}
    answer = await client.post("/v1/shows", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_show_is_made_and_reads_in_the_language_of_its_company(client, company):
    show = await made(client, company, **EVENING)
    assert (show["title"], show["performers"]) == ("Večer písní", ["A", "B"])
    assert show["dates"] == [
        {"starts_at": "2026-12-04T19:30", "ends_at": "2026-12-04T22:00"},
        {"starts_at": "2026-12-05T19:30", "ends_at": None},
    ]
    assert (show["price_from"], show["price_to"], show["currency"]) == ("300.00", "500.00", "CZK")
    assert show["zone"] == "Europe/Prague"
    assert show["words"]["dates"] == "pá 4. prosince, 19:30–22:00; so 5. prosince, 19:30"
    assert show["words"]["price"] == "300–500\u00a0Kč"
    assert (await client.get(f"/v1/shows/{show['id']}")).json() == show


@pytest.mark.parametrize(
    ("field", "values", "code"),
    [
        ("dates[0].starts_at", dated("2027-03-28T02:30"), "time-does-not-exist"),
        ("dates[0].starts_at", dated("soon"), "invalid-input"),
        ("price_to", {"price_from": "5", "price_to": "3", "currency": "EUR"}, "invalid-input"),
        ("price_from", {"price_from": "3.005", "currency": "EUR"}, "invalid-input"),
        ("currency", {"price_from": "3"}, "invalid-input"),
        ("title", {"title": "   "}, "invalid-input"),
        ("surprise", {"surprise": 1}, "invalid-input"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_by_its_field(client, company, field, values, code):
    answer = await client.post(
        "/v1/shows", json={"company_id": str(company.id), "title": "A show", **values}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith(code)
    assert field in [one["field"] for one in answer.json()["errors"]]


async def test_a_change_says_what_changes_and_null_takes_a_price_away(client, company):
    show = await made(client, company, **EVENING)
    path = f"/v1/shows/{show['id']}"
    changed = (await client.patch(path, json={"venue": "Jinde", "price_to": "600"})).json()
    assert (changed["venue"], changed["price_to"], changed["title"]) == (
        "Jinde",
        "600.00",
        "Večer písní",
    )
    assert changed["dates"] == show["dates"]
    dearer = await client.patch(path, json={"price_from": "700"})
    assert dearer.json()["errors"][0]["field"] == "price_to"
    free = (await client.patch(path, json={"price_from": None})).json()
    assert (free["price_from"], free["price_to"], free["words"]["price"]) == (None, None, "")
    assert (await client.patch(path, json={"title": None})).json()["title"] == "Večer písní"


async def test_lists_are_by_company_title_and_what_is_to_come(client, seed, company):
    other = await seed.company(company.organization_id)
    past = await made(
        client, company, title="100% of_it", dates=[{"starts_at": "2020-01-01T20:00"}]
    )
    timeless = await made(client, company, title="An exhibition")
    coming = await made(client, other, title="Evening", dates=[{"starts_at": "2027-01-01T20:00"}])

    async def titles(**query: Any) -> list[str]:
        page = (await client.get("/v1/shows", params=query)).json()
        return [one["title"] for one in page["items"]]

    assert await titles() == ["Evening", "An exhibition", "100% of_it"]
    assert await titles(company=str(company.id)) == ["An exhibition", "100% of_it"]
    assert await titles(q="EVEN") == ["Evening"]
    assert await titles(q="0% of_") == ["100% of_it"]
    assert await titles(q="%") == ["100% of_it"], "signs of LIKE stand for themselves"
    assert await titles(upcoming="true") == ["Evening"]
    assert await titles(upcoming="false") == ["An exhibition", "100% of_it"]
    first = (await client.get("/v1/shows", params={"limit": 2})).json()
    rest = (await client.get("/v1/shows", params={"cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [
        coming["id"],
        timeless["id"],
        past["id"],
    ]


async def test_a_show_that_runs_today_is_still_to_come(client, seed, company):
    (now,) = await seed.rows(
        "SELECT to_char(now() AT TIME ZONE 'Europe/Prague', 'YYYY-MM-DD\"T\"00:00') AS midnight,"
        " to_char(now() AT TIME ZONE 'Europe/Prague' + interval '1 hour',"
        " 'YYYY-MM-DD\"T\"HH24:MI') AS later"
    )
    await made(client, company, title="open", **dated(now.midnight))
    over = {"starts_at": "2020-01-01T20:00", "ends_at": now.later}
    await made(client, company, title="to its end", dates=[over])
    page = (await client.get("/v1/shows", params={"upcoming": "true"})).json()
    assert {one["title"] for one in page["items"]} == {"open", "to its end"}


async def test_a_deleted_show_is_not_there(client, seed, company):
    show = await made(client, company)
    path = f"/v1/shows/{show['id']}"
    assert (await client.delete(path)).status_code == 204
    assert [(await client.request(how, path, json=body)).status_code for how, body in (
        ("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None),
    )] == [404, 404, 404]  # fmt: skip
    assert (await client.get("/v1/shows")).json()["items"] == []
    trail = await seed.rows(
        "SELECT action FROM posthub.audit WHERE subject_id = :id ORDER BY id", id=show["id"]
    )
    assert [row.action for row in trail] == ["show.create", "show.delete"]


async def test_sent_twice_with_a_key_it_is_one_show(client, company):
    headers = {"idempotency-key": "once"}
    body = {"company_id": str(company.id), "title": "A show"}
    answers = [await client.post("/v1/shows", json=body, headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len((await client.get("/v1/shows")).json()["items"]) == 1


async def test_without_the_assistant_there_are_no_shows_and_it_says_whom_to_ask(
    api, client, seed, company
):
    show = await made(client, company)
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    path = f"/v1/organizations/{company.organization_id}"
    off = await manager.patch(path, json={"media_assistant": False})
    assert (off.json()["media_assistant"], off.json()["media_auto_format"]) == (False, True)
    refused = [
        await client.get(f"/v1/shows/{show['id']}"),
        await client.delete(f"/v1/shows/{show['id']}"),
        await client.get("/v1/shows", params={"company": str(company.id)}),
        await client.post("/v1/shows", json={"company_id": str(company.id), "title": "Another"}),
    ]
    assert [one.status_code for one in refused] == [403] * 4
    assert "A manager or above can switch it on" in refused[0].json()["detail"]
    assert (await client.get("/v1/shows")).json()["items"] == []
    assert (await manager.patch(path, json={"media_assistant": True})).status_code == 200
    assert (await client.get(f"/v1/shows/{show['id']}")).status_code == 200


async def test_only_managers_switch_the_assistant_and_the_trail_says_what(api, seed, company):
    path = f"/v1/organizations/{company.organization_id}"
    for role in ("SUPERVISOR", "MARKETER"):
        one = api.known(await seed.person(company.organization_id, role))
        assert (await one.patch(path, json={"media_ai_images": False})).status_code == 403
        assert (await one.get(path)).json()["media_ai_images"] is True
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    for body in ({}, {"media_ai_images": False}, {"media_ai_images": False}):
        assert (await manager.patch(path, json=body)).status_code == 200
    assert (await manager.get("/v1/organizations")).json()["items"][0]["media_ai_images"] is False
    (row,) = await seed.rows(
        "SELECT before, after FROM posthub.audit"
        " WHERE action = 'organization.media_assistant' AND organization_id = :id",
        id=company.organization_id,
    )
    assert (row.before, row.after) == ({"media_ai_images": True}, {"media_ai_images": False})

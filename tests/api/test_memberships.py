"""Memberships over HTTP: people assigned to organisations, marketers to managers."""

from __future__ import annotations

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.anyio

URL = "/v1/memberships"


@pytest.fixture
async def agency(seed):
    """A manager and a marketer of one organisation, and a second organisation beside it."""
    first, second = await seed.company(), await seed.company()
    manager = await seed.person(first.organization_id, "MANAGER")
    marketer = await seed.person(first.organization_id, "MARKETER")
    return first, second, manager, marketer


@pytest.fixture
async def admin(api, seed):
    return api.known(await seed.person(is_admin=True))


def into(company, person, role="MARKETER"):
    return {
        "user_id": str(person.id),
        "organization_id": str(company.organization_id),
        "role": role,
    }


def out_of(company, person):
    return {"user_id": str(person.id), "organization_id": str(company.organization_id)}


def under(marketer, manager):
    return {"user_id": str(marketer.id), "manager_id": str(manager.id)}


async def test_an_assigned_marketer_sees_the_organisation_until_it_ends(api, seed, agency, admin):
    _, second, _, marketer = agency
    client = api.known(marketer)
    company = f"/v1/companies/{second.id}"
    assert (await client.get(company)).status_code == 404
    assert (await admin.post(URL, json=into(second, marketer))).status_code == 201
    assert (await client.get(company)).status_code == 200
    await seed.person(second.organization_id)
    made = {"name": "portal", "scopes": ["read"], "organization_id": str(second.organization_id)}
    token = (await client.post("/v1/api-tokens", json=made)).json()["token"]
    machine = api.client(authorization=f"Bearer {token}")
    assert (await machine.get(company)).status_code == 200
    assert (await admin.delete(URL, params=out_of(second, marketer))).status_code == 204
    assert (await client.get(company)).status_code == 404
    assert (await machine.get(company)).status_code == 401
    actions = await seed.rows(
        "SELECT action, before, after FROM posthub.audit WHERE subject_id = :id ORDER BY at, id",
        id=str(marketer.id),
    )
    assert [one.action for one in actions] == ["membership.create", "membership.end"]
    assert actions[0].after == actions[1].before == {"role": "MARKETER"}


async def test_a_manager_sees_what_the_own_marketers_see(api, seed, agency, admin):
    first, second, manager, marketer = agency
    client = api.known(manager)
    await admin.post(URL, json=into(second, marketer))
    assert (await client.get(f"/v1/companies/{second.id}")).status_code == 404
    assert (await admin.post(URL, json=under(marketer, manager))).status_code == 201
    assert (await client.get(f"/v1/companies/{second.id}")).status_code == 200
    mine = (await client.get("/v1/me")).json()["organizations"]
    assert {one["role"] for one in mine} == {"MANAGER"}
    assert len(mine) == 2
    listed = (await client.get(URL, params={"manager_id": str(manager.id)})).json()["items"]
    assert {one["organization_id"] for one in listed} == {
        str(first.organization_id),
        str(second.organization_id),
    }
    assert (await admin.delete(URL, params=under(marketer, manager))).status_code == 204
    assert (await client.get(f"/v1/companies/{second.id}")).status_code == 404
    assert (await admin.delete(URL, params=under(marketer, manager))).status_code == 404


async def test_a_manager_who_has_marketers_there_is_sent_away_with_them_or_not_at_all(
    api, seed, agency
):
    first, _, manager, marketer = agency
    boss = api.known(await seed.person(first.organization_id, "MANAGER"))
    client, company = api.known(manager), f"/v1/companies/{first.id}/export"
    assert (await boss.post(URL, json=under(marketer, manager))).status_code == 201
    lower = {"role": "SUPERVISOR", "organization_id": str(first.organization_id)}
    for answer in (
        await boss.delete(URL, params=out_of(first, manager)),
        await boss.patch(f"/v1/users/{manager.id}", json=lower),
    ):
        assert answer.status_code == 409, answer.text
        assert "End that first: DELETE /v1/memberships?user_id=" in answer.json()["detail"]
    assert (await boss.delete(URL, params=under(marketer, manager))).status_code == 204
    assert (await boss.patch(f"/v1/users/{manager.id}", json=lower)).status_code == 200
    assert (await client.get(company)).status_code == 403
    assert (await boss.delete(URL, params=out_of(first, manager))).status_code == 204
    assert (await client.get(company)).status_code == 404


async def test_a_deleted_organisation_is_seen_by_no_manager(api, seed, agency, admin):
    _, second, manager, marketer = agency
    await admin.post(URL, json=into(second, marketer))
    await admin.post(URL, json=under(marketer, manager))
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.organization SET deleted_at = now() WHERE id = :id"),
            {"id": second.organization_id},
        )
    assert len((await api.known(manager).get("/v1/me")).json()["organizations"]) == 1


async def test_nobody_takes_a_marketer_to_see_more_than_they_manage(api, seed, agency, admin):
    _, second, manager, marketer = agency
    client = api.known(manager)
    assert (await client.post(URL, json=under(marketer, manager))).status_code == 201
    assert (await client.delete(URL, params=under(marketer, manager))).status_code == 204
    await admin.post(URL, json=into(second, marketer))
    answer = await client.post(URL, json=under(marketer, manager))
    assert answer.status_code == 403
    assert "ask an administrator" in answer.json()["detail"]
    assert (await client.get(f"/v1/companies/{second.id}")).status_code == 404


async def test_a_marketer_goes_to_a_manager_only(api, seed, agency):
    first, _, manager, marketer = agency
    client = api.known(manager)
    supervisor = await seed.person(first.organization_id)
    gone = await seed.person(first.organization_id, "MANAGER", is_active=False)
    for whom, to in (
        (supervisor, manager),
        (marketer, supervisor),
        (marketer, marketer),
        (marketer, gone),
    ):
        assert (await client.post(URL, json=under(whom, to))).status_code == 409
    stranger = await seed.person(await seed.organization(), "MANAGER")
    assert (await client.post(URL, json=under(marketer, stranger))).status_code == 404


async def test_people_are_assigned_within_what_one_manages(api, seed, agency):
    first, second, manager, marketer = agency
    client = api.known(manager)
    stranger = await seed.person(second.organization_id)
    assert (await client.post(URL, json=into(second, marketer))).status_code == 404
    assert (await client.post(URL, json=into(first, stranger))).status_code == 404
    assert (await client.delete(URL, params=out_of(second, stranger))).status_code == 404
    assert (await client.delete(URL, params=out_of(first, stranger))).status_code == 404
    below = api.known(marketer)
    assert (await below.post(URL, json=into(first, marketer, "MANAGER"))).status_code == 403
    assert (await below.delete(URL, params=out_of(first, manager))).status_code == 403
    supervisor = api.known(await seed.person(first.organization_id))
    assert (await supervisor.get(URL)).status_code == 403


async def test_nobody_ends_or_changes_their_own_membership(api, agency, admin):
    first, _, manager, _ = agency
    client = api.known(manager)
    assert (await client.delete(URL, params=out_of(first, manager))).status_code == 403
    assert (await client.post(URL, json=into(first, manager))).status_code == 403
    assert (await client.get("/v1/audit")).status_code == 200


async def test_assigning_twice_is_once_and_another_role_is_a_change(api, agency, seed):
    first, _, manager, marketer = agency
    client = api.known(manager)
    assert (await client.post(URL, json=into(first, marketer))).status_code == 201
    answer = await client.post(URL, json=into(first, marketer, "MANAGER"))
    assert answer.status_code == 409
    assert "PATCH /v1/users" in answer.json()["detail"]
    rows = await seed.rows(
        "SELECT 1 FROM posthub.audit WHERE subject_id = :id", id=str(marketer.id)
    )
    assert not rows


async def test_the_last_one_who_can_approve_is_not_sent_away(api, seed, agency, admin):
    _, second, _, _ = agency
    last = await seed.person(second.organization_id)
    answer = await admin.delete(URL, params=out_of(second, last))
    assert answer.status_code == 409
    assert "the last person" in answer.json()["detail"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"role": "MARKETER"},
        {"organization_id": "00000000-0000-0000-0000-000000000001"},
        {
            "organization_id": "00000000-0000-0000-0000-000000000001",
            "manager_id": "00000000-0000-0000-0000-000000000001",
            "role": "MARKETER",
        },
        {"manager_id": "00000000-0000-0000-0000-000000000001", "role": "MARKETER"},
        {"organization_id": "00000000-0000-0000-0000-000000000001", "role": "ADMIN"},
    ],
)
async def test_a_membership_is_one_kind_or_the_other(api, agency, given):
    _, _, manager, marketer = agency
    client = api.known(manager)
    body = {"user_id": str(marketer.id), **given}
    assert (await client.post(URL, json=body)).status_code == 422


async def test_memberships_are_paged(api, agency):
    first, _, manager, marketer = agency
    client = api.known(manager)
    read, cursor = [], None
    for _ in range(2):
        params = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = (await client.get(URL, params=params)).json()
        read += [one["user_id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(read) == sorted([str(manager.id), str(marketer.id)])
    assert cursor is None
    one = (await client.get(URL, params={"user_id": str(marketer.id)})).json()["items"]
    assert [(row["role"], row["organization_id"]) for row in one] == [
        ("MARKETER", str(first.organization_id))
    ]

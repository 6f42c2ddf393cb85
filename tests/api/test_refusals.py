"""A refused privilege is in the audit trail; what is not there, or not signed in, is not."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company()


async def refusals_of(seed, person):
    return await seed.rows(
        "SELECT organization_id, subject_kind, subject_id, after, request_id FROM posthub.audit"
        " WHERE actor_id = :id AND action = 'privilege.refused' ORDER BY at",
        id=person.id,
    )


async def test_a_refusal_names_who_asked_for_what_and_why_not(api, seed, company):
    person = await seed.person(company.organization_id)
    answer = await api.known(person).get("/v1/invitations")
    assert answer.status_code == 403
    (row,) = await refusals_of(seed, person)
    assert row.organization_id == company.organization_id
    assert (row.subject_kind, row.subject_id) == ("operation", "GET /v1/invitations")
    assert row.after == {"path": "/v1/invitations", "because": answer.json()["detail"]}
    assert row.request_id == answer.json()["request_id"]


async def test_a_manager_reads_the_refusals_of_the_organisation(api, seed, company):
    person = await seed.person(company.organization_id)
    await api.known(person).get("/v1/audit")
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    params = {"action": "privilege.refused", "actor": str(person.id)}
    (read,) = (await manager.get("/v1/audit", params=params)).json()["items"]
    assert read["subject_id"] == "GET /v1/audit"
    stranger = api.known(await seed.person(await seed.organization(), "MANAGER"))
    assert not (await stranger.get("/v1/audit", params=params)).json()["items"]


async def test_the_platforms_operations_are_refused_into_the_trail(api, seed, company):
    person = await seed.person(company.organization_id, "MANAGER")
    assert (await api.known(person).get("/v1/admin/providers")).status_code == 403
    (row,) = await refusals_of(seed, person)
    assert row.subject_id == "GET /v1/admin/providers"


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "%0A", "x" * 5000])
async def test_a_path_that_cannot_be_stored_is_refused_all_the_same(api, seed, company, odd):
    person = await seed.person(company.organization_id, "MANAGER")
    answer = await api.known(person).get(f"/v1/admin/providers/open{odd}ai")
    assert answer.status_code == 403
    (row,) = await refusals_of(seed, person)
    assert row.after["path"].startswith("/v1/admin/providers/open")


async def test_who_belongs_to_several_is_refused_where_the_thing_is(api, seed, company):
    person = await seed.person(company.organization_id, "MANAGER")
    other = await seed.organization()
    await seed.insert("membership", organization_id=other, user_id=person.id, role="SUPERVISOR")
    client = api.known(person)
    given = {"organization_id": str(other)}
    assert (await client.get("/v1/audit", params=given)).status_code == 403
    (row,) = await refusals_of(seed, person)
    assert row.organization_id == other


async def test_four_eyes_and_each_of_many_decisions_leave_their_refusal(api, seed):
    company = await seed.company(await seed.organization(four_eyes=True))
    person = await seed.person(company.organization_id)
    item = await seed.item(company, author=person.id)
    client = api.known(person)
    decision = {"content_id": str(item.id), "action": "approve", "version": 1}
    await client.post(f"/v1/contents/{item.id}/approve", json={"version": 1})
    answer = await client.post("/v1/decisions", json={"decisions": [decision]})
    assert answer.json()["results"][0]["status"] == 403
    rows = await refusals_of(seed, person)
    assert [one.subject_id for one in rows] == [
        "POST /v1/contents/{content_id}/approve",
        "POST /v1/decisions",
    ]
    assert {one.organization_id for one in rows} == {company.organization_id}


async def test_a_token_without_the_scope_is_refused_into_the_trail(api, seed, company):
    person = await seed.person(company.organization_id, "MARKETER")
    made = {"name": "portal", "scopes": ["read"]}
    token = (await api.known(person).post("/v1/api-tokens", json=made)).json()["token"]
    machine = api.client(authorization=f"Bearer {token}")
    assert (await machine.get("/v1/users")).status_code == 403
    (row,) = await refusals_of(seed, person)
    assert "a person who signs in" in row.after["because"]


async def test_what_is_not_there_is_no_refused_privilege(api, seed, company):
    person = await seed.person(company.organization_id)
    neighbour = await seed.item(await seed.company())
    assert (await api.known(person).get(f"/v1/contents/{neighbour.id}")).status_code == 404
    assert not await refusals_of(seed, person)


async def test_a_refusal_changes_nothing_else_and_a_key_may_be_used_again(api, seed, company):
    person = await seed.person(company.organization_id)
    client, headers = api.known(person), {"Idempotency-Key": "refused"}
    given = {"email": "somebody@example.com", "role": "SUPERVISOR"}
    for _ in range(2):
        answer = await client.post("/v1/invitations", json=given, headers=headers)
        assert answer.status_code == 403
    assert len(await refusals_of(seed, person)) == 2
    kept = await seed.rows(
        "SELECT 1 FROM posthub.idempotency_key WHERE user_id = :id", id=person.id
    )
    assert not kept

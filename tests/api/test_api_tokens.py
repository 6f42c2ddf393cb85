"""Tokens for machines: as far as their scopes go, in one organisation, until they are revoked."""

from __future__ import annotations

import pytest
from sqlalchemy import text


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def marketer(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MARKETER"))


async def made(api, marketer, *scopes, **values):
    given = {"name": "portal", "scopes": list(scopes), **values}
    answer = await marketer.post("/v1/api-tokens", json=given)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    return said, api.client(authorization=f"Bearer {said['token']}")


async def test_a_token_goes_as_far_as_its_scopes(api, seed, company, marketer):
    item = await seed.item(company)
    _, reader = await made(api, marketer, "read")
    _, decider = await made(api, marketer, "decide")
    approve = f"/v1/contents/{item.id}/approve"
    archive = f"/v1/contents/{item.id}/archive"
    assert (await reader.get(f"/v1/contents/{item.id}")).status_code == 200
    for refused in (approve, archive):
        assert (await reader.post(refused, json={"version": 1})).status_code == 403
    assert (await decider.get(f"/v1/contents/{item.id}")).status_code == 403
    assert (await decider.post(approve, json={"version": 1})).status_code == 200
    assert (await decider.post(archive)).status_code == 403


async def test_a_token_sees_one_organisation_even_where_its_person_sees_all(api, seed, company):
    other = await seed.company()
    admin = api.known(await seed.person(is_admin=True))
    given = {"organization_id": str(company.organization_id)}
    _, machine = await made(api, admin, "read", "write", **given)
    assert (await machine.get(f"/v1/companies/{company.id}")).status_code == 200
    assert (await machine.get(f"/v1/companies/{other.id}")).status_code == 404
    listed = (await machine.get("/v1/companies")).json()["items"]
    assert [one["id"] for one in listed] == [str(company.id)]
    assert (await machine.post("/v1/organizations", json={"name": "New"})).status_code == 403


async def test_a_token_makes_no_keys_to_the_house(api, marketer):
    _, machine = await made(api, marketer, "read", "decide", "write")
    asked = {
        "/v1/api-tokens": {"name": "another", "scopes": ["read"]},
        "/v1/invitations": {"email": "somebody@example.com", "role": "SUPERVISOR"},
        "/v1/auth/password": {"current": "x" * 12, "new": "y" * 12},
    }
    for path, body in asked.items():
        assert (await machine.post(path, json=body)).status_code == 403, path
    assert (await machine.get("/v1/api-tokens")).status_code == 403


async def test_a_revoked_or_expired_or_made_up_token_is_nobodys(api, seed, marketer):
    said, machine = await made(api, marketer, "read")
    assert (await machine.get("/v1/me")).status_code == 200
    assert (await marketer.delete(f"/v1/api-tokens/{said['id']}")).status_code == 204
    assert (await machine.get("/v1/me")).status_code == 401
    _, expired = await made(api, marketer, "read", expires_at="2020-01-01T00:00:00Z")
    assert (await expired.get("/v1/me")).status_code == 401
    assert (await api.client(authorization="Bearer ph_made-up").get("/v1/me")).status_code == 401


async def test_a_token_ends_with_its_persons_membership(api, seed, company):
    person = await seed.person(company.organization_id, "MARKETER")
    _, machine = await made(api, api.known(person), "read")
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text("DELETE FROM posthub.membership WHERE user_id = :id"), {"id": person.id}
        )
    assert (await machine.get("/v1/me")).status_code == 401


async def test_the_secret_is_shown_once_and_stored_nowhere(api, seed, company, marketer):
    said, machine = await made(api, marketer, "read")
    await machine.get("/v1/me")
    (listed,) = (await marketer.get("/v1/api-tokens")).json()["items"]
    assert "token" not in listed
    assert listed["last_used_at"]
    rows = await seed.rows(
        "SELECT t::text AS kept FROM posthub.api_token t WHERE organization_id = :id"
        " UNION ALL SELECT a::text FROM posthub.audit a WHERE organization_id = :id",
        id=company.organization_id,
    )
    assert len(rows) == 2
    assert all(said["token"] not in row.kept for row in rows)


async def test_a_token_asked_for_twice_is_one_and_its_secret_is_told_once(marketer):
    given, headers = {"name": "twice", "scopes": ["read"]}, {"Idempotency-Key": "a token"}
    first, second = [
        (await marketer.post("/v1/api-tokens", json=given, headers=headers)).json()
        for _ in range(2)
    ]
    assert first["token"].startswith("ph_")
    assert second == first | {"token": None}


async def test_a_supervisor_makes_no_tokens(api, seed, company):
    supervisor = api.known(await seed.person(company.organization_id))
    given = {"name": "portal", "scopes": ["read"]}
    assert (await supervisor.post("/v1/api-tokens", json=given)).status_code == 403

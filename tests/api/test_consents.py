"""Consents over HTTP: said once, kept for ever, the last word holds."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from resources.database.engine import Scope
from resources.ids import new_id

pytestmark = pytest.mark.anyio

TERMS = {"purpose": "terms", "text_version": "2026-11"}


@pytest.fixture
async def company(seed):
    return await seed.company()


@pytest.fixture
async def marketer(api, seed, company):
    return api.known(await seed.person(company.organization_id, "MARKETER"))


async def said(client, **params):
    answer = await client.get("/v1/consents", params=params)
    assert answer.status_code == 200, answer.text
    return [(one["purpose"], one["given"]) for one in answer.json()["items"]]


async def test_who_registers_says_yes_to_the_terms(api):
    body = {
        "email": f"founder-{new_id()}@example.com",
        "password": "correct horse battery staple",
        "name": "Founder",
        "company": "The bakery",
        "consents": [TERMS, {"purpose": "newsletter", "text_version": "1"}],
    }
    answer = await api.stranger.post("/v1/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    founder = api.client(authorization=f"Bearer {answer.json()['access_token']}")
    (newsletter, terms) = (await founder.get("/v1/consents")).json()["items"]
    assert (terms["purpose"], terms["text_version"]) == ("terms", "2026-11")
    assert terms["person_id"] == terms["recorded_by"] == answer.json()["user_id"]
    assert newsletter["given"] is True
    wrong = {**body, "email": f"b-{new_id()}@example.com", "consents": [{"purpose": "Terms!"}]}
    assert (await api.stranger.post("/v1/auth/register", json=wrong)).status_code == 422


async def test_a_yes_can_be_withdrawn_and_both_stay(marketer):
    for given in (True, False):
        answer = await marketer.post("/v1/consents", json={**TERMS, "given": given})
        assert answer.status_code == 201, answer.text
    assert await said(marketer) == [("terms", False), ("terms", True)]
    assert await said(marketer, current=True) == [("terms", False)]
    assert await said(marketer, purpose="newsletter") == []


async def test_a_contact_without_an_account_is_known_by_the_address(marketer):
    body = {**TERMS, "contact": " Baker@Example.com "}
    answer = await marketer.post("/v1/consents", json=body)
    assert (answer.json()["contact"], answer.json()["person_id"]) == ("baker@example.com", None)
    both = {**body, "person_id": str(new_id())}
    assert (await marketer.post("/v1/consents", json=both)).status_code == 422
    no_address = {**TERMS, "contact": "the baker"}
    assert (await marketer.post("/v1/consents", json=no_address)).status_code == 422


async def test_a_supervisor_speaks_for_nobody_else_and_reads_nobody_elses(
    api, seed, company, marketer
):
    person = await seed.person(company.organization_id)
    client = api.known(person)
    other = {**TERMS, "contact": "baker@example.com"}
    assert (await client.post("/v1/consents", json=other)).status_code == 403
    await marketer.post("/v1/consents", json=other)
    assert await said(client) == []
    assert (await client.post("/v1/consents", json=TERMS)).status_code == 201
    assert await said(client) == [("terms", True)]
    assert len(await said(marketer)) == 2
    assert await said(marketer, person_id=str(person.id)) == [("terms", True)]


async def test_strangers_are_not_spoken_for(api, seed, company, marketer):
    stranger = await seed.person((await seed.company()).organization_id)
    body = {**TERMS, "person_id": str(stranger.id)}
    assert (await marketer.post("/v1/consents", json=body)).status_code == 404


async def test_what_was_said_is_not_unsaid(api_database, factory_database, owner, seed, company):
    contact = "baker@example.com"
    await seed.insert(
        "consent",
        id=new_id(),
        organization_id=company.organization_id,
        contact=contact,
        purpose="terms",
        text_version="1",
        given=True,
    )
    for statement in (
        "UPDATE posthub.consent SET given = false",
        "DELETE FROM posthub.consent",
        "TRUNCATE posthub.consent",
    ):
        for database in (api_database, factory_database):
            with pytest.raises(DBAPIError):
                async with database.transaction(Scope.of(company.organization_id)) as connection:
                    await connection.execute(text(statement))
        with pytest.raises(DBAPIError, match="append-only"):
            async with owner.begin_nested():
                await owner.execute(text(statement))


async def test_erasing_a_person_takes_their_address_out_of_consents(api, seed, company):
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    person = await seed.person(company.organization_id)
    await manager.post("/v1/consents", json={**TERMS, "contact": person.email})
    path = f"/v1/users/{person.id}/erasure"
    answer = await manager.post(path, json={"confirm": person.email})
    assert answer.json()["counts"]["consent"] == 1
    (kept,) = (await manager.get("/v1/consents")).json()["items"]
    assert kept["contact"].startswith("erased-") and kept["given"] is True


async def test_a_contact_is_erased_by_the_address(api, seed, company, marketer):
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    elsewhere = await seed.company()
    stranger = api.known(await seed.person(elsewhere.organization_id, "MANAGER"))
    address = f"{new_id()}@example.com"
    for client in (marketer, stranger):
        await client.post("/v1/consents", json={**TERMS, "contact": address})
    await marketer.post("/v1/consents", json={**TERMS, "contact": address, "given": False})
    await manager.post("/v1/invitations", json={"email": address, "role": "SUPERVISOR"})
    body = {"email": address.upper()}
    assert (await marketer.post("/v1/contacts/erasure", json=body)).status_code == 403
    answer = await manager.post("/v1/contacts/erasure", json=body)
    assert answer.json() == {"counts": {"consent": 2, "invitation": 1, "approval_link": 0}}
    for path in ("/v1/consents", "/v1/invitations", "/v1/audit"):
        assert address not in (await manager.get(path)).text, path
    assert await said(manager, current=True) == [("terms", False)], "the last word still holds"
    assert address in (await stranger.get("/v1/consents")).text, "another organisation's to erase"

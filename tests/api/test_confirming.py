"""Confirming an e-mail address: asked once, by a page that only a POST answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from resources.database.engine import EVERYTHING
from resources.database.repositories import confirmations
from resources.ids import new_id

pytestmark = pytest.mark.anyio


async def registered(api, **values):
    given = {
        "email": f"founder-{new_id()}@example.com",
        "password": "correct horse battery staple",
        "name": "Founder",
        "company": "Žlutý kůň",
        "website": "https://example.com",
        "language": "cs",
        **values,
    }
    answer = await api.stranger.post("/v1/auth/register", json=given)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    return said, api.client(authorization=f"Bearer {said['access_token']}")


async def link_of(factory_database, said, now=None):
    async with factory_database.transaction(EVERYTHING) as connection:
        secret = await confirmations.make(connection, said["user_id"], now or datetime.now(UTC))
    return f"/confirm/{secret}"


async def asked(seed, said):
    rows = await seed.rows(
        "SELECT payload FROM posthub.outbox WHERE topic = 'user.confirm_email'"
        " AND organization_id = :id",
        id=said["organization_id"],
    )
    return [row.payload for row in rows]


async def confirmed(client):
    return (await client.get("/v1/me")).json()["email_confirmed"]


def token_in(page):
    return re.search(r'name="token" value="([0-9a-f]{64})"', page.text)[1]


async def test_who_registers_is_asked_and_confirms_by_a_button(api, seed, factory_database):
    said, founder = await registered(api)
    assert await asked(seed, said) == [{"user_id": said["user_id"]}]
    path = await link_of(factory_database, said)
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        page = await api.stranger.request(method, path)
    assert not await confirmed(founder)
    assert "Ano, patří mi" in page.text and "@example.com" in page.text

    answer = await api.stranger.post(path, data={"token": token_in(page)})
    assert answer.status_code == 200 and "Adresa je potvrzena" in answer.text
    assert await confirmed(founder)
    for again in (await api.stranger.get(path), await api.stranger.post(path, data={})):
        assert again.status_code == 200 and "Adresa je potvrzena" in again.text
    rows = await seed.rows(
        "SELECT count(*) FROM posthub.audit WHERE action = 'user.email_confirmed'"
        " AND subject_id = :id",
        id=said["user_id"],
    )
    assert rows[0].count == 1


async def test_people_who_were_made_or_invited_are_not_asked(api, seed):
    organization_id = await seed.organization()
    assert await confirmed(api.known(await seed.person(organization_id)))
    manager = api.known(await seed.person(organization_id, "MANAGER"))
    email = f"guest-{new_id()}@example.com"
    made = await manager.post("/v1/invitations", json={"email": email, "role": "SUPERVISOR"})
    joined = await api.stranger.post(
        "/v1/auth/accept-invitation",
        json={"token": made.json()["token"], "password": "correct horse battery staple"},
    )
    client = api.client(authorization=f"Bearer {joined.json()['access_token']}")
    assert await confirmed(client)


async def test_a_form_that_is_not_ours_confirms_nothing(api, factory_database):
    said, founder = await registered(api)
    other, _ = await registered(api)
    path = await link_of(factory_database, said)
    strange = token_in(await api.stranger.get(await link_of(factory_database, other)))
    own = token_in(await api.stranger.get(path))
    for fields, headers in [
        ({}, {}),
        ({"token": strange}, {}),
        ({"token": own}, {"sec-fetch-site": "cross-site"}),
        ({"token": own}, {"origin": "https://elsewhere.example"}),
    ]:
        answer = await api.stranger.post(path, data=fields, headers=headers)
        assert answer.status_code == 403, answer.text
    assert not await confirmed(founder)


async def test_an_old_or_unknown_link_says_what_to_do(api, factory_database):
    said, founder = await registered(api)
    old = await link_of(factory_database, said, datetime.now(UTC) - timedelta(days=4))
    page = await api.stranger.get(old)
    assert page.status_code == 410 and "požádejte o nový" in page.text
    assert (await api.stranger.post(old, data={"token": "a" * 64})).status_code == 410
    assert (await api.stranger.get(old + "x")).status_code == 404
    new = await link_of(factory_database, said)
    assert (await api.stranger.get(old)).status_code == 404, "a new link takes the old one's place"
    assert (await api.stranger.get(new)).status_code == 200
    assert not await confirmed(founder)


async def test_another_link_is_sent_once_an_hour_until_it_is_confirmed(api, seed, factory_database):
    said, founder = await registered(api)
    soon = await founder.post("/v1/me/confirmation")
    assert soon.status_code == 409 and "an hour ago" in soon.json()["detail"]
    async with seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.app_user SET confirmation_asked_at = now() - interval '61 minutes'"
                " WHERE id = :id"
            ),
            {"id": said["user_id"]},
        )
    codes = [(await founder.post("/v1/me/confirmation")).status_code for _ in range(2)]
    assert codes == [202, 409]
    assert len(await asked(seed, said)) == 2
    path = await link_of(factory_database, said)
    await api.stranger.post(path, data={"token": token_in(await api.stranger.get(path))})
    late = await founder.post("/v1/me/confirmation")
    assert late.status_code == 409 and "confirmed already" in late.json()["detail"]

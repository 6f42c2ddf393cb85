"""Erasing people over HTTP: a pseudonym stays, with the decisions; no name, no way in."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from resources.database.repositories import people
from resources.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company()


async def decided_by(seed, company, person):
    item, decision = await seed.item(company), new_id()
    await seed.insert(
        "decision",
        id=decision,
        organization_id=company.organization_id,
        content_id=item.id,
        version_id=item.version_id,
        version_number=1,
        sha256=item.sha256,
        action="approve",
        decided_by=person.id,
    )
    await seed.insert(
        "decision_origin",
        organization_id=company.organization_id,
        decision_id=decision,
        ip="192.0.2.7",
        user_agent="a browser",
    )
    return decision


async def everything_about(seed, word: str) -> list[str]:
    tables = await seed.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'posthub'")
    found = []
    for table in tables:
        sql = f"SELECT 1 FROM posthub.{table.tablename} t WHERE strpos(t::text, :word) > 0"  # noqa: S608
        if await seed.rows(sql, word=word):
            found.append(table.tablename)
    return found


async def test_of_a_person_their_decisions_are_left_and_no_name(api, seed, company):
    word = f"zq{new_id().hex}"
    person = await seed.person(
        company.organization_id, name=f"Ada {word}", email=f"{word}@example.com"
    )
    person = type(person)(person.id, f"{word}@example.com", person.password)
    decision = await decided_by(seed, company, person)
    client = await api.sign_in(person)
    assert (await client.get("/v1/me")).json()["name"] == f"Ada {word}"
    await seed.insert(
        "invitation",
        id=new_id(),
        organization_id=company.organization_id,
        email=person.email,
        role="SUPERVISOR",
        token_hash=word,
        invited_by=person.id,
        expires_at=datetime.now(UTC),
    )
    await seed.insert(
        "audit",
        id=new_id(),
        organization_id=company.organization_id,
        actor_id=person.id,
        action="user.update",
        subject_kind="user",
        subject_id=str(person.id),
        before={"name": word},
        after={"name": f"Ada {word}"},
        ip="192.0.2.7",
    )
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    path = f"/v1/users/{person.id}/erasure"
    assert (await manager.post(path, json={"confirm": "someone"})).status_code == 422
    answer = await manager.post(path, json={"confirm": person.email})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], word in answer.text) == ("completed", False)

    assert await everything_about(seed, word) == ["invitation"], "its token's hash, by this test"
    assert (await client.get("/v1/me")).status_code == 401
    (kept,) = await seed.rows("SELECT decided_by FROM posthub.decision WHERE id = :id", id=decision)
    assert kept.decided_by == person.id
    origins = await seed.rows(
        "SELECT 1 FROM posthub.decision_origin WHERE decision_id = :id", id=decision
    )
    assert not origins
    addresses = await seed.rows(
        "SELECT 1 FROM posthub.audit WHERE actor_id = :id AND ip IS NOT NULL", id=person.id
    )
    assert not addresses
    assert (await manager.post(path, json={"confirm": person.email})).status_code == 404


async def test_i_erase_myself_with_my_password(api, seed, company):
    person = await seed.person(company.organization_id)
    client = await api.sign_in(person)
    body = {"confirm": person.email, "password": "wrong but long enough"}
    assert (await client.post("/v1/me/erasure", json=body)).status_code == 422
    body["password"] = person.password
    answer = await client.post("/v1/me/erasure", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["subject_id"] == str(person.id)
    assert (await client.get("/v1/me")).status_code == 401
    credentials = {"email": person.email, "password": person.password}
    assert (await api.stranger.post("/v1/auth/login", json=credentials)).status_code == 401
    again = {**credentials, "name": "Somebody", "company": "A new beginning"}
    answer = await api.stranger.post("/v1/auth/register", json=again)
    assert answer.status_code == 201, "the address is nobody's any more"
    assert answer.json()["user_id"] != str(person.id)


async def test_a_manager_erases_nobody_who_belongs_elsewhere_too(api, seed, company):
    manager = api.known(await seed.person(company.organization_id, "MANAGER"))
    stranger = await seed.person((await seed.company()).organization_id)
    both = await seed.person(company.organization_id)
    elsewhere = (await seed.company()).organization_id
    await seed.insert("membership", organization_id=elsewhere, user_id=both.id, role="SUPERVISOR")
    admin = await seed.person(is_admin=True)
    for person, status in ((stranger, 404), (both, 403), (admin, 404)):
        answer = await manager.post(
            f"/v1/users/{person.id}/erasure", json={"confirm": person.email}
        )
        assert answer.status_code == status, answer.text
    colleague = api.known(await seed.person(company.organization_id, "MARKETER"))
    answer = await colleague.post(f"/v1/users/{both.id}/erasure", json={"confirm": both.email})
    assert answer.status_code == 403
    boss = api.known(admin)
    answer = await boss.post(f"/v1/users/{both.id}/erasure", json={"confirm": both.email})
    assert answer.status_code == 200, answer.text
    assert answer.json()["organization_id"] is None


@asynccontextmanager
async def only_administrators(seed, *kept):
    """Let nobody else be an administrator for a while."""
    seen = text("SET LOCAL posthub.organization_ids = '*'")
    async with seed.database.engine.begin() as connection:
        await connection.execute(seen)
        found = await connection.execute(
            text(
                "UPDATE posthub.app_user SET is_admin = false WHERE is_admin"
                " AND NOT id = ANY(:kept) RETURNING id"
            ),
            {"kept": [one.id for one in kept]},
        )
        others = list(found.scalars())
    try:
        yield
    finally:
        async with seed.database.engine.begin() as connection:
            await connection.execute(seen)
            await connection.execute(
                text("UPDATE posthub.app_user SET is_admin = true WHERE id = ANY(:ids)"),
                {"ids": others},
            )


async def test_the_last_administrator_stays(api, seed):
    admin = await seed.person(is_admin=True)
    async with only_administrators(seed, admin):
        answer = await api.known(admin).post(
            f"/v1/users/{admin.id}/erasure", json={"confirm": admin.email}
        )
    assert answer.status_code == 409, answer.text
    assert "make another one first" in answer.json()["detail"]


async def test_an_administrator_who_is_erased_waits_for_another_who_is_deactivated(api, seed):
    first, second = [await seed.person(is_admin=True) for _ in range(2)]
    path, body = f"/v1/users/{first.id}/erasure", {"confirm": first.email}
    async with only_administrators(seed, first, second):
        async with seed.database.engine.begin() as connection:
            # As PATCH /v1/users does where it deactivates an administrator.
            await connection.execute(text("SET LOCAL posthub.organization_ids = '*'"))
            await people.refuse_last_admin(connection, await people.get(connection, second.id))
            await people.change(connection, second.id, is_active=False)
            asking = asyncio.create_task(api.known(first).post(path, json=body))
            await asyncio.sleep(0.3)
        answer = await asking
        assert answer.status_code == 409, answer.text


async def test_of_two_who_erase_a_person_at_once_one_does(api, seed, company):
    managers = [api.known(await seed.person(company.organization_id, "MANAGER")) for _ in range(2)]
    person = await seed.person(company.organization_id)
    answers = await asyncio.gather(
        *(
            one.post(f"/v1/users/{person.id}/erasure", json={"confirm": person.email})
            for one in managers
        )
    )
    assert sorted(one.status_code for one in answers) == [200, 404]
    receipts = (await managers[0].get("/v1/erasures")).json()["items"]
    assert [one["subject_id"] for one in receipts] == [str(person.id)]

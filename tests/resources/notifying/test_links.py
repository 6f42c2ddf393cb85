"""Reminders that bring a link: only where the organisation wants it, one for each company."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from posthub_assets.domain.content import Kind
from resources.database.engine import Scope
from resources.database.repositories import link_use, reminder_links
from resources.ids import new_id

pytestmark = pytest.mark.anyio

ON = {"links_in_reminders": True}
NO_NIGHT = {"notifications": {"quiet_from": "00:00", "quiet_until": "00:00"}}


async def waiting_item(world, company, **values):
    item = await world.seed.item(company, **values)
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE posthub.content SET review_since = :since WHERE id = :id"),
            {"since": world.clock() - timedelta(hours=7), "id": item.id},
        )
    return item


async def reminded(world, person):
    await world.deliverer.remind()
    await world.run()
    (got,) = world.mail_server.to(person.email)
    told = got.get_body(("plain",)).get_content()
    return re.findall(r"https://posthub\.example\.com/approve/(\S+)", told)


async def test_a_reminder_brings_one_link_for_each_company(world, api_database):
    organization_id = await world.seed.organization(settings=ON)
    person = await world.seed.person(organization_id, settings=NO_NIGHT)
    covered = []
    for _ in range(2):
        company = await world.seed.company(organization_id, timezone="UTC")
        covered.append({(await waiting_item(world, company)).id for _ in range(2)})
        await waiting_item(world, company, kind=Kind.PERSONA, month=None)
    secrets = await reminded(world, person)
    assert len(secrets) == 2
    found = []
    for secret in secrets:
        async with api_database.transaction(Scope()) as connection:
            link = await link_use.enter(connection, secret)
            assert len(await link_use.rights(connection, link)) == 1
        assert (link.user_id, link.made_by, link.recipient) == (person.id, None, person.email)
        assert link.state == "open"
        found.append({item.content_id for item in link.items})
    assert sorted(map(sorted, found)) == sorted(map(sorted, covered))
    rows = await world.seed.rows(
        "SELECT actor_kind FROM posthub.audit WHERE organization_id = :id"
        " AND action = 'approval_link.create'",
        id=organization_id,
    )
    assert [row.actor_kind for row in rows] == ["system", "system"]


@pytest.mark.parametrize("settings", [{}, {"links_in_reminders": False}])
async def test_without_the_organisations_word_there_is_no_link(world, settings):
    company = await world.seed.company(
        await world.seed.organization(settings=settings), timezone="UTC"
    )
    person = await world.seed.person(company.organization_id, settings=NO_NIGHT)
    await waiting_item(world, company)
    assert await reminded(world, person) == []
    rows = await world.seed.rows(
        "SELECT 1 FROM posthub.approval_link WHERE organization_id = :id",
        id=company.organization_id,
    )
    assert rows == []


async def test_the_factory_makes_no_link_that_nobody_asked_for(world, factory_database):
    on = await world.seed.company(await world.seed.organization(settings=ON))
    off = await world.seed.company()
    manager = await world.seed.person(on.organization_id, "MANAGER")
    member = await world.seed.person(on.organization_id)
    stranger = await world.seed.person(off.organization_id)
    item, other = await world.seed.item(on), await world.seed.item(off)

    async def covers(person, company, item, scope, days=7):
        async with factory_database.transaction(Scope.of(scope)) as connection:
            _, count = await reminder_links.make(
                connection,
                organization_id=company.organization_id,
                company_id=company.id,
                user_id=person.id,
                content_ids=[item.id],
                expires_at=world.clock() + timedelta(days=days),
            )
        return count

    here, there = on.organization_id, off.organization_id
    assert await covers(manager, on, item, here) == 0
    assert await covers(stranger, on, item, here) == 0
    assert await covers(stranger, off, other, there) == 0
    assert await covers(member, on, item, there) == 0
    assert await covers(member, on, other, here) == 0
    assert await covers(member, on, item, here, days=40) == 0
    assert await covers(member, on, item, here) == 1
    with pytest.raises(DBAPIError) as caught:
        async with factory_database.transaction(Scope.of(here)) as connection:
            await connection.execute(
                text(
                    "INSERT INTO posthub.approval_link (id, organization_id, company_id,"
                    " secret_hash, recipient, expires_at) VALUES (:id, :organization, :company,"
                    " 'x', 'x', now())"
                ),
                {"id": new_id(), "organization": here, "company": on.id},
            )
    assert caught.value.orig.sqlstate == "42501"

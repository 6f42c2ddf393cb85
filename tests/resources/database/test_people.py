"""People as rows: the last administrator stays, and policies hold whatever a statement asks."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from posthub_assets.domain.errors import Conflict
from resources.database.engine import EVERYTHING, Scope
from resources.database.repositories import people, sessions

pytestmark = pytest.mark.anyio

_ADMINS_AWAY = text("UPDATE posthub.app_user SET is_active = false WHERE is_admin AND id <> :id")


@pytest.fixture
async def company(seed):
    return await seed.company()


async def test_the_last_administrator_stays(api_database, seed):
    last = await seed.person(is_admin=True)
    with pytest.raises(Conflict, match="the last administrator"):
        async with api_database.transaction(EVERYTHING) as connection:
            row = await people.get(connection, last.id)
            # Taken back with the refusal, so that other tests keep their administrators.
            everybody_else = {"id": last.id}
            await connection.execute(_ADMINS_AWAY, everybody_else)
            await people.refuse_last_admin(connection, row)
    async with api_database.transaction(EVERYTHING) as connection:
        await seed.person(is_admin=True)
        await people.refuse_last_admin(connection, row)


async def test_no_statement_of_a_manager_makes_an_administrator(api_database, seed, company):
    manager = await seed.person(company.organization_id, "MANAGER")
    other = await seed.person(company.organization_id)
    scope = Scope.of(company.organization_id, manager.id)
    for statement in (
        "UPDATE posthub.app_user SET is_admin = true WHERE id = :id",
        "INSERT INTO posthub.app_user (id, email, name, is_admin)"
        " VALUES (gen_random_uuid(), 'made-up-' || :id || '@example.com', 'Made up', true)",
    ):
        for id_ in (manager.id, other.id):
            with pytest.raises(ProgrammingError):
                async with api_database.transaction(scope) as connection:
                    await connection.execute(text(statement), {"id": id_})


async def test_no_statement_changes_people_whom_one_does_not_manage(api_database, seed, company):
    rename = text("UPDATE posthub.app_user SET name = 'Taken' WHERE id = :id RETURNING id")
    person = await seed.person(company.organization_id)
    elsewhere = await seed.person(company.organization_id)
    await seed.insert(
        "membership",
        organization_id=await seed.organization(),
        user_id=elsewhere.id,
        role="SUPERVISOR",
    )
    manager = await seed.person(company.organization_id, "MANAGER")
    marketer = await seed.person(company.organization_id, "MARKETER")
    for who, whom, changed_rows in (
        (marketer, person, 0),
        (manager, elsewhere, 0),
        (manager, person, 1),
    ):
        scope = Scope.of(company.organization_id, who.id)
        async with api_database.transaction(scope) as connection:
            found = await connection.execute(rename, {"id": whom.id})
            assert len(found.all()) == changed_rows
            ended = await sessions.end_all(connection, whom.id, "a test")
            assert ended is bool(changed_rows)


async def test_no_statement_erases_a_person_whom_one_does_not_administer(
    api_database, seed, company
):
    person = await seed.person(company.organization_id)
    stranger = await seed.person(await seed.organization(), "MANAGER")
    marketer = await seed.person(company.organization_id, "MARKETER")
    manager = await seed.person(company.organization_id, "MANAGER")
    erase = text("SELECT what FROM posthub.erase_person_record(:id)")
    for who, is_done in ((None, False), (stranger, False), (marketer, False), (manager, True)):
        scope = Scope(readable=None, person=who.id if who else None)
        async with api_database.transaction(scope) as connection:
            assert bool((await connection.execute(erase, {"id": person.id})).all()) is is_done
    with pytest.raises(ProgrammingError):
        async with api_database.transaction(Scope(readable=None, person=manager.id)) as connection:
            every = text("SELECT what FROM posthub.erase_any_person_record(:id)")
            await connection.execute(every, {"id": marketer.id})

"""Every change of what is served: audited, one after the other, within its organisation."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from resources.database.engine import EVERYTHING, Scope
from resources.database.repositories import prompt_changes, prompts
from resources.database.repositories.prompts import Place
from resources.ids import new_id

pytestmark = pytest.mark.anyio


async def test_an_override_can_be_taken_away(library, api_database, company, code):
    own = await library.imported(api_database, library.prompt(code, "Own"), company.organization_id)
    place = Place(code, "en", company.organization_id)
    async with api_database.transaction(Scope.of(company.organization_id)) as connection:
        await prompt_changes.remove_override(connection, place)
    assert (await library.served(api_database, company, code)).organization_id is None
    async with api_database.transaction(Scope.of(company.organization_id)) as connection:
        assert (await prompts.by_id(connection, own.id)).version == 1
        with pytest.raises(NotFound):
            await prompt_changes.remove_override(connection, place)
    assert (await library.audited(code))[-1].action == "prompt.unlabel"


async def test_the_platforms_own_label_cannot_be_taken_away(api_database, code):
    async with api_database.transaction(EVERYTHING) as connection:
        with pytest.raises(InvalidInput):
            await prompt_changes.remove_override(connection, Place(code))


async def test_a_candidate_waits_until_it_is_promoted(library, api_database, company, code):
    await library.imported(
        api_database, library.prompt(code, "Second"), label="candidate", note="warmer"
    )
    assert (await library.served(api_database, company, code)).version == 1
    assert (await library.served(api_database, company, code, label="candidate")).note == "warmer"
    async with api_database.transaction(EVERYTHING) as connection:
        await prompt_changes.set_label(connection, Place(code), 2)
    assert (await library.served(api_database, company, code)).version == 2


async def test_a_label_goes_back_step_by_step(library, api_database, company, code):
    for words in ("Second", "Third"):
        await library.imported(api_database, library.prompt(code, words))
    for version in (2, 1):
        async with api_database.transaction(EVERYTHING) as connection:
            assert (await prompt_changes.rollback(connection, Place(code))).version == version
        assert (await library.served(api_database, company, code)).version == version
    async with api_database.transaction(EVERYTHING) as connection:
        with pytest.raises(Conflict, match="never named another version than 1"):
            await prompt_changes.rollback(connection, Place(code))


async def test_what_says_the_same_is_no_new_version(library, api_database, code):
    again = await library.imported(api_database, library.prompt(code))
    assert again.version == 1


async def test_every_change_says_what_was_before_and_by_whom(library, api_database, seed, code):
    person = await seed.person()
    async with api_database.transaction(EVERYTHING) as connection:
        made = await prompt_changes.create_version(
            connection, library.prompt(code, "Second"), actor_id=person.id, note="why"
        )
        await prompt_changes.set_label(connection, Place(code), 2, actor_id=person.id)
        await prompt_changes.rollback(connection, Place(code), actor_id=person.id)
    rows = (await library.audited(code))[-3:]
    assert [row.action for row in rows] == ["prompt.create", "prompt.label", "prompt.rollback"]
    assert {row.actor_id for row in rows} == {person.id}
    assert rows[0].after["note"] == "why"
    assert rows[1].before["version"] == 1
    assert rows[1].after == {"label": "production", "version": 2, "version_id": str(made.id)}
    assert rows[2].after["version"] == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"variables": {"company": "x", "tone": "y"}}, "`tone`"),
        ({"kind": "image"}, "its kind is image"),
        ({"user_text": "{{ company.upper() }}"}, "nothing can be called"),
        ({"user_text": ""}, "user has a text"),
        ({"language": "de"}, "language is one of"),
        ({"max_tokens": 0}, "max_tokens"),
    ],
)
async def test_a_version_that_could_not_be_rendered_is_refused(
    library, api_database, code, changed, words
):
    new = replace(library.prompt(code, "New"), **changed)
    if "tone" in new.variables:
        new = replace(new, user_text="{{ company }} {{ tone }}")
    async with api_database.transaction(EVERYTHING) as connection:
        with pytest.raises(InvalidInput, match=words):
            await prompt_changes.create_version(connection, new)


async def test_a_prompt_that_nothing_asks_for_is_refused(library, api_database):
    async with api_database.transaction(EVERYTHING) as connection:
        with pytest.raises(NotFound, match="Nothing asks for a prompt NO_SUCH_CODE"):
            await prompt_changes.create_version(connection, library.prompt("NO_SUCH_CODE"))


async def test_a_label_that_is_none_is_refused(api_database, code):
    async with api_database.transaction(EVERYTHING) as connection:
        with pytest.raises(InvalidInput, match="'prod' is no label"):
            await prompt_changes.set_label(connection, Place(code), 1, label="prod")
        with pytest.raises(NotFound, match="no version 9"):
            await prompt_changes.set_label(connection, Place(code), 9)


async def test_two_imports_at_once_have_two_numbers(library, api_database, seed, code):
    await asyncio.gather(
        *(library.imported(api_database, library.prompt(code, f"N{n}")) for n in range(5))
    )
    rows = await seed.rows(
        "SELECT version FROM posthub.prompt_version WHERE code = :code ORDER BY 1", code=code
    )
    assert [row.version for row in rows] == [1, 2, 3, 4, 5, 6]
    label = await seed.rows(
        "SELECT jsonb_array_length(trail) AS steps FROM posthub.prompt_label WHERE code = :code",
        code=code,
    )
    assert label[0].steps == 5


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE posthub.prompt_version SET user_text = 'x' WHERE code = :code",
        "DELETE FROM posthub.prompt_version WHERE code = :code",
    ],
)
async def test_a_version_never_changes(api_database, factory_database, owner_database, code, sql):
    # The roles may not; for the owner, who may, a trigger refuses.
    refusals = ((api_database, "42501"), (factory_database, "42501"), (owner_database, "23001"))
    for database, state in refusals:
        with pytest.raises(DBAPIError) as caught:
            async with database.transaction(EVERYTHING) as connection:
                await connection.execute(text(sql), {"code": code})
        assert caught.value.orig.sqlstate == state


async def test_versions_are_not_emptied_at_once(owner):
    with pytest.raises(DBAPIError, match="append-only"):
        await owner.execute(text("TRUNCATE posthub.prompt_version CASCADE"))


async def test_an_organisation_cannot_write_for_the_platform(library, api_database, company, code):
    for work in (
        lambda c: prompt_changes.create_version(c, library.prompt(code, "Mine")),
        lambda c: prompt_changes.set_label(c, Place(code), 1, label="candidate"),
    ):
        with pytest.raises(DBAPIError) as caught:
            async with api_database.transaction(Scope.of(company.organization_id)) as connection:
                await work(connection)
        assert caught.value.orig.sqlstate == "42501"


async def test_an_organisation_cannot_write_for_another(library, api_database, seed, company, code):
    other = await seed.company()
    with pytest.raises(DBAPIError) as caught:
        async with api_database.transaction(Scope.of(company.organization_id)) as connection:
            await prompt_changes.create_version(
                connection, library.prompt(code, "Theirs"), organization_id=other.organization_id
            )
    assert caught.value.orig.sqlstate == "42501"


async def label_row(connection, organization_id: UUID | None, code: str, version_id: UUID) -> None:
    await connection.execute(
        text(
            "INSERT INTO posthub.prompt_label (id, organization_id, code, language, label,"
            " prompt_version_id) VALUES (:id, :organization_id, :code, 'en', 'candidate', :version)"
        ),
        {"id": new_id(), "organization_id": organization_id, "code": code, "version": version_id},
    )


async def test_a_label_cannot_name_a_version_of_somebody_or_something_else(
    library, api_database, seed, company, code
):
    theirs = await library.imported(
        api_database, library.prompt(code, "Own"), company.organization_id
    )
    mine, other = company.organization_id, (await seed.company()).organization_id
    for organization_id, named in ((other, code), (None, code), (mine, "ANOTHER_CODE")):
        with pytest.raises(DBAPIError, match="names a version of another prompt"):
            async with api_database.transaction(
                Scope(readable=None, writable=organization_id)
            ) as connection:
                await label_row(connection, organization_id, named, theirs.id)

"""The index of words: filled for what was there before it, empty for what was erased before it."""

from __future__ import annotations

from importlib import import_module

import pytest
from sqlalchemy import text

from posthub_assets.domain.bodies import TopicBody
from posthub_assets.domain.content import Kind
from resources.database.engine import Scope
from resources.database.repositories.versions import add_version

pytestmark = pytest.mark.anyio

MIGRATION = "resources.database.migrations.versions.0016_contents_are_found_by_their_words"
_ENTRIES = text(
    "SELECT * FROM posthub.search_entry WHERE organization_id = :id ORDER BY content_id"
)


def topic(title: str) -> TopicBody:
    return TopicBody(
        title=title, description="Zimní světla", focus_keyword="zima", planned_on="2026-12-03"
    )


async def test_the_migration_writes_what_a_version_would(seed, owner, factory_database):
    company = await seed.company()
    scope = Scope.of(company.organization_id)
    for number in range(5):
        item = await seed.item(company, language="cs")
        async with factory_database.transaction(scope) as connection:
            await add_version(
                connection,
                organization_id=company.organization_id,
                content_id=item.id,
                kind=Kind.TOPIC,
                language="cs",
                body=topic(f"Smlouva {number}"),
            )
    erased = await seed.item(company)
    values = {"id": company.organization_id}
    written = (await owner.execute(_ENTRIES, values)).all()
    assert len(written) == 5
    await owner.execute(
        text("SELECT set_config('posthub.organization_id', :id, true), posthub.erase_version(:v)"),
        {"id": str(company.organization_id), "v": erased.version_id},
    )
    await owner.execute(text("DELETE FROM posthub.search_entry"))
    fill = import_module(MIGRATION).fill
    await owner.run_sync(lambda connection: fill(connection, batch=2))
    filled = (await owner.execute(_ENTRIES, values)).all()
    assert filled[:5] == written
    assert [(row.content_id, row.title_words, row.words) for row in filled[5:]] == [
        (erased.id, "", "")
    ]


async def test_an_entry_goes_with_its_item(seed, owner, factory_database):
    company = await seed.company()
    item = await seed.item(company)
    async with factory_database.transaction(Scope.of(company.organization_id)) as connection:
        await add_version(
            connection,
            organization_id=company.organization_id,
            content_id=item.id,
            kind=Kind.TOPIC,
            language="en",
            body=topic("Winter"),
        )
    await owner.execute(text("SET LOCAL session_replication_role = replica"))
    await owner.execute(
        text("DELETE FROM posthub.content_version WHERE content_id = :id"), {"id": item.id}
    )
    await owner.execute(text("SET LOCAL session_replication_role = origin"))
    await owner.execute(text("DELETE FROM posthub.content WHERE id = :id"), {"id": item.id})
    assert not (await owner.execute(_ENTRIES, {"id": company.organization_id})).all()

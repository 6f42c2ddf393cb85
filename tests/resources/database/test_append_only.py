"""What is written once stays: append-only tables, deliveries without a yes, erasure."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from resources.database.engine import Database, Scope, open_database
from resources.database.models import Base
from resources.database.tenancy import APPEND_ONLY
from resources.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    """A company with a row in each append-only table."""
    made = await seed.company()
    item = await seed.item(made)
    await approve(seed, item, made, item.sha256, item.version_id)
    await seed.insert(
        "check_result",
        id=new_id(),
        organization_id=made.organization_id,
        version_id=item.version_id,
        rule="length",
        verdict="pass",
        blocking=True,
        message="fits",
    )
    await seed.insert(
        "audit",
        id=new_id(),
        organization_id=made.organization_id,
        action="company.create",
        subject_kind="company",
        subject_id=str(made.id),
    )
    return made


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("role", ["api", "factory", "owner"])
async def test_append_only_tables_stay_as_they_are(database_urls, company, table, role):
    database = open_database(getattr(database_urls, role), pool_size=1)
    for sql in (
        "UPDATE posthub.{} SET organization_id = organization_id",
        "DELETE FROM posthub.{}",
        "TRUNCATE posthub.{} CASCADE",
    ):
        refused = None
        try:
            async with database.transaction(Scope.of(company.organization_id)) as connection:
                await connection.execute(text(sql.format(table)))
                await connection.rollback()
        except DBAPIError as error:
            refused = error.orig.sqlstate
        assert refused in ("42501", "23001"), sql
    await database.close()


async def approve(seed, item, company, sha256: str, version_id: UUID) -> UUID:
    id_ = new_id()
    await seed.insert(
        "decision",
        id=id_,
        organization_id=company.organization_id,
        content_id=item.id,
        version_id=version_id,
        version_number=1,
        sha256=sha256,
        action="approve",
    )
    return id_


async def deliver(database: Database, company, item, decision_id: UUID, sha256: str) -> None:
    async with database.transaction(Scope.of(company.organization_id)) as connection:
        await connection.execute(
            Base.metadata.tables["posthub.delivery"]
            .insert()
            .values(
                id=new_id(),
                organization_id=company.organization_id,
                content_id=item.id,
                version_id=item.version_id,
                sha256=sha256,
                decision_id=decision_id,
                channel="blog",
            )
        )


async def test_a_delivery_needs_an_approval_of_exactly_those_bytes(factory_database, seed):
    company = await seed.company()
    item, other = await seed.item(company), await seed.item(company)
    good = await approve(seed, item, company, item.sha256, item.version_id)
    wrong_hash = await approve(seed, item, company, "b" * 64, item.version_id)
    wrong_item = await approve(seed, other, company, other.sha256, other.version_id)

    for decision_id, sha256 in (
        (wrong_hash, item.sha256),
        (wrong_item, item.sha256),
        (good, "b" * 64),
        (new_id(), item.sha256),
    ):
        with pytest.raises(DBAPIError, match="no approval"):
            await deliver(factory_database, company, item, decision_id, sha256)
    await deliver(factory_database, company, item, good, item.sha256)


async def test_erasure_empties_a_body_of_ones_own_and_keeps_the_hash(api_database, seed):
    company, stranger = await seed.company(), await seed.company()
    item = await seed.item(company)
    erase = text("SELECT posthub.erase_version(:id)")
    async with api_database.transaction(Scope.of(stranger.organization_id)) as connection:
        answer = await connection.execute(erase, {"id": item.version_id})
        assert answer.scalar_one() is False
    async with api_database.transaction(Scope.of(company.organization_id)) as connection:
        answer = await connection.execute(erase, {"id": item.version_id})
        assert answer.scalar_one() is True
    rows = await seed.rows(
        "SELECT body, sha256, erased_at IS NOT NULL AS erased FROM posthub.content_version"
        " WHERE id = :id",
        id=item.version_id,
    )
    assert tuple(rows[0]) == (None, item.sha256, True)

"""Tenancy is the database's: every tenant table, every login role, queries without a WHERE."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    create_engine,
    text,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from posthub_assets.domain.errors import StorageError
from resources.database.engine import (
    EVERYTHING,
    Scope,
    guarded_tables,
    open_database,
    refuse_unsafe_role,
    set_scope,
)
from resources.database.models import Base
from resources.database.tenancy import SHARED_TABLES, WRITTEN_BY_ANYONE
from resources.ids import new_id

pytestmark = pytest.mark.anyio

TABLES = {t.name: t for t in Base.metadata.tables.values() if "organization_id" in t.columns}
WORKED_ON_ACROSS = {"job", "outbox", "notification_delivery", "erasure"}
"""What the factory sees of all organisations: it lists jobs, delivers the outbox, erases."""

# What the checks of the tables want to see.
FITTING: dict[str, Any] = {
    "role": "SUPERVISOR",
    "tier": "PRO",
    "kind": "topic",
    "status": "pending",
    "action": "approve",
    "verdict": "pass",
    "purpose": "document",
    "channel": "email",
    "period": "month",
    "subject_kind": "company",
    "reason": "other",
    "sha256": "a" * 64,
}
FITTING_IN = {
    "content": {"status": "draft"},
    "generation": {"status": "started"},
    "experiment": {"status": "running"},
    "consent": {"contact": "somebody@example.com"},
    "media_request": {"kind": "auto_format", "mode": "queued"},
    "media_asset": {"kind": "upload"},
}


def value_for(table: Table, column: Any) -> Any:
    name = column.name
    if name in FITTING_IN.get(table.name, {}):
        return FITTING_IN[table.name][name]
    if name in FITTING:
        return FITTING[name]
    if name in ("slug", "partition_key"):
        return f"c-{new_id()}"
    kinds: list[tuple[type, Any]] = [
        (UuidType, new_id()),
        (Boolean, False),
        (BigInteger, 1),
        (Integer, 1),
        (Numeric, 1),
        (DateTime, dt.datetime.now(dt.UTC)),
        (Date, dt.date(2026, 12, 1)),
        (LargeBinary, b"x"),
        (JSONB, {}),
    ]
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return value
    return f"x-{new_id()}"


def row_of(table: Table, organization_id: UUID | None) -> dict[str, Any]:
    wanted = {
        column.name: value_for(table, column)
        for column in table.columns
        if (not column.nullable and column.server_default is None)
        or column.name in FITTING_IN.get(table.name, {})
    }
    return {**wanted, "organization_id": organization_id}


@dataclass(frozen=True)
class TwoTenants:
    """A row in every tenant table for each of two organisations."""

    mine: UUID
    theirs: UUID


@pytest.fixture(scope="module")
def tenants(database_urls) -> Iterator[TwoTenants]:
    """Written past foreign keys and triggers, which are not what is tested here.

    The tables that the platform shares get a row of the platform too. Tests leave all as it is.
    """
    both = TwoTenants(new_id(), new_id())
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    platform: list[tuple[Table, UUID]] = []
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in TABLES.values():
            for organization_id in (both.mine, both.theirs):
                connection.execute(table.insert().values(row_of(table, organization_id)))
            if table.name in SHARED_TABLES:
                row = row_of(table, None)
                connection.execute(table.insert().values(row))
                platform.append((table, row["id"]))
    yield both
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in TABLES.values():
            ours = table.c.organization_id.in_([both.mine, both.theirs])
            connection.execute(table.delete().where(ours))
        for table, id_ in platform:
            connection.execute(table.delete().where(table.c.id == id_))
    engine.dispose()


async def seen(connection: AsyncConnection, table: str) -> set[UUID | None]:
    rows = await connection.execute(text(f"SELECT organization_id FROM posthub.{table}"))  # noqa: S608
    return set(rows.scalars())


async def test_every_table_with_an_organisation_forces_row_level_security(owner: AsyncConnection):
    rows = await owner.execute(
        text(
            """
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced,
                array_agg(p.polcmd::text) AS commands
            FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
            LEFT JOIN pg_policy p ON p.polrelid = c.oid
            WHERE c.relnamespace = 'posthub'::regnamespace AND c.relkind IN ('r', 'p')
            GROUP BY 1, 2
            """
        )
    )
    found = {row.relname: row for row in rows}
    assert set(found) == set(TABLES) == set(guarded_tables())
    for name, row in found.items():
        assert row.forced, name
        assert {"r", "a", "w", "d"} <= set(row.commands), name


async def test_tables_of_people_are_closed_too(owner: AsyncConnection):
    rows = await owner.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'posthub'::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
    )
    # Who may call which provider when, the number of the migration, signs of life: nobody's data.
    # Counted requests are behind a function; no login role may read the table.
    open_ = {"rate_limit", "alembic_version", "heartbeat", "request_count"}
    assert set(rows.scalars()) == open_
    granted = await owner.execute(
        text(
            "SELECT grantee FROM information_schema.role_table_grants"
            " WHERE table_schema = 'posthub' AND table_name = 'request_count'"
            " AND grantee IN ('posthub_api', 'posthub_factory', 'posthub_dagster')"
        )
    )
    assert not list(granted)


async def test_there_is_no_view_that_sees_past_the_policies(owner: AsyncConnection):
    rows = await owner.execute(
        text(
            "SELECT relname, reloptions FROM pg_class WHERE relkind IN ('v', 'm')"
            " AND relnamespace = 'posthub'::regnamespace"
        )
    )
    for row in rows:
        assert "security_invoker=true" in (row.reloptions or []), row.relname


async def test_the_api_sees_its_own_organisation_in_every_table(api_database, tenants):
    async with api_database.transaction(Scope.of(tenants.mine)) as connection:
        for name in TABLES:
            visible = await seen(connection, name)
            assert tenants.mine in visible, name
            assert visible <= {tenants.mine, None}, name


async def test_the_factory_sees_its_own_organisation_in_every_table_of_content(
    factory_database, tenants
):
    hidden = {"api_token", "invitation", "consent"}
    async with factory_database.transaction(Scope.of(tenants.mine)) as connection:
        for name in set(TABLES) - hidden:
            visible = await seen(connection, name)
            if name in WORKED_ON_ACROSS:
                assert tenants.theirs in visible, name
            else:
                assert visible <= {tenants.mine, None}, name
                assert tenants.mine in visible, name
    for name in hidden:
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with factory_database.transaction(Scope.of(tenants.mine)) as connection:
                await seen(connection, name)


async def test_without_a_scope_there_is_nothing_to_see(api_database, tenants):
    async with api_database.transaction(Scope()) as connection:
        for name in TABLES:
            assert await seen(connection, name) <= {None}, name
    async with api_database.engine.connect() as connection:
        for name in TABLES:
            assert await seen(connection, name) <= {None}, name


async def test_dagsters_role_sees_nothing_of_the_content(database_urls, tenants):
    url = database_urls.dagster.replace("psycopg2", "psycopg")
    database = open_database(url, pool_size=1)
    for name in TABLES:
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.transaction(EVERYTHING) as connection:
                await seen(connection, name)
    await database.close()


@pytest.mark.parametrize("statement", ["UPDATE", "DELETE"])
@pytest.mark.parametrize("role", ["api", "factory"])
async def test_a_change_without_a_where_touches_no_neighbour(
    database_urls, owner, tenants, statement, role
):
    """Also where the person may read the neighbour: one organisation is written at a time."""
    database = open_database(getattr(database_urls, role), pool_size=1)
    sql = {
        "UPDATE": "UPDATE posthub.{} SET organization_id = organization_id RETURNING 1",
        "DELETE": "DELETE FROM posthub.{} RETURNING 1",
    }[statement]
    touched = {}
    scope = Scope(readable=(tenants.mine, tenants.theirs), writable=tenants.mine)
    for name in TABLES:
        async with database.engine.connect() as connection, connection.begin() as transaction:
            await set_scope(connection, scope)
            # The platform's budgets with vendors are counters that the factory moves.
            tenants_only = "WHERE organization_id IS NOT NULL " if name == "budget" else ""
            said = sql.format(name).replace("RETURNING", f"{tenants_only}RETURNING")
            try:
                rows = await connection.execute(text(said))
                touched[name] = len(rows.all())
            except DBAPIError as error:  # a foreign key may hold a row; a grant may be missing
                state = error.orig.sqlstate
                assert state in ("42501", "23503", "23001"), (name, error)
            await transaction.rollback()
    await database.close()
    exempt = WORKED_ON_ACROSS if role == "factory" else set()
    for name in set(touched) - exempt:
        assert touched[name] == 1, name
    assert len(touched) >= 10


@pytest.mark.parametrize("name", sorted(TABLES))
async def test_a_row_of_another_organisation_cannot_be_written(api_database, tenants, name):
    table = TABLES[name]
    with pytest.raises(DBAPIError) as caught:
        async with api_database.transaction(
            Scope(readable=None, writable=tenants.mine)
        ) as connection:
            await connection.execute(table.insert().values(row_of(table, tenants.theirs)))
    # A delivery is refused by its trigger before the policy is asked.
    assert caught.value.orig.sqlstate in ("42501", "23001"), name


@pytest.mark.parametrize("name", SHARED_TABLES)
async def test_rows_of_the_platform_are_written_by_administrators_only(api_database, tenants, name):
    table = TABLES[name]
    insert = table.insert().values(row_of(table, None))
    if name not in WRITTEN_BY_ANYONE:
        with pytest.raises(DBAPIError) as caught:
            async with api_database.transaction(Scope.of(tenants.mine)) as connection:
                await connection.execute(insert)
        assert caught.value.orig.sqlstate == "42501"
    try:
        async with api_database.engine.connect() as connection:
            await set_scope(connection, EVERYTHING)
            await connection.execute(insert)
            await connection.rollback()
    except DBAPIError as error:  # allowed, but for what it points at
        assert error.orig.sqlstate == "23503"


async def test_what_one_may_see_does_not_leak_to_the_next_user_of_the_connection(
    database_urls, tenants
):
    database = open_database(database_urls.api, pool_size=1)
    async with database.transaction(Scope.of(tenants.mine)) as connection:
        first = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        assert tenants.mine in await seen(connection, "company")
    async with database.engine.connect() as connection:
        again = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        assert again == first
        assert await seen(connection, "company") == set()
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(Scope.of(tenants.mine)):
            raise ZeroDivisionError
    async with database.transaction(Scope.of(tenants.theirs)) as connection:
        assert await seen(connection, "company") == {tenants.theirs}
    await database.close()


async def test_a_role_that_could_bypass_the_policies_is_refused(
    api_database, factory_database, owner_database
):
    await refuse_unsafe_role(api_database)
    await refuse_unsafe_role(factory_database)
    with pytest.raises(StorageError, match="POSTHUB_API_DATABASE_URL"):
        await refuse_unsafe_role(owner_database)


async def test_a_tenant_table_without_a_policy_is_named(api_database, owner_database):
    async with owner_database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE posthub.forgotten (organization_id uuid)"))
    try:
        with pytest.raises(StorageError, match="forgotten"):
            await refuse_unsafe_role(api_database)
    finally:
        async with owner_database.engine.begin() as connection:
            await connection.execute(text("DROP TABLE posthub.forgotten"))


async def test_the_factory_decides_nothing(factory_database, tenants):
    table = TABLES["decision"]
    with pytest.raises(DBAPIError) as caught:
        async with factory_database.transaction(Scope.of(tenants.mine)) as connection:
            await connection.execute(table.insert().values(row_of(table, tenants.mine)))
    assert caught.value.orig.sqlstate == "42501"


async def test_only_the_api_may_call_what_looks_past_the_policies(factory_database, database_urls):
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with factory_database.transaction(EVERYTHING) as connection:
            await connection.execute(text("SELECT * FROM posthub.sign_in('a@example.com')"))

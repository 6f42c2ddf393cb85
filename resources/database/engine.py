"""Engines, and the one way to open a transaction: with its tenancy set.

What does not belong here: queries (`repositories/`), table shapes (`models/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from posthub_assets.domain.errors import NotFound, StorageError
from resources.database.hot import HotStatement, commit, forget_plans
from resources.database.tenancy import (
    LATER_SHARED_TABLES,
    LATER_TENANT_TABLES,
    SHARED_TABLES,
    TENANT_TABLES,
)

_SET = HotStatement(
    "SELECT set_config('posthub.organization_ids', :readable, true),"
    " set_config('posthub.organization_id', :writable, true),"
    " set_config('posthub.user_id', :person, true)"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may read and write.

    `readable` is None for everything (`*`), `writable` is the one organisation, or None for none.
    """

    readable: Sequence[UUID] | None = field(default=())
    writable: UUID | None = None
    person: UUID | None = None

    @classmethod
    def of(cls, organization_id: UUID, person: UUID | None = None) -> Scope:
        """Read and write one organisation."""
        return cls(readable=(organization_id,), writable=organization_id, person=person)


COMPANY_ERASED = "The company was erased; nothing more is written about it."
EVERYTHING = Scope(readable=None)
"""Read across organisations, write none: the factory's look-ups."""


@dataclass(frozen=True, slots=True)
class Database:
    """A pool of connections of one login role."""

    engine: AsyncEngine = field(repr=False)

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[AsyncConnection]:
        """Open a transaction with its tenancy; it commits on the way out, or rolls back.

        The settings are local to the transaction, so that a pooled connection carries nothing over.
        Raises StorageError where the server does not answer.
        """
        async with self.beginning_with(_SET, _settings(scope)) as (connection, _):
            yield connection

    @asynccontextmanager
    async def beginning_with(
        self, statement: HotStatement, values: Mapping[str, Any]
    ) -> AsyncIterator[tuple[AsyncConnection, dict[str, Any] | None]]:
        """Open a transaction whose first statement sets its tenancy itself; give the row it found.

        It commits on the way out, or rolls back. Raises StorageError.
        """
        with _away_is_told():
            connection, row = await self._begin(statement, values)
            try:
                yield connection, row
                await commit(connection)
            except BaseException:
                await _given_back(connection)
                raise
            await connection.close()  # committed: nothing to wait for, so nothing to shield

    async def at_once(self, statement: TextClause, values: Mapping[str, Any]) -> Any:
        """Say one statement that is a transaction of its own, in one round trip; give its value.

        No tenancy is set: the statement calls a function that sets it for the organisation it is
        told. Where the connection is found dead it is said once more, so it must be one that may
        be said twice. Raises StorageError where the server does not answer.
        """
        with _away_is_told():
            try:
                return await self._say(statement, values)
            except (OperationalError, InterfaceError) as error:
                if not error.connection_invalidated:
                    raise
            return await self._say(statement, values)

    async def _say(self, statement: TextClause, values: Mapping[str, Any]) -> Any:
        connection = await self.engine.connect()
        try:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            return (await connection.execute(statement, values)).scalar()
        finally:
            await _given_back(connection)

    async def _begin(
        self, statement: HotStatement, values: Mapping[str, Any], *, again: bool = True
    ) -> tuple[AsyncConnection, dict[str, Any] | None]:
        """Take a connection and begin a transaction with a statement that may be said twice.

        A pooled connection that died unnoticed fails at this first statement; SQLAlchemy then
        drops all of that age, and the statement is said once more. Asking each connection
        beforehand ("pre-ping") would be a round trip for every transaction.
        """
        connection = await self.engine.connect()
        try:
            row = await statement.row(connection, values)
        except BaseException as error:
            await _given_back(connection)
            if again and getattr(error, "connection_invalidated", False):
                return await self._begin(statement, values, again=False)
            raise
        return connection, row

    async def close(self) -> None:
        """Close every connection of the pool."""
        await self.engine.dispose()


@contextmanager
def _away_is_told() -> Iterator[None]:
    """Turn what a server that is away leads to into StorageError, and a company into NotFound that
    was deleted or erased after the transaction had seen it.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if error.connection_invalidated or isinstance(error, InterfaceError) or _gone(error):
            raise StorageError(
                "The database does not answer. Nothing is lost; it will be tried again."
            ) from error
        raise
    except DBAPIError as error:
        said = _told_of_a_gone_company(error)
        if said:
            raise NotFound(said) from error
        raise


async def _given_back(connection: AsyncConnection) -> None:
    """Roll back what is not committed and free the connection, also for a cancelled caller."""
    await asyncio.shield(asyncio.create_task(connection.close()))


def _gone(error: OperationalError) -> bool:
    """Tell a server that is away (SQLSTATE class 08 and 57P, or none) from a failed statement."""
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))


def _told_of_a_gone_company(error: DBAPIError) -> str:
    """Say which refusal of migration 0018 it is, a policy's or a trigger's; empty for others."""
    state, said = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state == "42501" and "of_living_companies" in said:
        return "There is no such company: it was deleted just now."
    return COMPANY_ERASED if state == "23001" and COMPANY_ERASED in said else ""


async def set_scope(connection: AsyncConnection, scope: Scope) -> None:
    """Set what the current transaction may read and write."""
    await _SET.row(connection, _settings(scope))


def _settings(scope: Scope) -> dict[str, str]:
    readable = "*" if scope.readable is None else ",".join(str(one) for one in scope.readable)
    return {
        "readable": readable,
        "writable": str(scope.writable or ""),
        "person": str(scope.person or ""),
    }


def open_database(
    url: str, *, pool_size: int = 5, application: str = "posthub", repetitive: bool = False
) -> Database:
    """Open a pool of at most `pool_size` connections to `url` (`postgresql+psycopg://`).

    `repetitive`: a few statements by key are said hundreds of times. Each connection then plans a
    statement once, at its first use; else PostgreSQL plans the first five uses anew.
    """
    planned_once: dict[str, Any] = {
        "prepare_threshold": 0,
        "options": "-c plan_cache_mode=force_generic_plan",
    }
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        # The connection used last is used next: it has the plans of its statements already.
        pool_use_lifo=True,
        pool_recycle=1800,
        # Errors are logged and shown; what people wrote is not to be in them.
        hide_parameters=True,
        connect_args={
            "application_name": application,
            "connect_timeout": 10,
            **(planned_once if repetitive else {}),
        },
    )
    event.listen(engine.sync_engine, "rollback_savepoint", forget_plans)
    return Database(engine)


_BYPASS = text(
    "SELECT rolname, rolsuper OR rolbypassrls AS bypasses FROM pg_roles"
    " WHERE rolname = current_user"
)
_UNGUARDED = text(
    """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'posthub' AND c.relkind IN ('r', 'p')
      AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
                  AND a.attname = 'organization_id' AND NOT a.attisdropped)
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity
               AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
    ORDER BY 1
    """
)
_OWNED = text(
    "SELECT count(*) FROM pg_tables WHERE schemaname = 'posthub' AND tableowner = current_user"
)


async def refuse_unsafe_role(database: Database) -> None:
    """Refuse to work as a role that could bypass policies, or beside a table without one.

    Raises StorageError that names the role or the tables, and what to set.
    """
    async with database.engine.connect() as connection:
        role, bypasses = (await connection.execute(_BYPASS)).one()
        owned = (await connection.execute(_OWNED)).scalar_one()
        unguarded = list((await connection.execute(_UNGUARDED)).scalars())
    if bypasses or owned:
        raise StorageError(
            f"The role {role} could bypass the tenant policies. Use the login roles that "
            "`posthub migrate` makes (POSTHUB_API_DATABASE_URL, POSTHUB_FACTORY_DATABASE_URL)."
        )
    if unguarded:
        raise StorageError(f"Tenant tables without a policy: {', '.join(unguarded)}.")


def guarded_tables() -> tuple[str, ...]:
    """Give the names of all tables with a tenant policy, for tests and reports."""
    return (*TENANT_TABLES, *LATER_TENANT_TABLES, *SHARED_TABLES, *LATER_SHARED_TABLES)

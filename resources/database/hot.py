"""Statements of the hot path, said through the driver: half the CPU of the same through SQLAlchemy.

A `HotStatement` is written like `text()` with `:name` parameters. It runs in the transaction of the
connection that it is given, beside statements of SQLAlchemy. Lists and dictionaries go as JSON.
What does not belong here: statements (`repositories/`), and what is not said at every decision.
Figures and reasons: docs/decisions/0015.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from psycopg.adapt import Transformer
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

_NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_FINE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_NUMBERS = count(1)

Driver = psycopg.AsyncConnection[Any]

_PREPARED: WeakKeyDictionary[Driver, dict[tuple[Any, ...], bytes]] = WeakKeyDictionary()
"""By connection: under which names its server has planned a statement, by its parameters' types."""

_UUID_OID = psycopg.adapters.types["uuid"].oid


class HotStatement:
    """One statement with `:name` parameters.

    It is prepared once on each connection, under a name of its own, and its parameters go as text
    whose type the statement knows. The driver's cursor would look at all of that at each use.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._names = tuple(dict.fromkeys(_NAME.findall(text)))
        places = {name: f"${number}" for number, name in enumerate(self._names, 1)}
        self._said = _NAME.sub(lambda found: places[found[1]], text).encode()
        self._columns: tuple[str, ...] = ()

    async def rows(
        self, connection: AsyncConnection, values: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Say it and give the rows. Raises SQLAlchemy's errors, as its own statements do."""
        driver = _driver_of(connection)
        given = [values[name] for name in self._names]
        try:
            async with driver.lock:
                result = await self._answer(driver, given)
            return self._read(driver, result)
        except psycopg.Error as error:
            raise _translated(self.text, error, connection, driver) from error

    async def row(
        self, connection: AsyncConnection, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Say it and give the first row, or None."""
        found = await self.rows(connection, values)
        return found[0] if found else None

    async def _answer(self, driver: Driver, given: list[Any]) -> PGresult:
        if driver.pgconn.transaction_status != TransactionStatus.IDLE:
            return await self._said_by_name(driver, given)
        await _say(driver, b"BEGIN")
        try:
            return await self._said_by_name(driver, given)
        except psycopg.errors.InvalidSqlStatementName:
            # Somebody made the server forget its plans. Nothing was said yet in this transaction.
            _PREPARED.pop(driver, None)
            await _say(driver, b"ROLLBACK")
            await _say(driver, b"BEGIN")
            return await self._said_by_name(driver, given)

    async def _said_by_name(self, driver: Driver, given: list[Any]) -> PGresult:
        server = driver.pgconn
        types = [_UUID_OID if isinstance(value, UUID) else 0 for value in given]
        prepared = _PREPARED.setdefault(driver, {})
        name = prepared.get((self, *types))
        if name is None:
            name = b"hot_%d" % next(_NUMBERS)
            server.send_prepare(name, self._said, types)
            await _result(driver)
            prepared[self, *types] = name
        server.send_query_prepared(name, _as_text(given))
        return await _result(driver)

    def _read(self, driver: Driver, result: PGresult) -> list[dict[str, Any]]:
        if not result.nfields:
            return []
        if not self._columns:
            names = (result.fname(place) or b"" for place in range(result.nfields))
            self._columns = tuple(name.decode() for name in names)
        reader = Transformer(driver)
        reader.set_pgresult(result)
        found = reader.load_rows(0, result.ntuples, tuple)
        return [dict(zip(self._columns, row, strict=True)) for row in found]


async def _say(driver: Driver, command: bytes) -> None:
    driver.pgconn.send_query(command)
    await _result(driver)


async def _result(driver: Driver) -> PGresult:
    """Wait for what was sent. Raises psycopg.Error."""
    result: PGresult = (await driver.wait(execute(driver.pgconn)))[-1]
    if result.status not in _FINE:
        raise psycopg.errors.error_from_result(result, encoding=driver.info.encoding)
    return result


def _as_text(values: Iterable[Any]) -> list[bytes | None]:
    """Give parameters as PostgreSQL reads them; lists and dictionaries as JSON."""
    return [None if value is None else _TEXT[type(value)](value) for value in values]


_TEXT: dict[type, Any] = {
    str: str.encode,
    bytes: lambda value: b"\\x" + value.hex().encode(),
    UUID: lambda value: value.hex.encode(),
    int: lambda value: b"%d" % value,
    bool: lambda value: b"t" if value else b"f",
    datetime: lambda value: value.isoformat().encode(),
    dict: lambda value: json.dumps(value).encode(),
    list: lambda value: json.dumps(value).encode(),
}


def _translated(
    text: str, error: psycopg.Error, connection: AsyncConnection, driver: Driver
) -> BaseException:
    return DBAPIError.instance(
        text,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=driver.closed,
        dialect=connection.dialect,
    )


def forget_plans(connection: Connection, *_: Any) -> None:
    """Learn of a savepoint that is rolled back: the driver has the server forget all plans then."""
    driver: Driver | None = connection.connection.driver_connection
    if driver is not None:
        _PREPARED.pop(driver, None)


def _driver_of(connection: AsyncConnection) -> Driver:
    proxied = connection.sync_connection
    assert proxied is not None
    driver: Driver | None = proxied.connection.driver_connection
    assert driver is not None
    return driver


async def commit(connection: AsyncConnection) -> None:
    """Commit what was said through SQLAlchemy and through the driver: one transaction.

    SQLAlchemy begins, and so commits, only where it said something itself.
    """
    if connection.in_transaction():
        await connection.commit()
        return
    driver = _driver_of(connection)
    try:
        await driver.commit()
    except psycopg.Error as error:
        raise _translated("COMMIT", error, connection, driver) from error


async def rollback(connection: AsyncConnection) -> None:
    """Take back what was said since the transaction began; its tenancy is gone too."""
    if connection.in_transaction():
        await connection.rollback()
    await _driver_of(connection).rollback()

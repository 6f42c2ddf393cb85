"""Statements of the hot path, said through the driver: half the CPU of the same through SQLAlchemy.

A `HotStatement` is written like `text()` with `:name` parameters. It runs in the transaction of the
connection that it is given, beside statements of SQLAlchemy. Lists and dictionaries go as JSON.
What does not belong here: statements (`repositories/`), and what is not said at every decision.
Figures and reasons: docs/decisions/0015.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

_NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_JSON = (dict, list)

Driver = psycopg.AsyncConnection[Any]


class HotStatement:
    """One statement with `:name` parameters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._names = tuple(dict.fromkeys(_NAME.findall(text)))
        places = {name: f"${number}" for number, name in enumerate(self._names, 1)}
        self._columns: tuple[str, ...] = ()
        self._said = _NAME.sub(lambda found: places[found[1]], text).encode()

    async def rows(
        self, connection: AsyncConnection, values: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Say it and give the rows. Raises SQLAlchemy's errors, as its own statements do."""
        driver = _driver_of(connection)
        # The server's own `$1` marks: the driver looks for its own in every statement of more than
        # 4,096 bytes anew, which cost a sixth of a decision's CPU.
        cursor = psycopg.AsyncRawCursor(driver, row_factory=tuple_row)
        try:
            await cursor.execute(self._said, _adapted([values[name] for name in self._names]))
            if cursor.pgresult is None or not cursor.pgresult.nfields:
                return []
            if not self._columns:
                self._columns = tuple(one.name for one in cursor.description or ())
            return [dict(zip(self._columns, row, strict=True)) for row in await cursor.fetchall()]
        except psycopg.Error as error:
            raise _translated(self.text, error, connection, driver) from error

    async def row(
        self, connection: AsyncConnection, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Say it and give the first row, or None."""
        found = await self.rows(connection, values)
        return found[0] if found else None


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


def _driver_of(connection: AsyncConnection) -> Driver:
    proxied = connection.sync_connection
    assert proxied is not None
    driver: Driver | None = proxied.connection.driver_connection
    assert driver is not None
    return driver


def _adapted(values: list[Any]) -> list[Any]:
    """Give lists and dictionaries as JSON text, whose type the statement knows."""
    return [json.dumps(value) if isinstance(value, _JSON) else value for value in values]


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

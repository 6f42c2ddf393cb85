"""Hot statements: prepared under names of their own, whatever becomes of the server's plans."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from resources.database import hot
from resources.database.engine import Database, Scope
from resources.database.hot import HotStatement
from resources.ids import new_id

pytestmark = pytest.mark.anyio

SAID = HotStatement(
    "SELECT CAST(:number AS int) AS number, CAST(:words AS text) AS words,"
    " CAST(:id AS uuid) AS id, CAST(:flag AS boolean) AS flag, CAST(:at AS timestamptz) AS at,"
    " CAST(:list AS jsonb) AS list, CAST(:raw AS bytea) AS raw, CAST(:nothing AS text) AS nothing"
)


def values(**changes: Any) -> dict[str, Any]:
    given = {
        "number": -7,
        "words": "’; DROP TABLE x -- $1 %s :name \\ ZWNJ\u200cک",
        "id": new_id(),
        "flag": True,
        "at": datetime(2026, 11, 27, 12, tzinfo=UTC),
        "list": [{"a": 1}, "ž"],
        "raw": b"\x00\xff'",
        "nothing": None,
    }
    return {**given, **changes}


async def test_what_is_given_comes_back(api_database):
    given = values()
    async with api_database.transaction(Scope()) as connection:
        assert await SAID.row(connection, given) == given


async def test_a_parameter_may_be_an_id_once_and_nothing_the_next_time(api_database):
    async with api_database.transaction(Scope()) as connection:
        for id_ in (None, new_id(), None):
            row = await SAID.row(connection, values(id=id_))
            assert row is not None and row["id"] == id_


async def test_a_statement_without_rows_gives_none(api_database):
    nothing = HotStatement("SELECT 1 AS one WHERE CAST(:flag AS boolean)")
    async with api_database.transaction(Scope()) as connection:
        assert await nothing.row(connection, {"flag": False}) is None
        assert await nothing.rows(connection, {"flag": True}) == [{"one": 1}]


async def test_an_error_names_the_statement_and_not_what_was_given(api_database):
    broken = HotStatement("SELECT CAST(:words AS int)")
    with pytest.raises(DBAPIError) as caught:
        async with api_database.transaction(Scope()) as connection:
            await broken.row(connection, {"words": "a secret of mine"})
    assert "SELECT CAST" in str(caught.value)
    assert "[parameters" not in str(caught.value)


async def test_after_a_savepoint_is_rolled_back_the_same_transaction_goes_on(api_database):
    async with api_database.transaction(Scope()) as connection:
        await SAID.row(connection, values())
        with pytest.raises(ProgrammingError):
            async with connection.begin_nested():
                await connection.execute(text("SELECT no_such_thing"))
        row = await SAID.row(connection, values(number=3))
    assert row is not None and row["number"] == 3


async def test_plans_that_the_server_forgot_are_made_again(api_database: Database):
    async with api_database.transaction(Scope()) as connection:
        await SAID.row(connection, values())
        await connection.execute(text("DEALLOCATE ALL"))
    async with api_database.transaction(Scope()) as connection:
        row = await SAID.row(connection, values(list=json.loads("[1]")))
    assert row is not None and row["list"] == [1]


async def test_each_connection_knows_what_it_has_prepared(api_database):
    async with api_database.transaction(Scope()) as first, api_database.transaction(Scope()) as two:
        for connection in (first, two, first):
            assert await SAID.row(connection, values()) is not None
        prepared = [hot._PREPARED[hot._driver_of(one)] for one in (first, two)]
    assert len({key for key in prepared[0] if key[0] is SAID}) == 1
    assert prepared[0] is not prepared[1]

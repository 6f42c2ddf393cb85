"""Errors of the database name the statement; what people wrote is not in them."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from resources.database.engine import Scope
from resources.database.hot import HotStatement

pytestmark = pytest.mark.anyio

WORDS = "the secret of Ms Example"
SAID = "SELECT 1 / (length(CAST(:words AS text)) - length(CAST(:words AS text)))"


async def test_what_was_written_is_not_in_an_error(api_database):
    with pytest.raises(DBAPIError, match="division by zero") as caught:
        async with api_database.transaction(Scope()) as connection:
            await connection.execute(text(SAID), {"words": WORDS})
    assert WORDS not in str(caught.value)


async def test_nor_in_that_of_a_hot_statement(api_database):
    with pytest.raises(DBAPIError, match="division by zero") as caught:
        async with api_database.transaction(Scope()) as connection:
            await HotStatement(SAID).row(connection, {"words": WORDS})
    assert WORDS not in str(caught.value)

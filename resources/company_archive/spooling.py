"""Reading a company or a person into files, in one snapshot of the database.

The rows go to unnamed files on the disk, so the snapshot is short however slow the reader is, and
memory holds one batch of rows. What does not belong here: the ZIP (`packing.py`).
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from resources.company_archive.tables import OF_COMPANY, OF_PERSON, PEOPLE, Part, query
from resources.database.engine import Database, Scope, set_scope

ROWS_AT_ONCE = 25
"""A document may have 10 MB; a cursor on the server costs little for more trips."""


@dataclass(slots=True)
class Spooled:
    """Rows of one part on the disk; the file vanishes when it is closed."""

    name: str
    file: IO[bytes] = field(repr=False)
    rows: int = 0
    size_bytes: int = 0


@dataclass(slots=True)
class Spool:
    """All parts, and the files of media that belong to them."""

    parts: list[Spooled]
    media: list[str]
    taken_at: datetime
    held: ExitStack = field(repr=False)

    def close(self) -> None:
        """Let the files vanish."""
        self.held.close()


async def spool_company(database: Database, scope: Scope, company_id: UUID) -> Spool:
    """Read all rows of a company. The caller has checked that it may, and closes the spool."""
    return await _spool(database, scope, OF_COMPANY, company_id, PEOPLE)


async def spool_person(database: Database, person_id: UUID) -> Spool:
    """Read all rows about a person, wherever they are: every query names the person."""
    return await _spool(database, Scope(readable=None, person=person_id), OF_PERSON, person_id)


async def _spool(
    database: Database, scope: Scope, parts: Sequence[Part], subject: UUID, people: str = ""
) -> Spool:
    with ExitStack() as held:
        async with database.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            await set_scope(connection, scope)
            now: datetime = (await connection.execute(text("SELECT now()"))).scalar_one()
            found = []
            for part in parts:
                values = {"subject": subject, "without": list(part.without)}
                found.append(await _read(connection, held, part.name, query(part), values))
            if people:
                found.append(await _read(connection, held, "people", people, {"subject": subject}))
            await connection.rollback()
        return Spool(found, _media(found), now, held.pop_all())


async def _read(
    connection: AsyncConnection, held: ExitStack, name: str, sql: str, values: dict[str, Any]
) -> Spooled:
    file = tempfile.TemporaryFile(prefix="posthub-export-")  # noqa: SIM115 - closed by `held`
    spooled = Spooled(name, held.enter_context(file))
    options = {"yield_per": ROWS_AT_ONCE}
    async with connection.stream(text(sql), values, execution_options=options) as rows:
        async for batch in rows.partitions(ROWS_AT_ONCE):
            lines = "".join(f"{row[0]}\n" for row in batch).encode()
            await asyncio.to_thread(spooled.file.write, lines)
            spooled.rows += len(batch)
            spooled.size_bytes += len(lines)
    spooled.file.seek(0)
    return spooled


def _media(parts: Sequence[Spooled]) -> list[str]:
    """Give the hashes of the files, from the rows about them."""
    found = []
    for part in parts:
        if part.name == "media":
            found = [json.loads(line)["sha256"] for line in part.file]
            part.file.seek(0)
    return found

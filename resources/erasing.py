"""Erasing a company: its rows, its files, its receipt; and what is left to the factory.

The wish is written down first, so that whoever dies on the way is followed by somebody who goes on:
the API begins at once, the factory finishes. Every step may be done twice.
What does not belong here: which words leave which table (`repositories/erasing.py`), Dagster's
storage (`dagster_erasure.py`), who may ask (`api/`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from posthub_assets.domain.erasing import LeftInDagster
from posthub_assets.domain.errors import StorageError
from resources.database.engine import EVERYTHING, Database, Scope
from resources.database.repositories import erasing, erasures
from resources.database.repositories.erasures import ErasureRow, OpenErasure
from resources.media_store import MediaStore

log = logging.getLogger("posthub.erasing")

TRIES = 6
DEADLOCK = "40P01"
"""Workers lock their job before the company, the erasure the company before its jobs."""


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases companies. `database` is the API's or the factory's."""

    database: Database
    media: MediaStore

    async def erase(self, erasure_id: UUID, organization_id: UUID, company_id: UUID) -> None:
        """Take the company's words out of all tables, then remove its files.

        Done before: nothing happens. Raises StorageError.
        """
        await self._tables(erasure_id, organization_id, company_id)
        await self._files(erasure_id, organization_id)

    async def _tables(self, erasure_id: UUID, organization_id: UUID, company_id: UUID) -> None:
        for attempt in range(TRIES):
            try:
                async with self.database.transaction(Scope.of(organization_id)) as connection:
                    if not await erasures.is_still_wanted(connection, erasure_id):
                        return
                    erased = await erasing.erase_company(connection, organization_id, company_id)
                    if erased is not None:
                        await erasures.tables_done(connection, erasure_id, erased)
                return
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                    raise
                log.info("erasure %s met somebody at work; once more", erasure_id)
                await asyncio.sleep(0.1 * 2**attempt)
        raise StorageError("The company is worked on; its erasure is tried again by itself.")

    async def _files(self, erasure_id: UUID, organization_id: UUID) -> None:
        async with self.database.transaction(Scope.of(organization_id)) as connection:
            row = await erasures.get(connection, erasure_id)
            left = await erasures.left_to_do(connection, erasure_id)
        if row.media_files is not None or left is None:
            return
        removed = await asyncio.to_thread(
            self._remove, organization_id, left["media"], left["partition_key"]
        )
        async with self.database.transaction(Scope.of(organization_id)) as connection:
            await erasures.media_done(connection, erasure_id, removed)

    def _remove(self, organization_id: UUID, hashes: Sequence[str], folder: str) -> int:
        removed = sum(self.media.erase(organization_id, one) for one in hashes)
        return removed + self.media.erase_derived(organization_id, folder)

    async def go_on(self) -> list[LeftInDagster]:
        """Begin the erasures that are due and finish those that broke off.

        Gives what is left for Dagster's storage. One that fails does not hold up the others.
        """
        async with self.database.transaction(EVERYTHING) as connection:
            waiting = await erasures.waiting(connection)
        left = [await self._one(one) for one in waiting]
        return [one for one in left if one is not None]

    async def _one(self, one: OpenErasure) -> LeftInDagster | None:
        try:
            await self.erase(one.id, one.organization_id, one.company_id)
        except StorageError:
            log.exception("erasure %s goes on later", one.id)
            return None
        async with self.database.transaction(Scope.of(one.organization_id)) as connection:
            left = await erasures.left_to_do(connection, one.id)
        if left is None:
            return None
        return LeftInDagster(one.id, left["partition_key"], tuple(left["run_ids"]))

    async def complete(self, erasure_id: UUID, dagster_rows: dict[str, int]) -> ErasureRow:
        """Remove what a call that was on its way left behind, and close the receipt."""
        async with self.database.transaction(EVERYTHING) as connection:
            row = await erasures.get(connection, erasure_id)
        assert row.organization_id is not None  # a company has one
        scope = Scope.of(row.organization_id)
        async with self.database.transaction(scope) as connection:
            late = await erasing.late_media(connection, row.organization_id, row.subject_id)
        for one in late:
            await asyncio.to_thread(self.media.erase, row.organization_id, one)
        async with self.database.transaction(scope) as connection:
            await erasing.media_erased(connection, row.organization_id, late)
            return await erasures.complete(
                connection, erasure_id, dagster_rows, more_files=len(late)
            )

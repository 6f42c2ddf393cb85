"""Upkeep of the factory: opening next month where its day has come, repairing what fell through,
deleting what is over, erasing what is due.

What does not belong here: the SQL of months (`database/repositories/months.py`) and gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text

from posthub_assets.domain.calendar import add_months
from posthub_assets.domain.erasing import LeftInDagster
from posthub_assets.domain.errors import StorageError
from posthub_assets.domain.flow import Priority, usage_work
from resources.database.engine import EVERYTHING, Database, Scope
from resources.database.repositories import experiments, gaps, usage
from resources.database.repositories.months import open_month, today_in
from resources.erasing import Eraser
from resources.media_cleaning import MediaCleaner
from resources.media_store import MediaStore
from resources.settings import JOURNAL_DAYS
from resources.work_queue import PostgresWorkQueue

OPENING_DAY = 20
"""Day of the month, in each company's zone, from which its next month is opened."""

PRUNED_AT_ONCE = 5000
"""Rows of each kind in one transaction: locks are short, and a first pruning of years ends."""

_ACTIVE = text(
    """
    SELECT c.id, c.organization_id, c.timezone FROM posthub.company c
    WHERE c.is_active AND c.deleted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM posthub.company_month m WHERE m.organization_id = c.organization_id
            AND m.company_id = c.id AND m.month = :month)
    """
)


_PRUNE = text("SELECT what, deleted FROM posthub.prune(:most)")
_FORGET_REQUESTS = text("SELECT posthub.forget_requests()")
_PRUNE_LINKS = text("SELECT 'links' AS what, posthub.prune_links(:most) AS deleted")
_PRUNE_JOURNAL = text("SELECT what, deleted FROM posthub.prune_journal(:days, :most)")


@dataclass(frozen=True, slots=True)
class PostgresUpkeep:
    """The factory's housekeeping; every method may be run twice."""

    database: Database
    queue: PostgresWorkQueue
    journal_days: int = JOURNAL_DAYS
    media: MediaStore | None = None
    """Where the files of erased companies are."""

    async def open_due_months(self, now: datetime | None = None) -> int:
        """Open next month for every active company whose local date is the 20th or later."""
        now = now or datetime.now(UTC)
        opened = 0
        # Zones reach a day up to 26 hours apart, so near its end two months can be "next".
        for month in sorted({add_months(day.replace(day=1), 1) for day in _dates_on_earth(now)}):
            async with self.database.transaction(EVERYTHING) as connection:
                companies = list(await connection.execute(_ACTIVE, {"month": month}))
            for company in companies:
                today = today_in(company.timezone, now)
                if today.day < OPENING_DAY or add_months(today.replace(day=1), 1) != month:
                    continue
                async with self.database.transaction(Scope.of(company.organization_id)) as one:
                    await open_month(
                        one,
                        company.organization_id,
                        company.id,
                        month,
                        opened_by="schedule",
                        today=today,
                        priority=Priority.BACKFILL,
                    )
                opened += 1
        return opened

    async def repair(self) -> int:
        """Ask for the jobs that should be there and are not; give how many."""
        repaired = 0
        for asset in gaps.CHILD_OF:
            async with self.database.transaction(EVERYTHING) as connection:
                missing = await gaps.missing_children(connection, asset, None)
            repaired += await self.queue.ask_for(missing)
        return repaired

    async def renew_usage(self) -> int:
        """Ask for the usage of months in which something was bought since; give how many."""
        async with self.database.transaction(EVERYTHING) as connection:
            found = await usage.moved(connection)
        return await self.queue.ask_for(
            [
                gaps.MissingWork(organization, company, usage_work(month))
                for organization, company, month in found
            ]
        )

    async def prune(self, at_once: int = PRUNED_AT_ONCE) -> dict[str, int]:
        """Delete expired keys and sessions, messages that were delivered a month ago, links
        that decided nothing and ended 90 days ago, and the journal's prompts and answers after
        their retention; figures stay.

        Gives how many rows went, by what they were. Works in batches until nothing is left. An
        experiment whose candidate is clearly worse is stopped. What nobody uses of the library is
        cleaned away.
        """
        deleted: dict[str, int] = {}
        while True:
            async with self.database.transaction(Scope()) as connection:
                rows = list(await connection.execute(_PRUNE, {"most": at_once}))
                rows += list(await connection.execute(_PRUNE_LINKS, {"most": at_once}))
                values = {"days": self.journal_days, "most": at_once}
                rows += list(await connection.execute(_PRUNE_JOURNAL, values))
            for row in rows:
                deleted[row.what] = deleted.get(row.what, 0) + row.deleted
            if not any(row.deleted for row in rows):
                break
        async with self.database.transaction(EVERYTHING) as connection:
            await connection.execute(_FORGET_REQUESTS)
            stopped = await experiments.check_guardrails(connection)
        deleted |= await MediaCleaner(self.database, self.media).clean(at_once)
        return deleted | ({"experiments stopped": len(stopped)} if stopped else {})

    async def go_on_erasing(self) -> list[LeftInDagster]:
        """Begin the erasures that are due, go on with those that broke off.

        Gives what Dagster's storage still holds. Raises StorageError where there are no files.
        """
        return await self._eraser().go_on()

    async def complete_erasure(self, erasure_id: UUID, dagster_rows: Mapping[str, int]) -> None:
        """Close a receipt, when Dagster's storage holds nothing of the company any more."""
        await self._eraser().complete(erasure_id, dict(dagster_rows))

    def _eraser(self) -> Eraser:
        if self.media is None:
            raise StorageError("Erasing needs the folder of the media.")
        return Eraser(self.database, self.media)


def _dates_on_earth(now: datetime) -> set[date]:
    return {today_in(zone, now) for zone in ("Etc/GMT+12", "UTC", "Etc/GMT-14")}

"""Jobs that the process that asked for them works off itself, while the person waits.

They are claimed under a lease in the transaction that asks for them, worked off as a run does it
(`posthub_assets/draining.py`: heartbeats, time limits, cancelling, failures), and saved as the
factory saves. So a process that dies leaves jobs whose leases end, and the factory takes them over.
What does not belong here: what is done with a job (`posthub_assets/picture_work.py`), when it is
small enough for this (the routers).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.media.ports import Studio
from posthub_assets.domain.work import Job, Order, Partition, Result, Tools
from posthub_assets.draining import Drain, Drained, Handler
from resources.content_store import PostgresContentStore
from resources.database.engine import Database, Scope
from resources.database.repositories import jobs, own_jobs
from resources.ids import new_id
from resources.media_store import MediaStore
from resources.work_queue import PostgresWorkQueue

WORKER = "api:"
"""How the leases of such workers begin."""

_NOT_HERE: Any = None
"""Pictures need no gateway, no website and no upkeep; whoever asks for them breaks here."""

log = logging.getLogger("posthub.at_once")


@dataclass(frozen=True, slots=True)
class _OwnJobs(PostgresWorkQueue):
    """Hands out the jobs that were claimed beforehand, of one organisation, and no others.

    The login role of the API writes in one organisation at a time, so its leases are prolonged and
    given back there.
    """

    organization_id: UUID = field(kw_only=True)
    waiting: list[Job] = field(kw_only=True)

    async def claim(
        self, asset: str, *, worker: str, run_id: str, limit: int, only: Sequence[Partition] | None
    ) -> list[Job]:
        """Give the next jobs that are ours already."""
        taken = self.waiting[:limit]
        del self.waiting[:limit]
        return taken

    async def extend(self, worker: str, ids: Sequence[UUID]) -> set[UUID]:
        """Prolong leases, also those of jobs that wait for their turn; give what is held."""
        everything = [*ids, *(one.id for one in self.waiting)]
        async with self.database.transaction(Scope.of(self.organization_id)) as connection:
            return await jobs.extend_leases(connection, worker=worker, ids=everything)

    async def held(self, worker: str, ids: Sequence[UUID]) -> set[UUID]:
        """Give those of the jobs that are still this worker's."""
        async with self.database.transaction(Scope.of(self.organization_id)) as connection:
            return await own_jobs.held(connection, ids, worker=worker)

    async def give_back(
        self, worker: str, ids: Sequence[UUID], *, delay_s: float = 0, step: str = ""
    ) -> None:
        """Return jobs untouched, also those that wait for their turn."""
        everything = [*ids, *(one.id for one in self.waiting)]
        async with self.database.transaction(Scope.of(self.organization_id)) as connection:
            await jobs.give_back(
                connection, worker=worker, ids=everything, delay_s=delay_s, step=step
            )


@dataclass(frozen=True, slots=True)
class WorkAtOnce:
    """Works off jobs in this process, as many requests at once as there are cores."""

    database: Database
    media: MediaStore
    studio: Studio
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))

    @property
    def is_busy(self) -> bool:
        """Whether whoever comes now would have to wait for a core."""
        return self.slots.locked()

    async def claim(self, connection: AsyncConnection, ids: Sequence[UUID]) -> list[Job]:
        """Take jobs that this transaction has asked for; to be followed by `work`."""
        return await own_jobs.claim(connection, ids, worker=f"{WORKER}{new_id()}")

    async def work(self, claimed: Sequence[Job], handle: Handler) -> Drained:
        """Work off what was claimed; all of it is saved, failed or given back at the end.

        Raises StorageError where the database or the disk went away: the factory takes over then.
        """
        if not claimed:
            return Drained()
        first = claimed[0]

        async def in_turn(order: Order, tools: Tools) -> Result:
            async with self.slots:
                return await handle(order, tools)

        queue = _OwnJobs(
            self.database, organization_id=first.organization_id, waiting=list(claimed)
        )
        drain = Drain(
            tools=self._tools(queue),
            asset=first.asset,
            handle=in_turn,
            run_id="",
            only=(),
            concurrency=1,
            log=log,
            worker=first.leased_by,
        )
        return await drain.run()

    def _tools(self, queue: PostgresWorkQueue) -> Tools:
        return Tools(
            queue=queue,
            store=PostgresContentStore(self.database, self.media),
            text=_NOT_HERE,
            images=_NOT_HERE,
            research=_NOT_HERE,
            website=_NOT_HERE,
            batches=_NOT_HERE,
            upkeep=_NOT_HERE,
            studio=self.studio,
        )

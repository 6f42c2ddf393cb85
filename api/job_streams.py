"""Live jobs: one look at the database a moment for all who watch.

An event is the job's whole state and not a change, so one that was missed is missed for nothing:
who comes back with the id of the last one they saw gets the state of now, where it differs.
What does not belong here: the route and the bytes of an event (`routers/job_events.py`).
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

from posthub_assets.domain.errors import Conflict, PostHubError
from resources.database.engine import EVERYTHING, Database
from resources.database.repositories import job_views
from resources.database.repositories.job_views import JobRow

LOOK_EVERY_S = 0.5
MOST_STREAMS = 500
"""More than this would be a leak or an attack: people watch one job or two."""
ENDS = frozenset({"completed", "failed", "cancelled"})

log = logging.getLogger("posthub.api")


class TooManyStreams(Conflict):
    """As many streams are open as this worker serves."""

    code = "too-many-streams"


def state_id(job: JobRow) -> str:
    """Give an id that stays the same as long as the job's state does."""
    said = f"{job.attempts} {job.crash_count} {job.step} {job.error}"
    return f"{job.status}-{job.progress}-{zlib.crc32(said.encode()):08x}"


@dataclass
class JobStreams:
    """All streams of a worker. Looks only while somebody watches."""

    database: Database
    look_every_s: float = LOOK_EVERY_S
    _watched: Counter[UUID] = field(default_factory=Counter)
    _found: dict[UUID, JobRow | None] = field(default_factory=dict)
    _next_look: asyncio.Event = field(default_factory=asyncio.Event)
    _hurry: asyncio.Event = field(default_factory=asyncio.Event)
    _looking: asyncio.Task[None] | None = None
    _is_closed: bool = False

    def refuse_crowd(self) -> None:
        """Raise TooManyStreams where as many are open as are served; before an answer begins."""
        if self._watched.total() >= MOST_STREAMS:
            raise TooManyStreams("Too many streams are open. Ask for the job itself instead.")

    async def states(self, job_id: UUID, seen: str, quiet_s: float) -> AsyncIterator[JobRow | None]:
        """Give the job's state whenever its id is not `seen`, and None after `quiet_s` of nothing.

        Ends with the job, with the server, or where the job is gone. That whoever asks may see the
        job was looked at before.
        """
        with self._watching(job_id):
            quiet = 0.0
            while not self._is_closed:
                await self._next_look.wait()
                if job_id not in self._found:
                    continue  # that look began before this stream
                job = self._found[job_id]
                if job is None:
                    return
                quiet += self.look_every_s
                if state_id(job) != seen:
                    seen, quiet = state_id(job), 0.0
                    yield job
                elif quiet >= quiet_s:
                    quiet = 0.0
                    yield None
                if job.status in ENDS:
                    return

    def look_now(self) -> None:
        """Look at once: this worker changed a job. Those who watch elsewhere see it in a moment."""
        self._hurry.set()

    def close(self) -> None:
        """End all streams; clients come back with the id of the last event they saw."""
        self._is_closed = True
        self._next_look.set()

    @contextmanager
    def _watching(self, job_id: UUID) -> Iterator[None]:
        self._watched[job_id] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            self._watched -= Counter((job_id,))

    async def _look(self) -> None:
        """Look as long as somebody watches. A database that is away ends the streams."""
        while self._watched and not self._is_closed:
            ids = list(self._watched)
            try:
                async with self.database.transaction(EVERYTHING) as connection:
                    rows = await job_views.by_ids(connection, ids)
            except PostHubError as error:
                log.warning("streams of jobs end: %s", error)
                rows = {}
            self._found = {id_: rows.get(id_) for id_ in ids}
            self._next_look.set()
            self._next_look = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), self.look_every_s)
            self._hurry.clear()

"""How a run works off jobs: claim, work concurrently, write each result as soon as it is there.

A killed run loses nothing: its leases end and others claim. An item's failure is a row, never a
failed run; only infrastructure (`StorageError`) fails a run, and its jobs go back untouched. A job
that a person cancels begins no further call, and its work is stopped within a second.
What does not belong here: what a stage does (`assets/`), SQL, Dagster.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from posthub_assets.domain.errors import (
    Conflict,
    JobCancelled,
    PostHubError,
    Postponed,
    RateLimited,
    StorageError,
    TransientProviderError,
    Unavailable,
)
from posthub_assets.domain.patience import time_limit
from posthub_assets.domain.stopping import Stop, stoppable
from posthub_assets.domain.work import Job, Order, Partition, Result, Tools

HEARTBEAT_S = 10.0
"""A third of the lease: two heartbeats may be missed."""

WATCH_S = 1.0
"""How often a run that holds jobs asks whether they are still its own: one question for all of
them, and the longest that work goes on after a person cancelled it. Calls need no question: the
statement that begins one refuses it (migration 0019)."""

LINGER_S = 4.0
"""A draining run waits this long for more, because a new run costs more CPU than the wait."""

LINGER_POLL_S = 0.5
LONGEST_DRAIN_S = 900.0
"""A draining run ends in time to be seen in the UI; what is left is the next run's."""

RETRY_BASE_S = 5.0

Handler = Callable[[Order, Tools], Awaitable[Result]]


@dataclass(slots=True)
class Drained:
    """What a run did: counts, and the partitions it touched."""

    done: int = 0
    failed: int = 0
    retried: int = 0
    postponed: int = 0
    """Jobs whose answers come with a vendor's batch."""
    lost: int = 0
    """Jobs that others took over, or that a person cancelled."""
    partitions: set[Partition] = field(default_factory=set)
    errors: Counter[str] = field(default_factory=Counter)
    first_claim_s: float | None = None


@dataclass(slots=True)
class Drain:
    """One run's work on one asset. `only` None means all partitions (a draining run)."""

    tools: Tools
    asset: str
    handle: Handler
    run_id: str
    only: Sequence[Partition] | None
    concurrency: int
    log: logging.Logger
    heartbeat_s: float = HEARTBEAT_S
    watch_s: float = WATCH_S
    linger_s: float = LINGER_S
    """Seconds that a draining run waits for more; a run of chosen partitions waits for none."""
    worker: str = field(default_factory=lambda: str(uuid4()))
    summary: Drained = field(default_factory=Drained)
    _tasks: dict[UUID, asyncio.Task[None]] = field(default_factory=dict)
    _stops: dict[UUID, Stop] = field(default_factory=dict)
    """Of the jobs that are worked on; what is being written down has none any more."""
    _broken: StorageError | None = None

    async def run(self) -> Drained:
        """Work until nothing is due. Raises StorageError where the database went away."""
        heartbeat = asyncio.create_task(self._heartbeats())
        try:
            await self._work_until_idle()
        finally:
            heartbeat.cancel()
            await self._leave()
        if self._broken is not None:
            raise self._broken
        return self.summary

    async def _work_until_idle(self) -> None:
        began = idle_since = time.monotonic()
        linger_s = self.linger_s if self.only is None else 0.0
        while self._broken is None and time.monotonic() - began < LONGEST_DRAIN_S:
            claimed = await self._claim()
            if claimed or self._tasks:
                await self._wait_for_one()
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since >= linger_s:
                break
            else:
                await asyncio.sleep(LINGER_POLL_S)
        if self._tasks:
            await asyncio.wait(self._tasks.values())

    async def _claim(self) -> int:
        free = self.concurrency - len(self._tasks)
        if free <= 0:
            return 0
        jobs = await self.tools.queue.claim(
            self.asset, worker=self.worker, run_id=self.run_id, limit=free, only=self.only
        )
        for job in jobs:
            self.summary.partitions.add(job.partition)
            self._stops[job.id] = Stop()
            self._tasks[job.id] = asyncio.create_task(self._work(job))
        return len(jobs)

    async def _wait_for_one(self) -> None:
        """Wait for a task to end; while places are free, look for new work twice a second."""
        full = len(self._tasks) >= self.concurrency
        await asyncio.wait(
            self._tasks.values(),
            return_when=asyncio.FIRST_COMPLETED,
            timeout=None if full else LINGER_POLL_S,
        )

    async def _work(self, job: Job) -> None:
        began, stop = time.monotonic(), self._stops[job.id]
        try:
            result = await self._result(job, stop)
            await self.tools.queue.save(
                job, self.worker, result, duration_s=time.monotonic() - began
            )
            self.summary.done += 1
        except StorageError as error:
            self._broken = error
        except Postponed:
            await self._put_aside(job)
        except JobCancelled:
            await self._lost(job)
        except asyncio.CancelledError:
            if stop.is_asked:
                await self._lost(job)
            else:
                self.summary.lost += 1
        except Exception as error:  # noqa: BLE001 - one item's failure is a row, not the run's
            await self._failed(job, error)
        finally:
            self._tasks.pop(job.id, None)

    async def _result(self, job: Job, stop: Stop) -> Result:
        """Do what the job asks for, as long as nobody stops it."""
        try:
            with stoppable(stop):
                async with time_limit(job.time_limit_s):
                    order = await self.tools.store.order(job)
                    if order.is_superseded:
                        return Result(note="Superseded: the version it names is not approved now.")
                    return await self.handle(order, self.tools)
        finally:
            self._stops.pop(job.id, None)

    async def _lost(self, job: Job) -> None:
        """Write nothing of a job that is not ours any more but what a cancelled one cost."""
        self.summary.lost += 1
        try:
            await self.tools.queue.book_cancelled(job)
        except StorageError as broken:
            self._broken = broken

    async def _put_aside(self, job: Job) -> None:
        """Let the job go without a lease, an attempt or a crash: its batch makes it pending."""
        try:
            await self.tools.queue.park(job, self.worker)
        except StorageError as broken:
            self._broken = broken
            return
        self.summary.postponed += 1

    async def _failed(self, job: Job, error: Exception) -> None:
        code, message, retry, delay_s = describe_failure(job, error)
        if code == "lease-lost":
            await self._lost(job)
            return
        if code == "internal":
            self.log.error("job %s (%s) met a fault of ours", job.id, job.kind, exc_info=error)
        try:
            status = await self.tools.queue.fail(
                job, self.worker, code=code, message=message, retry=retry, delay_s=delay_s
            )
        except StorageError as broken:
            self._broken = broken
            return
        if status is None:  # cancelled meanwhile, or taken over
            await self._lost(job)
            return
        self.summary.errors[code] += 1
        if status == "pending":
            self.summary.retried += 1
        elif status == "failed":
            self.summary.failed += 1

    async def _heartbeats(self) -> None:
        """Prolong the leases in time, and between that ask which jobs are still held."""
        beat_at = time.monotonic()
        while True:
            await asyncio.sleep(min(self.watch_s, self.heartbeat_s))
            mine = list(self._tasks)
            if not mine:
                continue
            at_work = dict(self._stops)
            try:
                if time.monotonic() - beat_at >= self.heartbeat_s:
                    beat_at = time.monotonic()
                    held = await self.tools.queue.extend(self.worker, mine)
                elif at_work:
                    held = await self.tools.queue.held(self.worker, list(at_work))
                else:
                    continue
            except StorageError as error:
                self._broken = error
                return
            for lost in at_work.keys() - held:
                self._stop(lost, at_work[lost])

    def _stop(self, job_id: UUID, stop: Stop) -> None:
        """Stop the work on a job that was taken over, or cancelled: nothing will be written.

        Work that was ended, or begun anew, since the question was asked goes on.
        """
        task = self._tasks.get(job_id)
        if self._stops.get(job_id) is stop and task is not None and not stop.is_asked:
            stop.is_asked = True
            task.cancel()

    async def _leave(self) -> None:
        """Give back what is still held, so that nobody has to wait for the lease to end."""
        held, tasks = list(self._tasks), list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if held and self._broken is None:
            await self.tools.queue.give_back(self.worker, held)


def describe_failure(job: Job, error: Exception) -> tuple[str, str, bool, float]:
    """Give (code, sentence, worth another attempt, seconds to wait) for a failed attempt."""
    wait_s = RETRY_BASE_S * 2**job.attempts
    if isinstance(error, RateLimited):
        return error.code, str(error), True, error.retry_after_s
    if isinstance(error, TransientProviderError | Unavailable):
        return error.code, str(error), True, wait_s
    if isinstance(error, TimeoutError):
        return "time-limit", f"It took longer than {job.time_limit_s} seconds.", True, wait_s
    if isinstance(error, Conflict):
        return error.code, str(error), False, 0.0
    if isinstance(error, PostHubError):
        return error.code, str(error), False, 0.0
    sentence = f"A fault in PostHub itself ({type(error).__name__}): {error}"
    return "internal", sentence, True, wait_s

"""Our workshop with a mark at the asset's first line; nothing else is changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.graphs.marks import mark, now
from posthub_assets.domain.work import Job, Partition, Tools, WorkQueue, Workshop


@dataclass(frozen=True, slots=True)
class MarkedWorkshop:
    """Notes when the asset asks for its tools, which is its first line but for one."""

    inner: Workshop

    def open(self) -> AbstractAsyncContextManager[Tools]:
        """Open the tools of the workshop inside."""
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Tools]:
        first_line = now()
        async with self.inner.open() as tools:
            yield replace(tools, queue=MarkedQueue(tools.queue, first_line, []))


@dataclass(frozen=True, slots=True)
class MarkedQueue:
    """Writes the mark with the first claim, which knows the asset and the run."""

    inner: WorkQueue
    first_line: tuple[float, float]
    written: list[bool]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def claim(
        self, asset: str, *, worker: str, run_id: str, limit: int, only: Sequence[Partition] | None
    ) -> list[Job]:
        """Claim as the queue inside does."""
        jobs = await self.inner.claim(asset, worker=worker, run_id=run_id, limit=limit, only=only)
        if not self.written:
            self.written.append(True)
            mark(asset, run_id, self.first_line)
        return jobs

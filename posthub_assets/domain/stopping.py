"""A job that a person stops: what is paid comes to its end, nothing else begins.

Whoever learns that a job is cancelled asks it to stop here and then cancels its task. Work under
way breaks off at once, but for a call to a vendor: it is paid in any case, so it is waited for and
booked. What does not belong here: how one learns of it (`draining.py`), the call (`resources/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Stop:
    """Whether a job was asked to stop. One for each job, seen by all its tasks."""

    is_asked: bool = False


_STOP: ContextVar[Stop | None] = ContextVar("stop", default=None)


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """Say whose work is done in the block."""
    token = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(token)


def stop_is_asked() -> bool:
    """Tell whether the current job was asked to stop."""
    stop = _STOP.get()
    return stop is not None and stop.is_asked


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Do what is paid in any case; where the job is stopped meanwhile, end it before stopping.

    A task that is cancelled for another reason (its time limit, the end of the run) takes the work
    with it, also while it is waited for. Raises CancelledError and what `work` raises.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not stop_is_asked():
            task.cancel()
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # it is in the books; whoever is stopped does not hear of it
        raise

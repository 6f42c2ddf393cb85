"""Time limits that count work and not the wait in line.

Many jobs share a provider's rate: the last of them may wait longer for its turn than its work may
take. Whoever makes a job wait says so here, and the limit moves on by that time.
What does not belong here: how long work may take (`flow.py`), the line itself (`resources/`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

_LIMIT: ContextVar[asyncio.Timeout | None] = ContextVar("time_limit", default=None)


@asynccontextmanager
async def time_limit(limit_s: float) -> AsyncIterator[None]:
    """Stop the block after `limit_s` seconds of work. Raises TimeoutError."""
    async with asyncio.timeout(limit_s) as limit:
        token = _LIMIT.set(limit)
        try:
            yield
        finally:
            _LIMIT.reset(token)


def allow_for(wait_s: float) -> None:
    """Move the time limit of the current job on by a wait of `wait_s` seconds that is to come."""
    limit = _LIMIT.get()
    if limit is None or limit.expired():
        return
    ends_at = limit.when()
    if ends_at is not None and wait_s > 0:
        limit.reschedule(ends_at + wait_s)

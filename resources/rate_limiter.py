"""Rate limits shared by all processes: one row per provider and scope, one update per call.

The row holds the next free moment (the "theoretical arrival time" of the generic cell rate
algorithm, ITU-T I.371). A caller moves it on by one interval and sleeps until its own moment, so
callers are served in order, no call is refused, and the rate holds whatever process asks. The wait
does not count against the time limit of the job that waits.
What does not belong here: budgets and prices.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import text

from posthub_assets.domain.patience import allow_for
from resources.database.engine import Database, Scope

_TAKE = text(
    """
    INSERT INTO posthub.rate_limit AS r (provider, scope, next_free_at)
    VALUES (:provider, :scope,
            clock_timestamp() + make_interval(secs => :interval_s))
    ON CONFLICT (provider, scope) DO UPDATE SET next_free_at = greatest(r.next_free_at,
        clock_timestamp() - make_interval(secs => :tolerance_s))
        + make_interval(secs => :interval_s)
    RETURNING extract(epoch FROM r.next_free_at - make_interval(secs => :interval_s)
        - clock_timestamp())
    """
)


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_minute` calls a minute; `burst` of them may go at once after a pause."""

    per_minute: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """Hands out moments to call. Providers without a rate are not held back."""

    database: Database
    rates: dict[str, Rate]

    async def wait(self, provider: str, scope: str = "platform", rate: Rate | None = None) -> float:
        """Sleep until the next call to `provider` may go; give the seconds waited.

        `rate` None is the one that is known for `provider`; where none is known, nobody waits.
        """
        rate = rate or self.rates.get(provider)
        if rate is None:
            return 0.0
        delay_s = await self._take(provider, scope, rate)
        if delay_s > 0:
            allow_for(delay_s)
            await asyncio.sleep(delay_s)
        return max(0.0, delay_s)

    async def _take(self, provider: str, scope: str, rate: Rate) -> float:
        interval_s = 60.0 / rate.per_minute
        values = {
            "provider": provider,
            "scope": scope,
            "interval_s": interval_s,
            "tolerance_s": interval_s * (rate.burst - 1),
        }
        async with self.database.transaction(Scope()) as connection:
            return float((await connection.execute(_TAKE, values)).scalar_one())

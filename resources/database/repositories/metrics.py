"""The factory's state in figures: jobs that wait, what is spent, when the factory was seen.

Read across organisations, so it names none. What does not belong here: how figures are told
(`api/metrics.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

FACTORY = "factory"


@dataclass(frozen=True, slots=True)
class JobsRow:
    """Jobs of one asset in one status. Ages in seconds; `lag_s` counts from when they were due."""

    asset: str
    status: str
    number: int
    oldest_age_s: float
    lag_s: float


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """What was bought from a provider this month, by all organisations."""

    provider: str
    requests: int
    cost_usd: Decimal


@dataclass(frozen=True, slots=True)
class FactoryState:
    """All figures. `factory_age_s` is None where the factory was never seen."""

    jobs: tuple[JobsRow, ...]
    providers: tuple[ProviderRow, ...]
    factory_age_s: float | None


_JOBS = text(
    """
    SELECT asset, status, count(*) AS number,
        extract(epoch FROM now() - min(created_at))::float AS oldest_age_s,
        greatest(0, extract(epoch FROM now() - min(available_at)))::float AS lag_s
    FROM posthub.job WHERE status IN ('pending', 'running', 'failed')
    GROUP BY asset, status ORDER BY asset, status
    """
)
_PROVIDERS = text(
    """
    SELECT provider, count(*) AS requests, coalesce(sum(cost_usd), 0) AS cost_usd
    FROM posthub.generation
    WHERE created_at >= date_trunc('month', now()) AND provider <> 'local'
    GROUP BY provider ORDER BY provider
    """
)
_AGE = text(
    "SELECT extract(epoch FROM now() - at)::float FROM posthub.heartbeat WHERE name = :name"
)


async def factory_state(connection: AsyncConnection) -> FactoryState:
    """Read the figures. Needs a scope that reads everything."""
    jobs = tuple(JobsRow(**row._mapping) for row in await connection.execute(_JOBS))
    bought = tuple(ProviderRow(**row._mapping) for row in await connection.execute(_PROVIDERS))
    return FactoryState(jobs, bought, await factory_age_s(connection))


async def factory_age_s(connection: AsyncConnection) -> float | None:
    """Give the seconds since the factory was seen, or None where it never was."""
    found = (await connection.execute(_AGE, {"name": FACTORY})).scalar()
    return None if found is None else float(found)

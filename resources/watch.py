"""What sensors ask the database: short questions, read only, answered from indexes.

Synchronous, because a sensor is: one small pool serves all of them. SQLAlchemy is imported with the
first question, since every run imports this module and asks none.
What does not belong here: claims and changes, which a tick must never make.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from resources.settings import Settings

_DEMAND = """
    SELECT
        (SELECT count(*) FROM (SELECT 1 FROM posthub.job WHERE asset = :asset
            AND status = 'pending' AND available_at <= now() LIMIT :most) a)
        + (SELECT count(*) FROM (SELECT 1 FROM posthub.job WHERE asset = :asset
            AND status = 'running' AND lease_until < now() LIMIT :most) b) AS due,
        (SELECT count(*) FROM (SELECT 1 FROM posthub.job WHERE asset = :asset
            AND status = 'pending' AND available_at <= now() - interval '1 second'
            LIMIT :most) c)
        + (SELECT count(*) FROM (SELECT 1 FROM posthub.job WHERE asset = :asset
            AND status = 'running' AND lease_until < now() LIMIT :most) d) AS overdue,
        (SELECT count(DISTINCT leased_by) FROM posthub.job WHERE asset = :asset
            AND status = 'running' AND lease_until >= now()) AS live_workers
    """
_COMPANIES_MARK = """
    SELECT count(*) FILTER (WHERE deleted_at IS NULL) || '/' || coalesce(max(id::text), '')
        || '/' || coalesce(max(deleted_at)::text, '') FROM posthub.company
    """
_COMPANIES = "SELECT partition_key FROM posthub.company WHERE deleted_at IS NULL ORDER BY 1"
_READ_EVERYTHING = "SELECT set_config('posthub.organization_ids', '*', true)"
MOST = 1000
"""Counting stops here: more changes no decision, and a long backlog must not slow a tick."""


@dataclass(frozen=True, slots=True)
class JobDemand:
    """Due jobs of one asset and the workers that hold live leases on its jobs."""

    due: int
    overdue: int
    live_workers: int


@dataclass(frozen=True)
class Watch:
    """Read-only questions on the factory's database. Connects on the first question."""

    settings: Settings | None = field(default=None)

    @cached_property
    def _engine(self) -> Engine:
        from sqlalchemy import create_engine

        from resources.database.embedded import resolve_database
        from resources.settings import load_settings

        url = resolve_database(self.settings or load_settings()).factory
        return create_engine(
            url,
            pool_size=2,
            max_overflow=2,
            pool_pre_ping=True,
            connect_args={"application_name": "posthub-sensors", "connect_timeout": 5},
        )

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        from sqlalchemy import text

        with self._engine.begin() as connection:
            connection.execute(text(_READ_EVERYTHING))
            yield connection

    def demand(self, asset: str) -> JobDemand:
        """Count due jobs (up to 1,000) and live workers of one asset."""
        from sqlalchemy import text

        with self._reading() as connection:
            row = connection.execute(text(_DEMAND), {"asset": asset, "most": MOST}).one()
        return JobDemand(row.due, row.overdue, row.live_workers)

    def companies_mark(self) -> str:
        """Give a mark that changes whenever a company comes or goes."""
        from sqlalchemy import text

        with self._reading() as connection:
            return str(connection.execute(text(_COMPANIES_MARK)).scalar_one())

    def company_keys(self) -> list[str]:
        """Read the partition keys of all companies, in order."""
        from sqlalchemy import text

        with self._reading() as connection:
            return list(connection.execute(text(_COMPANIES)).scalars())

    def missing_work(self) -> int:
        """Count approved items without what follows them, without an open or failed job."""
        from resources.database.repositories.gaps import count_missing

        with self._reading() as connection:
            return count_missing(connection)

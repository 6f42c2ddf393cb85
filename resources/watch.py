"""What sensors ask the database: short questions, read only, answered from indexes.

Synchronous, because a sensor is: one small pool serves all of them. SQLAlchemy is imported with the
first question, since every run imports this module and asks none.
What does not belong here: claims and changes, which a tick must never make.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

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
# Ids begin with their time. The newest alone would not do: of two made at once, the one with the
# lower id may be committed last. So those of the last hour or two are counted, not all.
_COMPANIES_MARK = """
    SELECT (SELECT count(*) FROM posthub.company WHERE id > :recent) || '/'
        || (SELECT count(*) FROM posthub.company WHERE deleted_at IS NOT NULL) || '/'
        || coalesce((SELECT max(deleted_at)::text FROM posthub.company
                     WHERE deleted_at IS NOT NULL), '')
    """
_COMPANIES = "SELECT partition_key FROM posthub.company WHERE deleted_at IS NULL ORDER BY 1"
# Not at once after its tables: the sensor of the partitions still writes a tick about it.
_ERASURES_DUE = """
    SELECT coalesce(left_to_do -> 'run_ids', '[]') FROM posthub.erasure
    WHERE subject_kind = 'company' AND status IN ('scheduled', 'pending') AND due_at <= now()
        AND (erased_at IS NULL OR erased_at < now() - interval '20 seconds')
    ORDER BY due_at LIMIT 100
    """
_ALIVE = """
    INSERT INTO posthub.heartbeat (name, at) VALUES ('factory', now())
    ON CONFLICT (name) DO UPDATE SET at = now()
    """
_READ_EVERYTHING = "SELECT set_config('posthub.organization_ids', '*', true)"
MOST_ITEMS = 2500
"""The reconciler looks at so many items at a time, and goes on from there at its next tick."""

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

        from resources import error_reports
        from resources.database.embedded import resolve_database
        from resources.settings import load_settings

        settings = self.settings or load_settings()
        error_reports.install(settings, "factory")
        url = resolve_database(settings).factory
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
        """Give a mark that changes whenever a company comes or goes, and every hour.

        It costs the same however many companies there are.
        """
        from sqlalchemy import text

        hour = int(time.time() // 3600)
        recent = UUID(int=(hour - 1) * 3_600_000 << 80)
        with self._reading() as connection:
            mark = connection.execute(text(_COMPANIES_MARK), {"recent": recent}).scalar_one()
        return f"{hour}/{mark}"

    def company_keys(self) -> list[str]:
        """Read the partition keys of all companies, in order."""
        from sqlalchemy import text

        with self._reading() as connection:
            return list(connection.execute(text(_COMPANIES)).scalars())

    def missing_work(self, after: str = "", most: int = MOST_ITEMS) -> tuple[int, str]:
        """Count approved items without what follows them, without an open or failed job.

        Looks at the `most` items after `after` and says where the next look begins; empty is the
        beginning of all items, and so is what is no id: a person can write anything into a cursor.
        """
        from resources.database.repositories.gaps import BEGINNING, count_missing

        with self._reading() as connection:
            found = count_missing(connection, _id_of(after) or BEGINNING, most)
        return found.missing, "" if found.until == BEGINNING else str(found.until)

    def say_alive(self) -> None:
        """Write that the factory's sensors run: the one thing that a tick writes, and may twice."""
        from sqlalchemy import text

        with self._engine.begin() as connection:
            connection.execute(text(_ALIVE))

    def batches_due(self) -> bool:
        """Tell whether a batch is to be handed in or asked about, or a job waits for none."""
        from resources.database.repositories.queued import BUSY, QUIET

        with self._reading() as connection:
            return bool(connection.execute(BUSY, {"quiet": QUIET}).scalar_one())

    def erasures_due(self) -> list[tuple[str, ...]]:
        """Read, for each erasure that is not at its end, the runs that must end before it."""
        from sqlalchemy import text

        with self._reading() as connection:
            return [tuple(one) for one in connection.execute(text(_ERASURES_DUE)).scalars()]


def _id_of(cursor: str) -> UUID | None:
    try:
        return UUID(cursor)
    except ValueError:
        return None

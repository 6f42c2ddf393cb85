"""Dagster's storage, with connections that are kept.

Dagster's own opens a connection for every statement, and asks the catalogue five times in each tick
of a sensor whether its migrations are done. Under a backfill that was more than half of what the
database did. Here the storages of one process share a small pool, and a yes is remembered.
What does not belong here: what is stored. Named in `dagster.yaml`; see docs/decisions/0009.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from dagster_postgres.schedule_storage import PostgresScheduleStorage
from dagster_postgres.storage import DagsterPostgresStorage
from dagster_postgres.utils import create_pg_engine, pg_url_from_config

if TYPE_CHECKING:
    from dagster._core.storage.config import PostgresStorageConfig
    from dagster._serdes import ConfigurableClassData
    from sqlalchemy import Connection, Engine

KEPT_CONNECTIONS = 2
"""Open between statements, for each process; more are opened when they are needed, and closed."""


def shared_engine(url: str) -> Engine:
    """Give the process's one engine for a database; instances come and go with every tick."""
    return _engine(url, os.getpid())


@cache
def _engine(url: str, _process_id: int) -> Engine:
    return create_pg_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=KEPT_CONNECTIONS,
        max_overflow=-1,
        pool_pre_ping=True,
        pool_recycle=900,
        pool_use_lifo=True,
        use_native_hstore=False,
    )


class RememberingScheduleStorage(PostgresScheduleStorage):
    """Remembers for the process that a migration is done. A no is asked again."""

    def has_instigators_table(self) -> bool:
        """Tell whether the table of instigators is there."""
        return _known(self.postgres_url, "instigators", super().has_instigators_table)

    def _has_instigators_table(self, conn: Connection) -> bool:
        ask = super()._has_instigators_table
        return _known(self.postgres_url, "instigators", lambda: ask(conn))

    def has_built_index(self, migration_name: str) -> bool:
        """Tell whether a data migration has been done."""
        ask = super().has_built_index
        return _known(self.postgres_url, migration_name, lambda: ask(migration_name))


_DONE: set[tuple[str, str]] = set()


def _known(url: str, what: str, ask: Callable[[], bool]) -> bool:
    if (url, what) not in _DONE:
        if not ask():
            return False
        _DONE.add((url, what))
    return True


class PooledPostgresStorage(DagsterPostgresStorage):
    """`DagsterPostgresStorage` on the process's one engine. Takes the same configuration."""

    def __init__(
        self,
        postgres_url: str,
        should_autocreate_tables: bool = True,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        # Whether the tables are there is asked once in a process, not by every instance.
        create = should_autocreate_tables and (postgres_url, "tables") not in _DONE
        super().__init__(postgres_url, create, inst_data)
        self._schedule_storage = RememberingScheduleStorage(postgres_url, create)
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            storage._engine = shared_engine(postgres_url)
        _DONE.add((postgres_url, "tables"))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> PooledPostgresStorage:
        """Make the storage that `dagster.yaml` asks for."""
        return cls(
            pg_url_from_config(cast("PostgresStorageConfig", config_value)),
            config_value.get("should_autocreate_tables", True),
            inst_data,
        )

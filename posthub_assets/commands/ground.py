"""The ground that commands stand on: settings, and a database that runs and is migrated.

What does not belong here: the processes of a factory (`resources/processes/`).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

from posthub_assets.commands.speaking import say
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.engine import Database, open_database
from resources.database.migrate import migrate
from resources.database.urls import DatabaseUrls
from resources.settings import Settings, load_settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ground:
    """Settings, and the URLs of a database at the current schema."""

    settings: Settings
    urls: DatabaseUrls
    revision: str

    def as_owner(self, work: Callable[[Database], Awaitable[T]]) -> T:
        """Run `work` on a pool of the owner, which is for migrating, people and imports only."""
        return asyncio.run(self._as_owner(work))

    async def _as_owner(self, work: Callable[[Database], Awaitable[T]]) -> T:
        database = open_database(self.urls.owner, pool_size=1, application="posthub-cli")
        try:
            return await work(database)
        finally:
            await database.close()


@contextmanager
def prepared_ground(settings: Settings | None = None) -> Iterator[Ground]:
    """Start the embedded database if that is the one, migrate, and stop it if nobody else uses it.

    Raises InvalidInput and StorageError, each with what to do.
    """
    settings = settings or load_settings()
    try:
        urls = resolve_database(settings)
        yield Ground(settings, urls, migrate(urls))
    finally:
        if settings.is_embedded:
            EmbeddedPostgres(settings.home).stop_if_unused()


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Within the block SIGTERM ends things as Ctrl-C does, so that children are ended too."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def migrate_database() -> None:
    """`posthub migrate`."""
    with prepared_ground() as ground:
        say(f"The database is at revision {ground.revision}.")

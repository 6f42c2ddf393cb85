"""The tools of a run: opened inside its event loop, closed after it.

Light to import: everything heavy is imported when the tools are opened.
What does not belong here: what the tools do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posthub_assets.domain.media.finishing import Finishing
    from posthub_assets.domain.ports import BatchDesk, ImageProvider, TextProvider, WebsiteReader
    from posthub_assets.domain.work import Tools
    from resources.database.engine import Database
    from resources.gateway import Gateway
    from resources.gateway.limit_book import LimitBook
    from resources.gateway.vendors import Vendors
    from resources.media_store import MediaStore
    from resources.rate_limiter import RateLimiter
    from resources.settings import Settings

POOL_SIZE = 8
"""Connections of one run. Work between queries holds none, so this serves many items at once."""


@dataclass(frozen=True, slots=True)
class PostgresWorkshop:
    """Opens the queue, the store and the gateway on the factory's database.

    Providers that are not given are chosen by the settings; settings that are not given are read
    from the environment when the tools are opened, so that definitions load with nothing set.
    """

    settings: Settings | None = None
    text: TextProvider | None = None
    images: ImageProvider | None = None
    rates: dict[str, float] = field(default_factory=dict)
    """Calls a minute by provider; for others the settings' rates hold."""

    def open(self) -> AbstractAsyncContextManager[Tools]:
        """Open connections and tools. Raises StorageError."""
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Tools]:
        from posthub_assets.domain.work import Tools
        from resources import error_reports
        from resources.content_store import PostgresContentStore
        from resources.database.embedded import resolve_database
        from resources.database.engine import open_database
        from resources.media_store import media_store_of
        from resources.settings import load_settings
        from resources.studio.opening import open_studio
        from resources.upkeep import PostgresUpkeep
        from resources.work_queue import PostgresWorkQueue

        settings = self.settings or load_settings()
        error_reports.install(settings, "factory")
        database = open_database(
            resolve_database(settings).factory,
            pool_size=POOL_SIZE,
            application="posthub-factory",
            repetitive=True,
        )
        media = media_store_of(settings)
        vendors = None if self.text or self.images else _vendors(settings, database)
        try:
            queue = PostgresWorkQueue(database)
            async with open_studio(settings, media) as studio:
                gateway = self._gateway(settings, database, media, vendors, studio.finishing)
                yield Tools(
                    queue=queue,
                    store=PostgresContentStore(database, media),
                    text=gateway,
                    images=gateway,
                    research=gateway,
                    website=_website(settings, has_vendors=vendors is not None),
                    batches=_batches(database, vendors),
                    upkeep=PostgresUpkeep(database, queue, settings.gateway.journal_days, media),
                    studio=studio,
                )
        finally:
            if vendors is not None:
                await vendors.close()
            await database.close()

    def _gateway(
        self,
        settings: Settings,
        database: Database,
        media: MediaStore,
        vendors: Vendors | None,
        finishing: Finishing,
    ) -> Gateway:
        from resources.gateway import Gateway

        return Gateway(
            database=database,
            text=self.text or _local_text(),
            images=self.images or _local_images(),
            limiter=_limiter(settings, self.rates, database),
            media=media,
            vendors=vendors,
            limits=_limits(settings),
            batch=settings.gateway.batch,
            finishing=finishing,
        )


def _local_text() -> TextProvider:
    from resources.providers.local import LocalText

    return LocalText()


def _local_images() -> ImageProvider:
    from resources.providers.local_images import LocalImages

    return LocalImages()


def _vendors(settings: Settings, database: Database) -> Vendors:
    from resources.gateway.vendors import Vendors
    from resources.key_vault import open_vault

    return Vendors(settings, database, open_vault(settings, database))


def _website(settings: Settings, *, has_vendors: bool) -> WebsiteReader:
    from resources.website_reader import CarefulReader, NoReader

    wanted = settings.gateway.fetch_websites
    keyed = any(settings.providers[name].api_key for name in ("gemini", "openai", "perplexity"))
    if wanted == "on" or (wanted == "auto" and has_vendors and keyed):
        return CarefulReader()
    return NoReader()


def _batches(database: Database, vendors: Vendors | None) -> BatchDesk:
    from resources.gateway.batches import Batches, NoBatches

    return NoBatches() if vendors is None else Batches(database, vendors)


def _limits(settings: Settings) -> LimitBook:
    from resources.gateway.limit_book import LimitBook
    from resources.limit_defaults import limit_defaults

    return LimitBook(limit_defaults(settings))


def _limiter(settings: Settings, rates: dict[str, float], database: Database) -> RateLimiter:
    from resources.rate_limiter import Rate, RateLimiter

    known = {
        name: Rate(provider.rate_per_minute, provider.rate_burst)
        for name, provider in settings.providers.items()
        if provider.rate_per_minute
    }
    pictures = settings.gateway.images_per_minute
    if pictures:
        vendors = (name for name in settings.providers if name != "local")
        known.update({f"{name}-images": Rate(pictures) for name in vendors})
    known.update({name: Rate(per_minute) for name, per_minute in rates.items()})
    return RateLimiter(database, known)

"""The application: made by `create_app`, served by uvicorn with `--factory`.

    uvicorn api.app:create_app --factory --host 127.0.0.1 --port 8000

It starts only as a role that the tenant policies bind, on a database at the newest migration.
What does not belong here: routes (`routers/`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware.cors import CORSMiddleware

from api import openapi, problems
from api.envelope import Envelope
from api.job_streams import JobStreams
from api.limits import Gate, Limits
from api.routers import (
    accounts,
    ai_images,
    api_tokens,
    approval_links,
    approving,
    audit,
    auth,
    auto_format,
    calendars,
    companies,
    confirming,
    consents,
    contents,
    decisions,
    documents,
    erasures,
    experiments,
    exports,
    front,
    health,
    history,
    inbox,
    invitations,
    job_events,
    jobs,
    limits,
    making,
    media,
    media_assets,
    media_links,
    media_templates,
    media_uploads,
    memberships,
    months,
    notifications,
    organizations,
    palettes,
    prompts,
    provider_keys,
    providers,
    search,
    shows,
    usage,
    users,
    webhooks,
)
from api.services import Services
from api.shutdown import before_shutdown
from posthub_assets.domain.errors import StorageError
from resources import error_reports, logs
from resources.darkroom.room import Darkroom
from resources.database.embedded import resolve_database
from resources.database.engine import Database, open_database, refuse_unsafe_role
from resources.file_tokens import FileTokens
from resources.media_store import media_store_of
from resources.request_limits import RequestLimits
from resources.scanning import Scanner
from resources.secret_store import resolve_app_secrets
from resources.settings import Settings, load_settings
from resources.studio.opening import studio_of
from resources.tokens import AccessTokens
from resources.work_at_once import WorkAtOnce

POOL_SIZE = 10
ROUTERS = (
    decisions,  # first, since routes are tried in order and a yes should feel like a click
    front,
    health,
    auth,
    accounts,
    confirming,
    invitations,
    api_tokens,
    users,
    memberships,
    organizations,
    companies,
    consents,
    erasures,
    exports,
    documents,
    months,
    calendars,
    contents,
    making,
    history,
    inbox,
    search,
    approval_links,
    approving,
    jobs,
    job_events,
    shows,
    media_uploads,
    media_assets,
    media_links,
    palettes,
    ai_images,  # these before the pictures, whose hash any word might be
    media_templates,
    media,
    auto_format,
    usage,
    limits,
    provider_keys,
    providers,
    prompts,
    experiments,
    audit,
    webhooks,
    notifications,
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application. Without settings the environment is read."""
    if settings is None:
        settings = load_settings()
        logs.install(as_json=settings.http.json_logs)  # the process is the server's, and so ours
        error_reports.install(settings, "api")
    app = FastAPI(
        title="PostHub",
        version="1",
        lifespan=_lifespan(settings),
        generate_unique_id_function=openapi.operation_id,
        docs_url=None,  # the page of front.py needs no script from another host
        redoc_url=None,
    )
    for module in ROUTERS:
        app.include_router(module.router)
    openapi.install(app)
    problems.install(app)
    app.add_middleware(Limits)
    if settings.http.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.http.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
            expose_headers=[*openapi.EXPOSED],
        )
    app.add_middleware(Envelope, trusted_proxies=settings.http.trusted_proxies)
    return app


def _lifespan(known: Settings) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        secrets = resolve_app_secrets(known)
        urls = resolve_database(known)
        database = open_database(urls.api, pool_size=POOL_SIZE, application="posthub api")
        darkroom = Darkroom()
        try:
            await _refuse_unfit(database)
            tokens = AccessTokens(secrets.secret_key)
            app.state.gate = Gate(known.http, tokens, RequestLimits(database))
            streams = JobStreams(database)
            media = media_store_of(known)
            studio = studio_of(known, media, darkroom)
            app.state.services = Services(
                settings=known,
                database=database,
                tokens=tokens,
                media=media,
                streams=streams,
                darkroom=darkroom,
                at_once=WorkAtOnce(database, media, studio),
                scanner=Scanner(known.scanner),
                file_tokens=FileTokens(secrets.secret_key),
            )
            with before_shutdown(streams.close):
                yield
        finally:
            await darkroom.close()
            await database.close()

    return lifespan


async def _refuse_unfit(database: Database) -> None:
    """Refuse to start on a database that is away, outdated, or open to this role."""
    try:
        outdated = await health.outdated(database)
        if not outdated:
            await refuse_unsafe_role(database)
    except SQLAlchemyError as error:
        raise StorageError(
            "The database cannot be used. Is it running, and has `posthub migrate` been run? "
            f"It says: {getattr(error, 'orig', None) or error}"
        ) from error
    if outdated:
        raise StorageError(outdated)

"""Is the API alive, and can it work? For load balancers, people, and Prometheus."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api import metrics
from api.services import services_of
from posthub_assets.domain.errors import Forbidden, PostHubError
from resources.database.engine import EVERYTHING, Database, Scope, refuse_unsafe_role
from resources.database.migrate import head_revision
from resources.database.repositories import metrics as metrics_rows

router = APIRouter(tags=["health"])
FACTORY_QUIET_S = 180
"""Its sensors say that they live every 30 seconds."""
_REVISION = text("SELECT version_num FROM posthub.alembic_version")


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """What the API needs, each `ok` or a sentence that says what is wrong."""

    status: Literal["ready", "not ready"]
    checks: dict[str, str]


async def outdated(database: Database) -> str:
    """Give a sentence where the database is not at the newest migration, else an empty string."""
    wanted = head_revision()
    async with database.engine.connect() as connection:
        found = (await connection.execute(_REVISION)).scalar()
    if found == wanted:
        return ""
    return f"The database is at migration {found}, the code at {wanted}. Run: posthub migrate"


async def _check_database(database: Database) -> str:
    try:
        # A transaction, since it replaces a connection that died while nobody was looking.
        async with database.transaction(Scope()):
            pass
    except (PostHubError, SQLAlchemyError, OSError):
        return "The database does not answer."
    return ""


async def _check(database: Database, name: str) -> str:
    try:
        if name == "migrations":
            return await outdated(database)
        await refuse_unsafe_role(database)
    except PostHubError as error:
        return str(error)
    except (SQLAlchemyError, OSError):
        return "The database could not be asked."
    return ""


async def _factory(database: Database) -> str:
    """Give a sentence where the factory was not seen for a while, else an empty string."""
    try:
        async with database.transaction(Scope()) as connection:
            age_s = await metrics_rows.factory_age_s(connection)
    except (PostHubError, SQLAlchemyError, OSError):
        return "The database could not be asked."
    if age_s is None:
        return "The factory was never seen. Start it with `posthub up`."
    if age_s > FACTORY_QUIET_S:
        return f"The factory was not seen for {age_s:.0f} s. Decisions are kept; their work waits."
    return ""


@router.get("/healthz")
async def healthz() -> Alive:
    """Say that the process answers. Touches nothing."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready}})
async def readyz(request: Request, response: Response) -> Ready:
    """Say whether the API can work: database there, migrations current, role harmless.

    `factory` says whether the work that follows from decisions is done. Without it the API is
    ready all the same: people decide, and nothing of it is lost.
    """
    database = services_of(request).database
    checks = {"database": await _check_database(database)}
    if not checks["database"]:
        checks |= {name: await _check(database, name) for name in ("migrations", "role")}
    is_ready = not any(checks.values())
    if not checks["database"]:
        checks["factory"] = await _factory(database)
    response.status_code = 200 if is_ready else 503
    told = {name: sentence or "ok" for name, sentence in checks.items()}
    return Ready(status="ready" if is_ready else "not ready", checks=told)


@router.get("/metrics", include_in_schema=False)
async def metrics_text(request: Request) -> Response:
    """Give figures in the text format of Prometheus, to this machine or for the metrics token."""
    services = services_of(request)
    _refuse_strangers(request, services.settings.http.metrics_token)
    async with services.database.transaction(EVERYTHING) as connection:
        state = await metrics_rows.factory_state(connection)
    return Response(metrics.rendered(state), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _refuse_strangers(request: Request, token: str | None) -> None:
    if token is None:
        host = request.client.host if request.client else ""
        # Behind a proxy on this machine that nobody named, everybody looks like this machine.
        if not _is_loopback(host) or "x-forwarded-for" in request.headers:
            raise Forbidden("Set POSTHUB_METRICS_TOKEN to read metrics from another machine.")
        return
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Forbidden("Metrics need the token of POSTHUB_METRICS_TOKEN.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""Is the API alive, and can it work? For supervisors, load balancers and people."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.services import services_of
from posthub_assets.domain.errors import PostHubError
from resources.database.engine import Database, Scope, refuse_unsafe_role
from resources.database.migrate import head_revision

router = APIRouter(tags=["health"])
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


@router.get("/healthz")
async def healthz() -> Alive:
    """Say that the process answers. Touches nothing."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready}})
async def readyz(request: Request, response: Response) -> Ready:
    """Say whether the API can work: database there, migrations current, role harmless."""
    database = services_of(request).database
    checks = {"database": await _check_database(database)}
    if not checks["database"]:
        checks |= {name: await _check(database, name) for name in ("migrations", "role")}
    is_ready = not any(checks.values())
    response.status_code = 200 if is_ready else 503
    told = {name: sentence or "ok" for name, sentence in checks.items()}
    return Ready(status="ready" if is_ready else "not ready", checks=told)

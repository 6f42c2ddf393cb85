"""What handlers need: the database, tokens, media, and who is asking.

    async with acting(request) as act:
        ... act.connection, act.actor, act.origin ...
    return answer

The transaction commits when the block ends, so an answer given after it is true.
What does not belong here: routes and shapes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID
from weakref import WeakValueDictionary

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from api.job_streams import JobStreams
from posthub_assets.domain.errors import InvalidInput, NotFound, NotSignedIn
from posthub_assets.domain.people import Actor, Role
from resources.database.engine import Database
from resources.database.repositories import identity
from resources.database.repositories.audit import Origin
from resources.database.repositories.identity import PersonRow
from resources.media_store import MediaStore
from resources.settings import Settings
from resources.tokens import AGAIN, AccessTokens

_SCHEME = HTTPBearer(auto_error=False, description="The access token of POST /v1/auth/login.")
"""Only for the OpenAPI document."""


async def signed_in(request: Request, _: Annotated[object, Depends(_SCHEME)]) -> None:
    """Say no before a body is looked at, where there is no good token. Raises NotSignedIn.

    Who somebody is and what they may do is found out by `acting`.
    """
    services_of(request).tokens.read(_bearer(request))


@dataclass(slots=True)
class LoginQueue:
    """One attempt at a time per e-mail, so that parallel guesses are counted one by one."""

    locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def of(self, email: str) -> asyncio.Lock:
        """Give the lock of an e-mail address; it lives as long as somebody holds it."""
        return self.locks.setdefault(email, asyncio.Lock())


@dataclass(frozen=True, slots=True)
class Services:
    """Made once, when the application starts."""

    settings: Settings
    database: Database
    tokens: AccessTokens
    media: MediaStore
    streams: JobStreams
    logins: LoginQueue = field(default_factory=LoginQueue)


def services_of(request: Request) -> Services:
    """Give the application's services."""
    found: Services = request.app.state.services
    return found


@dataclass(frozen=True, slots=True)
class Acting:
    """A person within a transaction that shows what they may see."""

    connection: AsyncConnection
    person: PersonRow
    origin: Origin

    @property
    def actor(self) -> Actor:
        """The person with their roles."""
        return self.person.actor

    @property
    def organizations(self) -> tuple[UUID, ...] | None:
        """The organisations the person may see; None for all."""
        return None if self.actor.is_admin else tuple(self.actor.roles)

    async def write_in(self, organization_id: UUID, role: Role, what: str) -> None:
        """Make an organisation the writable one. Raises NotFound for strangers, Forbidden."""
        if self.actor.role_in(organization_id) is None:
            raise NotFound("There is no such organisation.")
        self.actor.require(organization_id, role, what)
        await identity.write_in(self.connection, organization_id)

    def only_organization(self) -> UUID:
        """Give the person's organisation where they have exactly one. Raises InvalidInput."""
        if len(self.actor.roles) != 1:
            raise InvalidInput(
                "Name the organization_id; you have none, or more than one. GET /v1/me lists them.",
                field="organization_id",
            )
        return next(iter(self.actor.roles))


def origin_of(request: Request) -> Origin:
    """Give where a request came from."""
    return Origin(
        ip=request.client.host if request.client else None,
        user_agent=request.headers.get("user-agent"),
        request_id=request.state.request_id,
    )


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn(f"This needs an access token. {AGAIN}")
    return token.strip()


@asynccontextmanager
async def acting(request: Request) -> AsyncIterator[Acting]:
    """Open a transaction as the person who asks; it commits at the end of the block.

    Who they are and where they belong is read from the database, not from the token.
    Raises NotSignedIn.
    """
    services = services_of(request)
    user_id = services.tokens.read(_bearer(request))
    async with identity.entered(services.database, user_id) as (connection, person):
        if person is None or not person.is_active:
            raise NotSignedIn("This account is not active any more.")
        _remember(request, person)
        yield Acting(connection, person, origin_of(request))


def _remember(request: Request, person: PersonRow) -> None:
    """Tell the gate whether this is a supervisor, who has a smaller limit of requests."""
    roles = person.actor.roles.values()
    below = not person.actor.is_admin and all(role is Role.SUPERVISOR for role in roles)
    request.app.state.gate.remember(person.id, is_supervisor=below)

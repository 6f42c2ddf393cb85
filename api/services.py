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
from dataclasses import dataclass, field, replace
from typing import Annotated
from uuid import UUID
from weakref import WeakValueDictionary

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from api.job_streams import JobStreams
from posthub_assets.domain.errors import Forbidden, InvalidInput, NotFound, NotSignedIn
from posthub_assets.domain.people import Actor, Role, TokenScope
from resources.database.engine import Database, Scope, set_scope
from resources.database.repositories import api_tokens, identity
from resources.database.repositories.api_tokens import PREFIX, TokenOwner
from resources.database.repositories.audit import Origin
from resources.database.repositories.identity import PersonRow
from resources.media_store import MediaStore
from resources.settings import Settings
from resources.tokens import AGAIN, AccessTokens

_SCHEME = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="JWT",
    description="The `access_token` of `POST /v1/auth/login`, or a token for machines (`ph_...`).",
    auto_error=False,
)
"""Only for the OpenAPI document."""


async def signed_in(request: Request, _: Annotated[object, Depends(_SCHEME)]) -> None:
    """Say no before a body is looked at, where there is no good token. Raises NotSignedIn.

    Who somebody is and what they may do is found out by `acting`.
    """
    token = _bearer(request)
    if not token.startswith(PREFIX):  # a machine's is looked up by `acting`
        services_of(request).tokens.read(token)


FOR_PEOPLE = ("/v1/api-tokens", "/v1/invitations", "/v1/auth", "/v1/provider-keys", "/v1/admin")
"""What makes or shows keys to the house is not for machines."""


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
        # An administrator has a role in every organisation, also in one that is not there.
        if self.actor.is_admin and not await identity.organization_exists(
            self.connection, organization_id
        ):
            raise NotFound("There is no such organisation.")
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
    token = _bearer(request)
    machine = await _machine(services, token) if token.startswith(PREFIX) else None
    user_id = machine.user_id if machine else services.tokens.read(token)
    async with identity.entered(services.database, user_id) as (connection, person):
        if person is None or not person.is_active:
            raise NotSignedIn("This account is not active any more.")
        known = await _as_machine(request, connection, person, machine) if machine else person
        _remember(request, known)
        yield Acting(connection, known, origin_of(request))


async def _machine(services: Services, token: str) -> TokenOwner:
    async with services.database.transaction(Scope()) as connection:
        found = await api_tokens.owner_of(connection, token)
    if found is None:
        raise NotSignedIn("This API token is not valid: unknown, expired or revoked.")
    return found


async def _as_machine(
    request: Request, connection: AsyncConnection, person: PersonRow, machine: TokenOwner
) -> PersonRow:
    """Give the person as far as their token goes: one organisation, no administrator, its scopes.

    Raises Forbidden for what the token's scopes do not allow, NotSignedIn where the person is no
    member any more.
    """
    role = person.actor.role_in(machine.organization_id)
    if role is None:
        raise NotSignedIn("Whose token this is does not belong to the organisation any more.")
    wanted = scope_of(request.method, request.scope["path"])
    if wanted not in machine.scopes:
        needed = f"the scope {wanted.value}" if wanted else "a person who signs in"
        raise Forbidden(f"This needs {needed}, which the API token has not.")
    held = Role.MANAGER if role is Role.ADMIN else role
    actor = replace(person.actor, is_admin=False, roles={machine.organization_id: held})
    limited = replace(person, actor=actor)
    await set_scope(connection, limited.scope(machine.organization_id))
    await api_tokens.note_use(connection, machine.token_id)
    return limited


def scope_of(method: str, path: str) -> TokenScope | None:
    """Give the scope that a request needs; None for what only a person may do."""
    if path.startswith(FOR_PEOPLE):
        return None
    if method in ("GET", "HEAD"):
        return TokenScope.READ
    decides = path == "/v1/decisions" or path.endswith(("/approve", "/reject", "/request-changes"))
    return TokenScope.DECIDE if decides or path.endswith("/personas/active") else TokenScope.WRITE


def _remember(request: Request, person: PersonRow) -> None:
    """Tell the gate whether this is a supervisor, who has a smaller limit of requests."""
    roles = person.actor.roles.values()
    below = not person.actor.is_admin and all(role is Role.SUPERVISOR for role in roles)
    request.app.state.gate.remember(person.id, is_supervisor=below)

"""What handlers need: the database, tokens, media, and who is asking.

    async with acting(request) as act:
        ... act.connection, act.actor, act.origin ...
    return answer

The transaction commits when the block ends, so an answer given after it is true.
What does not belong here: routes and shapes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from uuid import UUID
from weakref import WeakValueDictionary

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from api import refusals
from api.job_streams import JobStreams
from posthub_assets.domain.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    NotSignedIn,
    OutOfScope,
)
from posthub_assets.domain.people import Actor, Role, at_least, refusal
from posthub_assets.domain.permissions.rows import Permission, Who
from posthub_assets.domain.permissions.table import permission_of
from resources.darkroom.room import Darkroom
from resources.database.engine import Database, Scope, set_scope
from resources.database.repositories import api_tokens, identity
from resources.database.repositories.api_tokens import PREFIX, TokenOwner
from resources.database.repositories.audit import Origin
from resources.database.repositories.identity import PersonRow
from resources.file_tokens import FileTokens
from resources.media_store import MediaStore
from resources.scanning import Scanner
from resources.settings import Settings
from resources.tokens import AGAIN, AccessTokens
from resources.work_at_once import WorkAtOnce

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
    refuse_without_token(request)


class SignedInRoute(APIRoute):
    """What `signed_in` does, for the routes of decisions, where as a dependency it costs too much
    (docs/decisions/0015).
    """

    def __init__(self, *args: Any, **given: Any) -> None:
        extra = given.get("openapi_extra") or {}
        given["openapi_extra"] = {"security": [{_SCHEME.scheme_name: []}], **extra}
        super().__init__(*args, **given)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler, behind the look at the token."""
        answer = super().get_route_handler()

        async def checked(request: Request) -> Response:
            refuse_without_token(request)
            return await answer(request)

        return checked


def refuse_without_token(request: Request) -> None:
    """Refuse a request without a good token; those of machines are looked up by `acting`."""
    token = _bearer(request)
    if not token.startswith(PREFIX):
        services_of(request).tokens.read(token)


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
    darkroom: Darkroom
    at_once: WorkAtOnce
    scanner: Scanner
    file_tokens: FileTokens
    logins: LoginQueue = field(default_factory=LoginQueue)
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))
    """Pictures in memory at once, of all requests: as sent, and as they are kept."""
    exports: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """Each holds a connection and a snapshot while it reads."""


def services_of(request: Request) -> Services:
    """Give the application's services."""
    found: Services = request.app.state.services
    return found


@dataclass(slots=True)
class Acting:
    """A person within a transaction that shows what they may see, and the row of what they ask."""

    connection: AsyncConnection
    person: PersonRow
    origin: Origin
    permission: Permission
    is_checked: bool = False
    """Whether the handler has asked if the person may do this."""
    touched: UUID | None = None
    """The organisation that the person's role was looked for in, once it was."""

    @property
    def actor(self) -> Actor:
        """The person with their roles."""
        return self.person.actor

    @property
    def organizations(self) -> tuple[UUID, ...] | None:
        """The organisations the person may see; None for all."""
        return None if self.actor.is_admin else tuple(self.actor.roles)

    def may(self, organization_id: UUID, role: Role | None = None, what: str | None = None) -> None:
        """Refuse who may not do this in an organisation. Raises NotFound for strangers, Forbidden.

        The table says which role is needed; `role` is one that the request asks for besides.
        """
        if self.actor.role_in(organization_id) is None:
            raise NotFound("There is no such organisation.")
        self.is_checked, self.touched = True, organization_id
        asked = self.permission
        self.actor.require(organization_id, asked.who.role or Role.SUPERVISOR, asked.what)
        if role is not None:
            self.actor.require(organization_id, role, what or asked.what)

    async def write_in(
        self, organization_id: UUID, role: Role | None = None, what: str | None = None
    ) -> None:
        """Make an organisation the writable one, as far as `may` allows it."""
        self.may(organization_id, role, what)
        # Members' organisations are there; an administrator may name any id.
        if self.actor.is_admin and not await identity.organization_exists(
            self.connection, organization_id
        ):
            raise NotFound("There is no such organisation.")
        await identity.write_in(self.connection, organization_id)

    def where_allowed(self) -> list[UUID] | None:
        """Give the organisations where the person may do this; None for all. Raises Forbidden."""
        if self.actor.is_admin:
            return None
        self.is_checked = True
        needed = self.permission.who.role or Role.SUPERVISOR
        found = [one for one, role in self.actor.roles.items() if at_least(role, needed)]
        if not found:
            raise Forbidden(refusal(needed, self.permission.what))
        return found

    def is_oneself(self, user_id: UUID) -> bool:
        """Tell whether a request is about the person who asks; then no role is needed."""
        self.is_checked = self.is_checked or user_id == self.person.id
        return user_id == self.person.id

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

    Who they are and where they belong is read from the database, not from the token; what they may
    do, from the table. A refusal is audited. Raises NotSignedIn, Forbidden.
    """
    services = services_of(request)
    token = _bearer(request)
    machine = await _machine(services, token) if token.startswith(PREFIX) else None
    user_id = machine.user_id if machine else services.tokens.read(token)
    permission = permission_of(request.method, request.scope["route"].path)
    act: Acting | None = None
    try:
        async with identity.entered(services.database, user_id) as (connection, person):
            if person is None or not person.is_active:
                raise NotSignedIn("This account is not active any more.")
            act = Acting(connection, person, origin_of(request), permission)
            if machine:
                act.person = await _as_machine(act, machine)
            _remember(request, act.person)
            if permission.who is Who.ADMIN and not act.actor.is_admin:
                raise Forbidden(refusal(Role.ADMIN, permission.what))
            yield act
            _insist_on_a_check(act)
    except Forbidden as error:
        if act is not None:  # after the rollback, so that the row stays
            await refusals.record(services.database, act, request.url.path, str(error))
        raise


def _insist_on_a_check(act: Acting) -> None:
    """Break rather than commit where the table asks for a role and no handler looked at it."""
    if act.permission.is_checked_by_role and not act.is_checked and not act.actor.is_admin:
        raise RuntimeError(f"{act.permission.operation} did not ask whether the person may.")


async def _machine(services: Services, token: str) -> TokenOwner:
    async with services.database.transaction(Scope()) as connection:
        found = await api_tokens.owner_of(connection, token)
    if found is None:
        raise NotSignedIn("This API token is not valid: unknown, expired or revoked.")
    return found


async def _as_machine(act: Acting, machine: TokenOwner) -> PersonRow:
    """Give the person as far as their token goes: one organisation, no administrator, its scopes.

    Raises Forbidden for what the token's scopes do not allow, NotSignedIn where the person is no
    member any more.
    """
    person, wanted = act.person, act.permission.token
    role = person.actor.role_in(machine.organization_id)
    if role is None:
        raise NotSignedIn("Whose token this is does not belong to the organisation any more.")
    act.touched = machine.organization_id
    if wanted not in machine.scopes:
        needed = f"the scope {wanted.value}" if wanted else "a person who signs in"
        raise OutOfScope(f"This needs {needed}, which the API token has not.")
    held = Role.MANAGER if role is Role.ADMIN else role
    actor = replace(person.actor, is_admin=False, roles={machine.organization_id: held})
    limited = replace(person, actor=actor)
    await set_scope(act.connection, limited.scope(machine.organization_id))
    await api_tokens.note_use(act.connection, machine.token_id)
    return limited


def _remember(request: Request, person: PersonRow) -> None:
    """Tell the gate whether this is a supervisor, who has a smaller limit of requests."""
    roles = person.actor.roles.values()
    below = not person.actor.is_admin and all(role is Role.SUPERVISOR for role in roles)
    request.app.state.gate.remember(person.id, is_supervisor=below)

"""Signing in, staying signed in, signing out; and who am I."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from api.services import Services, acting, origin_of, services_of, signed_in
from api.shapes import Input, Output
from posthub_assets.domain.errors import NotSignedIn
from resources.database.engine import Scope
from resources.database.repositories import audit, confirmations, identity, sessions
from resources.passwords import MAX_CHARS, matches_soon
from resources.tokens import LIFETIME_S

router = APIRouter(prefix="/v1", tags=["auth"])

REFUSED = (
    "The e-mail or the password is wrong, or there were too many attempts. "
    f"From {sessions.MAX_FAILURES} failures on an account is closed, for a minute at first and for "
    f"{sessions.LOCK_MINUTES_MOST} minutes at most."
)
"""One sentence for all reasons: the answer does not tell who has an account."""


class Login(Input):
    """E-mail and password."""

    email: Annotated[str, Field(max_length=320)]
    password: Annotated[str, Field(max_length=MAX_CHARS)]


class Refresh(Input):
    """A refresh token, which is used up by this."""

    refresh_token: Annotated[str, Field(max_length=200)]


class Tokens(Output):
    """An access token for 60 minutes, a refresh token for 7 days and one use."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int = LIFETIME_S
    refresh_token: str


class MyOrganization(Output):
    """An organisation of mine, and my role there."""

    id: UUID
    name: str
    role: str
    four_eyes: bool


class Me(Output):
    """Who I am, and what I belong to."""

    id: UUID
    email: str
    name: str
    email_confirmed: bool
    """Until then no e-mails are sent but the one that asks; POST /v1/me/confirmation asks again."""
    is_admin: bool
    organizations: list[MyOrganization]


@router.post("/auth/login", responses={401: {}})
async def login(request: Request, body: Login) -> Tokens:
    """Sign in with e-mail and password."""
    services = services_of(request)
    async with services.logins.of(body.email.lower()):
        user_id = await attempt(services, body, origin_of(request))
        if user_id is None:
            raise NotSignedIn(REFUSED)
        async with services.database.transaction(Scope(person=user_id)) as connection:
            refresh = await sessions.start_family(connection, user_id)
            await audit.record(
                connection,
                organization_id=None,
                actor_id=user_id,
                action="auth.login",
                subject_kind="user",
                subject_id=user_id,
                origin=origin_of(request),
            )
    return Tokens(access_token=services.tokens.issue(user_id), refresh_token=refresh)


async def attempt(services: Services, body: Login, origin: audit.Origin) -> UUID | None:
    """Try a password and count the attempt. An unknown or locked account takes as long."""
    async with services.database.transaction(Scope()) as connection:
        found = await sessions.find_login(connection, body.email)
    now = datetime.now(UTC)
    tried = found if found and found.may_try(now) else None
    ok = await matches_soon(body.password, tried.password_hash if tried else None)
    if tried is not None:
        async with services.database.transaction(Scope(person=tried.id)) as connection:
            await sessions.record_attempt(connection, tried, ok=ok, now=now)
    if tried is None or not ok:
        await _record_failure(services, found.id if found else None, origin)
    return tried.id if tried and ok else None


async def _record_failure(services: Services, user_id: UUID | None, origin: audit.Origin) -> None:
    """Audit a failed sign-in; an address that nobody has is not written down."""
    async with services.database.transaction(Scope()) as connection:
        await audit.record(
            connection,
            organization_id=None,
            actor_id=None,
            action="auth.login_failed",
            subject_kind="user",
            subject_id=user_id or "unknown",
            origin=origin,
        )


@router.post("/auth/refresh", responses={401: {}})
async def refresh(request: Request, body: Refresh) -> Tokens:
    """Exchange a refresh token. An old one used again ends the whole session."""
    services = services_of(request)
    async with services.database.transaction(Scope()) as connection:
        rotation = await sessions.rotate(connection, body.refresh_token)
        person = await identity.person(connection, rotation.user_id) if rotation.user_id else None
        if rotation.reused:
            await audit.record(
                connection,
                organization_id=None,
                actor_id=rotation.user_id,
                action="auth.refresh_token_reused",
                subject_kind="user",
                subject_id=str(rotation.user_id),
                origin=origin_of(request),
            )
    if rotation.token is None or person is None or not person.is_active:
        raise NotSignedIn("This refresh token is not valid any more. Sign in again.")
    return Tokens(access_token=services.tokens.issue(person.id), refresh_token=rotation.token)


@router.post("/auth/logout", status_code=204)
async def logout(request: Request, body: Refresh) -> None:
    """End the session that the refresh token belongs to. Access tokens run out by themselves."""
    async with services_of(request).database.transaction(Scope()) as connection:
        await sessions.end_family(connection, body.refresh_token)


@router.get("/me", dependencies=[Depends(signed_in)])
async def me(request: Request) -> Me:
    """Say who I am; an administrator, who sees all, gets no list."""
    async with acting(request) as act:
        known = [] if act.actor.is_admin else await identity.organizations(act.connection)
        confirmed = await confirmations.is_confirmed(act.connection, act.person.id)
    roles = act.actor.roles
    return Me(
        id=act.person.id,
        email=act.person.email,
        name=act.person.name,
        email_confirmed=confirmed,
        is_admin=act.actor.is_admin,
        organizations=[
            MyOrganization(id=one.id, name=one.name, role=roles[one.id], four_eyes=one.four_eyes)
            for one in known
            if one.id in roles
        ],
    )

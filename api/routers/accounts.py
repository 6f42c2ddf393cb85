"""Accounts: registering a company, changing a password, accepting an invitation."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.routers.auth import Login, Tokens, attempt
from api.routers.companies import CountryCode, LanguageCode
from api.routers.consents import Given
from api.services import acting, origin_of, services_of, signed_in
from api.shapes import Input
from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from posthub_assets.domain.naming import slug_of
from posthub_assets.domain.people import Role, at_least
from posthub_assets.domain.tiers import Tier
from resources.company_file import CompanyFile, parse_company
from resources.database.engine import Scope, set_scope
from resources.database.repositories import (
    audit,
    companies,
    confirmations,
    consents,
    identity,
    invitations,
    sessions,
)
from resources.database.repositories.companies import CompanyRow
from resources.database.repositories.consents import Word
from resources.passwords import MAX_CHARS, hash_password_soon, refuse_weak_password

router = APIRouter(prefix="/v1/auth", tags=["auth"])

LOCKS = f"After {sessions.MAX_FAILURES} failures an account is closed for a while."

Password = Annotated[str, Field(max_length=MAX_CHARS)]
Email = Annotated[str, Field(max_length=320)]
Name = Annotated[str, Field(min_length=1, max_length=identity.MAX_NAME_CHARS)]
Short = Annotated[str, Field(max_length=500)]


class Registration(Input):
    """Who you are, and the company whose content is to be made."""

    email: Email
    password: Password
    name: Name
    company: Name
    website: Short = ""
    language: LanguageCode = "en"
    timezone: Short = "Etc/UTC"
    country: CountryCode = ""
    platforms: Annotated[
        list[Platform], Field(max_length=20, default_factory=lambda: [Platform.LINKEDIN])
    ]
    consents: Annotated[
        list[Given], Field(max_length=20, default_factory=list, description="What I say yes to.")
    ]


class Registered(Tokens):
    """You are signed in. The factory reads the company's sources already."""

    user_id: UUID
    organization_id: UUID
    company_id: UUID


class PasswordChange(Input):
    """The old password and the new one."""

    current: Password
    new: Password


class Acceptance(Input):
    """The token of an invitation, and a password: of the account there is, or the one to be."""

    token: Annotated[str, Field(max_length=200)]
    name: Name | None = None
    password: Password


class Accepted(Tokens):
    """You are signed in, and a member."""

    user_id: UUID
    organization_id: UUID
    role: str


@router.post("/register", status_code=201, responses={403: {}, 409: {}})
async def register(request: Request, body: Registration) -> Registered:
    """Sign up with a company: an organisation is made, its trial begins, sources are fetched.

    You are the organisation's manager: you may invite others, set limits and keep its keys. An
    e-mail asks you to confirm your address; until then you get no other.
    """
    services = services_of(request)
    if not services.settings.http.is_registration_open:
        raise Forbidden("Nobody can register here. Ask an administrator for an invitation.")
    brief = _brief(body)
    hashed = await _hashed(body.password)
    async with services.database.transaction(Scope()) as connection:
        try:
            user_id = await identity.create_user(
                connection, email=body.email, name=body.name, password_hash=hashed
            )
        except Conflict as error:
            raise Conflict(f"{error} Sign in with POST /v1/auth/login.") from error
        organization_id = await identity.create_organization(connection, name=body.company)
        await set_scope(connection, Scope.of(organization_id, user_id))
        await identity.set_membership(
            connection, organization_id=organization_id, user_id=user_id, role=Role.MANAGER
        )
        company: CompanyRow = await companies.create(
            connection,
            organization_id=organization_id,
            brief=brief,
            actor_id=user_id,
            origin=origin_of(request),
        )
        await audit.record(
            connection,
            organization_id=organization_id,
            actor_id=user_id,
            action="auth.register",
            subject_kind="user",
            subject_id=user_id,
            after={"role": Role.MANAGER.value},
            origin=origin_of(request),
        )
        await confirmations.expect(connection, organization_id, user_id)
        for one in body.consents:
            await consents.record(
                connection,
                organization_id=organization_id,
                person_id=user_id,
                word=Word(one.purpose, one.text_version),
                recorded_by=user_id,
            )
        refresh = await sessions.start_family(connection, user_id)
    return Registered(
        access_token=services.tokens.issue(user_id),
        refresh_token=refresh,
        user_id=user_id,
        organization_id=organization_id,
        company_id=company.id,
    )


def _brief(body: Registration) -> CompanyFile:
    fields = {
        "slug": slug_of(body.company, body.website),
        "name": body.company,
        "organization": body.company,
        "website": body.website,
        "language": body.language,
        "timezone": body.timezone,
        "country": body.country,
        "platforms": body.platforms,
        "tier": Tier.TRIAL.value,
    }
    return parse_company({name: value for name, value in fields.items() if value}, "The company")


@router.post("/password", status_code=204, dependencies=[Depends(signed_in)])
async def change_password(request: Request, body: PasswordChange) -> None:
    """Change your password. Every session ends, this one too at its next refresh."""
    services = services_of(request)
    async with acting(request) as act:
        email = act.person.email
    refuse_weak_password(body.new, "new")
    given = Login(email=email, password=body.current)
    async with services.logins.of(email):
        if await attempt(services, given, origin_of(request)) is None:
            raise InvalidInput(f"The current password was not accepted. {LOCKS}", field="current")
    hashed = await hash_password_soon(body.new)
    async with acting(request) as act:
        await identity.set_password(act.connection, act.person.id, hashed)
        await sessions.end_all(act.connection, act.person.id, "the password was changed")
        await audit.record(
            act.connection,
            organization_id=None,
            actor_id=act.person.id,
            action="auth.password_changed",
            subject_kind="user",
            subject_id=act.person.id,
            origin=origin_of(request),
        )


@router.post("/accept-invitation", status_code=201, responses={404: {}, 409: {}})
async def accept_invitation(request: Request, body: Acceptance) -> Accepted:
    """Accept an invitation: it works once. Without an account, one is made with your password.

    Who has an account gives its password.
    """
    services = services_of(request)
    async with services.database.transaction(Scope()) as connection:
        invitation = await invitations.find(connection, body.token)
        login = await sessions.find_login(connection, invitation.email)
    opens = _opens(invitation, login)
    known = login is not None and not opens
    user_id = await _recognised(request, invitation.email, body.password) if known else None
    hashed = "" if known else await _hashed(body.password)
    async with services.database.transaction(Scope()) as connection:
        if opens:
            user_id = invitation.user_id
        elif user_id is None:
            user_id = await identity.create_user(
                connection,
                email=invitation.email,
                name=body.name or invitation.email.partition("@")[0],
                password_hash=hashed,
            )
        assert user_id is not None
        await set_scope(connection, Scope.of(invitation.organization_id, user_id))
        await invitations.use(connection, invitation, user_id)
        if opens:
            role = await _open(connection, invitation, user_id, hashed, body.name)
            before: Role | None = role
        else:
            before, role = await _join(connection, invitation, user_id)
        await _leave_trace(request, connection, invitation, user_id, before=before)
        refresh = await sessions.start_family(connection, user_id)
    return Accepted(
        access_token=services.tokens.issue(user_id),
        refresh_token=refresh,
        user_id=user_id,
        organization_id=invitation.organization_id,
        role=role.value,
    )


def _opens(invitation: invitations.OpenInvitation, login: sessions.LoginRow | None) -> bool:
    """Tell whether this is the link of an account without a password, which it opens.

    Another invitation to the same address does not open it: whoever made it would take over what
    the account may do elsewhere. Raises Conflict, NotFound.
    """
    if login is None or login.password_hash is not None:
        return False
    if not login.is_active:
        raise NotFound(invitations.NOT_VALID)
    if invitation.user_id != login.id:
        raise Conflict(
            "This account is not open yet. Use the link that it was made with first, then this one."
        )
    return True


async def _recognised(request: Request, email: str, password: str) -> UUID:
    """Give the person of an e-mail by their password; wrong ones count as at the login."""
    services = services_of(request)
    async with services.logins.of(email):
        given = Login(email=email, password=password)
        user_id = await attempt(services, given, origin_of(request))
    if user_id is None:
        raise InvalidInput(
            f"There is an account with this e-mail; give its password. {LOCKS}", field="password"
        )
    return user_id


async def _hashed(password: str) -> str:
    refuse_weak_password(password)
    return await hash_password_soon(password)


async def _open(
    connection: AsyncConnection,
    invitation: invitations.OpenInvitation,
    user_id: UUID,
    password_hash: str,
    name: str | None,
) -> Role:
    """Give an account its first password. Its role is that of today, not of the invitation."""
    opened = await identity.open_account(connection, user_id, password_hash, name)
    known = await identity.person(connection, user_id) if opened else None
    held = known.actor.roles.get(invitation.organization_id) if known else None
    if held is None:
        raise NotFound(invitations.NOT_VALID)
    return held


async def _join(
    connection: AsyncConnection, invitation: invitations.OpenInvitation, user_id: UUID
) -> tuple[Role | None, Role]:
    """Make the membership; one that is there is never lowered by an invitation.

    Gives the role that was held and the one that is held now.
    """
    known = await identity.person(connection, user_id)
    held = known.actor.roles.get(invitation.organization_id) if known else None
    if held is not None and at_least(held, invitation.role):
        return held, held
    await identity.set_membership(
        connection,
        organization_id=invitation.organization_id,
        user_id=user_id,
        role=invitation.role,
    )
    return held, invitation.role


async def _leave_trace(
    request: Request,
    connection: AsyncConnection,
    invitation: invitations.OpenInvitation,
    user_id: UUID,
    *,
    before: Role | None,
) -> None:
    await audit.record(
        connection,
        organization_id=invitation.organization_id,
        actor_id=user_id,
        action="invitation.accept",
        subject_kind="invitation",
        subject_id=invitation.id,
        before={"role": before.value if before else None},
        after={"role": invitation.role.value},
        origin=origin_of(request),
    )

"""People, organisations, memberships: making them, and reading who somebody is.

Every function takes an open connection; the caller owns the transaction and its scope. Rows of
people are written with `Scope(person=...)` set, those of an organisation with it as writable.
What does not belong here: sessions and tokens (`sessions.py`), hashing (`resources/passwords.py`).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from posthub_assets.domain.people import Actor, Role
from resources.database.engine import Database, Scope
from resources.database.hot import HotStatement
from resources.ids import new_id

MAX_EMAIL_CHARS = 254
MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who can sign in, and where they belong."""

    id: UUID
    email: str
    name: str
    is_active: bool
    actor: Actor

    def scope(self, organization_id: UUID | None = None) -> Scope:
        """Give what this person may read, and write in one organisation of theirs."""
        readable = None if self.actor.is_admin else tuple(self.actor.roles)
        writable = organization_id
        if writable is None and len(self.actor.roles) == 1:
            writable = next(iter(self.actor.roles))
        return Scope(readable=readable, writable=writable, person=self.id)


def clean_email(email: str) -> str:
    """Give the address as it is stored, in small letters. Raises InvalidInput."""
    found = email.strip().lower()
    if len(found) > MAX_EMAIL_CHARS or not re.fullmatch(r"[^\s@\x00]+@[^\s@\x00]+", found):
        raise InvalidInput(f"{email[:80]!r} is not an e-mail address.", field="email")
    return found


def clean_name(name: str, field: str = "name") -> str:
    """Give a name without stray spaces. Raises InvalidInput where it is empty or too long."""
    found = " ".join(name.split())
    if not found or len(found) > MAX_NAME_CHARS or "\x00" in found:
        raise InvalidInput(f"A name has 1 to {MAX_NAME_CHARS} characters.", field=field)
    return found


_ADD_USER = text(
    "INSERT INTO posthub.app_user (id, email, name, password_hash, is_admin)"
    " VALUES (:id, :email, :name, :password_hash, :is_admin)"
)


async def create_user(
    connection: AsyncConnection,
    *,
    email: str,
    name: str,
    password_hash: str | None,
    is_admin: bool = False,
) -> UUID:
    """Make a person. The caller hashes the password first. Raises Conflict, InvalidInput."""
    id_ = new_id()
    values = {
        "id": id_,
        "email": clean_email(email),
        "name": clean_name(name),
        "password_hash": password_hash,
        "is_admin": is_admin,
    }
    await connection.execute(
        text(
            "SELECT set_config('posthub.user_id', coalesce(nullif(current_setting("
            "'posthub.user_id', true), ''), :id), true)"
        ),
        {"id": str(id_)},
    )
    try:
        async with connection.begin_nested():
            await connection.execute(_ADD_USER, values)
    except IntegrityError as error:
        raise Conflict(f"There is a person with the e-mail {values['email']} already.") from error
    return id_


_SET_PASSWORD = text("UPDATE posthub.app_user SET password_hash = :hash WHERE id = :id")


async def set_password(connection: AsyncConnection, user_id: UUID, password_hash: str) -> None:
    """Write a person's password hash. Policies let people write their own."""
    await connection.execute(_SET_PASSWORD, {"id": user_id, "hash": password_hash})


_OPEN = text(
    "UPDATE posthub.app_user SET password_hash = :hash, name = coalesce(:name, name)"
    " WHERE id = :id AND password_hash IS NULL AND is_active RETURNING id"
)


async def open_account(
    connection: AsyncConnection, user_id: UUID, password_hash: str, name: str | None
) -> bool:
    """Give an account its first password; says whether it had none yet."""
    called = None if name is None else clean_name(name)
    values = {"id": user_id, "hash": password_hash, "name": called}
    return (await connection.execute(_OPEN, values)).first() is not None


_PERSON_AND_MEMBERSHIPS = """
    SELECT p.id, p.email, p.name, p.is_admin, p.is_active,
        coalesce((SELECT jsonb_agg(jsonb_build_array(m.organization_id, m.role))
                  FROM posthub.memberships_of(:id) m), '[]') AS memberships
    FROM posthub.person(:id) p
"""
_PERSON = text(_PERSON_AND_MEMBERSHIPS)
# The person and the scope of `PersonRow.scope()` in one trip: what is read here is what is set.
_ENTER = HotStatement(
    f"""
    WITH found AS MATERIALIZED ({_PERSON_AND_MEMBERSHIPS}),
    mine AS MATERIALIZED (
        SELECT coalesce(string_agg(DISTINCT m ->> 0, ','), '') AS ids,
            count(DISTINCT m ->> 0) AS number
        FROM found, jsonb_array_elements(found.memberships) m)
    SELECT found.*,
        set_config('posthub.user_id', found.id::text, true),
        set_config('posthub.organization_ids',
            CASE WHEN NOT found.is_active THEN '' WHEN found.is_admin THEN '*'
                 ELSE mine.ids END, true),
        set_config('posthub.organization_id',
            CASE WHEN found.is_active AND mine.number = 1 THEN mine.ids ELSE '' END, true)
    FROM found, mine
    """  # noqa: S608 - fixed texts
)


async def person(connection: AsyncConnection, user_id: UUID) -> PersonRow | None:
    """Read who somebody is, before any organisation is known. For the API's role."""
    row = (await connection.execute(_PERSON, {"id": user_id})).first()
    return _person(dict(row._mapping)) if row else None


@asynccontextmanager
async def entered(
    database: Database, user_id: UUID
) -> AsyncIterator[tuple[AsyncConnection, PersonRow | None]]:
    """Open a transaction as a person, with their scope set where they are active.

    For the API's role. None for somebody who is not there.
    """
    async with database.beginning_with(_ENTER, {"id": user_id}) as (connection, row):
        yield connection, _person(row) if row else None


def _person(row: Mapping[str, Any]) -> PersonRow:
    roles: dict[UUID, Role] = {}
    for organization, name in row["memberships"]:
        role, known = Role(name), roles.get(UUID(organization))
        if known in (None, Role.SUPERVISOR) or role is Role.MANAGER:
            roles[UUID(organization)] = role
    actor = Actor(row["id"], is_admin=row["is_admin"], roles=roles)
    return PersonRow(row["id"], row["email"], row["name"], row["is_active"], actor)


_SIGN_IN = text("SELECT * FROM posthub.sign_in(:email)")


async def user_id_of(connection: AsyncConnection, email: str) -> UUID | None:
    """Give the id of the person with an e-mail address, or None. For the API's role."""
    row = (await connection.execute(_SIGN_IN, {"email": email})).first()
    return row.id if row else None


_ADD_ORGANIZATION = text(
    "INSERT INTO posthub.organization (id, name, four_eyes, dna_gate)"
    " VALUES (:id, :name, :four_eyes, :dna_gate)"
)
_BY_NAME = text(
    "SELECT id FROM posthub.organization WHERE name = :name AND deleted_at IS NULL"
    " ORDER BY created_at LIMIT 1"
)


async def create_organization(
    connection: AsyncConnection, *, name: str, four_eyes: bool = False, dna_gate: str = "manual"
) -> UUID:
    """Make an organisation, and make it the writable one of the transaction."""
    if dna_gate not in ("manual", "automatic"):
        raise InvalidInput("dna_gate is manual or automatic.", field="dna_gate")
    id_ = new_id()
    values = {"id": id_, "name": clean_name(name), "four_eyes": four_eyes, "dna_gate": dna_gate}
    await write_in(connection, id_)
    await connection.execute(_ADD_ORGANIZATION, values)
    return id_


async def find_organization(connection: AsyncConnection, name: str) -> UUID | None:
    """Give the oldest readable organisation of a name, or None."""
    values = {"name": " ".join(name.split())}
    return (await connection.execute(_BY_NAME, values)).scalar()


async def ensure_organization(connection: AsyncConnection, name: str) -> tuple[UUID, bool]:
    """Find an organisation by name or make it; say whether it is new. Needs `Scope(readable=None)`.

    Two at once wait for each other, so that one is made.
    """
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"organization {' '.join(name.split())}"},
    )
    known = await find_organization(connection, name)
    if known is None:
        return await create_organization(connection, name=name), True
    await write_in(connection, known)
    return known, False


async def write_in(connection: AsyncConnection, organization_id: UUID) -> None:
    """Make an organisation the writable one for the rest of the transaction."""
    await connection.execute(
        text("SELECT set_config('posthub.organization_id', :id, true)"),
        {"id": str(organization_id)},
    )


_ADD_MEMBERSHIP = text(
    "INSERT INTO posthub.membership (organization_id, user_id, role)"
    " VALUES (:organization_id, :user_id, :role)"
    " ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role"
)


async def set_membership(
    connection: AsyncConnection, *, organization_id: UUID, user_id: UUID, role: Role
) -> None:
    """Give a person a role in an organisation, in place of the one they had there."""
    if role is Role.ADMIN:
        raise InvalidInput(
            "ADMIN is no membership; make the person an administrator.", field="role"
        )
    values = {"organization_id": organization_id, "user_id": user_id, "role": role.value}
    await write_in(connection, organization_id)
    await connection.execute(_ADD_MEMBERSHIP, values)


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """A customer."""

    id: UUID
    name: str
    four_eyes: bool
    dna_gate: str
    media_assistant: bool
    media_auto_format: bool
    media_ai_images: bool


_ORGANIZATION = (
    "SELECT id, name, four_eyes, dna_gate, media_assistant, media_auto_format, media_ai_images"
    " FROM posthub.organization WHERE deleted_at IS NULL"
)
_ORGANIZATIONS = text(
    f"{_ORGANIZATION} AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit"
)
_ONE_ORGANIZATION = text(f"{_ORGANIZATION} AND id = :id")


async def organizations(
    connection: AsyncConnection, *, after: UUID | None = None, limit: int = 100
) -> list[OrganizationRow]:
    """Read the organisations that the scope shows, in the order they were made."""
    rows = await connection.execute(_ORGANIZATIONS, {"after": after, "limit": limit})
    return [OrganizationRow(**row._mapping) for row in rows]


async def organization(connection: AsyncConnection, organization_id: UUID) -> OrganizationRow:
    """Read an organisation. Raises NotFound, also for one that the scope hides."""
    row = (await connection.execute(_ONE_ORGANIZATION, {"id": organization_id})).first()
    if row is None:
        raise NotFound("There is no such organisation.")
    return OrganizationRow(**row._mapping)


_SET_FOUR_EYES = text(
    "UPDATE posthub.organization SET four_eyes = :four_eyes WHERE id = :id RETURNING id"
)


async def set_four_eyes(
    connection: AsyncConnection, organization_id: UUID, four_eyes: bool
) -> None:
    """Switch the rule that nobody approves what they wrote. Raises NotFound."""
    values = {"id": organization_id, "four_eyes": four_eyes}
    await write_in(connection, organization_id)
    if (await connection.execute(_SET_FOUR_EYES, values)).first() is None:
        raise NotFound("There is no such organisation.")


_ORGANIZATION_EXISTS = text(
    "SELECT 1 FROM posthub.organization WHERE id = :id AND deleted_at IS NULL"
)


async def organization_exists(connection: AsyncConnection, organization_id: UUID) -> bool:
    """Tell whether an organisation is there and in the scope."""
    found = await connection.execute(_ORGANIZATION_EXISTS, {"id": organization_id})
    return found.first() is not None

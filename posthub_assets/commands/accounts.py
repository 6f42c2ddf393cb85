"""People: the first administrator, and `posthub user create`.

    POSTHUB_HOME/admin.txt   the first administrator's e-mail and password, mode 0600

What does not belong here: signing in (`api_client.py`), people as rows (`identity.py`).
"""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import typer

from posthub_assets.commands.speaking import say
from posthub_assets.domain.errors import InvalidInput, NotFound, StorageError
from posthub_assets.domain.people import Role

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from resources.database.engine import Database

ADMIN_EMAIL = "admin@posthub.local"
"""`.local` is reserved (RFC 6762); nothing is ever sent there."""
ADMIN_FILE = "admin.txt"
PASSWORD_BYTES = 18
"""24 characters of URL-safe base64, 144 random bits."""


@dataclass(frozen=True, slots=True)
class Admin:
    """The first administrator. `password` is None where this home does not know it."""

    id: UUID
    email: str
    password: str | None = field(repr=False)
    is_new: bool


async def ensure_admin(database: Database, home: Path) -> Admin:
    """Find the first administrator, or make one and keep the password in `home`.

    `database` is the owner's. Raises StorageError where the file cannot be read or written.
    """
    from resources.database.engine import Scope
    from resources.database.repositories import identity
    from resources.passwords import hash_password_soon

    async with database.transaction(Scope(readable=None)) as connection:
        known = await identity.user_id_of(connection, ADMIN_EMAIL)
        if known is not None:
            return Admin(known, ADMIN_EMAIL, read_admin_password(home), is_new=False)
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        hashed = await hash_password_soon(password)
        id_ = await identity.create_user(
            connection,
            email=ADMIN_EMAIL,
            name="Administrator",
            password_hash=hashed,
            is_admin=True,
        )
        # Before the commit: a password that is nowhere would lock everybody out.
        _write_admin_file(home, password)
    return Admin(id_, ADMIN_EMAIL, password, is_new=True)


def read_admin_password(home: Path) -> str | None:
    """Read the password from POSTHUB_HOME/admin.txt; None where there is no such file."""
    path = home / ADMIN_FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} cannot be read: {error}.") from error
    found = [line.partition(":")[2].strip() for line in lines if line.startswith("Password:")]
    return found[0] if found else None


def _write_admin_file(home: Path, password: str) -> None:
    path = home / ADMIN_FILE
    new = path.with_suffix(".new")
    try:
        home.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(f"E-mail: {ADMIN_EMAIL}\nPassword: {password}\n")
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error}.") from error


def tell_admin(admin: Admin, home: Path) -> None:
    """Print how to sign in: the password once, at the first start, then where it is kept."""
    if admin.is_new:
        say(f"Administrator   {admin.email}   password {admin.password}")
        say(f"                The password is kept in {home / ADMIN_FILE} and not shown again.")
    elif admin.password is None:
        say(f"Administrator   {admin.email}   (this folder does not know the password)")
    else:
        say(f"Administrator   {admin.email}   the password is in {home / ADMIN_FILE}")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be made. `organization` is empty for an administrator."""

    email: str
    name: str
    password: str = field(repr=False)
    role: Role
    organization: str


def create_person(
    email: str, role: str, organization: str | None, name: str | None, *, generate: bool
) -> None:
    """`posthub user create`. Raises InvalidInput, NotFound, Conflict."""
    from posthub_assets.commands.ground import prepared_ground
    from resources.database.repositories.identity import clean_email, clean_name
    from resources.passwords import refuse_weak_password

    wanted = _read_role(role)
    email = clean_email(email)
    name = clean_name(name or email.partition("@")[0])
    if wanted is not Role.ADMIN and not organization:
        raise InvalidInput(
            f"A {wanted.value.lower()} belongs to an organisation. Name it with --organization.",
            field="organization",
        )
    made = generate or not sys.stdin.isatty()
    password = secrets.token_urlsafe(PASSWORD_BYTES) if made else _ask_for_password()
    refuse_weak_password(password)

    async def work(database: Database) -> None:
        person = NewPerson(email, name, password, wanted, organization or "")
        await _create(database, person)

    with prepared_ground() as ground:
        ground.as_owner(work)
    where = f" in {organization}" if wanted is not Role.ADMIN else ""
    say(f"{email} may sign in now, as {wanted.value.lower()}{where}.")
    if made:
        say(f"The password is {password} and will not be shown again.")


def _read_role(role: str) -> Role:
    try:
        return Role(role.strip().upper())
    except ValueError:
        names = ", ".join(one.value.lower() for one in Role)
        raise InvalidInput(
            f"{role[:40]!r} is not a role; these are: {names}.", field="role"
        ) from None


def _ask_for_password() -> str:
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


async def _create(database: Database, person: NewPerson) -> None:
    from resources.database.engine import Scope
    from resources.database.repositories import identity
    from resources.passwords import hash_password_soon

    async with database.transaction(Scope(readable=None)) as connection:
        is_admin = person.role is Role.ADMIN
        known = None if is_admin else await _find(connection, person.organization)
        id_ = await identity.create_user(
            connection,
            email=person.email,
            name=person.name,
            password_hash=await hash_password_soon(person.password),
            is_admin=is_admin,
        )
        if known is not None:
            await identity.set_membership(
                connection, organization_id=known, user_id=id_, role=person.role
            )


async def _find(connection: AsyncConnection, organization: str) -> UUID:
    from resources.database.repositories import identity

    known = await identity.find_organization(connection, organization)
    if known is None:
        there = [one.name for one in await identity.organizations(connection, limit=20)]
        listed = f"These are here: {', '.join(there)}." if there else "There is none yet."
        raise NotFound(
            f"There is no organisation {organization[:80]!r}. {listed} Importing a company makes "
            "its organisation."
        )
    return known

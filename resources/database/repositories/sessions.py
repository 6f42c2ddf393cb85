"""Signing in and staying signed in: login attempts, refresh tokens and their families.

A refresh token is used once; its use gives the next one. An old one used again means that somebody
has a copy, so the whole family is revoked. The caller owns the transaction and commits also where
the answer is no: a counted failure and a revoked family must last.
What does not belong here: access tokens (`resources/tokens.py`), hashing (`passwords.py`).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from resources.database.engine import Scope, set_scope
from resources.ids import new_id

MAX_FAILURES = 5
LOCK_MINUTES_MOST = 60
REFRESH_DAYS = 7


@dataclass(frozen=True, slots=True)
class LoginRow:
    """What is known of somebody who wants to sign in."""

    id: UUID
    password_hash: str | None = field(repr=False)
    is_active: bool
    is_admin: bool
    failed_logins: int
    locked_until: datetime | None

    def may_try(self, now: datetime) -> bool:
        """Tell whether a password is looked at at all."""
        return self.is_active and (self.locked_until is None or self.locked_until <= now)


async def find_login(connection: AsyncConnection, email: str) -> LoginRow | None:
    """Read the account of an e-mail address, before an organisation is known."""
    rows = await connection.execute(
        text("SELECT * FROM posthub.sign_in(:email)"), {"email": email.strip()}
    )
    row = rows.first()
    return LoginRow(**row._mapping) if row else None


def lock_minutes(failures: int) -> int:
    """Give for how many minutes that many failures in a row close an account: 0, 1, 2, 4 to 60."""
    over = failures - MAX_FAILURES
    return 0 if over < 0 else min(2 ** min(over, 6), LOCK_MINUTES_MOST)


async def record_attempt(
    connection: AsyncConnection, login: LoginRow, *, ok: bool, now: datetime
) -> None:
    """Count a login attempt; from the fifth failure in a row on, each one locks the account."""
    minutes = 0 if ok else lock_minutes(login.failed_logins + 1)
    until = now + timedelta(minutes=minutes) if minutes else None
    await connection.execute(
        text("SELECT posthub.sign_in_result(:id, :ok, :until)"),
        {"id": login.id, "ok": ok, "until": until},
    )


def token_hash(token: str) -> str:
    """Give the SHA-256 under which a random token is stored."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


_ADD_FAMILY = text("INSERT INTO posthub.refresh_family (id, user_id) VALUES (:id, :user_id)")
_ADD_TOKEN = text(
    "INSERT INTO posthub.refresh_token (id, family_id, token_hash, expires_at)"
    " VALUES (:id, :family_id, :hash, :expires_at)"
)


async def start_family(connection: AsyncConnection, user_id: UUID) -> str:
    """Begin a session; give its first refresh token, which is stored as a hash only."""
    await set_scope(connection, Scope(person=user_id))
    family_id = new_id()
    await connection.execute(_ADD_FAMILY, {"id": family_id, "user_id": user_id})
    return await _issue(connection, family_id)


async def _issue(connection: AsyncConnection, family_id: UUID) -> str:
    token = secrets.token_urlsafe(32)
    values = {
        "id": new_id(),
        "family_id": family_id,
        "hash": token_hash(token),
        "expires_at": datetime.now(UTC) + timedelta(days=REFRESH_DAYS),
    }
    await connection.execute(_ADD_TOKEN, values)
    return token


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of a refresh token: the next one, or why not."""

    user_id: UUID | None = None
    token: str | None = field(default=None, repr=False)
    reused: bool = False


_OWNER = text("SELECT * FROM posthub.refresh_token_owner(:hash)")
_LOCK_FAMILY = text("SELECT revoked_at FROM posthub.refresh_family WHERE id = :id FOR UPDATE")
_TOKEN = text(
    "SELECT used_at, expires_at <= now() AS expired FROM posthub.refresh_token WHERE id = :id"
)
_USE = text("UPDATE posthub.refresh_token SET used_at = now() WHERE id = :id")
_REVOKE = text(
    "UPDATE posthub.refresh_family SET revoked_at = now(), revoked_because = :reason"
    " WHERE id = :id AND revoked_at IS NULL"
)


async def rotate(connection: AsyncConnection, token: str) -> Rotation:
    """Exchange a refresh token for the next one. The caller commits in every case.

    The family's row is locked first: of two uses at once one wins, and the other is a reuse.
    """
    owner = (await connection.execute(_OWNER, {"hash": token_hash(token)})).first()
    if owner is None:
        return Rotation()
    await set_scope(connection, Scope(person=owner.user_id))
    revoked = (await connection.execute(_LOCK_FAMILY, {"id": owner.family_id})).scalar_one()
    state = (await connection.execute(_TOKEN, {"id": owner.token_id})).one()
    if state.used_at is not None:
        values = {"id": owner.family_id, "reason": "an old token was used again"}
        await connection.execute(_REVOKE, values)
        return Rotation(user_id=owner.user_id, reused=True)
    if revoked is not None or state.expired:
        return Rotation()
    await connection.execute(_USE, {"id": owner.token_id})
    return Rotation(user_id=owner.user_id, token=await _issue(connection, owner.family_id))


async def end_family(connection: AsyncConnection, token: str) -> bool:
    """Sign out: revoke the family of a refresh token. Says whether there was one."""
    owner = (await connection.execute(_OWNER, {"hash": token_hash(token)})).first()
    if owner is None:
        return False
    await set_scope(connection, Scope(person=owner.user_id))
    await connection.execute(_REVOKE, {"id": owner.family_id, "reason": "signed out"})
    return True


_END_ALL = text("SELECT posthub.end_sessions(:user_id, :reason)")


async def end_all(connection: AsyncConnection, user_id: UUID, reason: str) -> bool:
    """Revoke every session of a person: oneself, or whom one administers. Says whether it did."""
    ended = await connection.execute(_END_ALL, {"user_id": user_id, "reason": reason})
    return bool(ended.scalar())

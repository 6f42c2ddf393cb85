"""Confirming an e-mail address: asking, the link's secret as a hash, and the yes.

Only who registers by themselves is asked. The caller owns the transaction and its scope.
What does not belong here: e-mails (`resources/notifying/`), the page (`api/`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import Conflict, NotFound
from posthub_assets.domain.notifying.topics import CONFIRM
from resources.database.engine import Scope, set_scope
from resources.database.repositories import audit
from resources.database.repositories.api_tokens import PREFIX
from resources.database.repositories.sessions import token_hash

PAGE = "/confirm/"
"""Where links lead, followed by the secret."""
SECRET_PREFIX = f"{PREFIX}mail_"
LIFETIME = timedelta(days=3)
AGAIN_AFTER = timedelta(hours=1)
"""So that nobody fills a stranger's mailbox with our e-mails."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a secret stands for: a person and their address."""

    user_id: UUID
    email: str
    language: str
    is_confirmed: bool
    is_expired: bool


_EXPECT = text(
    "UPDATE posthub.app_user SET email_confirmed_at = NULL, confirmation_asked_at = now()"
    " WHERE id = :id"
)
_ASK = text(
    """
    UPDATE posthub.app_user SET confirmation_asked_at = now()
    WHERE id = :id AND email_confirmed_at IS NULL
        AND (confirmation_asked_at IS NULL OR confirmation_asked_at <= now() - :pause) RETURNING 1
    """
)
_IS_CONFIRMED = text("SELECT email_confirmed_at IS NOT NULL FROM posthub.app_user WHERE id = :id")
_MAKE = text(
    """
    UPDATE posthub.app_user SET confirmation_hash = :hash, confirmation_until = :until
    WHERE id = :id AND email_confirmed_at IS NULL RETURNING 1
    """
)
_FIND = text(
    "SELECT user_id, email, language, is_confirmed, is_expired FROM posthub.confirmation_of(:hash)"
)
_CONFIRM = text(
    """
    UPDATE posthub.app_user SET email_confirmed_at = now()
    WHERE id = :id AND confirmation_hash = :hash AND confirmation_until > now()
        AND email_confirmed_at IS NULL RETURNING 1
    """
)


async def expect(connection: AsyncConnection, organization_id: UUID, user_id: UUID) -> None:
    """Let a new person be asked for a yes to their address."""
    await connection.execute(_EXPECT, {"id": user_id})
    await _tell(connection, organization_id, user_id)


async def ask_again(connection: AsyncConnection, organization_id: UUID, user_id: UUID) -> None:
    """Let a person be asked once more. Raises Conflict where that is too soon, or needless."""
    values = {"id": user_id, "pause": AGAIN_AFTER}
    if (await connection.execute(_ASK, values)).first() is None:
        if await is_confirmed(connection, user_id):
            raise Conflict("Your address is confirmed already.")
        raise Conflict(
            "An e-mail was asked for less than an hour ago. Look among the spam; ask again later."
        )
    await _tell(connection, organization_id, user_id)


async def _tell(connection: AsyncConnection, organization_id: UUID, user_id: UUID) -> None:
    payload = {"user_id": str(user_id)}
    await audit.tell(connection, organization_id=organization_id, topic=CONFIRM, payload=payload)


async def is_confirmed(connection: AsyncConnection, user_id: UUID) -> bool:
    """Tell whether a person's address is known to be theirs."""
    return bool((await connection.execute(_IS_CONFIRMED, {"id": user_id})).scalar())


async def make(connection: AsyncConnection, user_id: UUID, now: datetime) -> str | None:
    """Make the secret of a person's link, in place of an older one; None where it is needless."""
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    values = {"id": user_id, "hash": token_hash(secret), "until": now + LIFETIME}
    made = (await connection.execute(_MAKE, values)).first()
    return secret if made else None


async def find(connection: AsyncConnection, secret: str) -> Confirmation:
    """Give whose address a secret confirms, before anybody is known. Raises NotFound."""
    row = (await connection.execute(_FIND, {"hash": token_hash(secret)})).first()
    if row is None:
        raise NotFound("There is no such link.")
    return Confirmation(**row._mapping)


async def confirm(
    connection: AsyncConnection, found: Confirmation, secret: str, origin: audit.Origin
) -> None:
    """Write the yes down. Who was faster with the same link said the same."""
    await set_scope(connection, Scope(person=found.user_id))
    values = {"id": found.user_id, "hash": token_hash(secret)}
    if (await connection.execute(_CONFIRM, values)).first() is None:
        return
    await audit.record(
        connection,
        organization_id=None,
        actor_id=found.user_id,
        action="user.email_confirmed",
        subject_kind="user",
        subject_id=found.user_id,
        origin=origin,
    )

"""Consents: who said yes or no to which text, and when. Append-only; the last word holds.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: the texts themselves, which are named by their version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.errors import NotFound
from resources.database.repositories.identity import clean_email
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One word of a person, or of a contact without an account."""

    id: UUID
    organization_id: UUID
    person_id: UUID | None
    contact: str | None
    purpose: str
    text_version: str
    given: bool
    recorded_by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """What is said: yes or no, for which purpose, to which version of the text."""

    purpose: str
    text_version: str
    given: bool = True


_COLUMNS = "id, organization_id, person_id, contact, purpose, text_version, given, recorded_by, at"
_ADD = text(
    f"""
    INSERT INTO posthub.consent (id, organization_id, person_id, contact, purpose, text_version,
        given, recorded_by)
    VALUES (:id, :organization_id, :person_id, :contact, :purpose, :text_version, :given,
        :recorded_by)
    RETURNING {_COLUMNS}
    """  # noqa: S608 - fixed texts
)
_PAGE = text(
    f"""
    SELECT {_COLUMNS} FROM posthub.consent c
    WHERE organization_id = :organization_id
        AND (CAST(:person_id AS uuid) IS NULL OR person_id = :person_id)
        AND (CAST(:purpose AS text) IS NULL OR purpose = :purpose)
        AND (CAST(:after AS uuid) IS NULL OR id < :after)
        AND (NOT :current OR NOT EXISTS (
            SELECT 1 FROM posthub.consent n
            WHERE n.organization_id = c.organization_id AND n.purpose = c.purpose
                AND n.person_id IS NOT DISTINCT FROM c.person_id
                AND n.contact IS NOT DISTINCT FROM c.contact AND n.id > c.id))
    ORDER BY id DESC LIMIT :limit
    """  # noqa: S608
)
_MEMBER = text(
    "SELECT 1 FROM posthub.membership"
    " WHERE organization_id = :organization_id AND user_id = :person_id"
)


async def record(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    word: Word,
    person_id: UUID | None = None,
    contact: str | None = None,
    recorded_by: UUID | None,
) -> ConsentRow:
    """Write down a word of a person, or of a contact by their e-mail address.

    Exactly one of the two is given. Raises InvalidInput for what is no address.
    """
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "person_id": person_id,
        "contact": None if contact is None else clean_email(contact),
        "purpose": word.purpose,
        "text_version": word.text_version,
        "given": word.given,
        "recorded_by": recorded_by,
    }
    return ConsentRow(**(await connection.execute(_ADD, values)).one()._mapping)


async def refuse_strangers(
    connection: AsyncConnection, organization_id: UUID, person_id: UUID
) -> None:
    """Refuse a person who is no member. Raises NotFound."""
    values = {"organization_id": organization_id, "person_id": person_id}
    if (await connection.execute(_MEMBER, values)).first() is None:
        raise NotFound("There is no such person in this organisation.")


async def page(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    person_id: UUID | None,
    purpose: str | None,
    current: bool,
    after: UUID | None,
    limit: int,
) -> list[ConsentRow]:
    """Read what was said, the newest first; `current` leaves out what a later word replaced."""
    values = {
        "organization_id": organization_id,
        "person_id": person_id,
        "purpose": purpose,
        "current": current,
        "after": after,
        "limit": limit,
    }
    return [ConsentRow(**row._mapping) for row in await connection.execute(_PAGE, values)]

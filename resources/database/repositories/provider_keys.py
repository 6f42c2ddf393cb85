"""Encrypted keys of providers: the platform's and organisations' own, and who touched them.

Every access leaves a row in the audit trail, without the key. Every function takes an open
connection; the caller owns the transaction and its scope.
What does not belong here: sealing and opening (`resources/keyring.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from resources.database.repositories import audit
from resources.database.repositories.audit import NOWHERE, Origin
from resources.ids import new_id


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A key as it is kept."""

    id: UUID
    ciphertext: bytes = field(repr=False)
    last_four: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """What may be shown of a key."""

    organization_id: UUID | None
    provider: str
    last_four: str
    created_at: datetime
    updated_at: datetime
    tested_at: datetime | None
    expires_on: date | None
    last_used_at: datetime | None


_OWN = text(
    """
    SELECT id, ciphertext, last_four, expires_on FROM posthub.provider_key
    WHERE organization_id = :organization_id AND provider = :provider
    """
)
_PLATFORM = text("SELECT * FROM posthub.platform_key(:provider)")
_KEPT = text(
    """
    SELECT id, ciphertext, last_four, expires_on FROM posthub.provider_key
    WHERE organization_id IS NOT DISTINCT FROM CAST(:organization_id AS uuid)
        AND provider = :provider
    """
)


async def own(
    connection: AsyncConnection, organization_id: UUID, provider: str
) -> SealedKey | None:
    """Read the organisation's own key."""
    values = {"organization_id": organization_id, "provider": provider}
    return _sealed((await connection.execute(_OWN, values)).first())


async def platforms(connection: AsyncConnection, provider: str) -> SealedKey | None:
    """Read the platform's key, for the factory."""
    return _sealed((await connection.execute(_PLATFORM, {"provider": provider})).first())


async def kept(
    connection: AsyncConnection, organization_id: UUID | None, provider: str
) -> SealedKey | None:
    """Read exactly this row: an organisation's own key, or the platform's for who reads all."""
    values = {"organization_id": organization_id, "provider": provider}
    return _sealed((await connection.execute(_KEPT, values)).first())


def _sealed(row: Row[Any] | None) -> SealedKey | None:
    if row is None:
        return None
    return SealedKey(row.id, bytes(row.ciphertext), row.last_four, row.expires_on)


_SAVE = text(
    """
    INSERT INTO posthub.provider_key (id, organization_id, provider, ciphertext, last_four,
        expires_on, tested_at, created_by)
    VALUES (:id, :organization_id, :provider, :ciphertext, :last_four, :expires_on,
        CASE WHEN :is_tested THEN now() END, :by)
    ON CONFLICT (organization_id, provider) DO UPDATE SET
        ciphertext = excluded.ciphertext, last_four = excluded.last_four,
        expires_on = excluded.expires_on, tested_at = excluded.tested_at, updated_at = now(),
        last_used_at = NULL, created_by = excluded.created_by
    """
)
_DELETE = text(
    """
    DELETE FROM posthub.provider_key
    WHERE organization_id IS NOT DISTINCT FROM :organization_id AND provider = :provider
    RETURNING last_four
    """
)
_LIST = text(
    """
    SELECT organization_id, provider, last_four, created_at, updated_at, tested_at, expires_on,
        last_used_at
    FROM posthub.provider_key ORDER BY organization_id NULLS FIRST, provider
    """
)


async def save(
    connection: AsyncConnection,
    *,
    organization_id: UUID | None,
    provider: str,
    ciphertext: bytes,
    last_four: str,
    expires_on: date | None,
    is_tested: bool,
    by: UUID | None,
    origin: Origin = NOWHERE,
) -> None:
    """Keep a key in place of the one before; audited."""
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "provider": provider,
        "ciphertext": ciphertext,
        "last_four": last_four,
        "expires_on": expires_on,
        "is_tested": is_tested,
        "by": by,
    }
    await connection.execute(_SAVE, values)
    told = {"last_four": last_four, "expires_on": str(expires_on or ""), "tested": is_tested}
    await note(connection, organization_id, provider, "save", by=by, after=told, origin=origin)


async def delete(
    connection: AsyncConnection,
    organization_id: UUID | None,
    provider: str,
    by: UUID | None,
    origin: Origin = NOWHERE,
) -> bool:
    """Delete a key; audited. False where there was none."""
    values = {"organization_id": organization_id, "provider": provider}
    row = (await connection.execute(_DELETE, values)).first()
    if row is None:
        return False
    told = {"last_four": row.last_four}
    await note(connection, organization_id, provider, "delete", by=by, after=told, origin=origin)
    return True


async def listed(connection: AsyncConnection) -> Sequence[KeyRow]:
    """Read what may be shown of all keys in the scope."""
    return [KeyRow(**row._mapping) for row in await connection.execute(_LIST)]


_USED_OWN = text("UPDATE posthub.provider_key SET last_used_at = now() WHERE id = :id")
_USED_PLATFORM = text("SELECT posthub.platform_key_used(:id)")


async def used(connection: AsyncConnection, key_id: UUID, *, is_platform: bool) -> None:
    """Write down that a key was opened now."""
    await connection.execute(_USED_PLATFORM if is_platform else _USED_OWN, {"id": key_id})


async def note(
    connection: AsyncConnection,
    organization_id: UUID | None,
    provider: str,
    what: str,
    *,
    by: UUID | None = None,
    after: dict[str, Any] | None = None,
    origin: Origin = NOWHERE,
) -> None:
    """Write an access down: `save`, `open`, `refused`, `test`, `delete`, `rotate`."""
    await audit.record(
        connection,
        organization_id=organization_id,
        actor_id=by,
        action=f"provider_key.{what}",
        subject_kind="provider_key",
        subject_id=provider,
        after=after,
        origin=origin,
    )


_TESTED = text(
    """
    UPDATE posthub.provider_key SET tested_at = now()
    WHERE organization_id IS NOT DISTINCT FROM CAST(:organization_id AS uuid)
        AND provider = :provider
    """
)


async def tested(
    connection: AsyncConnection,
    organization_id: UUID | None,
    provider: str,
    *,
    is_fine: bool,
    by: UUID | None,
    origin: Origin = NOWHERE,
) -> None:
    """Write down that a kept key was tried by a person, and when it last went well."""
    if is_fine:
        values = {"organization_id": organization_id, "provider": provider}
        await connection.execute(_TESTED, values)
    told = {"ok": is_fine}
    await note(connection, organization_id, provider, "test", by=by, after=told, origin=origin)


_TOO_MANY = text("SELECT posthub.too_many_key_failures(:organization_id, :provider)")
_TELL = text(
    """
    INSERT INTO posthub.outbox (id, organization_id, topic, payload)
    VALUES (:id, :organization_id, 'provider_key.unusual_access',
        jsonb_build_object('provider', CAST(:provider AS text)))
    """
)


async def refused(
    connection: AsyncConnection,
    organization_id: UUID | None,
    provider: str,
    reason: str,
    *,
    by: UUID | None = None,
    origin: Origin = NOWHERE,
) -> None:
    """Write a failed access down; ten within an hour are told once in that hour."""
    told = {"reason": reason}
    await note(connection, organization_id, provider, "refused", by=by, after=told, origin=origin)
    values = {"organization_id": organization_id, "provider": provider}
    if (await connection.execute(_TOO_MANY, values)).scalar_one():
        await connection.execute(_TELL, {"id": new_id(), **values})
        await note(connection, organization_id, provider, "unusual_access")


_STALE = text(
    """
    SELECT id, organization_id, provider, ciphertext FROM posthub.provider_key
    WHERE id > :after ORDER BY id LIMIT 1 FOR UPDATE
    """
)
_RESEAL = text("UPDATE posthub.provider_key SET ciphertext = :ciphertext WHERE id = :id")


async def next_to_rotate(connection: AsyncConnection, after: UUID) -> Row[Any] | None:
    """Lock the next key to be sealed anew; None after the last one."""
    return (await connection.execute(_STALE, {"after": after})).first()


async def reseal(connection: AsyncConnection, key_id: UUID, ciphertext: bytes) -> None:
    """Keep the same key under the newest keyring."""
    await connection.execute(_RESEAL, {"id": key_id, "ciphertext": ciphertext})

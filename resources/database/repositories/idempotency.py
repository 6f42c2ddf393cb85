"""Requests that may be sent twice: the answer of the first is kept and given again.

A key belongs to one person. What does not belong here: headers and hashing (`api/idempotency.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from resources.database.hot import HotStatement

KEPT_HOURS = 24
STALE_S = 60
"""A claim without an answer this old belongs to a process that died; it is taken over."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a key stands for. `status_code` is None while the first request is under way."""

    request_hash: str
    status_code: int | None
    response: bytes | None
    media_type: str | None


# Waits where another transaction has inserted the same key and not ended yet.
_CLAIM = HotStatement(
    """
    INSERT INTO posthub.idempotency_key (user_id, key, request_hash, expires_at)
    VALUES (:user_id, :key, :request_hash, now() + make_interval(hours => :hours))
    ON CONFLICT (user_id, key) DO UPDATE SET request_hash = excluded.request_hash,
        status_code = NULL, response = NULL, media_type = NULL, created_at = now(),
        expires_at = excluded.expires_at
        WHERE idempotency_key.expires_at <= now() OR (idempotency_key.status_code IS NULL
            AND idempotency_key.request_hash = excluded.request_hash
            AND idempotency_key.created_at < now() - make_interval(secs => :stale))
    RETURNING key
    """
)
_READ = text(
    "SELECT request_hash, status_code, response, media_type FROM posthub.idempotency_key"
    " WHERE user_id = :user_id AND key = :key AND expires_at > now()"
)
# Waits where another transaction has inserted the same key and not ended yet.
_KEEP_FIRST = HotStatement(
    """
    INSERT INTO posthub.idempotency_key (user_id, key, request_hash, status_code, response,
        media_type, expires_at)
    VALUES (:user_id, :key, :request_hash, :status_code, :response, :media_type,
        now() + make_interval(hours => CAST(:hours AS int)))
    ON CONFLICT (user_id, key) DO UPDATE SET request_hash = excluded.request_hash,
        status_code = excluded.status_code, response = excluded.response,
        media_type = excluded.media_type, created_at = now(), expires_at = excluded.expires_at
        WHERE idempotency_key.expires_at <= now()
    RETURNING key
    """
)
_KEEP = HotStatement(
    "UPDATE posthub.idempotency_key SET status_code = :status_code, response = :response,"
    " media_type = :media_type WHERE user_id = :user_id AND key = :key"
)


async def claim(
    connection: AsyncConnection, user_id: UUID, key: str, request_hash: str
) -> KeptAnswer | None:
    """Claim a key for this request; None where it is ours now, else what is known of it."""
    values = {"user_id": user_id, "key": key, "request_hash": request_hash}
    bounds = {"hours": KEPT_HOURS, "stale": STALE_S}
    if await _CLAIM.row(connection, {**values, **bounds}) is not None:
        return None
    return await read(connection, user_id, key)


async def keep_first(
    connection: AsyncConnection,
    user_id: UUID,
    key: str,
    *,
    request_hash: str,
    status_code: int,
    response: bytes,
    media_type: str,
) -> bool:
    """Keep an answer with the work that it tells of; False where the key is taken."""
    values = {
        "user_id": user_id,
        "key": key,
        "request_hash": request_hash,
        "status_code": status_code,
        "response": response,
        "media_type": media_type,
        "hours": KEPT_HOURS,
    }
    return await _KEEP_FIRST.row(connection, values) is not None


async def read(connection: AsyncConnection, user_id: UUID, key: str) -> KeptAnswer | None:
    """Give what is known of a key, or None."""
    row = (await connection.execute(_READ, {"user_id": user_id, "key": key})).first()
    return KeptAnswer(**row._mapping) if row else None


async def keep(
    connection: AsyncConnection,
    user_id: UUID,
    key: str,
    *,
    status_code: int,
    response: bytes,
    media_type: str,
) -> None:
    """Keep the answer under the key, byte for byte."""
    values = {"user_id": user_id, "key": key, "status_code": status_code}
    await _KEEP.rows(connection, {**values, "response": response, "media_type": media_type})

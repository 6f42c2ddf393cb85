"""The journal: one row per provider call, written before the call and completed after it.

What does not belong here: calling providers (`resources/gateway.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from posthub_assets.domain.ports import Call, Usage
from resources.ids import new_id

_FIND = text(
    """
    SELECT id, provider, model, response, media_sha256, input_tokens, output_tokens, cost_usd
    FROM posthub.generation
    WHERE organization_id = :organization_id AND company_id = :company_id
        AND request_hash = :request_hash AND status = 'completed' AND pruned_at IS NULL
        AND (reuse_until IS NULL OR reuse_until > now())
    ORDER BY created_at LIMIT 1
    """
)
_START = text(
    """
    INSERT INTO posthub.generation (id, organization_id, company_id, job_id, kind, provider,
        request_hash, nonce, status, request)
    VALUES (:id, :organization_id, :company_id, :job_id, :kind, :provider, :request_hash, :nonce,
        'started', :request)
    """
).bindparams(bindparam("request", type_=JSONB))
_COMPLETE = text(
    """
    UPDATE posthub.generation SET status = 'completed', response = :response, model = :model,
        media_sha256 = :media_sha256, input_tokens = :input_tokens, output_tokens = :output_tokens,
        cached_tokens = :cached_tokens, reasoning_tokens = :reasoning_tokens,
        image_tokens = :image_tokens, cost_usd = :cost_usd, latency_ms = :latency_ms,
        completed_at = now()
    WHERE id = :id
    """
).bindparams(bindparam("response", type_=JSONB))
_FAIL = text(
    """
    UPDATE posthub.generation SET status = 'failed', error_code = :code, error = :message,
        latency_ms = :latency_ms, completed_at = now()
    WHERE id = :id
    """
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer that was bought before."""

    id: UUID
    provider: str
    model: str
    response: dict[str, Any]
    media_sha256: str | None
    usage: Usage


async def find_answer(connection: AsyncConnection, call: Call, request_hash: str) -> Entry | None:
    """Find a committed answer to the same request of the same company."""
    values = {
        "organization_id": UUID(call.organization_id),
        "company_id": UUID(call.company_id),
        "request_hash": request_hash,
    }
    row = (await connection.execute(_FIND, values)).first()
    if row is None:
        return None
    usage = Usage(row.input_tokens, row.output_tokens, cost_usd=row.cost_usd)
    return Entry(row.id, row.provider, row.model, row.response, row.media_sha256, usage)


async def start(
    connection: AsyncConnection,
    call: Call,
    *,
    kind: str,
    provider: str,
    request_hash: str,
    request: dict[str, Any],
) -> UUID:
    """Write down that a call is about to be made; give the row's id."""
    generation_id = new_id()
    values = {
        "id": generation_id,
        "organization_id": UUID(call.organization_id),
        "company_id": UUID(call.company_id),
        "job_id": UUID(call.job_id) if call.job_id else None,
        "kind": kind,
        "provider": provider,
        "request_hash": request_hash,
        "nonce": nonce_of(call),
        "request": request,
    }
    await connection.execute(_START, values)
    return generation_id


async def complete(
    connection: AsyncConnection,
    generation_id: UUID,
    *,
    response: dict[str, Any],
    model: str,
    usage: Usage,
    latency_ms: int,
    media_sha256: str | None = None,
) -> None:
    """Write down the answer and what it cost."""
    values = {
        "id": generation_id,
        "response": response,
        "model": model,
        "media_sha256": media_sha256,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_tokens": usage.cached_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "image_tokens": usage.image_tokens,
        "cost_usd": usage.cost_usd,
        "latency_ms": latency_ms,
    }
    await connection.execute(_COMPLETE, values)


async def fail(
    connection: AsyncConnection, generation_id: UUID, *, code: str, message: str, latency_ms: int
) -> None:
    """Write down why a call came to nothing."""
    values = {"id": generation_id, "code": code, "message": message[:2000]}
    await connection.execute(_FAIL, {**values, "latency_ms": latency_ms})


def nonce_of(call: Call) -> str:
    """Give what tells repeated requests apart: content, round and variant, never the attempt."""
    return f"{call.subject}/{call.round}/{call.variant}"


_REMEMBER_MEDIA = text(
    """
    INSERT INTO posthub.media (organization_id, sha256, media_type, size_bytes, width_px, height_px,
        origin)
    VALUES (:organization_id, :sha256, :media_type, :size_bytes, :width_px, :height_px, 'generated')
    ON CONFLICT DO NOTHING
    """
)


async def remember_media(
    connection: AsyncConnection,
    call: Call,
    *,
    sha256: str,
    media_type: str,
    size_bytes: int,
    width_px: int,
    height_px: int,
) -> None:
    """Write down a stored picture."""
    values = {
        "organization_id": UUID(call.organization_id),
        "sha256": sha256,
        "media_type": media_type,
        "size_bytes": size_bytes,
        "width_px": width_px,
        "height_px": height_px,
    }
    await connection.execute(_REMEMBER_MEDIA, values)

"""The journal: one row per provider call, written before the call and completed after it.

It is the cache, the ledger and the lineage. What does not belong here: calling providers
(`resources/gateway/`), sums over it (`usage.py`), what a batch does with its rows (`batches.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import bindparam

from posthub_assets.domain.ports import Call, Usage
from resources.ids import new_id

_FIND = text(
    """
    SELECT id, provider, model, response, media_sha256, input_tokens, output_tokens,
        cached_tokens, cache_written_tokens, reasoning_tokens, image_tokens, image_input_tokens,
        searches, cost_usd
    FROM posthub.generation
    WHERE organization_id = :organization_id AND company_id = :company_id
        AND request_hash = :request_hash AND status = 'completed' AND pruned_at IS NULL
        AND (reuse_until IS NULL OR reuse_until > now())
    ORDER BY created_at LIMIT 1
    """
)
_START = text(
    """
    INSERT INTO posthub.generation (id, organization_id, company_id, job_id, month, kind, provider,
        model, prompt_version_id, request_hash, nonce, redaction_policy, redacted, status, request,
        key_source, attempt, experiment_id, arm, reuse_until)
    VALUES (:id, :organization_id, :company_id, :job_id, :month, :kind, :provider, :model,
        :prompt_version_id, :request_hash, :nonce, :redaction_policy, :redacted, :status, :request,
        :key_source, :attempt, :experiment_id, :arm, now() + CAST(:reuse_for AS interval))
    """
).bindparams(bindparam("request", type_=JSONB), bindparam("redacted", type_=JSONB))
_USED = """
        model = CASE WHEN CAST(:model AS text) = '' THEN model ELSE CAST(:model AS text) END,
        input_tokens = :input_tokens, output_tokens = :output_tokens,
        cached_tokens = :cached_tokens, cache_written_tokens = :cache_written_tokens,
        reasoning_tokens = :reasoning_tokens,
        image_tokens = :image_tokens, image_input_tokens = :image_input_tokens,
        searches = :searches, cost_usd = :cost_usd, price_source = :price_source,
        latency_ms = :latency_ms, completed_at = now()
    WHERE id = :id
"""
_COMPLETE = text(
    f"""
    UPDATE posthub.generation SET status = 'completed', response = :response,
        media_sha256 = :media_sha256, {_USED}
    """  # noqa: S608 - a constant of this module
).bindparams(bindparam("response", type_=JSONB))
_FAIL = text(
    f"""
    UPDATE posthub.generation SET status = 'failed', error_code = :code, error = :message, {_USED}
    """  # noqa: S608 - a constant of this module
)
_SPOIL = text(
    """
    UPDATE posthub.generation SET status = 'failed', error_code = :code, error = :message
    WHERE id = :id AND status = 'completed'
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


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the journal keeps it. `hash` covers all that decides the answer."""

    kind: str
    """The brief's name, or the prompt's code where there is no brief."""
    hash: str
    kept: dict[str, Any]
    model: str = ""
    key_source: str = "platform"
    prompt_version_id: UUID | None = None
    redaction_policy: str = "none"
    redacted: Mapping[str, int] = field(default_factory=dict)
    experiment_id: UUID | None = None
    arm: str = ""
    reuse_for: timedelta | None = None
    """None: as long as the journal keeps the answer."""


async def find_answer(connection: AsyncConnection, call: Call, request_hash: str) -> Entry | None:
    """Find a committed answer to the same request of the same company."""
    values = {
        "organization_id": UUID(call.organization_id),
        "company_id": UUID(call.company_id),
        "request_hash": request_hash,
    }
    row = (await connection.execute(_FIND, values)).first()
    return entry_of(row._mapping) if row else None


def entry_of(row: Mapping[str, Any] | RowMapping) -> Entry:
    """Read an answer from its row; ids and amounts may be text, as JSON has them."""
    counts = {
        name: row[name]
        for name in (
            "input_tokens",
            "output_tokens",
            "cached_tokens",
            "cache_written_tokens",
            "reasoning_tokens",
            "image_tokens",
            "image_input_tokens",
            "searches",
        )
    }
    return Entry(
        UUID(str(row["id"])),
        row["provider"],
        row["model"],
        row["response"],
        row["media_sha256"],
        Usage(**counts, cost_usd=Decimal(row["cost_usd"])),
    )


async def start(
    connection: AsyncConnection,
    call: Call,
    request: Request,
    *,
    generation_id: UUID | None = None,
    provider: str,
    attempt: int = 0,
    queued: bool = False,
) -> UUID:
    """Write down that a call is about to be made, or handed in with a batch; give the row's id."""
    generation_id = generation_id or new_id()
    values = row_of(
        call, request, id_=generation_id, provider=provider, attempt=attempt, queued=queued
    )
    await connection.execute(_START, values)
    return generation_id


def row_of(
    call: Call,
    request: Request,
    *,
    id_: UUID,
    provider: str,
    attempt: int = 0,
    queued: bool = False,
) -> dict[str, Any]:
    """Give the row of a call that begins, by column; `reuse_for` is a span and no column."""
    return {
        "id": id_,
        "organization_id": UUID(call.organization_id),
        "company_id": UUID(call.company_id),
        "job_id": UUID(call.job_id) if call.job_id else None,
        "month": call.month,
        "kind": request.kind,
        "provider": provider,
        "model": request.model,
        "prompt_version_id": request.prompt_version_id,
        "request_hash": request.hash,
        "nonce": nonce_of(call),
        "redaction_policy": request.redaction_policy,
        "redacted": dict(request.redacted) or None,
        "status": "queued" if queued else "started",
        "request": request.kept,
        "key_source": request.key_source,
        "attempt": attempt,
        "experiment_id": request.experiment_id,
        "arm": request.arm,
        "reuse_for": request.reuse_for,
    }


async def complete(
    connection: AsyncConnection,
    generation_id: UUID,
    *,
    response: dict[str, Any],
    model: str,
    usage: Usage,
    latency_ms: int,
    price_source: str = "",
    media_sha256: str | None = None,
) -> None:
    """Write down the answer and what it cost."""
    values = _used(generation_id, model, usage, latency_ms, price_source)
    await connection.execute(
        _COMPLETE, {**values, "response": response, "media_sha256": media_sha256}
    )


async def fail(
    connection: AsyncConnection,
    generation_id: UUID,
    *,
    code: str,
    message: str,
    latency_ms: int,
    model: str = "",
    usage: Usage | None = None,
    price_source: str = "",
) -> None:
    """Write down why a call came to nothing, and what it cost all the same."""
    values = _used(generation_id, model, usage or Usage(), latency_ms, price_source)
    await connection.execute(_FAIL, {**values, "code": code, "message": message[:2000]})


async def spoil(
    connection: AsyncConnection, generation_id: UUID, *, code: str, message: str
) -> None:
    """Mark a paid answer as of no use, so that it is never served; its cost stays."""
    values = {"id": generation_id, "code": code, "message": message[:2000]}
    await connection.execute(_SPOIL, values)


def _used(
    generation_id: UUID, model: str, usage: Usage, latency_ms: int, price_source: str
) -> dict[str, Any]:
    return {
        "id": generation_id,
        "model": model,
        **used(usage),
        "price_source": price_source,
        "latency_ms": latency_ms,
    }


def used(usage: Usage) -> dict[str, Any]:
    """Give what a call consumed, by column."""
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_tokens": usage.cached_tokens,
        "cache_written_tokens": usage.cache_written_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "image_tokens": usage.image_tokens,
        "image_input_tokens": usage.image_input_tokens,
        "searches": usage.searches,
        "cost_usd": usage.cost_usd,
    }


def nonce_of(call: Call) -> str:
    """Give what tells repeated requests apart: content, round and variant, never the attempt."""
    return f"{call.subject}/{call.round}/{call.variant}"


_REMEMBER_MEDIA = text(
    """
    INSERT INTO posthub.media (organization_id, sha256, media_type, size_bytes, width_px, height_px,
        origin)
    VALUES (:organization_id, :sha256, :media_type, :size_bytes, :width_px, :height_px, 'generated')
    ON CONFLICT (organization_id, sha256) DO UPDATE SET erased_at = NULL
    WHERE media.erased_at IS NOT NULL
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

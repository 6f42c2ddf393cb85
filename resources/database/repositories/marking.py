"""Words that a person marked, looked up in the version that they read.

What does not belong here: what a span is (`posthub_assets/domain/change_requests.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.change_requests import Marked, placed, what_became
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import Conflict

_BODY = text("SELECT body FROM posthub.content_version WHERE id = :id")
# The change request that a version answers: the last one about the version right before it.
_ASKED = text(
    """
    SELECT d.id, d.version_number, d.reason, d.reason_codes, d.spans, d.decided_at
    FROM posthub.decision d
    WHERE d.organization_id = :organization_id AND d.content_id = :content_id
        AND d.action = 'request_changes' AND d.version_number = :number - 1
    ORDER BY d.decided_at DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A change request, and what became of the marked words in the version after it."""

    decision_id: UUID
    version: int
    reason: str
    reason_codes: list[str]
    asked_at: datetime
    marked: tuple[Marked, ...]


async def placed_in(
    connection: AsyncConnection, version_id: UUID, kind: Kind, spans: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], ...]:
    """Give spans as they are kept. Raises InvalidInput, Conflict for a text that was erased."""
    body = await _body(connection, version_id)
    return tuple(placed(kind, body, one, f"spans[{place}]") for place, one in enumerate(spans))


async def placed_one(
    connection: AsyncConnection, version_id: UUID, kind: Kind, span: dict[str, Any]
) -> dict[str, Any]:
    """Give the one span of a comment. Raises InvalidInput, Conflict for an erased text."""
    return placed(kind, await _body(connection, version_id), span, "span")


async def _body(connection: AsyncConnection, version_id: UUID) -> dict[str, Any]:
    body: dict[str, Any] | None = (await connection.execute(_BODY, {"id": version_id})).scalar()
    if body is None:
        raise Conflict("This version was erased; there is nothing to mark in it.")
    return body


async def asked_before(
    connection: AsyncConnection, organization_id: UUID, content_id: UUID, number: int
) -> Asked | None:
    """Read the change request that version `number` answers; None where nobody asked."""
    values = {"organization_id": organization_id, "content_id": content_id, "number": number}
    row = (await connection.execute(_ASKED, values)).first()
    if row is None:
        return None
    version = await connection.execute(
        text(
            "SELECT id FROM posthub.content_version WHERE organization_id = :organization_id"
            " AND content_id = :content_id AND number = :number"
        ),
        values,
    )
    body = await _body(connection, version.scalar_one())
    return Asked(
        row.id,
        row.version_number,
        row.reason,
        [str(code) for code in row.reason_codes],
        row.decided_at,
        what_became(body, [one for one in row.spans if isinstance(one, dict)]),
    )

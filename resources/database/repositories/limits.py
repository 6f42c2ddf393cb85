"""Limits that somebody wrote down, of an organisation or one of its companies.

Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: reserving (`budgets.py`), what holds without them (`domain/spending/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.spending.limits import Ceiling, Period
from resources.database.repositories import audit
from resources.database.repositories.audit import NOWHERE, Origin
from resources.ids import new_id

_LIST = text(
    """
    SELECT l.organization_id, o.name AS organization, c.slug AS company, l.period, l.requests,
        l.tokens, l.cost_usd
    FROM posthub.usage_limit l JOIN posthub.organization o ON o.id = l.organization_id
    LEFT JOIN posthub.company c ON c.id = l.company_id
    WHERE l.provider IS NULL ORDER BY o.name, c.slug NULLS FIRST, l.period DESC
    """
)
_SET = text(
    """
    INSERT INTO posthub.usage_limit (id, organization_id, company_id, period, requests, tokens,
        cost_usd)
    VALUES (:id, :organization_id, :company_id, :period, :requests, :tokens, :cost_usd)
    ON CONFLICT (organization_id, company_id, provider, period) DO UPDATE SET
        requests = excluded.requests, tokens = excluded.tokens, cost_usd = excluded.cost_usd,
        updated_at = now()
    """
)
_REMOVE = text(
    """
    DELETE FROM posthub.usage_limit
    WHERE organization_id = :organization_id AND company_id IS NOT DISTINCT FROM :company_id
        AND period = :period AND provider IS NULL RETURNING id
    """
)
_BEFORE = text(
    """
    SELECT requests, tokens, cost_usd::text AS cost_usd FROM posthub.usage_limit
    WHERE organization_id = :organization_id AND company_id IS NOT DISTINCT FROM :company_id
        AND period = :period AND provider IS NULL FOR UPDATE
    """
)


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A written limit; a company of None is the organisation's."""

    organization_id: UUID
    organization: str
    company: str | None
    period: str
    requests: int | None
    tokens: int | None
    cost_usd: Decimal | None


async def listed(connection: AsyncConnection) -> Sequence[LimitRow]:
    """Read the written limits in the scope."""
    return [LimitRow(**row._mapping) for row in await connection.execute(_LIST)]


async def write(
    connection: AsyncConnection,
    organization_id: UUID,
    company_id: UUID | None,
    period: Period,
    *,
    ceiling: Ceiling | None,
    by: UUID | None = None,
    origin: Origin = NOWHERE,
) -> bool:
    """Write a limit down, or with None take it away, so that the tier's holds again; audited.

    False where there was none to take away.
    """
    values = {"organization_id": organization_id, "company_id": company_id, "period": period}
    row = (await connection.execute(_BEFORE, values)).first()
    if ceiling is None:
        if row is None:
            return False
        await connection.execute(_REMOVE, values)
    else:
        amounts = {
            "requests": ceiling.requests,
            "tokens": ceiling.tokens,
            "cost_usd": ceiling.cost_usd,
        }
        await connection.execute(_SET, {"id": new_id(), **values, **amounts})
    await audit.record(
        connection,
        organization_id=organization_id,
        actor_id=by,
        action="limit.change",
        subject_kind="usage_limit",
        subject_id=f"{company_id or 'organization'}/{period}",
        before=dict(row._mapping) if row else None,
        after=None
        if ceiling is None
        else {
            "requests": ceiling.requests,
            "tokens": ceiling.tokens,
            "cost_usd": None if ceiling.cost_usd is None else str(ceiling.cost_usd),
        },
        origin=origin,
    )
    return True

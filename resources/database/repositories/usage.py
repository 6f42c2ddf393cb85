"""Sums over the journal: a company's month, or any span of time by a dimension.

Calls without a month (research, DNA, personas) belong to the month of UTC in which they were made.
Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: the journal's rows (`journal.py`), shapes for people (`domain/usage.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from posthub_assets.domain.calendar import add_months
from posthub_assets.domain.usage import UsageRow

_SUMS = """
    count(*) AS requests, count(*) FILTER (WHERE g.status = 'failed') AS failed,
    sum(g.input_tokens) AS input_tokens, sum(g.output_tokens) AS output_tokens,
    sum(g.cached_tokens) AS cached_tokens, sum(g.cache_written_tokens) AS cache_written_tokens,
    sum(g.reasoning_tokens) AS reasoning_tokens, sum(g.image_tokens) AS image_tokens,
    sum(g.image_input_tokens) AS image_input_tokens, sum(g.searches) AS searches,
    sum(g.cost_usd) AS cost_usd
"""
_PROMPT = "coalesce(p.code || ' ' || p.language || ' ' || p.version::text, '')"
_PERSON = "coalesce(u.name, 'the factory')"
_JOINS = """
    LEFT JOIN posthub.prompt_version p ON p.id = g.prompt_version_id
    LEFT JOIN posthub.job j ON j.id = g.job_id AND j.organization_id = g.organization_id
    LEFT JOIN posthub.app_user u ON u.id = j.requested_by
"""
_MONTH = text(
    f"""
    SELECT g.provider, g.model, g.kind, {_PROMPT} AS prompt, {_PERSON} AS person, g.key_source,
        {_SUMS}
    FROM posthub.generation g {_JOINS}
    WHERE g.organization_id = :organization_id AND g.company_id = :company_id
        AND g.status IN ('completed', 'failed')
        AND (g.month = :month OR (g.month IS NULL
             AND g.created_at >= :begins AND g.created_at < :ends))
    GROUP BY 1, 2, 3, 4, 5, 6
    """  # noqa: S608 - constants of this module
)


async def usage_of(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID, month: date
) -> list[UsageRow]:
    """Read what a company's month used, by provider, model, kind, prompt version and person."""
    following = add_months(month, 1)
    values = {
        "organization_id": organization_id,
        "company_id": company_id,
        "month": month,
        "begins": datetime(month.year, month.month, 1, tzinfo=UTC),
        "ends": datetime(following.year, following.month, 1, tzinfo=UTC),
    }
    return [UsageRow(**row._mapping) for row in await connection.execute(_MONTH, values)]


Dimension = Literal["provider", "model", "kind", "prompt", "person", "company", "day"]
_COLUMNS: dict[Dimension, str] = {
    "provider": "g.provider",
    "model": "g.model",
    "kind": "g.kind",
    "prompt": _PROMPT,
    "person": _PERSON,
    "company": "c.name",
    "day": "to_char(g.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
}
DIMENSIONS = tuple(_COLUMNS)


@dataclass(frozen=True, slots=True)
class SumRow:
    """What calls of a span of time came to, by one dimension."""

    name: str
    requests: int
    failed: int
    tokens: int
    cost_usd: Decimal


async def usage_between(
    connection: AsyncConnection, begins: datetime, ends: datetime, by: Dimension
) -> Sequence[SumRow]:
    """Read what the scope's organisations used from `begins` until before `ends`, dearest first."""
    statement = text(
        f"""
        SELECT {_COLUMNS[by]} AS name, count(*) AS requests,
            count(*) FILTER (WHERE g.status = 'failed') AS failed,
            sum(g.input_tokens + g.output_tokens) AS tokens, sum(g.cost_usd) AS cost_usd
        FROM posthub.generation g {_JOINS}
        JOIN posthub.company c ON c.id = g.company_id AND c.organization_id = g.organization_id
        WHERE g.created_at >= :begins AND g.created_at < :ends
            AND g.status IN ('completed', 'failed')
        GROUP BY 1 ORDER BY cost_usd DESC, name LIMIT 1000
        """  # noqa: S608 - constants of this module
    )
    rows = await connection.execute(statement, {"begins": begins, "ends": ends})
    return [SumRow(**row._mapping) for row in rows]


_MOVED = text(
    """
    SELECT g.organization_id, g.company_id, g.month
    FROM (SELECT organization_id, company_id,
              coalesce(month, date_trunc('month', created_at AT TIME ZONE 'UTC')::date) AS month,
              max(coalesce(completed_at, created_at)) AS moved_at
          FROM posthub.generation WHERE created_at > now() - interval '62 days'
              AND status IN ('completed', 'failed')
          GROUP BY 1, 2, 3) g
    JOIN posthub.company c ON c.id = g.company_id AND c.deleted_at IS NULL
        AND c.organization_id = g.organization_id
    WHERE NOT EXISTS (SELECT 1 FROM posthub.job j
        WHERE j.organization_id = g.organization_id AND j.company_id = g.company_id
            AND j.month = g.month AND j.kind = 'create_monthly_usage'
            AND (j.status IN ('pending', 'running') OR j.started_at > g.moved_at))
    ORDER BY 1, 2, 3
    """
)


async def moved(connection: AsyncConnection) -> Sequence[tuple[UUID, UUID, date]]:
    """Find (organisation, company, month) whose journal moved since its usage was last written."""
    rows = await connection.execute(_MOVED)
    return [(row.organization_id, row.company_id, row.month) for row in rows]

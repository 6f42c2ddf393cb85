"""Sums over the journal: a company's month, or any span of time by a dimension.

A call belongs to its month; where it has none, to its job's. Where that has none either (research,
DNA, personas) it belongs to the month of UTC in which it was made.
Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: the journal's rows (`journal.py`), shapes for people (`domain/usage.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

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
_MONTH_OF = """
    coalesce(g.month, j.month, date_trunc('month', g.created_at AT TIME ZONE 'UTC')::date)
"""
_MONTH = text(
    f"""
    SELECT g.provider, g.model, g.kind, {_PROMPT} AS prompt, {_PERSON} AS person, g.key_source,
        {_SUMS}
    FROM posthub.generation g {_JOINS}
    WHERE g.organization_id = :organization_id AND g.company_id = :company_id
        AND g.status IN ('completed', 'failed')
        AND (g.month = :month OR (g.month IS NULL AND {_MONTH_OF} = :month))
    GROUP BY 1, 2, 3, 4, 5, 6
    """  # noqa: S608 - constants of this module
)


async def usage_of(
    connection: AsyncConnection, organization_id: UUID, company_id: UUID, month: date
) -> list[UsageRow]:
    """Read what a company's month used, by provider, model, kind, prompt version, person and key.

    Calls that failed are counted with what they cost; open and queued ones are not usage yet.
    """
    values = {"organization_id": organization_id, "company_id": company_id, "month": month}
    return [UsageRow(**row._mapping) for row in await connection.execute(_MONTH, values)]


Dimension = Literal["provider", "model", "kind", "prompt", "person", "company", "day"]
_COLUMNS: dict[Dimension, str] = {
    "provider": "g.provider",
    "model": "g.model",
    "kind": "g.kind",
    "prompt": _PROMPT,
    "person": _PERSON,
    "company": "c.partition_key",
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
    connection: AsyncConnection,
    begins: datetime,
    ends: datetime,
    by: Dimension,
    *,
    organization_id: UUID | None = None,
) -> Sequence[SumRow]:
    """Read what was used from `begins` until before `ends`, the dearest first, 1,000 rows at most.

    Of one organisation, or of all that the scope may read. An owner's connection reads all,
    whatever its scope: name the organisation there.
    """
    of_one = "AND g.organization_id = :organization_id" if organization_id else ""
    statement = text(
        f"""
        SELECT {_COLUMNS[by]} AS name, count(*) AS requests,
            count(*) FILTER (WHERE g.status = 'failed') AS failed,
            sum(g.input_tokens + g.output_tokens) AS tokens, sum(g.cost_usd) AS cost_usd
        FROM posthub.generation g {_JOINS}
        JOIN posthub.company c ON c.id = g.company_id AND c.organization_id = g.organization_id
        WHERE g.created_at >= :begins AND g.created_at < :ends
            AND g.status IN ('completed', 'failed') {of_one}
        GROUP BY 1 ORDER BY cost_usd DESC, name LIMIT 1000
        """  # noqa: S608 - constants of this module
    )
    values: dict[str, datetime | UUID] = {"begins": begins, "ends": ends}
    if organization_id:
        values["organization_id"] = organization_id
    rows = await connection.execute(statement, values)
    return [SumRow(**row._mapping) for row in rows]


LOOKED_BACK_DAYS = 62
UNSEEN_S = 300
"""Seconds before a renewal in which a call may have been closed and not been visible to it yet."""

# A job's start is that of its first claim, which no renewal moves; its end and its seconds are
# those of the last renewal. One that failed is asked for again.
_MOVED = text(
    f"""
    SELECT m.organization_id, m.company_id, m.month
    FROM (SELECT g.organization_id, g.company_id, {_MONTH_OF} AS month,
              max(coalesce(g.completed_at, g.created_at)) AS moved_at
          FROM posthub.generation g
          LEFT JOIN posthub.job j ON j.id = g.job_id AND j.organization_id = g.organization_id
              AND g.month IS NULL
          WHERE g.created_at > now() - make_interval(days => :days)
              AND g.status IN ('completed', 'failed')
          GROUP BY 1, 2, 3) m
    JOIN posthub.company c ON c.id = m.company_id AND c.deleted_at IS NULL
        AND c.organization_id = m.organization_id
    WHERE NOT EXISTS (SELECT 1 FROM posthub.job r
        WHERE r.organization_id = m.organization_id AND r.company_id = m.company_id
            AND r.month = m.month AND r.kind = 'create_monthly_usage'
            AND (r.status IN ('pending', 'running') OR (r.status = 'completed'
                 AND r.finished_at - make_interval(
                     secs => coalesce(r.duration_s, 0)::float8 + :unseen_s) > m.moved_at)))
    ORDER BY 1, 2, 3
    """  # noqa: S608 - constants of this module
)


async def moved(connection: AsyncConnection) -> Sequence[tuple[UUID, UUID, date]]:
    """Find (organisation, company, month) whose journal moved since its usage was last written.

    Looks at the calls of the last 62 days. A month that is being renewed, or about to be, is left
    out; one that was renewed within five minutes of a call is found once more.
    """
    values = {"days": LOOKED_BACK_DAYS, "unseen_s": UNSEEN_S}
    rows = await connection.execute(_MOVED, values)
    return [(row.organization_id, row.company_id, row.month) for row in rows]

"""The journal as people see it: sums of a span of days, its rows without their words, by customer.

A call belongs to the day of UTC on which it was made. Prompts and answers are not read here, so
that no route can give them away.
Every function takes an open connection; the caller owns the transaction and its scope.
What does not belong here: sums of a company's month (`usage.py`), writing (`journal.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Group = Literal["model", "provider", "kind", "prompt_version", "company", "day"]
MOST_GROUPS = 1_000

_PROMPT = "coalesce(p.code || ' ' || p.language || ' ' || p.version::text, '')"
_DAY = "to_char(g.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
_GROUPS: dict[Group, tuple[str, str]] = {
    "model": ("g.model", "g.model"),
    "provider": ("g.provider", "g.provider"),
    "kind": ("g.kind", "g.kind"),
    "prompt_version": ("coalesce(g.prompt_version_id::text, '')", _PROMPT),
    "company": ("g.company_id::text", "c.name"),
    "day": (_DAY, _DAY),
}
_SUMS = """
    count(*) AS requests, count(*) FILTER (WHERE s.status = 'failed') AS failed,
    coalesce(sum(s.input_tokens), 0) AS input_tokens,
    coalesce(sum(s.output_tokens), 0) AS output_tokens,
    coalesce(sum(s.cached_tokens), 0) AS cached_tokens,
    coalesce(sum(s.cost_usd), 0) AS cost_usd,
    coalesce(sum(s.cost_usd) FILTER (WHERE s.key_source = 'platform'), 0) AS invoiced_usd
"""
_JOINS = """
    JOIN posthub.company c ON c.id = g.company_id AND c.organization_id = g.organization_id
    LEFT JOIN posthub.prompt_version p ON p.id = g.prompt_version_id
    LEFT JOIN posthub.job j ON j.id = g.job_id AND j.organization_id = g.organization_id
"""
_FILTERS = {
    "organization_id": "g.organization_id = :organization_id",
    "begins": "g.created_at >= :begins",
    "ends": "g.created_at < :ends",
    "company_id": "g.company_id = :company_id",
    "person_id": "j.requested_by = :person_id",
}


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which calls: of one organisation, from `begins` until before `ends`; None means all."""

    organization_id: UUID
    begins: datetime
    ends: datetime
    company_id: UUID | None = None
    person_id: UUID | None = None

    def where(self) -> tuple[str, dict[str, Any]]:
        """Give the condition and its parameters."""
        values = {name: getattr(self, name) for name in _FILTERS}
        given = {name: value for name, value in values.items() if value is not None}
        return " AND ".join(_FILTERS[name] for name in given), given


@dataclass(frozen=True, slots=True)
class Sums:
    """What calls came to. Cached tokens are a part of the input; `invoiced_usd` is on our keys."""

    requests: int
    failed: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_usd: Decimal
    invoiced_usd: Decimal

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.input_tokens + self.output_tokens

    @property
    def cached_share(self) -> Decimal | None:
        """Cached over all input tokens, 0 to 1 in ten thousandths; None without any input."""
        if not self.input_tokens:
            return None
        return (Decimal(self.cached_tokens) / self.input_tokens).quantize(Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class GroupSums(Sums):
    """The sums of one group. `key` tells groups apart, `name` is for people."""

    key: str
    name: str


async def sums(
    connection: AsyncConnection, wanted: UsageFilter, by: Group
) -> tuple[Sums, list[GroupSums]]:
    """Add up all calls, and each group's: the dearest first, 1,000 groups at most.

    Calls that failed are counted with what they cost; open and queued ones are not usage yet. Both
    are read by one statement, so that they agree.
    """
    where, values = wanted.where()
    key, name = _GROUPS[by]
    statement = text(
        f"""
        SELECT grouping(s.key) = 1 AS is_total, s.key, s.name, {_SUMS}
        FROM (SELECT {key} AS key, {name} AS name, g.status, g.input_tokens, g.output_tokens,
                g.cached_tokens, g.cost_usd, g.key_source
            FROM posthub.generation g {_JOINS}
            WHERE {where} AND g.status IN ('completed', 'failed')) s
        GROUP BY GROUPING SETS ((s.key, s.name), ())
        ORDER BY is_total DESC, cost_usd DESC, name, key LIMIT {MOST_GROUPS + 1}
        """  # noqa: S608 - constants of this module
    )
    rows = [dict(row._mapping) for row in await connection.execute(statement, values)]
    total, groups = rows[0], rows[1:]
    for row in rows:
        del row["is_total"]
    del total["key"], total["name"]
    return Sums(**total), [GroupSums(**row) for row in groups]


@dataclass(frozen=True, slots=True)
class CallRow:
    """A row of the journal, without the prompt, the answer and the vendor's words."""

    id: UUID
    organization_id: UUID
    company_id: UUID
    job_id: UUID | None
    month: date | None
    kind: str
    provider: str
    model: str
    prompt: str
    prompt_version_id: UUID | None
    experiment_id: UUID | None
    arm: str
    status: str
    key_source: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_written_tokens: int
    reasoning_tokens: int
    image_tokens: int
    image_input_tokens: int
    searches: int
    cost_usd: Decimal
    latency_ms: int | None
    error_code: str | None
    created_at: datetime
    completed_at: datetime | None


_CALL = f"""
    g.id, g.organization_id, g.company_id, g.job_id, g.month, g.kind, g.provider, g.model,
    {_PROMPT} AS prompt, g.prompt_version_id, g.experiment_id, g.arm, g.status, g.key_source,
    g.input_tokens, g.output_tokens, g.cached_tokens, g.cache_written_tokens, g.reasoning_tokens,
    g.image_tokens, g.image_input_tokens, g.searches, g.cost_usd, g.latency_ms, g.error_code,
    g.created_at, g.completed_at
"""


async def calls(
    connection: AsyncConnection,
    wanted: UsageFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[CallRow]:
    """Read the journal's rows, the newest first, `after` a moment and an id."""
    where, values = wanted.where()
    if after is not None:
        where += " AND (g.created_at, g.id) < (:after_at, :after_id)"
        values |= {"after_at": after[0], "after_id": after[1]}
    statement = text(
        f"SELECT {_CALL} FROM posthub.generation g {_JOINS} WHERE {where}"  # noqa: S608 - constants
        " ORDER BY g.created_at DESC, g.id DESC LIMIT :limit"
    )
    rows = await connection.execute(statement, {**values, "limit": limit})
    return [CallRow(**row._mapping) for row in rows]


@dataclass(frozen=True, slots=True)
class CustomerSums(Sums):
    """The sums of one organisation."""

    organization_id: UUID
    name: str


_CUSTOMERS = text(
    f"""
    SELECT s.organization_id, o.name, {_SUMS}
    FROM posthub.generation s JOIN posthub.organization o ON o.id = s.organization_id
    WHERE s.created_at >= :begins AND s.created_at < :ends AND s.status IN ('completed', 'failed')
        AND (CAST(:after AS uuid) IS NULL OR s.organization_id > :after)
    GROUP BY 1, 2 ORDER BY 1 LIMIT :limit
    """  # noqa: S608 - constants of this module
)


async def by_customer(
    connection: AsyncConnection,
    begins: datetime,
    ends: datetime,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[CustomerSums]:
    """Add up each organisation in the scope, in the order of their ids, `after` one."""
    values = {"begins": begins, "ends": ends, "after": after, "limit": limit}
    return [CustomerSums(**row._mapping) for row in await connection.execute(_CUSTOMERS, values)]

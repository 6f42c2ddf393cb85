"""A call's books, each in one round trip: begun with its reservation, closed with its cost.

The same rows as `journal.py` and `budgets.py` write, through two functions of the database
(migration 0008): a paid call has its books kept twice, and round trips are most of their cost.
What does not belong here: batches, whose rows are written many at a time (`queued.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import bindparam

from posthub_assets.domain.errors import JobCancelled
from posthub_assets.domain.ports import Call, Usage
from posthub_assets.domain.spending.limits import Limit
from resources.database.engine import Database
from resources.database.repositories import budgets, journal
from resources.ids import new_id

if TYPE_CHECKING:
    from resources.pricing import Estimate

OVER_BUDGET = "PH402"
CANCELLED = "PH409"
_BEGIN = text(
    """
    SELECT posthub.begin_call(:entry, CAST(:reuse_for AS interval), :reservation,
        make_interval(secs => :hold_s), :tokens, :usd, CAST(:scopes AS jsonb))
    """
).bindparams(bindparam("entry", type_=JSONB))
_CLOSE = text("SELECT posthub.close_call(:organization_id, :id, :used, :answer)").bindparams(
    bindparam("used", type_=JSONB), bindparam("answer", type_=JSONB(True))
)

_IS_CANCELLED = text("SELECT 1 FROM posthub.job WHERE id = :id AND status = 'cancelled'")
TOLD = "The job was cancelled by a person; no further call was made for it."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call may cost at most, under which limits. None where it costs nothing."""

    estimate: Estimate
    limits: tuple[Limit, ...]
    hold_s: float


async def begin(
    database: Database,
    call: Call,
    request: journal.Request,
    *,
    provider: str,
    attempt: int,
    asked: Asked | None,
) -> journal.Entry | UUID:
    """Give the answer that is there, or reserve, write the call down, and give its row's id.

    Raises BudgetExceeded, and JobCancelled where the call's job was; then nothing is written.
    """
    id_ = new_id()
    row = journal.row_of(call, request, id_=id_, provider=provider, attempt=attempt)
    reuse_for = row.pop("reuse_for")
    entry = {name: _plain(value) for name, value in row.items()}
    values = {
        "entry": entry,
        "reuse_for": reuse_for,
        "reservation": new_id(),
        "hold_s": asked.hold_s if asked else 0.0,
        "tokens": asked.estimate.tokens if asked else 0,
        "usd": asked.estimate.cost_usd if asked else Decimal(0),
        "scopes": _scopes(call, provider, asked),
    }
    try:
        there = await database.at_once(_BEGIN, values)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == CANCELLED:
            raise JobCancelled(TOLD) from None
        refusal = _refusal(error)
        if refusal is None or asked is None:
            raise
        raise budgets.exceeded(asked.limits, refusal, asked.estimate, provider) from None
    return journal.entry_of(there) if there else id_


async def refuse_cancelled(database: Database, call: Call) -> None:
    """Ask once more, for a call that waited in line. Raises JobCancelled."""
    if call.job_id and await database.at_once(_IS_CANCELLED, {"id": UUID(call.job_id)}):
        raise JobCancelled(TOLD)


def _scopes(call: Call, provider: str, asked: Asked | None) -> str | None:
    if asked is None or not asked.limits:
        return None
    return json.dumps([budgets.scope_of(one, call, provider) for one in asked.limits])


def _refusal(error: DBAPIError) -> dict[str, Any] | None:
    """Read the limit in the way from the error that the function raised; None for another error."""
    if getattr(error.orig, "sqlstate", None) != OVER_BUDGET:
        return None
    detail = getattr(error.orig, "diag").message_detail  # noqa: B009 - the driver's own type
    refusal: dict[str, Any] = json.loads(detail)
    return refusal


def _plain(value: Any) -> Any:
    """Give a value as JSON has it."""
    return value if isinstance(value, dict | str | int | None) else str(value)


async def close(
    database: Database,
    call: Call,
    generation_id: UUID,
    *,
    usage: Usage,
    model: str,
    latency_ms: int,
    price_source: str,
    response: dict[str, Any] | None = None,
    media_sha256: str | None = None,
    error_code: str | None = None,
    error: str | None = None,
) -> None:
    """Write down the answer, or why there is none, and book what it cost."""
    used = {
        **{name: _plain(value) for name, value in journal.used(usage).items()},
        "status": "failed" if error_code else "completed",
        "model": model,
        "latency_ms": latency_ms,
        "price_source": price_source,
        "media_sha256": media_sha256,
        "error_code": error_code,
        "error": error[:2000] if error else None,
    }
    values = {"organization_id": call.organization_id, "id": generation_id, "used": used}
    await database.at_once(_CLOSE, {**values, "answer": response})

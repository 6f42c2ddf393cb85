"""The limits on a company's calls, kept for some seconds: they change seldom, calls come often.

What does not belong here: what limits are (`posthub_assets/domain/spending/`), reserving.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from posthub_assets.domain.ports import Call
from posthub_assets.domain.spending.limits import Limit, LimitDefaults
from resources.database.engine import Database, Scope
from resources.database.repositories import budgets

FRESH_FOR_S = 5.0
MOST_KEPT = 5_000


@dataclass(slots=True)
class LimitBook:
    """Reads limits of companies. A changed limit holds after `fresh_for_s` seconds."""

    defaults: LimitDefaults = field(default_factory=LimitDefaults)
    fresh_for_s: float = FRESH_FOR_S
    _kept: dict[tuple[str, str, date], tuple[float, tuple[Limit, ...]]] = field(
        default_factory=dict, repr=False
    )

    async def read(self, database: Database, call: Call, provider: str) -> tuple[Limit, ...]:
        """Give the limits that hold now. The day is part of the key: limits begin anew with it."""
        now = datetime.now(UTC)
        key = (call.company_id, provider, now.date())
        kept = self._kept.get(key)
        if kept and time.monotonic() - kept[0] < self.fresh_for_s:
            return kept[1]
        async with database.transaction(Scope.of(UUID(call.organization_id))) as connection:
            found = await budgets.limits_for(connection, call, provider, self.defaults, now)
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (time.monotonic(), found)
        return found

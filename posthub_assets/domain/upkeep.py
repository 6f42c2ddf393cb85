"""The port of the factory's housekeeping. Implemented in `resources/upkeep.py`.

What does not belong here: what is due when, SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from posthub_assets.domain.erasing import LeftInDagster


class Upkeep(Protocol):
    """Housekeeping; every method may be run twice."""

    async def open_due_months(self) -> int:
        """Open next month where its day has come; give how many were opened."""
        ...

    async def repair(self) -> int:
        """Ask for the jobs that should be there and are not; give how many."""
        ...

    async def renew_usage(self) -> int:
        """Ask for the usage of months that moved; give how many."""
        ...

    async def prune(self) -> Mapping[str, int]:
        """Delete what is over; give how many rows, by what they were."""
        ...

    async def go_on_erasing(self) -> Sequence[LeftInDagster]:
        """Erase the companies that are due; give what Dagster still holds of them."""
        ...

    async def complete_erasure(self, erasure_id: UUID, dagster_rows: Mapping[str, int]) -> None:
        """Close a receipt when Dagster holds nothing of the company any more."""
        ...

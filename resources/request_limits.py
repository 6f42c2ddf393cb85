"""How many requests an hour somebody may make, counted for all workers together.

A worker takes a handful at once from the shared count and gives them out by itself: a limit is
never exceeded, and most requests cost no question. With several workers a part of the last handful
may stay unused.
What does not belong here: who asks, and what they are told (`api/limits.py`).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from resources.database.engine import Database, Scope
from resources.database.hot import HotStatement

HANDFULS = 50
"""A handful is this part of the limit, so that what several workers hold unused is small."""
KEPT_SUBJECTS = 50_000

_TAKE = HotStatement(
    "SELECT granted, taken, resets_in_s"
    " FROM posthub.take_requests(:subject, CAST(:wanted AS int), CAST(:quota AS int))"
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of an hour after this request; `is_granted` is False for one too many."""

    quota: int
    left: int
    resets_in_s: int
    is_granted: bool


@dataclass(slots=True)
class _Hand:
    """What a worker holds for somebody: requests to give out, and those that others may take."""

    held: int
    untaken: int
    ends_at: float


@dataclass
class RequestLimits:
    """Counts requests by subject. One for each worker process."""

    database: Database
    _hands: dict[str, _Hand] = field(default_factory=dict)
    _asking: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def take(self, subject: str, quota: int) -> Allowance:
        """Count one request of `subject` against `quota` an hour. Raises StorageError."""
        hand = self._hand(subject)
        if hand is None:
            # One asks for all that wait, else each of a crowd would take a handful.
            async with self._asking.setdefault(subject, asyncio.Lock()):
                hand = self._hand(subject) or await self._more(subject, quota)
        is_granted = hand.held > 0
        hand.held -= is_granted
        left = min(quota, hand.held + hand.untaken)
        resets_in_s = max(1, round(hand.ends_at - time.monotonic()))
        return Allowance(quota, left, resets_in_s, is_granted)

    def is_spent(self, subject: str) -> bool:
        """Tell whether this worker knows that nothing is left for a subject."""
        hand = self._hand(subject)
        return hand is not None and not hand.held

    def _hand(self, subject: str) -> _Hand | None:
        """Give what is held for a subject; None where the database has to be asked."""
        hand = self._hands.get(subject)
        if hand is None or hand.ends_at <= time.monotonic() or (not hand.held and hand.untaken):
            return None
        return hand

    async def _more(self, subject: str, quota: int) -> _Hand:
        wanted = max(1, quota // HANDFULS)
        async with self.database.transaction(Scope()) as connection:
            row = await _TAKE.row(
                connection, {"subject": subject, "wanted": wanted, "quota": quota}
            )
        assert row is not None
        if len(self._hands) >= KEPT_SUBJECTS:
            self._hands.clear()  # what was held is lost to its owners for this hour
        untaken = max(0, quota - row["taken"])
        hand = _Hand(row["granted"], untaken, time.monotonic() + row["resets_in_s"])
        self._hands[subject] = hand
        return hand

"""What a supervisor who says yes to everything would do next, and doing it over HTTP.

Only for one company and one month, and for what the month stands on: DNA and personas.
What does not belong here: waiting and progress (`month.py`), reading (`watching.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from posthub_assets.commands.api_client import MAX_BULK, ApiClient
from posthub_assets.commands.watching import Company, Content, Snapshot, without
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import Conflict
from posthub_assets.domain.tiers import ALLOWANCES, Tier

MAX_REFUSALS = 3
"""A version that was refused this often is left for a person."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What to decide now: items to approve, and personas to choose (all of them, or none)."""

    approvals: tuple[Content, ...] = ()
    personas: tuple[Content, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.approvals or self.personas)


def next_steps(snapshot: Snapshot, tier: Tier) -> Steps:
    """Give what can be decided in a snapshot."""
    approvals = [item for item in snapshot.in_review if item.kind not in (Kind.PERSONA, Kind.IMAGE)]
    return Steps(
        approvals=(*approvals, *_one_image_per_post(snapshot)),
        personas=_personas_to_choose(snapshot, tier),
    )


def _personas_to_choose(snapshot: Snapshot, tier: Tier) -> tuple[Content, ...]:
    """Give the first personas in review, as many as the tier has; none where some write already."""
    personas = snapshot.of(Kind.PERSONA)
    if any(one.is_approved for one in personas):
        return ()
    if any(job.asset in ("company_dna", "personas") for job in snapshot.open_jobs):
        return ()  # more may come, or better ones
    waiting = [one for one in personas if one.status is Status.IN_REVIEW]
    wanted = ALLOWANCES[tier].personas_active
    return tuple(waiting[:wanted]) if len(waiting) >= wanted else ()


def _one_image_per_post(snapshot: Snapshot) -> list[Content]:
    """Give one image in review for each post that has none; not while its others are being made."""
    images = snapshot.of(Kind.IMAGE)
    taken = {one.parent_id for one in images if one.is_approved}
    being_made = {job.content_id for job in snapshot.open_jobs if job.asset == "image_variants"}
    chosen: list[Content] = []
    for one in images:
        if one.status is not Status.IN_REVIEW or one.parent_id in taken | being_made:
            continue
        taken.add(one.parent_id)
        chosen.append(one)
    return chosen


@dataclass(slots=True)
class Supervisor:
    """Somebody who approves, at the API. Remembers what was refused, and why."""

    api: ApiClient
    company: Company
    decided: int = 0
    _refusals: dict[tuple[str, int], int] = field(default_factory=dict)
    _reasons: dict[tuple[str, int], tuple[Content, str]] = field(default_factory=dict)

    @property
    def given_up(self) -> list[tuple[Content, str]]:
        """Give what could not be approved, with the API's reason."""
        return [
            self._reasons[key] for key, count in self._refusals.items() if count >= MAX_REFUSALS
        ]

    def plan(self, snapshot: Snapshot) -> Steps:
        """Give what to decide now, without what was refused too often."""
        left = [key for key, count in self._refusals.items() if count >= MAX_REFUSALS]
        return next_steps(without(snapshot, left), Tier(self.company.tier))

    async def act(self, steps: Steps) -> None:
        """Decide. What was decided by somebody else meanwhile is no error."""
        for start in range(0, len(steps.approvals), MAX_BULK):
            await self._approve(steps.approvals[start : start + MAX_BULK])
        if steps.personas:
            await self._choose(steps.personas)

    async def _approve(self, items: Sequence[Content]) -> None:
        decisions = [
            {"content_id": one.id, "action": "approve", "version": one.version} for one in items
        ]
        answer = await self.api.post("/v1/decisions", {"decisions": decisions})
        for item, result in zip(items, answer["results"], strict=True):
            if result["decision"] is None:
                self._refused(item, str((result["problem"] or {}).get("detail", "no reason given")))
            else:
                self.decided += 1

    async def _choose(self, personas: Sequence[Content]) -> None:
        chosen = [{"content_id": one.id, "version": one.version} for one in personas]
        path = f"/v1/companies/{self.company.id}/personas/active"
        try:
            await self.api.put(path, {"personas": chosen})
        except Conflict as error:
            for one in personas:
                self._refused(one, str(error))
        else:
            self.decided += len(personas)

    def _refused(self, item: Content, reason: str) -> None:
        key = (item.id, item.version)
        self._refusals[key] = self._refusals.get(key, 0) + 1
        self._reasons[key] = (item, reason)

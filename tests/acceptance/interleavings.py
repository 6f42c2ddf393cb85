"""A process that does to shared items, in random order, what people and the factory do to them.

Started by `test_exactness.py` with a URL and a seed; says at the end what it tried and what came of
it. Every delivered body is written down as it would have gone out.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from posthub_assets.domain.bodies import TopicBody
from posthub_assets.domain.content import Action, Kind, Status
from posthub_assets.domain.errors import PostHubError
from posthub_assets.domain.people import Actor, Role
from posthub_assets.domain.work import Draft, Item, Job
from resources.database.engine import Database, Scope, open_database
from resources.database.repositories import (
    contents,
    decisions,
    deliveries,
    edits,
    lifecycle,
    results,
)
from resources.ids import new_id

SIDE_BY_SIDE = 4


@dataclass
class Walker:
    """One of several who work on the same items at the same time."""

    api: Database
    factory: Database
    organization_id: UUID
    company_id: UUID
    actor: Actor
    items: list[UUID]
    rng: random.Random
    outcomes: Counter[str] = field(default_factory=Counter)
    delivered: list[dict[str, Any]] = field(default_factory=list)

    async def walk(self, steps: int) -> None:
        """Take random steps on random items; a refusal is an outcome like others."""
        for _ in range(steps):
            name = self.rng.choices(list(STEPS), list(STEPS.values()))[0]
            item = self.rng.choice(self.items)
            try:
                await getattr(self, f"_{name}")(item)
            except PostHubError as error:
                self.outcomes[f"{name}: {error.code}"] += 1
            else:
                self.outcomes[f"{name}: done"] += 1

    def _as_person(self) -> Any:
        return self.api.transaction(Scope.of(self.organization_id, self.actor.user_id))

    def _as_factory(self) -> Any:
        return self.factory.transaction(Scope.of(self.organization_id))

    async def _read(self, item: UUID) -> contents.ContentDetail:
        async with self._as_person() as connection:
            found = await contents.get(connection, item)
        if self.rng.random() < 0.3:
            await asyncio.sleep(self.rng.random() / 100)  # a person who reads for a while
        return found

    def _body(self) -> TopicBody:
        return TopicBody(
            title=f"Title {self.rng.random()}",
            description="What it is about.",
            focus_keyword="cargo",
            planned_on=date(2026, 12, 1),
        )

    async def _decide(self, item: UUID, action: Action) -> None:
        seen = await self._read(item)
        async with self._as_person() as connection:
            await decisions.decide(
                connection,
                actor=self.actor,
                content_id=item,
                action=action,
                version=seen.item.version,
                reason="because",
            )

    async def _approve(self, item: UUID) -> None:
        await self._decide(item, Action.APPROVE)

    async def _request_changes(self, item: UUID) -> None:
        await self._decide(item, Action.REQUEST_CHANGES)

    async def _edit(self, item: UUID) -> None:
        seen = await self._read(item)
        async with self._as_person() as connection:
            await edits.edit(
                connection,
                actor=self.actor,
                content_id=item,
                version=seen.item.version,
                body=self._body().model_dump(mode="json"),
            )

    async def _regenerate(self, item: UUID) -> None:
        draft = Draft(Kind.TOPIC, self._body(), (), replaces=item)
        async with self._as_factory() as connection:
            await results.write_draft(connection, self._job("revise_topics"), "en", draft)

    async def _check(self, item: UUID) -> None:
        seen = await self._read(item)
        assert seen.version is not None
        given = Item(
            content_id=item,
            version_id=seen.version.id,
            version=seen.item.version,
            kind=Kind.TOPIC,
            status=Status(seen.item.status),
            body=self._body(),
            place="",
            month=date(2026, 12, 1),
            parent_id=None,
            parent_version_id=None,
            persona_id=None,
            round=0,
            scheduled_at=None,
            written_by_person=True,
            is_current=True,
        )
        async with self._as_factory() as connection:
            await results.write_check(connection, self._job("check_topics"), given, ())

    async def _schedule(self, item: UUID) -> None:
        at = datetime.now(UTC) + timedelta(hours=self.rng.choice((-1, 1)))
        async with self._as_person() as connection:
            await lifecycle.reschedule(
                connection,
                actor=self.actor,
                content_id=item,
                at=self.rng.choice((at, None)),
            )

    async def _archive(self, item: UUID) -> None:
        async with self._as_person() as connection:
            await lifecycle.archive(connection, actor=self.actor, content_id=item)

    async def _restore(self, item: UUID) -> None:
        async with self._as_person() as connection:
            await lifecycle.restore(connection, actor=self.actor, content_id=item)

    async def _deliver(self, item: UUID) -> None:
        async with self._as_factory() as connection:
            sent = await deliveries.deliver(
                connection,
                organization_id=self.organization_id,
                content_id=item,
                channel=f"channel {self.rng.random()}",
                now=datetime.now(UTC),
            )
        self.delivered.append({"content_id": str(item), "body": sent.body})

    def _job(self, kind: str) -> Job:
        return Job(
            id=new_id(),
            organization_id=self.organization_id,
            company_id=self.company_id,
            asset="topics",
            kind=kind,
            month=date(2026, 12, 1),
            content_id=None,
            source_version_id=None,
            round=0,
            attempts=0,
            crash_count=0,
            time_limit_s=180,
            priority=50,
            partition_key="",
        )


STEPS = {
    "approve": 25,
    "edit": 14,
    "regenerate": 14,
    "check": 14,
    "schedule": 8,
    "request_changes": 5,
    "archive": 3,
    "restore": 7,
    "deliver": 10,
}
"""By name, how often it is taken."""


async def main(given: dict[str, Any]) -> dict[str, Any]:
    """Let some walkers of this process take their steps; give outcomes and deliveries."""
    api = open_database(given["api_url"], pool_size=SIDE_BY_SIDE)
    factory = open_database(given["factory_url"], pool_size=SIDE_BY_SIDE)
    organization_id = UUID(given["organization_id"])
    walkers = [
        Walker(
            api,
            factory,
            organization_id,
            UUID(given["company_id"]),
            Actor(UUID(person), roles={organization_id: Role.MARKETER}),
            [UUID(item) for item in given["items"]],
            random.Random(f"{given['seed']} {number}"),
        )
        for number, person in enumerate(given["people"][:SIDE_BY_SIDE])
    ]
    await asyncio.gather(*(walker.walk(given["steps"] // SIDE_BY_SIDE) for walker in walkers))
    await api.close()
    await factory.close()
    return {
        "outcomes": sum((walker.outcomes for walker in walkers), Counter()),
        "delivered": [one for walker in walkers for one in walker.delivered],
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))

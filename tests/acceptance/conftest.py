"""A real company's month, driven in this process: import, work, say yes to all, until it is quiet.

The queue, the store, the gateway, the `local` provider and the gate are the real ones; only the
processes around them are left out (they have proofs of their own, `test_kills.py`).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from posthub_assets.definitions import STAGES
from posthub_assets.domain.content import Action
from posthub_assets.domain.errors import Conflict
from posthub_assets.domain.people import Actor, Role
from posthub_assets.domain.tiers import ALLOWANCES, Tier
from posthub_assets.domain.work import Tools
from posthub_assets.draining import Drain
from resources.company_folder import CompanyFolder, read_company_folder
from resources.database.engine import Database, Scope
from resources.database.importing import import_company
from resources.database.repositories import decisions, months, personas
from resources.ids import new_id
from resources.settings import load_settings
from resources.workshop import PostgresWorkshop


@dataclass
class RealCompany:
    """A company made from a folder, and a supervisor who says yes to everything."""

    seed: Any
    api: Database
    tools: Tools
    home: Path
    organization_id: UUID
    company_id: UUID
    key: str
    tier: Tier
    actor: Actor
    today: date

    @property
    def scope(self) -> Scope:
        """What the supervisor sees."""
        return Scope.of(self.organization_id, self.actor.user_id)

    async def month(self, month: date) -> None:
        """Open a month and work on it, approving all, until nothing is left to do."""
        async with self.api.transaction(self.scope) as connection:
            await months.open_month(
                connection,
                self.organization_id,
                self.company_id,
                month,
                opened_by="command",
                today=self.today,
            )
        for _ in range(40):
            done = await self._drain_all(month)
            decided = await self._approve_all(month)
            if not done and not decided:
                return
        raise AssertionError("the month does not come to rest")

    async def _drain_all(self, month: date) -> int:
        done = 0
        await self._hurry()
        for stage in STAGES:
            drain = Drain(
                tools=self.tools,
                asset=stage.asset,
                handle=stage.handle,
                run_id="acceptance",
                only=[(self.key, None), (self.key, month)],
                concurrency=stage.concurrency,
                log=logging.getLogger("acceptance"),
            )
            drained = await drain.run()
            done += drained.done + drained.failed + drained.retried
        return done

    async def _hurry(self) -> None:
        async with self.seed.database.engine.begin() as connection:
            await connection.execute(
                text("UPDATE posthub.job SET available_at = now() WHERE company_id = :id"),
                {"id": self.company_id},
            )

    async def _approve_all(self, month: date) -> int:
        waiting = await self.rows(
            "SELECT id, kind, current_version FROM posthub.content WHERE company_id = :c"
            " AND status = 'in_review' AND (month IS NULL OR month = :m) ORDER BY kind, place, id",
            m=month,
        )
        decided = await self._choose([row for row in waiting if row.kind == "persona"])
        for row in waiting:
            if row.kind != "persona":
                decided += await self._approve(row)
        return decided

    async def _choose(self, cast: list[Any]) -> int:
        if not cast or await self.count("persona", "approved"):
            return 0
        chosen = cast[: ALLOWANCES[self.tier].personas_active]
        async with self.api.transaction(self.scope) as connection:
            await personas.set_active(
                connection,
                actor=self.actor,
                company_id=self.company_id,
                choices=[personas.Choice(one.id, one.current_version) for one in chosen],
                today=self.today,
            )
        return len(chosen)

    async def _approve(self, row: Any) -> int:
        try:
            async with self.api.transaction(self.scope) as connection:
                await decisions.decide(
                    connection,
                    actor=self.actor,
                    content_id=row.id,
                    action=Action.APPROVE,
                    version=row.current_version,
                )
        except Conflict:
            return 0  # an image whose sibling has the yes by now
        return 1

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """Read as the owner; `:c` is the company."""
        return await self.seed.rows(sql, c=self.company_id, **values)

    async def count(self, kind: str, *statuses: str) -> int:
        """Count items of all months."""
        rows = await self.rows(
            "SELECT status FROM posthub.content WHERE company_id = :c AND kind = :kind", kind=kind
        )
        return sum(not statuses or row.status in statuses for row in rows)

    async def items(self, kind: str, month: date | None) -> list[Any]:
        """Read the items of a kind in a month with their current versions."""
        return await self.rows(
            "SELECT i.id, i.title, i.status, i.place, v.id AS version_id, v.body, v.word_count"
            " FROM posthub.content i JOIN posthub.content_version v ON v.content_id = i.id"
            " AND v.number = i.current_version WHERE i.company_id = :c AND i.kind = :kind"
            " AND i.month IS NOT DISTINCT FROM CAST(:m AS date) ORDER BY i.place, i.id",
            kind=kind,
            m=month,
        )

    async def jobs(self) -> Counter[str]:
        """Count jobs by status."""
        rows = await self.rows("SELECT status FROM posthub.job WHERE company_id = :c")
        return Counter(row.status for row in rows)

    async def failures(self) -> list[tuple[Any, ...]]:
        """Read what failed, and which drafts the gate keeps, with the reasons."""
        failed = await self.rows(
            "SELECT asset, kind, error FROM posthub.job WHERE company_id = :c"
            " AND status NOT IN ('completed')"
        )
        kept = await self.rows(
            "SELECT i.kind, i.title, r.message FROM posthub.content i"
            " JOIN posthub.content_version v ON v.content_id = i.id"
            " AND v.number = i.current_version JOIN posthub.check_result r ON r.version_id = v.id"
            " WHERE i.company_id = :c AND i.status = 'draft' AND r.verdict = 'fail' AND r.blocking"
        )
        return [tuple(row) for row in (*failed, *kept)]

    async def verdicts(self, kind: str, month: date, rule: str) -> Counter[str]:
        """Count a rule's verdicts on the current versions of a kind."""
        rows = await self.rows(
            "SELECT DISTINCT i.id, r.verdict FROM posthub.content i JOIN posthub.content_version v"
            " ON v.content_id = i.id AND v.number = i.current_version"
            " JOIN posthub.check_result r ON r.version_id = v.id"
            " WHERE i.company_id = :c AND i.kind = :kind AND i.month = :m AND r.rule = :rule",
            kind=kind,
            m=month,
            rule=rule,
        )
        return Counter(row.verdict for row in rows)

    def calendar(self, month: date) -> Path:
        """Give the folder of a month's calendar files."""
        media = self.home / "media" / str(self.organization_id) / "derived"
        return media / self.key / f"{month:%Y-%m}"


MakeCompany = Callable[..., Awaitable[RealCompany]]
"""Takes the folder, and settings by the names of their variables."""


@pytest.fixture
async def company_of(
    database_urls: Any, api_database: Database, owner_database: Database, seed: Any, tmp_path: Path
) -> AsyncIterator[MakeCompany]:
    """Makes companies from folders, each in an organisation of its own."""
    async with AsyncExitStack() as stack:

        async def make(folder: Path, **environment: str) -> RealCompany:
            read: CompanyFolder = read_company_folder(folder)
            brief = replace(read.company, organization=f"{read.company.organization} {new_id()}")
            async with owner_database.transaction(Scope(readable=None)) as connection:
                report = await import_company(connection, replace(read, company=brief))
            settings = load_settings({"POSTHUB_HOME": str(tmp_path), **environment})
            settings = replace(settings, factory_database_url=database_urls.factory)
            tools = await stack.enter_async_context(PostgresWorkshop(settings).open())
            person = await seed.person(report.organization_id)
            return RealCompany(
                seed=seed,
                api=api_database,
                tools=tools,
                home=tmp_path,
                organization_id=report.organization_id,
                company_id=report.company_id,
                key=report.partition_key,
                tier=brief.tier,
                actor=Actor(person.id, roles={report.organization_id: Role.SUPERVISOR}),
                today=min(datetime.now(UTC).date(), date(2026, 11, 21)),
            )

        yield make

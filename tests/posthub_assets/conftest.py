"""A small company on a real PostgreSQL, driven stage by stage as a run drives it.

The queue, the store, the gateway, the gate and the repositories are the real ones; only the writer
is the `canned` provider, which ships with the code. Each world is a company of its own.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from posthub_assets.assets import (
    articles,
    brand_palettes,
    calendars,
    editorial,
    research,
    visuals,
)
from posthub_assets.domain.calendar import add_months
from posthub_assets.domain.content import Action
from posthub_assets.domain.flow import COMPANY_ASSETS
from posthub_assets.domain.people import Actor, Role
from posthub_assets.domain.ports import ImageProvider, TextProvider
from posthub_assets.domain.work import Partition, PartitionReport, Tools
from posthub_assets.draining import Drain, Drained, Handler
from posthub_assets.picture_work import format_picture
from resources.company_file import parse_company
from resources.company_folder import CompanyFolder
from resources.database.engine import Database, Scope
from resources.database.importing import import_company
from resources.database.repositories import decisions, edits, lifecycle, personas
from resources.database.repositories.decisions import DecisionResult
from resources.database.repositories.edits import EditResult
from resources.documents import DocumentText
from resources.ids import new_id
from resources.providers.canned import CannedImages, CannedText
from resources.settings import Settings, load_settings
from resources.workshop import PostgresWorkshop

HANDLERS: dict[str, Handler] = {
    "company_sources": research.take_stock,
    "company_dna": research.find_dna,
    "personas": research.invent_personas,
    "topics": editorial.find_topics,
    "blog_posts": editorial.write_blog_post,
    "social_posts": editorial.write_social_posts,
    "image_variants": visuals.draw_variants,
    "formatted_images": format_picture,
    "brand_palettes": brand_palettes.make_or_check,
    "articles": articles.write_article,
    "content_calendar": calendars.renew_calendar,
}
ACTIVE = {"TRIAL": 3, "BASIC": 3, "PRO": 6, "ULTIMATE": 12}
ABOUT = (
    "# About us\n\nThe bicycle shop by the river repairs what others throw away. It was founded in "
    "2009 and teaches its customers to mend a chain.\n"
)


@dataclass
class World:
    """One company, the tools of a run, and a supervisor who decides."""

    seed: Any
    api: Database
    tools: Tools
    settings: Settings
    company_id: UUID
    organization_id: UUID
    key: str
    month: date
    actor: Actor
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("world"))

    @property
    def partitions(self) -> list[Partition]:
        """The company, and its month."""
        return [(self.key, None), (self.key, self.month)]

    async def drain(self, *assets: str, **options: Any) -> Drained:
        """Work off what is due for this company; give the last asset's summary."""
        drained = Drained()
        for asset in assets:
            drain = Drain(
                tools=self.tools,
                asset=asset,
                handle=HANDLERS[asset],
                run_id="test",
                log=self.log,
                **{"only": self.partitions, "concurrency": 4, **options},
            )
            drained = await drain.run()
        return drained

    async def materialize(self, asset: str) -> PartitionReport:
        """Do what a run of one partition does by hand: ask for what is missing, work, report."""
        monthly = asset not in COMPANY_ASSETS
        partition: Partition = (self.key, self.month if monthly else None)
        await self.tools.queue.create_missing(asset, [partition])
        await self.drain(asset)
        return (await self.tools.store.reports(asset, [partition]))[0]

    async def items(self, kind: str, *statuses: str) -> list[Any]:
        """Read the company's items with their current versions, by place and age."""
        rows = await self.seed.rows(
            "SELECT i.*, v.id AS version_id, v.body, v.sha256, v.parent_version_id, v.author_id"
            " FROM posthub.content i JOIN posthub.content_version v ON v.content_id = i.id"
            " AND v.number = i.current_version WHERE i.company_id = :company AND i.kind = :kind"
            " ORDER BY i.place, i.created_at",
            company=self.company_id,
            kind=kind,
        )
        return [row for row in rows if not statuses or row.status in statuses]

    async def item(self, content_id: UUID) -> Any:
        """Read one item with its current version, if it has one."""
        rows = await self.seed.rows(
            "SELECT i.*, v.id AS version_id, v.body, v.sha256, v.parent_version_id, v.author_id"
            " FROM posthub.content i LEFT JOIN posthub.content_version v ON v.content_id = i.id"
            " AND v.number = i.current_version WHERE i.id = :id",
            id=content_id,
        )
        return rows[0]

    async def jobs(self, asset: str, *statuses: str) -> list[Any]:
        """Read the company's jobs of an asset, oldest first."""
        rows = await self.seed.rows(
            "SELECT * FROM posthub.job WHERE company_id = :company AND asset = :asset ORDER BY id",
            company=self.company_id,
            asset=asset,
        )
        return [row for row in rows if not statuses or row.status in statuses]

    async def rules(self, version_id: UUID) -> dict[str, str]:
        """Read the verdicts on a version: rule by worst verdict."""
        rows = await self.seed.rows(
            "SELECT rule, max(CASE WHEN blocking THEN verdict ELSE 'advice' END) AS verdict"
            " FROM posthub.check_result WHERE version_id = :id AND verdict <> 'pass' GROUP BY 1",
            id=version_id,
        )
        return {row.rule: row.verdict for row in rows}

    @property
    def scope(self) -> Scope:
        """What the supervisor's transaction may see."""
        return Scope(
            readable=(self.organization_id,),
            writable=self.organization_id,
            person=self.actor.user_id,
        )

    async def decide(
        self, item: Any, action: Action = Action.APPROVE, **more: Any
    ) -> DecisionResult:
        """Decide about the version that was read."""
        async with self.api.transaction(self.scope) as connection:
            return await decisions.decide(
                connection,
                actor=self.actor,
                content_id=item.id,
                action=action,
                version=item.current_version,
                **more,
            )

    async def approve_all(self, kind: str) -> int:
        """Approve everything of a kind that is in review."""
        waiting = await self.items(kind, "in_review")
        for item in waiting:
            await self.decide(item)
        return len(waiting)

    async def edit(self, item: Any, **changes: Any) -> EditResult:
        """Change fields of the body, as a person does."""
        async with self.api.transaction(self.scope) as connection:
            return await edits.edit(
                connection,
                actor=self.actor,
                content_id=item.id,
                version=item.current_version,
                body={**item.body, **changes},
            )

    async def archive(self, item: Any) -> None:
        """Put an item away."""
        async with self.api.transaction(self.scope) as connection:
            await lifecycle.archive(connection, actor=self.actor, content_id=item.id)

    async def restore(self, item: Any) -> None:
        """Bring an item back."""
        async with self.api.transaction(self.scope) as connection:
            await lifecycle.restore(connection, actor=self.actor, content_id=item.id)

    async def choose(self, chosen: Sequence[Any]) -> Any:
        """Name the personas that write from now on."""
        async with self.api.transaction(self.scope) as connection:
            return await personas.set_active(
                connection,
                actor=self.actor,
                company_id=self.company_id,
                choices=[personas.Choice(one.id, one.current_version) for one in chosen],
                today=datetime.now(UTC).date(),
            )

    async def hurry(self) -> None:
        """Make due what waits a moment, as derived work does: a test need not wait with it."""
        async with self.seed.database.engine.begin() as connection:
            await connection.execute(
                text("UPDATE posthub.job SET available_at = now() WHERE company_id = :id"),
                {"id": self.company_id},
            )

    async def reach_personas(self) -> None:
        """Go from the documents to personas that wait for a choice."""
        await self.hurry()
        await self.drain("company_sources", "company_dna")
        await self.approve_all("company_dna")
        await self.drain("personas")

    async def reach_topics(self) -> None:
        """Go on until the month's topics are in review."""
        await self.reach_personas()
        waiting = await self.items("persona", "in_review")
        tier = (
            await self.seed.rows(
                "SELECT tier FROM posthub.company WHERE id = :id", id=self.company_id
            )
        )[0].tier
        await self.choose(waiting[: ACTIVE[tier]])
        await self.drain("topics")

    async def reach_blog_posts(self) -> None:
        """Go on until the blog posts are in review."""
        await self.reach_topics()
        await self.approve_all("topic")
        await self.drain("blog_posts")

    async def reach_social_posts(self) -> None:
        """Go on until the social posts are in review."""
        await self.reach_blog_posts()
        await self.approve_all("blog_post")
        await self.drain("social_posts")

    async def reach_images(self) -> None:
        """Go on until the images are in review."""
        await self.reach_social_posts()
        await self.approve_all("social_post")
        await self.drain("image_variants")


MakeWorld = Callable[..., Awaitable[World]]


@pytest.fixture
async def make_world(
    database_urls: Any, api_database: Database, owner_database: Database, seed: Any, tmp_path: Path
) -> AsyncIterator[MakeWorld]:
    """Makes worlds: a company of a tier whose month is open for `quota` topics."""
    async with AsyncExitStack() as stack:

        async def make(
            *,
            tier: str = "BASIC",
            quota: int = 3,
            writer: TextProvider | None = None,
            images: ImageProvider | None = None,
            open_month: bool = True,
            platforms: Sequence[str] = ("linkedin", "x"),
            rates: dict[str, float] | None = None,
            **organization: Any,
        ) -> World:
            settings = load_settings({"POSTHUB_HOME": str(tmp_path)})
            settings = replace(settings, factory_database_url=database_urls.factory)
            workshop = PostgresWorkshop(
                settings,
                text=writer or CannedText(words=300),
                images=images or CannedImages(),
                rates=rates or {},
            )
            tools = await stack.enter_async_context(workshop.open())
            key = f"shop-{new_id()}"[:41]
            brief = {
                "slug": key,
                "name": "River Bicycles",
                "organization": key,
                "language": "en",
                "timezone": "Europe/Prague",
                "country": "CZ",
                "tier": tier,
                "platforms": list(platforms),
            }
            digest = hashlib.sha256(ABOUT.encode()).hexdigest()
            document = DocumentText("about.md", ABOUT, "text/markdown", digest)
            folder = CompanyFolder(parse_company(brief, "brief"), (document,), (), (), ())
            async with owner_database.transaction(Scope(readable=None)) as connection:
                report = await import_company(connection, folder)
            if organization:
                await _set_organization(owner_database, report.organization_id, organization)
            person = await seed.person(report.organization_id)
            month = add_months(datetime.now(UTC).date().replace(day=1), 1)
            world = World(
                seed=seed,
                api=api_database,
                tools=tools,
                settings=settings,
                company_id=report.company_id,
                organization_id=report.organization_id,
                key=report.partition_key,
                month=month,
                actor=Actor(person.id, roles={report.organization_id: Role.SUPERVISOR}),
            )
            if open_month:
                await seed.insert(
                    "company_month",
                    organization_id=report.organization_id,
                    company_id=report.company_id,
                    month=month,
                    tier=tier,
                    quota=quota,
                    starts_on=month,
                    opened_by="command",
                )
            return world

        yield make


async def _set_organization(database: Database, id_: UUID, values: dict[str, Any]) -> None:
    for name, value in values.items():
        async with database.engine.begin() as connection:
            await connection.execute(
                text(f"UPDATE posthub.organization SET {name} = :value WHERE id = :id"),  # noqa: S608
                {"value": value, "id": id_},
            )

"""Where kill proofs begin: a home with a company whose personas are chosen and whose month is open.

Loaded by path (`test_kills.py`): there are no packages under tests.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, text

from posthub_assets.assets import research
from posthub_assets.domain.calendar import MONTHS_AHEAD, add_months
from posthub_assets.domain.flow import work_for_month
from posthub_assets.domain.people import Actor
from posthub_assets.draining import Drain
from resources.company_file import parse_company
from resources.company_folder import CompanyFolder
from resources.database.embedded import resolve_database
from resources.database.engine import Database, Scope, open_database
from resources.database.importing import import_company
from resources.database.migrate import migrate
from resources.database.repositories import decisions, identity, jobs, personas
from resources.passwords import hash_password
from resources.providers.canned import CannedImages, CannedText
from resources.settings import Settings
from resources.workshop import PostgresWorkshop

PLATFORMS = ["linkedin", "x"]
EMAIL, PASSWORD = "supervisor@example.com", "correct horse battery staple"


@dataclass
class Ground:
    """A home with a company whose personas are chosen and whose month is open."""

    settings: Settings
    owner_url: str
    organization_id: UUID
    company_id: UUID
    quota: int
    months: list[date]

    def rows(self, sql: str) -> list[Any]:
        """Read as the owner."""
        engine = create_engine(self.owner_url)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(sql), {"c": self.company_id}))
        finally:
            engine.dispose()

    def number(self, sql: str) -> int:
        """Read one number."""
        return int(self.rows(sql)[0][0])

    @property
    def topics(self) -> int:
        """Topics of all opened months."""
        return self.quota * len(self.months)

    async def open_next(self) -> None:
        """Open one month more, and ask for its topics."""
        current = datetime.now(UTC).date().replace(day=1)
        month = add_months(self.months[-1] if self.months else current, 1)
        assert month <= add_months(current, MONTHS_AHEAD), "the months are over before the kills"
        owner = open_database(self.owner_url, pool_size=1)
        async with owner.transaction(Scope.of(self.organization_id)) as connection:
            values = {"o": self.organization_id, "c": self.company_id, "m": month, "q": self.quota}
            await connection.execute(
                text(
                    "INSERT INTO posthub.company_month (organization_id, company_id, month, tier,"
                    " quota, starts_on, opened_by) VALUES (:o, :c, :m, 'PRO', :q, :m, 'command')"
                ),
                values,
            )
            await jobs.ask_for(
                connection,
                organization_id=self.organization_id,
                company_id=self.company_id,
                requests=[work_for_month(month)],
            )
        await owner.close()
        self.months.append(month)


async def prepare(settings: Settings, quota: int) -> Ground:
    """Make a company and bring it to the point where its month begins."""
    urls = await asyncio.to_thread(resolve_database, settings)
    await asyncio.to_thread(migrate, urls)
    owner = open_database(urls.owner, pool_size=3)
    brief = {
        "slug": "river",
        "name": "River Bicycles",
        "language": "en",
        "timezone": "Europe/Prague",
        "tier": "PRO",
        "platforms": PLATFORMS,
    }
    async with owner.transaction(Scope(readable=None)) as connection:
        report = await import_company(
            connection, CompanyFolder(parse_company(brief, "brief"), (), (), (), ())
        )
        person = await identity.create_user(
            connection,
            email=EMAIL,
            name="Supervisor",
            password_hash=hash_password(PASSWORD),
            is_admin=True,
        )
        await connection.execute(text("UPDATE posthub.job SET available_at = now()"))
    ground = Ground(
        settings, urls.owner, report.organization_id, report.company_id, quota, months=[]
    )
    await ground.open_next()
    actor = Actor(getattr(person, "id", person), is_admin=True)
    inside = replace(settings, factory_database_url=urls.factory)
    await _choose_personas(inside, owner, report.organization_id, report.company_id, actor)
    await owner.close()
    return ground


async def _choose_personas(
    settings: Settings, owner: Database, organization_id: UUID, company_id: UUID, actor: Actor
) -> None:
    stages = (("company_sources", research.take_stock), ("company_dna", research.find_dna))
    workshop = PostgresWorkshop(settings, text=CannedText(), images=CannedImages())
    async with workshop.open() as tools:

        async def drain(asset: str, handle: Any) -> None:
            await Drain(
                tools, asset, handle, "prepare", [("river", None)], 2, logging.getLogger()
            ).run()

        for asset, handle in stages:
            await drain(asset, handle)
        scope = Scope.of(organization_id, actor.user_id)
        waiting = text("SELECT id, current_version FROM posthub.content WHERE status = 'in_review'")
        async with owner.transaction(scope) as connection:
            (dna,) = (await connection.execute(waiting)).all()
            await decisions.decide(
                connection,
                actor=actor,
                content_id=dna.id,
                action=decisions.Action.APPROVE,
                version=dna.current_version,
            )
        await drain("personas", research.invent_personas)
        async with owner.transaction(scope) as connection:
            cast = (await connection.execute(waiting)).all()
            await personas.set_active(
                connection,
                actor=actor,
                company_id=company_id,
                choices=[personas.Choice(one.id, one.current_version) for one in cast],
                today=datetime.now(UTC).date(),
            )

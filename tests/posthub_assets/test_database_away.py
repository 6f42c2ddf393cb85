"""A database that goes away in the middle: nothing is lost, nothing is written by half."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from posthub_assets.assets.research import take_stock
from posthub_assets.domain.bodies import Body
from posthub_assets.domain.briefs import BlogPostBrief, TextBrief
from posthub_assets.domain.errors import StorageError
from posthub_assets.domain.ports import Answer
from posthub_assets.domain.work import Order, Result, Tools
from posthub_assets.draining import Drain
from resources.company_file import parse_company
from resources.company_folder import CompanyFolder
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.engine import EVERYTHING, Scope, open_database
from resources.database.importing import import_company
from resources.database.migrate import migrate
from resources.documents import DocumentText
from resources.providers.canned import CannedText
from resources.settings import load_settings
from resources.workshop import PostgresWorkshop

pytestmark = pytest.mark.anyio

BRIEF = {
    "slug": "shop",
    "name": "Shop",
    "language": "en",
    "timezone": "Europe/Prague",
    "tier": "BASIC",
    "platforms": ["x"],
}
FOLDER = CompanyFolder(
    parse_company(BRIEF, "brief"),
    tuple(
        DocumentText(f"{n}.md", f"# {n}\n\nWords.\n", "text/markdown", "0" * 64) for n in range(9)
    ),
    (),
    (),
    (),
)


@dataclass
class OwnServer:
    """A server of the test's own, which may be stopped and started."""

    home: Path
    server: EmbeddedPostgres

    def start(self) -> None:
        self.server.ensure_running()

    def stop(self) -> None:
        self.server.stop()


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    base = Path(tempfile.mkdtemp(prefix="posthub away "))
    base.chmod(0o711)
    own = OwnServer(base / "home", EmbeddedPostgres(base / "home", durable=False))
    own.start()
    yield own
    own.stop()
    shutil.rmtree(base)


async def test_a_database_that_goes_away_loses_nothing_and_writes_nothing_by_half(own_server):
    settings = load_settings({"POSTHUB_HOME": str(own_server.home)})
    urls = await asyncio.to_thread(resolve_database, settings)
    await asyncio.to_thread(migrate, urls)
    settings = replace(settings, factory_database_url=urls.factory)
    owner = open_database(urls.owner, pool_size=2)
    await _company_with_sources(owner)
    began = asyncio.Event()
    away = asyncio.Event()

    async def slow(order: Order, tools: Tools) -> Result:
        result = await take_stock(order, tools)
        began.set()
        await away.wait()
        return result

    def drain_of(tools: Tools, handle) -> Drain:
        return Drain(
            tools=tools,
            asset="company_sources",
            handle=handle,
            run_id="test",
            only=[("shop", None)],
            concurrency=2,
            log=logging.getLogger("test"),
            heartbeat_s=0.3,
        )

    workshop = PostgresWorkshop(settings, text=CannedText())
    with pytest.raises(StorageError, match="database does not answer"):
        async with workshop.open() as tools:
            working = asyncio.create_task(drain_of(tools, slow).run())
            await asyncio.wait_for(began.wait(), 20)
            await asyncio.to_thread(own_server.stop)
            away.set()
            await asyncio.wait_for(working, 30)

    await asyncio.to_thread(own_server.start)
    assert await _rows(owner, "SELECT status, attempts FROM posthub.job") == [("running", 0)]
    async with owner.transaction(EVERYTHING) as connection:
        await connection.execute(text("UPDATE posthub.job SET lease_until = now()"))
    async with workshop.open() as tools:
        drained = await drain_of(tools, take_stock).run()
    assert drained.done == 1
    assert await _rows(
        owner, "SELECT asset, status, attempts, crash_count FROM posthub.job ORDER BY asset DESC"
    ) == [("company_sources", "completed", 0, 1), ("company_dna", "pending", 0, 0)]
    await owner.close()


async def _rows(owner, sql: str) -> list[tuple]:
    async with owner.transaction(EVERYTHING) as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


async def _company_with_sources(owner) -> None:
    async with owner.transaction(Scope(readable=None)) as connection:
        await import_company(connection, FOLDER)
        await connection.execute(text("UPDATE posthub.job SET available_at = now()"))


async def test_an_import_during_which_the_database_goes_away_leaves_nothing(own_server):
    settings = load_settings({"POSTHUB_HOME": str(own_server.home)})
    urls = await asyncio.to_thread(resolve_database, settings)
    await asyncio.to_thread(migrate, urls)
    owner = open_database(urls.owner, pool_size=2)
    left = " UNION ALL ".join(
        f"SELECT count(*) FROM posthub.{table}"  # noqa: S608
        for table in ("organization", "company", "source_document", "job", "audit", "outbox")
    )
    before = await _rows(owner, left)
    with pytest.raises(StorageError, match="does not answer"):
        async with owner.transaction(Scope(readable=None)) as connection:
            await import_company(connection, FOLDER)
            await asyncio.to_thread(own_server.stop)
    await asyncio.to_thread(own_server.start)
    assert await _rows(owner, left) == before
    async with owner.transaction(Scope(readable=None)) as connection:
        report = await import_company(connection, FOLDER)
    assert (report.is_new, len(report.created)) == (True, 9)
    await owner.close()


class SlowText:
    """Writes as `canned` does, and takes its time for blog posts."""

    name = "slow"

    async def write(self, brief: TextBrief, schema: type[Body]) -> Answer[Body]:
        if isinstance(brief, BlogPostBrief):
            await asyncio.sleep(0.05)
        return await CannedText(words=300).write(brief, schema)


async def test_connections_that_break_again_and_again_lose_and_double_nothing(make_world):
    world = await make_world(quota=12, writer=SlowText())
    await world.reach_topics()
    await world.approve_all("topic")
    broken = 0
    while await world.jobs("blog_posts", "pending", "running"):
        await _end_leases(world)
        working = asyncio.create_task(world.drain("blog_posts", concurrency=3))
        while broken < 6 and not working.done():
            await asyncio.sleep(0.02)
            await _break_connections(world)
        try:
            await working
        except StorageError:
            broken += 1
    assert broken > 0, "no connection broke while the run worked"
    posts = await world.items("blog_post")
    assert [post.status for post in posts] == ["in_review"] * 12
    assert {post.current_version for post in posts} == {1}
    assert {job.attempts for job in await world.jobs("blog_posts")} == {0}
    halves = await world.seed.rows(
        "SELECT 1 FROM posthub.content i WHERE company_id = :c AND NOT EXISTS (SELECT 1"
        " FROM posthub.content_version v JOIN posthub.check_result r ON r.version_id = v.id"
        " WHERE v.content_id = i.id AND v.number = i.current_version)",
        c=world.company_id,
    )
    assert halves == []


async def _break_connections(world) -> None:
    await world.seed.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'posthub-factory'"
    )


async def _end_leases(world) -> None:
    async with world.seed.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE posthub.job SET lease_until = now() - interval '1 s'"
                " WHERE company_id = :id AND status = 'running'"
            ),
            {"id": world.company_id},
        )


async def test_a_workshop_without_a_database_says_so(tmp_path):
    settings = load_settings({"POSTHUB_HOME": str(tmp_path)})
    settings = replace(
        settings, factory_database_url="postgresql+psycopg://nobody:x@127.0.0.1:9/none"
    )
    workshop = PostgresWorkshop(settings, text=CannedText())
    with pytest.raises(StorageError, match="does not answer"):
        async with workshop.open() as tools:
            await tools.queue.claim("topics", worker="w", run_id="r", limit=1, only=None)

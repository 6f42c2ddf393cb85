"""A month that is backed up while it is made, lost, restored elsewhere, and finished there.

The home, the command, the queue, the store, the gateway and the gate are the real ones; the writer
is the `canned` provider, held up so that jobs are at work at the moment of the backup. It keeps
count of what it was asked, so that what was bought before the backup is seen to be served again.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from api.app import create_app
from posthub_assets.cli import app
from posthub_assets.definitions import STAGES
from posthub_assets.domain.content import content_hash
from posthub_assets.domain.errors import Conflict
from posthub_assets.domain.people import Actor
from posthub_assets.draining import Drain, Drained
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.engine import Scope, open_database
from resources.database.migrate import migrate
from resources.database.repositories import decisions
from resources.key_vault import open_vault
from resources.media_store import MediaStore
from resources.providers.canned import CannedImages, CannedText
from resources.secret_store import resolve_app_secrets
from resources.settings import Settings, load_settings
from resources.workshop import PostgresWorkshop

HERE = Path(__file__).parent
AT_ONCE = 8
"""Jobs that a run works on at a time."""
KEYS = {"gemini": "AQ." + "0123456789" * 4, "openai": "sk-" + "0123456789" * 4}
"""The platform's and a customer's."""


def load(name: str) -> Any:
    """Import a module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


beginning = load("ground")


@dataclass
class Writer:
    """Writes as `canned` does, and counts; answers come while `answers` is set."""

    asked: Counter[str] = field(default_factory=Counter)
    answers: threading.Event = field(default_factory=threading.Event)
    name: str = "canned"

    async def write(self, brief: Any, schema: Any) -> Any:
        self.asked[type(brief).__name__] += 1
        await asyncio.to_thread(self.answers.wait)
        return await CannedText(words=300).write(brief, schema)


@dataclass
class Factory:
    """Works on one home in this process, and says yes as a person would."""

    settings: Settings
    writer: Writer
    organization_id: Any
    company_id: Any
    month: Any

    def __post_init__(self) -> None:
        self.server = EmbeddedPostgres(self.settings.home, durable=False)
        self.server.ensure_running()
        self.urls = resolve_database(self.settings)

    def rows(self, sql: str) -> list[Any]:
        """Read as the owner."""
        engine = create_engine(self.urls.owner)
        try:
            with engine.begin() as connection:
                values = {"c": self.company_id, "o": self.organization_id}
                answer = connection.execute(text(sql), values)
                return list(answer) if answer.returns_rows else []
        finally:
            engine.dispose()

    @asynccontextmanager
    async def tools(self) -> Any:
        """Open the tools of a run."""
        inside = replace(self.settings, factory_database_url=self.urls.factory)
        workshop = PostgresWorkshop(inside, text=self.writer, images=CannedImages())
        async with workshop.open() as tools:
            yield tools

    async def work(self, *assets: str) -> int:
        """Work off what is due; give how many jobs."""
        self.rows("UPDATE posthub.job SET available_at = now() WHERE status = 'pending'")
        done = 0
        async with self.tools() as tools:
            for stage in STAGES:
                if not assets or stage.asset in assets:
                    drained = await self._drain(tools, stage)
                    done += drained.done + drained.failed + drained.retried
        return done

    async def _drain(self, tools: Any, stage: Any) -> Drained:
        only = [("river", None), ("river", self.month)]
        log = logging.getLogger("backup")
        return await Drain(tools, stage.asset, stage.handle, "test", only, AT_ONCE, log).run()

    async def approve(self, kind: str | None = None, most: int = 1000) -> int:
        """Say yes to what is in review; give to how many."""
        (person,) = self.rows(f"SELECT id FROM posthub.app_user WHERE email = '{beginning.EMAIL}'")  # noqa: S608
        actor = Actor(person.id, is_admin=True)
        waiting = self.rows(
            "SELECT id, current_version, kind FROM posthub.content"
            " WHERE status = 'in_review' ORDER BY kind, place, id"
        )
        chosen = [one for one in waiting if kind in (None, one.kind)][:most]
        owner = open_database(self.urls.owner, pool_size=1)
        for one in chosen:
            try:
                async with owner.transaction(Scope.of(self.organization_id, actor.user_id)) as c:
                    await decisions.decide(
                        c,
                        actor=actor,
                        content_id=one.id,
                        action=decisions.Action.APPROVE,
                        version=one.current_version,
                    )
            except Conflict:
                continue  # an image whose sibling has the yes by now
        await owner.close()
        return len(chosen)

    async def finish(self) -> None:
        """Work and approve until nothing is left to do."""
        for _ in range(20):
            done = await self.work()
            if not done + await self.approve():
                return
        raise AssertionError("the month does not come to rest")

    async def keys(self) -> dict[str, str]:
        """Read the stored keys, as the gateway does before a call."""
        owner = open_database(self.urls.owner, pool_size=1)
        vault = open_vault(self.settings, owner)
        opened = [
            await vault.open(None, "gemini"),
            await vault.open(self.organization_id, "openai"),
        ]
        await owner.close()
        return {one.provider: one.key for one in opened}


@pytest.fixture
def place() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="posthub backup "))
    base.chmod(0o711)
    yield base
    for name in ("old home", "new home"):
        if (base / name).exists():
            EmbeddedPostgres(base / name).stop()
    shutil.rmtree(base)


@pytest.fixture
def posthub(monkeypatch: pytest.MonkeyPatch, place: Path) -> Any:
    """Runs the command on one home, without a terminal."""
    monkeypatch.chdir(place)

    def run(home: Path, *arguments: str) -> Any:
        answer = CliRunner().invoke(app, arguments, env={"POSTHUB_HOME": str(home)})
        assert answer.exit_code == 0, answer.output
        return answer

    return run


async def store_keys(old: Factory) -> None:
    """Keep a key of the platform's and one of a customer's."""
    owner = open_database(old.urls.owner, pool_size=1)
    vault = open_vault(old.settings, owner)
    for provider, whose in (("gemini", None), ("openai", old.organization_id)):
        await vault.save(provider, KEYS[provider], organization_id=whose, check=None)
    await owner.close()


async def half_a_month(old: Factory, topics: int) -> None:
    """Go on until one post has its images, and the others are still to be written."""
    await store_keys(old)
    await old.work("topics")
    await old.approve("topic", most=1)
    await old.work("blog_posts")
    await old.approve("blog_post")
    await old.work("social_posts")
    await old.approve("social_post")
    await old.work("image_variants")
    await old.approve("image")
    assert await old.approve("topic") == topics - 1


def signed(factory: Factory) -> set[Any]:
    """Give the approvals whose version still has exactly the hash that was signed."""
    rows = factory.rows(
        "SELECT d.id, d.sha256, v.sha256 AS kept, v.body FROM posthub.decision d"
        " JOIN posthub.content_version v ON v.id = d.version_id WHERE d.action = 'approve'"
    )
    assert rows
    for one in rows:
        assert one.sha256 == one.kept == content_hash(one.body)
    return {one.id for one in rows}


def run_month(place: Path, posthub: Any, topics: int) -> None:
    """Back a month up while it is made, lose the home, restore it, finish the month there."""
    settings = load_settings({"POSTHUB_HOME": str(place / "old home")})
    server = EmbeddedPostgres(settings.home, durable=False)
    server.ensure_running()
    ground = asyncio.run(beginning.prepare(settings, topics))
    writer = Writer()
    writer.answers.set()
    old = Factory(settings, writer, ground.organization_id, ground.company_id, ground.months[0])
    asyncio.run(half_a_month(old, topics))

    session_before = asyncio.run(sign_in(old))
    writer.answers.clear()
    at_work = threading.Thread(target=lambda: asyncio.run(old.work("blog_posts")))
    at_work.start()
    running = "SELECT count(*) FROM posthub.job WHERE status = 'running' AND leased_by IS NOT NULL"
    jobs = min(topics - 1, AT_ONCE)
    while old.rows(running)[0][0] < jobs:
        assert at_work.is_alive()
        time.sleep(0.1)
    told = posthub(settings.home, "backup", str(place / "month.tar"))
    assert "They are not in the backup" in told.stdout
    told = posthub(settings.home, "backup", "--verify", str(place / "month.tar"))
    assert "they read 2 stored secrets" in told.stdout
    assert "month.keys reads them" in told.stdout
    assert at_work.is_alive(), "the backup did not wait for the jobs"
    bought_before = old.rows("SELECT request_hash FROM posthub.generation WHERE status='completed'")
    writer.answers.set()
    at_work.join()
    session_after = asyncio.run(sign_in(old))
    assert len(old.rows("SELECT 1 FROM posthub.content WHERE kind = 'blog_post'")) == topics
    before, approvals = Counter(writer.asked), signed(old)
    old.server.stop()
    shutil.rmtree(settings.home)

    told = posthub(place / "new home", "restore", str(place / "month.tar"))
    assert f"{jobs} jobs given back" in told.stdout
    moved = load_settings({"POSTHUB_HOME": str(place / "new home")})
    new = Factory(moved, writer, old.organization_id, old.company_id, old.month)
    assert migrate(new.urls) == new.rows("SELECT version_num FROM posthub.alembic_version")[0][0]
    assert asyncio.run(new.keys()) == KEYS
    assert signed(new) == approvals
    assert not new.rows(running)[0][0]
    asyncio.run(sessions_hold(new, session_before, session_after))

    asyncio.run(new.finish())
    hold(new, topics)
    assert writer.asked["TopicsBrief"] == before["TopicsBrief"], "topics were not bought again"
    assert writer.asked["BlogPostBrief"] - before["BlogPostBrief"] == topics - 1
    again = {one[0] for one in bought_before}
    twice = new.rows(
        "SELECT request_hash FROM posthub.generation WHERE status = 'completed'"
        " GROUP BY 1 HAVING count(*) > 1"
    )
    assert again
    assert twice == [], "what the backup had was served and not bought"
    assert approvals < signed(new)


@asynccontextmanager
async def door(factory: Factory) -> Any:
    """Open the API of a home."""
    secrets = resolve_app_secrets(factory.settings)
    settings = replace(
        factory.settings,
        api_database_url=factory.urls.api,
        secret_key=secrets.secret_key,
        admin_keyring=secrets.admin_keyring,
        user_keyring=secrets.user_keyring,
    )
    api = create_app(settings)
    transport = httpx.ASGITransport(api)
    async with (
        api.router.lifespan_context(api),
        httpx.AsyncClient(transport=transport, base_url="http://api") as client,
    ):
        yield client


async def sign_in(factory: Factory) -> dict[str, str]:
    """Begin a session; give its tokens."""
    who = {"email": beginning.EMAIL, "password": beginning.PASSWORD}
    async with door(factory) as client:
        answer = await client.post("/v1/auth/login", json=who)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, str] = answer.json()
        return tokens


async def sessions_hold(new: Factory, before: dict[str, str], after: dict[str, str]) -> None:
    """Assert that sessions of before the backup go on, and later ones begin anew."""
    async with door(new) as client:
        bearer = {"authorization": f"Bearer {before['access_token']}"}
        assert (await client.get("/v1/me", headers=bearer)).status_code == 200
        for tokens, status in ((before, 200), (after, 401)):
            told = {"refresh_token": tokens["refresh_token"]}
            assert (await client.post("/v1/auth/refresh", json=told)).status_code == status


def hold(new: Factory, topics: int) -> None:
    """Assert that the month is whole, and that nothing is there twice."""
    counts = dict(
        new.rows(
            "SELECT kind, count(*) FROM posthub.content WHERE month IS NOT NULL"
            " AND status IN ('approved', 'scheduled') GROUP BY 1"
        )
    )
    posts = topics * len(beginning.PLATFORMS)
    wanted = {"topic": topics, "blog_post": topics, "social_post": posts, "image": posts}
    assert counts == wanted
    assert dict(new.rows("SELECT status, count(*) FROM posthub.job GROUP BY 1")).keys() == {
        "completed"
    }
    twice = new.rows(
        "SELECT kind, parent_id, place FROM posthub.content WHERE month IS NOT NULL"
        " GROUP BY kind, parent_id, place, month, company_id HAVING count(*) > 1"
    )
    assert twice == []
    store = MediaStore(new.settings.home / "media")
    pictures = new.rows("SELECT organization_id, sha256 FROM posthub.media")
    assert len(pictures) >= posts
    for organization_id, sha256 in pictures:
        store.open(organization_id, sha256)


def test_a_month_is_finished_after_its_home_was_lost(place, posthub):
    run_month(place, posthub, topics=3)


@pytest.mark.accept
def test_a_long_month_is_finished_after_its_home_was_lost(place, posthub):
    run_month(place, posthub, topics=24)

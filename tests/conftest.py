"""Fixtures that every test may use. What belongs to one package lives in that folder's conftest.

With a database: mark async tests with `pytestmark = pytest.mark.anyio` and ask for `api_database`
or `factory_database` (a pool of that login role, `async with api_database.transaction(scope)`),
`owner` (a connection of the owner, rolled back after the test) or `database_urls`. `seed` makes
organisations, people, companies and items; each test makes its own, so nothing is emptied between
tests. The server is the embedded one, in a temporary home, or POSTHUB_TEST_DATABASE_URL.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from posthub_assets.domain.content import Kind, Status, content_hash
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.engine import Database, open_database
from resources.database.migrate import migrate
from resources.database.urls import DatabaseUrls, with_login
from resources.ids import new_id
from resources.media_settings import BucketSettings
from resources.processes.readiness import free_port
from resources.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real inputs beside the checkout, read in place."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real inputs are not beside the checkout ({SHARED_DATA.name})")
    return SHARED_DATA


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the API and the assets do."""
    return "asyncio"


@pytest.fixture(scope="session")
def database_home() -> Iterator[Path]:
    """A POSTHUB_HOME for the test run, in a path with a space that an unprivileged user can reach.

    Its server trades safety after a crash for speed, and is stopped at the end.
    """
    base = Path(tempfile.mkdtemp(prefix="posthub tests "))
    base.chmod(0o711)
    home = base / "home"
    yield home
    EmbeddedPostgres(home).stop()
    shutil.rmtree(base)


@pytest.fixture(scope="session")
def database_urls(request: pytest.FixtureRequest) -> Iterator[DatabaseUrls]:
    """The four URLs of a migrated database."""
    given = os.environ.get("POSTHUB_TEST_DATABASE_URL")
    if given:
        yield from _on_given_server(given)
        return
    home = request.getfixturevalue("database_home")
    EmbeddedPostgres(home, durable=False).ensure_running()
    urls = resolve_database(load_settings({"POSTHUB_HOME": str(home)}))
    migrate(urls)
    yield urls


def _on_given_server(owner_url: str) -> Iterator[DatabaseUrls]:
    name = f"posthub_test_{os.getpid()}"
    server = create_engine(
        make_url(owner_url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    own = make_url(owner_url).set(database=name).render_as_string(hide_password=False)
    logins = {
        role: with_login(own, f"posthub_{role}", "posthub-test")
        for role in ("api", "factory", "dagster")
    }
    urls = DatabaseUrls(owner=own, **logins)
    migrate(urls)
    yield urls
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
async def api_database(anyio_backend: str, database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """A pool of the API's login role."""
    database = open_database(database_urls.api, pool_size=5)
    yield database
    await database.close()


@pytest.fixture
async def factory_database(
    anyio_backend: str, database_urls: DatabaseUrls
) -> AsyncIterator[Database]:
    """A pool of the factory's login role."""
    database = open_database(database_urls.factory, pool_size=5)
    yield database
    await database.close()


@pytest.fixture
async def owner_database(
    anyio_backend: str, database_urls: DatabaseUrls
) -> AsyncIterator[Database]:
    """A pool of the owner, who sees everything: for looking, and for what no role may do."""
    database = open_database(database_urls.owner, pool_size=2)
    yield database
    await database.close()


@pytest.fixture
async def owner(owner_database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection of the owner; what it writes is rolled back after the test."""
    async with owner_database.engine.connect() as connection:
        yield connection
        await connection.rollback()


@pytest.fixture(scope="session")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an S3-compatible server on the loopback, which keeps its objects in memory."""
    port = free_port("127.0.0.1")
    serve = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    log = tmp_path_factory.mktemp("bucket") / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-c", serve], stdout=output, stderr=output, cwd=log.parent
        )
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def bucket(bucket_server: str) -> BucketSettings:
    """An empty bucket of that server."""
    name = f"pictures-{new_id()}"
    assert httpx.put(f"{bucket_server}/{name}").status_code == 200
    return BucketSettings(name, "of/posthub", bucket_server, "us-east-1", "an-id", "a-key")


@dataclass(frozen=True)
class Person:
    """Somebody who signs in, in one organisation."""

    id: UUID
    email: str
    password: str


@dataclass(frozen=True)
class SeededCompany:
    """A company and the organisation it belongs to."""

    id: UUID
    organization_id: UUID
    slug: str
    partition_key: str


@dataclass(frozen=True)
class Item:
    """A content item with one version."""

    id: UUID
    version_id: UUID
    sha256: str


@dataclass(frozen=True)
class Seed:
    """Makes rows as the owner, committed at once."""

    database: Database

    async def insert(self, table: str, **values: Any) -> None:
        """Insert one row; dictionaries and lists go in as JSON."""
        names = ", ".join(values)
        marks = ", ".join(
            f"CAST(:{n} AS jsonb)" if isinstance(v, dict | list) else f":{n}"
            for n, v in values.items()
        )
        plain = {
            n: json.dumps(v, default=str) if isinstance(v, dict | list) else v
            for n, v in values.items()
        }
        statement = text(f"INSERT INTO posthub.{table} ({names}) VALUES ({marks})")  # noqa: S608
        async with self.database.engine.begin() as connection:
            await connection.execute(statement, plain)

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """Read as the owner."""
        async with self.database.engine.connect() as connection:
            return list(await connection.execute(text(sql), values))

    async def organization(self, **values: Any) -> UUID:
        """Make an organisation of an unused name."""
        id_ = new_id()
        await self.insert("organization", **{"id": id_, "name": f"Organisation {id_}", **values})
        return id_

    async def person(
        self, organization_id: UUID | None = None, role: str = "SUPERVISOR", **values: Any
    ) -> Person:
        """Make a person, with a membership where an organisation is given."""
        from resources.passwords import hash_password

        id_ = new_id()
        person = Person(id_, f"person-{id_}@example.com", "correct horse battery staple")
        await self.insert(
            "app_user",
            **{
                "id": id_,
                "email": person.email,
                "name": f"Person {id_}",
                "password_hash": hash_password(person.password),
                **values,
            },
        )
        if organization_id:
            await self.insert("membership", organization_id=organization_id, user_id=id_, role=role)
        return person

    async def company(
        self, organization_id: UUID | None = None, *, tier: str = "PRO", **values: Any
    ) -> SeededCompany:
        """Make a company, and an organisation for it where none is given."""
        organization_id = organization_id or await self.organization()
        id_ = new_id()
        key = f"company-{id_}"
        await self.insert(
            "company",
            **{
                "id": id_,
                "organization_id": organization_id,
                "slug": key,
                "partition_key": key,
                "name": "Company",
                "language": "en",
                "timezone": "Europe/Prague",
                "country": "CZ",
                "tier": tier,
                "platforms": ["linkedin", "x", "facebook"],
                **values,
            },
        )
        return SeededCompany(id_, organization_id, key, key)

    async def item(
        self,
        company: SeededCompany,
        *,
        kind: Kind = Kind.TOPIC,
        status: Status = Status.IN_REVIEW,
        body: dict[str, Any] | None = None,
        month: date | None = date(2026, 12, 1),
        parent: Item | None = None,
        author: UUID | None = None,
        **values: Any,
    ) -> Item:
        """Make an item with version 1, which was made from its parent's version."""
        id_, version_id = new_id(), new_id()
        body = body if body is not None else {"title": f"Title {id_}"}
        digest = content_hash(body)
        await self.insert(
            "content",
            **{
                "id": id_,
                "organization_id": company.organization_id,
                "company_id": company.id,
                "month": month,
                "kind": kind.value,
                "language": "en",
                "parent_id": parent.id if parent else None,
                "place": str(id_),
                "status": status.value,
                "current_version": 1,
                "title": str(body.get("title", "")),
                **values,
            },
        )
        await self.insert(
            "content_version",
            id=version_id,
            organization_id=company.organization_id,
            content_id=id_,
            number=1,
            body=body,
            sha256=digest,
            word_count=2,
            parent_version_id=parent.version_id if parent else None,
            author_id=author,
        )
        if status is Status.IN_REVIEW:
            async with self.database.engine.begin() as connection:
                await connection.execute(
                    text("UPDATE posthub.content SET review_since = now() WHERE id = :id"),
                    {"id": id_},
                )
        return Item(id_, version_id, digest)

    async def picture(self, company: SeededCompany, store: Any, data: bytes, **values: Any) -> UUID:
        """Put a picture into the library, with its bytes in a media store; give its id.

        What stands behind the end of a JPEG tells it apart from others of the same bytes, since a
        company has an upload once.
        """
        id_ = new_id()
        data += id_.bytes
        sha256 = store.put(company.organization_id, data)
        sizes = {"width_px": 640, "height_px": 427, "size_bytes": len(data)}
        file = {"organization_id": company.organization_id, "sha256": sha256, **sizes}
        await self.insert("media", **file, media_type="image/jpeg", origin="upload")
        asset = {
            "id": id_,
            "company_id": company.id,
            "month": date(2026, 12, 1),
            "kind": "upload",
            "media_type": "image/jpeg",
            "filename": "photo.jpg",
            "alt_text": "Two dancers on a stage",
            **file,
            **values,
        }
        await self.insert("media_asset", **asset)
        return id_

    async def formatted(self, company: SeededCompany, sha256: str) -> UUID:
        """Make a request to auto-format that came to a poster of these bytes; give its id."""
        request = new_id()
        where = {
            "organization_id": company.organization_id,
            "company_id": company.id,
            "month": date(2026, 12, 1),
        }
        wish = {"formats": ["poster"]}
        asked = {"id": request, "kind": "auto_format", "mode": "queued", "wish": wish}
        await self.insert("media_request", **where, **asked)
        made = {"id": new_id(), "sha256": sha256, "media_request_id": request}
        made |= {"kind": "formatted", "format": "poster", "filename": "poster-1200x1800.jpg"}
        sizes = {"size_bytes": 16, "width_px": 1200, "height_px": 1800}
        await self.insert("media_asset", **where, **made, **sizes, media_type="image/jpeg")
        return request


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A small JPEG with something on it: 640 x 427 pixels, a gradient and a disc."""
    from io import BytesIO

    from PIL import Image, ImageDraw

    image = Image.linear_gradient("L").resize((640, 427)).convert("RGB")
    ImageDraw.Draw(image).ellipse((200, 100, 440, 340), fill=(200, 40, 40))
    out = BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


@pytest.fixture
def seed(owner_database: Database) -> Seed:
    """Makes organisations, people, companies and items."""
    return Seed(owner_database)

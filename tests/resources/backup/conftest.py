"""A small home of its own, and a backup of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from resources.backup.folder import Target
from resources.backup.making import Made, make_backup
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.migrate import migrate
from resources.database.urls import DatabaseUrls
from resources.ids import new_id
from resources.media_store import MediaStore
from resources.settings import Settings, load_settings


def quiet(_told: str) -> None:
    """Hear nothing."""


def rows(url: str, sql: str, **values: Any) -> list[Any]:
    """Ask a database, as the owner of the URL."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(sql), values)
            return list(answer) if answer.returns_rows else []
    finally:
        engine.dispose()


@dataclass(frozen=True)
class Home:
    """A home with one organisation, two pictures and a calendar."""

    settings: Settings
    urls: DatabaseUrls
    organization_id: UUID
    pictures: list[str]

    def back_up(self, target: Path, *, keep: int | None = None, keys: str = "beside") -> Made:
        """Back it up."""
        return make_backup(self.settings, self.urls, Target(target, keep), keys=keys, say=quiet)


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder that an unprivileged user reaches, in a path with a space; servers in it end."""
    base = Path(tempfile.mkdtemp(prefix="posthub backups "))
    base.chmod(0o711)
    yield base
    for home in base.iterdir():
        if (home / "postgres.lock").exists():
            EmbeddedPostgres(home).stop()
    shutil.rmtree(base)


@pytest.fixture(scope="session")
def home(place: Path) -> Home:
    """A migrated home with a little in it."""
    settings = load_settings({"POSTHUB_HOME": str(place / "home")})
    EmbeddedPostgres(settings.home, durable=False).ensure_running()
    urls = resolve_database(settings)
    migrate(urls)
    organization = new_id()
    store = MediaStore(settings.home / "media")
    pictures = [store.put(organization, f"picture {n}".encode() * 5000) for n in range(2)]
    store.put_derived(organization, "shop/2026-12/calendar.csv", b"date;title\n")
    rows(
        urls.owner,
        "INSERT INTO posthub.organization (id, name) VALUES (:id, 'Bells')",
        id=organization,
    )
    for sha256 in pictures:
        rows(
            urls.owner,
            "INSERT INTO posthub.media (organization_id, sha256, media_type, size_bytes, origin)"
            " VALUES (:organization, :sha256, 'image/png', 1, 'generated')",
            organization=organization,
            sha256=sha256,
        )
    (settings.home / "admin.txt").write_text("Password: open sesame\n")
    return Home(settings, urls, organization, pictures)


@pytest.fixture(scope="session")
def made(home: Home, place: Path) -> Made:
    """A backup of it."""
    folder = place / "made"
    folder.mkdir()
    return home.back_up(folder / "bells.tar")

"""Files become versions at a migration; what an operator chose stays."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from posthub_assets.domain.errors import InvalidInput
from resources.prompt_library.files import load_folder
from resources.prompt_library.seeding import Seeded, seed_prompts
from resources.prompt_library.template import content_sha256


@pytest.fixture
def engine(database_urls) -> Iterator[Engine]:
    """The owner's, who migrates."""
    made = create_engine(database_urls.owner, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction of the owner, rolled back after the test."""
    with engine.connect() as made:
        yield made
        made.rollback()


class Release:
    """A folder of one prompt, whose code no other test uses."""

    def __init__(self, folder: Path, file_text: Callable[..., str]) -> None:
        self.folder = folder
        self.code = f"T{uuid4().hex.upper()}"
        self._text = file_text("BLOGPOST_GEN", self.code)
        self.path = folder / "editorial" / f"{self.code.lower()}.en.md"
        self.path.parent.mkdir()

    def says(self, ending: str) -> Release:
        self.path.write_text(self._text.replace("There are no sources.", ending))
        return self

    def seed(self, connection: Connection) -> Seeded:
        return seed_prompts(connection, self.folder)

    def served(self, connection: Connection) -> tuple[int, str, list[str]]:
        row = connection.execute(
            text(
                "SELECT v.version, v.source, l.trail FROM posthub.prompt_label l"
                " JOIN posthub.prompt_version v ON v.id = l.prompt_version_id"
                " WHERE l.code = :code AND l.label = 'production'"
            ),
            {"code": self.code},
        ).one()
        return row.version, row.source, row.trail

    def versions(self, connection: Connection) -> int:
        return int(
            connection.execute(
                text("SELECT count(*) FROM posthub.prompt_version WHERE code = :code"),
                {"code": self.code},
            ).scalar_one()
        )

    def point_at(self, connection: Connection, version: int) -> None:
        connection.execute(
            text(
                "UPDATE posthub.prompt_label SET prompt_version_id = (SELECT id FROM"
                " posthub.prompt_version WHERE code = :code AND version = :version)"
                " WHERE code = :code"
            ),
            {"code": self.code, "version": version},
        )


@pytest.fixture
def release(tmp_path: Path, file_text: Callable[..., str]) -> Release:
    """A release with one prompt."""
    return Release(tmp_path, file_text).says("Nothing.")


def test_a_new_file_is_version_1_in_production(release, connection):
    name = f"{release.code} (en)"
    assert release.seed(connection) == Seeded(created=(name,), served=(name,))
    assert release.served(connection) == (1, "file", [])


def test_an_unchanged_file_changes_nothing(release, connection):
    release.seed(connection)
    assert release.seed(connection) == Seeded()
    assert release.versions(connection) == 1


def test_a_changed_file_is_a_new_version_in_production(release, connection):
    release.seed(connection)
    seeded = release.says("Nothing at all.").seed(connection)
    assert seeded.waiting == ()
    version, source, trail = release.served(connection)
    assert (version, source, len(trail)) == (2, "file", 1)


def test_a_file_that_says_again_what_it_said_before_is_a_version_again(release, connection):
    release.seed(connection)
    release.says("Nothing at all.").seed(connection)
    release.says("Nothing.").seed(connection)
    assert release.served(connection)[0] == 3


def test_an_operators_choice_is_not_overridden_and_the_log_says_so(release, connection, caplog):
    release.seed(connection)
    release.says("Second.").seed(connection)
    release.point_at(connection, 1)
    with caplog.at_level(logging.WARNING):
        seeded = release.says("Third.").seed(connection)
    assert seeded.waiting == (f"{release.code} (en)",)
    assert release.served(connection)[0] == 1
    assert "is version 3 now. Production stays with version 1" in caplog.text
    assert f"posthub prompts promote {release.code} 3 --language en" in caplog.text


def test_a_removed_file_leaves_its_versions(release, connection):
    release.seed(connection)
    release.path.unlink()
    assert release.seed(connection) == Seeded()
    assert release.served(connection)[0] == 1


def test_a_moved_file_is_no_new_version(release, connection):
    release.seed(connection)
    release.path.parent.rename(release.folder / "social")
    assert release.seed(connection) == Seeded()


def test_a_running_experiment_keeps_production_where_it_is(release, connection):
    release.seed(connection)
    release.says("Second.").seed(connection)
    connection.execute(
        text(
            "INSERT INTO posthub.experiment (id, code, language, control_id, candidate_id,"
            " share_percent) SELECT gen_random_uuid(), a.code, 'en', b.id, a.id, 20"
            " FROM posthub.prompt_version a JOIN posthub.prompt_version b USING (code)"
            " WHERE a.code = :code AND a.version = 1 AND b.version = 2"
        ),
        {"code": release.code},
    )
    assert release.says("Third.").seed(connection).waiting == (f"{release.code} (en)",)
    assert release.served(connection)[0] == 2


def test_every_change_is_audited(release, connection):
    release.seed(connection)
    release.says("Second.").seed(connection)
    rows = connection.execute(
        text(
            "SELECT actor_kind, action, before, after FROM posthub.audit"
            " WHERE subject_id = :subject ORDER BY id"
        ),
        {"subject": f"{release.code}/en"},
    ).all()
    found = [(row.actor_kind, row.action) for row in rows]
    assert found == [("system", "prompt.create"), ("system", "prompt.label")] * 2
    assert rows[3].before["version"] == 1
    assert rows[3].after["version"] == 2
    assert rows[3].after["by"] == "migration"


def test_a_file_that_cannot_be_used_changes_nothing_and_is_named(release, connection):
    release.path.write_text(release.path.read_text().replace("{{ company }}", "{{ firm }}"))
    with pytest.raises(
        InvalidInput, match=rf"{release.code.lower()}\.en\.md: The text uses `firm`"
    ):
        release.seed(connection)
    assert release.versions(connection) == 0


def test_migrating_brings_the_librarys_own_files(connection):
    rows = connection.execute(
        text("SELECT code, language, sha256 FROM posthub.prompt_version WHERE source = 'file'")
    )
    there = {tuple(row) for row in rows}
    for one in load_folder():
        assert (one.code, one.language, content_sha256(one)) in there, one.name


def test_two_migrations_at_once_make_one_version(release, engine):
    failed: list[Exception] = []

    def migrate_too() -> None:
        try:
            with engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(7706148200)"))
                release.seed(connection)
        except Exception as error:  # noqa: BLE001 - told below, by the thread that waits
            failed.append(error)

    threads = [threading.Thread(target=migrate_too) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    assert failed == []
    with engine.connect() as connection:
        assert release.versions(connection) == 1

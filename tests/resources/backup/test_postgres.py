"""A dump comes back whole or not at all, on any server that is not too new."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.backup import postgres
from resources.ids import new_id


@pytest.fixture
def scratch(home) -> str:
    """The URL of an empty database on the home's server, as its owner."""
    name = f"scratch_{new_id().hex[:12]}"
    engine = create_engine(home.urls.owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(home.urls.owner).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def dump(made, tmp_path: Path) -> Path:
    """The dump of content that is in the backup."""
    path = tmp_path / "posthub.dump"
    with tarfile.open(made.path) as tar:
        path.write_bytes(tar.extractfile("posthub.dump").read())
    return path


def schemas(url: str) -> int:
    with postgres.connected(url) as connection:
        asked = text("SELECT count(*) FROM pg_namespace WHERE nspname = 'posthub'")
        return int(connection.execute(asked).scalar_one())


def test_a_dump_that_ends_early_leaves_nothing(scratch, dump):
    for share in (0.2, 0.6, 0.98):
        cut = dump.with_name("cut.dump")
        whole = dump.read_bytes()
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(StorageError, match="pg_restore"):
            postgres.restore(scratch, cut)
        assert schemas(scratch) == 0


def test_what_the_server_refuses_is_told_and_leaves_what_was(scratch, dump):
    postgres.restore(scratch, dump)
    with postgres.connected(scratch) as connection:
        before = postgres.count_rows(connection)
    with pytest.raises(StorageError, match='schema "posthub" already exists'):
        postgres.restore(scratch, dump)
    with postgres.connected(scratch) as connection:
        assert postgres.count_rows(connection) == before


def test_a_setting_that_older_servers_do_not_know_is_left_out():
    script = b"SET lock_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE t (n int);\n"
    told = b"".join(postgres._without_newer_settings(io.BytesIO(script)))
    assert told == b"SET lock_timeout = 0;\nCREATE TABLE t (n int);\n"


def test_pg_restore_still_writes_that_setting(dump):
    reading = [str(postgres.program("pg_restore")), "--no-owner", "--file=-", str(dump)]
    with (
        dump.with_name("said").open("wb") as said,
        postgres._running(reading, postgres.server_environment(), said) as process,
    ):
        head = [process.stdout.readline() for _ in range(postgres.HEAD_LINES)]
    assert postgres.NEWER_SETTING in head


def test_a_server_newer_than_our_programs_is_refused():
    ours = postgres.programs_version()
    postgres.refuse_newer_server(ours * 10000 + 9)
    with pytest.raises(InvalidInput, match=f"PostgreSQL {ours + 1}"):
        postgres.refuse_newer_server((ours + 1) * 10000)


def test_a_password_is_in_no_command(home):
    environment = postgres._environment(home.urls.owner)
    assert environment["PGPASSWORD"] == make_url(home.urls.owner).password
    assert environment["PGHOST"].startswith("/")

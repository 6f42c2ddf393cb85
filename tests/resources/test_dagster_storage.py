"""Dagster's storage on shared connections, against a real database."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
import yaml
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from resources.dagster_storage import PooledPostgresStorage, shared_engine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dagster_url(database_urls) -> str:
    return database_urls.dagster


@pytest.fixture
def storage(dagster_url):
    return PooledPostgresStorage(dagster_url)


@pytest.fixture
def statements(dagster_url):
    """What is said to the database from now on."""
    said = []

    def keep(_connection, _cursor, statement, *_):
        said.append(statement)

    event.listen(shared_engine(dagster_url), "before_cursor_execute", keep)
    yield said
    event.remove(shared_engine(dagster_url), "before_cursor_execute", keep)


def test_all_storages_of_a_process_share_one_engine(dagster_url, storage):
    another = PooledPostgresStorage(dagster_url)
    engines = {
        id(one._engine)
        for made in (storage, another)
        for one in (made.run_storage, made.event_log_storage, made.schedule_storage)
    }
    assert engines == {id(shared_engine(dagster_url))}


def test_a_second_question_uses_the_connection_of_the_first(dagster_url, storage):
    opened = []
    engine = shared_engine(dagster_url)
    storage.run_storage.get_runs_count()
    event.listen(engine, "connect", lambda *_: opened.append(1))
    for _ in range(5):
        storage.run_storage.get_runs_count()
        storage.schedule_storage.all_instigator_state()
    assert not opened


def test_whether_a_migration_is_done_is_asked_once(dagster_url, storage, statements):
    assert storage.schedule_storage.supports_batch_queries
    statements.clear()
    assert storage.schedule_storage.supports_batch_queries
    assert PooledPostgresStorage(dagster_url).schedule_storage.supports_batch_queries
    assert not statements


def test_a_migration_that_is_not_done_is_asked_for_again(storage, statements):
    assert not storage.schedule_storage.has_built_index("of the year 2099")
    statements.clear()
    assert not storage.schedule_storage.has_built_index("of the year 2099")
    assert statements


def test_connections_that_died_are_replaced(dagster_url, database_urls, storage):
    storage.run_storage.get_runs_count()
    owner = create_engine(database_urls.owner, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with owner.connect() as connection:
        ended = connection.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE usename = :role AND pid <> pg_backend_pid()"
            ),
            {"role": make_url(dagster_url).username},
        ).scalar_one()
    assert ended
    assert storage.run_storage.get_runs_count() >= 0


def test_dagster_yaml_names_it(dagster_url, tmp_path, monkeypatch):
    monkeypatch.setenv("POSTHUB_DAGSTER_DATABASE_URL", dagster_url)
    said = yaml.safe_load((ROOT / "dagster.yaml").read_text(encoding="utf-8"))
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump({"storage": said["storage"]}))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.run_storage._engine is shared_engine(dagster_url)

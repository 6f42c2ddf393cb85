"""An empty home becomes the one that was backed up; what is not empty is left alone."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from posthub_assets.domain.errors import Conflict, InvalidInput, StorageError
from resources.backup.folder import Target
from resources.backup.making import make_backup
from resources.backup.postgres import _environment
from resources.backup.restoring import MARK, Wanted, restore_backup
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.migrate import migrate
from resources.database.server_account import program
from resources.database.urls import DatabaseUrls
from resources.ids import new_id
from resources.media_store import MediaStore, media_store_of
from resources.settings import load_settings


def quiet(_told: str) -> None:
    """Hear nothing."""


def rows(url: str, sql: str, **values):
    """Ask a database, as the owner of the URL."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(sql), values)
            return list(answer) if answer.returns_rows else []
    finally:
        engine.dispose()


def shape_of(url: str, schema: str) -> str:
    """Give a schema as SQL: tables, policies, grants, functions.

    Casts and brackets are left out: PostgreSQL writes a restored `IN (...)` with others.
    """
    command = [program("pg_dump"), "--schema-only", f"--schema={schema}", "--restrict-key=same"]
    told = subprocess.run(
        command, env=_environment(url), capture_output=True, text=True, check=True
    )
    return re.sub(r"::(character varying|text)(\[\])?|[()\[\]]", "", told.stdout)


@pytest.fixture
def jobs_at_work(home):
    """Three jobs at the moment of the backup: one at work, one with a batch, one done."""
    key = f"bells-{new_id()}"[:40]
    company = new_id()
    rows(
        home.urls.owner,
        "INSERT INTO posthub.company (id, organization_id, slug, partition_key, name, language,"
        " timezone, country, tier, platforms) VALUES (:id, :o, :key, :key, 'Bells', 'en',"
        " 'Europe/Prague', 'CZ', 'PRO', '[]')",
        id=company,
        o=home.organization_id,
        key=key,
    )
    for kind, status, is_leased, reference in (
        ("working", "running", True, None),
        ("batch", "running", False, "batch"),
        ("done", "completed", False, None),
    ):
        rows(
            home.urls.owner,
            "INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, time_limit_s,"
            " params, status, lease_until, leased_by, external_ref)"
            " VALUES (:id, :o, :c, 'topics', :kind, 180, '{}', :status,"
            " CASE WHEN :leased THEN now() + interval '30 s' END,"
            " CASE WHEN :leased THEN 'somebody' END, :reference)",
            id=new_id(),
            o=home.organization_id,
            c=company,
            kind=kind,
            status=status,
            leased=is_leased,
            reference=reference,
        )
    for topic, is_sent in (("content.approved", True), ("month.ready", False)):
        rows(
            home.urls.owner,
            "INSERT INTO posthub.outbox (id, organization_id, topic, payload, delivered_at)"
            " VALUES (:id, :o, :topic, '{}', CASE WHEN :sent THEN now() END)",
            id=new_id(),
            o=home.organization_id,
            topic=topic,
            sent=is_sent,
        )
    yield company
    for table in ("job", "outbox"):
        rows(
            home.urls.owner,
            f"DELETE FROM posthub.{table} WHERE organization_id = :o",  # noqa: S608
            o=home.organization_id,
        )


def test_a_restored_home_is_the_home_that_was(home, place, jobs_at_work):
    made = home.back_up(place / "at work.tar")
    new = place / "new home"
    settings = load_settings({"POSTHUB_HOME": str(new)})
    told: list[str] = []
    restored = restore_backup(settings, Wanted(made.path), told.append)

    assert (restored.settled.given_back, restored.settled.to_send) == (1, 1)
    assert not (new / MARK).exists()
    assert list(new.glob(".part-*")) == []
    EmbeddedPostgres(new, durable=False).ensure_running()
    urls = resolve_database(settings)
    for schema in ("posthub", "dagster"):
        assert shape_of(urls.owner, schema) == shape_of(home.urls.owner, schema)
    jobs = dict(rows(urls.owner, "SELECT kind, status FROM posthub.job"))
    assert jobs == {"working": "pending", "batch": "running", "done": "completed"}
    unsent = rows(urls.owner, "SELECT topic FROM posthub.outbox WHERE delivered_at IS NULL")
    assert unsent == [("month.ready",)]
    store = MediaStore(new / "media")
    for sha256 in home.pictures:
        store.open(home.organization_id, sha256)
    assert store.open_derived(home.organization_id, "shop/2026-12/calendar.csv")
    assert (new / "admin.txt").stat().st_mode & 0o777 == 0o600

    before = json.loads((home.settings.home / "secrets.json").read_text())
    after = json.loads((new / "secrets.json").read_text())
    kept = {name for name in before if before[name] == after[name]}
    assert kept == {"secret_key", "admin_keyring", "user_keyring"}, "passwords are new"
    assert rows(urls.factory, "SELECT current_user") == [("posthub_factory",)]
    assert rows(urls.api, "SELECT count(*) FROM posthub.company") == [(0,)], "policies are back"
    assert rows(urls.dagster.replace("psycopg2", "psycopg"), "CREATE TABLE mine (n int)") == []
    assert any("Content" in one for one in told)


def test_messages_are_forgotten_where_that_is_asked_for_and_pictures_go_into_a_bucket(
    home, place, jobs_at_work, bucket
):
    made = home.back_up(place / "messages.tar")
    plain = load_settings({"POSTHUB_HOME": str(place / "silent home")})
    settings = replace(plain, media_bucket=bucket)
    wanted = Wanted(made.path, forget_messages=True)
    assert restore_backup(settings, wanted, quiet).settled.to_send == 0
    store = media_store_of(settings)
    for sha256 in home.pictures:
        store.open(home.organization_id, sha256)
    assert store.open_derived(home.organization_id, "shop/2026-12/calendar.csv")
    assert not (settings.home / "media").exists()


def test_a_home_that_is_not_empty_is_refused_and_named(home, made):
    there = sorted(one.name for one in home.settings.home.iterdir())
    with pytest.raises(Conflict, match="is not empty") as refused:
        restore_backup(home.settings, Wanted(made.path), quiet)
    assert str(home.settings.home) in str(refused.value)
    assert sorted(one.name for one in home.settings.home.iterdir()) == there


def test_a_restore_that_was_broken_off_is_told_and_goes_on(home, made, place):
    new = place / "broken off"
    settings = load_settings({"POSTHUB_HOME": str(new)})
    for moment in ("Pictures", "Content"):

        def stop(told: str, moment: str = moment) -> None:
            if told.startswith(moment):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            restore_backup(settings, Wanted(made.path), stop)
        with pytest.raises(StorageError, match=r"was not finished\. Run the same"):
            migrate(resolve_database(settings))
    restored = restore_backup(settings, Wanted(made.path), quiet)
    urls = resolve_database(settings)
    assert migrate(urls) == restored.revision
    assert rows(urls.owner, "SELECT name FROM posthub.organization") == [("Bells",)]


def test_two_restores_into_one_home_do_not_mix(made, place):
    settings = load_settings({"POSTHUB_HOME": str(place / "raced")})
    refused = []

    def second(told: str) -> None:
        if told.startswith("Pictures"):
            try:
                restore_backup(settings, Wanted(made.path), quiet)
            except Conflict as error:
                refused.append(str(error))

    restore_backup(settings, Wanted(made.path), second)
    assert len(refused) == 1
    assert "Another restore" in refused[0]


def with_stored_key(home, provider: str) -> None:
    rows(
        home.urls.owner,
        "INSERT INTO posthub.provider_key (id, organization_id, provider, ciphertext, last_four)"
        " VALUES (:id, :o, :provider, 'x', '1234') ON CONFLICT DO NOTHING",
        id=new_id(),
        o=home.organization_id,
        provider=provider,
    )


def test_without_the_keys_a_restore_is_refused_before_anything_is_written(home, place, made):
    with_stored_key(home, "gemini")
    lonely = home.back_up(place / "lonely.tar", keys="none")
    settings = load_settings({"POSTHUB_HOME": str(place / "keyless")})
    with pytest.raises(InvalidInput, match="1 stored keys and secrets could not be read"):
        restore_backup(settings, Wanted(lonely.path), quiet)
    other = place / "other.keys"
    told = json.loads(made.keys.read_text())
    other.write_text(json.dumps({**told, "POSTHUB_USER_KEYRING": told["POSTHUB_SECRET_KEY"]}))
    with pytest.raises(InvalidInput, match="is of another home"):
        restore_backup(settings, Wanted(lonely.path, keys=other), quiet)
    other.write_text("not keys")
    with pytest.raises(InvalidInput, match="is no file of keys"):
        restore_backup(settings, Wanted(lonely.path, keys=other), quiet)
    assert not settings.home.exists()
    restored = restore_backup(settings, Wanted(lonely.path, keys=made.keys), quiet)
    assert restored.unreadable == 0


# A server of one's own


@pytest.fixture
def outside(database_urls: DatabaseUrls, tmp_path: Path):
    """Settings of an empty database on the test server, with the logins that are there."""
    name = f"restored_{new_id().hex[:12]}"
    server = create_engine(database_urls.owner, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    env = {"POSTHUB_HOME": str(tmp_path / "outside")}
    for role, url in database_urls.known().items():
        variable = "" if role == "owner" else f"{role.upper()}_"
        own = make_url(url).set(database=name).render_as_string(hide_password=False)
        env[f"POSTHUB_{variable}DATABASE_URL"] = own
    yield load_settings(env)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def test_a_backup_goes_into_a_server_of_ones_own(made, outside):
    keys = json.loads(made.keys.read_text())
    with pytest.raises(InvalidInput, match="takes its keys from the environment"):
        restore_backup(outside, Wanted(made.path), quiet)
    ready = replace(
        outside,
        secret_key=keys["POSTHUB_SECRET_KEY"],
        admin_keyring=(keys["POSTHUB_ADMIN_KEYRING"],),
        user_keyring=(keys["POSTHUB_USER_KEYRING"],),
    )
    restored = restore_backup(ready, Wanted(made.path), quiet)
    urls = resolve_database(ready)
    assert rows(urls.owner, "SELECT name FROM posthub.organization") == [("Bells",)]
    assert restored.unreadable == 0

    from_outside = make_backup(
        ready, urls, Target(outside.home / "again.tar"), keys="none", say=quiet
    )
    changed = {
        name
        for name, count in made.manifest.tables.items()
        if from_outside.manifest.tables[name] != count
    }
    assert changed == set()

    elsewhere = replace(ready, home=outside.home / "elsewhere")
    with pytest.raises(Conflict, match=r"The database restored_\w+ .* is not empty"):
        restore_backup(elsewhere, Wanted(made.path), quiet)
    assert not elsewhere.home.exists()


def test_policies_of_an_owner_who_is_not_there_go_to_the_new_owner(home, place, outside):
    name = f"owner_{new_id().hex[:8]}"
    rows(home.urls.owner, f"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD 'word'")
    database = f"of_{name}"
    server = create_engine(home.urls.owner, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {database} OWNER {name}"))
    server.dispose()
    as_them = {
        role: make_url(url).set(database=database) for role, url in home.urls.known().items()
    }
    as_them["owner"] = as_them["owner"].set(username=name, password="word")
    urls = DatabaseUrls(
        **{role: url.render_as_string(hide_password=False) for role, url in as_them.items()}
    )
    migrate(urls)
    made = make_backup(home.settings, urls, Target(place / "theirs.tar"), keys="none", say=quiet)

    restore_backup(outside, Wanted(made.path, without_keys=True), quiet)
    policies = rows(
        outside.database_url.replace("postgresql://", "postgresql+psycopg://"),
        "SELECT DISTINCT polroles::regrole[]::text FROM pg_policy"
        " WHERE polname = 'pruned_by_owner'",
    )
    me = make_url(outside.database_url).username
    assert policies == [(f"{{{me}}}",)]
    assert rows(outside.database_url, f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'") == []  # noqa: S608

"""From a backup to a home that works: checked first, written in an order that may be broken off.

    the file is read whole and compared      nothing is written before
    home and database are empty              or hold what an unfinished restore left, which goes
    keys, pictures, database, after-care     the database is marked until all of it is there
    migrations                               where this PostHub is newer than the backup

While the mark is there nothing of PostHub starts on the database (`migrate.py`). What the login
roles' passwords were does not matter: they are made anew.
What does not belong here: making backups (`making.py`), printing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from posthub_assets.domain.errors import Conflict, InvalidInput, StorageError
from resources.backup import postgres
from resources.backup.aftercare import Settled, hand_policies_over, settle
from resources.backup.archive import (
    DAGSTER_DUMP,
    POSTHUB_DUMP,
    Checked,
    check,
    opened,
    progress,
    read_part,
)
from resources.backup.folder import keys_path
from resources.backup.keys import Keys, keys_from, unreadable, with_environment
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.migrate import (
    RESTORING,
    ensure_roles,
    ensure_schemas,
    known_revisions,
    migrate,
)
from resources.database.urls import DatabaseUrls
from resources.file_lock import FileLock
from resources.media_store import media_store_of
from resources.secret_store import AppSecrets, adopt_secrets
from resources.settings import Settings

MARK = "restore.unfinished"
"""A file in the home while a restore into it is not finished."""
SAY_EVERY_S = 2.0
_TABLES = text("SELECT count(*) FROM pg_tables WHERE schemaname IN ('posthub', 'dagster')")
_MARKED = text("SELECT to_regnamespace(:name) IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to restore. `keys` None: those inside, or in the file beside the backup."""

    file: Path
    keys: Path | None = None
    without_keys: bool = False
    forget_messages: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where."""

    checked: Checked
    home: Path
    took_s: float
    settled: Settled
    revision: str
    unreadable: int
    """Stored secrets that no key at hand reads."""


def restore_backup(settings: Settings, wanted: Wanted, say: Callable[[str], None]) -> Restored:
    """Bring a backup back into `settings.home`, and into the database that the settings name.

    Raises InvalidInput that names the file where it is not whole, Conflict where home or database
    is not empty, StorageError. The same call again goes on after an interruption.
    """
    began = time.monotonic()
    say(f"Checking {wanted.file}.")
    checked = check(wanted.file, progress(say))
    _refuse_newer(checked)
    keys = with_environment(_keys_for(wanted, checked), settings)
    lost = unreadable(checked.manifest.keys, keys)
    _require_keys(wanted, keys, lost, settings)
    _refuse_used_home(settings)
    if not settings.is_embedded:
        owner = DatabaseUrls(owner=settings.database_url or "").owner
        with postgres.connected(owner) as connection:
            _refuse_used_database(connection)
    with _alone(settings.home):
        _begin(settings, keys)
        try:
            urls = resolve_database(settings)
            _make_room(urls, checked)
            _put_media_back(settings, checked, say)
            settled = _put_database_back(settings, urls, checked, wanted, say)
            revision = migrate(urls)
        finally:
            if settings.is_embedded:
                EmbeddedPostgres(settings.home).stop_if_unused()
        (settings.home / MARK).unlink()
    return Restored(checked, settings.home, time.monotonic() - began, settled, revision, lost)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Mark the home as being restored into, for one process at a time."""
    lock = FileLock(home / MARK)
    try:
        if not lock.try_acquire():
            raise Conflict(f"Another restore into {home} is at work. Wait for it.")
        yield
    except OSError as error:
        raise StorageError(f"{home} cannot be written: {error.strerror}.") from error
    finally:
        lock.release()


def _refuse_newer(checked: Checked) -> None:
    if checked.manifest.migration not in known_revisions():
        raise InvalidInput(
            f"{checked.path} was made by PostHub {checked.manifest.posthub} at revision "
            f"{checked.manifest.migration}, which this one does not know. Update PostHub first."
        )


def _keys_for(wanted: Wanted, checked: Checked) -> Keys | None:
    if wanted.keys is not None:
        try:
            return keys_from(wanted.keys.read_bytes(), wanted.keys)
        except OSError as error:
            raise InvalidInput(f"{wanted.keys} cannot be read: {error.strerror}.") from error
    if checked.keys is not None:
        return keys_from(checked.keys, checked.path)
    beside = keys_path(checked.path)
    if beside.is_file() and not wanted.without_keys:
        return keys_from(beside.read_bytes(), beside)
    return None


def _require_keys(wanted: Wanted, keys: Keys, lost: int, settings: Settings) -> None:
    """Refuse to end with secrets that nobody can read, unless that is what is wanted."""
    if wanted.without_keys:
        return
    if not keys.secret_key or lost:
        told = f"{lost} stored keys and secrets could not be read. " if lost else ""
        own = " (keys of the environment go before it)" if settings.user_keyring else ""
        raise InvalidInput(
            f"The keys of this backup are missing: {keys_path(wanted.file)} is not there, or is of "
            f"another home{own}. {told}Name the file with --keys-file, or go on with "
            "--without-keys: all else is restored, and vendors' keys and webhooks have to be made "
            "anew."
        )
    given = Keys(settings.secret_key or "", settings.admin_keyring, settings.user_keyring)
    if not settings.is_embedded and not (given.secret_key and given.admin and given.user):
        raise InvalidInput(
            "With a database of your own PostHub takes its keys from the environment. Set "
            "POSTHUB_SECRET_KEY, POSTHUB_ADMIN_KEYRING and POSTHUB_USER_KEYRING first; the file of "
            "keys has them under these names."
        )


def _refuse_used_home(settings: Settings) -> None:
    home = settings.home
    if (home / MARK).exists() or not home.exists():
        return
    if not home.is_dir():
        raise Conflict(f"{home} is no folder. Name an empty one with --into.")
    place = home if settings.is_embedded else home / "media"
    there = sorted(one.name for one in place.iterdir()) if place.is_dir() else []
    if there:
        raise Conflict(
            f"{place} is not empty (it holds {', '.join(there[:3])}). A restore never writes over "
            "what is there: name an empty folder with --into, or move that one away."
        )


def _refuse_used_database(connection: Connection) -> None:
    marked = connection.execute(_MARKED, {"name": RESTORING}).scalar_one()
    if connection.execute(_TABLES).scalar_one() and not marked:
        url = connection.engine.url.set(password=None)
        raise Conflict(
            f"The database {url.database} on {url.host or url.query.get('host')} is not empty: it "
            "holds a PostHub. A restore never writes over what is there; make an empty database."
        )


def _begin(settings: Settings, keys: Keys) -> None:
    """Give the home its keys."""
    if settings.is_embedded and keys.secret_key:
        adopt_secrets(settings.home, AppSecrets(keys.secret_key, keys.admin, keys.user))
    for name, content in keys.files.items():
        _write_part(settings.home / name, [content.encode()])


def _put_media_back(settings: Settings, checked: Checked, say: Callable[[str], None]) -> None:
    """Write the pictures that are not there yet, each whole or not at all."""
    names = [name for name in checked.manifest.parts if name.startswith("media/")]
    said_at = time.monotonic()
    bucket = media_store_of(settings).bucket
    with opened(checked.path) as tar:
        for done, name in enumerate(names):
            chunks = read_part(tar, checked.path, checked.manifest, name)
            path = settings.home / name
            if bucket is not None:
                place = name.removeprefix("media/")
                if bucket.age_s(place) is None:
                    bucket.write(place, b"".join(chunks))
            elif not path.exists():
                new = path.with_name(f".part-{path.name}")
                _write_part(new, chunks)
                new.replace(path)
            if time.monotonic() - said_at > SAY_EVERY_S:
                said_at = time.monotonic()
                say(f"Pictures: {done + 1:,} of {len(names):,}.")
    say(f"Pictures: {len(names):,}.")


def _put_database_back(
    settings: Settings,
    urls: DatabaseUrls,
    checked: Checked,
    wanted: Wanted,
    say: Callable[[str], None],
) -> Settled:
    with postgres.connected(urls.owner) as connection:
        ensure_roles(connection, urls)
        connection.commit()
        with hand_policies_over(connection, checked.manifest.owner):
            _put_dump_back(settings, urls.owner, checked, POSTHUB_DUMP, None)
        say(f"Content: {sum(checked.manifest.tables.values()):,} rows.")
        ensure_schemas(connection)
        connection.commit()
        if DAGSTER_DUMP in checked.manifest.parts:
            _put_dump_back(settings, urls.dagster, checked, DAGSTER_DUMP, postgres.DAGSTER_SCHEMA)
            say("Dagster's records are back.")
        _compare_counts(connection, checked)
        settled = settle(urls.factory, forget_messages=wanted.forget_messages)
        connection.execute(text(f"DROP SCHEMA {RESTORING}"))
        connection.commit()
    return settled


def _make_room(urls: DatabaseUrls, checked: Checked) -> None:
    """Mark the database, and take away what an unfinished restore left."""
    with postgres.connected(urls.owner) as connection, connection.begin():
        _refuse_used_database(connection)
        server = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        if server // 10000 < checked.manifest.postgres // 10000:
            raise InvalidInput(
                f"The backup is of PostgreSQL {checked.manifest.postgres // 10000}, and this "
                f"server is {server // 10000}. Use a server that is not older."
            )
        for statement in (
            f"CREATE SCHEMA IF NOT EXISTS {RESTORING}",
            f"COMMENT ON SCHEMA {RESTORING} IS 'restoring backup {checked.digest}'",
            "DROP SCHEMA IF EXISTS posthub CASCADE",
            "DROP SCHEMA IF EXISTS dagster CASCADE",
        ):
            connection.execute(text(statement))


def _put_dump_back(
    settings: Settings, url: str, checked: Checked, name: str, schema: str | None
) -> None:
    file = settings.home / f".part-{name}"
    try:
        with opened(checked.path) as tar:
            _write_part(file, read_part(tar, checked.path, checked.manifest, name))
        postgres.restore(url, file, schema=schema)
    finally:
        file.unlink(missing_ok=True)


def _compare_counts(connection: Connection, checked: Checked) -> None:
    connection.execute(text("SELECT set_config('posthub.organization_ids', '*', true)"))
    counted = postgres.count_rows(connection)
    for name, rows in checked.manifest.tables.items():
        if counted.get(name) != rows:
            raise StorageError(
                f"The table {name} has {counted.get(name)} rows after the restore, and had {rows}. "
                "Nothing will start on this database; restore again."
            )


def _write_part(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file and sync it. The caller renames it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error

"""A backup of a home, also while its factory works.

The database is read at one moment; the pictures that this moment knows are copied after it, and a
picture is never changed or taken away, so all of them are there. Written to `NAME.part`, synced,
then renamed: a file under its full name is whole.
What does not belong here: reading a backup (`archive.py`, `restoring.py`).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import text

from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound, StorageError
from resources.backup import postgres
from resources.backup.archive import DAGSTER_DUMP, KEYS, POSTHUB_DUMP, PartWriter
from resources.backup.folder import Target, keys_path
from resources.backup.keys import BESIDE, INSIDE, Keys, keys_of, marks_of
from resources.backup.manifest import KeyNote, Manifest
from resources.backup.told_settings import told
from resources.database.migrate import current_revision
from resources.database.urls import DatabaseUrls
from resources.media_store import MediaStore, media_store_of, name_of
from resources.settings import Settings, process_environment

SAY_EVERY_S = 2.0
_MEDIA = text("SELECT organization_id, sha256 FROM posthub.media ORDER BY 1, 2")
_ORGANIZATIONS = text("SELECT id FROM posthub.organization ORDER BY 1")
_SEALED = text(
    """
    SELECT count(*) FILTER (WHERE organization_id IS NULL) AS admin,
        count(*) FILTER (WHERE organization_id IS NOT NULL)
            + (SELECT count(*) FROM posthub.webhook_endpoint) AS owned
    FROM posthub.provider_key
    """
)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is there. `keys` is the file of keys beside it."""

    path: Path
    bytes: int
    took_s: float
    manifest: Manifest
    digest: str
    keys: Path | None
    removed: tuple[Path, ...]
    """Older ones of the same database that gave way."""
    leaves_dagster: bool
    """Dagster's own records are in another database and not in the backup."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What the database said at its moment."""

    tables: dict[str, int]
    pictures: list[tuple[UUID, str]]
    organizations: list[UUID]
    server_version: int
    owner: str
    admin_sealed: int
    user_sealed: int


def make_backup(
    settings: Settings, urls: DatabaseUrls, target: Target, *, keys: str, say: Callable[[str], None]
) -> Made:
    """Back a home up into a file, or into a folder as a file of its own.

    `keys`: `beside`, `inside` or `none`. Raises InvalidInput, Conflict where another backup writes
    to the same file, StorageError; then no file is left.
    """
    began = time.monotonic()
    secrets = keys_of(settings, keys)
    revision, identity = _revision(urls), postgres.identity(urls.owner)
    path = target.file_for(identity, datetime.now(UTC))
    has_dagster = postgres.identity(urls.dagster) == identity
    with _part_of(path) as stream:
        writer = PartWriter(stream)
        read = _add_database(urls, writer, has_dagster, say)
        missing = _add_media(media_store_of(settings), read, writer, say)
        if keys == INSIDE:
            writer.add(KEYS, [secrets.to_json()])
        manifest = _manifest(read, _note(read, secrets, keys), revision, writer, missing)
        digest = writer.finish(manifest)
        size = stream.tell()
        if keys == BESIDE:
            _write_private(keys_path(path), secrets.to_json())
    return Made(
        path=path,
        bytes=size,
        took_s=time.monotonic() - began,
        manifest=manifest,
        digest=digest,
        keys=keys_path(path) if keys == BESIDE else None,
        removed=target.make_room(identity),
        leaves_dagster=not has_dagster,
    )


def _revision(urls: DatabaseUrls) -> str:
    """Give the database's revision. Raises NotFound where there is no PostHub."""
    with postgres.connected(urls.owner) as connection:
        revision = current_revision(connection)
    if revision is None:
        raise NotFound("There is nothing to back up: the database holds no PostHub yet.")
    return revision


def _add_database(
    urls: DatabaseUrls, writer: PartWriter, has_dagster: bool, say: Callable[[str], None]
) -> _Read:
    """Dump one moment of the database: content and Dagster's records from the same one."""
    with postgres.snapshot(urls.owner) as snapshot:
        connection = snapshot.connection
        sealed = connection.execute(_SEALED).one()
        read = _Read(
            tables=postgres.count_rows(connection, but=snapshot.left_out),
            pictures=[(row[0], row[1]) for row in connection.execute(_MEDIA)],
            organizations=list(connection.execute(_ORGANIZATIONS).scalars()),
            server_version=snapshot.server_version,
            owner=str(connection.execute(text("SELECT current_user")).scalar_one()),
            admin_sealed=sealed.admin,
            user_sealed=sealed.owned,
        )
        part = writer.add(POSTHUB_DUMP, postgres.dump(urls.owner, "posthub", snapshot))
        rows = sum(read.tables.values())
        say(f"Content: {len(read.tables)} tables, {rows:,} rows, {part.bytes:,} bytes.")
        if has_dagster:
            records = postgres.dump(urls.dagster, postgres.DAGSTER_SCHEMA, snapshot)
            part = writer.add(DAGSTER_DUMP, records)
            say(f"Dagster's records: {part.bytes:,} bytes.")
    return read


def _note(read: _Read, secrets: Keys, keys: str) -> KeyNote:
    rings = (marks_of(secrets.admin), marks_of(secrets.user))
    return KeyNote(keys, *rings, read.admin_sealed, read.user_sealed)


def _manifest(
    read: _Read, note: KeyNote, revision: str, writer: PartWriter, missing: tuple[str, ...]
) -> Manifest:
    plain, secret_names = told(process_environment())
    return Manifest(
        posthub=version("posthub"),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        migration=revision,
        postgres=read.server_version,
        owner=read.owner,
        tables=read.tables,
        parts=dict(writer.parts),
        keys=note,
        missing=missing,
        settings=plain,
        secrets_set=secret_names,
    )


def _add_media(
    store: MediaStore,
    read: _Read,
    writer: PartWriter,
    say: Callable[[str], None],
) -> tuple[str, ...]:
    """Copy the pictures, each compared with its hash, and what is derived; give what is not whole.

    A picture that was lost before is no reason to have no backup of the rest.
    """
    missing, said_at = [], time.monotonic()
    for done, (organization_id, sha256) in enumerate(read.pictures):
        name = f"media/{name_of(organization_id, sha256)}"
        try:
            writer.add(name, [store.open(organization_id, sha256)])
        except (NotFound, StorageError):
            missing.append(name)
        if time.monotonic() - said_at > SAY_EVERY_S:
            said_at = time.monotonic()
            say(f"Pictures: {done + 1:,} of {len(read.pictures):,}.")
    for organization_id in read.organizations:
        for place, data in store.derived(organization_id):
            writer.add(f"media/{place}", [data])
    return tuple(missing)


@contextmanager
def _part_of(path: Path) -> Iterator[BinaryIO]:
    """Open `NAME.part` for the block; rename it at its end, or take it away with an exception."""
    part = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InvalidInput(f"{part} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another backup is being written to {path}. Wait for it.") from None
        try:
            stream.truncate(0)  # what an earlier one left that was killed
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            part.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StorageError(f"{path} could not be written: {error.strerror}.") from error
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    new = path.with_name(f"{path.name}.part")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The database as a part of a backup: a snapshot, its rows counted, and PostgreSQL's own programs.

pg_dump and pg_restore come with the embedded PostgreSQL and serve an outside server too, as long as
it is not newer than they are. Passwords are handed over in the environment, never as arguments.
What does not belong here: the file (`archive.py`), what is changed after a restore.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.backup.archive import CHUNK_BYTES
from resources.database.models import SCHEMA
from resources.database.server_account import program, server_environment
from resources.database.urls import PSYCOPG, with_scheme

DAGSTER_SCHEMA = "dagster"
LOCK_WAIT_MS = 60_000
"""A migration that runs is waited for, so long."""

_COUNTED = text(
    """
    SELECT n.nspname || '.' || c.relname AS name, quote_ident(n.nspname) || '.'
        || quote_ident(c.relname) AS quoted
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' ORDER BY 1
    """
)
_BYPASSES = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
_IDENTITY = text("SELECT system_identifier || '/' || current_database() FROM pg_control_system()")
_SEE_ALL = text("SELECT set_config('posthub.organization_ids', '*', true)")
SEEN_BY_ITS_PERSON_ONLY = f"{SCHEMA}.idempotency_key"
"""Left out where the owner does not bypass policies: its rows are forgotten after a day anyway."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment of the database, held open."""

    connection: Connection
    id: str
    server_version: int
    bypasses_policies: bool

    @property
    def left_out(self) -> tuple[str, ...]:
        """Give the tables whose rows are not dumped, besides unlogged ones."""
        return () if self.bypasses_policies else (SEEN_BY_ITS_PERSON_ONLY,)


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold one moment of the database for the block, as its owner. Raises StorageError."""
    with connected(url) as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
            refuse_newer_server(version)
            connection.execute(_SEE_ALL)
            id_ = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            bypasses = bool(connection.execute(_BYPASSES).scalar_one())
            yield Snapshot(connection, id_, version, bypasses)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Open one connection. Raises StorageError where the server does not answer."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        raise StorageError(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()


def count_rows(
    connection: Connection, schema: str = SCHEMA, *, but: Sequence[str] = ()
) -> dict[str, int]:
    """Count the rows of each table that is logged, in this transaction."""
    tables = connection.execute(_COUNTED, {"schema": schema}).all()
    return {
        one.name: int(connection.execute(text(f"SELECT count(*) FROM {one.quoted}")).scalar_one())  # noqa: S608 - quoted by the server
        for one in tables
        if one.name not in but
    }


def dump(url: str, schema: str, of: Snapshot) -> Iterator[bytes]:
    """Give a schema as it was at the snapshot, in PostgreSQL's custom format, compressed.

    Raises StorageError with what pg_dump says.
    """
    command = [
        str(program("pg_dump")),
        "--format=custom",
        "--no-owner",
        "--no-tablespaces",
        "--no-unlogged-table-data",
        f"--lock-wait-timeout={LOCK_WAIT_MS}",
        f"--schema={schema}",
        f"--snapshot={of.id}",
        *(f"--exclude-table-data={name}" for name in of.left_out if name.startswith(schema)),
    ]
    if not of.bypasses_policies and schema == SCHEMA:
        command.append("--enable-row-security")
    environment = _environment(url)
    environment["PGOPTIONS"] = "-c posthub.organization_ids=*"
    with tempfile.TemporaryFile() as said, _running(command, environment, said) as process:
        assert process.stdout is not None
        while chunk := process.stdout.read(CHUNK_BYTES):
            yield chunk
        _require_success(process, said, f"pg_dump of the schema {schema}")


def restore(url: str, file: Path, *, schema: str | None = None) -> None:
    """Bring a dump back in one transaction: all of it or nothing.

    With `schema` only what lies in it, for a role that may not make the schema itself. The dump
    goes through psql as SQL, without the one setting that servers before 17 do not know.
    Raises StorageError with what the programs say.
    """
    reading = [str(program("pg_restore")), "--no-owner", "--file=-", str(file)]
    reading += [f"--schema={schema}"] if schema else []
    writing = [
        str(program("psql")),
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--single-transaction",
        "--output=/dev/null",
        "--file=-",
    ]
    with (
        tempfile.TemporaryFile() as said,
        _running(reading, server_environment(), said) as source,
        _running(writing, _environment(url), said, takes=True) as target,
    ):
        assert source.stdout is not None
        assert target.stdin is not None
        try:
            for chunk in _without_newer_settings(source.stdout):
                target.stdin.write(chunk)
            _require_success(source, said, f"pg_restore of {file.name}")
            target.stdin.close()  # only now it commits
        except BrokenPipeError:
            source.kill()
        _require_success(target, said, f"restore of {file.name}")


NEWER_SETTING = b"SET transaction_timeout = 0;\n"
"""Written by pg_restore 17 and newer for every server; a server before 17 refuses it."""
HEAD_LINES = 40
"""It stands among the settings at the top."""


def _without_newer_settings(script: IO[bytes]) -> Iterator[bytes]:
    for _ in range(HEAD_LINES):
        line = script.readline()
        if line != NEWER_SETTING:
            yield line
    while chunk := script.read(CHUNK_BYTES):
        yield chunk


def identity(url: str) -> str:
    """Tell which database of which server it is, however it is reached."""
    with connected(with_scheme(url, PSYCOPG)) as connection:
        return str(connection.execute(_IDENTITY).scalar_one())


def refuse_newer_server(version: int) -> None:
    """Raise InvalidInput where the server is newer than our programs."""
    ours = programs_version()
    if version // 10000 > ours:
        raise InvalidInput(
            f"The server is PostgreSQL {version // 10000}, and the pg_dump that comes with PostHub "
            f"is {ours}: too old to read it. Back the database up with the server's own pg_dump, "
            "and copy POSTHUB_HOME/media and the keys."
        )


def programs_version() -> int:
    """Give the major version of pg_dump. Raises StorageError where it does not run."""
    command = [str(program("pg_dump")), "--version"]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise StorageError(f"{command[0]} does not run: {error}.") from error
    found = re.search(r"\) (\d+)", told)
    if found is None:
        raise StorageError(f"{command[0]} does not say its version: {told.strip()}.")
    return int(found.group(1))


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], said: IO[bytes], *, takes: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for the block; it does not outlive the block. `takes`: it is written to."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE if takes else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if takes else subprocess.PIPE,
        stderr=said,
        env=environment,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()


def _require_success(process: subprocess.Popen[bytes], said: IO[bytes], what: str) -> None:
    if process.wait() == 0:
        return
    said.seek(0)
    words = said.read().decode("utf-8", "replace").strip()
    raise StorageError(f"The {what} failed: {words[-1500:] or process.returncode}")


def _environment(url: str) -> dict[str, str]:
    """Give the environment in which PostgreSQL's programs find the server. Not shown in `ps`."""
    made = make_url(url)
    given = {
        "PGHOST": made.host,
        "PGPORT": made.port,
        "PGUSER": made.username,
        "PGPASSWORD": made.password,
        "PGDATABASE": made.database,
    }
    query = {f"PG{name.upper()}": value for name, value in made.query.items()}
    known = {name: str(value) for name, value in {**given, **query}.items() if value is not None}
    return {**server_environment(), "PGCLIENTENCODING": "UTF8", **known}

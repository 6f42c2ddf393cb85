"""The embedded PostgreSQL: a cluster under POSTHUB_HOME that anybody may start, once.

    POSTHUB_HOME/postgres        the data directory
    POSTHUB_HOME/run             the Unix socket, mode 0700; or a short directory elsewhere
    POSTHUB_HOME/postgres.log    what the server says
    POSTHUB_HOME/postgres.lock   held while the server is being started or stopped
    POSTHUB_HOME/postgres.users  held, shared, by every process that uses the server

The server has no TCP port. Its socket is closed to other users and asks for a SCRAM password too,
so that each of our processes has the rights of its role and no more.

What does not belong here: roles other than the owner, schemas and tables (`migrations/`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import weakref
from dataclasses import dataclass, field
from pathlib import Path

from posthub_assets.domain.errors import StorageError
from resources.database import postmaster
from resources.database.server_account import (
    Account,
    choose_account,
    reachable_directory,
    reachable_programs,
    server_environment,
)
from resources.database.urls import (
    API_ROLE,
    DAGSTER_ROLE,
    DATABASE,
    FACTORY_ROLE,
    OWNER_ROLE,
    DatabaseUrls,
    socket_url,
    with_login,
)
from resources.file_lock import FileLock, locked
from resources.secret_store import Secrets, ensure_secrets
from resources.settings import Settings
from resources.socket_place import PLAIN_OR_SPACE
from resources.socket_place import socket_directory as short_directory

PORT = 5432
"""Only a part of the socket's name; there is no TCP port."""
LOCK_TIMEOUT_S = 90.0
READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
POLL_S = 0.05
MAX_LOG_BYTES = 20_000_000
LOG_LINES_SHOWN = 12

SERVER_SETTINGS: dict[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "jit": "off",
    "io_method": "sync",
    # Our passwords are 256 random bits; stretching protects weak ones, and costs each connection.
    "scram_iterations": "16",
    "password_encryption": "scram-sha-256",
    "log_line_prefix": "%m [%p] %u ",
}
"""Given at each start, so that a new release's settings reach an old cluster."""

UNSAFE_FOR_TESTS: dict[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """Where the server listens and who owns it."""

    socket_directory: str
    port: int
    owner_password: str = field(repr=False)
    database: str = DATABASE

    def url(self, role: str, password: str, database: str | None = None) -> str:
        """Give a SQLAlchemy URL for psycopg 3."""
        return socket_url(
            self.socket_directory, self.port, role, password, database or self.database
        )

    @property
    def owner_url(self) -> str:
        """The owner's URL of the database `posthub`."""
        return self.url(OWNER_ROLE, self.owner_password)


@dataclass(frozen=True, slots=True)
class _Users:
    """Who in this process uses the server of one home, and the lock that tells other processes."""

    lock: FileLock
    here: weakref.WeakSet[EmbeddedPostgres] = field(default_factory=weakref.WeakSet)


_USERS: dict[Path, _Users] = {}
"""By home. One lock for the whole process: a second one would look like another process."""


class EmbeddedPostgres:
    """The server of one POSTHUB_HOME. Several objects and processes may use it at once.

    `durable=False` trades safety after a crash for speed: for throw-away test clusters only.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = Path(os.path.abspath(home))  # noqa: PTH100 - keeps symlinks, unlike resolve()
        self._settings = {**SERVER_SETTINGS, **({} if durable else UNSAFE_FOR_TESTS)}
        lock = FileLock(self.home / "postgres.users")
        self._users = _USERS.setdefault(self.home, _Users(lock))

    def ensure_running(self) -> ConnectionInfo:
        """Make the cluster if there is none, start it if it is down, and say where it listens.

        Safe in any number of processes at once, and after kill -9 of everything. The calling
        process counts as a user of the server until it ends or calls `release`.
        Raises StorageError or InvalidInput with what to do.
        """
        secrets = ensure_secrets(self.home)
        try:
            with locked(self.home / "postgres.lock", timeout_s=LOCK_TIMEOUT_S):
                self._users.lock.try_acquire(shared=True)
                self._users.here.add(self)
                data_directory, account = self._place()
                if not postmaster.answers(data_directory):
                    self._start(data_directory, account, secrets)
                return _connection(data_directory, secrets)
        except OSError as error:
            raise StorageError(
                f"The embedded PostgreSQL in {self.home} cannot be started: {error}."
            ) from error

    def is_running(self) -> bool:
        """Say whether the server takes connections. Starts nothing."""
        if not (self.home / "postgres.lock").exists():
            return False
        return postmaster.answers(self._existing_data_directory())

    def release(self) -> None:
        """Stop being a user of the server; the process is none when its last object is none."""
        self._users.here.discard(self)
        if not self._users.here:
            self._users.lock.release()

    def stop(self) -> None:
        """Shut the server down, whoever uses it. Without effect when it is not running.

        Raises StorageError when it does not end.
        """
        if not self.home.exists():
            return
        with locked(self.home / "postgres.lock", timeout_s=LOCK_TIMEOUT_S):
            self._users.here.clear()
            self._users.lock.release()
            self._stop()

    def stop_if_unused(self) -> bool:
        """Shut the server down unless another process, or object, uses it; say whether it is down.

        An object uses it from `ensure_running` until `release` or its own end.
        """
        if not self.home.exists():
            return True
        with locked(self.home / "postgres.lock", timeout_s=LOCK_TIMEOUT_S):
            self.release()
            if self._users.here:
                return False
            alone = self._users.lock.try_acquire()
            if alone:
                self._stop()
            self._users.lock.release()
            return alone

    def _place(self) -> tuple[Path, Account]:
        account = choose_account(self._existing_data_directory())
        return reachable_directory(self.home, account) / "postgres", account

    def _existing_data_directory(self) -> Path:
        note = self.home / "postgres.place"
        if note.exists():
            return Path(note.read_text(encoding="utf-8").strip()) / "postgres"
        return self.home / "postgres"

    def _start(self, data_directory: Path, account: Account, secrets: Secrets) -> None:
        """Bring a server up that does not answer. The start lock is held."""
        living = postmaster.living_postmaster(data_directory)
        if living is not None and self._wait_until_ready(data_directory):
            return  # somebody's start was cut off, the server's was not; or it was busy recovering
        programs = reachable_programs(account)
        beside = data_directory.parent / "run"
        socket_directory = short_directory(beside, account.uid, account.own, PLAIN_OR_SPACE)
        if living is not None:
            postmaster.stop_server(living, timeout_s=STOP_TIMEOUT_S)
        postmaster.clear_remains(data_directory, socket_directory, PORT)
        if not (data_directory / "PG_VERSION").exists():
            _make_cluster(programs, data_directory, account, secrets.owner_password)
        self._launch(programs, data_directory, socket_directory, account)
        if not self._wait_until_ready(data_directory):
            raise StorageError(
                f"The embedded PostgreSQL did not start within {READY_TIMEOUT_S:.0f} seconds. "
                f"The end of {self._log_path}:\n{self._last_log_lines()}"
            )

    def _launch(
        self, programs: Path, data_directory: Path, socket_directory: Path, account: Account
    ) -> None:
        """Start the server as nobody's child, so that no zombie of ours stands in its way later."""
        command = [str(programs / "postgres"), "-D", str(data_directory)]
        settings = {**self._settings, "unix_socket_directories": f'"{socket_directory}"'}
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        command += ["-c", f"port={PORT}"]
        if self._log_path.exists() and self._log_path.stat().st_size > MAX_LOG_BYTES:
            self._log_path.replace(self._log_path.with_suffix(".log.1"))
        self._log_path.touch(mode=0o600)  # it may quote statements
        with self._log_path.open("ab") as log:
            subprocess.run(
                ["/bin/sh", "-c", '"$@" &', "posthub", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env=server_environment(),
                check=True,
                timeout=READY_TIMEOUT_S,
                **account.popen_arguments(),  # type: ignore[call-overload]
            )

    def _wait_until_ready(self, data_directory: Path) -> bool:
        """Wait until the server answers. False: it ended, or took too long."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        seen_alive_at = time.monotonic()
        while time.monotonic() < deadline:
            if postmaster.answers(data_directory):
                return True
            if postmaster.server_processes(data_directory):
                seen_alive_at = time.monotonic()
            elif time.monotonic() - seen_alive_at > postmaster.LINGER_S:
                return False
            time.sleep(POLL_S)
        return False

    def _stop(self) -> None:
        data_directory = self._existing_data_directory()
        process = postmaster.living_postmaster(data_directory)
        if process is not None and not postmaster.stop_server(process, timeout_s=STOP_TIMEOUT_S):
            postmaster.end_all(postmaster.server_processes(data_directory), data_directory)

    @property
    def _log_path(self) -> Path:
        return self.home / "postgres.log"

    def _last_log_lines(self) -> str:
        lines = self._log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])


def resolve_database(settings: Settings) -> DatabaseUrls:
    """Give the URLs of the four login roles, starting the embedded server if that is the one.

    With POSTHUB_DATABASE_URL, the other three come from the environment, or are made from the
    owner's URL with passwords generated into POSTHUB_HOME. Where only some URLs of roles are
    given (a child process of `posthub up`), only those are known.
    Raises StorageError when the embedded server does not start.
    """
    if settings.is_embedded:
        server = EmbeddedPostgres(settings.home).ensure_running()
        return embedded_urls(server, ensure_secrets(settings.home))
    known = {
        "owner": settings.database_url,
        "api": settings.api_database_url,
        "factory": settings.factory_database_url,
        "dagster": settings.dagster_database_url,
    }
    if settings.database_url and not all(known.values()):
        secrets = ensure_secrets(settings.home)
        for name, (role, password) in _logins(secrets).items():
            known[name] = known[name] or with_login(settings.database_url, role, password)
    return DatabaseUrls(**{name: url or "" for name, url in known.items()})


def embedded_urls(server: ConnectionInfo, secrets: Secrets) -> DatabaseUrls:
    """Give the URLs of the four roles on the embedded server."""
    logins = _logins(secrets)
    return DatabaseUrls(
        owner=server.owner_url,
        **{name: server.url(role, password) for name, (role, password) in logins.items()},
    )


def _logins(secrets: Secrets) -> dict[str, tuple[str, str]]:
    return {
        "api": (API_ROLE, secrets.api_password),
        "factory": (FACTORY_ROLE, secrets.factory_password),
        "dagster": (DAGSTER_ROLE, secrets.dagster_password),
    }


def _connection(data_directory: Path, secrets: Secrets) -> ConnectionInfo:
    known = postmaster.read_postmaster_file(data_directory)
    if known is None:
        raise StorageError("The embedded PostgreSQL stopped while it was being started. Try again.")
    return ConnectionInfo(known.socket_directory, known.port, secrets.owner_password)


def _make_cluster(programs: Path, data_directory: Path, account: Account, password: str) -> None:
    """Make the cluster and its database beside their place, then rename: whole or not at all."""
    new = data_directory.with_name("postgres.new")
    shutil.rmtree(new, ignore_errors=True)
    account.own(new)
    password_file = data_directory.with_name("postgres.password")
    try:
        _write_for(account, password_file, password)
        options = [
            f"--username={OWNER_ROLE}",
            f"--pwfile={password_file}",
            "--auth-local=scram-sha-256",
            "--auth-host=reject",
            "--encoding=UTF8",
            # PostgreSQL's own C.UTF-8: the same on every machine, whatever its C library has.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "-c",
            f"scram_iterations={SERVER_SETTINGS['scram_iterations']}",
        ]
        _run(account, [str(programs / "initdb"), "-D", str(new), *options], "")
    finally:
        password_file.unlink(missing_ok=True)
    single = [str(programs / "postgres"), "--single", "-D", str(new), "postgres"]
    _run(account, single, f"CREATE DATABASE {DATABASE};\n")
    if data_directory.exists():
        data_directory.rmdir()  # empty: it has no PG_VERSION; anything else in it is not ours
    new.rename(data_directory)


def _write_for(account: Account, path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    if account.switch:
        os.chown(path, account.uid, account.gid)


def _run(account: Account, command: list[str], text: str) -> None:
    result = account.run(command, text)
    if result.returncode != 0:
        said = (result.stderr or result.stdout).strip()
        raise StorageError(f"{Path(command[0]).name} failed, so there is no database: {said}")

"""The embedded PostgreSQL, for real: each test has its own cluster, in a path with a space."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from posthub_assets.domain.errors import StorageError
from resources.database import postmaster
from resources.database.embedded import ConnectionInfo, EmbeddedPostgres, resolve_database
from resources.settings import load_settings

START = """
import sys
from pathlib import Path
from resources.database.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.ensure_running().socket_directory, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the server's user can enter, also when the tests run as root."""
    base = Path(tempfile.mkdtemp(prefix="posthub test "))
    base.chmod(0o711)
    place = base / "home"
    yield place
    EmbeddedPostgres(place).stop()
    shutil.rmtree(base)


def query(server: ConnectionInfo, statement: str) -> object:
    url = server.owner_url.replace("+psycopg", "")
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(statement).fetchone() if "SELECT" in statement else None
        if row is None:
            connection.execute(statement)
        return row and row[0]


def postmaster_of(home: Path) -> psutil.Process:
    process = postmaster.living_postmaster(home / "postgres")
    assert process is not None
    return process


def test_a_server_starts_once_and_is_used_again(home: Path) -> None:
    first = EmbeddedPostgres(home).ensure_running()
    number = postmaster_of(home).pid
    second = EmbeddedPostgres(home).ensure_running()

    assert first == second
    assert postmaster_of(home).pid == number
    assert query(second, "SELECT current_setting('server_encoding')") == "UTF8"
    assert query(second, "SELECT current_setting('fsync')") == "on"
    assert query(second, "SELECT current_setting('TimeZone')") == "UTC"


def test_the_server_is_closed_to_others(home: Path) -> None:
    server = EmbeddedPostgres(home).ensure_running()

    wrong = server.url("posthub_owner", "guessed").replace("+psycopg", "")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong, connect_timeout=5)
    assert Path(server.socket_directory).stat().st_mode & 0o777 == 0o700
    assert (home / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert query(server, "SELECT current_setting('listen_addresses')") == ""


def test_what_was_committed_survives_kill_9_of_every_server_process(home: Path) -> None:
    server = EmbeddedPostgres(home).ensure_running()
    query(server, "CREATE TABLE kept (n int)")
    query(server, "INSERT INTO kept VALUES (1)")
    for process in postmaster.server_processes(home / "postgres"):
        process.kill()

    again = EmbeddedPostgres(home).ensure_running()

    assert query(again, "SELECT n FROM kept") == 1


def test_children_that_outlive_a_killed_server_do_not_stop_the_next_start(home: Path) -> None:
    server = EmbeddedPostgres(home).ensure_running()
    with psycopg.connect(server.owner_url.replace("+psycopg", "")) as busy:
        backend = busy.info.backend_pid
        os.kill(postmaster_of(home).pid, signal.SIGKILL)
        os.kill(backend, signal.SIGSTOP)  # a child that cannot notice by itself
        again = EmbeddedPostgres(home).ensure_running()
        assert query(again, "SELECT 1") == 1
        assert not psutil.pid_exists(backend) or psutil.Process(backend).status() == "zombie"


def test_a_pid_file_that_names_a_foreign_program_is_not_believed(home: Path) -> None:
    EmbeddedPostgres(home).ensure_running()
    pid_file = home / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    for process in postmaster.server_processes(home / "postgres"):
        process.kill()
    with subprocess.Popen(["sleep", "60"]) as foreign:
        try:
            pid_file.write_text("\n".join([str(foreign.pid), *lines[1:]]) + "\n")
            again = EmbeddedPostgres(home).ensure_running()
            assert query(again, "SELECT 1") == 1
            assert foreign.poll() is None, "a foreign program was ended"
        finally:
            foreign.kill()


def test_a_pid_file_that_names_a_zombie_is_not_believed(home: Path) -> None:
    EmbeddedPostgres(home).ensure_running()
    pid_file = home / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    for process in postmaster.server_processes(home / "postgres"):
        process.kill()
    with subprocess.Popen(["true"]) as zombie:
        while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        pid_file.write_text("\n".join([str(zombie.pid), *lines[1:]]) + "\n")
        assert query(EmbeddedPostgres(home).ensure_running(), "SELECT 1") == 1


def test_processes_that_start_it_at_once_share_one_server(home: Path) -> None:
    command = [sys.executable, "-c", START, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    racers = [subprocess.Popen(command, **pipes) for _ in range(3)]
    try:
        said = {racer.stdout.readline() for racer in racers}
        assert said == {f"{home / 'run'}\n"}
        assert query(EmbeddedPostgres(home).ensure_running(), "SELECT 1") == 1
    finally:
        for racer in racers:
            racer.communicate(timeout=20)


def test_a_server_is_stopped_only_when_nobody_else_uses_it(home: Path) -> None:
    command = [sys.executable, "-c", START, str(home)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        other.stdout.readline()
        ours = EmbeddedPostgres(home)
        ours.ensure_running()
        assert not ours.stop_if_unused()
        assert ours.is_running()
    finally:
        other.communicate(timeout=20)
    assert ours.stop_if_unused()
    assert not ours.is_running()


def test_a_server_is_not_stopped_under_another_user_in_the_same_process(home: Path) -> None:
    factory = EmbeddedPostgres(home)
    factory.ensure_running()
    resolve_database(load_settings({"POSTHUB_HOME": str(home)}))

    assert not EmbeddedPostgres(home).stop_if_unused()
    assert factory.is_running()
    assert factory.stop_if_unused()
    assert not factory.is_running()


def test_a_first_start_that_was_cut_off_is_begun_anew(home: Path) -> None:
    half = home / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    assert query(EmbeddedPostgres(home).ensure_running(), "SELECT 1") == 1
    assert not half.exists()


def test_a_home_with_a_very_long_path_gets_a_short_socket(home: Path) -> None:
    long_home = home / ("n" * 90)
    server = EmbeddedPostgres(long_home)
    try:
        where = server.ensure_running()
        assert len(where.socket_directory) < 80
        assert Path(where.socket_directory).stat().st_mode & 0o777 == 0o700
        assert query(where, "SELECT 1") == 1
    finally:
        server.stop()
        shutil.rmtree(where.socket_directory)


def test_a_home_that_was_removed_under_a_running_server_can_be_made_again(home: Path) -> None:
    server = EmbeddedPostgres(home)
    query(server.ensure_running(), "CREATE TABLE old (n int)")
    server.release()
    shutil.rmtree(home)

    again = EmbeddedPostgres(home).ensure_running()

    assert query(again, "SELECT count(*) FROM pg_tables WHERE tablename = 'old'") == 0


def test_a_server_that_cannot_start_says_so_with_the_end_of_its_log(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.ensure_running()
    server.stop()
    control = home / "postgres" / "global" / "pg_control"
    control.write_bytes(b"\0" * control.stat().st_size)

    with pytest.raises(StorageError, match=r"(?s)did not start.*postgres\.log"):
        server.ensure_running()


def test_the_four_urls_of_the_embedded_server_are_resolved(home: Path) -> None:
    urls = resolve_database(load_settings({"POSTHUB_HOME": str(home)}))

    with psycopg.connect(urls.owner.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("posthub_owner",)
    assert urls.api.startswith("postgresql+psycopg://posthub_api:")
    assert urls.factory.startswith("postgresql+psycopg://posthub_factory:")
    assert urls.dagster.startswith("postgresql+psycopg2://posthub_dagster:")
    assert "%20" in urls.dagster

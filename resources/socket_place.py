"""Where a Unix socket can live: a directory of mode 0700 whose path is short enough.

What does not belong here: the servers behind the sockets.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from posthub_assets.domain.errors import InvalidInput, StorageError

MAX_SOCKET_PATH_BYTES = 100
"""A Unix socket's path has 108 bytes on Linux, 104 on macOS (`sun_path`)."""
SOCKET_NAME_BYTES = 20
"""Room for a socket's name: PostgreSQL's is `/.s.PGSQL.5432.lock`."""
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")
PLAIN_OR_SPACE = re.compile(r"[A-Za-z0-9 /._-]+")


def socket_directory(
    beside: Path, uid: int, own: Callable[[Path], None], allowed: re.Pattern[str] = PLAIN
) -> Path:
    """Give a directory of mode 0700 that belongs to the user `uid`.

    `beside` where its path is short and made of `allowed` characters. Else one under the temporary
    directory, named by a hash of `beside`; there it must be a real directory of that user's that
    nobody else can open. `own` makes a directory, gives it to the user and closes it.
    Raises StorageError or InvalidInput.
    """
    if allowed.fullmatch(str(beside)) and _fits(beside):
        own(beside)
        return beside
    digest = hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # checked below
        short = parent / f"posthub-{uid}-{digest}"
        if allowed.fullmatch(str(short)) and _fits(short):
            _own_checked(short, uid, own)
            return short
    raise InvalidInput(
        f"{beside} is too long for a Unix socket. Set POSTHUB_HOME to a shorter path.",
        field="POSTHUB_HOME",
    )


def _fits(directory: Path) -> bool:
    return len(os.fsencode(directory)) + SOCKET_NAME_BYTES <= MAX_SOCKET_PATH_BYTES


def _own_checked(path: Path, uid: int, own: Callable[[Path], None]) -> None:
    if not path.exists() and not path.is_symlink():
        own(path)
    status = path.lstat()
    closed = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700
    if not closed or status.st_uid != uid:
        raise StorageError(
            f"{path} should be a directory of the user with id {uid} that is closed to others, and "
            "is not. Remove it, or set POSTHUB_HOME to a shorter path."
        )

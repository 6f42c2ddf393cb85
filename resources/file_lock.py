"""Locks between processes on one machine, on files. The kernel frees them when the holder dies.

What does not belong here: what is done under the lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from posthub_assets.domain.errors import StorageError

POLL_S = 0.05


class FileLock:
    """One open file with `flock(2)` on it. Not for two threads of one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def try_acquire(self, *, shared: bool = False) -> bool:
        """Take the lock, or change its kind, without waiting. False: somebody else holds it."""
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            return False
        return True

    def release(self) -> None:
        """Let go. Without effect when the lock is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def write(self, text: str) -> None:
        """Leave a note in the file for those who find it locked. The lock must be held."""
        assert self._descriptor is not None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)


@contextmanager
def locked(path: Path, *, timeout_s: float) -> Iterator[None]:
    """Hold the file's lock for the block. Raises StorageError after `timeout_s` seconds."""
    lock = FileLock(path)
    deadline = time.monotonic() + timeout_s
    try:
        while not lock.try_acquire():
            if time.monotonic() > deadline:
                raise StorageError(
                    f"Another process has held {path} for {timeout_s:.0f} seconds. "
                    "Wait for it to finish, or end it, and try again."
                )
            time.sleep(POLL_S)
        yield
    finally:
        lock.release()

"""Media in a folder: one file for each name, written whole or not at all.

Written to a temporary name and renamed, so that a kill leaves no half file under a full name.
What does not belong here: what the names mean, hashes (`media_store.py`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from posthub_assets.domain.errors import StorageError


@dataclass(frozen=True, slots=True)
class Folder:
    """Files under `root`. Names are ours, never a person's. Raises StorageError."""

    root: Path

    def read(self, name: str) -> bytes | None:
        """Give the bytes under a name; None where there are none."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"The file {name} could not be read: {error}.") from error

    def write(self, name: str, data: bytes) -> None:
        """Put bytes under a name, in place of those before."""
        path = self.root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(path)
            except OSError:
                with suppress(OSError):
                    Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StorageError(f"The file {path.name} could not be written: {error}.") from error

    def refresh(self, name: str) -> bool:
        """Let a file be as young as if it were written now; False where there is none."""
        try:
            os.utime(self.root / name)
        except OSError:
            return False
        return True

    def age_s(self, name: str) -> float | None:
        """Give the seconds since a file was written or refreshed; None where there is none."""
        try:
            return max(0.0, time.time() - (self.root / name).stat().st_mtime)
        except OSError:
            return None

    def remove(self, name: str) -> bool:
        """Remove a file; tell whether it was there."""
        path = self.root / name
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StorageError(f"The file {path.name} could not be removed: {error}.") from error
        return True

    def remove_under(self, name: str) -> int:
        """Remove a folder; give how many files it held."""
        path = self.root / name
        found = sum(1 for _ in self.names_under(name))
        if not path.is_dir():
            return 0
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise StorageError(f"The folder {path.name} could not be removed: {error}.") from error
        return found

    def names_under(self, name: str) -> Iterator[str]:
        """Give the names of all files in a folder and below, in order."""
        folder = self.root / name
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.name.startswith(".part-"):
                yield path.relative_to(self.root).as_posix()

    def link(self, name: str, lasts_s: int) -> str | None:
        """Give None: nobody but us hands out what is in a folder."""
        return None

    def where(self, name: str) -> str:
        """Say where a name is, for people."""
        return str(self.root / name)

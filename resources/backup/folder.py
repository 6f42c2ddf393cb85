"""Where backups go: one file by name, or a folder in which each has a name of its own.

In a folder a name tells the database and the moment: `posthub-1f0c9a52-20261128T010203Z.tar`. Only
files named like that, of the same database, ever give way to newer ones.
What does not belong here: what is in the files.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from posthub_assets.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Target:
    """A file that is not there yet, or a folder. `keep` is for folders: None keeps all."""

    path: Path
    keep: int | None = None

    @property
    def is_folder(self) -> bool:
        """Tell whether backups get names of their own."""
        return self.path.is_dir()

    def file_for(self, identity: str, now: datetime) -> Path:
        """Give the file to write. Raises InvalidInput where it is there already, or cannot be."""
        if self.keep is not None and not self.is_folder:
            raise InvalidInput(
                f"--keep is for a folder, and {self.path} is none. Make it with: mkdir -p "
                f"'{self.path}'",
                field="keep",
            )
        path = self.path
        if self.is_folder:
            path = path / f"posthub-{_mark(identity)}-{now:%Y%m%dT%H%M%SZ}.tar"
        if not path.parent.is_dir():
            raise InvalidInput(f"There is no folder {path.parent}. Make it first.")
        if path.exists():
            raise InvalidInput(f"{path} is there already. Name another file, or a folder.")
        return path

    def make_room(self, identity: str) -> tuple[Path, ...]:
        """Take the oldest backups of this database away, but for `keep`; give which went."""
        if self.keep is None or not self.is_folder:
            return ()
        pattern = re.compile(rf"posthub-{_mark(identity)}-\d{{8}}T\d{{6}}Z\.tar")
        mine = sorted(one for one in self.path.iterdir() if pattern.fullmatch(one.name))
        old = tuple(mine[: -self.keep])
        for one in old:
            one.unlink(missing_ok=True)
            keys_path(one).unlink(missing_ok=True)
        return old


def keys_path(path: Path) -> Path:
    """Give the name of the file of keys that belongs to a backup."""
    return path.with_name(f"{path.name.removesuffix('.tar')}.keys")


def _mark(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:8]
